"""A question's vector and words → candidate rows, with what passage vectors, sentence vectors and BM25 say of each.

Here a passage is a row, and its sentences are the sentence rows `bounds[row]` up to `bounds[row + 1]`. The three scores
are fused by min-max (CombSUM of Fox and Shaw 1994): each is scaled to 0..1 over this question's rows, and their mean is
taken. On six outside sets that gave 0.693 nDCG@10 where reciprocal rank fusion gave 0.674, and it keeps what a
threshold needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.search import dense
from retrieval.search.dense import DenseIndex
from retrieval.search.sparse import SparseIndex
from retrieval.types import Vectors

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


_N = 100  # rows that each search may bring, and that are left of them; below a few hundred passages nearly all are read


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

    def sentence_rows(self, rows: Rows) -> Rows:
        """All sentence rows of these rows in their order: a running number, moved to where each row's sentences start."""
        bounds = self.bounds
        sizes = bounds[rows + 1] - bounds[rows]
        before = np.cumsum(sizes) - sizes
        moved: Rows = np.repeat(bounds[rows] - before, sizes)
        return np.arange(len(moved)) + moved

    def warm(self) -> None:
        """Make now what the first question would wait for."""
        self.passages.warm()
        self.sentences.warm()

    def passages_of(self, sentences: Rows) -> Rows:
        """The rows of the passages that hold these sentences, ascending, each once."""
        return _distinct(np.searchsorted(self.bounds, sentences, side="right") - 1)


class Candidate(NamedTuple):
    """One row and its scores: the fused one in 0..1, the cosines of the passage and of its sentences, and BM25."""

    row: int
    score: float
    similarity: float
    sentence_similarities: tuple[float, ...]
    lexical: float


def search(index: HybridIndex, query: Vectors, words: Sequence[str], among: Rows | None = None) -> list[Candidate]:
    """The candidates of all three searches, best fused score first, ties by row; none but rows of `among` if it is given."""
    bm25 = index.words.scores(words)
    passages, sentences = index.passages.asked(query), index.sentences.asked(query)
    dense_rows, sparse_rows = passages.nearest(_N, among), _best_by_words(bm25, among)
    sentences_among = None if among is None else index.sentence_rows(among)
    rows = _distinct(dense_rows, sparse_rows, index.passages_of(sentences.nearest(_N, sentences_among)))
    if not len(rows):
        return []
    cosines = sentences.similarities(index.sentence_rows(rows))
    ends = np.cumsum(index.bounds[rows + 1] - index.bounds[rows])
    starts = np.append(0, ends[:-1])
    similarities, lexical = passages.similarities(rows), bm25[rows]
    scores = fuse([similarities, np.maximum.reduceat(cosines, starts), lexical])
    best, listed = order(scores)[:_N], cosines.tolist()
    columns = (column[best].tolist() for column in (rows, scores, similarities, lexical, starts, ends))
    return [
        Candidate(row, score, similarity, tuple(listed[start:end]), weight)
        for row, score, similarity, weight, start, end in zip(*columns, strict=True)
    ]


def _best_by_words(bm25: Scores, among: Rows | None) -> Rows:
    """The rows with the most of the words, best first; none but rows of `among` if it is given."""
    shared = np.flatnonzero(bm25) if among is None else among[bm25[among] > 0]
    best: Rows = shared[dense.best(bm25[shared], _N)]
    return best


def _distinct(*rows: Rows) -> Rows:
    """Each row once, in order; `np.unique` would import masked arrays, a tenth of a start."""
    return np.array(sorted(set().union(*(each.tolist() for each in rows))), np.int64)


def fuse(scores: Sequence[Scores]) -> Scores:
    """The mean of (s − min) / (max − min) of each search, `(n,)` in 0..1; scores that tell no rows apart add nothing."""
    mean: Scores = np.mean([_min_max(each) for each in scores], axis=0, dtype=np.float32)
    return mean


def order(scores: Scores) -> NDArray[np.int64]:
    """Positions by falling score; ties keep the order of the rows, so that no two runs differ."""
    return np.argsort(-scores, kind="stable")


def _min_max(scores: Scores) -> Scores:
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
