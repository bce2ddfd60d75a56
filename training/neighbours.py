"""Passages that share words with a question: the near misses that a search would bring. bm25s enters only here."""

from __future__ import annotations

from collections.abc import Sequence

import bm25s
import Stemmer


class Neighbours:
    """BM25 over `passages`; asks for many questions at once."""

    def __init__(self, passages: Sequence[str]) -> None:
        self._passages = list(dict.fromkeys(passages))
        self._stemmer = Stemmer.Stemmer("english")
        self._index = bm25s.BM25(method="lucene")
        self._index.index(self._tokens(self._passages), show_progress=False)

    def nearest(self, questions: Sequence[str], k: int) -> list[list[str]]:
        """The `k` passages nearest to each of `questions`, best first."""
        rows, _ = self._index.retrieve(self._tokens(questions), k=k, show_progress=False)
        return [[self._passages[row] for row in found] for found in rows]

    def _tokens(self, texts: Sequence[str]) -> object:
        return bm25s.tokenize(list(texts), stopwords="en", stemmer=self._stemmer, show_progress=False)
