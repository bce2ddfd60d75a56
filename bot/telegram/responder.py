"""Requests of Telegram's chats → replies, one at a time in each chat, within bounds, however they were asked.

It remembers which request follows which answer, and which message of the bot answers which of a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from bot import conversation, strings
from bot.exchange import Reply, Request
from bot.message import Message
from bot.searching import Search
from bot.state import AnswerMessage
from bot.telegram.delivery import current, too_many
from bot.telegram.incoming import ChatPosition
from bot.telegram.queueing import ChatQueue
from bot.telegram.sending import LATE, Sender
from bot.views import replies


class Responder:
    """Answers requests in the chats they come from."""

    def __init__(self, search: Search, sender: Sender, queue: ChatQueue) -> None:
        self._search = search
        self._state = search.state
        self._sender = sender
        self._queue = queue
        self._notified: set[tuple[int, int]] = set()

    async def answer(self, position: ChatPosition, request: Request) -> None:
        """Answer a request in its turn, at once where it needs no search; where too many wait, say so instead."""
        if too_many():
            await self._busy(position)
        elif conversation.at_once(request):
            with self._queue.counted(position.chat):
                reply = await self._search.respond(await self._of_chat(position, request))
            if reply.chosen:
                self._state.choose(position.chat, reply.chosen)
            await self.tell(position, *reply.messages)
        else:
            async with self._queue.take(position.chat):
                await self._answer(position, request)
            self._notified.discard((position.chat, position.person))

    async def tell(self, position: ChatPosition, *messages: Message) -> None:
        """Send what needed no search, unless too many wait in the chat."""
        if too_many():
            await self._busy(position)
            return
        delivery = current()
        if delivery is not None:
            delivery.at_once = True
        with self._queue.counted(position.chat):
            for message in messages:
                await self.say(position, message)
        self._notified.discard((position.chat, position.person))

    async def say(self, position: ChatPosition, message: Message) -> int | None:
        """Send it to the same chat and topic; as a reply in groups, and where it comes late or others wait before it."""
        is_late = datetime.now(UTC) - position.date > LATE or self._queue.waiting(position.chat) > 1
        reply_to = position.message if position.group or is_late else None
        return await self._sender.send(position.chat, message, reply_to=reply_to, thread=position.thread)

    async def _answer(self, position: ChatPosition, request: Request) -> None:
        answered = self._state.answered(position.chat, position.message) if position.message else None
        earlier = await asyncio.wrap_future(answered) if answered else None
        fingerprint = self._state.fingerprint(f"{request.command or ''} {request.text}")
        if earlier is not None and earlier.fingerprint == fingerprint:  # delivered again, or no word was changed
            return
        request = replace(await self._of_chat(position, request), follows=await self._followed(position))
        if request.command == "forget":
            self._state.forget(position.chat)
        reply = await self._search.respond(request, self._at_work(position))
        if earlier is not None and await self._sender.edit(position.chat, earlier.message, reply.messages[0]):
            sent: int | None = earlier.message
        else:
            sent = await self._send(position, reply)
        if sent is not None and request.command != "forget":
            self._state.answer(position.chat, position.message or sent, AnswerMessage(sent, fingerprint, reply.key))

    @asynccontextmanager
    async def _at_work(self, position: ChatPosition) -> AsyncIterator[None]:
        """While a search runs: show it in the chat, and note it on the disk, in case the search ends the process."""
        delivery = current()
        async with self._sender.typing(position.chat, position.thread):
            if delivery is None:
                yield
                return
            async with delivery.at_work():
                yield

    async def _of_chat(self, position: ChatPosition, request: Request) -> Request:
        """The request to the collection that its chat has chosen."""
        return replace(request, collection=await self._search.chosen(position.chat))

    async def _followed(self, position: ChatPosition) -> str:
        """The key of the answer that the request replies to, else of the last one before it."""
        if position.replied is not None:
            key = self._state.key_of(position.chat, position.replied)
        else:
            key = self._state.key_before(position.chat, position.message)
        return await asyncio.wrap_future(key) or ""

    async def _send(self, position: ChatPosition, reply: Reply) -> int | None:
        """The number of the last of the reply's messages; `None` where there is none, or nobody can get it."""
        sent = None
        for message in reply.messages:
            sent = await self.say(position, message)
        return sent

    async def _busy(self, position: ChatPosition) -> None:
        """Say that too many wait, once until one of the person's questions is answered."""
        place = (position.chat, position.person)
        if place not in self._notified:
            self._notified.add(place)
            await self.say(position, replies.say(strings.BUSY))
