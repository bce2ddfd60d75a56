"""Words → the passages that hold them, by BM25, and the places of a term in whole texts; the only module that uses the stemmer.

A word is a run of letters and digits in compatibility form (full-width letters, ligatures) and lower case. Stop words
have no row. BM25 as in Robertson and Zaragoza 2009, in Lucene's variant (Kamphuis et al. 2020): a word of
rarity `idf` that stands `tf` times in a row of `l` words adds idf · tf / (tf + k1 · (1 − b + b · l / average)).

A term is looked for in headlines and boilerplate, too, and matches in any case and any inflection (words of one stem).
The suffix array of the quotes narrows the articles down, a regular expression finds the places in them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import Stemmer
from numpy.typing import NDArray

from retrieval import lexicon, mapped
from retrieval.quotes.suffix_array import SuffixArray
from retrieval.records import Vocabulary, save_vocabulary
from retrieval.text import normalize
from retrieval.text.normalize import searchable
from retrieval.types import Article, Span

Rows = NDArray[np.int64]


_WORD = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"\.[^\W\d_]\.")  # in every acronym, and looked for in a tenth of the time
_ACRONYM = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # "U.S." is one word, "us" its form
_ARTICLE = re.compile(r"(?:the|an?)\s+(?=\w)", re.IGNORECASE)
_BETWEEN = r"(?!\W*\n\s*\n)\W{1,4}"  # between two words of a term, within a paragraph
_STOP_WORDS = lexicon.words("stop_words")
_K1, _B = 1.5, 0.75  # how soon a repeated word stops counting, and how much a long row loses; the usual ones
_ARRAYS: dict[str, type[np.generic]] = {"starts": np.int64, "rows": np.int32, "counts": np.float32, "lengths": np.int32}
_VOCABULARY = "vocabulary"


@lru_cache(maxsize=4096)  # the same passages come up again and again
def words(text: str) -> tuple[str, ...]:
    """The stems of a text's words in their order, stop words left out."""
    plain = unicodedata.normalize("NFKC", searchable(text)).casefold()
    if _DOTTED.search(plain):
        plain = _ACRONYM.sub(lambda match: match[0].replace(".", ""), plain)
    return tuple(Stemmer.Stemmer("english").stemWords([w for w in _WORD.findall(plain) if w not in _STOP_WORDS]))


def stems(words: Sequence[str]) -> list[str]:
    """Each lower-case word's stem, stop words too: Russian for Cyrillic letters, English for all others."""
    russian, english = Stemmer.Stemmer("russian"), Stemmer.Stemmer("english")
    return [(russian if "\u0400" <= word[:1] <= "\u04ff" else english).stemWord(word) for word in words]


@dataclass(frozen=True, slots=True)
class Postings:
    """Which of some rows hold which words: word `w` stands in `rows[starts[w]:starts[w + 1]]`, so often as `counts` says.

    `vocabulary` gives each word's number, `lengths` the words of each row. Counts and not scores are kept, because a
    score depends on all other rows: so rows can come and go without a look at those that stay.
    """

    vocabulary: Mapping[str, int]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.float32]
    lengths: NDArray[np.int32]

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]]) -> Postings:
        """The postings of rows of words, as `words` gives them."""
        vocabulary: dict[str, int] = {}
        numbers = np.array([vocabulary.setdefault(word, len(vocabulary)) for row in rows for word in row], np.int64)
        lengths = np.array([len(row) for row in rows], np.int32)
        places = numbers * max(len(rows), 1) + np.repeat(np.arange(len(rows)), lengths)
        unique, counts = np.unique(places, return_counts=True)
        word, row = np.divmod(unique, max(len(rows), 1))
        return cls._sorted(vocabulary, word, row, counts, lengths)

    @classmethod
    def joined(cls, parts: Sequence[Postings]) -> Postings:
        """The postings of the rows of all parts, one part after the other."""
        vocabulary: dict[str, int] = {}
        words, rows, start = [], [], 0
        for part in parts:
            numbers = np.array([vocabulary.setdefault(word, len(vocabulary)) for word in part.vocabulary], np.int64)
            words.append(np.repeat(numbers, np.diff(part.starts)))
            rows.append(part.rows + start)
            start += len(part.lengths)
        word, row = np.concatenate(words), np.concatenate(rows)
        order = np.lexsort((row, word))
        counts = np.concatenate([part.counts for part in parts])
        lengths = np.concatenate([part.lengths for part in parts])
        return cls._sorted(vocabulary, word[order], row[order], counts[order], lengths)

    def only(self, rows: Rows) -> Postings:
        """The postings of these rows alone, ascending, which are then counted from 0."""
        places = np.full(len(self.lengths), -1)
        places[rows] = np.arange(len(rows))
        moved = places[self.rows]
        chosen = moved >= 0
        word = np.repeat(np.arange(len(self.vocabulary)), np.diff(self.starts))[chosen]
        return self._sorted(self.vocabulary, word, moved[chosen], self.counts[chosen], self.lengths[rows])

    @classmethod
    def _sorted(
        cls,
        vocabulary: Mapping[str, int],
        word: NDArray[Any],
        row: NDArray[Any],
        counts: NDArray[Any],
        lengths: NDArray[Any],
    ) -> Postings:
        """From columns that are in the order of the words, then of the rows."""
        starts = np.searchsorted(word, np.arange(len(vocabulary) + 1))
        return cls(vocabulary, starts, row.astype(np.int32), counts.astype(np.float32), lengths.astype(np.int32))

    @classmethod
    def load(cls, folder: Path) -> Postings:
        """What `save` wrote into `folder`, mapped. Raises `ValueError` where its files do not fit each other."""
        arrays = {name: mapped.array(folder / f"{name}.npy", kind, 1) for name, kind in _ARRAYS.items()}
        vocabulary = Vocabulary(folder, _VOCABULARY)
        starts, rows, counts, lengths = arrays.values()
        fitting = len(starts) == len(vocabulary) + 1 and starts[0] == 0 and starts[-1] == len(rows) == len(counts)
        inside = (np.diff(starts) >= 0).all() and (not len(rows) or 0 <= rows.min() <= rows.max() < len(lengths))
        if not (fitting and inside):
            raise ValueError(f"{folder.name} holds no rows of words")
        return cls(vocabulary, **arrays)

    def save(self, folder: Path) -> None:
        """Write `.npy` files into `folder`; nothing is pickled."""
        for name, kind in _ARRAYS.items():
            np.save(folder / f"{name}.npy", getattr(self, name).astype(kind, copy=False), allow_pickle=False)
        save_vocabulary(folder, _VOCABULARY, self.vocabulary)

    def stretch(self, word: str) -> slice:
        """Where a word's rows lie; an empty slice for a word that no row has."""
        number = self.vocabulary.get(word)
        return slice(0, 0) if number is None else slice(*self.starts[number : number + 2].tolist())


