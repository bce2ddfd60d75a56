"""An article's address → a link that may be shown; a passage and its sentence ↔ the payload of a link to this bot.

A safe address is `http` or `https`, with a host in ASCII, nobody's name or password before it, and no control characters. The
text of a link is its host, so that nobody is led elsewhere than they read. A payload of a deep link or an inline query has at most 64
letters, digits, `_` and `-`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote, urlsplit

from bot.message import Run
from retrieval import Hit, parse_passage_id, passage_id

T = TypeVar("T")

_LONGEST = 2048
_KEPT = "%/:?#[]@!$&'()*+,;=~"  # RFC 3986 reserved characters, and what is encoded already


def address(url: str) -> Run:
    """A link whose text is its host, or the address as code where it is no safe link."""
    target = _safe(url)
    if target is None:
        return Run(url, "code")  # the one style in which Telegram makes no link of it
    return Run(urlsplit(target).netloc.removeprefix("www."), "link", target)


def _safe(url: str) -> str | None:
    """The address in ASCII, untouched where it is ASCII already; `None` where it must not be a link."""
    if any(character <= " " or character in '\\<>"' or 0x7F <= ord(character) < 0xA0 for character in url):
        return None
    try:
        target = _ascii(url)
        sections = urlsplit(target)
        sections.port  # noqa: B018 - a port that is no number raises here
    except (ValueError, UnicodeError):
        return None
    allowed = sections.scheme in {"http", "https"} and sections.hostname and "@" not in sections.netloc
    return target if allowed and len(target) <= _LONGEST else None


def _ascii(url: str) -> str:
    if url.isascii():
        return url
    sections = urlsplit(url)
    host = sections.netloc.encode("idna").decode("ascii")
    rest = url.partition("://")[2][len(sections.netloc) :]
    return f"{sections.scheme}://{host}{quote(rest, safe=_KEPT)}"


_PAYLOAD = re.compile(r"p([0-9a-f]{16})_(\d{1,9})-(\d{1,9})_(\d{1,9})-(\d{1,9})")


def payload(hit: Hit) -> str:
    """What stands for the hit in a link."""
    sha256, first, last = parse_passage_id(passage_id(hit.passage))
    start, end = hit.highlight
    return f"p{sha256}_{first}-{last}_{start}-{end}"


def linked(payload: str, find: Callable[[str, tuple[int, int]], T]) -> T | None:
    """What `find` (such as `Index.hit`) has for a payload; `None` where it is none, or `find` raises `ValueError`."""
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        return None
    sha256, *numbers = match.groups()
    first, last, start, end = map(int, numbers)
    try:
        return find(f"{sha256}:{first}-{last}", (start, end))
    except ValueError:
        return None
