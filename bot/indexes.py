"""The indexes that the bot answers from: loaded, built where one is missing or stale, and kept up to date with their folders.

What an operator should know while they load goes to `tell`, one line each; building shows its progress on standard error. While
the bot runs, a folder is watched, or read again on demand: another process reads and encodes what is new, and the new index
takes the old one's place in one step on the event loop, between two requests. What fails is logged, and the old index serves on.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from retrieval import BylineError, Index, IndexFolderError, Recipe

Tell = Callable[[str], None]

_log = logging.getLogger(__name__)
_LISTED = 5  # files named one by one
_QUIET_MS = 100  # without a further change, until changes are looked at: what is still being written settles then
_AT_LEAST_MS = 1_000  # between two looks while changes go on
_SETTLE = 1.0  # seconds since a file was last written to, until it is taken to be whole
_NICE = 10
_AGAIN = 60.0  # seconds until a folder that could not be watched, read or saved is tried again


def load(folder: Path, tell: Tell) -> Index:
    """The index of a folder as it is. Raises `IndexFolderError`, which says how to build it, where there is none."""
    index = Index.load(folder)
    _announce(index, index.changes(), tell)
    return index


def load_or_build_all(folders: Mapping[str, Path], articles: Path | None, tell: Tell) -> dict[str, Index]:
    """The index of each folder, by the same names: one folder as in `load_or_build`, several must have an index already.

    Raises `IndexFolderError` where one of several is not there, or `articles` are given for several.
    """
    if len(folders) == 1:
        return {name: load_or_build(folder, articles, tell) for name, folder in folders.items()}
    if articles is not None:
        raise IndexFolderError(
            f"INDEX_DIR names {len(folders)} folders, and {articles} can be the articles of one: "
            f"byline build {articles} --index FOLDER, then start without ARTICLES"
        )
    missing = [folder for folder in folders.values() if Recipe.choose(folder).before is None]
    if missing:
        raise IndexFolderError(f"{missing[0]}: there is no index: byline build ARTICLES --index {missing[0]}")
    return {name: load_or_build(folder, None, tell) for name, folder in folders.items()}


def load_or_build(folder: Path, articles: Path | None, tell: Tell) -> Index:
    """The index in `folder`, built where it is missing, damaged or of other articles, built again where files changed.

    Without `articles` it is the one that is there, whatever it was built of, else one of `seeds`. A changed folder is
    built with the models of before; where that fails, the index serves as it is. Raises as `Recipe.choose` does.
    """
    recipe = Recipe.choose(folder, articles)
    if recipe.articles is None:  # a program handed them in
        return load(folder, tell)
    if recipe.before is None:
        tell(f"building an index of {recipe.articles} in {folder}, as there is none yet")
        return _build(folder, recipe, tell)
    if recipe.other:
        tell(f"{folder} was built of {recipe.before}, now of {recipe.articles}; INDEX_DIR=FOLDER would keep both")
        return _build(folder, recipe, tell)
    try:
        index = _loaded(folder, recipe)
    except IndexFolderError as fault:
        tell(f"building the index of {recipe.articles} again ({fault})")
        return _build(folder, recipe, tell)
    changes = index.changes()
    if changes and recipe.articles.is_dir():
        tell(
            f"building the index of {recipe.articles} again: {len(changes)} {'file' if len(changes) == 1 else 'files'} changed"
        )
        try:
            return _build(folder, recipe, tell)
        except BylineError as error:
            tell(str(error))
    _announce(index, changes, tell)
    return index


def _loaded(folder: Path, recipe: Recipe) -> Index:
    """The index of the recipe's articles. Raises `IndexFolderError` also where an older one of other articles is loaded."""
    index = Index.load(folder)
    if str(index.folder) != recipe.before:
        raise IndexFolderError("; ".join(index.notices))
    return index


