"""A pressed button → what it asks for: an example's answer, a page, more context, where a passage stands, a vote.

Every press is answered at once, also a forged one and one from before the last build. Nothing is searched for it, but
for the answer to an example.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from telegram import CallbackQuery, Update
from telegram.error import TelegramError

from bot import strings
from bot.exchange import Request
from bot.message import Message
from bot.searching import Search
from bot.state import AnswerRecord, Recent
from bot.telegram import incoming
from bot.telegram.responder import Responder
from bot.telegram.sending import Sender
from bot.translation import speaking, tr
from bot.views import answers, buttons, replies
from bot.views.buttons import Press, Row
from retrieval import Index

_REMEMBERED = 5_000  # votes whose voter is remembered, in memory, so that a second press takes the first back


class Callbacks:
    """Answers pressed buttons."""

    def __init__(self, search: Search, sender: Sender, responder: Responder) -> None:
        self._search = search
        self._state = search.state
        self._sender = sender
        self._responder = responder
        self._votes: Recent[tuple[str, int], str] = Recent(_REMEMBERED)

    async def press(self, update: Update, _: Any) -> None:
        """Answer the press, then do what it asks for."""
        query = update.callback_query
        if query is None:
            return
        with speaking(query.from_user.language_code):
            await self._press(query, query.data or "")

    async def _press(self, query: CallbackQuery, data: str) -> None:
        press = buttons.pressed(data)
        record = await asyncio.wrap_future(self._state.recall(press.key)) if press else None
        chosen = await self._search.chosen(query.message.chat.id) if query.message else ""
        name = self._search.collection_name(record, chosen)
        collection = self._search.collection(name)
        page = self._page(press, record, name) if press and record else await self._other_page(query, data, chosen)
        rows = self._rows(press, record, collection) if press and record else ()
        question = replies.example(data, collection)
        examples = replies.examples(collection) if data == replies.EXAMPLES else None
        notice = self._notice(press, record, collection, query.from_user.id) if press and record else None
        with suppress(TelegramError):  # a press that is too old to be answered can still be carried out
            if notice:
                await query.answer(notice, show_alert=press is not None and press.kind in {"proof", "others", "usual"})
            else:
                await query.answer(None if page or rows or question or examples else tr(strings.OLD_BUTTON))
        message = query.message
        if message is None:
            return
        if page is not None:
            await self._sender.edit(message.chat.id, message.message_id, page)
        elif examples is not None:
            await self._responder.tell(incoming.pressed_at(query, message), examples)
        elif rows:
            await self._sender.edit_buttons(message.chat.id, message.message_id, rows)
        elif question is not None:
            front_end = incoming.front_end(message, query.get_bot().bot)
            request = Request(question, front_end, offered=True)
            await self._responder.answer(incoming.pressed_at(query, message), request)

    def _page(self, press: Press, record: AnswerRecord, name: str) -> Message | None:
        """The page of an answer, or the context of a passage, that a press turns to."""
        if press.kind == "page":
            return self._search.page(record, press.key, press.number, name)
        if press.kind == "more":
            return answers.around(record, self._search.collection(name), press.key, press.number, press.level)
        return None

    async def _other_page(self, query: CallbackQuery, data: str, chosen: str) -> Message | None:
        """The page of the list of articles, or of collections with another one chosen, that a press turns to."""
        names = self._search.collections
        wanted = replies.chosen(data, names) if len(names) > 1 else None
        if wanted is None or query.message is None:
            return await self._search.sources(data, chosen)
        self._state.choose(query.message.chat.id, wanted)
        return replies.collections(names, wanted, buttons=True)

    def _rows(self, press: Press, record: AnswerRecord, collection: Index) -> tuple[Row, ...]:
        """The buttons that take the place of those under an answer."""
        if press.kind not in {"others", "usual"}:
            return ()
        return answers.keyboard(record, collection, press, self._search.offers)

    def _notice(self, press: Press, record: AnswerRecord, collection: Index, person: int) -> str | None:
        """What is said to the presser alone: where a passage stands, that it has changed, or thanks for a vote."""
        if press.kind == "proof":
            return answers.proof(record, collection, press.number)
        if press.kind in {"others", "usual"}:
            return answers.outdated(record, collection, press.number)
        if press.kind not in {"up", "down"} or self._state.collecting == "off":
            return None
        change = self._changed(press, person)
        self._state.record(press.key, record, **change)
        return tr(strings.THANKS)

    def _changed(self, press: Press, person: int) -> dict[str, int]:
        """What a person's vote changes: the other one of before is taken back, the same one counts once."""
        before = self._votes.pop((press.key, person), None)
        self._votes[press.key, person] = press.kind
        if before == press.kind:
            return {}
        return {press.kind: 1, **({before: -1} if before else {})}
