"""An update → a question → a search off the event loop → a reply; what each command says.

Handlers get what they need in the constructor. They decide which reply goes where; what is said is `bot.views.replies`.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from telegram import Message as Incoming

from bot import strings
from bot.message import LIMIT, Message
from bot.recent import Recent
from bot.state import Answered
from bot.telegram import incoming
from bot.translation import speaking, tr
from bot.views import cards, citation, claims, deeplinks, quotes, replies, sources

if TYPE_CHECKING:
    from telegram import Update, User

    from bot.searching import Search
    from bot.telegram.chat_queue import Turns
    from bot.telegram.sending import Sender

_MOST_WAITING, _MOST_OF_ONE = 200, 100  # questions of one chat, and of one person in it
_ALBUMS = 1000  # whose first message is remembered
_LATE = timedelta(seconds=30)  # an answer that comes later than this says which question it answers


class Handlers:
    """Answers messages."""

    def __init__(self, search: Search, sender: Sender, turns: Turns, kept_days: int) -> None:
        self._kept_days = kept_days
        self._search = search
        self._collection = search.collection
        self._state = search.state
        self._sender = sender
        self._turns = turns
        self._albums: Recent[str, None] = Recent(_ALBUMS)
        self._told_busy: set[tuple[int, int]] = set()

    async def text(self, update: Update, context: Any) -> None:
        """A question, new or edited; silence where the bot was not asked."""
        message = update.effective_message
        me: User = context.bot.bot
        question = incoming.asked(message, me) if message else None
        if message is None or question is None:
            return
        self._in_album(message)
        with speaking(incoming.language(message)):
            place = (message.chat.id, incoming.person(message))
            if self._turns.waiting(message.chat.id) >= _MOST_WAITING or self._turns.waiting_of(*place) >= _MOST_OF_ONE:
                await self._busy(message, place)
                return
            async with self._turns.take(*place):
                await self._answer(message, question)
            self._told_busy.discard(place)

    async def command(self, update: Update, context: Any) -> None:
        """Every command but `/ask`; an unknown one is said to be so in a private chat."""
        message = update.effective_message
        if message is None or not incoming.from_person(message):
            return
        name = incoming.command(message, context.bot.bot)
        with speaking(incoming.language(message)):
            reply = await self._said(name, message, context.bot.bot)
            if reply is None and message.chat.type == "private":
                reply = replies.say(tr(strings.UNKNOWN_COMMAND))
            if reply is not None:
                await self._reply(message, reply)

    async def other(self, update: Update, _: Any) -> None:
        """What has no words, in a private chat: politely declined, once for an album, and not beside its caption."""
        message = update.effective_message
        if message is None or not incoming.from_person(message) or self._in_album(message):
            return
        with speaking(incoming.language(message)):
            await self._reply(message, replies.say(tr(strings.TEXT_ONLY)))

    def _in_album(self, message: Incoming) -> bool:
        """Whether it belongs to an album of which a message came before."""
        album = message.media_group_id
        if album is None or album in self._albums:
            return album is not None
        self._albums[album] = None
        return False

    async def _answer(self, message: Incoming, question: str) -> None:
        chat, print_ = message.chat.id, _fingerprint(question)
        known = self._state.answered(chat, message.message_id)
        if known is not None and known.fingerprint == print_:  # delivered again, or edited without changing a word
            return
        reply, key = await self._found(message, question)
        if known is not None and await self._sender.edit(chat, known.message, reply):
            self._state.answer(chat, message.message_id, Answered(known.message, print_, key))
            return
        sent = await self._reply(message, reply)
        if sent is not None:
            self._state.answer(chat, message.message_id, Answered(sent, print_, key))

    async def _found(self, message: Incoming, question: str) -> tuple[Message, str]:
        if not question:
            return replies.ask_what(), ""
        if len(question) > LIMIT:
            return replies.say(tr(strings.TOO_LONG)), ""
        async with self._sender.typing(message.chat.id, incoming.thread(message)):
            if quotes.is_quote(question):
                return await self._search.check(question), ""
            if message.forward_origin and len(claims.claims(question)) > 1:
                return await self._search.claims(question), ""
            return await self._search.answer(question)

    async def _busy(self, message: Incoming, place: tuple[int, int]) -> None:
        """Say so, once until one of the person's questions is answered."""
        if place not in self._told_busy:
            self._told_busy.add(place)
            await self._reply(message, replies.say(tr(strings.BUSY)))

    async def _said(self, name: str | None, message: Incoming, me: User) -> Message | None:
        match name:
            case "start":
                return self._linked(incoming.own_words(message)) or replies.start(self._collection)
            case "help":
                rule = replies.group_rule(me.username or "", reads_all=bool(me.can_read_all_group_messages))
                return replies.help_(rule=rule, inline=me.username if me.supports_inline_queries else None)
            case "quote":
                async with self._turns.take(message.chat.id):
                    return await self._search.check(incoming.after_command(message))
            case "cite":
                async with self._turns.take(message.chat.id):  # the answer may still be on its way
                    return self._cited(message, me)
            case "sources":
                return sources.pages(self._collection.articles)[0]
            case "privacy":
                kept = self._kept_days if self._state.collecting == "questions" else None
                return replies.privacy(telegram=True, kept_days=kept)
        return None

    def _linked(self, payload: str) -> Message | None:
        """The passage that a deep link opens."""
        hit = deeplinks.linked(payload, self._collection.hit)
        if hit is None:
            return None
        card = cards.card(hit, LIMIT, marked=True)
        return Message(card) if card else None

    def _cited(self, message: Incoming, me: User) -> Message:
        """The citation of the answer that the message replies to, else of the chat's last one."""
        replied = message.reply_to_message.message_id if message.reply_to_message else None
        key = self._state.key(message.chat.id, replied)
        shown = self._state.shown(key) if key else None
        reply = shown and citation.cited(shown, incoming.own_words(message), self._collection, me.username)
        return reply or replies.say(tr(strings.CITE_WHAT))

    async def _reply(self, message: Incoming, reply: Message) -> int | None:
        """To the same chat and topic; as a reply in groups, and where it comes late or others wait before it."""
        late = datetime.now(UTC) - message.date > _LATE or self._turns.waiting(message.chat.id) > 1
        reply_to = message.message_id if message.chat.type != "private" or late else None
        return await self._sender.send(message.chat.id, reply, reply_to=reply_to, thread=incoming.thread(message))


def _fingerprint(question: str) -> int:
    return int.from_bytes(hashlib.blake2b(question.encode(), digest_size=8).digest(), signed=True)
