"""Articles' words → which articles tell the same story, so that it is shown once: MinHash over runs of words, in bands.

Broder 1997 for the resemblance (the share of five-word runs that two texts have in common), Leskovec, Rajaraman and
Ullman 2014, chapter 3, for the lookup. What one article of a story has and another does not is still found. The only
module that uses datasketch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from retrieval.text import normalize
from retrieval.text.normalize import spaced_words
from retrieval.types import Article, Passage, Span

Signature = NDArray[np.uint32]
Texts = NDArray[np.int64]


_RUN = 5  # words of a run: of two reports of one event by different authors, hardly any is the same
HASHES = 128  # an estimate is off by 0.04 in the mean; half a kibibyte an article
# Of 360 pairs of articles on one event (`seeds`, `gold/d*`) the most alike share 0.02 of their runs. An agency's story with another
# opening, or cut to its first half, shares 0.4 and more.
ALIKE = 0.4
_BAND = 2  # hashes that are the same in two texts before they are compared: of two that share 0.4, one pair in 70,000 is missed
_COMPARED = 4_096  # pairs that are compared at once, in a few MiB
_NONE = np.iinfo(np.uint32).max  # each hash of a text without a run


def words(passages: Sequence[Passage]) -> list[str]:
    """The words of an article proper, without regard to case and typography."""
    return [word.norm for passage in passages for word in normalize.words(passage.text)]


def signature(words: Sequence[str]) -> Signature:
    """The MinHash signature of the runs of these words, `(HASHES,)` uint32; a text shorter than a run is like no other."""
    from datasketch import MinHash

    runs = {" ".join(words[at : at + _RUN]).encode("utf-8", "replace") for at in range(len(words) - _RUN + 1)}
    hashes = MinHash(num_perm=HASHES, seed=1)
    if runs:
        hashes.update_batch(sorted(runs))
    return np.asarray(hashes.hashvalues, np.uint32)


def likeness(signature: Signature, others: Signature) -> NDArray[np.float64]:
    """The share of common runs of one text with each of the others, as estimated by their `(n, HASHES)` signatures."""
    shares: NDArray[np.float64] = (others == signature).mean(axis=1)
    return shares


def stories(signatures: Signature) -> list[int]:
    """For each text the number of the first one of its story: those that are alike, directly or by way of others.

    Which texts are of one story does not depend on their order.
    """
    firsts = np.arange(len(signatures))
    texts, sizes = _buckets(signatures)
    while len(sizes):  # the first of each bucket is compared with the others, and then left out
        starts = np.cumsum(sizes) - sizes
        heads = np.repeat(texts[starts], sizes)
        apart = firsts[heads] != firsts[texts]
        firsts = _joined(firsts, _alike(signatures, heads[apart], texts[apart]))
        texts, sizes = np.delete(texts, starts), sizes - 1
        starts = np.cumsum(sizes) - sizes
        several = np.minimum.reduceat(firsts[texts], starts) != np.maximum.reduceat(firsts[texts], starts)
        texts, sizes = texts[np.repeat(several, sizes)], sizes[several]
    numbers: list[int] = firsts.tolist()
    return numbers


def _buckets(signatures: Signature) -> tuple[Texts, Texts]:
    """Texts that agree in all hashes of some band, for each band: bucket after bucket, and how many are in each."""
    texts = np.flatnonzero((signatures != _NONE).any(axis=1))
    members, sizes = [texts[:0]], [texts[:0]]
    for at in range(0, HASHES if len(texts) else 0, _BAND):
        keys = np.ascontiguousarray(signatures[texts, at : at + _BAND]).view(np.uint64).ravel()
        order = np.argsort(keys)
        same = np.concatenate([[False], keys[order][1:] == keys[order][:-1], [False]])
        before, behind = same[:-1], same[1:]
        shared = before | behind
        starts = np.flatnonzero(behind[shared] & ~before[shared])
        members.append(texts[order[shared]])
        sizes.append(np.diff(starts, append=np.count_nonzero(shared)))
    return np.concatenate(members), np.concatenate(sizes)


def _alike(signatures: Signature, texts: Texts, others: Texts) -> Iterator[tuple[int, int]]:
    """Those of the pairs, each once, whose texts are alike, a few thousand compared at once."""
    pairs = np.sort(texts * len(signatures) + others)
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    for at in range(0, len(pairs), _COMPARED):
        some, other = np.divmod(pairs[at : at + _COMPARED], len(signatures))
        shared = np.count_nonzero(signatures[some] == signatures[other], axis=1)
        alike = shared >= ALIKE * HASHES
        yield from zip(some[alike].tolist(), other[alike].tolist(), strict=True)


def _joined(firsts: Texts, pairs: Iterable[tuple[int, int]]) -> Texts:
    """The first text of each text's story once the texts of each pair are of one story."""
    numbers: list[int] = firsts.tolist()
    for text, other in pairs:
        low, high = sorted((_first(numbers, text), _first(numbers, other)))
        numbers[high] = low
    joined = np.array(numbers)
    while (joined[joined] != joined).any():
        joined = joined[joined]
    return joined


