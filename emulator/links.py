"""Links of a text: those Telegram takes behind words or a button, and what it makes clickable by itself.

The rules were found by asking Telegram's own library address by address; `tests/emulator/test_oracle.py` asks again.
An address in running text is found by its dot: from there it grows in both directions as far as its characters allow,
takes a port, a path, a user and a scheme with it, and counts only where its ending is a top-level domain, or where it
has a scheme. Nothing is found inside code or a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from ipaddress import IPv6Address, ip_address

from emulator.records import Entity, cleaned, utf16

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
    return f"{scheme}://{user}{host}{port}{_query(query)}"


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


def _query(query: str) -> str:
    rooted = query if query.startswith("/") else f"/{query}"
    return re.sub(r"[\x00-\x20]", lambda match: f"%{ord(match[0]):02X}", rooted.rstrip(_WHITE))


_LISTED = resources.files("emulator").joinpath("top_level_domains.txt").read_text("utf-8").splitlines()
TOP_LEVEL_DOMAINS = frozenset(domain for line in _LISTED if not line.startswith("#") for domain in line.split())

Span = tuple[int, int]
# Letters of addresses beyond ASCII: no white space, no general punctuation but joiners and dashes.
_LETTERS = "\u00c0-\u167f\u1681-\u1fff\u200c\u200d\u2010-\u2015\u2070-\u2fff\u3001-\U0010ffff"
_SIGNS = f"!-\x84\x86-\x9f\u00a1-\u00bf{_LETTERS}"
_HOST = re.compile(f"[A-Za-z0-9._~{_LETTERS}-]*")
_HOST_OR_USER = re.compile(f"[A-Za-z0-9._~@{_LETTERS}-]*")
_USER = re.compile(f"(?:(?![/\\[\\]{{}}()'`<>\"@\u00ab\u00bb])[{_SIGNS}])*")
_PATH = re.compile(f'(?:(?![<>"\u00ab\u00bb])[{_SIGNS}])*')
_ENDS_NO_PATH = ".:;,('?!`"
_SCHEMES = {"http": 7, "https": 8, "ftp": 6}
_MAIL = re.compile(
    r"([a-z0-9_-]{0,26}[.+]){0,10}[a-z0-9_-]{1,35}@(([a-z0-9][a-z0-9_-]{0,28})?[a-z0-9]\.){1,6}[a-z]{2,8}",
    re.IGNORECASE | re.ASCII,
)
_PAIRS = {")": "(", "]": "[", "}": "{"}


def find_addresses(text: str) -> Iterator[tuple[str, Span]]:
    """`"url"` or `"email"` and its span in code points, from left to right."""
    begin = 0
    while 0 <= (dot := text.find(".", begin)) < len(text) - 1:
        if text[dot + 1] in " .":  # no address goes on here
            begin = dot + 1
            continue
        span, begin = _grown(text, begin, dot)
        if span and (address := _as_address(text, *span)):
            yield address


def _grown(text: str, begin: int, dot: int) -> tuple[Span | None, int]:
    """The candidate around a dot, not reaching back before `begin`, and where to look on."""
    end = _end(_HOST_OR_USER, text, dot)
    start = _start(_USER if "@" in text[dot:end] else _HOST, text, begin, dot)
    while end > dot + 1 and text[end - 1] == ".":
        end -= 1
    end = _path_end(text, _port_end(text, end))
    start, is_bad = _whole_start(text, begin, start)
    return (None if is_bad or end <= dot + 1 else (start, end)), max(end, dot + 1)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where the characters of a pattern, which may be none, end."""
    match = pattern.match(text, start)
    return match.end() if match else start


def _start(pattern: re.Pattern[str], text: str, begin: int, end: int) -> int:
    """Where the characters of a pattern before `end` begin, at `begin` at the earliest."""
    return end - _end(pattern, text[begin:end][::-1], 0)


def _port_end(text: str, end: int) -> int:
    port = re.compile(r":(\d+)").match(text, end)
    return port.end() if port and 0 < int(port[1][:9]) <= 65535 else end


def _path_end(text: str, end: int) -> int:
    if end >= len(text) or text[end] not in "/?#":
        return end
    path = end + 1 + len(text[end + 1 : _end(_PATH, text, end + 1)].rstrip(_ENDS_NO_PATH))
    return path if text[end] == "/" or path > end + 1 else end


def _whole_start(text: str, begin: int, start: int) -> tuple[int, bool]:
    """With the user and the scheme before it; and whether what stands before spoils it."""
    if start > begin and text[start - 1] == "@":
        user = _start(_USER, text, begin, start - 1)
        if user == start - 1:
            return start, True
        start = user
    before = text[begin:start]
    if len(before) >= 6 and before.endswith("://"):
        scheme = re.search(r"[a-zA-Z0-9+-]*$", before[:-3], re.ASCII)
        return _with_scheme(start, scheme[0].lower() if scheme else "")
    return start, bool(before) and (before[-1] in "/#@" or before[-1].isalnum() or before[-1] == "_")


def _with_scheme(start: int, scheme: str) -> tuple[int, bool]:
    for name, length in _SCHEMES.items():
        if scheme.endswith(name) and scheme not in {"shttp", "tftp", "sftp"}:
            return start - length, False
    return start, True


def _as_address(text: str, start: int, end: int) -> tuple[str, Span] | None:
    if text[start:end].lower().startswith("mailto:"):
        start += len("mailto:")
    address = text[start:end]
    if _MAIL.fullmatch(address):
        return "email", (start, end)
    url = _as_url(address)
    return ("url", (start, start + len(url))) if url else None


def _as_url(address: str) -> str:
    """The address without what closes a bracket outside it; empty where its host is no host name."""
    scheme = re.match(r"(?:https?|ftp)://", address, re.IGNORECASE)
    rest = address[scheme.end() :] if scheme else address
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    path = _balanced(rest[len(host) :])
    url = address[: len(address) - len(rest) + len(host) + len(path)]
    return url if _is_host(re.sub(r":\d*$", "", host.partition("@")[2] or host), has_scheme=bool(scheme)) else ""


def _balanced(path: str) -> str:
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
    if len(parts) < 2 or any(not part or len(part) >= 64 or part.endswith("-") for part in parts):
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
_HIDES = frozenset({"code", "pre", "text_link"})


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
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield _at(kind, text, *match.span())
    for kind, span in find_addresses(text):
        yield _at(kind, text, *span)


def _at(kind: str, text: str, start: int, end: int) -> Entity:
    return Entity(kind, utf16(text[:start]), utf16(text[start:end]))
