"""One message model for every front end: text with styled stretches, quotes, links and buttons.

It cleans a text as Telegram does before it shows it, so that offsets are counted in what will be seen. Offsets
are code points here; only `bot.telegram.sending` turns them into Telegram's UTF-16 units.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Literal

Style = Literal["plain", "bold", "italic", "mark", "span", "code", "link", "join", "label", "syntax"]
Kind = Literal["bold", "italic", "mark", "span", "code", "link", "quote", "collapsed"]

MARKED = frozenset({"mark", "span"})  # the styles of a sentence that answers
COPIED = 256  # characters that a button may copy
LIMIT = 4096  # code points of a message's text, after cleaning and trimming
ROOM = LIMIT - 46  # of them, those that are filled

# What Telegram's server does to a text (clean_input_string in tdlib/td): these vanish, the other control characters
# become a space, a line break stays. It lets through controls above U+007F, isolates, and what shows nothing and joins nothing
# (soft hyphen, zero-width space, tags but those of a flag): an article can hide words with them or turn what follows.
_VANISH = [0x0D, 0x030A, 0x0333, 0x033F, *range(0x2028, 0x202F)]
_UNSEEN = [0xAD, 0x180E, 0x200B, *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC)]
_CONTROLS = [*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0)]
_CLEANED = {**dict.fromkeys(_CONTROLS, " "), **dict.fromkeys([*_VANISH, *_UNSEEN])}
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|[\U000e0000-\U000e007f]")
_HALVES = re.compile("[\ud800-\udfff]")
# Of direction marks in a row all but the last become joiners (replace_offending_characters in tdlib/td).
_MARKS = re.compile("[\u200e\u200f](?=[\u200e\u200f])")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style: `mark` is the sentence that answers, `span` the part of it that says what was asked.

    A `join` stands before a link: a front end that gives addresses lines of their own breaks the line there. A `label` says
    that a name belongs to the marked sentence: where nothing can be marked, a dash stands in its place. `syntax` are a
    file's own marks of formatting (`**`): only a pipe, which gets a passage as it stands in its file, has them.
    """

    text: str
    style: Style = "plain"
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words out of an article, set apart from the bot's own; a collapsed one opens on a tap."""

    runs: tuple[Run, ...]
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message that does one thing.

    `data` (at most 64 bytes) comes back when it is pressed, `url` opens, `copy` (at most `COPIED` characters) goes to the
    clipboard, `share` (at most `COPIED` characters too) is asked of the bot in a chat that is chosen then.
    """

    label: str
    data: str = ""
    url: str = ""
    copy: str = ""
    share: str = ""

    def __post_init__(self) -> None:
        if sum(map(bool, (self.data, self.url, self.copy, self.share))) != 1:
            raise ValueError(f"a button does one thing: {self.label!r}")
        if len(self.data.encode()) > 64 or max(len(self.copy), len(self.share)) > COPIED:
            raise ValueError(
                f"a button holds 64 bytes, or {COPIED} characters: {self.data or self.copy or self.share!r}"
            )


@dataclass(frozen=True, slots=True)
class Entity:
    """How `text[start:end]` of a message is shown, in code points of its cleaned text."""

    kind: Kind
    start: int
    end: int
    href: str | None = None


Part = Run | Quote


@dataclass(frozen=True)
class Message:
    """What the bot says at once; `buttons` are rows, `prompt` asks for a reply and stands in its empty field."""

    parts: tuple[Part, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    prompt: str | None = None

    @cached_property
    def text(self) -> str:
        """The text as Telegram will show it: cleaned, and trimmed at both ends."""
        return self._whole.strip()

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        """The styled stretches of `text`, outer ones first, none of them empty or of white space alone."""
        lead = len(self._whole) - len(self._whole.lstrip())
        moved = (
            Entity(each.kind, max(each.start - lead, 0), min(each.end - lead, len(self.text)), each.href)
            for each in _entities(self.parts)
        )
        return tuple(entity for entity in moved if self.text[entity.start : max(entity.end, 0)].strip())

    @cached_property
    def _whole(self) -> str:
        joined = "".join(cleaned(run.text) for part in self.parts for run in visible(part))
        return _MARKS.sub("\u200c", joined)  # a row of marks may lie in two runs


def cleaned(text: str) -> str:
    """The text as Telegram's server makes it before it counts, without what nobody sees; half a character becomes U+FFFD."""
    plain = _HALVES.sub("\ufffd", unicodedata.normalize("NFC", text).translate(_CLEANED))
    return _MARKS.sub("\u200c", _TAGS.sub(r"\1", plain))


def visible(part: Part) -> tuple[Run, ...]:
    """The stretches that people see, those of one mark or span joined."""
    runs: list[Run] = []
    for run in part.runs if isinstance(part, Quote) else (part,):
        if runs and run.style == runs[-1].style and run.style in MARKED:
            runs[-1] = Run(runs[-1].text + run.text, run.style)
        elif run.style != "syntax":
            runs.append(run)
    return tuple(runs)


def bold(text: str) -> Run:
    """Text that stands out."""
    return Run(text, "bold")


def italic(text: str) -> Run:
    """Text that is somebody's own words or an aside."""
    return Run(text, "italic")


def aside(sentence: str, files: Iterable[str] = ()) -> tuple[Run, ...]:
    """A sentence in italics; the names of files in it are code, since Telegram would make links of some (`notes.md`)."""
    names = "|".join(re.escape(name) for name in sorted(files, key=len, reverse=True))
    pieces = re.split(f"({names})", sentence) if names else [sentence]
    return tuple(Run(piece, "code" if at % 2 else "italic") for at, piece in enumerate(pieces) if piece)


def parts(*pieces: str | Part | Iterable[str | Part]) -> tuple[Part, ...]:
    """Pieces as a message's parts, a string as plain text."""
    return tuple(_flat(pieces))


def _flat(pieces: Iterable[str | Part | Iterable[str | Part]]) -> Iterator[Part]:
    for piece in pieces:
        if isinstance(piece, str):
            yield Run(piece)
        elif isinstance(piece, Run | Quote):
            yield piece
        else:
            yield from _flat(piece)


def _entities(all_parts: Iterable[Part]) -> Iterator[Entity]:
    at = 0
    for part in all_parts:
        inner = list[Entity]()
        start = at
        for _, group in groupby(visible(part), key=lambda run: run.style in MARKED):
            first, place, runs = at, len(inner), tuple(group)
            for run in runs:
                end = at + len(cleaned(run.text))
                if run.style not in {"plain", "join", "label", "mark"}:
                    inner.append(Entity(run.style, at, end, run.href))  # type: ignore[arg-type]
                at = end
            if any(run.style == "mark" for run in runs):
                inner.insert(place, Entity("mark", first, at))
        if isinstance(part, Quote):
            yield Entity("collapsed" if part.collapsed else "quote", start, at)
        yield from inner
