"""Rows of a segment → sequences that make an entry when it is asked for, and articles that read their text when it is."""

from __future__ import annotations

import dataclasses
import json
from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, islice
from pathlib import Path
from typing import Any, TypeVar, overload

from retrieval import records
from retrieval.records import Records
from retrieval.types import Article

T = TypeVar("T")

_FIELDS = tuple(field.name for field in dataclasses.fields(Article))
_CACHED = 64  # texts kept decoded, of each segment that is asked
_RECENT = 4_096  # entries kept of a chain


class Lazy(Sequence[T]):
    """A sequence that equals any other with the same entries. What derives from it gives `__len__` and `_at`."""

    @overload
    def __getitem__(self, row: int) -> T: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[T, ...]: ...
    def __getitem__(self, row: int | slice) -> T | tuple[T, ...]:
        if isinstance(row, slice):
            return tuple(self._at(each) for each in range(*row.indices(len(self))))
        count = len(self)
        if not -count <= row < count:
            raise IndexError(f"no row {row} of {count}")
        return self._at(row % count)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str | bytes):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # as a list has none

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, islice(self, 3)))
        return f"<{len(self):,} entries: {shown}{', …' if len(self) > 3 else ''}>"

    @abstractmethod
    def _at(self, row: int) -> T:
        """The entry of a row, counted from 0."""


class Rows(Lazy[T]):
    """`count` entries, each made anew by `make(row)`."""

    def __init__(self, count: int, make: Callable[[int], T]) -> None:
        self._count, self._make = count, make

    def __len__(self) -> int:
        return self._count

    def _at(self, row: int) -> T:
        return self._make(row)


class Cached(Lazy[T]):
    """The entries that `make(row, record)` makes of records, each once."""

    def __init__(self, source: Sequence[Any], make: Callable[[int, Any], T]) -> None:
        self._source, self._make = source, make
        self._made: dict[int, T] = {}

    def __len__(self) -> int:
        return len(self._source)

    def _at(self, row: int) -> T:
        if row not in self._made:
            self._made.setdefault(row, self._make(row, self._source[row]))  # of two threads one makes the entry
        return self._made[row]


class Chain(Lazy[T]):
    """Sequences, one after another. The entries that were asked for last are kept: a question asks for each several times."""

    def __init__(self, parts: Sequence[Sequence[T]]) -> None:
        self._parts = parts
        self._starts = list(accumulate(map(len, parts), initial=0))
        self._recent = lru_cache(_RECENT)(self._entry)

    def __len__(self) -> int:
        return self._starts[-1]

    def __iter__(self) -> Iterator[T]:
        return chain.from_iterable(self._parts)

    def _at(self, row: int) -> T:
        return self._recent(row)

    def _entry(self, row: int) -> T:
        part = bisect_right(self._starts, row) - 1
        return self._parts[part][row - self._starts[part]]


class StoredArticle(Article):
    """An article of a segment on disk: its text is read and decoded when it is looked at."""

    __slots__ = ("read", "row")

    read: Callable[[int], str]
    row: int

    def __new__(cls, *values: Any, **named: Any) -> Article:  # type: ignore[misc]
        """An article like any other, as `dataclasses.replace` wants it."""
        return Article(*values, **named)

    @classmethod
    def of(cls, facts: dict[str, Any], read: Callable[[int], str], row: int) -> StoredArticle:
        """The article with these facts, whose text `read` gives."""
        article = object.__new__(cls)
        for name, value in facts.items():
            object.__setattr__(article, name, value)
        object.__setattr__(article, "read", read)
        object.__setattr__(article, "row", row)
        return article

    @property
    def text(self) -> str:
        """The text untouched."""
        return self.read(self.row)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Article):
            return NotImplemented
        return self is other or all(getattr(self, name) == getattr(other, name) for name in _FIELDS)

    __hash__ = Article.__hash__

    def __reduce__(self) -> tuple[Any, ...]:
        return Article, tuple(getattr(self, name) for name in _FIELDS)


class StoredArticles(Cached[Article]):
    """The articles that `save` wrote. An article is one object for as long as the sequence lives."""

    def __init__(self, folder: Path) -> None:
        facts, self._texts = Records(folder, "articles"), Records(folder, "texts")
        if len(facts) != len(self._texts):
            raise ValueError("texts and articles are of different texts")
        self._read = lru_cache(_CACHED)(self._text)
        super().__init__(facts, lambda row, record: StoredArticle.of(json.loads(record), self._read, row))

    def number(self, article: Article) -> int | None:
        """The row of an article of this sequence, `None` for another."""
        return article.row if isinstance(article, StoredArticle) and article.read is self._read else None

    def _text(self, row: int) -> str:
        return self._texts[row].decode("utf-8", "surrogatepass")


def save(folder: Path, articles: Sequence[Article]) -> None:
    """Write the articles into `folder`."""
    # "surrogatepass" is for a record's text that holds half a character: what came in goes out as it was.
    records.save(folder, "texts", [article.text.encode("utf-8", "surrogatepass") for article in articles])
    facts = [{name: getattr(article, name) for name in _FIELDS if name != "text"} for article in articles]
    records.save(folder, "articles", [json.dumps(each).encode() for each in facts])
