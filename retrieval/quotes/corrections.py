"""A stretch of an article as it was → what stands in its place since the article's file has another text.

The sentence is looked up in the new text as any quote is, so that what differs is named word by word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.quotes.checking import Correction, QuoteIndex
from retrieval.quotes.text_index import Texts

if TYPE_CHECKING:
    from retrieval.types import Article


def correction(earlier: Article, start: int, end: int, until: str, later: Article) -> Correction:
    """What became of a stretch of an article."""
    now = QuoteIndex(Texts([later])).check(earlier.text[start:end])
    return Correction(earlier, start, end, until, later, now)
