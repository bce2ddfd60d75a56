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
from retrieval.articles.candidate_features import Page
from retrieval.text import dialogue
from retrieval.types import FACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from retrieval.articles.layout import Line
    from retrieval.text.paragraphs import Paragraph
    from retrieval.types import Article

_ADDRESS = re.compile(r"https?://[^\s<>\"”’)\]]+[^\s<>\"”’)\].,;:!?]")
_WITHOUT_SCHEME = re.compile(r"(?<![\w@/.:-])(?:[\w-]+\.)+[a-z]{2,12}/[^\s<>\"”’)\],;]*[^\s<>\"”’)\].,;:!?/]")
_SOCIAL = re.compile(
    r"(?:^|\.)(?:twitter|x|facebook|fb|instagram|youtube|youtu|t|tiktok|linkedin|reddit|telegram|bit|tinyurl|pinterest|"
    r"whatsapp|threads|vimeo|google|goo|amazon|patreon|paypal|archive|flic|flickr|wa)\.\w+(?:\.\w+)?$"
)
_LONGEST = 400  # characters of a line that may state a fact
_OF_RIGHTS = {"rule call", "rule rights", "rule field"}  # lines that speak of where a text comes from
_OPENING = 3  # paragraphs before which an address is still the head's


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact, the line that states it, what kind of line that is, and how likely it is right (1 where a rule says so)."""

    value: str
    kind: str
    line: Paragraph
    chance: float = 1.0


def read(text: str) -> dict[str, str]:
    """The facts that a plain text (or Markdown without its front matter) states about itself, by the names of `Article`."""
    return {name: each.value for name, each in evidence(text).items()}


def title(text: str, shared_lines: Container[str]) -> Evidence | None:
    """The title that a text states beside the lines that its outlet's pages share."""
    return _scored("title", Page(layout.reading(text).without(shared_lines)))


def evidence(text: str) -> dict[str, Evidence]:
    """Each fact of a text with the place where it stands."""
    page = Page(layout.reading(text))
    lines = page.lines
    aside = [line for line in lines if _OF_RIGHTS.intersection(line.features)]
    url = _url(lines)
    facts = {
        "title": _field(lines, "title") or _scored("title", page),
        "publisher": _field(lines, "publisher")
        or _scored("publisher", page)
        or _first(outlets.of_call, "call to the reader", aside)
        or _host(url, page),
        "source": _source(aside, url, page),
        "distributor": _first(outlets.distributor, "line of rights", _around(lines)) or _wire(page),
        "author": _field(lines, "author") or _scored("author", page),
        "date": _scored("date", page),
        "url": url,
    }
    author, origins = facts["author"], [facts[name] for name in ("source", "distributor")]
    if author and (any(author.value in origin.value for origin in origins if origin) or _signs(text, author, lines)):
        facts["author"] = None
    return {name: fact for name, fact in facts.items() if fact}


def _signs(text: str, author: Evidence, lines: Sequence[Line]) -> bool:
    """Whether a name signs what the article quotes right above it."""
    above = [line.paragraph for line in lines if line.label == "body" and line.paragraph.end <= author.line.start]
    signed = dialogue.signature(text, above[-1].end) if above else None
    return signed is not None and author.value in text[slice(*signed)]


