"""An index that is there, whole and up to date: loaded, or built where it is missing or stale.

What an operator should know of it goes to `tell`, one line each; building shows its progress on standard error.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from retrieval import BylineError, Index, IndexFolderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Tell = Callable[[str], None]

_LISTED = 5  # changed files that are named one by one


def load(folder: Path, tell: Tell) -> Index:
    """The index of a folder as it is. Raises `IndexFolderError`, which says how to build it, where there is none."""
    index = Index.load(folder)
    _announce(index, index.changes(), tell)
    return index


def load_or_build(folder: Path, articles: Path, tell: Tell) -> Index:
    """The index of a folder, built of `articles` where it is missing or damaged, built again where files changed.

    A stale index is built of the folder that it was made of. Where building it again fails, it serves as it is.
    """
    try:
        index = Index.load(folder)
    except IndexFolderError as missing:
        tell(f"building the index of {articles} ({missing})")
        return _build(folder, articles, tell)
    changes = index.changes()
    if changes and index.folder is not None:
        tell(f"building the index of {index.folder} again: {len(changes)} files changed")
        try:
            return _build(folder, index.folder, tell)
        except BylineError as error:
            tell(str(error))
    _announce(index, changes, tell)
    return index


def _announce(index: Index, changes: tuple[str, ...], tell: Tell) -> None:
    for line in (*index.notices, *changes[:_LISTED]):
        tell(line)
    if changes:
        more = f" ({len(changes)} in all)" if len(changes) > _LISTED else ""
        tell(f"files have changed since the index was built{more}: it answers from what it was built of")


def _build(folder: Path, articles: Path, tell: Tell) -> Index:
    try:
        with _progress() as progress:
            index = Index.build(articles, progress=progress)
        index.save(folder)
    except KeyboardInterrupt:
        tell(f"stopped before the index was built: {folder} is as it was; the next start builds it")
        raise
    for problem in index.problems:
        tell(f"left out {problem.file}: {problem.reason}")
    return index


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal; elsewhere a line for each quarter of the work."""
    err = Console(stderr=True, highlight=False, markup=False)
    if not err.is_terminal:
        yield _Quarters(err)
        return
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=err) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


class _Quarters:
    def __init__(self, err: Console) -> None:
        self._err, self._told = err, ("", -1)

    def __call__(self, what: str, done: int, total: int) -> None:
        quarter = (what, 4 * done // max(total, 1))
        if quarter != self._told:
            self._told = quarter
            self._err.print(f"{what}: {done} of {total}", soft_wrap=True)
