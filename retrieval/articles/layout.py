"""A text → its lines, each with a label: what is the article, and what of the rest states which fact about it.

`page_reader` labels the lines. Cleaning never makes a new text, it labels spans of the old one.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from retrieval.articles import page_reader
from retrieval.articles.tails import QUOTES, ends, without_tail
from retrieval.text import corrections
from retrieval.text.dialogue import asks, signature
from retrieval.text.language import language, states
from retrieval.text.normalize import original, undisguised
from retrieval.text.paragraphs import Paragraph, paragraphs

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from retrieval.articles.page_reader import Stretch
    from retrieval.types import Span

# The probability from which a sentence or an item of a list is the article's, and from which any other line is, or one of the last two,
# where pages say who the author is and what the outlet wants.
BAR, BAR_OF_OTHERS = 0.2, 0.5
_FEWEST = 5  # lines of a page: of fewer the last is as likely the article's as the others, and a sentence more likely
_DASHES = ("—", "–", "―", "--")
_FEW = 5  # words of a line without a verb in a language whose verbs are not known
_READ_TWICE = 64  # texts whose lines and body are kept for who reads them next; a text of 40 lines takes about 0.1 MB


@dataclass(frozen=True, slots=True)
class Line:
    """One line and the probability of every label."""

    paragraph: Paragraph
    chances: Mapping[str, float]

    @property
    def label(self) -> str:
        """The likeliest label."""
        return max(self.chances, key=lambda label: self.chances[label])


class Reading(NamedTuple):
    """The lines of a text, labelled, and for each field the stretches that the page reader takes for it."""

    lines: tuple[Line, ...]
    stretches: Mapping[str, Sequence[Stretch]]

    def without(self, shared_lines: Container[str]) -> Reading:
        """The reading of the page as if it did not hold the lines that its outlet's pages share."""
        kept = [at for at, line in enumerate(self.lines) if line.paragraph.line not in shared_lines]
        numbers = {at: number for number, at in enumerate(kept)}
        return Reading(
            tuple(self.lines[at] for at in kept),
            {field: list(_renumbered(each, numbers)) for field, each in self.stretches.items()},
        )


def _renumbered(stretches: Sequence[Stretch], numbers: Mapping[int, int]) -> Iterator[Stretch]:
    """The stretches of lines that stay, by the new numbers; they share the chance of those that go."""
    kept = [all(at in numbers for at in range(each.line, each.last_line + 1)) for each in stretches]
    gone = sum(each.chance for each, stays in zip(stretches, kept, strict=True) if not stays)
    for each in itertools.compress(stretches, kept):
        chance = each.chance / max(1 - gone, each.chance)
        yield each._replace(line=numbers[each.line], last_line=numbers[each.last_line], chance=chance)


@lru_cache(maxsize=_READ_TWICE)
def reading(text: str) -> Reading:
    """Every line of a text in order, labelled, and what the page reader points at."""
    rows = paragraphs(text)
    stretches, labels = page_reader.shipped().read(rows)
    return Reading(tuple(Line(row, labels[at]) for at, row in enumerate(rows)), stretches)


@lru_cache(maxsize=_READ_TWICE)
def body(text: str, title: str | None = None, shared_lines: tuple[str, ...] = ()) -> tuple[Span, ...]:
    """The paragraphs of the article proper in order, as spans in code points; all that lies outside is boilerplate.

    `title` is the article's title where it is known; the line that states it is never part of the body. Nor are the
    `shared_lines` of its outlet's pages, but for questions and labels between those that are the article's own.
    """
    plain, places = undisguised(text)
    stated = title and undisguised(title)[0]
    lines = [line for line in reading(plain).lines if not _states_title(line, stated)]
    shown = _shown(lines, english=language(plain) in ("en", None))
    for at in range(1, len(lines)):
        shown[at] = shown[at] or (shown[at - 1] and _signs(plain, lines[at - 1].paragraph, lines[at].paragraph))
    for start, end in _enumerations(lines):
        shown[start:end] = [any(shown[start:end])] * (end - start)
    own = _own(lines, shown, shared_lines) if shared_lines else shown
    kept = _spans(line.paragraph for line, each in zip(lines, own, strict=True) if each)
    if not kept:  # a line or two without a page around them
        kept = _spans(line.paragraph for line in lines if ends(line.paragraph.words))
    return tuple(original(text, places, *span) for span in kept)


