"""The buttons under an answer and what a press of one asks for; links that may be shown, and links to this bot.

A button's data is `kind:key:number…` of at most 64 bytes, where the key is that of a remembered answer: clients can
forge it, so nothing in it is trusted before the answer is looked up. A link to this bot has a payload of at most 64
letters, digits, `_` and `-`, which stands for a passage and its sentence.

A safe address is `http` or `https`, with a host in ASCII, no name or password before it, and no control characters. The
text of a link is its host, so that it leads nowhere else than it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar
from urllib.parse import quote, urlsplit

from bot import strings
from bot.message import COPIED, Button, Run
from bot.translation import tr
from retrieval import Hit, check_command, cite, parse_passage_id, passage_id, text_fragment

T = TypeVar("T")
Row = tuple[Button, ...]
Kind = Literal["page", "more", "others", "usual", "proof", "up", "down"]

_LONGEST_URL = 2048
_DATA = re.compile(r"(page|more|others|usual|proof|up|down):([A-Za-z0-9_-]{11}):(\d{1,2})(?::(\d))?")


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
    if place is None:
        return tuple(filter(None, [(*_open(hit), *_copy(hit))]))
    context = Button(tr(strings.CONTEXT), _data("more", place.key, place.passage, 1))
    turning = turn(f"page:{place.key}", place.page, place.pages, tr(strings.EARLIER), tr(strings.LATER))
    others = Button(tr(strings.OTHERS), _data("others", place.key, place.page))
    return (*filter(None, [_open(hit)]), (context, *turning, others))


def others(hit: Hit, place: Place) -> tuple[Row, ...]:
    """The rows that take the place of the usual ones: cite, share, prove, vote, and back."""
    share = [Button(tr(strings.SHARE), share=payload(hit))] if place.offers.share else []
    votes = [Button("👍", _data("up", place.key, place.page)), Button("👎", _data("down", place.key, place.page))]
    rows = (
        (*_copy(hit), *share),
        (Button(tr(strings.PROOF), _data("proof", place.key, place.passage)), *check(hit)),
        (*(votes if place.offers.votes else []), Button(tr(strings.FEWER), _data("usual", place.key, place.page))),
    )
    return tuple(filter(None, rows))


def check(hit: Hit) -> Row:
    """Copy the command that shows the passage in its file, to be run in the folder of articles, where there is one."""
    command = check_command(hit.passage, hit.passage.article.file)
    return (Button(tr(strings.CHECK), copy=command),) if command and len(command) <= COPIED else ()


def around(hit: Hit, place: Place, level: int, *, last: bool) -> tuple[Row, ...]:
    """The rows under a passage amid its article: more of it unless this is the `last` step, and back."""
    wider = [] if last else [Button(tr(strings.CONTEXT), _data("more", place.key, place.passage, level + 1))]
    back = Button(tr(strings.BACK), _data("page", place.key, place.page))
    return tuple(filter(None, (_open(hit), (*wider, back))))


def turn(data: str, number: int, count: int, earlier: str, later: str) -> Row:
    """The buttons to the pages before and after one of `count` pages, where there are such; the first is 0."""
    before = (Button(earlier, f"{data}:{number - 1}"),) if number > 0 else ()
    after = (Button(later, f"{data}:{number + 1}"),) if number + 1 < count else ()
    return (*before, *after)


def pressed(data: str) -> Press | None:
    """What a press asks for; `None` for data that no button of an answer has."""
    match = _DATA.fullmatch(data)
    return Press(match[1], match[2], int(match[3]), int(match[4] or 0)) if match else None  # type: ignore[arg-type]


def _open(hit: Hit) -> Row:
    """Open the article's page at the sentence, where it has one."""
    article = hit.passage.article
    link = address(article.url or "").href
    target = text_fragment(article.text, *hit.highlight, link) if link else ""
    return (Button(tr(strings.OPEN), url=target),) if target and len(target) <= _LONGEST_URL else ()


def _copy(hit: Hit) -> Row:
    cited = cite(hit, "plain")
    return (Button(tr(strings.COPY), copy=cited),) if len(cited) <= COPIED else ()


def _data(kind: Kind, key: str, *numbers: int) -> str:
    return ":".join([kind, key, *map(str, numbers)])


_UNQUOTED = "%/:?#[]@!$&'()*+,;=~"  # RFC 3986 reserved characters, and what is encoded already


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
    return target if allowed and len(target) <= _LONGEST_URL else None


def _ascii(url: str) -> str:
    if url.isascii():
        return url
    sections = urlsplit(url)
    host = sections.netloc.encode("idna").decode("ascii")
    rest = url.partition("://")[2][len(sections.netloc) :]
    return f"{sections.scheme}://{host}{quote(rest, safe=_UNQUOTED)}"


_PAYLOAD = re.compile(r"p([0-9a-f]{16})_(\d{1,9})-(\d{1,9})_(\d{1,9})-(\d{1,9})")


def payload(hit: Hit) -> str:
    """What stands for the hit in a link."""
    sha256, first, last = parse_passage_id(passage_id(hit.passage))
    start, end = hit.highlight
    return f"p{sha256}_{first}-{last}_{start}-{end}"


def linked(payload: str, find: Callable[[str, tuple[int, int]], T]) -> T | None:
    """What `find` (such as `Index.hit`) has for a payload; `None` where it is no identifier, or `find` raises `ValueError`."""
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        return None
    sha256, *numbers = match.groups()
    first, last, start, end = map(int, numbers)
    try:
        return find(f"{sha256}:{first}-{last}", (start, end))
    except ValueError:
        return None
