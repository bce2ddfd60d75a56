"""Byte strings in a mapped file, read when they are asked for, and sequences that make their entries in the same way.

`NAME.npy` holds the bytes of all of them, `NAME.index.npy` a row for each: where it ends, and the first 64 bits of its
BLAKE2b, which is compared when a record is read. So opening costs the same for any size, and a damaged record is never
returned. A vocabulary has the order of its checksums beside it (`NAME.order.npy`), in which a binary search looks a
word up.
"""

from __future__ import annotations

import dataclasses
import json
from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate, chain, islice
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from retrieval import mapped
from retrieval.errors import IndexFolderError
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


class Records(Lazy[bytes]):
    """The records that `save` wrote.

    Raises `ValueError` where the two files do not fit each other, `IndexFolderError` for a record that is damaged.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}.npy"
        self._content = mapped.array(self._path, np.uint8, 1)
        index = mapped.array(folder / f"{name}.index.npy", np.uint64, 2)
        if index.shape[1] != 2 or (len(index) and int(index[-1, 0]) != len(self._content)):
            raise ValueError(f"{name}.index.npy is of other records")
        self._ends, self.sums = index[:, 0], index[:, 1]

    def __len__(self) -> int:
        return len(self._ends)

    def _at(self, row: int) -> bytes:
        return self.view(row).tobytes()

    def view(self, row: int) -> NDArray[np.uint8]:
        """The bytes of a record where they are mapped."""
        start = int(self._ends[row - 1]) if row else 0
        record: NDArray[np.uint8] = self._content[start : int(self._ends[row])]
        if checksum(record.data) != int(self.sums[row]):
            raise IndexFolderError(f"{self._path} is damaged: `byline build` makes the index again")
        return record

    def holds(self, row: int, record: bytes) -> bool:
        """Whether this is the record of a row whose checksum is that of `record`; raises as any look at a record does."""
        start = int(self._ends[row - 1]) if row else 0
        return self._content[start : int(self._ends[row])].tobytes() == record or self[row] == record

    def release(self) -> None:
        """Take what was read out of the process's memory, as `mapped.release` does."""
        mapped.release(self._content)

    def joined(self) -> bytes:
        """All records, one after the other, without a look at their checksums."""
        return self._content.tobytes()


class Vocabulary(Mapping[str, int]):
    """Words and their numbers, as `save_vocabulary` wrote them, a line each; decoded word by word."""

    def __init__(self, folder: Path, name: str) -> None:
        self._words = Records(folder, name)
        self._order = mapped.array(folder / f"{name}.order.npy", np.int32, 1)
        if len(self._order) != len(self._words):
            raise ValueError(f"{name}.order.npy is of other words")

    def __getitem__(self, word: str) -> int:
        number: int | None = self.get(word)
        if number is None:
            raise KeyError(word)
        return number

    def get(self, word: str, default: Any = None) -> Any:
        """The number of a word; `default` for one that is not here."""
        key = _key(word)
        at = int(np.searchsorted(self._words.sums, key, sorter=self._order))
        if at == len(self._order):
            return default
        number = int(self._order[at])
        return number if self._words.sums[number] == key and self._words.holds(number, _encoded(word)) else default

    def __iter__(self) -> Iterator[str]:
        return (word.decode("utf-8", "surrogatepass").removesuffix("\n") for word in self._words)

    @property
    def lines(self) -> str:
        """All words, a line each, in a hundredth of the time; what is damaged in them is not noticed."""
        return self._words.joined().decode("utf-8", "replace")

    def __len__(self) -> int:
        return len(self._words)


def save(folder: Path, name: str, records: Iterable[bytes]) -> None:
    """Write the records into `folder`."""
    listed = list(records)
    index = np.array([np.cumsum([len(each) for each in listed]), [checksum(each) for each in listed]], np.uint64).T
    np.save(folder / f"{name}.npy", np.frombuffer(b"".join(listed), np.uint8), allow_pickle=False)
    np.save(folder / f"{name}.index.npy", np.ascontiguousarray(index).reshape(-1, 2), allow_pickle=False)


def save_vocabulary(folder: Path, name: str, words: Iterable[str]) -> None:
    """Write the words, which have no line breaks, into `folder`, each once; a word's number is its place."""
    encoded = [_encoded(word) for word in words]
    save(folder, name, encoded)
    sums = np.array([checksum(word) for word in encoded], np.uint64)
    np.save(folder / f"{name}.order.npy", np.argsort(sums, kind="stable").astype(np.int32), allow_pickle=False)


def checksum(record: bytes | memoryview) -> int:
    """The first 64 bits of a record's BLAKE2b."""
    return int.from_bytes(blake2b(record, digest_size=8).digest(), "little")


@lru_cache(maxsize=1024)  # a question's words are looked up in every segment
def _key(word: str) -> np.uint64:
    return np.uint64(checksum(_encoded(word)))


def _encoded(word: str) -> bytes:
    return f"{word}\n".encode("utf-8", "surrogatepass")


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


def save_articles(folder: Path, articles: Sequence[Article]) -> None:
    """Write the articles into `folder`."""
    # "surrogatepass" is for a record's text that holds half a character: what came in goes out as it was.
    save(folder, "texts", [article.text.encode("utf-8", "surrogatepass") for article in articles])
    facts = [{name: getattr(article, name) for name in _FIELDS if name != "text"} for article in articles]
    save(folder, "articles", [json.dumps(each).encode() for each in facts])
