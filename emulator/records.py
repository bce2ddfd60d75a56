"""What the emulated Telegram keeps: people, chats, messages; frozen records that show themselves as Bot API JSON.

Only this module knows the characters of a text that Telegram drops, makes a space, and that nobody sees. All counts of
"UTF-16" are code units, the measure of Telegram's entity offsets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from emulator.params import JSON, ApiError, bad

_VANISHES = re.compile("[\r\u2028-\u202e\u030a\u0333\u033f]")
_BECOMES_SPACE = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_MARKS_BEFORE_A_MARK = re.compile("[\u200e\u200f](?=[\u200e\u200f])")
_BLANK = re.compile(
    "[ \n\u1680\u180e\u2000-\u200a\u202e\u202f\u205f\u2800\u3000\ufffc\U000e0000-\U000e007f"
    "\u200b-\u200f\ufeff\u00a0\t\r\x00\x0b]*"
)


def utf16(text: str) -> int:
    """The length of `text` in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def cleaned(text: str) -> str:
    """`text` as Telegram keeps it, ends not yet trimmed; U+200E and U+200F runs keep only their last mark."""
    visible = _BECOMES_SPACE.sub(" ", _VANISHES.sub("", text))
    return _MARKS_BEFORE_A_MARK.sub("\u200c", visible)


def vanishes(character: str) -> bool:
    """Whether Telegram drops this character from every text."""
    return _VANISHES.fullmatch(character) is not None


def is_blank(text: str) -> bool:
    """Whether nobody would see anything of `text`."""
    return _BLANK.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    username: str | None = None
    language: str | None = None
    is_bot: bool = False

    def json(self) -> JSON:
        """As the Bot API's User."""
        optional = {"username": self.username, "language_code": self.language}
        fields = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        return fields | {name: value for name, value in optional.items() if value}


@dataclass(frozen=True, slots=True)
class Button:
    """One button under a message; `action` is the one thing it does, such as `callback_data`, with its value."""

    text: str
    action: str
    value: Any
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entity:
    """A formatted stretch of a message's text; offset and length in UTF-16 code units."""

    type: str
    offset: int
    length: int
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def end(self) -> int:
        """One past its last code unit."""
        return self.offset + self.length

    def json(self) -> JSON:
        """As the Bot API's MessageEntity."""
        return {"type": self.type, "offset": self.offset, "length": self.length, **self.extra}

    def of(self, text: str) -> str:
        """The part of `text` that it covers."""
        return text.encode("utf-16-le")[2 * self.offset : 2 * self.end].decode("utf-16-le")

    def at(self, offset: int, length: int) -> Entity:
        """The same formatting elsewhere."""
        return replace(self, offset=offset, length=length)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands now: its Bot API JSON, what it was before each edit, whether it is still there.

    `prompt` is what its client was asked to show below the chat: a keyboard, or a forced reply.
    """

    raw: Mapping[str, Any]
    earlier: tuple[Mapping[str, Any], ...] = ()
    deleted: bool = False
    prompt: Mapping[str, Any] | None = None

    @property
    def id(self) -> int:
        """Its number in the chat."""
        return int(self.raw["message_id"])

    @property
    def chat_id(self) -> int:
        """The chat it stands in."""
        return int(self.raw["chat"]["id"])

    @property
    def sender_id(self) -> int:
        """Who wrote it; 0 where nobody did."""
        return int(self.raw.get("from", {}).get("id", 0))

    @property
    def text(self) -> str:
        """Its text, empty where it has none."""
        return str(self.raw.get("text", ""))

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The formatting of its text."""
        return tuple(entity_of(raw) for raw in self.raw.get("entities", ()))

    @property
    def rows(self) -> tuple[tuple[Button, ...], ...]:
        """The buttons under it, row by row."""
        keyboard = self.raw.get("reply_markup", {}).get("inline_keyboard", ())
        return tuple(tuple(_button(raw) for raw in row) for row in keyboard)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """The buttons under it in reading order."""
        return tuple(button for row in self.rows for button in row)

    @property
    def reply_to(self) -> int | None:
        """The number of the message that it answers."""
        replied = self.raw.get("reply_to_message")
        return int(replied["message_id"]) if replied else None

    @property
    def thread(self) -> int | None:
        """The topic it stands in."""
        return self.raw.get("message_thread_id")

    def parts(self, entity_type: str) -> tuple[str, ...]:
        """The stretches of its text that are formatted so."""
        return tuple(entity.of(self.text) for entity in self.entities if entity.type == entity_type)

    def edited(self, raw: Mapping[str, Any]) -> Message:
        """The same message after an edit."""
        return replace(self, raw=raw, earlier=(*self.earlier, self.raw))

    def gone(self) -> Message:
        """The same message, deleted."""
        return replace(self, deleted=True)


def entity_of(raw: Mapping[str, Any]) -> Entity:
    """The record for a MessageEntity that is known to be well formed."""
    extra = {name: value for name, value in raw.items() if name not in {"type", "offset", "length"}}
    return Entity(raw["type"], raw["offset"], raw["length"], extra)


def _button(raw: Mapping[str, Any]) -> Button:
    actions = (each for each in raw.items() if each[0] not in {"text", "style", "icon_custom_emoji_id"})
    action, value = next(actions, ("", None))
    return Button(raw["text"], action, value, raw)


def from_user(person: User, date: int = 1_700_000_000) -> JSON:
    """The origin of a forwarded message, as the Bot API's MessageOriginUser."""
    return {"type": "user", "sender_user": person.json(), "date": date}


ChatKind = Literal["private", "group", "supergroup"]


@dataclass(slots=True)
class ChatState:
    """One chat. `bot_status` is what getChatMember says of the bot; `is_known` whether the bot ever heard of the chat.

    `topics` are a forum's, by the number of the message that opened each; `typed_at` is monotonic seconds.
    """

    id: int
    kind: ChatKind
    name: str
    forum: bool = False
    is_known: bool = True
    blocked: bool = False
    bot_status: str = "member"
    moved_to: int | None = None
    members: dict[int, User] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    typing: list[str] = field(default_factory=list)
    typed_at: float = 0.0

    def json(self) -> JSON:
        """As the Bot API's Chat."""
        fields: JSON = {"id": self.id, "type": self.kind}
        fields |= {"first_name": self.name} if self.kind == "private" else {"title": self.name}
        return fields | ({"is_forum": True} if self.forum else {})

    def check_writable(self) -> None:
        """Refuse as Telegram does where the bot may not write."""
        if self.moved_to is not None:
            raise ApiError(400, "group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": self.moved_to})
        if not self.is_known:
            raise bad("chat not found")
        if self.blocked:
            raise ApiError(403, "bot was blocked by the user")
        if self.bot_status == "kicked":
            raise ApiError(403, f"bot was kicked from the {self.kind} chat")
        if self.bot_status == "left":
            raise ApiError(403, f"bot is not a member of the {self.kind} chat")

    def message(self, message_id: int) -> Message | None:
        """The message with this number, unless it is gone."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message
