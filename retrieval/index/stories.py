"""Articles that tell the same story → what of them repeats what, so that it is shown once, with all who printed it.

Near copies are found by `retrieval.duplicates`; what one article of a story has and another does not stays findable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from retrieval import duplicates
from retrieval.duplicates import Signature
from retrieval.text.normalize import spaced_words
from retrieval.types import Article, Passage, Span

_LISTED = 20  # articles that are named beside the one that is shown


class Stories:
    """Which articles tell the same story, the earliest first, of one day the most complete."""

    def __init__(self, articles: Sequence[Article], signatures: Signature, sizes: Sequence[int]) -> None:
        """`sizes` says how many sentences each article has."""
        groups: dict[int, list[int]] = {}
        for number, first in enumerate(duplicates.stories(signatures)):
            groups.setdefault(first, []).append(number)
        self._stories: dict[int, tuple[Article, ...]] = {}
        for group in groups.values():
            if len(group) > 1:
                story = tuple(
                    articles[number] for number in sorted(group, key=lambda at: _order(articles[at], sizes[at]))
                )
                self._stories.update((id(article), story) for article in story)
        self._words: dict[int, str] = {}

    def __bool__(self) -> bool:
        """Whether any story is told twice."""
        return bool(self._stories)

    def place(self, article: Article) -> int:
        """The place of an article in its story; 0 is to be shown rather than 1."""
        return next((at for at, each in enumerate(self._stories.get(id(article), ())) if each is article), 0)

    def also_in(self, article: Article, start: int, end: int) -> tuple[Article, ...]:
        """The other articles of its story where a stretch of an article stands too, word for word; some of very many."""
        stretch = spaced_words(article.text[start:end])
        others = (other for other in self._stories.get(id(article), ()) if other is not article)
        return tuple(islice((other for other in others if stretch in self._text(other)), _LISTED))

    def seen(self) -> Seen:
        """No passage so far."""
        return Seen(self._stories)

    def _text(self, article: Article) -> str:
        if id(article) not in self._words:
            self._words[id(article)] = spaced_words(article.text)
        return self._words[id(article)]


class Seen:
    """Passages seen so far, to know what repeats them."""

    def __init__(self, stories: Mapping[int, tuple[Article, ...]]) -> None:
        self._stories = stories
        self._passages: dict[int, list[tuple[Article, str]]] = {}  # by their story

    def repeats(self, article: Article, spans: Iterable[Span]) -> bool:
        """Whether each of the stretches stands, word for word, in a passage seen of another article of its story."""
        passages = self._passages.get(id(self._stories.get(id(article))), ())
        texts = [text for other, text in passages if other is not article]
        return bool(texts) and all(
            any(spaced_words(article.text[start:end]) in text for text in texts) for start, end in spans
        )

    def add(self, passage: Passage) -> None:
        """See a passage; one of an article without near copies need not be remembered."""
        if story := self._stories.get(id(passage.article)):
            self._passages.setdefault(id(story), []).append((passage.article, spaced_words(passage.text)))


def _order(article: Article, size: int) -> tuple[bool, str, int, str]:
    """What puts an article before another of its story, by `size` sentences."""
    return article.date is None, article.date or "", -size, article.file
