"""Articles' words → tables of numbers that runs of words are looked up in, in memory or mapped from two files and a vocabulary.

Each word has a place, a whole number; articles are parted by a place that holds no word. `order` has the places by the three
words that begin there: a suffix array (Manber and Myers 1993) of depth three. Tables of articles are joined and thinned
without a look at their texts.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval import records
from retrieval.records import Records, Vocabulary, save_vocabulary

Numbers = NDArray[np.int32]
Text = tuple[Sequence[str], Sequence[str], Sequence[int]]

LOWER, CAPITAL = 1, 2  # cases of a word
_PARTING = 0  # the number of what parts articles
_END = [_PARTING, _PARTING]  # so that a triple at the end can be read
_FILE, _WORDS = "places", "words"
_COLUMNS = ("ids", "between", "order", "firsts", "begins")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class WordTables:
    """The words of some articles. The number of what parts the articles is 0, and so is that of the empty gap."""

    words: Mapping[str, int]
    gaps: Mapping[str, int]  # what stands between words
    ids: Numbers  # (places + 2,): the word at each place
    between: Numbers  # (places + 2,): the gap behind it
    cases: NDArray[np.uint8]  # (places + 2,): whether it is in lower case, or has a capital inside a sentence
    order: Numbers  # (places,)
    firsts: Numbers  # (articles,): the place of each one's first word
    begins: Numbers  # (words + 1,): the rows of `order` that begin with word `w` are `begins[w]` up to `begins[w + 1]`

    @classmethod
    def of(cls, texts: Iterable[Text]) -> WordTables:
        """The tables of each article's words, what follows each, and its case."""
        words: dict[str, int] = {"": _PARTING}
        numbers: dict[str, int] = {"": 0}
        ids, between, cases, firsts = array("i", [_PARTING]), array("i", [0]), bytearray(1), array("i")
        for text, gaps, own in texts:
            firsts.append(len(ids))
            ids.extend([words.setdefault(word, len(words)) for word in text])
            between.extend([numbers.setdefault(gap, len(numbers)) for gap in gaps])
            cases.extend(own)
            ids.append(_PARTING)
            between.append(0)
            cases.append(0)
        columns = (np.array(ids, np.int32), np.array(between, np.int32), np.frombuffer(bytes(cases), np.uint8))
        return cls._ordered(words, numbers, columns, np.array(firsts, np.int32))

    @classmethod
    def joined(cls, parts: Sequence[WordTables]) -> WordTables:
        """The tables of the articles of all parts, one part after the other."""
        words: dict[str, int] = {"": _PARTING}
        numbers: dict[str, int] = {"": 0}
        columns: list[list[NDArray[Any]]] = [[np.zeros(1, np.int32)] for _ in range(3)]
        firsts: list[NDArray[Any]] = [np.zeros(0, np.int32)]
        start = 0
        for part in parts:
            inside = slice(1, len(part.ids) - len(_END))
            columns[0].append(_renumbered(words, part.words)[part.ids[inside]])
            columns[1].append(_renumbered(numbers, part.gaps)[part.between[inside]])
            columns[2].append(part.cases[inside])
            firsts.append(part.firsts + start)
            start += len(part.ids[inside])
        return cls._ordered(words, numbers, [np.concatenate(column) for column in columns], np.concatenate(firsts))

    def only(self, articles: NDArray[np.int64]) -> WordTables:
        """The tables of these articles alone, by their rows, ascending; what only others have is gone."""
        bounds = np.append(self.firsts, len(self.ids) - len(_END))
        sizes = np.diff(bounds)
        chosen = np.zeros(len(sizes), bool)
        chosen[articles] = True
        places = 1 + np.flatnonzero(np.repeat(chosen, sizes))
        ids, words = _compact(self.ids[places], self.words)
        between, gaps = _compact(self.between[places], self.gaps)
        firsts = 1 + np.cumsum(sizes[chosen]) - sizes[chosen]
        ahead = np.zeros(1, np.int32)
        columns = (np.append(ahead, ids), np.append(ahead, between), np.append(ahead, self.cases[places]))
        return self._ordered(words, gaps, columns, firsts)

    @classmethod
    def _ordered(
        cls, words: Mapping[str, int], gaps: Mapping[str, int], columns: Sequence[NDArray[Any]], firsts: NDArray[Any]
    ) -> WordTables:
        """From the columns of the places and the first places of the articles."""
        ids, between = (np.append(column, _END).astype(np.int32) for column in columns[:2])
        order = np.lexsort((ids[2:], ids[1:-1], ids[:-2])).astype(np.int32)
        begins = np.searchsorted(ids[order], np.arange(len(words) + 1)).astype(np.int32)
        cases = np.append(columns[2], _END).astype(np.uint8)
        return cls(words, gaps, ids, between, cases, order, firsts.astype(np.int32), begins)

    @property
    def listed(self) -> list[str]:
        """Every word; what is damaged in the vocabulary is not noticed."""
        words = self.words.lines.split("\n") if isinstance(self.words, Vocabulary) else self.words
        return [word for word in words if word]

    def save(self, folder: Path) -> None:
        """Write the tables into an empty folder."""
        save_vocabulary(folder, _WORDS, self.words)
        columns = [np.asarray(getattr(self, name), "<i4").tobytes() for name in _COLUMNS]
        records.save(folder, _FILE, [*columns, self.cases.tobytes(), json.dumps([*self.gaps]).encode()])

    @classmethod
    def load(cls, folder: Path) -> WordTables:
        """What `save` wrote, mapped. Raises `ValueError`, `IndexError` or `IndexFolderError` where it is damaged."""
        stored = Records(folder, _FILE)
        columns = {name: stored.view(row).view("<i4") for row, name in enumerate(_COLUMNS)}
        cases, gaps = stored.view(len(_COLUMNS)), json.loads(stored[len(_COLUMNS) + 1])
        return cls(Vocabulary(folder, _WORDS), {gap: at for at, gap in enumerate(gaps)}, cases=cases, **columns)


class WordCounts(Mapping[str, int]):
    """How often each word of letters alone stands in the articles of tables."""

    def __init__(self, tables: WordTables) -> None:
        self._tables = tables

    def __getitem__(self, word: str) -> int:
        number = self._tables.words[word]
        first, last = self._tables.begins[number : number + 2].tolist()
        return int(last - first)

    def __iter__(self) -> Iterator[str]:
        return iter(_LETTERS.findall("\n".join(self._tables.listed)))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _renumbered(numbers: dict[str, int], words: Iterable[str]) -> Numbers:
    """The number that each word has among all, where those that are new follow the others."""
    return np.array([numbers.setdefault(word, len(numbers)) for word in words], np.int32)


def _compact(ids: Numbers, words: Iterable[str]) -> tuple[Numbers, dict[str, int]]:
    """The numbers and their words without those that are not used; 0 stays."""
    used = np.unique(np.append(ids, 0).astype(np.int32))
    every = list(words)
    return np.searchsorted(used, ids).astype(np.int32), {every[number]: at for at, number in enumerate(used.tolist())}
