"""A message that wants a list → its pages: a speaker's statements, mentions of a term, who says what, a topic by date.

Each sentence stands word for word with its speaker, above its article's source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain, groupby
from operator import attrgetter

from bot import strings
from bot.exchange import Exchange, Reply
from bot.intents import LISTINGS, Listing, subject
from bot.message import ROOM, Message, Part, Quote, Run, bold, italic, parts
from bot.state import AnswerRecord
from bot.translation import counted, tr
from bot.views import answers, cards, replies
from bot.views.answers import FURTHER, GivenAnswer
from bot.views.buttons import Row, turn
from bot.views.cards import fact
from retrieval import Article, Hit, Passage, Speaker, Statement, asked_speaker, in_sentence, passage_id

_ABOUT = re.compile(
    r",?\s+(?:about|on|regarding|concerning|über|zu|zum|zur|sobre|acerca de|о|об|про|щодо)\s+", re.IGNORECASE
)
_AND = re.compile(
    r",\s*(?:and\s+)?|\s+(?:and|versus|vs\.?|against|with|und|gegen|y|contra|и|против|і|та|проти)\s+(?:the\s+)?"
)
_SAY_WHAT = re.compile(
    r"(?:and |but |so |then )?what (?:did|does|do|has|have|had) .{2,60} (?:say|said)(?: so far| exactly)?\W*",
    re.IGNORECASE,
)
_LONGEST = 3600  # characters of a list of names


def listing(exchange: Exchange) -> Reply | None:
    """The list that a message wants; `None` where it wants none, or the articles have nothing for it."""
    kind = exchange.intent
    if kind not in LISTINGS:
        return None
    about = subject(exchange.request.text, kind)
    return _LISTINGS[kind](exchange, about)


def statements_of(exchange: Exchange, name: str, about: str | None = None) -> Reply | None:
    """The list of a speaker's statements, all or about a topic; `None` where no statement is surely theirs."""
    spoken = exchange.collection.said_by(name, about)
    of = f"{spoken.name}: {about}" if about else spoken.name
    return _list(exchange, "statements", of, spoken.statements)


def everything_said(exchange: Exchange) -> Reply | None:
    """What one speaker says, to "What did X say?", which asks for all of it; `None` for any other message."""
    text = exchange.request.text
    asked = asked_speaker(text) if _SAY_WHAT.fullmatch(text) else None
    return statements_of(exchange, asked.name) if asked else None


def again(exchange: Exchange, about: str) -> Reply | None:
    """The followed list about another topic; `None` where no list is followed, or it would be empty."""
    kind = exchange.followed.record.verdict if exchange.followed else ""
    if kind not in LISTINGS:
        return None
    if kind != "statements":
        return _LISTINGS[kind](exchange, about)
    speaker = exchange.hit.speaker if exchange.hit else None
    return statements_of(exchange, " ".join(speaker.name.split()), about) if speaker else None


def next_page(exchange: Exchange) -> Reply | None:
    """The second page of the followed answer or list; `None` where there is none."""
    record = exchange.followed.record if exchange.followed else None
    is_list = record is not None and record.verdict in LISTINGS
    rest = record.places[PAGE if is_list else answers.PAGE :] if record else ()
    if record is None or not rest:
        return None
    further = replace(record, verdict=FURTHER if record.verdict == "answer" else record.verdict, places=rest)
    return _listed(exchange, further) if is_list else _passages(exchange, further)


def _statements(exchange: Exchange, about: str) -> Reply | None:
    """The statements of the speaker who is named, else of the followed answer's speaker."""
    who, *topic = _ABOUT.split(about, maxsplit=1)
    name = subject(who, "statements").removesuffix("'s").removesuffix("’s")
    if not name and exchange.hit and exchange.hit.speaker:
        name = " ".join(exchange.hit.speaker.name.split())
    return statements_of(exchange, name, topic[0] if topic else None) if name else None


