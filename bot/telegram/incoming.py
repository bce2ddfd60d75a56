"""A Telegram message → the question in it, whether it addresses this bot, and where it stands.

In a group the bot is silent unless `/ask`, a reply or a mention asks it. It never answers another bot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from telegram import CallbackQuery, MaybeInaccessibleMessage, Message, MessageEntity, User

from bot.exchange import FrontEnd
from bot.message import cleaned

_MENTIONS: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]

COMMAND = r"(?i)^/(?P<name>[a-z0-9_]{1,32})(@(?P<bot>[a-z0-9_]+))?(?=\s|$)"  # what Telegram takes for one
_COMMAND = re.compile(COMMAND)


@dataclass(frozen=True, slots=True)
class ChatPosition:
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


def asked(message: Message, me: User) -> str | None:
    """The question, `""` when the bot was asked without words, `None` when it was not asked.

    Where the words are missing but the message replies to somebody else's, that one is the question.
    """
    if not _text(message) or not from_person(message):
        return None
    words = _words(message, me)
    return None if words is None else words or _replied_to(message, me)


def from_person(message: Message) -> bool:
    """Whether a person wrote it: no other bot, none of a bot's inline results, no copy of a channel's post.

    Telegram lets anonymous administrators, and people who write as their channel, speak through a bot of its own;
    `sender_chat` tells them apart.
    """
    user = message.from_user
    machine = user is None or (user.is_bot and message.sender_chat is None)
    return not (machine or message.via_bot or message.is_automatic_forward)


def command(message: Message, me: User) -> str | None:
    """The command at the start of the text, in lower case and without `/`; `None` for none, or another bot's."""
    match = _COMMAND.match(_text(message))
    if match is None:
        return None
    name, bot = match["name"].lower(), (match["bot"] or "").lower()
    return name if bot in {"", (me.username or "").lower()} else None


def without_mention(message: Message, me: User) -> str:
    """The text without this bot's name in it, wherever it was written."""
    text = _text(message)
    for mention in _mentions(message, me):
        text = text.replace(mention, " ", 1)
    return _tidy(text)


def own_words(message: Message) -> str:
    """What stands after a command in the message itself."""
    text = _text(message)
    match = _COMMAND.match(text)
    return _tidy(text[match.end() :]) if match else ""


def language(message: Message) -> str | None:
    """The language that the person's Telegram is set to, as an IETF tag."""
    return message.from_user.language_code if message.from_user else None


def person(message: Message) -> int:
    """Who wrote it, as a number; 0 for nobody."""
    return message.from_user.id if message.from_user else 0


def thread(message: Message) -> int | None:
    """The topic that the message is in; a thread of replies has an id too, but is no topic."""
    return message.message_thread_id if message.is_topic_message else None


def front_end(message: MaybeInaccessibleMessage, me: User) -> FrontEnd:
    """The kind of chat that the message is in, and what the bot can do in it."""
    kind: Literal["private", "group"] = "private" if message.chat.type == "private" else "group"
    reads, inline = bool(me.can_read_all_group_messages), bool(me.supports_inline_queries)
    return FrontEnd(kind, me.username or "", reads_groups=reads, inline=inline)


def position(message: Message) -> ChatPosition:
    """Where a message stands."""
    replied = message.reply_to_message
    return ChatPosition(
        message.chat.id,
        person(message),
        thread(message),
        message.chat.type != "private",
        message.date,
        message.message_id,
        replied.message_id if replied and not replied.forum_topic_created else None,
    )


def pressed_at(query: CallbackQuery, message: MaybeInaccessibleMessage) -> ChatPosition:
    """Where a button was pressed; nothing tells when."""
    group = message.chat.type != "private"
    topic = thread(message) if isinstance(message, Message) else None  # too old to be seen: no one knows
    return ChatPosition(message.chat.id, query.from_user.id, topic, group, datetime.now(UTC))


def after_command(message: Message) -> str:
    """What stands after a command; where nothing does, the message that it replies to, or the part that it quotes."""
    own = own_words(message)
    replied = message.reply_to_message
    picked = message.quote.text if message.quote else (replied and _text(replied))
    return own or _tidy(picked or "")


def _words(message: Message, me: User) -> str | None:
    """What follows `/ask` or stands beside the mention; the whole text of a private chat or of a reply."""
    if _COMMAND.match(_text(message)):
        return own_words(message) if command(message, me) == "ask" else None
    mentions = _mentions(message, me)
    if message.chat.type != "private" and not mentions and not _replies_to(message, me):
        return None
    return without_mention(message, me)


def _mentions(message: Message, me: User) -> list[str]:
    name = f"@{me.username}".lower()
    mentions = (message.parse_entities(_MENTIONS) | message.parse_caption_entities(_MENTIONS)).items()
    return [text for entity, text in mentions if text.lower() == name or (entity.user and entity.user.id == me.id)]


def _replies_to(message: Message, me: User) -> bool:
    """Whether it replies to the bot; every message of a topic "replies" to the one that opened the topic."""
    replied = message.reply_to_message
    if replied is None or replied.forum_topic_created:
        return False
    return replied.from_user is not None and replied.from_user.id == me.id


def _replied_to(message: Message, me: User) -> str:
    replied = message.reply_to_message
    if replied is None or _replies_to(message, me):
        return ""
    picked = message.quote.text if message.quote else None
    return _tidy(picked or _text(replied))


def _text(message: Message) -> str:
    """What somebody wrote: a text, or the caption of a picture."""
    return message.text or message.caption or ""


def _tidy(text: str) -> str:
    return cleaned(text).strip()
