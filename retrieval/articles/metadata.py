"""What a text states about itself: title, publisher, source, distributor, author, date, address. Nothing is guessed.

Every value is a verbatim stretch of the text (the date as ISO 8601); what the text does not state is `None`. Facts
stand in the head of a page, in its foot, or in a line of furniture. A sentence of the article states none of them,
whatever names, dates and addresses it holds; only a dateline does ("KYIV, March 3, 2022 (Reuters) –").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from retrieval.articles import boilerplate, dates, headers, outlets
from retrieval.articles.line_classification import ends

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.articles.boilerplate import Mark

_MONTH_DAY = r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8})(?:,? \d{4})?"
_DATELINE = re.compile(
    r"(?P<place>[A-ZÀ-Þ][\w.'’À-ÿ -]{1,40}(?:, [\w. ]{2,30}){0,2}),? ?"
    rf"(?P<day>{_MONTH_DAY})?,? ?[(/](?P<name>[A-Z][\w .&’'-]{{1,40}})[)/] ?[-–—]"
)
_PLACE = re.compile(r"[A-ZÀ-Þ][A-ZÀ-Þ.'’ -]{2,40}(?:, [\w. ]{2,30}){0,2}(?:, | \(|, ?\()?")
_BEHIND_DAY = re.compile(r"\s?[)/(–—-]|,? \(|\s--")
_UPDATED = re.compile(r"\W*(?:last )?(?:updated|modified|edited)", re.IGNORECASE)
_PUBLISHED = re.compile(r"\b(?:published|posted|publication|veröffentlicht|publicado|publié)\b", re.IGNORECASE)
_SOCIAL = re.compile(
    r"(?:^|\.)(?:twitter|x|facebook|fb|instagram|youtube|youtu|t|tiktok|linkedin|reddit|telegram|bit|tinyurl|pinterest|"
    r"whatsapp|threads|vimeo|google|goo|amazon|patreon|paypal|archive|flic|flickr|wa)\.\w+(?:\.\w+)?$"
)
_SUFFIX = re.compile(r" (?:\||[-–—:»]) (?P<name>[^|]{2,40})$")
_OPENING = 3  # paragraphs before which a byline, a date or an address is still the head's


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


@dataclass(frozen=True, slots=True)
class _Parts:
    """A text's furniture, by where a fact may stand, and the beginning of the article."""

    head: Sequence[Mark]
    foot: Sequence[Mark]
    aside: Sequence[Mark]  # all of it
    opening: Sequence[str]