def _mentions(exchange: Exchange, about: str) -> Reply | None:
    mentions = exchange.collection.mentions(about) if about else ()
    return _list(exchange, "mentions", about, [mention.statement for mention in mentions])


def _compare(exchange: Exchange, about: str) -> Reply | None:
    """Who says what about a topic; where nobody's statement is surely about it, the topic's timeline."""
    if not about:
        return None
    named, sides = _named_sides(exchange, about)
    if sides:
        return _list(exchange, "compare", named, sides)
    *_, about = _ABOUT.split(about)
    statements = chain.from_iterable(side.statements for side in exchange.collection.compare(about))
    return _list(exchange, "compare", about, statements) or _timeline(exchange, about)


def _named_sides(exchange: Exchange, about: str) -> tuple[str, list[Statement]]:
    """Several speakers ("A and B on tax"), and what each says, all or about a topic; nothing where one has no words."""
    before, _, _ = exchange.request.text.partition(about)
    who, *topic = _ABOUT.split(about, maxsplit=1)
    names = [name for name in _AND.split(subject(who, "compare")) if name]
    if len(names) < 2 or _ABOUT.search(before):
        return "", []
    sides = [exchange.collection.said_by(name, topic[0] if topic else None).statements for name in names]
    named = ": ".join([", ".join(names), *topic])
    return named, list(dict.fromkeys(chain.from_iterable(sides))) if all(sides) else []


def _speakers(exchange: Exchange, about: str) -> Reply | None:
    """Who speaks, and in how many sentences, the one with most of them first; about a topic, who says what."""
    if about:
        return _compare(exchange, about)
    counts = Counter(fact(each.speaker.name) for each in exchange.collection.statements if each.speaker)
    if not counts:
        return None
    names = [f"{name} ({count})" for name, count in counts.most_common(MOST)]
    left = len(counts) - len(names)
    named = tr(strings.AND_MORE).format(names="\n".join(names), count=left) if left else "\n".join(names)
    title = tr(strings.LISTS["speakers"]).format(about=f"{len(counts):,}")
    hint = tr(strings.ASK_SPEAKER).format(speaker=counts.most_common(1)[0][0])
    return Reply((Message(parts(bold(title), "\n\n", named[:_LONGEST], "\n\n", hint)),), verdict="speakers")


def _timeline(exchange: Exchange, about: str) -> Reply | None:
    return _list(exchange, "timeline", about, _dated(exchange, about))


def _latest(exchange: Exchange, about: str) -> Reply | None:
    """The timeline with the newest first; articles without a date stay last."""
    statements = _dated(exchange, about)
    dated = [statement for statement in statements if statement.article.date]
    return _list(exchange, "latest", about, [*reversed(dated), *statements[len(dated) :]])


def _dated(exchange: Exchange, about: str) -> Sequence[Statement]:
    """The sentences about a topic by date; without a topic the first sentence of each article."""
    if about:
        return exchange.collection.timeline(about)
    firsts: dict[str, Statement] = {}
    for statement in exchange.collection.statements:
        firsts.setdefault(statement.article.id, statement)
    return sorted(firsts.values(), key=lambda first: (first.article.date is None, first.article.date or ""))


def _list(exchange: Exchange, kind: Listing, about: str, statements: Iterable[Statement]) -> Reply | None:
    """The first page of a list; `None` for an empty one."""
    entries = list(statements)
    if not entries:
        return None
    places = tuple((passage_id(Passage(each.article, each.start, each.end)), each.start, each.end) for each in entries)
    record = AnswerRecord(kind, places[:MOST], exchange.request.text)
    asked = replies.asked(exchange.request.text) if exchange.request.offered else ()
    return _listed(exchange, record, parts(asked, title(kind, about, len(entries))))


