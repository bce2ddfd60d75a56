"""A `Message` → Telegram: entities in UTF-16 units, buttons, and retries for as long as the server asks for them.

A call that was refused or never arrived is made again, without a limit in time. A message that may have arrived is sent again,
as a reply, once Telegram answers. A wait delays its own chat only.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from telegram import (
    Bot,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputTextMessageContent,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
    SwitchInlineQueryChosenChat,
)
from telegram.constants import ChatAction
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.message import Button, Entity, Message
from bot.state import State
from bot.telegram.delivery import AnswerPart, current
from bot.telegram.queueing import RateLimiter

Rows = Sequence[Sequence[Button]]


T = TypeVar("T")

_log = logging.getLogger(__name__)
_PAUSES = (0.25, 0.5, 1.0, 1.5)  # seconds before another try, the last one for ever
_DOUBTS = 10  # times that a message is sent which may have arrived each time, over half a minute
LATE = timedelta(seconds=30)  # what comes later than this says which message it answers
_LONGEST_WAIT = 900.0  # seconds that a server may ask for
_TYPING_AFTER = 0.6  # seconds; a shorter search shows nothing
_TYPING_LASTS = 4.5  # seconds; Telegram shows it for five
_NEVER_ARRIVED = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"}
_FINAL = (BadRequest, ChatMigrated, Forbidden, InvalidToken)  # the same call would only be refused again
_ANYWHERE = partial(
    SwitchInlineQueryChosenChat, allow_user_chats=True, allow_group_chats=True, allow_channel_chats=True
)
_LONGEST_BOLD = 140  # characters, some four lines on a phone
_KINDS = {
    "bold": MessageEntity.BOLD,
    "span": MessageEntity.BOLD,
    "italic": MessageEntity.ITALIC,
    "code": MessageEntity.PRE,
    "link": MessageEntity.TEXT_LINK,
    "quote": MessageEntity.BLOCKQUOTE,
    "collapsed": MessageEntity.EXPANDABLE_BLOCKQUOTE,
}


class Sender:
    """Sends and edits messages; link previews are off in all of them."""

    def __init__(self, bot: Bot, state: State) -> None:
        self._bot = bot
        self._state = state
        self._limiter = RateLimiter()

    async def send(
        self, chat: int, message: Message, *, reply_to: int | None = None, thread: int | None = None
    ) -> int | None:
        """Send it, as a reply where `reply_to` still exists; the new message's id, `None` where nobody can get it.

        It waits while the network is away. What was sent for this update before a restart is not sent again.
        """
        delivery = current()
        part = delivery.next() if delivery else None
        stage, sent = await part.stage() if part else ("pending", None)
        if stage == "sent":
            return sent
        if part and stage == "sending":  # the bot was killed, and Telegram may have it
            reply_to = reply_to or part.question
        fields = {**_fields(message), "reply_markup": _markup(message), "message_thread_id": thread}
        await self._limiter.wait(chat)
        try:
            return await self._deliver(chat, fields, reply_to, part)
        except ChatMigrated as moved:
            self._state.move(chat, moved.new_chat_id)
            return await self._deliver(moved.new_chat_id, fields, reply_to, part)
        except Forbidden:  # blocked, or removed from the group
            self._state.forget(chat)
            return None
        except BadRequest as refused:
            _log.warning("Telegram refused a message (%s); it goes as plain text", refused)
            return await self._deliver_plainly(chat, message, part)

    async def edit(self, chat: int, message_id: int, message: Message) -> bool:
        """Replace a message of the bot; `False` when that message no longer exists."""
        fields = {**_fields(message), "reply_markup": keyboard(message.buttons)}
        return await self._edit(partial(self._bot.edit_message_text, chat_id=chat, message_id=message_id, **fields))

    async def edit_buttons(self, chat: int, message_id: int, rows: Rows) -> bool:
        """Put other buttons under a message of the bot; `False` as for `edit`."""
        edit = self._bot.edit_message_reply_markup
        return await self._edit(partial(edit, chat_id=chat, message_id=message_id, reply_markup=keyboard(rows)))

    @staticmethod
    async def _edit(call: Callable[[], Awaitable[Any]]) -> bool:
        try:
            await _patiently(call)
        except BadRequest as refused:
            return "message is not modified" in str(refused).lower()
        except (Forbidden, ChatMigrated):
            return False
        return True

    @asynccontextmanager
    async def typing(self, chat: int, thread: int | None) -> AsyncIterator[None]:
        """Show that the bot is at work, if the work inside takes longer than a moment."""
        sign = asyncio.create_task(self._type(chat, thread))
        try:
            yield
        finally:
            sign.cancel()
            with suppress(asyncio.CancelledError):
                await sign

    async def _type(self, chat: int, thread: int | None) -> None:
        await asyncio.sleep(_TYPING_AFTER)
        with suppress(TelegramError):  # not worth a second try
            while True:
                await self._bot.send_chat_action(chat, ChatAction.TYPING, message_thread_id=thread)
                await asyncio.sleep(_TYPING_LASTS)

    async def _deliver(
        self, chat: int, fields: dict[str, Any], reply_to: int | None, part: AnswerPart | None
    ) -> int | None:
        """Send it until Telegram has it or refuses it; `None` where Telegram may have it and never says so."""
        doubts, pauses = 0, _pauses()
        while True:
            pause = next(pauses)
            await self._limiter.released(chat)
            if part and part.date and datetime.now(UTC) - part.date > LATE:
                reply_to = reply_to or part.question
            try:
                ready = {"chat_id": chat, "reply_parameters": _reply(reply_to), **fields}
                attempt = partial(self._attempt, ready, part)
                return await (part.inbox.finish(attempt, at_once=part.at_once) if part else attempt())
            except RetryAfter as error:
                self._limiter.hold(chat, seconds(error))
            except _FINAL:
                raise
            except TelegramError as error:
                if _undone(error):
                    await asyncio.sleep(pause)
                    continue
                doubts += 1
                if doubts == _DOUBTS:
                    _log.warning("a message may have arrived %s times: it is not sent again", _DOUBTS)
                    return None
                _log.warning("a message may have arrived or not: it is sent again, as a reply")
                await asyncio.sleep(pause * max(1, doubts / 2))
                await _patiently(self._bot.get_me)  # likely to be answered then
                reply_to = reply_to or (part.question if part else None)

    async def _attempt(self, fields: dict[str, Any], part: AnswerPart | None) -> int:
        """Try once and store the outcome; what was refused or never arrived is `pending` again."""
        if part:
            await part.mark("sending")
        try:
            sent = await self._bot.send_message(**fields)
        except TelegramError as error:
            if part and (isinstance(error, (RetryAfter, *_FINAL)) or _undone(error)):
                await part.mark("pending")
            raise
        if part:
            await part.mark("sent", sent.message_id)
        return sent.message_id

    async def _deliver_plainly(self, chat: int, message: Message, part: AnswerPart | None) -> int | None:
        plain = {"text": message.text, "link_preview_options": LinkPreviewOptions(is_disabled=True)}
        try:
            return await self._deliver(chat, plain, None, part)
        except (BadRequest, Forbidden) as refused:
            _log.warning("Telegram refused it as plain text too (%s)", refused)
            return None


def entities(message: Message) -> Sequence[MessageEntity]:
    """The message's entities as Telegram wants them, in UTF-16 units."""
    pointed = any(entity.kind == "span" for entity in message.entities)
    styled = [
        MessageEntity(_kind(entity, pointed=pointed), entity.start, entity.end - entity.start, url=entity.href)
        for entity in message.entities
    ]
    return MessageEntity.adjust_message_entities_to_utf_16(message.text, styled)


