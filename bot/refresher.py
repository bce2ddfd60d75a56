"""Keeps a collection up to date with its folder of articles: the folder is watched, or read again on demand.

New articles are read and encoded by another process; the new index takes the old one's place in one step on the event
loop, between two requests. What fails is told to the operator, and the old index serves on.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from watchfiles import Change, awatch

from bot.searching import Served
from retrieval import BylineError, Index

_log = logging.getLogger(__name__)
_QUIET_MS = 100  # without a further change, until changes are looked at: what is still being written settles then
_AT_LEAST_MS = 1_000  # between two looks while changes go on
_SETTLE = 1.0  # seconds since a file was last written to, until it is taken to be whole
_NICE = 10
_AGAIN = 60.0  # seconds until a folder that could not be watched, read or saved is tried again
_LISTED = 5  # files named one by one in the log


class Refresher:
    """A collection that the bot serves, brought up to date with its folder when that changes or somebody asks for it."""

    def __init__(self, served: Served, index_dir: Path, *, watch: bool) -> None:
        """`watch` says whether changes of the folder count by themselves. Belongs to the event loop that it is made in."""
        self._served, self._index_dir, self._watch = served, index_dir, watch
        self._thread = ThreadPoolExecutor(1, "refresh", _yield_to_others)
        self._wanted = asyncio.Event()
        self._trouble, self._saved = "", True
        self._waiting: list[asyncio.Future[None]] = []

    async def run(self) -> None:
        """Do it again and again; what goes wrong is logged."""
        watching = asyncio.ensure_future(self._watching())
        try:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                waiting, self._waiting = self._waiting, []
                await self._refresh(waiting)
        finally:
            watching.cancel()
            self._thread.shutdown(wait=False, cancel_futures=True)

    def reload(self) -> None:
        """Look at the folder as soon as what is at work is done."""
        self._wanted.set()

    async def look(self) -> None:
        """Look at the folder; returns once what it holds is served, or that has failed."""
        served = asyncio.get_running_loop().create_future()
        self._waiting.append(served)
        self.reload()
        await served

    async def _refresh(self, waiting: Iterable[asyncio.Future[None]]) -> None:
        """Take what is new into the place of what serves; what goes wrong is named and tried again."""
        try:
            await self._take_in(waiting)
            self._trouble = ""
        except BylineError as error:
            self._try_again(str(error))
        except Exception:
            _log.exception("the articles could not be read again; the ones of before serve on")
        finally:
            _resolve(waiting)

    async def _take_in(self, waiting: Iterable[asyncio.Future[None]]) -> None:
        """Serve what is new, tell those who wait for it, and save it, as well as what could not be saved before."""
        before = self._served.collection
        loop = asyncio.get_running_loop()
        now = await loop.run_in_executor(self._thread, lambda: _refreshed(before))
        if now is not before:
            self._saved = False
            self._served.serve(now)
            _resolve(waiting)
            _log.info("%s", _difference(before, now))
            known = set(before.left_out)
            for line in (*(line for line in now.left_out if line not in known), *now.notices):
                _log.warning("%s", line)
        if not self._saved:
            await loop.run_in_executor(self._thread, lambda: now.save(self._index_dir))
            self._saved = True

    def _try_again(self, trouble: str) -> None:
        """Look at the folder again in a minute; the same trouble is named once."""
        if trouble != self._trouble:
            _log.error("%s", trouble)
        self._trouble = trouble
        if self._watch:
            asyncio.get_running_loop().call_later(_AGAIN, self.reload)

    async def _watching(self) -> None:
        folder, named = self._served.collection.folder if self._watch else None, ""
        while folder is not None:
            self._wanted.set()  # what changed before anybody watched
            try:
                async for _ in awatch(
                    folder, watch_filter=_Visible(folder), step=_QUIET_MS, debounce=_AT_LEAST_MS, recursive=True
                ):
                    self._wanted.set()
            except (OSError, RuntimeError) as error:
                if named != str(error):
                    _log.warning("%s cannot be watched (%s): trying again every minute", folder, error)
                named = str(error)
            await asyncio.sleep(_AGAIN)


def on_hangup(refreshers: Iterable[Refresher]) -> None:
    """Look at every folder on SIGHUP; in a terminal that signal says that it was closed, and ends the bot."""
    reloads = [each.reload for each in refreshers]
    if not sys.stdin or not sys.stdin.isatty():
        with suppress(NotImplementedError):  # a loop without signal handlers: changes are seen by the watch alone
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, lambda: [reload() for reload in reloads])


class _Visible:
    """Takes changes of what is not hidden: an index may lie in a hidden folder among the articles."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)

    def __call__(self, _: Change, path: str) -> bool:
        return not any(part.startswith(".") for part in Path(path.removeprefix(self._folder)).parts)


def _resolve(waiting: Iterable[asyncio.Future[None]]) -> None:
    for served in waiting:
        if not served.done():
            served.set_result(None)


def _yield_to_others() -> None:
    with suppress(AttributeError, OSError):  # a priority for each thread is Linux's
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def _refreshed(before: Index) -> Index:
    now = before.refreshed(apart=True, settle=_SETTLE)
    if now is not before:
        now.warm(models=False)
    return now


def _difference(before: Index, now: Index) -> str:
    """What came, changed and went, in one line."""
    old, new = ({article.file: article.id for article in each.articles} for each in (before, now))
    kinds = {
        "new": [file for file in new if file not in old],
        "changed": [file for file in new if file in old and new[file] != old[file]],
        "gone": [file for file in old if file not in new],
    }
    listed = [f"{kind}: {_named(names)}" for kind, names in kinds.items() if names]
    return f"the articles are {len(now.articles)} now; {'; '.join(listed) or 'the same as before'}"


def _named(files: list[str]) -> str:
    more = f" and {len(files) - _LISTED} more" if len(files) > _LISTED else ""
    return f"{', '.join(files[:_LISTED])}{more}"
