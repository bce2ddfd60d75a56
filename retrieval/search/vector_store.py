"""Vectors that an engine on another machine keeps → the same questions that `dense` answers of vectors in files.

An engine returns rows and vectors and nothing else: what is fused, reranked, attributed and proved is decided here. Its
approximate cosines only choose a shortlist. The vectors of that are fetched and compared as those of a file are, so
that both give the same scores. An answer with fewer rows than there must be is an error and never a shorter answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import EngineError
from retrieval.search.dense import DenseIndex, Rows
from retrieval.types import Vectors

Table = Literal["passages", "sentences"]
Key = tuple[str, int]  # the name of a segment, a row of it

_SPARE = 32  # rows asked for beyond those wanted: an engine rounds cosines in another way
_FETCHED = 2_000  # rows up to which their vectors are fetched, where a search would be as much work
_FILTERED = 4_096  # rows that one request names
_MOST = 16_384  # rows that one request may bring, in Milvus
_KEPT = 20_000  # vectors kept in memory, 30 MB of 384 numbers: a question's wordings ask for the same ones
_NEAR = 1_024  # rows that are looked at first where all near ones are wanted


class VectorStore(Protocol):
    """Rows of unit vectors, read by segment and row. Both methods raise `EngineError` unless all is done."""

    def nearest(
        self,
        table: Table,
        query: Vectors,
        n: int,
        *,
        excluded: Collection[str] = (),
        among: Sequence[Key] | None = None,
    ) -> list[Key]:
        """The `n` rows (16,384 at most) nearest to a unit vector, best first, but for those of `excluded` segments.

        With `among`, 4,096 rows at most, none but these.
        """

    def fetch(self, table: Table, keys: Sequence[Key]) -> Vectors:
        """The vectors of these rows, in their order, `(len(keys), dim)` float32."""


class StoredVectors:
    """A segment's vectors in an engine, `shape` `(n, dim)`, fetched where they are looked at; NumPy gets an array of all."""

    dtype = np.dtype(np.float32)

    def __init__(self, store: VectorStore, table: Table, segment: str, shape: tuple[int, int]) -> None:
        self.store, self.table, self.segment, self.shape = store, table, segment, shape

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: NDArray[np.int64]) -> Vectors:
        return self.fetch((self.segment, row) for row in rows.tolist())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return self[np.arange(len(self))].astype(dtype or self.dtype, copy=False)

    def fetch(self, keys: Iterable[Key]) -> Vectors:
        """The vectors of any rows of the same table, in their order. Raises `EngineError` where they are no such vectors."""
        wanted = list(keys)
        parts = [
            self.store.fetch(self.table, wanted[at : at + _FILTERED]) for at in range(0, len(wanted), _FILTERED)
        ] or [np.zeros((0, self.shape[1]), np.float32)]
        vectors = np.concatenate(parts)
        if vectors.shape != (len(wanted), self.shape[1]) or vectors.dtype != self.dtype:
            raise EngineError(
                f"the engine gave {vectors.shape[0]} vectors of {vectors.shape[-1]} numbers, not "
                f"{len(wanted)} of {self.shape[1]}: it holds another index; byline build makes it again"
            )
        return vectors


def index(parts: Sequence[Vectors | StoredVectors]) -> DenseIndex:
    """The index of matrices in a row, wherever each is."""
    return StoredDenseIndex(parts) if any(isinstance(part, StoredVectors) for part in parts) else DenseIndex(*parts)  # type: ignore[arg-type]


