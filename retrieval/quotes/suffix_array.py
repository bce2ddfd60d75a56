"""Articles' words → tables of numbers, in memory or mapped; a run of words → the places where it stands in a collection.

A suffix array (Manber and Myers 1993) of words, of depth three: each word has a place, a whole number, and `order` has
the places by the three words that begin there. So any word, pair or triple is one stretch of it, found by halving.
Articles are parted by a place that holds no word. A collection is searched in parts, each with tables of its own, which
are joined and thinned without a look at the texts; places are counted on from part to part.
"""

from __future__ import annotations

import json
import math
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval import records
from retrieval.records import Records, Vocabulary, save_vocabulary

Numbers = NDArray[np.int32]
Places = NDArray[np.int64]
Text = tuple[Sequence[str], Sequence[str], Sequence[int]]

UNKNOWN = -1  # the number of a word that no article has
LOWER, CAPITAL = 1, 2  # cases of a word
_PARTING = 0  # the number of what parts articles
_END = [_PARTING, _PARTING]  # so that a triple at the end can be read
_FILE, _WORDS = "places", "words"
_COLUMNS = ("ids", "between", "order", "firsts", "begins")
_LETTERS = re.compile(r"[^\W\d_]+")
SEEDS = {3: 24, 2: 24, 1: 8}  # places looked at for a triple, a pair, a word; more would be stock phrases
MAX_OVERLAPPING = 6  # longest runs kept over any one word of the quote
MAX_RUNS = 400
_KEPT = 2_048  # words whose numbers are kept


