"""Vectors → nearest rows by cosine; the only module that uses FAISS.

Rows have unit length, so the inner product that FAISS computes is the cosine. FAISS's own files carry no checksum and
its reader trusts them, so none is ever written or read: vectors live in `.npy`, and FAISS compares those of a small index
where they are, without a copy.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from retrieval import mapped
from retrieval.types import Vectors

Rows = NDArray[np.int64]
Bits = NDArray[np.uint8]


# One question scans a small index; a second OpenMP thread costs it two to four times what it saves.
faiss.omp_set_num_threads(1)


_EXACT = 30_000  # rows up to which the question is compared with each
_SHORTLIST, _SHARE = 2_000, 64  # rows whose signs come nearest beyond: so many, or one in so many; see DECISIONS.md
_COMPARED = 4  # one in so many of these is compared, by what two bits a number say of it
# The best four values for two bits of a normally distributed number, in standard deviations: Max 1960.
_BOUND, _INNER, _OUTER = 0.9816, 0.4528, 1.5104
_BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1).astype(np.float32)


class DenseIndex:
    """Nearest neighbours among float32 rows of unit length, given as one matrix `(n, dim)` or several in a row.

    Of many rows those are compared that come nearest by what is held in memory of each number: its sign, and whether it is
    large. First by the signs that are the question's own (Charikar 2002, the axes as hyperplanes), then by what the
    question's numbers add up to with these rough ones (asymmetric distances: Dong, Charikar and Li 2008). So few of the
    matrices' pages are read, and none stays in the process's memory.
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
            part, own = self._parts[at], rows[places] - self._starts[at]
            vectors[places] = part[own] if self.compared else mapped.rows(part, own)
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
        rows = self._nearest_by_signs(query, max(n, _SHORTLIST, len(self) // _SHARE))
        signs, large = self._bits
        estimates = _estimates(query, signs[rows], large[rows])
        return rows[np.sort(best(estimates, max(n, len(rows) // _COMPARED)))]

    def _nearest_by_signs(self, query: Vectors, n: int) -> Rows:
        """The `n` rows whose signs differ least from those of `query`, ascending (Hamming distance)."""
        _, rows = faiss.knn_hamming(_packed(query[np.newaxis] > 0), self._bits[0], min(n, len(self)), variant="mc")
        nearest: Rows = np.sort(rows[0]).astype(np.int64)
        return nearest

    def warm(self) -> None:
        """Make now what the first search would wait for."""
        if not self.compared:
            _ = self._bits

    @cached_property
    def _bits(self) -> tuple[Bits, Bits]:
        """Of each number whether it is above 0, and whether it is large: `(n, ⌈dim / 8⌉)` each; 0.5 million rows take 1 s."""
        bound = _BOUND / self._parts[0].shape[1] ** 0.5
        signs, large = [], []
        for part in self._parts:
            vectors = mapped.rows(part, np.arange(len(part)))
            signs.append(_packed(vectors > 0))
            large.append(_packed(np.abs(vectors) > bound))
        return np.concatenate(signs), np.concatenate(large)

    def _by_part(self, rows: Rows) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """Each matrix that holds some of the rows, and where those stand in `rows`."""
        parts = np.searchsorted(self._starts, rows, side="right") - 1
        order = np.argsort(parts, kind="stable")
        ends = np.searchsorted(parts[order], np.arange(len(self._parts)), side="right").tolist()
        for part, (first, last) in enumerate(itertools.pairwise([0, *ends])):
            if first < last:
                yield part, order[first:last]


class Asked:
    """One question beside the rows of an index; of a small index all cosines are kept."""

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


def _packed(bits: NDArray[np.bool_]) -> Bits:
    return np.packbits(bits, axis=1)


def _estimates(query: Vectors, signs: Bits, large: Bits) -> Vectors:
    """About the inner product of `query` with each row, by two bits a number, `(n,)`; all are off by the same, too."""
    outer = _sums(query, signs & large) - _sums(query, ~signs & large)
    estimates: Vectors = 2 * _INNER * _sums(query, signs) + (_OUTER - _INNER) * outer
    return estimates


def _sums(query: Vectors, bits: Bits) -> Vectors:
    """What the numbers of `query` add up to where a row's bits are set, `(n,)`: looked up byte by byte."""
    numbers = np.zeros((bits.shape[1], 8), np.float32)
    numbers.reshape(-1)[: len(query)] = query
    sums = np.zeros(len(bits), np.float32)
    for table, column in zip(numbers @ _BITS.T, np.ascontiguousarray(bits.T), strict=True):
        sums += table[column]
    return sums
