"""The articles' texts, taken apart and searchable word for word; from a place in the collection to a place in a text.

Words are kept as numbers for all articles (`word_tables`), and as spans only for those looked at last.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from retrieval.quotes.alignment import Op
from retrieval.quotes.suffix_array import SuffixArray, SuffixArrays
from retrieval.quotes.word_diff import cases
from retrieval.quotes.word_tables import WordTables
from retrieval.text import normalize
from retrieval.text.normalize import Wording
from retrieval.types import Article

CACHED = 64  # articles kept taken apart


class Alignment(NamedTuple):
    """An article (0-based, in the order given) and how words of a quote stand against a stretch of it."""

    row: int
    ops: tuple[Op, ...]


class Texts:
    """Some articles of a collection, and every run of words in them."""

    def __init__(self, articles: Sequence[Article], suffix_array: SuffixArray | None = None) -> None:
        """`suffix_array` is that of these articles; without it they are read."""
        self.articles = articles
        self.suffix_array = suffix_array or SuffixArray(tables(articles))


def tables(articles: Iterable[Article]) -> WordTables:
    """The words of articles, in their order."""
    wordings = (normalize.wording(article.text) for article in articles)
    return WordTables.of((wording.norms, wording.gaps, cases(wording)) for wording in wordings)


class TextIndex:
    """The articles of all parts, and every run of words in them."""

    def __init__(self, parts: Sequence[Texts]) -> None:
        self._parts = parts
        self._rows = list(accumulate((len(part.articles) for part in parts), initial=0))
        self._cache: OrderedDict[int, Wording] = OrderedDict()
        self.suffix_array = SuffixArrays([part.suffix_array for part in parts])

    def __len__(self) -> int:
        """How many articles there are."""
        return self._rows[-1]

    def article(self, row: int) -> Article:
        """An article, 0-based, in the order given."""
        part = bisect_right(self._rows, row) - 1
        return self._parts[part].articles[row - self._rows[part]]

    def wording(self, row: int) -> Wording:
        """An article's text taken apart."""
        wording = self._cache.pop(row, None) or normalize.wording(self.article(row).text)
        self._cache[row] = wording
        if len(self._cache) > CACHED:
            self._cache.popitem(last=False)
        return wording

    def unchanged(self, place: int, first: int, stop: int) -> Alignment:
        """The quote's words `[first, stop)` as they stand, the same, from a place on."""
        row, at = self.suffix_array.article(place)
        return Alignment(row, (Op(True, first, stop, at, at + stop - first),))

    def everywhere(self, alignment: Alignment) -> list[Alignment]:
        """The same stretch in every article that has it, word for word and mark for mark, in reading order."""
        wording, first, stop = self.wording(alignment.row), alignment.ops[0].j, alignment.ops[-1].j_stop
        others = []
        for place in self.suffix_array.exact(wording.norms[first:stop], wording.gaps[first : stop - 1])[:CACHED]:
            row, at = self.suffix_array.article(int(place))
            moved = tuple(op._replace(j=op.j - first + at, j_stop=op.j_stop - first + at) for op in alignment.ops)
            others.append(Alignment(row, moved))
        return others

    def same_article(self, place: int, other: int) -> bool:
        """Whether two places lie in one article."""
        return self.suffix_array.article(place)[0] == self.suffix_array.article(other)[0]

    def bits(self, words: Iterable[str]) -> float:
        """What words of the collection tell together, in bits: the rarer the more."""
        return sum(map(self.suffix_array.rarity, words))

    def chance(self, count: int) -> float:
        """The bits that this many words somewhere in the collection may agree in by chance."""
        return math.log2(self.suffix_array.size * (count + 1))
