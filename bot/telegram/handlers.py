"""Telegram's updates → requests: messages, pressed buttons, questions from other chats; and the bot's membership in groups.

A message without words is declined. Every press is answered at once, also a forged one and one from before the last build; only
the press of an example question needs a search. A question from another chat, by the bot's name in the message field or by
calling it as a guest, gets cards, each a complete answer with its source: Telegram may keep them for a while, for the same
person alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from contextlib import suppress
from typing import Any, NamedTuple

from telegram import (
    CallbackQuery,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    MaybeInaccessibleMessage,
    Update,
    User,
)
from telegram import Message as Incoming
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot import strings
from bot.exchange import FrontEnd, Request
from bot.message import LIMIT, ROOM, Message, parts
from bot.searching import Search
from bot.state import Recent, State
from bot.telegram import incoming, sending
from bot.telegram.admin import Admin
from bot.telegram.delivery import too_many
from bot.telegram.queueing import ChatQueue, RateLimiter
from bot.telegram.responder import Responder
from bot.telegram.sending import Sender
from bot.translation import speaking, tr
from bot.views import buttons, cards, replies
from bot.views.answers import GivenAnswer
from bot.views.buttons import Press
from retrieval import Answer, Hit

_ALBUMS = 1000  # whose first message is remembered


class Handlers:
    """Hands messages to the responder."""

    def __init__(self, responder: Responder, admin: Admin) -> None:
        self._responder = responder
        self._admin = admin
        self._albums: Recent[str, None] = Recent(_ALBUMS)

    async def text(self, update: Update, context: Any) -> None:
        """Answer a question, new or edited; say nothing where the bot was not asked."""
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
        """Carry out any command but `/ask`; one of another bot is unknown."""
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
                await self._responder.tell(incoming.position(message), Admin.menu())

    async def other(self, update: Update, _: Any) -> None:
        """Decline a message without words in a private chat: once for an album, and not where the album has a caption."""
        message = update.effective_message
        if message is None or not incoming.from_person(message) or self._in_album(message):
            return
        with speaking(incoming.language(message)):
            await self._responder.tell(incoming.position(message), replies.say(strings.TEXT_ONLY))

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
        """Greet a group that the bot came into, and forget a chat that it left; who adds it to many gets few greetings."""
        change = update.my_chat_member
        if change is None:
            return
        old, new, chat = change.old_chat_member.status, change.new_chat_member.status, change.chat
        if new in _OUT:
            self._state.forget(chat.id)
        elif old in _OUT and new in _IN and chat.type in _GROUPS and chat.id not in self._moved:
            if self._limiter.delay(change.from_user.id, time.monotonic()) > 0:  # greetings would delay answers
                return
            me = context.bot.bot
            with speaking(change.from_user.language_code):
                await self._sender.send(
                    chat.id, replies.greeting(me.username or "", reads_all=bool(me.can_read_all_group_messages))
                )

    async def migrated(self, update: Update, _: Any) -> None:
        """Remember the answers of a group that became a supergroup under its new number; it is not greeted again."""
        message = update.effective_message
        if message is None:
            return
        old = message.migrate_from_chat_id or message.chat.id
        new = message.migrate_to_chat_id or message.chat.id
        self._moved[new] = None
        async with self._queue.take(new), self._queue.take(old):  # an answer may still be on its way to the old number
            self._state.move(old, new)


_REMEMBERED = 5_000  # votes whose voter is remembered, in memory, so that a second press takes the first back


class _Effect(NamedTuple):
    """What a press does: it replaces the message or the buttons under it, says something, asks, or gives the presser a notice.

    With `alert` the presser has to close the notice. A press that does nothing is told that its button is old.
    """

    page: Message | None = None
    rows: sending.Rows = ()
    reply: Message | None = None
    question: str | None = None
    notice: str | None = None
    alert: bool = False


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
            effect = await self._effect(query, query.data or "")
            does_something = any((effect.page, effect.rows, effect.reply, effect.question))
            notice = effect.notice or (None if does_something else tr(strings.OLD_BUTTON))
            with suppress(TelegramError):  # a press that is too old to be answered can still be carried out
                await query.answer(notice, show_alert=effect.alert if effect.notice else None)
            if query.message is not None:
                await self._carry_out(effect, query, query.message)

    async def _effect(self, query: CallbackQuery, data: str) -> _Effect:
        press = buttons.pressed(data)
        record = await asyncio.wrap_future(self._state.recall(press.key)) if press else None
        chosen = await self._search.chosen(query.message.chat.id) if query.message else ""
        if press is None or record is None:
            return await self._effect_on_list(query, data, chosen)
        name = self._search.collection_name(record, chosen)
        answer = GivenAnswer(record, self._search.collection(name), press.key, self._search.offers)
        return self._effect_on_answer(press, answer, name, query.from_user.id)

    def _effect_on_answer(self, press: Press, answer: GivenAnswer, name: str, person: int) -> _Effect:
        """Of a button under an answer of the collection of this name."""
        match press.kind:
            case "page":
                return _Effect(page=self._search.page(answer.record, press.key, press.number, name))
            case "more":
                return _Effect(page=answer.around(press.number, press.level))
            case "proof":
                return _Effect(notice=answer.proof(press.number), alert=True)
            case "others" | "usual":
                return _Effect(rows=answer.keyboard(press), notice=answer.outdated(press.number), alert=True)
        if self._state.collecting == "off":
            return _Effect()
        self._state.record(press.key, answer.record, **self._changed(press, person))
        return _Effect(notice=tr(strings.THANKS))

    async def _effect_on_list(self, query: CallbackQuery, data: str, chosen: str) -> _Effect:
        """Of a button under example questions, collections or the list of articles."""
        collection, names = self._search.collection(chosen), self._search.collections
        if data == replies.EXAMPLES:
            return _Effect(reply=replies.examples(collection))
        if question := replies.example(data, collection):
            return _Effect(question=question)
        name = replies.chosen(data, names) if len(names) > 1 else None
        if name is None or query.message is None:
            return _Effect(page=await self._search.sources(data, chosen))
        self._state.choose(query.message.chat.id, name)
        return _Effect(page=replies.collections(names, name, buttons=True))

    async def _carry_out(self, effect: _Effect, query: CallbackQuery, message: MaybeInaccessibleMessage) -> None:
        chat, number = message.chat.id, message.message_id
        if effect.page is not None:
            await self._sender.edit(chat, number, effect.page)
        elif effect.reply is not None:
            await self._responder.tell(incoming.pressed_at(query, message), effect.reply)
        elif effect.rows:
            await self._sender.edit_buttons(chat, number, effect.rows)
        elif effect.question is not None:
            request = Request(effect.question, incoming.front_end(message, query.get_bot().bot), offered=True)
            await self._responder.answer(incoming.pressed_at(query, message), request)

    def _changed(self, press: Press, person: int) -> dict[str, int]:
        """By how much a person's vote changes the counts: their opposite vote is taken back, the same vote counts once."""
        before = self._votes.pop((press.key, person), None)
        self._votes[press.key, person] = press.kind
        if before == press.kind:
            return {}
        return {press.kind: 1, **({before: -1} if before else {})}


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
        """Answer what somebody types, once they stop typing for a moment."""
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
            with suppress(TelegramError):  # too late, or the message is gone
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
            await query.answer(results, cache_time=_CACHED, is_personal=True, button=None if results else button)

    async def _for_guest(self, message: Incoming, own: str) -> Message:
        """The reply to a guest's words, else to what they reply to."""
        replied = message.reply_to_message
        request = Request(own or (replied and replied.text) or "", FrontEnd("guest"))
        if too_many():
            return replies.say(strings.BUSY)
        async with self._queue.take(message.chat.id):
            reply = await self._search.respond(request)
        return reply.messages[0]


def _card(hit: Hit, answer: Answer | None) -> InlineQueryResultArticle:
    """The result for a passage; one that is only near the question of the answer says so."""
    is_near = answer is not None and (answer.verdict == "related" or hit is not answer.hits[0])
    above = parts(tr(strings.NEAR), "\n\n") if is_near else ()
    card = cards.card(hit, ROOM - sum(map(cards.length, above)), marked=not is_near) or ()
    article = hit.passage.article
    sentence, source = Message(cards.stretch(article, hit.highlight)).text, Message(cards.source(article)).text
    description = " · ".join(filter(None, (tr(strings.NEAR) if is_near else "", cards.speaker_or_article(hit), source)))
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
