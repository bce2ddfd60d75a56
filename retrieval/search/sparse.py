"""Texts → matching rows by their words: BM25 over English stems; the only place that knows bm25s and the stemmer.

bm25s makes the table of scores when an index is built: each word's rows and what the word is worth in each. Asking adds up
a few stretches of it, and does without the library, whose import takes as long as all the rest of a start.

A word is a run of letters and digits in compatibility form (full-width letters, ligatures) and lower case. Stop words
have no row. Robertson and Zaragoza 2009 for BM25, in Lucene's variant as bm25s implements it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import Stemmer

from retrieval import lexicon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

_WORD = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"\.[^\W\d_]\.")  # in every acronym, and looked for in a tenth of the time
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # "U.S." is one word, "us" its form
_STOP_WORDS = lexicon.words("stop_words")
_NO_WORD = ""  # stands in a row without words: bm25s takes no empty vocabulary; no question holds it
# The files of an index are those of bm25s: `data` and `indices` lie word after word, `indptr` says where each word begins.
_FILES = {name: f"{name}.csc.index.npy" for name in ("data", "indices", "indptr")}
_VOCABULARY, _PARAMETERS = "vocab.index.json", "params.index.json"


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

    def __init__(self, table: Mapping[str, NDArray[np.generic]], vocabulary: Mapping[str, int], rows: int) -> None:
        self._table, self._vocabulary, self._rows = table, vocabulary, rows

    @classmethod
    def build(cls, rows: Sequence[Sequence[str]]) -> SparseIndex:
        """An index of the rows' words, as `words` gives them; at least one row, which may have none."""
        import bm25s

        bm25 = bm25s.BM25(method="lucene")
        bm25.index([list(row) or [_NO_WORD] for row in rows], show_progress=False)
        return cls({name: bm25.scores[name] for name in _FILES}, bm25.vocab_dict, len(rows))

    @classmethod
    def load(cls, folder: Path) -> SparseIndex:
        """The index that `save` wrote into `folder`; its files must have been verified before.

        Raises `ValueError` where they do not agree with each other.
        """
        table = {name: np.load(folder / file, mmap_mode="r", allow_pickle=False) for name, file in _FILES.items()}
        vocabulary = json.loads((folder / _VOCABULARY).read_bytes())
        number = json.loads((folder / _PARAMETERS).read_bytes())["num_docs"]
        rows, columns, data = table["indices"], table["indptr"], table["data"]
        ends = len(rows) == len(data) and columns[0] == 0 and columns[-1] == len(rows)
        inside = (np.diff(columns) >= 0).all() and ((rows >= 0) & (rows < number)).all()
        words = {column for word, column in vocabulary.items() if word} <= set(range(len(columns) - 1))
        if not (ends and inside and words and np.isfinite(data).all()):
            raise ValueError(f"{folder.name} holds no rows of words")
        return cls(table, vocabulary, number)

    def save(self, folder: Path) -> None:
        """Write the index as `.npy` and JSON files into `folder`; nothing is pickled."""
        for name, file in _FILES.items():
            np.save(folder / file, self._table[name], allow_pickle=False)
        (folder / _VOCABULARY).write_text(json.dumps(self._vocabulary))
        (folder / _PARAMETERS).write_text(json.dumps({"num_docs": self._rows}))

    def __len__(self) -> int:
        return self._rows

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """BM25 of every row for the query's words, `(n,)` float32, 0 where no word is shared."""
        scores = np.zeros(self._rows, np.float32)
        for word in query:
            own = self._stretch(word)
            scores[self._table["indices"][own]] += self._table["data"][own]  # a row stands once in a word's stretch
        return scores

    def rarity(self, word: str) -> float:
        """How rare a word is: log(1 + (n − df + 0.5) / (df + 0.5)), highest for a word that no row has."""
        own = self._stretch(word)
        df = own.stop - own.start
        return float(np.log1p((self._rows - df + 0.5) / (df + 0.5)))

    def _stretch(self, word: str) -> slice:
        """Where a word's rows lie in the table; an empty one for a word that no row has."""
        at = self._vocabulary.get(word)
        return slice(0, 0) if at is None else slice(*self._table["indptr"][at : at + 2].tolist())


def best(scores: NDArray[np.float32], n: int) -> Rows:
    """The rows of the `n` highest scores above 0, best first, ties by row."""
    rows = np.flatnonzero(scores > 0)
    order = np.lexsort((rows, -scores[rows]))[:n]
    return rows[order].astype(np.int64)
