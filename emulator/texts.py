"""A text and its entities as a bot sends them → as Telegram keeps them, or its refusal; what Telegram makes clickable.

Offsets are in UTF-16 code units; those in refusals count UTF-8 bytes, as Telegram's do. Telegram mends formatting that does not
nest; here it is only noticed, because a test wants to know of it. The rules for addresses were found by asking Telegram's own
library, address by address; `tests/emulator/test_oracle.py` asks again. Nothing is found inside code or a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from ipaddress import IPv6Address, ip_address
from itertools import accumulate, combinations
from typing import Any

from emulator.params import bad, names
from emulator.records import Entity, cleaned, is_blank, utf16, vanishes

BYTES_BEFORE_PARSING = 32_768
LENGTH = 4096
ENTITIES = 100
FURTHEST = 1_000_000
PLAIN = names("bold italic underline strikethrough spoiler")
QUOTES = names("blockquote expandable_blockquote")
CODE = names("code pre")
_FOUND_BY_TELEGRAM = names("mention hashtag cashtag bot_command url email phone_number bank_card bank_card_number")


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text with its entities; `mended` says that Telegram would keep others, since these do not nest or are too many."""

    text: str
    entities: tuple[Entity, ...] = ()
    mended: bool = False


def formatted(text: str, raw_entities: Iterable[dict[str, Any]] = ()) -> Formatted:
    """What Telegram makes of `text`, at most `LENGTH` code points after trimming, and a MessageEntity list.

    Raises `ApiError` as Telegram does: nothing visible, too long, an entity out of bounds or inside a character.
    """
    if not text:
        raise bad("message text is empty")
    if len(text.encode("utf-8", "surrogatepass")) > BYTES_BEFORE_PARSING:
        raise bad("text is too long")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise bad("strings must be encoded in UTF-8")
    asked = in_order(entity for entity in readable_entities(raw_entities) if entity.length)
    check_bounds(text, asked)
    body, moved = _trimmed(cleaned(text), moved_by_cleaning(text, asked))
    if is_blank(body):
        raise bad("text must be non-empty")
    if len(body) > LENGTH:
        raise bad("message is too long")
    entities = tuple(entity for entity in moved if entity.of(body).strip(" \n"))
    return Formatted(body, entities, len(entities) > ENTITIES or not nest(entities))


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
        try:
            return {"url": link(raw["url"])}
        except WrongLink as wrong:
            raise bad(f"entity URL '{raw['url']}' is invalid: {wrong}") from wrong
    if kind not in PLAIN | QUOTES | CODE:
        raise bad("can't parse MessageEntity: Unsupported type specified")
    return {"language": raw["language"]} if raw.get("language") else {}


def in_order(entities: Iterable[Entity]) -> list[Entity]:
    """By offset, longer ones first, quotes before what fills them."""
    return sorted(entities, key=lambda each: (each.offset, -each.length, each.type not in QUOTES, each.type in PLAIN))


def check_bounds(text: str, entities: Iterable[Entity]) -> None:
    """Refuse entities that do not begin and end between two characters of `text`."""
    octets, units = {0: 0}, 0  # how many bytes stand before each character and the end, by its place
    for character in text:
        size = octets[units] + len(character.encode())
        units += utf16(character)
        octets[units] = size
    for each in entities:
        for what, at in (("begins", each.offset), (f"beginning at UTF-16 offset {each.offset} ends", each.end)):
            if at > units:
                raise bad(f"entity {what} after the end of the text at UTF-16 offset {at}")
            if at not in octets:
                raise bad(f"entity {what} in a middle of a UTF-16 symbol at byte offset {octets[at + 1]}")


