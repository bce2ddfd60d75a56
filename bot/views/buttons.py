"""The buttons under an answer, and what a press of one asks for.

A button's data is `kind:key:number…` of at most 64 bytes, where the key is that of a remembered answer: clients can
forge it, so nothing in it is trusted before the answer is looked up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot import strings
from bot.message import COPIED, Button
from bot.translation import tr
from bot.views.deeplinks import payload
from bot.views.links import address
from retrieval import cite, text_fragment

if TYPE_CHECKING:
    from retrieval import Hit

    Row = tuple[Button, ...]

Kind = Literal["page", "more", "proof", "up", "down"]

_LONGEST_URL = 2048
_DATA = re.compile(r"(page|more|proof|up|down):([A-Za-z0-9_-]{11}):(\d{1,2})(?::(\d))?")


@dataclass(frozen=True, slots=True)
class Press:
    """What a button asks for: of which answer, which page or passage, how much context."""

    kind: Kind
    key: str
    number: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Offers:
    """What a bot offers under its answers: are votes taken, can a passage be shared (that needs inline mode)?"""

    votes: bool = True
    share: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands among those of its answer: its page of how many, its first passage; what is offered."""

    key: str
    page: int
    pages: int
    passage: int
    offers: Offers


def under(hit: Hit, place: Place | None) -> tuple[Row, ...]:
    """The rows under an answer whose first passage is `hit`; without a place only what needs no memory."""
    rows = [(*_links(hit), *_share(hit, place))]
    if place:
        more = [Button(tr(strings.CONTEXT), _data("more", place.key, place.passage, 1))]
        earlier = [_turn("‹ {page}/{pages}", place, place.page - 1)] if place.page > 0 else []
        later = [_turn("{page}/{pages} ›", place, place.page + 1)] if place.page + 1 < place.pages else []
        votes = [Button("👍", _data("up", place.key, place.page)), Button("👎", _data("down", place.key, place.page))]
        proof = Button(tr(strings.PROOF), _data("proof", place.key, place.passage))
        rows += [(*more, *earlier, *later), (*(votes if place.offers.votes else []), proof)]
    return tuple(filter(None, rows))


def around(hit: Hit, place: Place, level: int, *, last: bool) -> tuple[Row, ...]:
    """The rows under a passage amid its article: more of it unless this is the `last` step, and back."""
    wider = [] if last else [Button(tr(strings.CONTEXT), _data("more", place.key, place.passage, level + 1))]
    back = Button(tr(strings.BACK), _data("page", place.key, place.page))
    return tuple(filter(None, (_links(hit), (*wider, back))))


def pressed(data: str) -> Press | None:
    """What a press asks for; `None` for data that no button of an answer has."""
    match = _DATA.fullmatch(data)
    return Press(match[1], match[2], int(match[3]), int(match[4] or 0)) if match else None  # type: ignore[arg-type]


def _links(hit: Hit) -> Row:
    """Open the page at the sentence, copy the citation: what of these is possible."""
    start, end = hit.highlight
    article = hit.passage.article
    link = address(article.url or "").href
    target = text_fragment(article.text, start, end, link) if link else ""
    cited = cite(hit, "plain")
    return (
        *([Button(tr(strings.OPEN), url=target)] if target and len(target) <= _LONGEST_URL else []),
        *([Button(tr(strings.COPY), copy=cited)] if len(cited) <= COPIED else []),
    )


def _share(hit: Hit, place: Place | None) -> Row:
    """Send the passage to another chat."""
    return (Button(tr(strings.SHARE), share=payload(hit)),) if place and place.offers.share else ()


def _turn(label: str, place: Place, page: int) -> Button:
    return Button(label.format(page=page + 1, pages=place.pages), _data("page", place.key, page))


def _data(kind: Kind, key: str, *numbers: int) -> str:
    return ":".join([kind, key, *map(str, numbers)])
