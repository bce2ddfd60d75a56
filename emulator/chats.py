"""The chats of the emulated Telegram: who is in them, what was said, and where the bot stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from emulator.api_error import JSON, Refusal, bad
from emulator.records import Message, User

RoomKind = Literal["private", "group", "supergroup", "channel"]


@dataclass(slots=True)
class Room:
    """One chat. `bot_status` is what getChatMember says of the bot; `known` whether the bot ever heard of the chat.

    `topics` are a forum's, by the number of the message that opened each; `typed_at` is monotonic seconds.
    """

    id: int
    kind: RoomKind
    name: str
    username: str | None = None
    forum: bool = False
    known: bool = True
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
        shown: JSON = {"id": self.id, "type": self.kind}
        shown |= {"first_name": self.name} if self.kind == "private" else {"title": self.name}
        shown |= {"username": self.username} if self.username else {}
        return shown | ({"is_forum": True} if self.forum else {})

    def check_writable(self) -> None:
        """Refuse as Telegram does where the bot may not write."""
        if self.moved_to is not None:
            raise Refusal(400, "group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": self.moved_to})
        if not self.known:
            raise bad("chat not found")
        if self.blocked:
            raise Refusal(403, "bot was blocked by the user")
        if self.bot_status == "kicked":
            raise Refusal(403, f"bot was kicked from the {self.kind} chat")
        if self.bot_status == "left":
            raise Refusal(403, f"bot is not a member of the {self.kind} chat")

    def message(self, message_id: int) -> Message | None:
        """The message with this number, unless it is gone."""
        found = self.messages.get(message_id)
        return None if found is None or found.deleted else found
