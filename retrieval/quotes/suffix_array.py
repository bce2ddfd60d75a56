"""Where a run of words stands in a collection: every article's words as numbers, ordered by the three that follow.

Each word of the collection has a place, a whole number; articles are parted by a place that holds no word. The order
makes any word, pair or triple one stretch found by halving, so that a lookup costs the logarithm of the collection's
size, and memory is 12 bytes a word. It holds numbers only, no articles and no typography. A suffix array (Manber and Myers 1993) of depth three.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Places = NDArray[np.int64]

UNKNOWN = -1
SEEDS = {3: 24, 2: 24, 1: 8}  # places looked at for a triple, a pair, a word; more would be stock phrases
CROWD = 6  # longest runs kept over any one word of the quote
MAX_RUNS = 400


class Run(NamedTuple):
    """`length` words of a quote from word `at` on that stand in the collection from `place` on."""

    at: int
    place: int
    length: int


class SuffixArray:
    """Finds word for word runs. `texts` yields each article's words and, for each word, what follows it."""

    def __init__(self, texts: Iterable[tuple[Sequence[str], Sequence[str]]]) -> None:
        self._words: dict[str, int] = {"": 0}
        self._gaps: dict[str, int] = {"": 0}
        ids, gaps, firsts = array("i", [0]), array("i", [0]), array("q")
        for text, between in texts:
            firsts.append(len(ids))
            ids.extend(self._words.setdefault(word, len(self._words)) for word in text)
            gaps.extend(self._gaps.setdefault(gap, len(self._gaps)) for gap in between)
            ids.append(0)
            gaps.append(0)
        ids.extend((0, 0))  # so that a triple at the end can be read
        self.ids = np.frombuffer(ids, dtype=np.int32)
        self._between = np.frombuffer(gaps, dtype=np.int32)
        self._firsts = firsts
        self._order = np.lexsort((self.ids[2:], self.ids[1:-1], self.ids[:-2])).astype(np.int32)
        self._begins = np.searchsorted(self.ids[self._order], np.arange(len(self._words) + 1))

    def numbers(self, words: Sequence[str]) -> list[int]:
        """Each word's number, `UNKNOWN` where no article holds it."""
        return [self._words.get(word, UNKNOWN) for word in words]

    def rarity(self, word: str) -> float:
        """How many bits a word of the collection is worth: twice as rare is one more."""
        number = self._words[word]
        return math.log2(len(self.ids) / float(self._begins[number + 1] - self._begins[number]))

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every word of the collection once, in the order of its first place."""
        return tuple(self._words)[1:]

    def articles(self, words: Iterable[str]) -> set[int]:
        """The articles (0-based, in the order given) that hold any of the words."""
        known = [number for number in self.numbers(list(words)) if number != UNKNOWN]
        places = [self._order[self._begins[number] : self._begins[number + 1]] for number in known]
        if not places:
            return set()
        rows = np.searchsorted(np.frombuffer(self._firsts, np.int64), np.concatenate(places), side="right") - 1
        return set(np.unique(rows).tolist())

    @property
    def size(self) -> int:
        """Places in the collection."""
        return len(self.ids)

    def article(self, place: int) -> tuple[int, int]:
        """The article (0-based, in the order given) that holds a place, and the word's 0-based number in it."""
        row = bisect_right(self._firsts, place) - 1
        return row, place - self._firsts[row]

    def exact(self, words: Sequence[str], between: Sequence[str] | None = None) -> Places:
        """All places where the words stand one after the other, in order; with `between` also what parts them."""
        ids = self.numbers(words)
        if not ids or UNKNOWN in ids:
            return np.empty(0, dtype=np.int64)
        last = max(1, len(ids) - 2)
        rarest = min(range(0, last, max(1, last // 64)), key=lambda at: self._count(ids[at : at + 3]))
        low, high = self._stretch(ids[rarest : rarest + 3])
        places = np.sort(self._order[low:high].astype(np.int64) - rarest)
        places = places[(places > 0) & (places + len(ids) < len(self.ids))]
        for step, number in enumerate(ids):
            places = places[self.ids[places + step] == number]
        for step, gap in enumerate(between or ()):
            places = places[self._between[places + step] == self._gaps.get(gap, UNKNOWN)]
        return places

    def runs(self, words: Sequence[str]) -> list[Run]:
        """The longest runs of the quote's words that stand in the collection, in the order of the quote."""
        ids = self.numbers(words)
        candidates: set[Run] = set()
        reached: dict[int, int] = {}  # how far the quote is covered along a diagonal (place - at)
        for at in range(len(ids)):
            for place in self._seeds(ids[at : at + 3]):
                if reached.get(place - at, 0) <= at:
                    run = self._widened(ids, at, place)
                    reached[place - at] = run.at + run.length
                    candidates.add(run)
        return _thinned(candidates, len(ids))

    def _seeds(self, ids: list[int]) -> list[int]:
        """Places of the longest of triple, pair and word that stands anywhere; of a frequent one, the first few."""
        for size in range(len(ids), 0, -1):
            if UNKNOWN in ids[:size]:
                continue
            low, high = self._stretch(ids[:size])
            if low < high and (size == len(ids) == 3 or high - low <= SEEDS[size]):
                return [int(place) for place in self._order[low : min(high, low + SEEDS[size])]]
        return []

    def _widened(self, ids: list[int], at: int, place: int) -> Run:
        length = 1
        while at + length < len(ids) and self.ids[place + length] == ids[at + length]:
            length += 1
        while at > 0 and self.ids[place - 1] == ids[at - 1]:
            at, place, length = at - 1, place - 1, length + 1
        return Run(at, place, length)

    def _count(self, ids: list[int]) -> int:
        low, high = self._stretch(ids)
        return high - low

    def _stretch(self, ids: list[int]) -> tuple[int, int]:
        """The half-open stretch of the order whose places begin with one to three known words."""
        low, high = int(self._begins[ids[0]]), int(self._begins[ids[0] + 1])
        for step, number in enumerate(ids[1:], start=1):

            def following(place: int, step: int = step) -> int:
                return int(self.ids[place + step])

            low, high = (
                bisect_left(self._order, number, low, high, key=following),
                bisect_right(self._order, number, low, high, key=following),
            )
        return low, high


def _thinned(runs: set[Run], size: int) -> list[Run]:
    """The longest runs, at most `CROWD` over the middle of any other and `MAX_RUNS` in all."""
    over = [0] * size
    kept: list[Run] = []
    for run in sorted(runs, key=lambda run: (-run.length, run.at, run.place)):
        if over[run.at + run.length // 2] < CROWD and len(kept) < MAX_RUNS:
            kept.append(run)
            for at in range(run.at, run.at + run.length):
                over[at] += 1
    return sorted(kept)
