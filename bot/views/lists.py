"""A remembered list of sentences → its pages: each sentence word for word, whose it is, under its article's source."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bot import strings
from bot.message import ROOM, Button, Message, Part, Quote, Run, bold, parts
from bot.translation import tr
from bot.views import answers, cards
from bot.views.cards import fact

if TYPE_CHECKING:
    from bot.state import Shown
    from bot.views.replies import Collection
    from retrieval import Article, Hit, Speaker

    Row = tuple[Button, ...]

PAGE = 6  # entries of a page
MOST = 90  # entries of a list: the number of a page has two digits
_ABOVE = 800  # code points that are left for what stands above the first page and below it


def title(kind: str, about: str, count: int) -> tuple[Part, ...]:
    """What the list is of, and how many sentences it has."""
    more = f" ({count})" if count <= MOST else f" ({MOST}/{count})"
    return parts(bold(tr(strings.LISTS[kind]).format(about=fact(about)) + more), "\n\n")


def page(shown: Shown, collection: Collection, key: str, number: int) -> Message | None:
    """A page of a remembered list, the first being 0; `None` where it has none or the collection has changed."""
    places = range(number * PAGE, min((number + 1) * PAGE, len(shown.places)))
    hits = [hit for place in places if (hit := answers.found_again(shown, collection, place))]
    if not hits or len(hits) < len(places):
        return None
    share = (ROOM - _ABOVE) // len(hits)
    entries = [_of_article(article, list(own), share) for article, own in groupby(hits, _article)]
    gaps = [part for entry in entries for part in (Run("\n\n"), *entry)]
    return Message(tuple(gaps[1:]), _turns(key, number, len(shown.places)))


def _article(hit: Hit) -> Article:
    return hit.passage.article


def _of_article(article: Article, hits: list[Hit], share: int) -> tuple[Part, ...]:
    """Sentences of one article, in `share` code points each, above its source."""
    source = cards.source(article)
    room = share - sum(map(cards.length, source)) // len(hits) - 2
    after = [*(hit.speaker for hit in hits[1:]), None]
    entries = [part for hit, other in zip(hits, after, strict=True) for part in _entry(hit, other, max(room, 80))]
    return parts(entries, source)


def _entry(hit: Hit, after: Speaker | None, room: int) -> tuple[Part, ...]:
    """A sentence, and whose words it is, unless the same one speaks just `after`."""
    whose = parts("— ", cards.named(hit.speaker), "\n") if hit.speaker and hit.speaker != after else ()
    text = hit.passage.article.text[slice(*hit.highlight)]
    left = room - sum(map(cards.length, whose)) - 3
    short = text if len(text) <= left else f"{text[:left].rpartition(' ')[0] or text[:left]}"
    return (Quote((Run(short), *([Run(" …")] if short != text else []))), Run("\n"), *whose)


def _turns(key: str, number: int, count: int) -> tuple[Row, ...]:
    pages = -(-count // PAGE)
    earlier = [Button(f"‹ {number}/{pages}", f"page:{key}:{number - 1}")] if number > 0 else []
    later = [Button(f"{number + 2}/{pages} ›", f"page:{key}:{number + 1}")] if number + 1 < pages else []
    return ((*earlier, *later),) if earlier or later else ()