def read(text: str) -> Facts:
    """The facts that a plain text (or Markdown without its front matter) states about itself."""
    parts = _parts(boilerplate.mark(text))
    url = _url(parts)
    title, named = _title(parts)
    return Facts(
        title=title,
        publisher=_publisher(parts) or named or (host(url) if url else None),
        source=_source(parts),
        distributor=_distributor(parts),
        author=_author(parts),
        date=_date(parts),
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


def _parts(marks: Sequence[Mark]) -> _Parts:
    content = [at for at, one in enumerate(marks) if one.kind is None and ends(one.paragraph.words)] or [len(marks)]
    aside = [(at, one) for at, one in enumerate(marks) if one.kind is not None]
    first = content[min(_OPENING, len(content)) - 1]
    return _Parts(
        head=[one for at, one in aside if at < first],
        foot=[one for at, one in aside if at > content[-1]],
        aside=[one for _, one in aside],
        opening=[marks[at].paragraph.words[:400] for at in content[:_OPENING] if at < len(marks)],
    )


def _fields(marks: Sequence[Mark], kind: str) -> Iterator[str]:
    for one in marks:
        told = headers.field(one.paragraph.words) if one.kind == "field" else None
        if told and told[0] == kind:
            yield told[1]


def _lines(marks: Sequence[Mark], *kinds: str) -> Iterator[str]:
    return (one.paragraph.words for one in marks if one.kind in kinds)


def _title(parts: _Parts) -> tuple[str | None, str | None]:
    """The title, and the outlet that stands behind it ("Title | The Daily Gazette")."""
    title = next(_fields(parts.head, "title"), None) or next(_lines(parts.aside, "title"), None)
    behind = _SUFFIX.search(title) if title else None
    if title and behind and outlets.is_outlet(behind["name"]):
        return title[: behind.start()], behind["name"]
    return title, None


def _publisher(parts: _Parts) -> str | None:
    told = next(_fields([*parts.head, *parts.foot], "publisher"), None)
    if told:
        return host(told) if full_address(told) else outlets.tidy(told)
    mastheads = (one.paragraph.words for one in parts.head if one.kind not in ("title", "field", "byline"))
    named = next(filter(outlets.is_outlet, mastheads), None)
    return named or next((name for words in _lines(parts.aside, "call") if (name := outlets.of_call(words))), None)


def _source(parts: _Parts) -> str | None:
    for told in _fields([*parts.foot, *(one for one in parts.head if not _holds_address(one))], "source"):
        if full_address(told):
            return urlsplit(told).netloc
        if len(told.split()) <= 8:
            return outlets.tidy(told)
    first = map(outlets.first_published, _lines(parts.aside, "call", "rights", "field"))
    holders = map(outlets.holder, _lines(parts.aside, "rights"))
    return next(filter(None, [*first, *holders]), None) or _agency(parts, distributes=False)


def _holds_address(one: Mark) -> bool:
    """In the head, "Source: https://…" is where the article itself stands."""
    told = headers.field(one.paragraph.words)
    return bool(told and full_address(told[1]))


def _agency(parts: _Parts, *, distributes: bool) -> str | None:
    """The agency in the article's dateline; a press-release wire distributes, it is no origin."""
    for opening in parts.opening:
        found = _DATELINE.match(opening)
        if found and not any(map(str.isdigit, found["name"])) and outlets.distributes(found["name"]) == distributes:
            return found["name"]
    return None


def _distributor(parts: _Parts) -> str | None:
    named = filter(None, map(outlets.distributor, _lines(parts.aside, "rights", "call", "field")))
    return next(named, None) or _agency(parts, distributes=True)


def _author(parts: _Parts) -> str | None:
    told = next(_fields(parts.head, "author"), None)
    bylines = (headers.author(words) or headers.inner_author(words) for words in _lines(parts.head, "byline", "date"))
    reporters = (headers.reporter(one.paragraph.words) for one in parts.foot)
    signed = map(headers.author, _lines(parts.foot, "byline"))
    return told or next(filter(None, [*bylines, *reporters, *signed]), None)


def _date(parts: _Parts) -> str | None:
    """The first day that is stated as the day of publication: in a field, in the head, in the foot, in the dateline."""
    fields = (told[:80] for told in _fields([*parts.head, *parts.foot], "date"))
    head = (words for words in _lines(parts.head, "date", "byline") if _is_day_of_publication(words))
    foot = (words for words in _lines(parts.foot, "date") if _PUBLISHED.search(words))
    for words in (*fields, *head, *foot):
        said = _PUBLISHED.search(words)
        found = dates.find(words[said.end() :] if said else words) or dates.find(words)
        if found:
            return found[0]
    return next(filter(None, map(_day_in_dateline, parts.opening)), None)


def _is_day_of_publication(words: str) -> bool:
    return not _UPDATED.match(words) or bool(_PUBLISHED.search(words))


def _day_in_dateline(opening: str) -> str | None:
    place = _PLACE.match(opening)
    hit = dates.find(opening[: place.end() + 30]) if place else None
    if place and hit and hit[1][0] <= place.end() + 2 and _BEHIND_DAY.match(opening, hit[1][1]):
        return hit[0]
    return None


def _url(parts: _Parts) -> str | None:
    stated = [*_fields([*parts.head, *parts.foot], "url"), *_fields(parts.head, "source")]
    alone = (words for words in _lines(parts.head, "address") if not _is_social(words))
    return next(filter(None, map(full_address, [*stated, *alone])), None)


def _is_social(address: str) -> bool:
    found = full_address(address)
    return bool(found and _SOCIAL.search(urlsplit(found).hostname or ""))
