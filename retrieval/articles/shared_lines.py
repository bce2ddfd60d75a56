"""The articles of a collection → the lines that the pages of an outlet share: menus, appeals, author boxes, terms of use.

A line counts once a story, since copies of an agency's text share their lines as well. Which stories are the same is
told by the lines themselves, each weighed by its length and how few articles have it (inverse document frequency, Spärck
Jones 1972). What is shared depends on nothing but the articles of the folder, in whatever order they came.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.articles import metadata
from retrieval.articles.collection import Remark
from retrieval.text.normalize import undisguised
from retrieval.text.paragraphs import paragraphs
from retrieval.types import Article

Flags = bytes  # a byte for each line of an article, 1 or 0
Counts = NDArray[np.int64]

_WORDS = 4  # a shorter line is a label ("Half-time"), or one that the layout model knows for what it is
_STORIES = 3  # in which a line stands before it is shared, and lines of such a kind that make a frame
_OF_THE_FRAME = 0.5  # the share of the pages with an outlet's frame in which a line of it stands
_SAME_STORY = 0.5  # of the shorter article's lines, by weight, that two articles have in common
_LISTED = 5  # shared sentences that an operator is told of


class Lines(NamedTuple):
    """The lines of one article in order, each once: 8 bytes of each one's digest, its length, and flags.

    `named` says whether a line names the author or the outlet, `shared` whether it is in the article's `shared_lines`.
    Bytes and not arrays: those of a whole collection go to another process at each change, in an eighth of the time.
    """

    article: str
    file: str
    digests: bytes
    sizes: tuple[int, ...]
    named: Flags
    shared: Flags


def _lines_of(text: str) -> list[str]:
    """The lines of a text, each once, with single spaces."""
    return list(dict.fromkeys(row.line for row in paragraphs(undisguised(text)[0])))


def _long(listed: Iterable[str]) -> list[str]:
    """The lines that may be shared."""
    return [line for line in listed if line.count(" ") >= _WORDS - 1]


def _names(article: Article, listed: Iterable[str]) -> list[str]:
    """Who wrote or printed it, and any line of two or three words with capitals: a name above or below what he wrote."""
    short = [line for line in listed if 0 < line.count(" ") < _WORDS - 1 and line.istitle()]
    return [name for name in (article.author, article.publisher, *short) if name]


def lines(article: Article) -> Lines:
    """What is kept of an article to tell what others share with it: some 20 bytes a line."""
    every, shared = _lines_of(article.text), set(article.shared)
    listed, names = _long(every), _names(article, every)
    digests = [hashlib.blake2b(line.encode("utf-8", "replace"), digest_size=8).digest() for line in listed]
    return Lines(
        article.id,
        article.file,
        b"".join(digests),
        tuple(map(len, listed)),
        bytes(any(name in line for name in names) for line in listed),
        bytes(line in shared for line in listed),
    )


def shared(collection: Iterable[Lines]) -> dict[str, Flags]:
    """Which lines of each article are those of its outlet's pages, by the article's identifier.

    An outlet's frame is known by three lines that stand in three stories. Its other lines are those that stand in at
    least half as many stories as the third of these, or in three and name who wrote or printed the article.
    """
    ordered = sorted(collection, key=lambda each: (each.file, each.article))
    owners = np.repeat(np.arange(len(ordered)), [len(each.sizes) for each in ordered])
    if not len(owners):
        return {each.article: each.shared for each in ordered}
    digests = np.frombuffer(b"".join(each.digests for each in ordered), np.uint64)
    _, first, numbers = np.unique(digests, return_index=True, return_inverse=True)
    sizes = np.array([*chain.from_iterable(each.sizes for each in ordered)], np.int64)
    weights = sizes / np.bincount(numbers)[numbers]
    stories = _stories(owners, owners[first][numbers], weights, len(ordered))
    occurrences = np.unique(np.stack([numbers, stories[owners]]), axis=1)[0]  # each line once a story
    times = np.split(np.bincount(occurrences)[numbers], np.searchsorted(owners, np.arange(1, len(ordered))))
    return {each.article: _of_frame(own, each.named) for each, own in zip(ordered, times, strict=True)}


def _of_frame(times: Counts, named: Flags) -> Flags:
    often = np.sort(times)[-_STORIES:]
    frame = int(often[0]) if len(often) == _STORIES else 0
    least = max(_STORIES, _OF_THE_FRAME * frame)
    names = np.frombuffer(named, bool)
    return ((frame >= _STORIES) & ((times >= least) | (names & (times >= _STORIES)))).tobytes()


def _stories(owners: Counts, firsts: Counts, weights: NDArray[np.float64], count: int) -> Counts:
    """For each article the number of the first one of its story, from the owner of each line and the line's first owner."""
    pairs, at = np.unique(firsts * count + owners, return_inverse=True)
    common = np.bincount(at, weights)
    totals = np.maximum(np.bincount(owners, weights, count), 1e-9)
    one, other = np.divmod(pairs, count)
    alike = (one != other) & (common >= _SAME_STORY * np.minimum(totals[one], totals[other]))
    one, other = one[alike], other[alike]
    stories = np.arange(count)
    while (stories[one] != stories[other]).any():
        lowest = np.minimum(stories[one], stories[other])
        np.minimum.at(stories, one, lowest)
        np.minimum.at(stories, other, lowest)
    return stories


def of_folder(articles: Sequence[Article]) -> tuple[Article, ...]:
    """The articles of a whole folder with what each shares with the others."""
    return tuple(marked(articles, shared(map(lines, articles))))


def marked(articles: Iterable[Article], masks: Mapping[str, Flags]) -> Iterator[Article]:
    """The articles with their shared lines, as `shared` chooses them."""
    for article in articles:
        pairs = zip(_long(_lines_of(article.text)), masks[article.id], strict=True)
        chosen = [line for line, own in pairs if own]
        yield replace(article, shared_lines="\n".join(chosen), title=_title(article, chosen)) if chosen else article


def _title(article: Article, shared_lines: Sequence[str]) -> str | None:
    """The article's title; where the text states one of the shared lines, or several lines rival, what it states without them."""
    if article.title is None or (
        article.title in shared_lines and article.title == metadata.read(article.text).get("title")
    ):
        stated = metadata.title(article.text, shared_lines)
        return stated.value if stated else None
    return article.title


def occurrences(articles: Iterable[Article]) -> Counter[str]:
    """How many articles have each line that the pages of an outlet share."""
    return Counter(line for article in articles for line in article.shared)


def remarks(articles: Sequence[Article]) -> Iterator[Remark]:
    """What an operator is to know of it: the sentences that most files share, so that one of the article's own is missed."""
    times = Counter({line: count for line, count in occurrences(articles).items() if line.endswith(".")})
    listed = [f"“{line}” ({count} files)" for line, count in times.most_common(_LISTED)]
    if listed:
        more = f" and {len(times) - _LISTED} more" if len(times) > _LISTED else ""
        first = next(article.file for article in articles if article.shared_lines)
        yield Remark(first, f"sentences that its pages share with others are in no passage: {'; '.join(listed)}{more}")
