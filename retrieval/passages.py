"""Article → passages: whole sentences of the article proper, at most 800 characters, one paragraph where it fits.

A paragraph is a passage; a longer one falls into passages of
about equal length; one that is too short to be understood alone ("She did.") stays with the paragraph before it, and a
question or a heading with what stands behind it, where nothing but white space or a bullet lies between. Passages do not
overlap, and lie in the order of the text.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from retrieval.articles import layout
from retrieval.text import dialogue, sentences
from retrieval.text.normalize import SENTENCE_ENDS, original, searchable, undisguised
from retrieval.types import Article, Passage, Span

MAX_CHARS = 800
_SHORT = 60  # a paragraph of fewer characters is not understood alone
_CLAUSE_ENDS = ("; ", ": ", " — ", " – ", ", ")
_JOINERS = " \t\r\n\u00a0-*•·–>"


def split(article: Article) -> tuple[Passage, ...]:
    """The article's passages, each with the spans of its sentences.

    A sentence of more than `MAX_CHARS` is no whole sentence in any passage: it is cut behind a clause, or else at a
    space, or else anywhere but inside a letter with its accents, so that nothing of it is lost. Hidden and full-width
    characters do not count in what is a sentence.
    """
    text = article.text
    plain, places = undisguised(text)
    paragraphs = [
        [
            piece
            for sentence in sentences.split(plain, *paragraph)
            for piece in _pieces(text, *original(text, places, *sentence))
        ]
        for paragraph in layout.body(plain, article.title, article.shared)
    ]
    turns = dialogue.questions(text)
    paragraphs = _led(text, [paragraph for paragraph in paragraphs if paragraph], turns)
    groups = _joined(text, [group for paragraph in paragraphs for group in _grouped(paragraph)], turns)
    return tuple(Passage(article, group[0][0], group[-1][1], tuple(group)) for group in groups)


def _led(text: str, paragraphs: Sequence[list[Span]], turns: Sequence[int]) -> list[list[Span]]:
    """The paragraphs' sentences, those of one that only asks, is short and asks, or is a heading, with those behind it."""
    joined: list[list[Span]] = []
    leads = False
    for at, paragraph in enumerate(paragraphs):
        if leads and _adjacent(text, joined[-1], paragraph):
            joined[-1] += paragraph
        else:
            joined.append(paragraph)
        asks = all(dialogue.asks(text[start:end]) for start, end in paragraph)
        leads = asks or (
            _is_short(paragraph) and (_asks(text, paragraph, turns) or _is_heading(text, *paragraphs[at - 1 : at + 2]))
        )
    return joined


def _is_heading(text: str, *paragraphs: Sequence[Span]) -> bool:
    """Whether the second of three paragraphs has no end where both others have one, and is no signature of the first."""
    last = [searchable(text[slice(*spans[-1])]).rstrip(dialogue.CLOSING) for spans in paragraphs]
    ended = [sentence.endswith(tuple(SENTENCE_ENDS)) for sentence in last]
    return ended == [True, False, True] and not dialogue.signature(text, paragraphs[0][-1][1])


def _asks(text: str, spans: Sequence[Span], turns: Sequence[int]) -> bool:
    """Whether any of the sentences is a question or the turn of somebody who asks begins among them."""
    asked = any(dialogue.asks(searchable(text[start:end])) for start, end in spans)
    return asked or bisect_left(turns, spans[0][0]) < bisect_left(turns, spans[-1][1])


def _grouped(spans: Sequence[Span]) -> Iterator[list[Span]]:
    """One paragraph's sentences in as few groups as the limit allows, of about equal length."""
    total = spans[-1][1] - spans[0][0]
    target = total / -(-total // MAX_CHARS)
    group = [spans[0]]
    for span in spans[1:]:
        middle = (span[0] + span[1]) / 2 - group[0][0]
        if span[1] - group[0][0] > MAX_CHARS or middle > target:
            yield group
            group = []
        group.append(span)
    yield group


def _joined(text: str, groups: Sequence[list[Span]], turns: Sequence[int]) -> list[list[Span]]:
    """The groups, a short one with the one before it if that is not a question which something follows."""
    joined: list[list[Span]] = []
    for group in groups:
        follows = group is groups[-1] or not _asks(text, group, turns)
        if joined and follows and _belongs(text, joined[-1], group):
            joined[-1] += group
        else:
            joined.append(group)
    return joined


def _belongs(text: str, before: Sequence[Span], group: Sequence[Span]) -> bool:
    """Whether a short paragraph goes on with what the paragraph before it says."""
    return _is_short(group) and group[-1][1] - before[0][0] <= MAX_CHARS and _adjacent(text, before, group)


def _is_short(spans: Sequence[Span]) -> bool:
    return spans[-1][1] - spans[0][0] < _SHORT


def _adjacent(text: str, before: Sequence[Span], after: Sequence[Span]) -> bool:
    """Whether two paragraphs follow each other with nothing but white space or a bullet between them."""
    gap = text[before[-1][1] : after[0][0]]
    return "\n" in gap and not gap.strip(_JOINERS)


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > MAX_CHARS:
        cut = _cut(text, start, start + MAX_CHARS)
        stop = cut
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        if stop > start:
            yield start, stop
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _cut(text: str, start: int, end: int) -> int:
    middle = (start + end) // 2
    clause = max(text.rfind(mark, middle, end) + len(mark) for mark in _CLAUSE_ENDS)
    if clause > middle:
        return clause
    space = max(text.rfind(" ", middle, end), text.rfind("\n", middle, end)) + 1
    if space > middle:
        return space
    while end > middle and (
        unicodedata.combining(text[end]) or text[end] in "\u200d\ufe0f" or text[end - 1] == "\u200d"
    ):
        end -= 1
    return end
