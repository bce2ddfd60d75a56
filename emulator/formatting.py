"""Text as a bot sends it, with entities or as HTML → text and entities as Telegram keeps them, or its refusal.

Offsets travel in UTF-16 code units throughout; those in complaints about HTML count UTF-8 bytes, as Telegram's do. What
Telegram drops without a word is returned too, because a test wants to know. Both Markdowns are refused, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from emulator.links import WrongLink, link, link_or_none
from emulator.params import JSON, ApiError, bad, complaint, names, number_field, object_field, text_field
from emulator.records import Entity
from emulator.text import BYTES_BEFORE_PARSING, LENGTH, PLAIN, cleaned, in_order, is_blank, nested, utf16, vanishes

ENTITIES = 100
FURTHEST = 1_000_000
_SET_BY_BOTS = frozenset({*PLAIN, "code", "pre", "blockquote", "expandable_blockquote", "date_time"})
_FOUND_BY_TELEGRAM = names("mention hashtag cashtag bot_command url email phone_number bank_card bank_card_number")
_ABOUT = "can't parse MessageEntity"


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as Telegram keeps it; `dropped` are the asked-for entities of which something visible is not kept."""

    text: str
    entities: tuple[Entity, ...] = ()
    dropped: tuple[Entity, ...] = ()


def formatted(text: str, raw_entities: object = None, *, most: int = LENGTH) -> Formatted:
    """What Telegram makes of `text`, at most `most` code points after trimming, and a MessageEntity list.

    Raises `ApiError` as Telegram does: nothing visible, too long, an entity out of bounds or inside a character.
    """
    if not text:
        raise bad("message text is empty")
    check_size(text)
    asked = in_order(entity for entity in readable_entities(raw_entities) if entity.length)
    mended = nested(asked)
    check_bounds(text, mended)
    kept, moved = _trimmed(cleaned(text), moved_by_cleaning(text, mended))
    if is_blank(kept):
        raise bad("text must be non-empty")
    if len(kept) > most:
        raise bad("message is too long")
    entities = _at_most(ENTITIES, [entity for entity in nested(moved) if entity.of(kept).strip(" \n")])
    _, wanted = _trimmed(cleaned(text), moved_by_cleaning(text, asked))
    lost = (a for a, w in zip(asked, wanted, strict=True) if not _covered(kept, w, entities))
    return Formatted(kept, tuple(entities), tuple(lost))


def check_size(text: str) -> None:
    """Refuse what Telegram does not even parse."""
    if len(text.encode("utf-8", "surrogatepass")) > BYTES_BEFORE_PARSING:
        raise bad("text is too long")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise bad("strings must be encoded in UTF-8")


def readable_entities(raw_entities: object) -> Iterator[Entity]:
    """The entities of a list; those that only Telegram itself finds are passed over. Raises `ApiError`."""
    for raw in raw_entities if isinstance(raw_entities, list) else ():
        if not isinstance(raw, dict):
            raise complaint("Expected an Object", _ABOUT)
        entity = _readable(raw)
        if entity is not None:
            yield entity


def _readable(raw: dict[str, Any]) -> Entity | None:
    offset, length, kind = (
        number_field(raw, "offset", _ABOUT),
        number_field(raw, "length", _ABOUT),
        text_field(raw, "type", _ABOUT),
    )
    if not 0 <= offset <= FURTHEST:
        raise bad(f"receive an entity with incorrect offset {offset}")
    if not 0 <= length <= FURTHEST:
        raise bad(f"receive an entity with incorrect length {length}")
    return None if kind in _FOUND_BY_TELEGRAM else Entity(kind, offset, length, _extra(kind, raw))


def _extra(kind: str, raw: dict[str, Any]) -> dict[str, Any]:
    if kind == "text_link":
        return {"url": _checked(text_field(raw, "url", _ABOUT))}
    if kind == "text_mention":
        return {"user": dict(object_field(raw, "user", _ABOUT))}
    if kind == "custom_emoji":
        return {"custom_emoji_id": str(number_field(raw, "custom_emoji_id", _ABOUT))}
    if kind not in _SET_BY_BOTS:
        raise complaint("Unsupported type specified", _ABOUT)
    return {name: raw[name] for name in ("language", "unix_time", "date_time_format") if raw.get(name)}


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
    left, right = max(entity.offset - start, 0), min(entity.end - start, length)
    return entity.at(left, max(right - left, 0))


def _at_most(most: int, entities: Sequence[Entity]) -> list[Entity]:
    """The first `most`, where quotes, links and code come before bold and its like."""
    ranked = sorted(range(len(entities)), key=lambda n: (entities[n].type in PLAIN, n))
    return [entities[n] for n in sorted(ranked[:most])]


def _covered(text: str, asked: Entity, kept: Iterable[Entity]) -> bool:
    """Whether each visible UTF-16 unit of an asked-for entity lies in a kept one that means the same."""
    same = [entity for entity in kept if entity.type == asked.type and entity.extra == asked.extra]
    units = text.encode("utf-16-le")
    seen = (n for n in range(asked.offset, asked.end) if units[2 * n : 2 * n + 2] not in (b" \0", b"\n\0"))
    return all(any(entity.offset <= n < entity.end for entity in same) for n in seen)