class SparseIndex:
    """BM25 over the rows of postings, one after the other."""

    def __init__(self, *parts: Postings) -> None:
        self._parts = parts
        lengths = np.concatenate([np.zeros(0, np.int32), *(part.lengths for part in parts)])
        self._starts = np.cumsum([0, *(len(part.lengths) for part in parts)])
        average = max(float(lengths.mean()), 1.0) if len(lengths) else 1.0
        self._norms = (_K1 * (1 - _B + _B * lengths / average)).astype(np.float32)
        self._stretches = lru_cache(1024)(self._looked_up)  # a question's words are asked for several times

    def __len__(self) -> int:
        return len(self._norms)

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """BM25 of every row for the query's words, `(n,)` float32, 0 where no word is shared."""
        scores = np.zeros(len(self), np.float32)
        for word in query:
            rarity = np.float32(self.rarity(word))
            for part, start, own in zip(self._parts, self._starts, self._stretches(word), strict=False):
                rows, counts = part.rows[own] + start, part.counts[own]
                scores[rows] += rarity * counts / (counts + self._norms[rows])  # a row stands once in a word's stretch
        return scores

    def rarity(self, word: str) -> float:
        """How rare a word is: log(1 + (n − df + 0.5) / (df + 0.5)), highest for a word that no row has."""
        df = sum(own.stop - own.start for own in self._stretches(word))
        return float(np.log1p((len(self) - df + 0.5) / (df + 0.5)))

    def _looked_up(self, word: str) -> list[slice]:
        """Where the rows of a word lie in each part."""
        return [part.stretch(word) for part in self._parts]


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a term: its forms in the collection, and for an acronym its letters."""

    forms: tuple[str, ...]
    letters: str | None

    @property
    def pattern(self) -> str:
        """What matches the word in a text."""
        longest_first = sorted(self.forms, key=len, reverse=True)
        dotted = [r"\.".join(self.letters) + r"\.?"] if self.letters else []
        return "(?:" + "|".join([*dotted, *map(re.escape, longest_first)]) + ")"


def forms(words: Sequence[str]) -> dict[str, list[str]]:
    """Words by their stems."""
    by_stem: dict[str, list[str]] = {}
    for word, stem in zip(words, stems(words), strict=True):
        by_stem.setdefault(stem, []).append(word)
    return by_stem


class FullText:
    """The words of a collection; `suffix_array` holds those of the same articles, `parts` the same by stem."""

    def __init__(
        self, articles: Sequence[Article], suffix_array: SuffixArray, parts: Iterable[Mapping[str, Sequence[str]]]
    ) -> None:
        self._articles, self._suffix_array, self._parts = articles, suffix_array, tuple(parts)

    def find(self, term: str) -> Iterator[tuple[Article, list[Span]]]:
        """The articles that hold the term, in their order, each with every place of it in the text's order."""
        plain = _ARTICLE.sub("", _ACRONYM.sub(lambda match: match[0].replace(".", ""), term.strip()), count=1)
        tokens = normalize.words(plain)
        if not tokens:
            return
        words = [self._word(plain[token.start : token.end], token.norm) for token in tokens]
        pattern = re.compile(rf"(?<!\w){_BETWEEN.join(word.pattern for word in words)}(?!\w)", re.IGNORECASE)
        shouted = any(word.letters for word in words)
        for row in sorted(set.intersection(*map(self._rows, words))):
            matches = pattern.finditer(self._articles[row].text)
            spans = [match.span() for match in matches if not (shouted and match[0].islower())]
            if spans:
                yield self._articles[row], spans

    def _word(self, written: str, norm: str) -> _Word:
        """A word of a term; one in capitals ("US") is an acronym, and no pronoun ("us")."""
        acronym = written.isalpha() and written.isupper() and 2 <= len(written) <= 5
        stem = "" if acronym else stems([norm])[0]
        inflected = chain.from_iterable(part.get(stem, ()) for part in self._parts)
        return _Word(tuple(dict.fromkeys([norm, *inflected])), norm if acronym else None)

    def _rows(self, word: _Word) -> set[int]:
        rows = self._suffix_array.articles(word.forms)
        if word.letters:
            rows |= set.intersection(*(self._suffix_array.articles([letter]) for letter in word.letters))
        return rows
