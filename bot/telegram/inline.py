"""Questions from other chats, by the bot's name in the message field or by calling it as a guest → whole cards.

Each result is a complete answer with its source. Telegram may keep them for a while, for the same person alone: what the
bot itself says in them is in that person's language.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from typing import Any

from telegram import InlineQuery, InlineQueryResultArticle, InlineQueryResultsButton, Update
from telegram import Message as Incoming
from telegram.error import TelegramError

from bot import strings
from bot.exchange import FrontEnd, Request
from bot.message import LIMIT, ROOM, Message, parts
from bot.searching import Search
from bot.telegram import incoming, sending
from bot.telegram.delivery import too_many
from bot.telegram.queueing import ChatQueue
from bot.translation import speaking, tr
from bot.views import buttons, cards, replies
from retrieval import Answer, Hit

_DEBOUNCE = 0.25  # seconds that a person types on
_FEWEST = 3  # characters of a question
_K = 5  # cards
_CACHED = 300  # seconds
_LONGEST_TITLE, _LONGEST_DESCRIPTION = 100, 160


class Inline:
    """Answers inline queries and guests' questions."""

    def __init__(self, search: Search, queue: ChatQueue) -> None:
        self._search = search
        self._queue = queue
        self._newest: dict[int, str] = {}

    async def query(self, update: Update, _: Any) -> None:
        """Answer what somebody types, once they have stopped for a moment."""
        query = update.inline_query
        if query is None:
            return
        person = query.from_user.id
        self._newest[person] = query.id
        await asyncio.sleep(_DEBOUNCE)
        if self._newest.get(person) != query.id:  # they typed on; that query is answered instead
            return
        del self._newest[person]
        with speaking(query.from_user.language_code):
            await self._answer(query, query.query.strip())

    async def guest(self, update: Update, context: Any) -> None:
        """Answer a question in a chat that the bot is not in: one card, at once."""
        message = update.guest_message
        if message is None or not incoming.from_person(message):
            return
        with speaking(incoming.language(message)):
            reply = await self._for_guest(message, incoming.without_mention(message, context.bot.bot))
            with suppress(TelegramError):  # too late, or gone: nobody can be told
                await message.answer_guest_query(_result(reply.text[:_LONGEST_TITLE], "", reply))

    async def _answer(self, query: InlineQuery, question: str) -> None:
        results: list[InlineQueryResultArticle] = []
        button = InlineQueryResultsButton(tr(strings.INLINE_SHORT), start_parameter="inline")
        chosen = await self._search.chosen(query.from_user.id)  # in the private chat, which has the person's number
        linked = buttons.linked(question, self._search.collection(chosen).hit)
        if linked:
            results = [_card(linked, None)]
        elif len(question) >= _FEWEST:
            answer = await self._search.passages(question[:LIMIT], _K, chosen)
            results = [_card(hit, answer) for hit in answer.relevant] if answer else []
            button = InlineQueryResultsButton(tr(strings.INLINE_NOTHING), start_parameter="inline")
        with suppress(TelegramError):  # too old: they have typed on
            await query.answer(
                results,
                cache_time=_CACHED,
                is_personal=True,
                button=None if results else button,
            )

    async def _for_guest(self, message: Incoming, own: str) -> Message:
        """The reply to a guest's words, else to what they reply to."""
        replied = message.reply_to_message
        request = Request(own or (replied and replied.text) or "", FrontEnd("guest"))
        if too_many():
            return replies.say(tr(strings.BUSY))
        async with self._queue.take(message.chat.id):
            reply = await self._search.respond(request)
        return reply.messages[0]


def _card(hit: Hit, answer: Answer | None) -> InlineQueryResultArticle:
    """The result for a passage; one that is only near the question of the answer says so."""
    near = answer is not None and (answer.verdict == "related" or hit is not answer.hits[0])
    above = parts(tr(strings.NEAR), "\n\n") if near else ()
    card = cards.card(hit, ROOM - sum(map(cards.length, above)), marked=not near) or ()
    article = hit.passage.article
    sentence, source = Message(cards.stretch(article, hit.highlight)).text, Message(cards.source(article)).text
    description = " · ".join(filter(None, (tr(strings.NEAR) if near else "", cards.speaker_or_article(hit), source)))
    return _result(sentence, description, Message((*above, *card), buttons.under(hit, None)))


def _result(title: str, description: str, message: Message) -> InlineQueryResultArticle:
    digest = hashlib.sha256(repr((message.text, message.buttons)).encode("utf-8", "replace")).hexdigest()
    return InlineQueryResultArticle(
        id=digest[:32],
        title=_shortened(title, _LONGEST_TITLE),
        description=_shortened(description, _LONGEST_DESCRIPTION) or None,
        input_message_content=sending.content(message),
        reply_markup=sending.keyboard(message.buttons),
    )


def _shortened(text: str, most: int) -> str:
    line = cards.fact(text)
    return line if len(line) <= most else f"{line[: most - 1].rpartition(' ')[0] or line[: most - 1]}…"