_TAGS = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline"}
_TAGS |= {"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre"}
_TAGS |= {"a": "text_link", "blockquote": "blockquote", "tg-spoiler": "spoiler", "span": "spoiler"}
_SPACE = " \t\r\n\v\0"
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ATTRIBUTE = re.compile(
    rf"[{_SPACE}]*([^{_SPACE}=>/\"']+)(?:[{_SPACE}]*=[{_SPACE}]*(\"[^\"]*\"|'[^']*'|[\w.-]+))?", re.ASCII
)


@dataclass(slots=True)
class _Open:
    name: str
    start: int
    written: int
    attributes: dict[str, str]


@dataclass(slots=True)
class _Page:
    """What is read so far."""

    text: str = ""
    opened: list[_Open] = field(default_factory=list)
    entities: list[JSON] = field(default_factory=list)


def parsed(text: str, parse_mode: str, entities: object) -> tuple[str, object]:
    """Text without markup and its entity list; a parse mode wins over given entities. Raises `ApiError`."""
    mode = parse_mode.lower()
    if not text or mode in ("", "none"):
        return text, entities
    if mode == "html":
        return _from_html(text)
    raise bad("unsupported parse_mode")


def _from_html(source: str) -> tuple[str, list[JSON]]:
    page, at = _Page(), 0
    for piece in _pieces(source):
        if not piece.startswith("<"):
            page.text += _decoded(piece)
        elif piece.startswith("</"):
            _close(page, piece, _octets(source, at))
        else:
            _open(page, piece, _octets(source, at))
        at += len(piece)
    if page.opened:
        raise _complaint(f'Can\'t find end tag corresponding to start tag "{page.opened[-1].name}"')
    return page.text, page.entities


def _pieces(source: str) -> Iterator[str]:
    """Texts and tags in turn; a tag runs to the first ">" outside quotation marks, or to the end."""
    yield from re.findall(r"[^<]+|</[^>]*>?|<(?:[^>\"']|\"[^\"]*\"?|'[^']*'?)*>?", source)


def _octets(source: str, at: int) -> int:
    return len(source[:at].encode())


def _complaint(words: str) -> ApiError:
    return bad(f"can't parse entities: {words}")


def _open(page: _Page, tag: str, at: int) -> None:
    name = re.match(rf"<([^{_SPACE}>]*)", tag)[1].lower()  # type: ignore[index]
    if not tag.endswith(">") and not re.search(f"[{_SPACE}]", tag):
        raise _complaint(f"Unclosed start tag at byte offset {at}")
    if name not in _TAGS:
        raise _complaint(f'Unsupported start tag "{name}" at byte offset {at}')
    if not tag.endswith(">"):
        raise _complaint(f"Unclosed start tag at byte offset {at}")
    attributes = _attributes(tag[1 + len(name) : -1], name, at)
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise _complaint(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
    page.opened.append(_Open(name, utf16(page.text), len(page.text), attributes))


def _attributes(written: str, name: str, at: int) -> dict[str, str]:
    attributes: dict[str, str] = {}
    rest = written.strip(_SPACE)
    while rest:
        attribute = _ATTRIBUTE.match(rest)
        if attribute is None:
            raise _complaint(f'Empty attribute name in the tag "{name}" at byte offset {at}')
        value = attribute[2] or ""
        attributes[attribute[1].lower()] = _decoded(value[1:-1]) if value[:1] in {'"', "'"} else value.lower()
        rest = rest[attribute.end() :].strip(_SPACE)
    return attributes


def _close(page: _Page, tag: str, at: int) -> None:
    if not page.opened:
        raise _complaint(f"Unexpected end tag at byte offset {at}")
    name = tag[2:].rstrip(">").strip(_SPACE).lower()
    if not tag.endswith(">"):
        raise _complaint(f"Unclosed end tag at byte offset {at}")
    start = page.opened.pop()
    if name and name != start.name:
        raise _complaint(f'Unmatched end tag at byte offset {at}, expected "</{start.name}>", found "</{name}>"')
    entity = _entity(page, start)
    if entity["length"] and entity.get("url", "") is not None:
        page.entities.append(entity)


def _entity(page: _Page, start: _Open) -> JSON:
    entity: JSON = {"type": _TAGS[start.name], "offset": start.start, "length": utf16(page.text) - start.start}
    if start.name == "a":
        return entity | {"url": link_or_none(start.attributes.get("href") or page.text[start.written :])}
    expandable = start.name == "blockquote" and "expandable" in start.attributes
    return entity | ({"type": "expandable_blockquote"} if expandable else {})


def _decoded(text: str) -> str:
    return _REFERENCE.sub(_character, text)


def _character(reference: re.Match[str]) -> str:
    if reference[3]:
        return _NAMED.get(reference[3], reference[0])
    code = int(reference[1] or reference[2], 16 if reference[1] else 10)
    return chr(code) if 0 < code < 0x10FFFF and len(reference[0]) <= 10 else reference[0]
