"""Texts → matching rows by their words: BM25 over English stems; the only place that knows bm25s and the stemmer.

A word is a run of letters and digits in compatibility form (full-width letters, ligatures) and lower case. Stop words
have no row. Robertson and Zaragoza 2009 for BM25, in Lucene's variant as bm25s implements it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import bm25s
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN_PLUS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

_WORD = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"\.[^\W\d_]\.")  # in every acronym, and looked for in a tenth of the time
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # "U.S." is one word, "us" its form
_NO_WORD = ""  # stands in a row without words: bm25s takes no empty vocabulary; no question holds it
_STOP_WORDS = frozenset(STOPWORDS_EN_PLUS)


@lru_cache(maxsize=4096)  # the same passages come up again and again
def words(text: str) -> tuple[str, ...]:
    """The stems of a text's words in their order, stop words left out."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if _DOTTED.search(plain):
        plain = _ACRONYM.sub(lambda match: match[0].replace(".", ""), plain)
    return tuple(Stemmer.Stemmer("english").stemWords([w for w in _WORD.findall(plain) if w not in _STOP_WORDS]))


def stems(words: Sequence[str]) -> list[str]:
    """Each lower-case word's stem, stop words too: Russian for Cyrillic letters, English for all others."""
    russian, english = Stemmer.Stemmer("russian"), Stemmer.Stemmer("english")
    return [(russian if "\u0400" <= word[:1] <= "\u04ff" else english).stemWord(word) for word in words]


class SparseIndex:
    """BM25 over rows of words."""

    def __init__(self, bm25: bm25s.BM25) -> None:
        self._bm25 = bm25
        self._frequencies = np.diff(bm25.scores["indptr"])

    @classmethod
    def build(cls, rows: Sequence[Sequence[str]]) -> SparseIndex:
        """An index of the rows' words, as `words` gives them; at least one row, which may have none."""
        bm25 = bm25s.BM25(method="lucene")
        bm25.index([list(row) or [_NO_WORD] for row in rows], show_progress=False)
        return cls(bm25)

    @classmethod
    def load(cls, folder: Path) -> SparseIndex:
        """The index that `save` wrote into `folder`; its files must have been verified before.

        Raises `ValueError` where they do not agree with each other.
        """
        bm25 = bm25s.BM25.load(folder, show_progress=False)
        rows, columns, data = (bm25.scores[name] for name in ("indices", "indptr", "data"))
        ends = len(rows) == len(data) and columns[0] == 0 and columns[-1] == len(rows)
        inside = (np.diff(columns) >= 0).all() and ((rows >= 0) & (rows < bm25.scores["num_docs"])).all()
        words = {column for word, column in bm25.vocab_dict.items() if word} <= set(range(len(columns) - 1))
        if not (ends and inside and words and np.isfinite(data).all()):
            raise ValueError(f"{folder.name} holds no rows of words")
        return cls(bm25)

    def save(self, folder: Path) -> None:
        """Write the index as `.npy` and JSON files into `folder`; nothing is pickled."""
        self._bm25.save(folder, show_progress=False)

    def __len__(self) -> int:
        return int(self._bm25.scores["num_docs"])

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """BM25 of every row for the query's words, `(n,)` float32, 0 where no word is shared."""
        known = [word for word in query if word in self._bm25.vocab_dict]
        if not known:
            return np.zeros(len(self), dtype=np.float32)
        scores: NDArray[np.float32] = self._bm25.get_scores(known)
        return scores

    def rarity(self, word: str) -> float:
        """How rare a word is: log(1 + (n − df + 0.5) / (df + 0.5)), highest for a word that no row has."""
        row = self._bm25.vocab_dict.get(word)
        df = 0 if row is None else int(self._frequencies[row])
        return float(np.log1p((len(self) - df + 0.5) / (df + 0.5)))


def best(scores: NDArray[np.float32], n: int) -> Rows:
    """The rows of the `n` highest scores above 0, best first, ties by row."""
    rows = np.flatnonzero(scores > 0)
    order = np.lexsort((rows, -scores[rows]))[:n]
    return rows[order].astype(np.int64)
