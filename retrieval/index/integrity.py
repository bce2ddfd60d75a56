"""Does what an index holds still stand in the files? Compared by content, never by a file's times."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple
from pathlib import Path
from types import MappingProxyType

from retrieval import articles as files
from retrieval.articles.folder import Seen
from retrieval.errors import ArticlesError
from retrieval.types import Article, Passage, Statement

_PATIENCE = 3  # looks at files that are being written


class Watch:
    """Which files still are what was indexed. A file is read anew only when its size or its time is another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: Seen = {}

    def changed(self, names: Iterable[str], known: Mapping[str, str]) -> tuple[str, ...]:
        """Those of the files whose SHA-256 is not the `known` one any more, vanished ones among them, each once.

        None where the folder itself is not there: an index may serve far from its articles.
        """
        if not self._folder.is_dir():
            return ()
        return tuple(name for name in dict.fromkeys(names) if name in known and self._hash(name) != known[name])

    def files(self, known: Mapping[str, str] = MappingProxyType({}), settle: float = 0) -> dict[str, str]:
        """The SHA-256 of every file of the folder; raises `ArticlesError` where that cannot be read.

        A file that was written less than `settle` seconds ago may not be whole yet: it is waited for, a few times that
        long, and then left as it is `known`.
        """
        for _ in range(_PATIENCE):
            now = files.fingerprint(self._folder, self._seen)
            new = {name for name in now if now[name] != known.get(name)} if settle else set()
            ages = {name: time.time() - self._seen[name][0][1] / 1e9 for name in new}
            young = {name: age for name, age in ages.items() if 0 <= age < settle}
            if not young:
                return now
            time.sleep(settle - min(young.values()))
        whole = {name: digest for name, digest in now.items() if name not in young}
        return whole | {name: known[name] for name in young.keys() & known.keys()}

    def _hash(self, name: str) -> str | None:
        try:
            with open(self._folder / name, "rb", opener=_at_once) as file:
                stated = os.fstat(file.fileno())
                if not stat.S_ISREG(stated.st_mode):
                    return None
                key = (stated.st_size, stated.st_mtime_ns)
                if name not in self._seen or self._seen[name][0] != key:
                    self._seen[name] = (key, hashlib.file_digest(file, "sha256").hexdigest())
        except OSError:
            return None
        return self._seen[name][1]


def _at_once(path: str, flags: int) -> int:
    """Open it without waiting: a pipe in the place of an article would wait for ever for somebody to write into it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def changes(watch: Watch, known: Mapping[str, str]) -> tuple[str, ...]:
    """One line for each file that changed, came or vanished since its SHA-256 was `known`, in the order of names."""
    try:
        now = watch.files()
    except ArticlesError as error:
        return (str(error),)
    return tuple(_changes(known, now))


def faults(folder: Path, passages: Iterable[Passage], statements: Iterable[Statement]) -> tuple[str, ...]:
    """One line for each passage, and each speaker, that is not word for word in its file, in their order.

    Raises `ArticlesError` when the folder cannot be read at all.
    """
    now = {article.id: article for article in files.read(folder).articles}
    return (*_faults(passages, now), *_unsaid(statements, now))


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


def _unsaid(statements: Iterable[Statement], now: Mapping[str, Article]) -> Iterator[str]:
    for each in statements:
        text = now[each.article.id].text if each.article.id in now else ""
        facts = astuple(each.speaker) if each.speaker else ()
        if any(fact not in text for fact in facts if fact):
            yield f"{each.article.file}: [{each.start}, {each.end}) is given to a name that the file does not have any more"
