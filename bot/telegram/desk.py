"""Requests of Telegram's chats → replies, one at a time in each chat, within bounds, however they were asked.

It remembers which request follows which answer, and which message of the bot answers which of a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot import conversation, strings
from bot.exchange import Reply, Request
from bot.message import Message
from bot.searching import Search
from bot.state import AnswerMessage
from bot.telegram.delivery import current, too_many
from bot.telegram.queueing import Turns
from bot.telegram.sending import LATE, Sender
from bot.translation import tr
from bot.views import replies


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a request stands on Telegram: chat, person, topic, its message and the one that it replies to.

    `message` is `None` for a pressed button, `replied` where the message replies to none.
    """

    chat: int
    person: int
    thread: int | None
    group: bool
    date: datetime
    message: int | None = None
    replied: int | None = None


class Desk:
    """Answers requests in the chats they come from."""

    def __init__(self, search: Search, sender: Sender, turns: Turns) -> None:
        self._search = search
        self._state = search.state
        self._sender = sender
        self._turns = turns
        self._told_busy: set[tuple[int, int]] = set()

    async def answer(self, spot: Spot, request: Request) -> None:
        """Answer a request in its turn; at once where it needs no search; not at all where too many wait."""
        if too_many():
            await self._busy(spot)
        elif conversation.at_once(request):
            with self._turns.counted(spot.chat):
                reply = await self._search.respond_at_once(await self._of_chat(spot, request))
            if reply.chosen:
                self._state.choose(spot.chat, reply.chosen)
            await self.tell(spot, *reply.messages)
        else:
            async with self._turns.take(spot.chat):
                await self._answer(spot, request)
            self._told_busy.discard((spot.chat, spot.person))

    async def tell(self, spot: Spot, *messages: Message) -> None:
        """Say what needs no search, unless too many wait there."""
        if too_many():
            await self._busy(spot)
            return
        delivery = current()
        if delivery is not None:
            delivery.at_once = True
        with self._turns.counted(spot.chat):
            for message in messages:
                await self.say(spot, message)
        self._told_busy.discard((spot.chat, spot.person))

    async def say(self, spot: Spot, message: Message) -> int | None:
        """To the same chat and topic; as a reply in groups, and where it comes late or others wait before it."""
        late = datetime.now(UTC) - spot.date > LATE or self._turns.waiting(spot.chat) > 1
        reply_to = spot.message if spot.group or late else None
        return await self._sender.send(spot.chat, message, reply_to=reply_to, thread=spot.thread)

    async def _answer(self, spot: Spot, request: Request) -> None:
        known = await asyncio.wrap_future(self._state.answered(spot.chat, spot.message)) if spot.message else None
        print_ = self._state.fingerprint(f"{request.command or ''} {request.text}")
        if known is not None and known.fingerprint == print_:  # delivered again, or edited without changing a word
            return
        request = replace(await self._of_chat(spot, request), follows=await self._followed(spot))
        if request.command == "forget":
            self._state.forget(spot.chat)
        reply = await self._search.respond(request, self._at_work(spot))
        if known is not None and await self._sender.edit(spot.chat, known.message, reply.messages[0]):
            sent: int | None = known.message
        else:
            sent = await self._send(spot, reply)
        if sent is not None and request.command != "forget":
            self._state.answer(spot.chat, spot.message or sent, AnswerMessage(sent, print_, reply.key))

    @asynccontextmanager
    async def _at_work(self, spot: Spot) -> AsyncIterator[None]:
        """While it is searched: the chat sees that, and the disk knows it, should the search end the process."""
        delivery = current()
        async with self._sender.typing(spot.chat, spot.thread):
            if delivery is None:
                yield
                return
            async with delivery.at_work():
                yield

    async def _of_chat(self, spot: Spot, request: Request) -> Request:
        """The request to the collection that its chat has chosen."""
        return replace(request, collection=await self._search.chosen(spot.chat))

    async def _followed(self, spot: Spot) -> str:
        """The key of the answer that the request replies to, else of the last one before it."""
        if spot.replied is not None:
            key = self._state.key_of(spot.chat, spot.replied)
        else:
            key = self._state.key_before(spot.chat, spot.message)
        return await asyncio.wrap_future(key) or ""

    async def _send(self, spot: Spot, reply: Reply) -> int | None:
        """The number of the last of the reply's messages; `None` where there is none, or nobody can get it."""
        sent = None
        for message in reply.messages:
            sent = await self.say(spot, message)
        return sent

    async def _busy(self, spot: Spot) -> None:
        """Say so, once until one of the person's questions is answered."""
        place = (spot.chat, spot.person)
        if place not in self._told_busy:
            self._told_busy.add(place)
            await self.say(spot, replies.say(tr(strings.BUSY)))
