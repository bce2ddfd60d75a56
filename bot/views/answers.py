"""An `Answer` → its pages: the best passage in full, the next ones collapsed below it, further ones on the next page.

A page is made again from where its passages are, so that a press needs no search and outlives a restart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot import strings
from bot.message import LIMIT, ROOM, Message, Part, Run, cleaned, italic, parts
from bot.state import AnswerRecord
from bot.translation import counted, tr
from bot.views import buttons, cards, replies
from bot.views.buttons import Offers, Place, Press, Row, payload
from bot.views.quotes import ALERT, briefly, since_changed
from retrieval import CITATION_FORMATS, Answer, Article, Correction, Hit, Index, cite, paragraph_number, passage_id

PAGE = 3  # passages of a page
FURTHER = "further"  # the verdict of what is shown of an answer beyond its first page
K = 9  # passages of an answer


def record(answer: Answer) -> AnswerRecord:
    """The record by which an answer is remembered."""
    places = tuple((passage_id(hit.passage), *hit.highlight, *(hit.span or ())) for hit in answer.relevant)
    return AnswerRecord(answer.verdict, places, answer.question)


def first(
    answer: Answer,
    collection: Index,
    place: Place | None = None,
    *,
    asked: str | None = None,
    searched: str = strings.SEARCHED,
) -> Message:
    """The answer to a question, at most `LIMIT` code points; `asked` is shown above it where nobody wrote it.

    `searched` stands before what was asked of the articles in its place. Without a place it has no buttons that need the
    answer to be remembered.
    """
    above = replies.asked(asked) if asked else ()
    if answer.searched:
        above = parts(above, italic(tr(searched) + cards.fact(answer.searched)), "\n\n")
    remarks = replies.remarks(answer)
    if answer.verdict == "nothing":
        return replies.nothing(collection, above, remarks, replies.near(answer.question, collection))
    if remarks:
        above = parts(above, [tr(strings.RELATED), "\n"] if answer.verdict == "related" else [], remarks, "\n\n")
    elif answer.verdict == "related":
        above = parts(above, tr(strings.RELATED), "\n\n")
    hits = answer.relevant[:PAGE]
    return Message(_cards(above, hits, answers=answer.verdict == "answer"), buttons.under(hits[0], place))


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer that was given, in a collection as it is now; `key` is that of its buttons.

    Without `offers` it has no buttons that need the answer to be remembered. Pages and passages are counted from 0.
    """

    record: AnswerRecord
    collection: Index
    key: str = ""
    offers: Offers | None = None

    def page(self, number: int) -> Message | None:
        """One of its pages; `None` where it has none, or the collection knows none of it.

        Of passages whose article has another text since it says what became of them; others that are gone are counted.
        """
        hits = self._hits(number)
        changed = self.corrections(at for at in self._on_page(number) if at not in hits)
        since = since_changed(changed, ROOM // 2 if hits else ROOM)
        if not hits:
            return Message(since) if since else None
        gone = len(self._on_page(number)) - len(hits) - len(changed)
        above = parts(
            [*since, "\n\n"] if since else [],
            [tr(strings.RELATED), "\n\n"] if self.record.verdict == "related" else [],
            [italic(counted(strings.GONE, gone)), "\n\n"] if gone else [],
        )
        first = min(hits)
        text = _cards(above, list(hits.values()), answers=self.record.verdict == "answer" and first == 0)
        return Message(text, buttons.under(hits[first], self.place(number, first)))

    def around(self, passage: int, level: int) -> Message | None:
        """A passage amid its article; `None` as for `page`. Levels are counted from 1."""
        hit = self.hit(passage) if 0 < level <= len(cards.AROUND) else None
        if hit is None:
            since = since_changed(self.corrections([passage]))
            return Message(since) if since else None
        text, more = cards.around(hit, self.collection.body(hit.passage.article), level - 1)
        return Message(text, buttons.around(hit, self._place(passage // PAGE, passage), level, last=not more))

    def proof(self, passage: int) -> str | None:
        """Where a passage stands, in at most 200 characters; `None` as for `page`."""
        hit = self.hit(passage)
        if hit is None:
            return next(map(briefly, self.corrections([passage])), None)
        article = hit.passage.article
        stands = tr(strings.STANDS) + (f" {tr(strings.TO_CHECK)}" if buttons.check(hit) else "")
        number = paragraph_number(article, hit.highlight[0])
        file, room = article.file, ALERT - len(stands.format(file="", number=number))
        return stands.format(file=file if len(file) <= room else f"…{file[1 - room :]}", number=number)

    def outdated(self, number: int) -> str | None:
        """What became of a page of which nothing is left, in at most 200 characters; `None` where that is not known."""
        if self._hits(number):
            return None
        return next(map(briefly, self.corrections(self._on_page(number))), None)

    def keyboard(self, press: Press) -> tuple[Row, ...]:
        """The rows under a page, the usual ones or the others; none where `page` gives none."""
        hits = self._hits(press.number)
        if not hits:
            return ()
        rows = buttons.others if press.kind == "others" else buttons.under
        first = min(hits)
        return rows(hits[first], self._place(press.number, first))

    def cited(self, format_name: str, me: str | None) -> Message | None:
        """The citation of the first passage; `None` where the collection does not have it any more.

        A `format_name` that is unknown means the first of `CITATION_FORMATS`. `me` is the bot's name on Telegram, for the link.
        """
        hit = self.hit(0)
        if hit is None:
            return None
        format_ = next((name for name in CITATION_FORMATS if name == format_name.lower()), CITATION_FORMATS[0])
        text = cite(hit, format_)
        if len(cleaned(text)) > LIMIT - 400:
            return replies.say(strings.CITATION_TOO_LONG)
        others = ", ".join(f"/cite {name}" for name in CITATION_FORMATS if name != format_)
        link = parts(tr(strings.DEEP_LINK), "\n", Run(f"https://t.me/{me}?start={payload(hit)}", "code"), "\n\n")
        return Message(
            parts(Run(text, "code"), "\n\n", link if me else [], tr(strings.OTHER_FORMATS).format(formats=others))
        )

    def hit(self, passage: int) -> Hit | None:
        """One of its passages; `None` where it has none or the collection has changed."""
        if passage >= len(self.record.places):
            return None
        id_, start, end, *span = self.record.places[passage]
        try:
            return self.collection.hit(id_, (start, end), (span[0], span[1]) if span else None)
        except ValueError:
            return None

    @property
    def is_known(self) -> bool:
        """Whether the collection has one of its passages, or knows what became of one."""
        passages = range(len(self.record.places))
        return any(map(self.hit, passages)) or bool(self.corrections(passages))

    def corrections(self, passages: Iterable[int]) -> list[Correction]:
        """What became of those of its passages whose article has another text since."""
        places = (self.record.places[passage] for passage in passages if passage < len(self.record.places))
        return [each for id_, start, end, *_ in places if (each := self._correction(id_, (start, end)))]

    def _correction(self, id_: str, span: tuple[int, int]) -> Correction | None:
        try:
            return self.collection.correction(id_, span)
        except ValueError:  # no identifier: a bit of the state may have changed
            return None

    def place(self, number: int, first: int | None = None) -> Place | None:
        """The place of one of its pages, `None` without `offers`; `first` is its first passage that is still there."""
        return self._place(number, number * PAGE if first is None else first) if self.offers else None

    def _place(self, number: int, first: int) -> Place:
        return Place(self.key, number, -(-len(self.record.places) // PAGE), first, self.offers or Offers())

    def _hits(self, number: int) -> dict[int, Hit]:
        """The passages of a page that the collection still has, by their numbers in the answer."""
        hits = {passage: self.hit(passage) for passage in self._on_page(number)}
        return {passage: hit for passage, hit in hits.items() if hit}

    def _on_page(self, number: int) -> range:
        """The numbers of the passages of a page."""
        return range(number * PAGE, min((number + 1) * PAGE, len(self.record.places)))


def _cards(above: tuple[Part, ...], hits: Sequence[Hit], *, answers: bool) -> tuple[Part, ...]:
    """The passages, those of one article together under its source; the first one marked, the others folded."""
    articles: dict[Article, list[Hit]] = {}
    for hit in hits:
        articles.setdefault(hit.passage.article, []).append(hit)
    content, room = above, ROOM - sum(map(cards.length, above))
    for first, *others in articles.values():
        for at, hit in enumerate([first, *others]):
            best = hit is hits[0]
            gap = parts([] if best else "\n\n" if at != 1 else ["\n\n", tr(strings.SAME_ARTICLE), "\n"])
            left = room - sum(map(cards.length, gap))
            card = cards.card(hit, left, marked=answers and best, collapsed=not best, sourced=at == 0)
            if card is None:
                break
            content = (*content, *gap, *card)
            room = left - sum(map(cards.length, card))
    return content
