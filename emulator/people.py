"""The people's side: what a person writes, presses and sees, and who comes and goes. Tests and the demo page play it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.formatting import formatted
from emulator.messages import quoted, shown
from emulator.params import JSON
from emulator.profile import member
from emulator.queries import Asked, Press, call_guest, press, reaches_the_bot
from emulator.records import Button, Message, Room, User
from emulator.state import World
from emulator.text import utf16
from emulator.updates import wait_until


class Chat:
    """One chat as its people see it. Whoever is not named as the sender is the first of them."""

    def __init__(self, world: World, room: Room, people: tuple[User, ...]):
        self.world = world
        self.room = room
        self.people = people
        self._seen = 0

    @property
    def id(self) -> int:
        """Its number."""
        return self.room.id

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything that stands in it, oldest first."""
        with self.world.changed:
            return tuple(message for _, message in sorted(self.room.messages.items()) if not message.deleted)

    @property
    def answers(self) -> tuple[Message, ...]:
        """What the bot wrote and did not delete, oldest first."""
        return tuple(message for message in self.messages if message.sender_id == self.world.bot.id)

    def message(self, message_id: int) -> Message:
        """The message with this number as it stands now."""
        return self.room.messages[message_id]

    def topic(self, name: str) -> int:
        """The number of a forum's topic."""
        return next(number for number, title in self.room.topics.items() if title == name)

    def say(self, text: str, sender: User | None = None, **more: Any) -> Message:
        """Write a text; `more` as for `send`."""
        return self.send(shown(formatted(text, more.pop("entities", None))), sender, **more)

    def send(  # noqa: PLR0913 - each names a thing that a person can do with a message
        self,
        content: Mapping[str, Any],
        sender: User | None = None,
        *,
        reply_to: Message | None = None,
        quote: str | None = None,
        forward: Mapping[str, Any] | None = None,
        thread: int | None = None,
    ) -> Message:
        """Send anything that a Bot API Message can hold; `quote` marks a part of the message replied to."""
        with self.world.changed:
            writer = sender or self.people[0]
            raw: JSON = {"message_id": self.world.next_message_id(self.room), "from": writer.json()}
            raw |= {"chat": self.room.json(), "date": self.world.now()} | self._place(thread, reply_to)
            raw |= {"forward_origin": dict(forward)} if forward else {}
            raw |= quoted(reply_to) | _quote(reply_to, quote) if reply_to else {}
            message = self.world.keep(Message(raw | dict(content)))
            self.room.known |= self.room.bot_status not in {"left", "kicked"}
            self.deliver("message", message)
            return message

    def _place(self, thread: int | None, reply_to: Message | None) -> JSON:
        """A topic, in which what replies to nothing replies to the topic's first message; or a thread of replies."""
        if thread:
            opening = self.room.messages.get(thread)
            return {"message_thread_id": thread, "is_topic_message": True} | (quoted(opening) if opening else {})
        if reply_to is None or self.room.kind != "supergroup":
            return {}
        inside = {"is_topic_message": True} if reply_to.raw.get("is_topic_message") else {}
        return {"message_thread_id": reply_to.thread or reply_to.id} | inside

    def edit(self, message: Message, text: str) -> Message:
        """Change an own text."""
        content = shown(formatted(text))
        with self.world.changed:
            rest = {name: value for name, value in message.raw.items() if name not in {"text", "entities"}}
            edited = self.world.keep(message.edited(rest | content | {"edit_date": self.world.now()}))
            self.deliver("edited_message", edited)
            return edited

    def delete(self, message: Message) -> None:
        """Take a message away; the bot is not told."""
        self.world.keep(self.message(message.id).gone())

    def press(self, message: Message, button: str | Button, by: User | None = None) -> Press:
        """Press a button that is under the message, by its text. Raises `LookupError` where there is none."""
        shown_now = self.message(message.id)
        wanted = button.text if isinstance(button, Button) else button
        for candidate in shown_now.buttons:
            if candidate.text == wanted and candidate.action == "callback_data":
                return self.forge(shown_now, candidate.value, by)
        raise LookupError(f"no button {wanted!r} to press; there are {[b.text for b in shown_now.buttons]}")

    def forge(self, message: Message, data: str, by: User | None = None) -> Press:
        """Press with any data at all, as a manipulated client can."""
        return press(self.world, self.room, self.message(message.id), data, by or self.people[0])

    def call_guest(self, text: str, sender: User | None = None, **more: Any) -> Asked:
        """Write a text that calls the bot, which is no member here."""
        return call_guest(self.world, self.room, self.say(text, sender, **more), sender or self.people[0])

    def wait_message(self, timeout: float = 10.0) -> Message:
        """The bot's next message that was not yet waited for. Raises `TimeoutError`."""
        wait_until(self.world.changed, lambda: len(self.answers) > self._seen, timeout, self._missing)
        self._seen += 1
        return self.answers[self._seen - 1]

    def wait_edit(self, message: Message, timeout: float = 10.0) -> Message:
        """The message once the bot has changed it after `message` was seen. Raises `TimeoutError`."""
        known, changed = len(message.earlier), self.world.changed
        wait_until(changed, lambda: len(self.message(message.id).earlier) > known, timeout, self._missing)
        return self.message(message.id)

    def deliver(self, kind: str, message: Message) -> None:
        """Let the bot know of a message, where Telegram would."""
        if reaches_the_bot(self.world, self.room, message):
            self.world.updates.push(kind, message.raw)

    def _missing(self) -> str:
        return f"nothing new from the bot in chat {self.id}; it wrote {[message.text for message in self.answers]}"


