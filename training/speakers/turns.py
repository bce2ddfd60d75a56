"""Who speaks by the labels in front of the turns of a dialogue.

A label stands in front of a line ("BOYD: It is safe", "Q (The Observer): Why?") or on a line of its own, and holds until the
next one. Whose the turns without labels are is for the model to read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from retrieval import lexicon
from retrieval.text import dialogue, paragraphs
from retrieval.text.dialogue import lines
from retrieval.text.normalize import CAPITALS
from training.speakers import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.text.dialogue import Label
    from retrieval.types import Span
    from training.speakers.names import Names

_ASKER = re.compile(rf"[ ,*_(]+(?!(?i:unknown|unidentified|inaudible))(?P<name>[{CAPITALS}][^()]*)")
_TITLES = ("person", "title")
_DENSE = 0.5  # share of the lines that are turns of a dialogue
_SHORT = 300  # characters of a question


class Turn(NamedTuple):
    """Whose words a label says they are: where the name and its titles stand in the text."""

    name: Span
    role: Span | None


class _Page(NamedTuple):
    """An article, its sentences and its paragraphs as spans, in order, and its names."""

    text: str
    sentences: Sequence[Span]
    paragraphs: Sequence[Span]
    names: Names

    def paragraph(self, number: int) -> int:
        """The number of the paragraph that a sentence lies in."""
        return bisect_right(self.paragraphs, (self.sentences[number][0], len(self.text))) - 1


def turns(text: str, sentences: Sequence[Span], names: Names) -> dict[int, Turn | None]:
    """The numbers of the sentences that are turns of a dialogue with labels, with whose they are; `None` where nobody can tell."""
    labels = dialogue.labels(text)
    page = _Page(text, sentences, [(row.start, row.end) for row in paragraphs.paragraphs(text)], names)
    alone = len({text[slice(*label.span)] for label in labels}) == 1
    if not labels or (alone and not _is_known(page, labels[0])):
        return {}  # "Box 14:" or "Rumour:", nobody whom the article names
    asks = alone and 2 * len(dialogue.questions(text)) >= len(labels)  # the one label is the interviewer's
    starts = [label.line[0] for label in labels]
    fullest = {words[-1]: label for label in labels if len(words := text[slice(*label.span)].split()) > 1}
    sparse = _is_sparse(page, labels)
    owners: dict[int, Turn | None] = {}
    for number, sentence in enumerate(sentences):
        at = bisect_right(starts, sentence[0]) - 1
        own = at >= 0 and sentence[0] < labels[at].line[1]
        if at < 0 or (not own and (asks or sparse or (at + 1 == len(labels) and _is_closed(page, number, labels[at])))):
            continue
        label = fullest.get(text[slice(*labels[at].span)], labels[at])  # "QUINN" is the "MARTA QUINN" of another label
        begin = max(sentence[0], (labels[at].aside or labels[at].span)[1])
        if text[begin : sentence[1]].lstrip(" \t:*_").startswith(("(", "[")) or (
            not own and _asks_the_next(page, number, labels[at : at + 2])
        ):  # "RINE: (is silent)"
            owners[number] = None
        elif not _is(text[slice(*label.span)], "answer"):
            owners[number] = _named(page, label)
    return owners


def _is_known(page: _Page, label: Label) -> bool:
    """Whether the article names elsewhere, in full, whom a label names."""
    return page.names.fullest(names.words(page.text[slice(*label.span)])) is not None


def _asks_the_next(page: _Page, number: int, labels: Sequence[Label]) -> bool:
    """Whether a paragraph without a label of its own is a question that the next of two labels answers."""
    start, end = page.paragraphs[page.paragraph(number)]
    follows = len(labels) > 1 and not page.text[end : labels[1].line[0]].strip()
    labelled = not _is_inline(page, labels[0]) and not page.text[labels[0].line[1] : start].strip()  # by the line above
    return follows and not labelled and _asks(page.text[start:end])


def _asks(paragraph: str) -> bool:
    plain = paragraph.strip()
    bold = plain.startswith("**") and plain.endswith("**")
    return len(plain) < _SHORT and (bold or (plain.endswith("?") and plain[0] not in "“\"‘'«"))


def _is(name: str, kind: str) -> bool:
    return name.lower().strip(".") in lexicon.words("dialogue_labels", kind)


def _is_sparse(page: _Page, labels: Sequence[Label]) -> bool:
    """Whether names in small letters stand in front of too few lines to hold beyond their own."""
    if any(page.text[slice(*label.span)].isupper() or not _is_inline(page, label) for label in labels):
        return False
    rows = [row for row in lines(page.text) if labels[0].line[0] <= row[0] <= labels[-1].line[0]]
    return len(labels) < _DENSE * len(rows)


def _is_inline(page: _Page, label: Label) -> bool:
    return bool(page.text[label.span[1] : label.line[1]].strip(" \t:*_\r"))


def _is_closed(page: _Page, number: int, last: Label) -> bool:
    """Whether a sentence lies beyond the last label's turn: its own line, or the paragraph below where it stands alone."""
    if _is_inline(page, last) and last.aside is None:
        return True
    own = bisect_right(page.paragraphs, (last.line[0], len(page.text))) - 1
    return page.paragraph(number) > own + 1


def _named(page: _Page, label: Label) -> Turn | None:
    """Whom a label names; of a question the one in parentheses behind it: "QUESTION (Radio Nord):"."""
    if not _is(page.text[slice(*label.span)], "question"):
        return _person(page, label.span)
    asker = _ASKER.match(page.text, *label.aside) if label.aside else None
    return _person(page, asker.span("name")) if asker else None


def _person(page: _Page, span: Span) -> Turn:
    """Whom a label names, without the titles in front, which are the role."""
    words = list(re.finditer(r"\S+", page.text[slice(*span)]))
    first = 0
    while first + 1 < len(words) and lexicon.holds("speaker_nouns", _TITLES, words[first][0].lower().strip(".")):
        first += 1
    start = span[0] + words[first].start()
    courteous = all(word[0].lower().strip(".") in lexicon.words("speaker_nouns", "courtesy") for word in words[:first])
    role = None if courteous else (span[0], span[0] + words[first - 1].end())
    return Turn(page.names.fullest(names.words(page.text[start : span[1]])) or (start, span[1]), role)
