"""Vectors → nearest rows by cosine; the only module that uses FAISS.

Rows have unit length, so the inner product that FAISS computes is the cosine. FAISS's own files carry no checksum and
its reader trusts them, so none is ever written or read: vectors live in `.npy`, and FAISS compares them where they are,
without a copy; what was mapped from a file stays there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval.types import Vectors

Rows = NDArray[np.int64]


# One question scans a small index; a second OpenMP thread costs it two to four times what it saves.
faiss.omp_set_num_threads(1)


_EXACT = 30_000  # rows up to which the question is compared with each
_SHORTLIST, _SHARE = 2_000, 64  # rows that it is compared with beyond: so many, or one in so many; see DECISIONS.md


class DenseIndex:
    """Nearest neighbours among float32 rows of unit length, given as one matrix `(n, dim)` or several in a row.

    Of many rows those are compared whose numbers have the same signs as the question's in most places: a bit a number
    instead of 32, held in memory, so that few of the matrices' pages are touched (Charikar 2002, the axes as
    hyperplanes).
    """

    def __init__(self, *parts: Vectors) -> None:
        self._parts = parts
        self._starts = np.cumsum([0, *map(len, parts)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    @property
    def kind(self) -> str:
        """How rows are found, for a manifest."""
        return "exact" if self.compared else "signs, then exact"

    @property
    def vectors(self) -> Vectors:
        """All rows again, `(n, dim)` float32, in their order; a copy."""
        return np.concatenate(self._parts)

    def asked(self, query: Vectors) -> Asked:
        """The nearest rows and the cosines for one question, `(dim,)` of unit length."""
        return Asked(self, query)

    def rows(self, rows: Rows) -> Vectors:
        """The vectors of these rows, `(len(rows), dim)` float32."""
        if len(self._parts) == 1:
            return self._parts[0][rows]
        vectors = np.empty((len(rows), self._parts[0].shape[1]), np.float32)
        for at, places in self._by_part(rows):
            vectors[places] = self._parts[at][rows[places] - self._starts[at]]
        return vectors

    def cosines(self, query: Vectors, rows: Rows | None = None) -> Vectors:
        """Cosines of `query` with the rows, `(len(rows),)` float32; `None` for all rows, matrix by matrix."""
        return np.concatenate([_products(query, part) for part in (self._parts if rows is None else [self.rows(rows)])])

    def near(self, query: Vectors, floor: float, among: Rows) -> tuple[Rows, Vectors]:
        """Those rows of `among`, ascending, whose cosine with `query` is `floor` at least, and these cosines."""
        cosines = self.cosines(query, among)
        return among[cosines >= floor], cosines[cosines >= floor]

    @property
    def compared(self) -> bool:
        """Whether a question is compared with every row."""
        return len(self) <= _EXACT

    def shortlist(self, query: Vectors, n: int, among: Rows | None) -> Rows:
        """Rows, ascending, that hold the `n` nearest to `query`; none but rows of `among` if it is given."""
        if among is not None:
            return among
        return self._nearest_by_signs(query, max(n, _SHORTLIST, len(self) // _SHARE))

    def _nearest_by_signs(self, query: Vectors, n: int) -> Rows:
        """The `n` rows whose signs differ least from those of `query`, ascending (Hamming distance)."""
        _, rows = faiss.knn_hamming(_signs(query[np.newaxis]), self._signs, min(n, len(self)), variant="mc")
        nearest: Rows = np.sort(rows[0]).astype(np.int64)
        return nearest

    def warm(self) -> None:
        """Make now what the first search would wait for."""
        if not self.compared:
            _ = self._signs

    @cached_property
    def _signs(self) -> NDArray[np.uint8]:
        """The sign of each number as a bit, `(n, ⌈dim / 8⌉)`; a tenth of a second for half a million rows."""
        return np.concatenate([_signs(part) for part in self._parts])

    def _by_part(self, rows: Rows) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """Each matrix that holds some of the rows, and where those stand in `rows`."""
        parts = np.searchsorted(self._starts, rows, side="right") - 1
        order = np.argsort(parts, kind="stable")
        ends = np.searchsorted(parts[order], np.arange(len(self._parts)), side="right").tolist()
        for part, (first, last) in enumerate(itertools.pairwise([0, *ends])):
            if first < last:
                yield part, order[first:last]


class Asked:
    """One question beside the rows of an index; of a small one all cosines are kept, which cost as much as the nearest alone."""

    def __init__(self, index: DenseIndex, query: Vectors) -> None:
        self._index, self._query = index, query
        self._all: Vectors | None = None

    def nearest(self, n: int, among: Rows | None = None) -> Rows:
        """The rows of the `n` highest cosines, best first, ties by row.

        `among` are the rows that may be found, ascending; `None` for all.
        """
        if among is None and self._index.compared:
            self._all = self._index.cosines(self._query)
            return best(self._all, n)
        rows = self._index.shortlist(self._query, n, among)
        nearest: Rows = rows[best(self.similarities(rows), n)]
        return nearest

    def similarities(self, rows: Rows) -> Vectors:
        """The cosines of these rows, `(len(rows),)` float32."""
        return self._index.cosines(self._query, rows) if self._all is None else self._all[rows]


def best(scores: NDArray[np.float32], n: int) -> Rows:
    """The places of the `n` highest scores, best first, ties by place."""
    places = np.arange(len(scores))
    if n < len(scores):
        places = np.flatnonzero(scores >= np.partition(scores, -n)[-n])
    order: Rows = places[np.argsort(-scores[places], kind="stable")][:n]
    return order


def _products(query: Vectors, rows: Vectors) -> Vectors:
    """The inner product of `query` with each row, `(len(rows),)`; equal rows get the very same, as BLAS does not promise.

    Nor does a thread of BLAS spin for a while afterwards, on the cores that torch and the reranker need.
    """
    query, rows = np.ascontiguousarray(query), np.ascontiguousarray(rows)
    products = np.empty(len(rows), np.float32)
    if len(rows):
        compare: Any = vars(faiss)["fvec_inner_products_ny"]  # which its types do not name
        compare(*map(faiss.swig_ptr, (products, query, rows)), rows.shape[1], len(rows))
    return products


def _signs(vectors: Vectors) -> NDArray[np.uint8]:
    return np.packbits(vectors > 0, axis=1)
