"""The bot with a watch on its event loop: `python -m benchmarks.lag FILE`; FILE has the 99th of a hundred lags so far, ms.

The loop is asked to call every 20 ms; how much later it does is how long something else has held it.
"""

from __future__ import annotations

import asyncio
import runpy
import statistics
import sys
from pathlib import Path

_PAUSE = 0.02
_WRITTEN = 50  # calls after which the figure is written again

_lags: list[float] = []
_file = Path(sys.argv[1])
_run_forever = asyncio.BaseEventLoop.run_forever


def _watched(loop: asyncio.BaseEventLoop) -> None:
    """Run the loop, with the watch on it."""
    loop.call_later(_PAUSE, _look, loop, loop.time() + _PAUSE)
    _run_forever(loop)


def _look(loop: asyncio.BaseEventLoop, due: float) -> None:
    _lags.append(loop.time() - due)
    if len(_lags) % _WRITTEN == 0:
        _file.write_text(f"{1000 * statistics.quantiles(_lags, n=100)[98]:.1f}")
    loop.call_later(_PAUSE, _look, loop, loop.time() + _PAUSE)


if __name__ == "__main__":
    sys.argv.pop(1)
    asyncio.BaseEventLoop.run_forever = _watched  # type: ignore[method-assign]
    runpy.run_module("bot", run_name="__main__")
