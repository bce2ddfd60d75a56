"""A question's vector and words → the rows worth reading, with what each side of the search says of them.

Knows rows only, never passages: a passage is a row, and its sentences are the sentence rows `bounds[row]` up to
`bounds[row + 1]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from retrieval.search import fusion, sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retrieval.search.dense import DenseIndex
    from retrieval.search.sparse import SparseIndex
    from retrieval.types import Vectors

    Rows = NDArray[np.int64]

_N = 100  # rows that each side may bring, and that are left of them; below a few hundred passages nearly all are read


@dataclass(frozen=True, slots=True)
class HybridIndex:
    """The three searches over the same rows: passage vectors, sentence vectors with their bounds, words."""

    passages: DenseIndex
    sentences: DenseIndex
    bounds: Rows
    words: SparseIndex

    def sentences_of(self, row: int) -> range:
        """The rows of a passage's sentences."""
        return range(*self.bounds[row : row + 2].tolist())

    def passages_of(self, sentences: Rows) -> Rows:
        """The rows of the passages that hold these sentences, ascending, each once."""
        return _distinct(np.searchsorted(self.bounds, sentences, side="right") - 1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row and what speaks for it; `score` is the fused one in 0..1, ranks are 1-based places in a side's list."""

    row: int
    score: float
    similarity: float
    sentence_similarities: tuple[float, ...]
    lexical: float
    dense_rank: int | None
    sparse_rank: int | None


def search(index: HybridIndex, query: Vectors, words: Sequence[str], among: Rows | None = None) -> list[Candidate]:
    """The candidates of every side, best fused score first, ties by row; none but rows of `among` if it is given."""
    lexical = index.words.scores(words)
    dense = index.passages.search(query, _N, among)
    worded = sparse.best(lexical if among is None else _only(lexical, among), _N)
    sentences_among = None if among is None else _sentence_rows(index.bounds, among)
    nearest = index.passages_of(index.sentences.search(query, _N, sentences_among))
    rows = _distinct(np.concatenate([dense, worded, nearest]))
    if not len(rows):
        return []
    similarities = index.passages.similarities(query, rows)
    sentences = _sentence_similarities(index, query, rows)
    scores = fusion.fuse([similarities, np.array([max(s) for s in sentences], np.float32), lexical[rows]])
    dense_ranks, sparse_ranks = _ranks(dense), _ranks(worded)
    kept = fusion.order(scores)[:_N]
    columns = (column[kept].tolist() for column in (rows, scores, similarities, lexical[rows]))
    return [
        Candidate(row, score, similarity, sentences[at], worth, dense_ranks.get(row), sparse_ranks.get(row))
        for at, row, score, similarity, worth in zip(kept, *columns, strict=True)
    ]


def _distinct(rows: Rows) -> Rows:
    """Each row once, in order; `np.unique` would import masked arrays, a tenth of a start."""
    return np.array(sorted(set(rows.tolist())), np.int64)


def _sentence_similarities(index: HybridIndex, query: Vectors, rows: Rows) -> list[tuple[float, ...]]:
    similarities = index.sentences.similarities(query, _sentence_rows(index.bounds, rows)).tolist()
    ends = np.cumsum(index.bounds[rows + 1] - index.bounds[rows]).tolist()
    return [tuple(similarities[start:end]) for start, end in pairwise([0, *ends])]


def _sentence_rows(bounds: Rows, rows: Rows) -> Rows:
    """All sentence rows of these rows in their order: a running number, moved to where each row's sentences start."""
    sizes = bounds[rows + 1] - bounds[rows]
    before = np.cumsum(sizes) - sizes
    moved: Rows = np.repeat(bounds[rows] - before, sizes)
    return np.arange(len(moved)) + moved


def _only(lexical: NDArray[np.float32], among: Rows) -> NDArray[np.float32]:
    kept = np.zeros_like(lexical)
    kept[among] = lexical[among]
    return kept


def _ranks(rows: Rows) -> dict[int, int]:
    return {row: rank for rank, row in enumerate(rows.tolist(), start=1)}
