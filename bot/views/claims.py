"""A text that somebody forwards → each of its claims that the articles speak to, with the passage that does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import strings
from bot.message import ROOM, Message, Part, italic, parts
from bot.translation import tr
from bot.views import buttons, cards, replies
from bot.views.cards import fact
from retrieval import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.views.replies import Collection
    from retrieval import Hit

_FEWEST = 4  # words of a claim
_ASKED = 12  # claims of one text that are looked up
_CARDS = 5  # of them shown


def claims(text: str) -> list[str]:
    """The sentences of a text that may claim or ask something, the first dozen."""
    found = (" ".join(text[start:end].split()) for start, end in split_sentences(text))
    return [claim for claim in found if len(claim.split()) >= _FEWEST][:_ASKED]


def answer(text: str, collection: Collection) -> Message:
    """Every claim that an article answers, above its passage; that none is, where none is. Searches: slow."""
    answered = [(claim, hit) for claim in claims(text) if (hit := _answer(claim, collection))][:_CARDS]
    if not answered:
        return replies.nothing(collection)
    whole = parts(tr(strings.CLAIMS), "\n\n")
    room = ROOM - sum(map(cards.length, whole))
    for part in _told(answered, room):
        whole = (*whole, *part)
    return Message(whole, buttons.under(answered[0][1], None) if len(answered) == 1 else ())


def _told(answered: list[tuple[str, Hit]], room: int) -> Iterator[tuple[Part, ...]]:
    share = room // len(answered)
    for at, (claim, hit) in enumerate(answered):
        above = parts("\n\n" if at else [], italic(f"{tr(strings.CLAIM)} {fact(claim)}"), "\n")
        card = cards.card(hit, share - sum(map(cards.length, above)), marked=True)
        if card is not None:
            yield (*above, *card)


def _answer(claim: str, collection: Collection) -> Hit | None:
    found = collection.ask(claim, 1)
    return found.hits[0] if found.verdict == "answer" else None
