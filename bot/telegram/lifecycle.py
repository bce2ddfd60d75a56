"""When the bot ends: by a signal, or by the first failure that only an operator can mend."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine


class Ending:
    """Settled once: in peace, or with the error that ends the bot. Belongs to the event loop that it is made in."""

    def __init__(self) -> None:
        self._settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def settle(self, error: BaseException | None = None) -> None:
        """Let it come, unless it has."""
        if self._settled.done():
            return
        if error is None:
            self._settled.set_result(None)
        else:
            self._settled.set_exception(error)

    async def wait(self) -> None:
        """Until it comes; raises the error that it came with."""
        await asyncio.shield(self._settled)

    def on_signals(self) -> None:
        """Let it come in peace on SIGINT and SIGTERM."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # a loop without signal handlers: there, Ctrl-C interrupts it
                loop.add_signal_handler(number, self.settle)

    def watch(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run it beside the rest; what it raises is the end."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(self._done)
        return task

    async def comes_after(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do it unless the end comes first; whether it was done. Raises what either of them raises."""
        task = asyncio.ensure_future(work)
        await asyncio.wait((task, self._settled), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
            return True
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await self.wait()
        return False

    def _done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self.settle(task.exception())