def moved_by_cleaning(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """The entities where they stand once the vanishing characters (one UTF-16 unit each) are gone."""
    gone = [0, *accumulate(vanishes(character) for character in text for _ in range(utf16(character)))]
    return [
        each.at(each.offset - gone[each.offset], each.length - gone[each.end] + gone[each.offset]) for each in entities
    ]


def _trimmed(text: str, entities: Sequence[Entity]) -> tuple[str, list[Entity]]:
    body = text.rstrip(" \n")
    start = len(body) - len(body.lstrip(" \n"))
    last = utf16(body[start:])
    spans = [(max(each.offset - start, 0), min(each.end - start, last)) for each in entities]
    return body[start:], [
        each.at(first, max(end - first, 0)) for each, (first, end) in zip(entities, spans, strict=True)
    ]


def nest(entities: Iterable[Entity]) -> bool:
    """Whether Telegram keeps these entities, given in order, for what they are: each lies inside another or beside it.

    Only plain formats and links lie in another that is no quote, and no format in its own kind or in code.
    """
    for outer, inner in combinations(entities, 2):
        if inner.offset < outer.end and (inner.end > outer.end or not _may_hold(outer.type, inner.type)):
            return False
    return True


def _may_hold(outer: str, inner: str) -> bool:
    if outer in QUOTES:
        return inner not in QUOTES
    return outer not in CODE and outer != inner and inner in PLAIN | {"text_link"}


_SCHEME = re.compile(r"([^:/?#@\[\]]*)://")
_WRONG = re.compile(r'(%(?![0-9a-fA-F]{2}))|[\x00-\x20"<>@\[\\\]^`{|}\x7f]')
_WRONG_IN_HOST = re.compile(f"{_WRONG.pattern}|:")
_WHITE = " \t\n\v\r\0"
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class WrongLink(ValueError):  # noqa: N818 - Telegram's own expression
    """Telegram would not take this address; the message holds its words."""


def link(address: str) -> str:
    """The address as Telegram keeps it. Raises `WrongLink`."""
    scheme, place, query = _split(cleaned(address))
    user, host, port = _place(place)
    if "." not in host and not host.startswith("["):
        raise WrongLink("Wrong HTTP URL")
    rooted = query if query.startswith("/") else f"/{query}"
    path = re.sub(r"[\x00-\x20]", lambda match: f"%{ord(match[0]):02X}", rooted.rstrip(_WHITE))
    return f"{scheme}://{user}{host}{port}{path}"


def _split(address: str) -> tuple[str, str, str]:
    """The scheme, the place with user and port, and all that follows."""
    scheme = _SCHEME.match(address)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        raise WrongLink("Unsupported URL protocol")
    rest = address[scheme.end() :] if scheme else address
    place = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return (scheme[1].lower() if scheme else "http"), place, rest[len(place) :]


def _place(place: str) -> tuple[str, str, str]:
    """User with its "@", host in small letters, port with its colon."""
    user_and_host, port = _port(place)
    user, at, host = user_and_host.rpartition("@")
    if not host:
        raise WrongLink("URL host is empty")
    if not _is_ipv6(host):
        _check(host, "host", _WRONG_IN_HOST)
        if host == ".":
            raise WrongLink("Host is invalid")
    _check(user, "userinfo", _WRONG)
    return f"{user}{at}" if user else "", host.translate(_LOWER), port


def _port(place: str) -> tuple[str, str]:
    port = re.search(r"(?<=.):([^:@\]]*)$", place, re.DOTALL)
    if port is None:
        return place, ""
    if not re.fullmatch(r"0*[1-9]\d{0,4}", port[1], re.ASCII) or int(port[1]) > 65535:
        raise WrongLink("Wrong port number specified in the URL")
    return place[: port.start()], f":{int(port[1])}"


def _check(part: str, name: str, wrong: re.Pattern[str]) -> None:
    match = wrong.search(part)
    if match:
        what = "Wrong percent-encoded symbol" if match[1] else "Disallowed character"
        raise WrongLink(f"{what} in URL {name}")


def _is_ipv6(host: str) -> bool:
    if not (host.startswith("[") and host.endswith("]")):
        return False
    try:
        return isinstance(ip_address(host[1:-1]), IPv6Address)
    except ValueError as error:
        raise WrongLink("Wrong IPv6 address specified in the URL") from error


_LISTED = resources.files("emulator").joinpath("top_level_domains.txt").read_text("utf-8").splitlines()
TOP_LEVEL_DOMAINS = frozenset(domain for line in _LISTED if not line.startswith("#") for domain in line.split())

# Letters of addresses beyond ASCII: no white space, no general punctuation but joiners and dashes.
_LETTERS = "\u00c0-\u167f\u1681-\u1fff\u200c\u200d\u2010-\u2015\u2070-\u2fff\u3001-\U0010ffff"
_LABEL = f"[A-Za-z0-9_~{_LETTERS}-]+"
_ADDRESS = re.compile(
    rf"(?P<scheme>(?:https?|ftp)://)?(?:(?P<user>[A-Za-z0-9._~:%+{_LETTERS}-]+)@)?(?P<host>{_LABEL}(?:\.{_LABEL})+)"
    rf"(?::(?P<port>\d+))?(?P<path>[/?#][!#-;=?-\x84\x86-\x9f\u00a1-\u00aa\u00ac-\u00ba\u00bc-\u00bf{_LETTERS}]*)?",
    re.IGNORECASE,
)
_ENDS_NO_PATH = ".:;,('?!`"
_MAIL = re.compile(
    r"([a-z0-9_-]{0,26}[.+]){0,10}[a-z0-9_-]{1,35}@(([a-z0-9][a-z0-9_-]{0,28})?[a-z0-9]\.){1,6}[a-z]{2,8}",
    re.IGNORECASE | re.ASCII,
)
_PAIRS = {")": "(", "]": "[", "}": "{"}


def _addresses(text: str) -> Iterator[tuple[str, int, int]]:
    """`"url"` or `"email"` and its span in code points, from left to right."""
    for match in _ADDRESS.finditer(text):
        start, end = match.span()
        before = text[start - 1 : start]
        if before.isalnum() or before in {"/", "#", "@", "_"}:
            continue
        if match["user"] and match["user"].lower().startswith("mailto:"):
            start += len("mailto:")
        if _MAIL.fullmatch(text, start, end):
            yield "email", start, end
        elif _is_host(match["host"], has_scheme=bool(match["scheme"])):
            yield "url", start, _end(match)


def _end(match: re.Match[str]) -> int:
    """Where the address ends, without a port that none has, and what ends no path."""
    if match["port"] and not 0 < int(match["port"][:9]) <= 65535:
        return match.end("host")
    path = _balanced(match["path"] or "")
    end = match.start("path") if match["path"] else match.end()
    return end if path in {"?", "#"} else end + len(path)


def _balanced(path: str) -> str:
    """The path without what closes a bracket outside of it."""
    opened: list[str] = []
    for position, character in enumerate(path):
        if character in _PAIRS.values():
            opened.append(character)
        elif character in _PAIRS:
            if _PAIRS[character] not in opened:
                return path[:position].rstrip(_ENDS_NO_PATH)
            opened.remove(_PAIRS[character])
    return path.rstrip(_ENDS_NO_PATH)


def _is_host(host: str, *, has_scheme: bool) -> bool:
    parts = host.split(".")
    if any(len(part) >= 64 or part.endswith("-") for part in parts):
        return False
    if len(parts) == 4 and all(re.fullmatch(r"\d{1,3}", part, re.ASCII) and int(part) <= 255 for part in parts):
        return True
    ending = parts[-1]
    if len(ending) < 2 or re.search(r"[_-]", ending) or "_" in parts[-2] or host.replace(".", "").isdigit():
        return False
    return has_scheme or (
        ending.lower() in TOP_LEVEL_DOMAINS and not (ending[0].isupper() and ending != ending.upper())
    )


_PATTERNS = (
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@])")),
    (
        "url",
        re.compile(
            r"\b(?:tg|ton|tonsite)://[a-z0-9_-]{1,253}(?:[/?#][^\s<>\"\u00ab\u00bb]*[^\s<>\"\u00ab\u00bb.:;,('?!`])?",
            re.IGNORECASE,
        ),
    ),
    ("mention", re.compile(r"(?<!\w)@(?:[A-Za-z0-9_]{4,32}|gif|vid|pic)(?!\w)")),
    ("hashtag", re.compile(r"(?<!\w)#(?=\w*[^\W\d_])\w{1,256}(?![\w#])")),
    ("cashtag", re.compile(r"(?<![\w$])\$(?:[A-Z]{1,8}|1INCH)(?![\w$])")),
)
_HIDES = CODE | {"text_link"}


def all_entities(text: str, own: Sequence[Entity] = ()) -> tuple[Entity, ...]:
    """The entities of a message, its own and those that Telegram detects in the text, in order of offset."""
    closed = [entity for entity in own if entity.type in _HIDES]
    entities = list(own)
    for entity in sorted(_detected(text), key=lambda entity: (entity.offset, -entity.length)):
        if all(entity.end <= other.offset or other.end <= entity.offset for other in closed):
            closed.append(entity)
            entities.append(entity)
    return tuple(sorted(entities, key=lambda entity: (entity.offset, -entity.length)))


def command_of(text: str, entities: Iterable[Entity]) -> str | None:
    """The command that a text begins with, with its slash and the bot it names, if any."""
    return next((e.of(text) for e in entities if e.type == "bot_command" and e.offset == 0), None)


def _detected(text: str) -> Iterator[Entity]:
    spans = [(kind, *match.span()) for kind, pattern in _PATTERNS for match in pattern.finditer(text)]
    for kind, start, end in (*spans, *_addresses(text)):
        yield Entity(kind, utf16(text[:start]), utf16(text[start:end]))
