"""Text and entities as a bot sends them → text and entities as Telegram keeps them, or its refusal.

Offsets are in UTF-16 code units; those in refusals count UTF-8 bytes, as Telegram's do. What Telegram drops without a
word is returned too, because a test wants to know. Formatting nests as in TDLib: quotes stand apart from each other; links and
code lie inside a quote or outside, and apart from each other; plain formats (bold, italic …) are cut at every edge they cross.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from emulator.links import WrongLink, link
from emulator.params import bad, names
from emulator.records import Entity, cleaned, is_blank, utf16, vanishes

BYTES_BEFORE_PARSING = 32_768
LENGTH = 4096
PLAIN = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
CODE = frozenset({"code", "pre"})
_ORDER = {"blockquote": 0, "expandable_blockquote": 0, "pre": 11, "code": 20, "text_link": 49}
_ORDER |= {"bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94}
ENTITIES = 100
FURTHEST = 1_000_000
_SET_BY_BOTS = frozenset({*PLAIN, "code", "pre", "blockquote", "expandable_blockquote"})
_FOUND_BY_TELEGRAM = names("mention hashtag cashtag bot_command url email phone_number bank_card bank_card_number")


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as Telegram keeps it; `dropped` are the asked-for entities of which something visible is not kept."""

    text: str
    entities: tuple[Entity, ...] = ()
    dropped: tuple[Entity, ...] = ()


def formatted(text: str, raw_entities: Iterable[dict[str, Any]] = ()) -> Formatted:
    """What Telegram makes of `text`, at most `LENGTH` code points after trimming, and a MessageEntity list.

    Raises `ApiError` as Telegram does: nothing visible, too long, an entity out of bounds or inside a character.
    """
    if not text:
        raise bad("message text is empty")
    check_size(text)
    asked = in_order(entity for entity in readable_entities(raw_entities) if entity.length)
    repaired = nested(asked)
    check_bounds(text, repaired)
    body, moved = _trimmed(cleaned(text), moved_by_cleaning(text, repaired))
    if is_blank(body):
        raise bad("text must be non-empty")
    if len(body) > LENGTH:
        raise bad("message is too long")
    entities = _at_most(ENTITIES, [entity for entity in nested(moved) if entity.of(body).strip(" \n")])
    _, wanted = _trimmed(cleaned(text), moved_by_cleaning(text, asked))
    dropped = (a for a, w in zip(asked, wanted, strict=True) if not _covered(body, w, entities))
    return Formatted(body, tuple(entities), tuple(dropped))


def check_size(text: str) -> None:
    """Refuse what Telegram does not even parse."""
    if len(text.encode("utf-8", "surrogatepass")) > BYTES_BEFORE_PARSING:
        raise bad("text is too long")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise bad("strings must be encoded in UTF-8")


def readable_entities(raw_entities: Iterable[dict[str, Any]]) -> Iterator[Entity]:
    """The entities of a list; those that only Telegram itself finds are passed over. Raises `ApiError`."""
    for raw in raw_entities:
        offset, length, kind = int(raw["offset"]), int(raw["length"]), raw["type"]
        if not 0 <= offset <= FURTHEST:
            raise bad(f"receive an entity with incorrect offset {offset}")
        if not 0 <= length <= FURTHEST:
            raise bad(f"receive an entity with incorrect length {length}")
        if kind not in _FOUND_BY_TELEGRAM:
            yield Entity(kind, offset, length, _extra(kind, raw))


def _extra(kind: str, raw: dict[str, Any]) -> dict[str, Any]:
    if kind == "text_link":
        return {"url": _checked(raw["url"])}
    if kind not in _SET_BY_BOTS:
        raise bad("can't parse MessageEntity: Unsupported type specified")
    return {"language": raw["language"]} if raw.get("language") else {}


def _checked(address: str) -> str:
    try:
        return link(address)
    except WrongLink as wrong:
        raise bad(f"entity URL '{address}' is invalid: {wrong}") from wrong