def _quote(replied: Message, quote: str | None) -> JSON:
    if quote is None:
        return {}
    at = replied.text.find(quote)
    if at < 0:
        raise ValueError("a person can only quote what stands in the message")
    return {"quote": {"text": quote, "position": utf16(replied.text[:at]), "is_manual": True}}


def add_bot(chat: Chat, by: User | None = None, status: str = "member") -> None:
    """Let somebody take the bot into a group, as a member or an administrator."""
    with chat.world.changed:
        was_outside = chat.room.bot_status in {"left", "kicked"}
        _change(chat, status, by)
        if was_outside:
            chat.send({"new_chat_members": [chat.world.bot.json()]}, by)


def remove_bot(chat: Chat, by: User | None = None) -> None:
    """Let somebody throw the bot out of a group."""
    with chat.world.changed:
        _change(chat, "kicked", by)
        chat.send({"left_chat_member": chat.world.bot.json()}, by)


def block(chat: Chat) -> None:
    """Block the bot in a private chat."""
    _change(chat, "kicked")
    chat.room.blocked, chat.room.bot_status = True, "member"


def unblock(chat: Chat) -> None:
    """Let the bot write again."""
    chat.room.bot_status = "kicked"
    _change(chat, "member")
    chat.room.blocked = False


def _change(chat: Chat, status: str, by: User | None = None) -> None:
    world, room = chat.world, chat.room
    with world.changed:
        before, room.bot_status, room.known = room.bot_status, status, True
        happened = {"chat": room.json(), "from": (by or chat.people[0]).json(), "date": world.now()}
        statuses = {"old_chat_member": member(world, before), "new_chat_member": member(world, status)}
        world.updates.push("my_chat_member", happened | statuses)
        world.tell()


def migrate(chat: Chat, new_id: int) -> Chat:
    """Let a group become a supergroup with another number; the old chat refuses whoever writes to it."""
    world, old = chat.world, chat.room
    with world.changed:
        new = world.add_room(Room(new_id, "supergroup", old.name, members=dict(old.members), bot_status=old.bot_status))
        moved = Chat(world, new, chat.people)
        chat.send({"migrate_to_chat_id": new_id})
        old.moved_to = new_id
        moved.send({"migrate_from_chat_id": old.id})
        return moved