class Run(NamedTuple):
    """`length` words of a quote from word `at` on that stand in the collection from `place` on."""

    at: int
    place: int
    length: int


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
        stored.release()  # all was read for the checksums
        return cls(Vocabulary(folder, _WORDS), {gap: at for at, gap in enumerate(gaps)}, cases=cases, **columns)

    def number(self, word: str) -> int:
        """A word's number, `UNKNOWN` where no article holds it."""
        number: int = self.words.get(word, UNKNOWN)
        return number

    def articles(self, ids: Iterable[int]) -> set[int]:
        """The articles (0-based, in the order given) that hold any of the words of these numbers."""
        places = [self._starting(number) for number in ids if number != UNKNOWN]
        if not places:
            return set()
        rows = np.searchsorted(self.firsts, np.concatenate(places), side="right") - 1
        return set(rows.tolist())

    def cases_of(self, number: int) -> set[int]:
        """The cases in which a word stands."""
        return set() if number == UNKNOWN else set(self.cases[self._starting(number)].tolist())

    def exact(self, ids: Sequence[int], between: Sequence[str] | None = None) -> Places:
        """All places where these words stand one after the other, in order; with `between` also what parts them."""
        if not ids or UNKNOWN in ids:
            return np.empty(0, dtype=np.int64)
        last = max(1, len(ids) - 2)
        rarest = min(range(0, last, max(1, last // 64)), key=lambda at: self._count(ids[at : at + 3]))
        low, high = self.stretch(ids[rarest : rarest + 3])
        places = np.sort(self.order[low:high].astype(np.int64) - rarest)
        places = places[(places > 0) & (places + len(ids) < len(self.ids))]
        for step, number in enumerate(ids):
            places = places[self.ids[places + step] == number]
        for step, gap in enumerate(between or ()):
            places = places[self.between[places + step] == self.gaps.get(gap, UNKNOWN)]
        return places

    def widened(self, ids: Sequence[int], at: int, place: int) -> Run:
        """The longest run of a quote's words, given as their numbers, around its word `at`, which stands at the place."""
        length, own = 1, self.ids
        while at + length < len(ids) and own[place + length] == ids[at + length]:
            length += 1
        while at > 0 and own[place - 1] == ids[at - 1]:
            at, place, length = at - 1, place - 1, length + 1
        return Run(at, place, length)

    def places(self, low: int, high: int) -> list[int]:
        """The places of a stretch of the order."""
        places: list[int] = self.order[low:high].tolist()
        return places

    def stretch(self, ids: Sequence[int]) -> tuple[int, int]:
        """The half-open stretch of the order whose places begin with one to three words; an empty one for unknown ones."""
        if UNKNOWN in ids:
            return 0, 0
        order, own = self.order, self.ids
        low, high = self.begins[ids[0] : ids[0] + 2].tolist()
        for step, number in enumerate(ids[1:], start=1):

            def following(place: int, step: int = step) -> int:
                return int(own[place + step])

            low, high = (
                bisect_left(order, number, low, high, key=following),
                bisect_right(order, number, low, high, key=following),
            )
        return low, high

    def _starting(self, number: int) -> NDArray[np.int32]:
        """The places of a word."""
        low, high = self.begins[number : number + 2].tolist()
        return self.order[low:high]

    def _count(self, ids: Sequence[int]) -> int:
        low, high = self.stretch(ids)
        return high - low


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


class SuffixArray:
    """The runs of words in all parts of a collection, each given by its tables."""

    def __init__(self, parts: Sequence[WordTables]) -> None:
        self._parts = parts
        self._starts = list(accumulate((len(part.ids) for part in parts), initial=0))
        self._rows = list(accumulate((len(part.firsts) for part in parts), initial=0))
        self._numbers: Callable[[str], list[int]] = lru_cache(_KEPT)(lambda word: [part.number(word) for part in parts])

    def rarity(self, word: str) -> float:
        """How many bits a word of the collection is worth: twice as rare is one more."""
        stretches = (part.stretch([number]) for part, number in zip(self._parts, self._numbers(word), strict=True))
        return math.log2(self.size / sum(high - low for low, high in stretches))

    def is_name(self, word: str) -> bool:
        """Whether a word stands with a capital inside a sentence, and nowhere in lower case."""
        cases = set().union(*(part.cases_of(at) for part, at in zip(self._parts, self._numbers(word), strict=True)))
        return CAPITAL in cases and LOWER not in cases

    def articles(self, words: Iterable[str]) -> set[int]:
        """The articles (0-based, in the order given) that hold any of the words."""
        parts = zip(self._parts, self._rows, self._ids(words), strict=False)
        return {first + row for part, first, ids in parts for row in part.articles(ids)}

    @property
    def size(self) -> int:
        """Places in the collection."""
        return self._starts[-1]

    def article(self, place: int) -> tuple[int, int]:
        """The article (0-based, in the order given) that holds a place, and the word's 0-based number in it."""
        part = bisect_right(self._starts, place) - 1
        firsts, inside = self._parts[part].firsts, place - self._starts[part]
        row = int(np.searchsorted(firsts, inside, side="right")) - 1
        return self._rows[part] + row, inside - int(firsts[row])

    def exact(self, words: Sequence[str], between: Sequence[str] | None = None) -> Places:
        """All places where the words stand one after the other, in order; with `between` also what parts them."""
        parts = zip(self._parts, self._starts, self._ids(words), strict=False)
        places = [part.exact(ids, between) + start for part, start, ids in parts]
        return np.concatenate([np.empty(0, np.int64), *places])

    def runs(self, words: Sequence[str]) -> list[Run]:
        """The longest runs of the quote's words that stand in the collection, in the order of the quote."""
        ids = self._ids(words)
        candidates: set[Run] = set()
        reached: dict[int, int] = {}  # how far the quote is covered along a diagonal (place - at)
        for at in range(len(words)):
            for part, inside in self._seeds([own[at : at + 3] for own in ids]):
                start = self._starts[part]
                place = start + inside
                if reached.get(place - at, 0) <= at:
                    run = self._parts[part].widened(ids[part], at, inside)
                    reached[place - at] = run.at + run.length
                    candidates.add(run._replace(place=start + run.place))
        return _thinned(candidates, len(words))

    def _ids(self, words: Iterable[str]) -> list[list[int]]:
        """The words' numbers in each part."""
        numbers = [self._numbers(word) for word in words]
        return [[each[part] for each in numbers] for part in range(len(self._parts))]

    def _seeds(self, ids: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
        """Parts and places of the longest of triple, pair and word that stands anywhere; of a frequent one, the first few.

        `ids` are the words' numbers in each part.
        """
        longest = len(ids[0]) if ids else 0
        for size in range(longest, 0, -1):
            stretches = [part.stretch(own[:size]) for part, own in zip(self._parts, ids, strict=True)]
            count = sum(high - low for low, high in stretches)
            if count and (size == longest == 3 or count <= SEEDS[size]):
                return [
                    (number, place)
                    for number, (low, high) in enumerate(stretches)
                    for place in self._parts[number].places(low, min(high, low + SEEDS[size]))
                ][: SEEDS[size]]
        return []


def _thinned(runs: set[Run], size: int) -> list[Run]:
    """The longest runs, at most `MAX_OVERLAPPING` over the middle of any other and `MAX_RUNS` in all."""
    over = [0] * size
    thinned: list[Run] = []
    for run in sorted(runs, key=lambda run: (-run.length, run.at, run.place)):
        if over[run.at + run.length // 2] < MAX_OVERLAPPING and len(thinned) < MAX_RUNS:
            thinned.append(run)
            for at in range(run.at, run.at + run.length):
                over[at] += 1
    return sorted(thinned)
