"""The articles' texts, taken apart and searchable word for word; from a place in the collection to a place in a text.

Keeps words as numbers for all articles and as spans only for those looked at last: memory stays near 12 bytes a word.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from retrieval.quotes.alignment import Op
from retrieval.quotes.suffix_array import Phrases
from retrieval.quotes.word_diff import proper
from retrieval.text.normalize import Wording, wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set

    from retrieval.types import Article

CACHED = 64  # articles kept taken apart


class Found(NamedTuple):
    """An article (0-based, in the order given) and how words of a quote stand against a stretch of it."""

    row: int
    ops: tuple[Op, ...]


class Wordings:
    """Articles, and every run of words in them."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self.articles = tuple(articles)
        self._sides: OrderedDict[int, Wording] = OrderedDict()
        self._capitals: set[str] = set()
        self._lower: set[str] = set()
        self.phrases = Phrases(self._read())
        self.proper: Set[str] = self._capitals - self._lower

    def _read(self) -> Iterator[tuple[list[str], tuple[str, ...]]]:
        for article in self.articles:
            side = wording(article.text)
            capitals, lower = proper(side)
            self._capitals |= capitals
            self._lower |= lower
            yield side.norms, side.gaps

    def side(self, row: int) -> Wording:
        """An article's text taken apart."""
        side = self._sides.pop(row, None) or wording(self.articles[row].text)
        self._sides[row] = side
        if len(self._sides) > CACHED:
            self._sides.popitem(last=False)
        return side

    def unchanged(self, place: int, first: int, stop: int) -> Found:
        """The quote's words `[first, stop)` as they stand, the same, from a place on."""
        row, at = self.phrases.article(place)
        return Found(row, (Op(True, first, stop, at, at + stop - first),))

    def everywhere(self, found: Found) -> list[Found]:
        """The same stretch in every article that has it, word for word and mark for mark, in reading order."""
        side, first, stop = self.side(found.row), found.ops[0].j, found.ops[-1].j_stop
        others = []
        for place in self.phrases.exact(side.norms[first:stop], side.gaps[first : stop - 1])[:CACHED]:
            row, at = self.phrases.article(int(place))
            moved = tuple(op._replace(j=op.j - first + at, j_stop=op.j_stop - first + at) for op in found.ops)
            others.append(Found(row, moved))
        return others

    def same_article(self, place: int, other: int) -> bool:
        """Whether two places lie in one article."""
        return self.phrases.article(place)[0] == self.phrases.article(other)[0]

    def bits(self, words: Iterable[str]) -> float:
        """What words of the collection tell together, in bits: the rarer the more."""
        return sum(map(self.phrases.rarity, words))

    def chance(self, count: int) -> float:
        """The bits that this many words somewhere in the collection may agree in by chance."""
        return math.log2(self.phrases.size * (count + 1))
