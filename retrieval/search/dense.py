"""Vectors → nearest rows by cosine; the only place that knows FAISS.

Rows have unit length, so the inner product that FAISS computes is the cosine. FAISS's own files carry no checksum and
its reader trusts them, so none is ever written or read: vectors live in `.npy`, and the index is made in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import faiss
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.types import Vectors

    Rows = NDArray[np.int64]

# One question scans a small index; a second OpenMP thread costs it two to four times what it saves.
faiss.omp_set_num_threads(1)


class DenseIndex:
    """Exact nearest neighbours among `(n, dim)` float32 rows of unit length."""

    def __init__(self, vectors: Vectors) -> None:
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def vectors(self) -> Vectors:
        """All rows again, `(n, dim)` float32, in their order."""
        rows: Vectors = self._index.reconstruct_n(0, len(self))
        return rows

    def search(self, query: Vectors, n: int, among: Rows | None = None) -> Rows:
        """The rows of the `n` highest cosines with `query` (`(dim,)`, unit length), best first, ties by row.

        `among` are the rows that may be found, `None` for all.
        """
        n = min(n, len(self) if among is None else len(among))
        if not n:
            return np.zeros(0, np.int64)
        params = faiss.SearchParameters()
        selector = None if among is None else faiss.IDSelectorBatch(among)  # FAISS keeps no reference to it
        params.sel = selector
        cosines, rows = self._index.search(query[np.newaxis], n, params=params)
        order = np.lexsort((rows[0], -cosines[0]))
        best: Rows = rows[0][order].astype(np.int64)
        return best

    def rows(self, rows: Rows) -> Vectors:
        """The vectors of these rows, `(len(rows), dim)` float32."""
        vectors: Vectors = self._index.reconstruct_batch(rows)
        return vectors

    def similarities(self, query: Vectors, rows: Rows) -> Vectors:
        """Cosines of `query` with the given rows, `(len(rows),)` float32."""
        # Not `@`: a thread of BLAS spins for a while after each product, on the cores that torch and the reranker need.
        cosines: Vectors = np.einsum("ij,j->i", self.rows(rows), query)
        return cosines