def _announce(index: Index, changes: tuple[str, ...], tell: Tell) -> None:
    for line in (*index.notices, *changes[:_LISTED]):
        tell(line)
    if changes:
        more = f" ({len(changes)} in all)" if len(changes) > _LISTED else ""
        tell(f"files have changed since the index was built{more}: it answers from what it was built of")


def _build(folder: Path, recipe: Recipe, tell: Tell) -> Index:
    from retrieval.cli import terminal  # only building needs it

    try:
        with terminal.progress(terminal.console(error=True)) as progress:
            index = recipe.build(folder, progress)
    except KeyboardInterrupt:
        tell(f"stopped before the index was built: {folder} is as it was; the next start builds it")
        raise
    for line in (*index.left_out, *index.notices):
        tell(line)
    return index


class Served:
    """One of the bot's collections, which a newer one may replace; requests under way keep the one that they began with."""

    def __init__(self, collection: Index, replaced: Callable[[], None]) -> None:
        """`replaced` is called when another collection takes the place of this one."""
        self.collection, self._replaced = collection, replaced

    def serve(self, collection: Index) -> None:
        """Answer from this collection from now on."""
        self.collection = collection
        self._replaced()


class Refresher:
    """Brings a served collection up to date with its folder, when that changes or somebody asks for it."""

    def __init__(self, served: Served, index_dir: Path, *, watch: bool) -> None:
        """`watch` says whether the folder is watched for changes. Belongs to the event loop that it is made in."""
        self._served, self._index_dir, self._watch = served, index_dir, watch
        self._thread = ThreadPoolExecutor(1, "refresh", _yield_to_others)
        self._wanted = asyncio.Event()
        self._trouble, self._saved = "", True
        self._waiting: list[asyncio.Future[None]] = []

    async def run(self) -> None:
        """Refresh whenever that is wanted, until cancelled; failures are logged."""
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
        """Look at the folder as soon as the refresh under way is done."""
        self._wanted.set()

    async def look(self) -> None:
        """Look at the folder; returns once its articles are served, or that has failed."""
        served = asyncio.get_running_loop().create_future()
        self._waiting.append(served)
        self.reload()
        await served

    async def _refresh(self, waiting: Iterable[asyncio.Future[None]]) -> None:
        """Serve new articles; a failure is logged and tried again."""
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
        """Serve new articles, resolve those who wait for them, and save the index, also where that failed before."""
        before = self._served.collection
        loop = asyncio.get_running_loop()
        now = await loop.run_in_executor(self._thread, lambda: _refreshed(before))
        if now is not before:
            self._saved = False
            self._served.serve(now)
            _resolve(waiting)
            _log.info("%s", _difference(before, now))
            earlier = set(before.left_out)
            for line in (*(line for line in now.left_out if line not in earlier), *now.notices):
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

        def is_visible(_: object, path: str) -> bool:  # an index may lie in a hidden folder among the articles
            return not any(part.startswith(".") for part in Path(path.removeprefix(str(folder))).parts)

        from watchfiles import awatch  # a chat in the terminal watches nothing

        while folder is not None:
            self._wanted.set()  # what changed before anybody watched
            try:
                async for _ in awatch(folder, watch_filter=is_visible, step=_QUIET_MS, debounce=_AT_LEAST_MS):
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


def _difference(before: Index, after: Index) -> str:
    """What came, changed and went, in one line."""
    old, new = ({article.file: article.id for article in each.articles} for each in (before, after))
    kinds = {
        "new": [file for file in new if file not in old],
        "changed": [file for file in new if file in old and new[file] != old[file]],
        "gone": [file for file in old if file not in new],
    }
    changes = [f"{kind}: {_named(names)}" for kind, names in kinds.items() if names]
    return f"the articles are {len(after.articles)} now; {'; '.join(changes) or 'the same as before'}"


def _named(files: list[str]) -> str:
    more = f" and {len(files) - _LISTED} more" if len(files) > _LISTED else ""
    return f"{', '.join(files[:_LISTED])}{more}"
