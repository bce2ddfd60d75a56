"""A remembered list of sentences → its pages: each sentence word for word, whose it is, under its article's source."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

from bot import strings
from bot.message import ROOM, Button, Message, Part, Quote, Run, bold, italic, parts
from bot.state import AnswerRecord
from bot.translation import counted, tr
from bot.views import answers, cards
from bot.views.buttons import Row
from bot.views.cards import fact, in_sentence
from retrieval import Article, Hit, Index, Speaker

PAGE = 6  # entries of a page
MOST = 90  # entries of a list: the number of a page has two digits
_ABOVE = 800  # code points that are left for what stands above the first page and below it


def title(kind: str, about: str, count: int) -> tuple[Part, ...]:
    """What the list is of, and how many sentences it has; one without a topic is of the articles, each with a sentence."""
    of = in_sentence(fact(about)) or counted(strings.ARTICLES, count)
    more = f" ({MOST}/{count})" if count > MOST else f" ({count})" if about else ""
    return parts(bold(tr(strings.LISTS[kind]).format(about=of) + more), "\n\n")


def page(record: AnswerRecord, collection: Index, key: str, number: int) -> Message | None:
    """A page of a remembered list, the first being 0; `None` where it has none, or the collection has none of it left."""
    places = range(number * PAGE, min((number + 1) * PAGE, len(record.places)))
    hits = [hit for place in places if (hit := answers.remembered_hit(record, collection, place))]
    if not hits:
        return None
    share = (ROOM - _ABOVE) // len(hits)
    entries = [
        _article_entries(article, list(own), share) for article, own in groupby(hits, lambda hit: hit.passage.article)
    ]
    gaps = [part for entry in entries for part in (Run("\n\n"), *entry)]
    gone = len(places) - len(hits)
    above = parts(italic(counted(strings.GONE, gone)), "\n\n") if gone else ()
    return Message((*above, *gaps[1:]), _page_buttons(key, number, len(record.places)))


def _article_entries(article: Article, hits: list[Hit], share: int) -> tuple[Part, ...]:
    """Sentences of one article, in `share` code points each, above its source; a gap where the speaker changes.

    One name stands for several sentences only where each of them has one: no other is then taken for its speaker's.
    """
    source = cards.cut_line(cards.source(article), share // 3)
    room = share - sum(map(cards.length, source)) // len(hits) - 2
    known = all(hit.speaker for hit in hits)
    rows = [list(own) for _, own in groupby(hits, attrgetter("speaker"))] if known else [[hit] for hit in hits]
    gaps = [part for row in rows for part in (Run("\n"), *_speaker_entries(row[0].speaker, row, room))]
    return parts(gaps[1:], source)


def _speaker_entries(speaker: Speaker | None, hits: list[Hit], room: int) -> tuple[Part, ...]:
    """Sentences in a row, a line each, and whose words they are, where that is known."""
    whose = (*cards.cut_line(parts("— ", cards.named(speaker)), room // 3), Run("\n")) if speaker else ()
    left = room - sum(map(cards.length, whose)) - 4
    return (*(part for hit in hits for part in (Quote(cards.cut_sentence(hit.marked, left)), Run("\n"))), *whose)


def _page_buttons(key: str, number: int, count: int) -> tuple[Row, ...]:
    pages = -(-count // PAGE)
    earlier = [Button(f"‹ {number}/{pages}", f"page:{key}:{number - 1}")] if number > 0 else []
    later = [Button(f"{number + 2}/{pages} ›", f"page:{key}:{number + 1}")] if number + 1 < pages else []
    return ((*earlier, *later),) if earlier or later else ()
