"""Telegram's text: what it changes silently before it stores one, and how formatting may lie over itself.

Only this module knows the characters that vanish, those that become a space, and those nobody sees. All counts of
"UTF-16" are code units, the measure of Telegram's entity offsets. Formatting nests as in TDLib: quotes stand apart from
each other; links and code lie inside a quote or outside, and apart from each other; plain formats (bold,
italic …) are cut at every edge they cross.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from emulator.records import Entity

BYTES_BEFORE_PARSING = 32_768
LENGTH = 4096

_VANISHES = re.compile("[\r\u2028-\u202e\u030a\u0333\u033f]")
_BECOMES_SPACE = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_MARKS_BEFORE_A_MARK = re.compile("[\u200e\u200f](?=[\u200e\u200f])")
_BLANK = re.compile(
    "[ \n\u1680\u180e\u2000-\u200a\u202e\u202f\u205f\u2800\u3000\ufffc\U000e0000-\U000e007f"
    "\u200b-\u200f\ufeff\u00a0\t\r\x00\x0b]*"
)


def utf16(text: str) -> int:
    """The length of `text` in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def cleaned(text: str) -> str:
    """`text` as Telegram keeps it, ends not yet trimmed; U+200E and U+200F runs keep only their last mark."""
    visible = _BECOMES_SPACE.sub(" ", _VANISHES.sub("", text))
    return _MARKS_BEFORE_A_MARK.sub("\u200c", visible)


def vanishes(character: str) -> bool:
    """Whether Telegram drops this character from every text."""
    return _VANISHES.fullmatch(character) is not None


def is_blank(text: str) -> bool:
    """Whether nobody would see anything of `text`."""
    return _BLANK.fullmatch(text) is not None


PLAIN = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
CODE = frozenset({"code", "pre"})
_ORDER = {"blockquote": 0, "expandable_blockquote": 0, "pre": 11, "code": 20, "text_link": 49}
_ORDER |= {"bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94}


def in_order(entities: Iterable[Entity]) -> list[Entity]:
    """By offset, longer ones first, then by type as Telegram orders them."""
    return sorted(entities, key=lambda e: (e.offset, -e.length, _ORDER.get(e.type, 50)))


def nested(entities: Iterable[Entity]) -> list[Entity]:
    """The entities as Telegram keeps them: cut, merged or dropped until each lies inside or beside each other."""
    ordered = in_order(entity for entity in entities if entity.length)
    quotes = list(_apart(entity for entity in ordered if entity.type in QUOTES))
    others = (entity for entity in ordered if entity.type not in PLAIN and entity.type not in QUOTES)
    whole = [entity for entity in _apart(others) if all(_fits(entity, quote) for quote in quotes)]
    frame = in_order([*quotes, *whole])
    return in_order([*frame, *_cut([entity for entity in ordered if entity.type in PLAIN], frame)])


def _apart(ordered: Iterable[Entity]) -> Iterator[Entity]:
    end = 0
    for entity in ordered:
        if entity.offset >= end:
            end = entity.end
            yield entity


def _fits(whole: Entity, quote: Entity) -> bool:
    inside = quote.offset <= whole.offset and whole.end <= quote.end
    return inside or whole.end <= quote.offset or quote.end <= whole.offset


def _cut(plain: Sequence[Entity], frame: Sequence[Entity]) -> Iterator[Entity]:
    merged = [entity for kind in PLAIN for entity in _merged([e for e in plain if e.type == kind])]
    edges = {edge for entity in frame for edge in (entity.offset, entity.end)} | {entity.offset for entity in merged}
    code = [entity for entity in frame if entity.type in CODE]
    for entity in merged:
        stops = [entity.offset, *sorted(edge for edge in edges if entity.offset < edge < entity.end), entity.end]
        for start, end in zip(stops, stops[1:], strict=False):
            if not any(block.offset <= start and end <= block.end for block in code):
                yield entity.at(start, end - start)


def _merged(ordered: Sequence[Entity]) -> Iterator[Entity]:
    current: Entity | None = None
    for entity in ordered:
        if current is None or entity.offset > current.end:
            if current:
                yield current
            current = entity
        else:
            current = current.at(current.offset, max(current.end, entity.end) - current.offset)
    if current:
        yield current