def _spans(rows: Iterable[Paragraph]) -> list[Span]:
    """The rows without their tails; those that are nothing else are left out."""
    return [(row.start, row.start + size) for row in rows if (size := without_tail(row.words))]


def _signs(text: str, quoted: Paragraph, row: Paragraph) -> bool:
    """Whether a line names whom the one above quotes."""
    name = signature(text, quoted.end) if quoted.words[0] in QUOTES else None
    return name is not None and row.start <= name[0] < row.end


def _shown(lines: Sequence[Line], *, english: bool) -> list[bool]:
    """Which lines are likely the article's; between its sentences, what reads like a title or a deck is a heading.

    What an outlet corrects of its own reports is always shown, though pages set it apart.
    """
    prose = [at for at, line in enumerate(lines) if line.chances["body"] >= BAR] or [len(lines)]
    sentence = BAR if len(lines) >= _FEWEST else BAR / 2
    shown = []
    for at, line in enumerate(lines):
        row = line.paragraph
        bar = sentence if _is_item(row) or ends(row.words[: without_tail(row.words)]) else BAR_OF_OTHERS
        last = len(lines) >= _FEWEST and at >= len(lines) - 2
        likely = chance(line, between=prose[0] < at < prose[-1]) >= (max(bar, BAR_OF_OTHERS) if last else bar)
        shown.append((likely and not _is_label(row, english=english)) or corrections.own_report(row.words) is not None)
    return shown


def _is_item(row: Paragraph) -> bool:
    """Whether a line is an item of a list; behind a dash stands whose words are quoted above."""
    return row.bullet and row.mark not in _DASHES


def _is_label(row: Paragraph, *, english: bool) -> bool:
    """Whether a line is a caption, a speaker's name or a headline in capitals: no sentence, no item of a list, no figures."""
    words = row.words
    if (
        ends(words)
        or _is_item(row)
        or words[0] in QUOTES
        or any(map(str.isdigit, words))
        or words.count(",") + words.count(";") > 3
    ):
        return False
    return words.isupper() or not (states(words) if english else len(words.split()) > _FEW)


def chance(line: Line, *, between: bool) -> float:
    """How likely a line is the article's, by whether it stands between its sentences."""
    own = line.chances["body"] + line.chances["heading"]
    return own + (line.chances["title"] + line.chances["deck"] if between else 0.0)


def _own(lines: Sequence[Line], shown: Sequence[bool], shared_lines: tuple[str, ...]) -> list[bool]:
    """Which of the lines shown are the article's own; all of them where none is by itself."""
    known = set(shared_lines)
    alone = [visible and line.paragraph.line not in known for line, visible in zip(lines, shown, strict=True)]
    if True not in alone:
        return list(shown)
    first, last = alone.index(True), len(alone) - alone[::-1].index(True)
    words = [line.paragraph.words for line in lines]
    labels = [first < at < last and (asks(row) or not ends(row)) for at, row in enumerate(words)]
    return [own or (visible and label) for own, visible, label in zip(alone, shown, labels, strict=True)]


def _enumerations(lines: Sequence[Line]) -> Iterator[Span]:
    """Each run of lines that are one sentence, since all but the last end in a semicolon, as numbers of lines."""
    start = 0
    for at, line in enumerate(lines):
        if not line.paragraph.words.endswith(";"):
            if at > start:
                yield start, at + 1
            start = at + 1


def _states_title(line: Line, title: str | None) -> bool:
    """Whether a line is the title, a part of one on several lines, or states it among other things."""
    words = line.paragraph.words
    return title is not None and (words == title or (line.label == "title" and (title in words or words in title)))