def check_bounds(text: str, entities: Sequence[Entity]) -> None:
    """Refuse entities, in order and nested, that do not begin and end between two characters of `text`."""
    units, octets, begun = 0, 0, 0
    opened: list[Entity] = []
    for character in (*text, None):
        while opened and units >= opened[-1].end:
            if units != opened[-1].end:
                raise bad(f"{_ends(opened[-1])} in a middle of a UTF-16 symbol at byte offset {octets}")
            opened.pop()
        while begun < len(entities) and units >= entities[begun].offset:
            if units != entities[begun].offset:
                raise bad(f"entity begins in a middle of a UTF-16 symbol at byte offset {octets}")
            opened.append(entities[begun])
            begun += 1
        units, octets = units + utf16(character or ""), octets + len((character or "").encode())
    if begun < len(entities):
        raise bad(f"entity begins after the end of the text at UTF-16 offset {entities[begun].offset}")
    if opened:
        raise bad(f"{_ends(opened[-1])} after the end of the text at UTF-16 offset {opened[-1].end}")


def _ends(entity: Entity) -> str:
    return f"entity beginning at UTF-16 offset {entity.offset} ends"


def moved_by_cleaning(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """The entities where they stand once the vanishing characters (one UTF-16 unit each) are gone."""
    units = [character for character in text for _ in range(utf16(character))]
    gone = [0, *accumulate(vanishes(unit) for unit in units)]
    last = len(units)
    places = ((entity, min(entity.offset, last), min(entity.end, last)) for entity in entities)
    return [e.at(start - gone[start], end - start - (gone[end] - gone[start])) for e, start, end in places]


def _trimmed(text: str, entities: Sequence[Entity]) -> tuple[str, list[Entity]]:
    body = text.rstrip(" \n")
    start = len(body) - len(body.lstrip(" \n"))
    body = body[start:]
    return body, [_clipped(entity, start, utf16(body)) for entity in entities]


def _clipped(entity: Entity, start: int, length: int) -> Entity:
    first, last = max(entity.offset - start, 0), min(entity.end - start, length)
    return entity.at(first, max(last - first, 0))


def _at_most(most: int, entities: Sequence[Entity]) -> list[Entity]:
    """The first `most`, where quotes, links and code come before bold and its like."""
    ranked = sorted(range(len(entities)), key=lambda n: (entities[n].type in PLAIN, n))
    return [entities[n] for n in sorted(ranked[:most])]


def _covered(text: str, asked: Entity, entities: Iterable[Entity]) -> bool:
    """Whether each visible UTF-16 unit of an asked-for entity lies in a kept one that means the same."""
    same = [entity for entity in entities if entity.type == asked.type and entity.extra == asked.extra]
    units = text.encode("utf-16-le")
    seen = (n for n in range(asked.offset, asked.end) if units[2 * n : 2 * n + 2] not in (b" \0", b"\n\0"))
    return all(any(entity.offset <= n < entity.end for entity in same) for n in seen)


def in_order(entities: Iterable[Entity]) -> list[Entity]:
    """By offset, longer ones first, then by type as Telegram orders them."""
    return sorted(entities, key=lambda e: (e.offset, -e.length, _ORDER.get(e.type, 50)))


def nested(entities: Iterable[Entity]) -> list[Entity]:
    """The entities as Telegram keeps them: cut, merged or dropped until each lies inside or beside each other."""
    ordered = in_order(entity for entity in entities if entity.length)
    quotes = list(_apart(entity for entity in ordered if entity.type in QUOTES))
    others = (entity for entity in ordered if entity.type not in PLAIN and entity.type not in QUOTES)
    links_and_code = [entity for entity in _apart(others) if all(_fits(entity, quote) for quote in quotes)]
    frame = in_order([*quotes, *links_and_code])
    return in_order([*frame, *_cut([entity for entity in ordered if entity.type in PLAIN], frame)])


def _apart(ordered: Iterable[Entity]) -> Iterator[Entity]:
    end = 0
    for entity in ordered:
        if entity.offset >= end:
            end = entity.end
            yield entity


def _fits(entity: Entity, quote: Entity) -> bool:
    inside = quote.offset <= entity.offset and entity.end <= quote.end
    return inside or entity.end <= quote.offset or quote.end <= entity.offset


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
