"""A page's layout → who speaks: dialogue labels, transcripts, the turns that ask, and the name below a pull quote."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.text.normalize import CAPITALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.types import Span

_INLINE = re.compile(
    rf"[ \t*_>•]*+((?:[{CAPITALS}][\w.’'-]*+)(?:[ ](?:[{CAPITALS}][\w.’'-]*+|of|the)){{0,4}})[*_]*+(?: \([^()\n]{{1,40}}\))?"
    rf"(?:[*_]*:[*_]*[ \t]|, [{CAPITALS}][{CAPITALS} ,.'’&/-]{{2,60}}:(?=\s))"  # "ANN LEE, HOST:" may stand alone
)
_ALONE = re.compile(rf"[ \t*_#]*((?:[{CAPITALS}][\w.’'-]*)(?:[ ][{CAPITALS}][\w.’'-]*){{0,3}})[*_]*:?[ \t]*")
_SIGNED = re.compile(r"[ \t]*(?:[—–―]|--?)[ \t]*((?=[^\W\d_])[^\n]{2,90}?)[ \t\r]*")
_SHORT_LINE = 60
_REACH = 2000  # characters behind a signature in which a paragraph shows that the article goes on
_QUOTES = "”\"’'»"
_LABELS = (  # words that stand before a colon and are nobody's name
    "related read source photo image video transcript watch listen note update correction editor analysis opinion quote quotes "
    "details background context reminder summary claim claims verdict rating fact facts when where who what why"
)
_NO_SPEAKERS = frozenset(_LABELS.split())
_ASKS = 1 / 3  # the share of their turns from which somebody is the one who asks
CLOSING = " \t\r\n*_”\"’'»)"  # may stand behind a question mark


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's turn: who is written in front of it, and where the text is that is surely theirs."""

    label: Span
    start: int
    end: int


def turns(text: str) -> tuple[Turn, ...]:
    """The turns of a transcript or dialogue, in order; empty where the article is none.

    Labels stand in front of a line ("BOYD: It is safe") or on a line of their own. They make a dialogue when they
    come back: three turns at least, and one label twice. The last turn ends with its paragraph, for nobody says
    where the dialogue does.
    """
    lines = _lines(text)
    return _dialogue(text, lines, _inline(text, lines)) or _dialogue(text, lines, _on_their_own(text, lines))


def asks(text: str) -> bool:
    """Whether a stretch of text ends with a question."""
    return text.rstrip(CLOSING).endswith("?")


def questions(text: str) -> tuple[int, ...]:
    """Where each turn that asks begins (its label does): its first line ends with a question, or its speaker often asks."""
    all_turns = turns(text)
    asking = [asks(text[turn.start : turn.end].partition("\n")[0]) for turn in all_turns]
    names = [text[slice(*turn.label)] for turn in all_turns]
    often = Counter(name for name, asked in zip(names, asking, strict=True) if asked)
    every = Counter(names)
    return tuple(
        turn.label[0]
        for turn, name, asked in zip(all_turns, names, asking, strict=True)
        if asked or often[name] >= _ASKS * every[name]
    )


def signature(text: str, end: int) -> Span | None:
    """Who has signed a pull quote that ends at `end`: "— Ann Lee, curator" behind it or on the next line.

    An item of a list signs nothing, and a name below the last paragraph is its author's, unless that paragraph is a quotation.
    """
    stop = text.find("\n", end)
    rest = _SIGNED.fullmatch(text, end, len(text) if stop < 0 else stop)
    if rest is None and stop >= 0 and not text[end:stop].strip(" \t\r”\"’'»"):
        while stop + 1 < len(text) and text[stop + 1 : stop + 2].isspace() and stop - end < _SHORT_LINE:
            stop += 1
        below = text.find("\n", stop + 1)
        rest = _SIGNED.fullmatch(text, stop + 1, len(text) if below < 0 else below)
    if rest is None or not rest[1][0].isupper() or rest[1][-1] in ".!?,;:":
        return None
    behind = text[rest.end() :].lstrip()
    listed = bool(_SIGNED.fullmatch(behind.partition("\n")[0]))
    quoted = text[end - 1 : end + 1].strip()[-1:] in _QUOTES
    closes = not any(len(line) > _SHORT_LINE for line in behind[:_REACH].split("\n"))
    return None if listed or (closes and not quoted) else rest.span(1)


def _lines(text: str) -> list[Span]:
    lines, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            lines.append((at, at + len(line)))
        at += len(line) + 1
    return lines


def _inline(text: str, lines: Sequence[Span]) -> list[tuple[Span, Span]]:
    labels = []
    for line in lines:
        match = _INLINE.match(text, *line)
        if match and not {word.lower() for word in match[1].split()} & _NO_SPEAKERS:
            labels.append((match.span(1), line))
    return labels


def _on_their_own(text: str, lines: Sequence[Span]) -> list[tuple[Span, Span]]:
    alone = [
        (match.span(1), line)
        for line in lines
        if line[1] - line[0] <= _SHORT_LINE
        if (match := _ALONE.fullmatch(text, *line))
    ]
    count = Counter(text[start:end] for (start, end), _ in alone)
    back = {label for label, times in count.items() if times > 1}
    return [(label, line) for label, line in alone if text[label[0] : label[1]] in back] if len(back) > 1 else []


def _dialogue(text: str, lines: Sequence[Span], labels: Sequence[tuple[Span, Span]]) -> tuple[Turn, ...]:
    names = Counter(text[start:end] for (start, end), _ in labels)
    if len(labels) < 3 or max(names.values()) < 2:
        return ()
    starts = [line[0] for _, line in labels]
    ended = [Turn(label, label[1], following) for (label, _), following in zip(labels, starts[1:], strict=False)]
    last, line = labels[-1]
    below = next((end for start, end in lines if start > line[0]), line[1])
    alone = not text[last[1] : line[1]].strip(" \t:*_\r")
    return (*ended, Turn(last, last[1], below if alone else line[1]))
