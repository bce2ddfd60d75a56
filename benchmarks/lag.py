"""The bot with a watch on its event loop: `python -m benchmarks.lag FILE`; at its end FILE has the 99th of a hundred lags, ms.

A task sleeps for 20 ms again and again; how much longer that takes is how long the loop was held by something else.
"""

from __future__ import annotations

import asyncio
import atexit
import runpy
import statistics
import sys
import time
from pathlib import Path

_SLEEP = 0.02
_lags: list[float] = []
_run_forever = asyncio.BaseEventLoop.run_forever


def _watched(loop: asyncio.BaseEventLoop) -> None:
    """Run the loop, with the watch on it."""
    task = loop.create_task(_watch())
    try:
        _run_forever(loop)
    finally:
        task.cancel()


async def _watch() -> None:
    while True:
        begun = time.monotonic()
        await asyncio.sleep(_SLEEP)
        _lags.append(time.monotonic() - begun - _SLEEP)


def _write(path: Path) -> None:
    path.write_text(f"{1000 * statistics.quantiles(_lags, n=100)[98]:.1f}")


if __name__ == "__main__":
    atexit.register(_write, Path(sys.argv.pop(1)))
    asyncio.BaseEventLoop.run_forever = _watched  # type: ignore[method-assign]
    runpy.run_module("bot", run_name="__main__")
