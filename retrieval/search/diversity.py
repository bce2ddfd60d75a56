"""A ranking → the few passages worth showing, so that one place of one article does not fill the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrieval.search.sparse import words
from retrieval.types import Passage

_SAME = 0.5  # Jaccard similarity of word sets from which two passages say the same in the same words
_NEAR = 2  # rows of the same article within which passages are neighbours
_LONG, _SHARE = (
    5,
    0.4,
)  # of a list of so many, the share that one article may have before the others have had their turn
_NEIGHBOURS = 2  # passages that one neighbourhood may have before the others have had their turn


def choose(rows: Iterable[int], passages: Sequence[Passage], k: int) -> list[int]:
    """The places in `rows` (best first) of `k` passages; repetitions and crowded neighbours come last, none is lost.

    No more rows are taken than `k` passages need.
    """
    first: dict[int, int] = {}  # the rows by their places
    later: list[int] = []
    seen: list[set[str]] = []  # the words of each of the first
    for place, row in enumerate(rows):
        own = set(words(passages[row].text))
        near = _crowded(row, first.values(), passages, k)
        if near or any(_jaccard(own, other) >= _SAME for other in seen):
            later.append(place)
        else:
            first[place] = row
            seen.append(own)
        if len(first) == k:
            break
    return [*first, *later][:k]


def _crowded(row: int, chosen: Iterable[int], passages: Sequence[Passage], k: int) -> bool:
    own = [other for other in chosen if passages[other].article is passages[row].article]
    near = [other for other in own if abs(other - row) <= _NEAR]
    return len(near) >= _NEIGHBOURS or (k >= _LONG and len(own) >= _SHARE * k)


def _jaccard(first: set[str], second: set[str]) -> float:
    return len(first & second) / len(first | second) if first | second else 1.0
