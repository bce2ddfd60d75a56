"""A run of words → the places where it stands in a collection, by a suffix array (Manber and Myers 1993) of words.

Any word, pair or triple is one stretch of the array, found by halving, so a lookup costs the logarithm of the collection's
size. What is searched are the tables of `word_tables`: numbers, no texts.
A collection is searched in parts, so that a change costs its own part. Places are counted on from part to part.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.quotes.word_tables import CAPITAL, LOWER, WordTables

Places = NDArray[np.int64]


UNKNOWN = -1
SEEDS = {3: 24, 2: 24, 1: 8}  # places looked at for a triple, a pair, a word; more would be stock phrases
MAX_OVERLAPPING = 6  # longest runs kept over any one word of the quote
MAX_RUNS = 400
_KEPT = 2_048  # words whose numbers are kept


class Run(NamedTuple):
    """`length` words of a quote from word `at` on that stand in the collection from `place` on."""

    at: int
    place: int
    length: int


class SuffixArray:
    """One part. Its tables are opened, and compared with their checksums, when the first quote is looked up."""

    def __init__(self, tables: WordTables | Path) -> None:
        """`tables` may be the folder that has them."""
        self._source = tables

    @cached_property
    def tables(self) -> WordTables:
        """The words and where they stand."""
        return self._source if isinstance(self._source, WordTables) else WordTables.load(self._source)

    def number(self, word: str) -> int:
        """A word's number, `UNKNOWN` where no article holds it."""
        number: int = self.tables.words.get(word, UNKNOWN)
        return number

    def articles(self, ids: Iterable[int]) -> set[int]:
        """The articles (0-based, in the order given) that hold any of the words of these numbers."""
        places = [self._starting(number) for number in ids if number != UNKNOWN]
        if not places:
            return set()
        rows = np.searchsorted(self.tables.firsts, np.concatenate(places), side="right") - 1
        return set(rows.tolist())

    def cases(self, number: int) -> set[int]:
        """The cases in which a word stands."""
        return set() if number == UNKNOWN else set(self.tables.cases[self._starting(number)].tolist())

    def exact(self, ids: Sequence[int], between: Sequence[str] | None = None) -> Places:
        """All places where these words stand one after the other, in order; with `between` also what parts them."""
        if not ids or UNKNOWN in ids:
            return np.empty(0, dtype=np.int64)
        tables, last = self.tables, max(1, len(ids) - 2)
        rarest = min(range(0, last, max(1, last // 64)), key=lambda at: self._count(ids[at : at + 3]))
        low, high = self.stretch(ids[rarest : rarest + 3])
        places = np.sort(tables.order[low:high].astype(np.int64) - rarest)
        places = places[(places > 0) & (places + len(ids) < len(tables.ids))]
        for step, number in enumerate(ids):
            places = places[tables.ids[places + step] == number]
        for step, gap in enumerate(between or ()):
            places = places[tables.between[places + step] == tables.gaps.get(gap, UNKNOWN)]
        return places

    def widened(self, ids: Sequence[int], at: int, place: int) -> Run:
        """The longest run of a quote's words, given as their numbers, around its word `at`, which stands at the place."""
        length, own = 1, self.tables.ids
        while at + length < len(ids) and own[place + length] == ids[at + length]:
            length += 1
        while at > 0 and own[place - 1] == ids[at - 1]:
            at, place, length = at - 1, place - 1, length + 1
        return Run(at, place, length)

    def places(self, low: int, high: int) -> list[int]:
        """The places of a stretch of the order."""
        places: list[int] = self.tables.order[low:high].tolist()
        return places

    def stretch(self, ids: Sequence[int]) -> tuple[int, int]:
        """The half-open stretch of the order whose places begin with one to three words; an empty one for unknown ones."""
        if UNKNOWN in ids:
            return 0, 0
        order, own = self.tables.order, self.tables.ids
        low, high = self.tables.begins[ids[0] : ids[0] + 2].tolist()
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
        low, high = self.tables.begins[number : number + 2].tolist()
        return self.tables.order[low:high]

    def _count(self, ids: Sequence[int]) -> int:
        low, high = self.stretch(ids)
        return high - low


class SuffixArrays:
    """Finds word for word runs in the parts of a collection."""

    def __init__(self, parts: Sequence[SuffixArray]) -> None:
        self._parts = parts
        self._starts = list(accumulate((len(part.tables.ids) for part in parts), initial=0))
        self._rows = list(accumulate((len(part.tables.firsts) for part in parts), initial=0))
        self._numbers: Callable[[str], list[int]] = lru_cache(_KEPT)(lambda word: [part.number(word) for part in parts])

    def rarity(self, word: str) -> float:
        """How many bits a word of the collection is worth: twice as rare is one more."""
        stretches = (part.stretch([number]) for part, number in zip(self._parts, self._numbers(word), strict=True))
        return math.log2(self.size / sum(high - low for low, high in stretches))

    def is_name(self, word: str) -> bool:
        """Whether a word stands with a capital inside a sentence, and nowhere in lower case."""
        cases = set().union(*(part.cases(at) for part, at in zip(self._parts, self._numbers(word), strict=True)))
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
        firsts, inside = self._parts[part].tables.firsts, place - self._starts[part]
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
