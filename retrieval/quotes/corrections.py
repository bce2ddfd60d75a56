"""A stretch of an article as it was → what stands in its place since the article's file has another text.

The sentence is looked up in the new text as any quote is, so that what differs is named word by word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.quotes.checking import QuoteIndex
from retrieval.quotes.text_index import Texts

if TYPE_CHECKING:
    from retrieval.quotes.checking import QuoteCheck
    from retrieval.types import Article


@dataclass(frozen=True, slots=True)
class Correction:
    """`[start, end)` of an article as it was `until` then (ISO 8601 in UTC), when `later` took its place.

    `now` says whether the later text has the same words, or which others; `not-found` where they are gone.
    """

    earlier: Article
    start: int
    end: int
    until: str
    later: Article
    now: QuoteCheck

    @property
    def text(self) -> str:
        """The stretch word for word, as it was."""
        return self.earlier.text[self.start : self.end]


def correction(earlier: Article, start: int, end: int, until: str, later: Article) -> Correction:
    """What became of a stretch of an article."""
    now = QuoteIndex(Texts([later])).check(earlier.text[start:end])
    return Correction(earlier, start, end, until, later, now)