def _around(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines that are not the article's."""
    return (line for line in lines if line.label != "body")


def explained(article: Article) -> dict[str, Evidence | None]:
    """Where each fact of an article stands in its text; `None` for what only its front matter, record or tags state."""
    stated = {name: value for name in FACTS if (value := getattr(article, name))}
    known: dict[str, Evidence | None] = {**evidence(article.text)}
    named = known.get("title")
    if article.shared_lines and not (named and named.value == article.title):
        known["title"] = title(article.text, article.shared)
    return {name: each if (each := known.get(name)) and each.value == value else None for name, value in stated.items()}


def _scored(field: str, page: Page) -> Evidence | None:
    best = candidates.best(field, page)
    return Evidence(best[0], f"likeliest {field}", best[2].paragraph, best[1]) if best else None


def _first(rule: Callable[[str], str | None], kind: str, lines: Iterable[Line]) -> Evidence | None:
    stated = ((rule(line.paragraph.words), line.paragraph) for line in lines)
    return next((Evidence(value, kind, line) for value, line in stated if value), None)


def _host(url: Evidence | None, page: Page) -> Evidence | None:
    """The host of the address, by the name that a line beside the article has for it ("Coastline News" of coastlinenews.example)."""
    address = host(url.value) if url else None
    if not url or not address:
        return None
    for line in _around(page.lines):
        for name in candidates.names(line, page):
            if "." not in name and re.sub(r"\W", "", name.lower()) == address.split(".")[-2]:
                return Evidence(name, "name of the host", line.paragraph)
    return Evidence(address, "host of the address", url.line)


def host(url: str) -> str | None:
    """The host of an address without "www."; `None` where its scheme is missing."""
    return _hostname(url).removeprefix("www.") or None if "://" in url else None


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


def _source(aside: Sequence[Line], url: Evidence | None, page: Page) -> Evidence | None:
    """What a line "Source: …" names, else the agency in the dateline, else who holds the rights."""

    def named(words: str) -> str | None:
        field = headers.field(words)
        if not field or field[0] != "source" or (url and field[1] == url.value) or len(field[1].split()) > 8:
            return None
        return urlsplit(field[1]).netloc if full_address(field[1]) else outlets.tidy(field[1])

    first = _first(named, "field", aside) or _first(outlets.first_published, "line of rights", aside)
    return first or _agency(page) or _first(outlets.holder, "holder of the rights", aside)


def _agency(page: Page) -> Evidence | None:
    """The agency in the dateline where it is not the outlet itself, by its whole name where a line has that."""
    if not page.agency or page.own_agency or outlets.distributes(page.agency):
        return None
    for line in page.lines:
        for name in candidates.names(line, page) if line.label != "body" else ():
            if outlets.initials(name) == page.agency.lower():
                return Evidence(name, "agency of the dateline", line.paragraph)
    return _dateline(page)


def _wire(page: Page) -> Evidence | None:
    """A wire in the dateline that passes on press releases."""
    return _dateline(page) if page.agency and outlets.distributes(page.agency) else None


def _dateline(page: Page) -> Evidence:
    name = str(page.agency)
    ranked = sorted(page.lines, key=lambda line: line.label != "body")
    return Evidence(name, "dateline", next(line.paragraph for line in ranked if name in line.paragraph.words[:200]))


def _field(lines: Sequence[Line], kind: str) -> Evidence | None:
    """What a line "Key: value" of the head states outright."""
    head = itertools.takewhile(lambda line: line.label != "body", lines)
    stated = ((headers.field(line.paragraph.words), line.paragraph) for line in head)
    return next((Evidence(field[1], "field", line) for field, line in stated if field and field[0] == kind), None)


def _url(lines: Sequence[Line]) -> Evidence | None:
    """The first full address in a line that is not the article's, above its third paragraph or in a field.

    One without "https://" counts above the article, or where it is a line by itself.
    """
    body = 0
    for line in lines:
        words = line.paragraph.words
        body += line.label == "body"
        field = headers.field(words) if len(words) <= _LONGEST else None
        named = bool(field and field[0] in ("url", "source"))
        full = _ADDRESS.search(words) if named or body < _OPENING else None
        short = _WITHOUT_SCHEME.search(words[:_LONGEST])
        own = short and (named or not body or short[0] == words.rstrip("/"))
        address = full_address(full[0]) if full else short[0] if short and own else None
        if address and line.label != "body" and not _SOCIAL.search(_hostname(address)):
            return Evidence(address, "address", line.paragraph)
    return None


def _hostname(address: str) -> str:
    try:
        return urlsplit(address if "://" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
