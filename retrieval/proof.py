"""Does what an index holds still stand in the files? Compared by content, never by a file's times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval import articles as files
from retrieval.errors import ArticlesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from retrieval.types import Article, Passage


def changes(folder: Path, known: Mapping[str, str]) -> tuple[str, ...]:
    """One line for each file that changed, came or vanished since its SHA-256 was `known`, in the order of names."""
    try:
        now = files.fingerprint(folder)
    except ArticlesError as error:
        return (str(error),)
    return tuple(_changes(known, now))


def faults(folder: Path, passages: Iterable[Passage]) -> tuple[str, ...]:
    """One line for each passage that is not word for word at its place in its file, in the order of the passages.

    Raises `ArticlesError` when the folder cannot be read at all.
    """
    now = {article.id: article for article in files.read(folder).articles}
    return tuple(_faults(passages, now))


def _changes(known: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for file in sorted(known.keys() | now.keys()):
        if file not in now:
            yield f"{file}: vanished since the index was built"
        elif file not in known:
            yield f"{file}: new since the index was built"
        elif known[file] != now[file]:
            yield f"{file}: changed since the index was built"


def _faults(passages: Iterable[Passage], now: Mapping[str, Article]) -> Iterator[str]:
    for passage in passages:
        article = now.get(passage.article.id)
        if article is None or article.text[passage.start : passage.end] != passage.text:
            yield f"{passage.article.file}: [{passage.start}, {passage.end}) is not there as it was indexed"
