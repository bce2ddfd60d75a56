"""An update → a question → a search off the event loop → a reply; what each command and button says.

Handlers get what they need in the constructor. They decide which reply goes where; what is said is `bot.replies`.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from telegram import Message as Incoming
from telegram.error import TelegramError

from bot import asking, quoting, replies, sources, words
from bot.answered import Answered, AnsweredMessages
from bot.message import LIMIT, Message
from bot.translation import tr
from bot.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from telegram import CallbackQuery, MaybeInaccessibleMessage, Update, User

    from bot.replies import Collection
    from bot.sending import Sender

_log = logging.getLogger(__name__)
_K = 3  # passages of an answer
_MOST_WAITING = 100  # questions of one chat
_LATE = timedelta(seconds=30)  # an answer that comes later than this says which question it answers


class Handlers:
    """Answers updates out of a collection; `search` is where `Collection.ask` runs."""

    def __init__(self, collection: Collection, sender: Sender, search: Executor) -> None:
        self._collection = collection
        self._sender = sender
        self._search = search
        self._turns = Turns()
        self._answered = AnsweredMessages()
        self._albums: set[str] = set()
        self._told_busy: set[int] = set()

    async def text(self, update: Update, context: Any) -> None:
        """A question, new or edited; silence where the bot was not asked."""
        message = update.effective_message
        me: User = context.bot.bot
        question = asking.asked(message, me) if message else None
        if message is None or question is None:
            return
        key = (message.chat.id, message.message_id)
        if self._turns.waiting(message.chat.id) >= _MOST_WAITING:
            await self._busy(message)
            return
        async with self._turns.take(message.chat.id):
            await self._answer(message, question, key)
        self._told_busy.discard(message.chat.id)

    async def command(self, update: Update, context: Any) -> None:
        """`/start`, `/help`, `/sources`, `/privacy`; an unknown one is said to be so in a private chat."""
        message = update.effective_message
        if message is None or not asking.from_person(message):
            return
        name = asking.command(message, context.bot.bot)
        if name == "quote":
            async with self._turns.take(message.chat.id):
                await self._reply(message, await self._checked(asking.after_command(message)))
            return
        reply = self._said(name, context.bot.bot)
        if reply is None and message.chat.type == "private":
            reply = replies.say(tr(words.UNKNOWN_COMMAND))
        if reply is not None:
            await self._reply(message, reply)

    async def other(self, update: Update, _: Any) -> None:
        """What is no text, in a private chat: politely declined, once for an album."""
        message = update.effective_message
        if message is None or not asking.from_person(message):
            return
        if message.media_group_id is not None:
            if message.media_group_id in self._albums:
                return
            if len(self._albums) > 1000:
                self._albums.clear()
            self._albums.add(message.media_group_id)
        await self._reply(message, replies.say(tr(words.TEXT_ONLY)))

    async def press(self, update: Update, _: Any) -> None:
        """A button: every press is answered at once, also a forged one and one from before the last build."""
        query = update.callback_query
        if query is None:
            return
        data = query.data or ""
        question, page = replies.example(data, self._collection), sources.page(data, self._collection.articles)
        more = replies.context(data, self._collection)
        with suppress(TelegramError):  # a press that is too old to be answered can still be carried out
            await query.answer(None if question or page or more else tr(words.OLD_BUTTON))
        if query.message is None:
            return
        if page is not None:
            await self._sender.edit(query.message.chat.id, query.message.message_id, page)
        elif more is not None:
            await self._sender.send(
                query.message.chat.id, more, reply_to=query.message.message_id, thread=_topic(query.message)
            )
        elif question is not None:
            await self._ask_example(query, question)

    async def _answer(self, message: Incoming, question: str, key: tuple[int, int]) -> None:
        known, print_ = self._answered.get(key), _fingerprint(question)
        if known is not None and known.fingerprint == print_:  # delivered again, or edited without changing a word
            return
        reply = await self._found(message, question)
        if known is not None and await self._sender.edit(message.chat.id, known.message, reply):
            self._answered.put(key, Answered(known.message, print_))
            return
        sent = await self._reply(message, reply)
        if sent is not None:
            self._answered.put(key, Answered(sent, print_))

    async def _found(self, message: Incoming, question: str) -> Message:
        if not question:
            return replies.ask_what()
        if len(question) > LIMIT:
            return replies.say(tr(words.TOO_LONG))
        async with self._sender.typing(message.chat.id, _thread(message)):
            quoted = quoting.whole_quote(question)
            return await (self._checked(quoted) if quoted else self._ask(question))

    async def _ask(self, question: str, *, asked: str | None = None) -> Message:
        return await self._off_the_loop(
            lambda: replies.answer(self._collection.ask(question, _K), self._collection, asked=asked)
        )

    async def _checked(self, quoted: str) -> Message:
        return await self._off_the_loop(lambda: quoting.quote(quoted, self._collection))

    async def _off_the_loop(self, make: Callable[[], Message]) -> Message:
        """A reply that takes its time to make; that it failed is an answer too, and the operator's line."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._search, make)
        except Exception:
            _log.exception("a question could not be answered")
            return replies.say(tr(words.FAILED))

    async def _ask_example(self, query: CallbackQuery, question: str) -> None:
        message = query.message
        if message is None:
            return
        thread = _topic(message)
        async with self._turns.take(message.chat.id), self._sender.typing(message.chat.id, thread):
            reply = await self._ask(question, asked=question)
        await self._sender.send(message.chat.id, reply, thread=thread)

    async def _busy(self, message: Incoming) -> None:
        if message.chat.id not in self._told_busy:
            self._told_busy.add(message.chat.id)
            await self._reply(message, replies.say(tr(words.BUSY)))

    def _said(self, name: str | None, me: User) -> Message | None:
        match name:
            case "start":
                return replies.start(self._collection)
            case "help":
                rule = replies.group_rule(me.username or "", reads_all=bool(me.can_read_all_group_messages))
                return replies.help_(rule=rule)
            case "sources":
                return sources.pages(self._collection.articles)[0]
            case "privacy":
                return replies.privacy(telegram=True)
        return None

    async def _reply(self, message: Incoming, reply: Message) -> int | None:
        """To the same chat and topic; as a reply in groups, and where it comes late or others wait before it."""
        late = datetime.now(UTC) - message.date > _LATE or self._turns.waiting(message.chat.id) > 1
        reply_to = message.message_id if message.chat.type != "private" or late else None
        return await self._sender.send(message.chat.id, reply, reply_to=reply_to, thread=_thread(message))


def _thread(message: Incoming) -> int | None:
    return message.message_thread_id if message.is_topic_message else None


def _topic(message: MaybeInaccessibleMessage) -> int | None:
    return _thread(message) if isinstance(message, Incoming) else None


def _fingerprint(question: str) -> int:
    return int.from_bytes(hashlib.blake2b(question.encode(), digest_size=8).digest())
