"""Telegram messages → requests; a message without words is declined. Follows the bot's membership in groups."""

from __future__ import annotations

import time
from typing import Any

from telegram import Message as Incoming
from telegram import Update, User
from telegram.constants import ChatMemberStatus, ChatType

from bot import strings
from bot.exchange import Request
from bot.state import Recent, State
from bot.telegram import incoming
from bot.telegram.admin import Admin
from bot.telegram.queueing import ChatQueue, RateLimiter
from bot.telegram.responder import Responder
from bot.telegram.sending import Sender
from bot.translation import speaking, tr
from bot.views import admin, replies

_ALBUMS = 1000  # whose first message is remembered


class Handlers:
    """Hands messages to the responder."""

    def __init__(self, responder: Responder, admin: Admin) -> None:
        self._responder = responder
        self._admin = admin
        self._albums: Recent[str, None] = Recent(_ALBUMS)

    async def text(self, update: Update, context: Any) -> None:
        """A question, new or edited; silence where the bot was not asked."""
        message = update.effective_message
        me: User = context.bot.bot
        question = incoming.asked(message, me) if message else None
        if message is None or question is None:
            return
        self._in_album(message)
        request = Request(question, incoming.front_end(message, me), forwarded=message.forward_origin is not None)
        with speaking(incoming.language(message)):
            await self._responder.answer(incoming.position(message), request)

    async def command(self, update: Update, context: Any) -> None:
        """Every command but `/ask`; one of another bot is unknown."""
        message = update.effective_message
        me: User = context.bot.bot
        if message is None or not incoming.from_person(message):
            return
        name = incoming.command(message, me) or ""
        text = incoming.after_command(message) if name == "quote" else incoming.own_words(message)
        with speaking(incoming.language(message)):
            if self._admin.may(message, name):
                await self._responder.tell(incoming.position(message), await self._admin.answer(message, name))
                return
            await self._responder.answer(
                incoming.position(message), Request(text, incoming.front_end(message, me), name)
            )
            if name == "help" and self._admin.is_one(message):
                await self._responder.tell(incoming.position(message), admin.menu())

    async def other(self, update: Update, _: Any) -> None:
        """What has no words, in a private chat: politely declined, once for an album, and not beside its caption."""
        message = update.effective_message
        if message is None or not incoming.from_person(message) or self._in_album(message):
            return
        with speaking(incoming.language(message)):
            await self._responder.tell(incoming.position(message), replies.say(tr(strings.TEXT_ONLY)))

    def _in_album(self, message: Incoming) -> bool:
        """Whether it belongs to an album of which a message came before."""
        album = message.media_group_id
        if album is None or album in self._albums:
            return album is not None
        self._albums[album] = None
        return False


_OUT = {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}
_IN = {ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR}
_GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP}
_MOST = 1000  # groups with a new number that are remembered


class Membership:
    """Greets a group once when the bot is added to it, and follows it to its new number."""

    def __init__(self, sender: Sender, state: State, queue: ChatQueue) -> None:
        self._sender = sender
        self._state = state
        self._queue = queue
        self._moved: Recent[int, None] = Recent(_MOST)
        self._limiter = RateLimiter()

    async def changed(self, update: Update, context: Any) -> None:
        """The bot's own place in a chat has changed; who adds it to one group after the other is not thanked for each."""
        change = update.my_chat_member
        if change is None:
            return
        old, new, chat = change.old_chat_member.status, change.new_chat_member.status, change.chat
        if new in _OUT:
            self._state.forget(chat.id)
        elif old in _OUT and new in _IN and chat.type in _GROUPS and chat.id not in self._moved:
            if self._limiter.delay(change.from_user.id, time.monotonic()) > 0:  # greetings keep answers waiting
                return
            me = context.bot.bot
            with speaking(change.from_user.language_code):
                await self._sender.send(
                    chat.id, replies.greeting(me.username or "", reads_all=bool(me.can_read_all_group_messages))
                )

    async def migrated(self, update: Update, _: Any) -> None:
        """A group became a supergroup: its answers are still to be found, and it is not greeted again."""
        message = update.effective_message
        if message is None:
            return
        old = message.migrate_from_chat_id or message.chat.id
        new = message.migrate_to_chat_id or message.chat.id
        self._moved[new] = None
        async with self._queue.take(new), self._queue.take(old):  # an answer may still be on its way to the old number
            self._state.move(old, new)
