"""Where a run of words stands in a collection: every article's words as numbers, ordered by the three that follow.

Each word of the collection has a place, a whole number; articles are parted by a place that holds no word. The order
makes any word, pair or triple one stretch found by halving, so that a lookup costs the logarithm of the collection's
size, and memory is 12 bytes a word. It holds numbers only, no articles and no typography. A suffix array (Manber and Myers 1993) of depth three.

A collection is searched in parts, one array each, so that a change costs its own part. Places are counted on from part to part.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
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
    """One part. `texts` yields each article's words and, for each word, what follows it."""

    def __init__(self, texts: Iterable[tuple[Sequence[str], Sequence[str]]]) -> None:
        self.words: dict[str, int] = {"": 0}  # in the order of their first places
        self._gaps: dict[str, int] = {"": 0}
        ids, gaps, firsts = array("i", [0]), array("i", [0]), array("q")
        for text, between in texts:
            firsts.append(len(ids))
            ids.extend(self.words.setdefault(word, len(self.words)) for word in text)
            gaps.extend(self._gaps.setdefault(gap, len(self._gaps)) for gap in between)
            ids.append(0)
            gaps.append(0)
        ids.extend((0, 0))  # so that a triple at the end can be read
        self.ids = np.frombuffer(ids, dtype=np.int32)
        self._between = np.frombuffer(gaps, dtype=np.int32)
        self.firsts = firsts
        self._order = np.lexsort((self.ids[2:], self.ids[1:-1], self.ids[:-2])).astype(np.int32)
        self._begins = np.searchsorted(self.ids[self._order], np.arange(len(self.words) + 1))

    def numbers(self, words: Sequence[str]) -> list[int]:
        """Each word's number, `UNKNOWN` where no article holds it."""
        return [self.words.get(word, UNKNOWN) for word in words]

    def articles(self, words: Sequence[str]) -> set[int]:
        """The articles (0-based, in the order given) that hold any of the words."""
        known = [number for number in self.numbers(words) if number != UNKNOWN]
        places = [self._order[self._begins[number] : self._begins[number + 1]] for number in known]
        if not places:
            return set()
        rows = np.searchsorted(np.frombuffer(self.firsts, np.int64), np.concatenate(places), side="right") - 1
        return set(np.unique(rows).tolist())

    def exact(self, words: Sequence[str], between: Sequence[str] | None = None) -> Places:
        """All places where the words stand one after the other, in order; with `between` also what parts them."""
        ids = self.numbers(words)
        if not ids or UNKNOWN in ids:
            return np.empty(0, dtype=np.int64)
        last = max(1, len(ids) - 2)
        rarest = min(range(0, last, max(1, last // 64)), key=lambda at: self._count(ids[at : at + 3]))
        low, high = self.stretch(ids[rarest : rarest + 3])
        places = np.sort(self._order[low:high].astype(np.int64) - rarest)
        places = places[(places > 0) & (places + len(ids) < len(self.ids))]
        for step, number in enumerate(ids):
            places = places[self.ids[places + step] == number]
        for step, gap in enumerate(between or ()):
            places = places[self._between[places + step] == self._gaps.get(gap, UNKNOWN)]
        return places

    def widened(self, ids: Sequence[int], at: int, place: int) -> Run:
        """The longest run of a quote's words, given as their numbers, around its word `at`, which stands at the place."""
        length = 1
        while at + length < len(ids) and self.ids[place + length] == ids[at + length]:
            length += 1
        while at > 0 and self.ids[place - 1] == ids[at - 1]:
            at, place, length = at - 1, place - 1, length + 1
        return Run(at, place, length)

    def places(self, low: int, high: int) -> list[int]:
        """The places of a stretch of the order."""
        return [int(place) for place in self._order[low:high]]

    def stretch(self, ids: Sequence[int]) -> tuple[int, int]:
        """The half-open stretch of the order whose places begin with one to three words; an empty one for unknown ones."""
        if UNKNOWN in ids:
            return 0, 0
        low, high = int(self._begins[ids[0]]), int(self._begins[ids[0] + 1])
        for step, number in enumerate(ids[1:], start=1):

            def following(place: int, step: int = step) -> int:
                return int(self.ids[place + step])

            low, high = (
                bisect_left(self._order, number, low, high, key=following),
                bisect_right(self._order, number, low, high, key=following),
            )
        return low, high

    def _count(self, ids: list[int]) -> int:
        low, high = self.stretch(ids)
        return high - low


class SuffixArrays:
    """Finds word for word runs in the parts of a collection."""

    def __init__(self, parts: Sequence[SuffixArray]) -> None:
        self._parts = parts
        self._starts = list(accumulate((len(part.ids) for part in parts), initial=0))
        self._rows = list(accumulate((len(part.firsts) for part in parts), initial=0))

    def rarity(self, word: str) -> float:
        """How many bits a word of the collection is worth: twice as rare is one more."""
        stretches = (part.stretch(part.numbers([word])) for part in self._parts)
        return math.log2(self.size / sum(high - low for low, high in stretches))

    def articles(self, words: Iterable[str]) -> set[int]:
        """The articles (0-based, in the order given) that hold any of the words."""
        wanted = list(words)
        return {
            first + row for part, first in zip(self._parts, self._rows, strict=False) for row in part.articles(wanted)
        }

    @property
    def size(self) -> int:
        """Places in the collection."""
        return self._starts[-1]

    def article(self, place: int) -> tuple[int, int]:
        """The article (0-based, in the order given) that holds a place, and the word's 0-based number in it."""
        part = bisect_right(self._starts, place) - 1
        firsts, inside = self._parts[part].firsts, place - self._starts[part]
        row = bisect_right(firsts, inside) - 1
        return self._rows[part] + row, inside - firsts[row]

    def exact(self, words: Sequence[str], between: Sequence[str] | None = None) -> Places:
        """All places where the words stand one after the other, in order; with `between` also what parts them."""
        places = [part.exact(words, between) + start for part, start in zip(self._parts, self._starts, strict=False)]
        return np.concatenate([np.empty(0, np.int64), *places])

    def runs(self, words: Sequence[str]) -> list[Run]:
        """The longest runs of the quote's words that stand in the collection, in the order of the quote."""
        ids = [part.numbers(words) for part in self._parts]
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

    def _seeds(self, ids: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
        """Parts and places of the longest of triple, pair and word that stands anywhere; of a frequent one, the first few.

        `ids` are the words' numbers in each part.
        """
        whole = len(ids[0]) if ids else 0
        for size in range(whole, 0, -1):
            stretches = [part.stretch(own[:size]) for part, own in zip(self._parts, ids, strict=True)]
            count = sum(high - low for low, high in stretches)
            if count and (size == whole == 3 or count <= SEEDS[size]):
                return [
                    (number, place)
                    for number, (low, high) in enumerate(stretches)
                    for place in self._parts[number].places(low, min(high, low + SEEDS[size]))
                ][: SEEDS[size]]
        return []


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
