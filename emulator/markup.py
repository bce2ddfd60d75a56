"""parse_mode HTML as Telegram reads it, with its complaints; both Markdowns are refused rather than guessed.

Byline itself sends entities, never markup. Byte offsets in complaints count in UTF-8, as Telegram's do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from emulator.api_error import JSON, Refusal, bad
from emulator.links import link_or_none
from emulator.wording import utf16

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
    """Text without markup and its entity list; a parse mode wins over given entities. Raises `Refusal`."""
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


def _complaint(words: str) -> Refusal:
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
    found: dict[str, str] = {}
    rest = written.strip(_SPACE)
    while rest:
        attribute = _ATTRIBUTE.match(rest)
        if attribute is None:
            raise _complaint(f'Empty attribute name in the tag "{name}" at byte offset {at}')
        value = attribute[2] or ""
        found[attribute[1].lower()] = _decoded(value[1:-1]) if value[:1] in {'"', "'"} else value.lower()
        rest = rest[attribute.end() :].strip(_SPACE)
    return found


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