def _listed(exchange: Exchange, record: AnswerRecord, above: tuple[Part, ...] = ()) -> Reply | None:
    """The first page of a list; how to see the next one, where no button turns to it."""
    key = exchange.memory.keep(record)
    first = page(GivenAnswer(record, exchange.collection, key), 0)
    if first is None:
        return None
    left = len(record.places) - PAGE
    hint = left > 0 and exchange.request.front_end.kind == "terminal"
    below = parts("\n\n", tr(strings.WRITE_MORE).format(count=left)) if hint else ()
    buttons = first.buttons if exchange.request.front_end.buttons else ()
    return Reply((Message(parts(above, first.parts, below), buttons),), key, record.verdict)


def _passages(exchange: Exchange, record: AnswerRecord) -> Reply | None:
    """Further passages of an answer."""
    key = exchange.memory.keep(record)
    offers = exchange.memory.offers if exchange.request.front_end.buttons else None
    shown = GivenAnswer(record, exchange.collection, key, offers).page(0)
    return Reply((shown,), key, record.verdict) if shown else None


_LISTINGS: dict[str, Callable[[Exchange, str], Reply | None]] = {
    "statements": _statements,
    "mentions": _mentions,
    "compare": _compare,
    "timeline": _timeline,
    "latest": _latest,
    "speakers": _speakers,
}


PAGE = 6  # entries of a page
MOST = 90  # entries of a list: the number of a page has two digits
_ABOVE = 800  # code points that are left for what stands above the first page and below it


def title(kind: str, about: str, count: int) -> tuple[Part, ...]:
    """What the list is of, and how many sentences it has; one without a topic is of the articles, each with a sentence."""
    of = in_sentence(fact(about)) or counted(strings.ARTICLES, count)
    more = f" ({MOST}/{count})" if count > MOST else f" ({count})" if about else ""
    return parts(bold(tr(strings.LISTS[kind]).format(about=of) + more), "\n\n")


def page(answer: GivenAnswer, number: int) -> Message | None:
    """A page of a list that was given, the first being 0; `None` where it has none, or the collection has none of it left."""
    count = len(answer.record.places)
    places = range(number * PAGE, min((number + 1) * PAGE, count))
    hits = [hit for hit in map(answer.hit, places) if hit]
    if not hits:
        return None
    share = (ROOM - _ABOVE) // len(hits)
    entries = [
        _article_entries(article, list(own), share) for article, own in groupby(hits, lambda hit: hit.passage.article)
    ]
    gaps = [part for entry in entries for part in (Run("\n\n"), *entry)]
    gone = len(places) - len(hits)
    above = parts(italic(counted(strings.GONE, gone)), "\n\n") if gone else ()
    return Message((*above, *gaps[1:]), _page_buttons(answer.key, number, count))


def _article_entries(article: Article, hits: list[Hit], share: int) -> tuple[Part, ...]:
    """Sentences of one article, in `share` code points each, above its source; a gap where the speaker changes.

    One name stands for several sentences only where each of them has one: no other is then taken for its speaker's.
    """
    source = cards.cut_line(cards.source(article), share // 3)
    room = share - sum(map(cards.length, source)) // len(hits) - 2
    all_have_one = all(hit.speaker for hit in hits)
    rows = [list(own) for _, own in groupby(hits, attrgetter("speaker"))] if all_have_one else [[hit] for hit in hits]
    gaps = [part for row in rows for part in (Run("\n"), *_speaker_entries(row[0].speaker, row, room))]
    return parts(gaps[1:], source)


def _speaker_entries(speaker: Speaker | None, hits: list[Hit], room: int) -> tuple[Part, ...]:
    """Sentences in a row, a line each, and whose words they are, where that is known."""
    whose = (*cards.cut_line(parts("— ", cards.named(speaker)), room // 3), Run("\n")) if speaker else ()
    left = room - sum(map(cards.length, whose)) - 4
    return (*(part for hit in hits for part in (Quote(cards.cut_sentence(hit.marked, left)), Run("\n"))), *whose)


def _page_buttons(key: str, number: int, count: int) -> tuple[Row, ...]:
    pages = -(-count // PAGE)
    row = turn(f"page:{key}", number, pages, f"‹ {number}/{pages}", f"{number + 2}/{pages} ›")
    return (row,) if row else ()