class StoredDenseIndex(DenseIndex):
    """As its base, where some matrices are in one table of an engine; the others are few and compared whole."""

    compared = False
    kind = "engine"

    def __init__(self, parts: Sequence[Vectors | StoredVectors]) -> None:
        super().__init__(*parts)  # type: ignore[arg-type]
        stored = [(part, start) for part, start in zip(parts, self._starts.tolist(), strict=False) if _stored(part)]
        self._engine: StoredVectors = stored[0][0]  # type: ignore[assignment]
        self._segments = {part.segment: start for part, start in stored if isinstance(part, StoredVectors)}
        self._stored_rows = np.repeat([_stored(part) for part in parts], list(map(len, parts)))
        self._foreign: set[str] = set()  # segments of other generations that came up
        self._cache: dict[Key, Vectors] = {}

    def warm(self) -> None:
        """Nothing is made here."""

    def rows(self, rows: Rows) -> Vectors:
        """The vectors of these rows, `(len(rows), dim)` float32; those in the engine by one request."""
        vectors = np.empty((len(rows), self._engine.shape[1]), np.float32)
        keys: dict[int, Key] = {}
        for at, places in self._by_part(rows):
            part, own = self._parts[at], rows[places] - self._starts[at]
            if isinstance(part, StoredVectors):
                keys |= {place: (part.segment, row) for place, row in zip(places.tolist(), own.tolist(), strict=True)}
            else:
                vectors[places] = part[own]
        if keys:
            vectors[[*keys]] = self._fetched([*keys.values()])
        return vectors

    def cosines(self, query: Vectors, rows: Rows | None = None) -> Vectors:
        """Cosines of `query` with the rows, `(len(rows),)` float32; `None` for all rows."""
        rows = np.arange(len(self)) if rows is None else rows
        parts = [
            super(StoredDenseIndex, self).cosines(query, rows[at : at + _FILTERED])
            for at in range(0, len(rows), _FILTERED)
        ]
        return np.concatenate([np.zeros(0, np.float32), *parts])

    def shortlist(self, query: Vectors, n: int, among: Rows | None) -> Rows:
        """Rows, ascending, that hold the `n` nearest to `query`; none but rows of `among` if it is given."""
        if among is None:
            here = np.flatnonzero(~self._stored_rows)
            return np.union1d(here, self._nearest(query, n + _SPARE))
        stored = self._stored_rows[among]
        if np.count_nonzero(stored) <= _FETCHED:
            return among
        return np.union1d(among[~stored], self._nearest_among(query, n + _SPARE, among[stored]))

    def near(self, query: Vectors, floor: float, among: Rows) -> tuple[Rows, Vectors]:
        """Those rows of `among`, ascending, whose cosine with `query` is `floor` at least, and these cosines.

        Raises `EngineError` where they may be more than one request brings.
        """
        n, stored = _NEAR, np.count_nonzero(self._stored_rows)
        while np.count_nonzero(self._stored_rows[among]) > _FETCHED:
            rows = self._nearest(query, n)
            if len(rows) >= stored or self.cosines(query, rows).min() < floor:
                among = among[np.isin(among, rows) | ~self._stored_rows[among]]
                break
            if n >= _MOST:
                raise EngineError(
                    f"more than {_MOST:,} sentences are about this: the engine cannot list them; say more of it"
                )
            n *= 4
        return super().near(query, floor, among)

    def _nearest(self, query: Vectors, n: int) -> Rows:
        """The `n` rows in the engine nearest to `query`, in no order: more where others than this index's are among them.

        What another generation has added or not yet removed is left out by its segment, and the engine is asked again.
        """
        engine, wanted = self._engine, min(n, int(np.count_nonzero(self._stored_rows)))
        while True:
            keys = engine.store.nearest(engine.table, query, min(n, _MOST), excluded=self._foreign)
            foreign = {segment for segment, _ in keys} - self._segments.keys()
            if not foreign:
                break
            self._foreign |= foreign
        return self._known(keys, wanted)

    def _nearest_among(self, query: Vectors, n: int, among: Rows) -> Rows:
        """Rows that hold the `n` of `among`, which are all in the engine, nearest to `query`."""
        likely = 2 * n * int(np.count_nonzero(self._stored_rows)) // len(among)
        if likely <= _MOST:
            rows = np.intersect1d(self._nearest(query, likely), among)
            if len(rows) >= n:
                return rows
        engine, parts = self._engine, []
        for at in range(0, len(among), _FILTERED):
            keys = list(self._keys(among[at : at + _FILTERED]))
            nearest = engine.store.nearest(engine.table, query, min(n, len(keys)), among=keys)
            parts.append(self._known(nearest, min(n, len(keys))))
        return np.concatenate(parts)

    def _known(self, keys: Sequence[Key], wanted: int) -> Rows:
        """The rows of these keys. Raises `EngineError` where they are fewer than `wanted`."""
        rows = {row for key in keys if (row := self._row(key)) is not None}
        if len(rows) < wanted:
            raise EngineError(
                f"the engine gave {len(rows)} rows where {wanted} were due: a part of it does not answer; "
                "check its nodes, then ask again"
            )
        return np.array(sorted(rows), np.int64)

    def _row(self, key: Key) -> int | None:
        """The row of a key, `None` for one of another generation."""
        start = self._segments.get(key[0])
        return None if start is None else start + key[1]

    def _keys(self, rows: Rows) -> Iterator[Key]:
        """The keys of rows that are in the engine, in the order of the rows, which are ascending."""
        for at, places in self._by_part(rows):
            part: Any = self._parts[at]
            yield from ((part.segment, row) for row in (rows[places] - self._starts[at]).tolist())

    def _fetched(self, keys: Sequence[Key]) -> Vectors:
        """The vectors of these keys; those that were fetched lately are not fetched again."""
        cache = self._cache
        missing = [key for key in dict.fromkeys(keys) if key not in cache]
        new = dict(zip(missing, self._engine.fetch(missing), strict=True)) if missing else {}
        vectors = np.stack([cache[key] if key in cache else new[key] for key in keys])
        self._cache = new if len(cache) + len(new) > _KEPT else {**cache, **new}  # replaced, as other threads read it
        return vectors


def _stored(part: object) -> bool:
    return isinstance(part, StoredVectors)