def _first(firsts: list[int], text: int) -> int:
    """The first text of a story as joined so far (union-find with path halving, Tarjan and van Leeuwen 1984)."""
    while firsts[text] != text:
        firsts[text] = firsts[firsts[text]]
        text = firsts[text]
    return text


_LISTED = 20  # articles that are named beside the one that is shown


class Stories:
    """Which articles tell the same story, the earliest first, of one day the most complete."""

    def __init__(self, articles: Sequence[Article], signatures: Signature, sizes: Sequence[int]) -> None:
        """`sizes` says how many sentences each article has."""
        groups: dict[int, list[int]] = {}
        for number, first in enumerate(stories(signatures)):
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
        """Whether any story has several articles."""
        return bool(self._stories)

    def place(self, article: Article) -> int:
        """The place of an article in its story; 0 is to be shown rather than 1."""
        return next((at for at, each in enumerate(self._stories.get(id(article), ())) if each is article), 0)

    def also_in(self, article: Article, start: int, end: int) -> tuple[Article, ...]:
        """The other articles of its story where a stretch of an article stands too, word for word; some of very many."""
        stretch = spaced_words(article.text[start:end])
        others = (other for other in self._stories.get(id(article), ()) if other is not article)
        return tuple(islice((other for other in others if stretch in self._text(other)), _LISTED))

    def repetitions(self) -> Repetitions:
        """A list of passages, empty so far, to find what repeats them."""
        return Repetitions(self._stories)

    def _text(self, article: Article) -> str:
        if id(article) not in self._words:
            self._words[id(article)] = spaced_words(article.text)
        return self._words[id(article)]


_spaced_words = lru_cache(maxsize=4096)(spaced_words)  # the same passages come up again and again


class Repetitions:
    """The passages of a list so far, and whether others repeat them."""

    def __init__(self, stories: Mapping[int, tuple[Article, ...]]) -> None:
        self._stories = stories
        self._passages: dict[int, list[Passage]] = {}  # by their story

    def repeats(self, article: Article, spans: Iterable[Span]) -> bool:
        """Whether each of the stretches stands, word for word, in a passage of another article of its story."""
        passages = self._passages.get(id(self._stories.get(id(article))), ())
        texts = [_spaced_words(each.text) for each in passages if each.article is not article]
        return bool(texts) and all(
            any(stretch in text for text in texts)
            for stretch in (_spaced_words(article.text[start:end]) for start, end in spans)
        )

    def add(self, passage: Passage) -> None:
        """Add a passage; one of an article without near copies need not be remembered."""
        if story := self._stories.get(id(passage.article)):
            self._passages.setdefault(id(story), []).append(passage)


def _order(article: Article, size: int) -> tuple[bool, str, int, str]:
    """What puts an article before another of its story, by `size` sentences."""
    return article.date is None, article.date or "", -size, article.file
