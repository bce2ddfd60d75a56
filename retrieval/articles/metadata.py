"""What a text states about itself: title, publisher, source, distributor, author, date, address. Nothing is guessed.

Every value is a verbatim stretch of the text (the date as ISO 8601); what the text does not state is `None`. The layout
brings the lines that may state a fact, `candidates` scores what stands in them; a sentence of the article states none,
only a dateline does ("KYIV, March 3, 2022 (Reuters) –").
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from retrieval.articles import candidates, headers, layout, outlets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrieval.articles.layout import Line

_AGENCY = re.compile(r"[^\n(/]{3,70}[(/](?P<name>[A-Z][\w .&’'-]{1,40})[)/] ?[-–—]")
_ADDRESS = re.compile(r"https?://[^\s<>\"”’)\]]+[^\s<>\"”’)\].,;:!?]")
_SOCIAL = re.compile(
    r"(?:^|\.)(?:twitter|x|facebook|fb|instagram|youtube|youtu|t|tiktok|linkedin|reddit|telegram|bit|tinyurl|pinterest|"
    r"whatsapp|threads|vimeo|google|goo|amazon|patreon|paypal|archive|flic|flickr|wa)\.\w+(?:\.\w+)?$"
)
_LONGEST = 400  # characters of a line that may state a fact
_OF_RIGHTS = {"rule call", "rule rights", "rule field"}  # lines that speak of where a text comes from
_OPENING = 3  # paragraphs before which an address is still the head's


@dataclass(frozen=True, slots=True)
class Facts:
    """What one text states about itself."""

    title: str | None = None
    publisher: str | None = None
    source: str | None = None
    distributor: str | None = None
    author: str | None = None
    date: str | None = None
    url: str | None = None


def read(text: str) -> Facts:
    """The facts that a plain text (or Markdown without its front matter) states about itself."""
    lines = layout.read(text)
    aside = [line.paragraph.words for line in lines if _OF_RIGHTS.intersection(line.features)]
    url = _url(lines)
    called = map(outlets.of_call, aside)
    source = _source(lines, aside, url)
    distributor = _first(map(outlets.distributor, aside)) or _agency(lines, distributes=True)
    bylines = (headers.author(line.paragraph.words) for line in lines if line.label == "byline")
    author = _field(lines, "author") or _first(bylines) or candidates.best("author", lines)
    return Facts(
        title=_field(lines, "title") or candidates.best("title", lines),
        publisher=_first(called) or candidates.best("publisher", lines) or (host(url) if url else None),
        source=source,
        distributor=distributor,
        author=None if author and any(author in fact for fact in (source, distributor) if fact) else author,
        date=candidates.best("date", lines),
        url=url,
    )


def host(url: str) -> str | None:
    """The host of an address without "www."."""
    try:
        name = urlsplit(url).hostname or ""
    except ValueError:
        return None
    return name.removeprefix("www.") or None


def full_address(value: str) -> str | None:
    """The value itself when it is the full address of one page (a bare host is none)."""
    value = value.strip().strip("<>")
    try:
        parts = urlsplit(value)
        known = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        return None
    page = bool(parts.path.strip("/") or parts.query) and not any(map(str.isspace, value))
    return value if known and page else None


def _source(lines: Sequence[Line], aside: Sequence[str], url: str | None) -> str | None:
    fields = filter(None, map(headers.field, aside))
    told = (value for kind, value in fields if kind == "source" and value != url)
    named = (
        urlsplit(value).netloc if full_address(value) else outlets.tidy(value)
        for value in told
        if len(value.split()) <= 8
    )
    first = map(outlets.first_published, aside)
    return _first([*named, *first, *map(outlets.holder, aside)]) or _agency(lines, distributes=False)


def _field(lines: Sequence[Line], kind: str) -> str | None:
    """What a line "Key: value" of the head states outright."""
    head = itertools.takewhile(lambda line: line.label != "body", lines)
    stated = (headers.field(line.paragraph.words) for line in head)
    return next((field[1] for field in stated if field and field[0] == kind), None)


def _first(values: Iterable[str | None]) -> str | None:
    return next(filter(None, values), None)


def _agency(lines: Sequence[Line], *, distributes: bool) -> str | None:
    """The agency in the article's dateline; a press-release wire distributes, it is no origin."""
    openings = [line.paragraph.words[:200] for line in lines if line.label == "body"][:_OPENING]
    for found in filter(None, map(_AGENCY.match, openings)):
        if not any(map(str.isdigit, found["name"])) and outlets.distributes(found["name"]) == distributes:
            return found["name"]
    return None


def _url(lines: Sequence[Line]) -> str | None:
    """The first full address in a line that is not the article's, above its third paragraph or in a field."""
    body = 0
    for line in lines:
        words = line.paragraph.words
        body += line.label == "body"
        field = headers.field(words) if len(words) <= _LONGEST else None
        named = bool(field and field[0] in ("url", "source"))
        if line.label != "body" and (named or body < _OPENING) and (found := _ADDRESS.search(words)):
            address = full_address(found[0])
            if address and not _SOCIAL.search(urlsplit(address).hostname or ""):
                return address
    return None