def _kind(entity: Entity, *, pointed: bool) -> str:
    """Telegram's name for a style; the sentence that answers is bold, a long one underlined: much bold is hard to read.

    Where the message points at what was asked, that is bold, and the sentence around it is underlined.
    """
    if entity.kind == "mark":
        short = entity.end - entity.start <= _LONGEST_BOLD
        return MessageEntity.BOLD if short and not pointed else MessageEntity.UNDERLINE
    return _KINDS[entity.kind]


def _fields(message: Message) -> dict[str, Any]:
    return {
        "text": message.text,
        "entities": entities(message),
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
    }


def _markup(message: Message) -> InlineKeyboardMarkup | ForceReply | None:
    if message.prompt:
        return ForceReply(selective=True, input_field_placeholder=message.prompt)
    return keyboard(message.buttons)


def content(message: Message) -> InputTextMessageContent:
    """The message as what an inline result sends."""
    fields = _fields(message)
    return InputTextMessageContent(fields.pop("text"), **fields)


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """The rows of a message's buttons, if it has any."""
    buttons = [[_button(button) for button in row] for row in rows]
    return InlineKeyboardMarkup(buttons) if buttons else None


def _button(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(
        button.label,
        callback_data=button.data or None,
        url=button.url or None,
        copy_text=CopyTextButton(button.copy) if button.copy else None,
        switch_inline_query_chosen_chat=_ANYWHERE(button.share) if button.share else None,
    )


def _reply(message_id: int | None) -> ReplyParameters | None:
    return None if message_id is None else ReplyParameters(message_id, allow_sending_without_reply=True)


async def _patiently(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call that may be done twice, until it is answered."""
    pauses = _pauses()
    while True:
        pause = next(pauses)
        try:
            return await call()
        except RetryAfter as error:
            await asyncio.sleep(seconds(error))
        except _FINAL:
            raise
        except TelegramError:
            await asyncio.sleep(pause)


def _pauses() -> Iterator[float]:
    """Seconds before each next try, without end; they vary, so that the chats do not all try at the same moment."""
    yield from _PAUSES
    while True:
        yield _PAUSES[-1] * random.uniform(0.7, 1.0)  # noqa: S311


def seconds(error: RetryAfter) -> float:
    """The seconds that the server asks to wait, a quarter of an hour at most; the library gives a number or a timedelta."""
    wait: Any = error.retry_after
    return min(float(wait.total_seconds() if hasattr(wait, "total_seconds") else wait), _LONGEST_WAIT)


def _undone(error: TelegramError) -> bool:
    """Whether the call was surely not carried out: it never arrived, or the server said that it failed."""
    if not isinstance(error, NetworkError):  # an answer that nobody can read
        return False
    cause = type(error.__cause__)
    if cause.__module__ == "httpx":
        return cause.__name__ in _NEVER_ARRIVED
    return not isinstance(error, TimedOut)
