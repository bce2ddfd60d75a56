"""The bot's heartbeat, the signals and failures that end it, and threads for searches: one that hangs is given up and named.

The heartbeat is a file in the state folder; its time is that of the last answer from Telegram. `byline health` reads it from
another process.
"""

from __future__ import annotations

import asyncio
import contextvars
import faulthandler
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import Any, TextIO, TypeVar

from retrieval import BylineError

T = TypeVar("T")

_log = logging.getLogger(__name__)
_AT_ONCE = 2  # searches
_DEADLINE = 40.0  # seconds; a question takes a fraction of one, a forwarded text of a dozen claims a few
_WARMING = 600.0  # seconds that loading the models may take, on a slow machine and a slow disk
_MOST_HUNG = 4  # searches: within two deadlines the bot is well or ends
_TICK = 5.0  # seconds between two looks at the event loop
_TICKS = 12  # looks without a tick of the event loop after which it hangs
_LAST = 75.0  # seconds without a tick after which the process ends even if no thread of Python can run


class HangError(BylineError):
    """Something hangs, and only a new start helps."""


class Workers:
    """Threads for searches, two at work at a time. Belongs to the event loop that it is made in."""

    def __init__(self, give_up: Callable[[HangError], None], deadline: float = _DEADLINE) -> None:
        """`give_up` is called when too many hang; `deadline` is what one search may take, in seconds."""
        self._give_up, self._deadline = give_up, deadline
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._threads = ThreadPoolExecutor(_AT_ONCE + _MOST_HUNG + 1, "search")
        self._hung = 0
        self._warm: asyncio.Event = asyncio.Event()

    async def warm(self, work: Callable[[], None]) -> None:
        """Load what searches need; a search that waits for it does not hang."""
        try:
            await self._within(_WARMING, work)
        finally:
            self._warm.set()

    async def run(self, work: Callable[[], T], sign: AbstractAsyncContextManager[None]) -> T:
        """Do the work in a thread, in this task's context, when its turn comes; `sign` is entered then.

        Raises what it raises, `HangError` where it hangs.
        """
        async with self._free, sign:
            return await self._within(self._deadline, work)

    async def run_unqueued(self, work: Callable[[], T]) -> T:
        """As `run`, without waiting for a turn: for work that is no search but too slow for the event loop."""
        return await self._within(self._deadline, work)

    def close(self) -> None:
        """Begin no more work; searches under way are left alone."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _within(self, deadline: float, work: Callable[[], T]) -> T:
        context, thread = contextvars.copy_context(), list[int]()

        def named() -> T:
            thread.append(threading.get_ident())
            return context.run(work)

        done = asyncio.get_running_loop().run_in_executor(self._threads, named)
        done.add_done_callback(lambda over: over.cancelled() or over.exception())  # nobody may wait for it any more
        await asyncio.wait({done}, timeout=deadline)
        if not done.done() and deadline == self._deadline and not self._warm.is_set():
            await self._warm.wait()
            await asyncio.wait({done}, timeout=deadline)
        if not done.done():
            raise self._count_hung(done, f"a search hangs {place(*thread)} since {deadline:.0f} s")
        return await done

    def _count_hung(self, work: asyncio.Future[Any], words: str) -> HangError:
        """Count a search as hanging until it returns."""
        self._hung += 1
        work.add_done_callback(self._uncount_hung)
        if self._hung >= _MOST_HUNG:
            self._give_up(HangError(f"{words}, like {self._hung - 1} others: the bot ends; start it again"))
        return HangError(f"{words}: it is given up")

    def _uncount_hung(self, _: asyncio.Future[Any]) -> None:
        self._hung -= 1


class Watchdog:
    """Ends the process with one line that says where, when the running event loop has not ticked for a minute.

    A hang that holds Python's own lock (a regular expression) lets no line be written: then the traceback goes into
    `folder`/hang.txt, and the next start says so.
    """

    def __init__(self, folder: Path, blame: Callable[[asyncio.Task[Any]], None], tick: float = _TICK) -> None:
        """`blame` is called, in another thread, with the task that hangs, before the end."""
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        self._blame, self._tick = blame, tick
        self._alive, self._stopped = threading.Event(), threading.Event()
        self._path = folder / "hang.txt"
        with suppress(OSError):
            if self._path.stat().st_size:
                earlier = self._path.replace(folder / "hang-before.txt")
                _log.warning("an earlier run of the bot hung and was ended: %s says where", earlier)

    async def run(self) -> None:
        """Tick until it is cancelled, and look for the ticks in a thread."""
        threading.Thread(target=self._look, daemon=True, name="watchdog").start()
        with self._file() as file:
            try:
                while True:
                    self._alive.set()
                    faulthandler.dump_traceback_later(_LAST, exit=True, file=file)
                    await asyncio.sleep(self._tick)
            finally:
                faulthandler.cancel_dump_traceback_later()
                self._stopped.set()

    def _file(self) -> TextIO:
        """A new file, since opening what stands in its place may block; standard error where it cannot be made."""
        try:
            self._path.unlink(missing_ok=True)
            return self._path.open("x")
        except OSError:
            return os.fdopen(os.dup(2), "w")

    def _look(self) -> None:
        missed = 0  # looks, not seconds: a process that was stopped for a while does not hang
        while missed < _TICKS:
            if self._stopped.wait(self._tick):
                return
            missed = 0 if self._alive.is_set() else missed + 1
            self._alive.clear()
        task = asyncio.current_task(self._loop)
        _log.critical("the bot hangs %s and ends: start it again", place(self._thread))
        if task is not None:
            self._blame(task)
        end(1)


def end(code: int) -> None:
    """End the process at once."""
    os._exit(code)


def place(thread: int = 0) -> str:
    """Where a thread is, as "at file:line in function", without the value of any variable."""
    frame = sys._current_frames().get(thread)
    return f"at {frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}" if frame else "in a queue"


class Ending:
    """The end of the bot, settled once: without an error, or with the one that ends it. Belongs to the running event loop."""

    def __init__(self) -> None:
        self._settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def settle(self, error: BaseException | None = None) -> None:
        """Settle it, unless it is settled."""
        if self._settled.done():
            return
        if error is None:
            self._settled.set_result(None)
        else:
            self._settled.set_exception(error)

    async def wait(self) -> None:
        """Wait until it is settled; raises the error that it was settled with."""
        await asyncio.shield(self._settled)

    def on_signals(self) -> None:
        """Settle it without an error on SIGINT and SIGTERM, and on SIGHUP (a terminal was closed) where that is not ignored."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                with suppress(NotImplementedError):  # a loop without signal handlers: there, Ctrl-C interrupts it
                    loop.add_signal_handler(number, self.settle)

    def watch(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run work beside the rest; an error that it raises ends the bot."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(self._done)
        return task

    async def completes_before_end(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do the work unless the bot ends first; whether it was done. Raises what either of them raises."""
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


_FILE = "heartbeat"
_OLDEST = 60.0  # seconds; a fetch is answered within ten, and a failed one is made again within thirty


class HealthError(BylineError):
    """The bot of a state folder does not hear from Telegram."""


class Heartbeat:
    """Keeps the time of the last answer from Telegram in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE

    def beat(self) -> None:
        """Note that Telegram has answered now; a full disk stops no answer."""
        with suppress(OSError):
            self._file.touch()
            os.utime(self._file)

    def stop(self) -> None:
        """Remove the file: the bot has ended."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)


def health(folder: Path) -> str:
    """How long ago the bot of a state folder heard from Telegram, or could hear from it, in a sentence.

    Raises `HealthError` where no bot runs, or it has heard nothing for a minute.
    """
    try:
        age = time.time() - (folder / _FILE).stat().st_mtime
    except OSError:
        raise HealthError(
            f"no bot runs with the state folder {folder}: start it, or set STATE_DIR to its folder"
        ) from None
    if age > _OLDEST:
        raise HealthError(f"the bot of {folder} last heard from Telegram {age:.0f} s ago: its log says what is wrong")
    return f"the bot of {folder} heard from Telegram {max(age, 0):.0f} s ago"
