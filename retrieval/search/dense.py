"""Vectors → nearest rows by cosine; the only place that knows FAISS.

Rows have unit length, so the inner product that FAISS computes is the cosine. FAISS's own files carry no checksum and
its reader trusts them, so none is ever written or read: vectors live in `.npy`, and FAISS scans them where they are,
without a copy; what was mapped from a file stays there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

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
    instead of 32, held in memory, so that few of the matrices' pages are touched (Charikar 2002, the axes as hyperplanes).
    """

    def __init__(self, *parts: Vectors) -> None:
        self._parts = parts
        self._starts = np.cumsum([0, *map(len, parts)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    @property
    def kind(self) -> str:
        """How rows are found, for a manifest."""
        return "exact" if len(self) <= _EXACT else "signs, then exact"

    @property
    def vectors(self) -> Vectors:
        """All rows again, `(n, dim)` float32, in their order; a copy."""
        return np.concatenate(self._parts)

    def search(self, query: Vectors, n: int, among: Rows | None = None) -> Rows:
        """The rows of the `n` highest cosines with `query` (`(dim,)`, unit length), best first, ties by row.

        `among` are the rows that may be found, ascending; `None` for all.
        """
        if among is not None:
            candidates = list(self._nearest_among(query, n, among))
        elif len(self) > _EXACT:
            likest = self._likest(query, max(n, _SHORTLIST, len(self) // _SHARE))
            candidates = [(self.similarities(query, likest), likest)]
        else:
            candidates = list(self._nearest(query, n))
        if not candidates:
            return np.zeros(0, np.int64)
        cosines, rows = (np.concatenate(column) for column in zip(*candidates, strict=True))
        best: Rows = rows[np.lexsort((rows, -cosines))[:n]]
        return best

    def rows(self, rows: Rows) -> Vectors:
        """The vectors of these rows, `(len(rows), dim)` float32."""
        if len(self._parts) == 1:
            return self._parts[0][rows]
        vectors = np.empty((len(rows), self._parts[0].shape[1]), np.float32)
        for at, places in self._by_part(rows):
            vectors[places] = self._parts[at][rows[places] - self._starts[at]]
        return vectors

    def similarities(self, query: Vectors, rows: Rows) -> Vectors:
        """Cosines of `query` with the given rows, `(len(rows),)` float32."""
        # Not `@`: a thread of BLAS spins for a while after each product, on the cores that torch and the reranker need.
        cosines: Vectors = np.einsum("ij,j->i", self.rows(rows), query)
        return cosines

    def warm(self) -> None:
        """Make now what the first search would wait for."""
        if len(self) > _EXACT:
            _ = self._signs

    @cached_property
    def _signs(self) -> NDArray[np.uint8]:
        """The sign of each number as a bit, `(n, ⌈dim / 8⌉)`; a tenth of a second for half a million rows."""
        return np.concatenate([_signs(part) for part in self._parts])

    def _likest(self, query: Vectors, n: int) -> Rows:
        """The `n` rows with the likest signs, ascending."""
        _, rows = faiss.knn_hamming(_signs(query[np.newaxis]), self._signs, min(n, len(self)), variant="mc")
        likest: Rows = np.sort(rows[0]).astype(np.int64)
        return likest

    def _nearest(self, query: Vectors, n: int) -> Iterator[tuple[Vectors, Rows]]:
        """Cosines and rows of the nearest in each matrix."""
        for part, start in zip(self._parts, self._starts, strict=False):
            if len(part):
                cosines, rows = faiss.knn(query[np.newaxis], part, min(n, len(part)), faiss.METRIC_INNER_PRODUCT)
                yield cosines[0], rows[0] + start

    def _nearest_among(self, query: Vectors, n: int, among: Rows) -> Iterator[tuple[Vectors, Rows]]:
        for _, places in self._by_part(among):  # matrix by matrix, so that no large copy is made
            cosines = self.similarities(query, among[places])
            best = np.lexsort((among[places], -cosines))[:n]
            yield cosines[best], among[places][best]

    def _by_part(self, rows: Rows) -> Iterator[tuple[int, NDArray[np.intp]]]:
        """Each matrix that holds some of the rows, and where those stand in `rows`."""
        parts = np.searchsorted(self._starts, rows, side="right") - 1
        for part in sorted(set(parts.tolist())):
            yield part, np.flatnonzero(parts == part)


def _signs(vectors: Vectors) -> NDArray[np.uint8]:
    return np.packbits(vectors > 0, axis=1)
