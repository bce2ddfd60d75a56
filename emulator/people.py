"""What people do: a person writes, presses and reads, comes and goes. Tests and the demo page call it.

In privacy mode, the default of groups, these messages reach the bot: commands that name no other bot, replies to the
bot, what was sent through it, and service messages. A bare mention is not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.messages import quoted, shown
from emulator.params import JSON, names
from emulator.profile import member
from emulator.records import Button, ChatState, Message, User, utf16
from emulator.state import Card, Query, State
from emulator.texts import command_of, formatted
from emulator.updates import wait_until


class Chat:
    """One chat as its people see it. Whoever is not named as the sender is the first of them."""

    def __init__(self, state: State, chat_state: ChatState, people: tuple[User, ...]):
        self.state = state
        self.chat_state = chat_state
        self.people = people
        self._seen = 0

    @property
    def id(self) -> int:
        """Its number."""
        return self.chat_state.id

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything that stands in it, oldest first."""
        with self.state.changed:
            return tuple(message for _, message in sorted(self.chat_state.messages.items()) if not message.deleted)

    @property
    def answers(self) -> tuple[Message, ...]:
        """What the bot wrote and did not delete, oldest first."""
        return tuple(message for message in self.messages if message.sender_id == self.state.bot.id)

    def message(self, message_id: int) -> Message:
        """The message with this number as it stands now."""
        return self.chat_state.messages[message_id]

    def topic(self, name: str) -> int:
        """The number of a forum's topic."""
        return next(number for number, title in self.chat_state.topics.items() if title == name)

    def say(self, text: str, sender: User | None = None, **more: Any) -> Message:
        """Write a text; `more` as for `send`."""
        return self.send(shown(formatted(text, more.pop("entities", ()))), sender, **more)

    def upload(self, name: str | None, data: bytes, caption: str = "") -> Message:
        """Send a file, with a caption or none."""
        number = f"file-{len(self.state.files) + 1}"
        self.state.files[number] = (f"documents/{number}", data)
        document = {"file_id": number, "file_unique_id": number, "file_size": len(data)}
        document |= {"file_name": name} if name else {}
        names = {"text": "caption", "entities": "caption_entities"}
        below = {names[key]: value for key, value in shown(formatted(caption)).items()} if caption else {}
        return self.send({"document": document} | below)

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
        with self.state.changed:
            writer = sender or self.people[0]
            place = self._place(thread, reply_to) | ({"forward_origin": dict(forward)} if forward else {})
            place |= quoted(reply_to) | _quote(reply_to, quote) if reply_to else {}
            message = self.state.keep(Message(self.state.new_message(self.chat_state, writer, place | dict(content))))
            self.chat_state.is_known |= self.chat_state.bot_status not in {"left", "kicked"}
            self.deliver("message", message)
            return message

    def _place(self, thread: int | None, reply_to: Message | None) -> JSON:
        """A topic, in which what replies to nothing replies to the topic's first message; or a thread of replies."""
        if thread:
            opening = self.chat_state.messages.get(thread)
            return {"message_thread_id": thread, "is_topic_message": True} | (quoted(opening) if opening else {})
        if reply_to is None or self.chat_state.kind != "supergroup":
            return {}
        inside = {"is_topic_message": True} if reply_to.raw.get("is_topic_message") else {}
        return {"message_thread_id": reply_to.thread or reply_to.id} | inside

    def edit(self, message: Message, text: str) -> Message:
        """Change an own text."""
        content = shown(formatted(text))
        with self.state.changed:
            rest = {name: value for name, value in message.raw.items() if name not in {"text", "entities"}}
            edited = self.state.keep(message.edited(rest | content | {"edit_date": self.state.now()}))
            self.deliver("edited_message", edited)
            return edited

    def delete(self, message: Message) -> None:
        """Take a message away; the bot is not told."""
        self.state.keep(self.message(message.id).gone())

    def press(self, message: Message, button: str | Button, by: User | None = None) -> Query:
        """Press a button that is under the message, by its text. Raises `LookupError` where there is none."""
        current = self.message(message.id)
        label = button.text if isinstance(button, Button) else button
        for candidate in current.buttons:
            if candidate.text == label and candidate.action == "callback_data":
                return self.forge(current, candidate.value, by)
        raise LookupError(f"no button {label!r} to press; there are {[each.text for each in current.buttons]}")

    def forge(self, message: Message, data: str, by: User | None = None) -> Query:
        """Press with any data at all, which need not be under the message: a manipulated client can send any."""
        current, person, chat = self.message(message.id), by or self.people[0], self.chat_state
        with self.state.changed:
            query = self.state.ask("press", person, chat, text=data)
            gone = {"chat": chat.json(), "message_id": current.id, "date": 0}
            body = {"id": query.id, "from": person.json(), "chat_instance": str(-chat.id), "data": data}
            self.state.updates.push("callback_query", body | {"message": gone if current.deleted else current.raw})
            return query

    def call_guest(self, text: str, sender: User | None = None, **more: Any) -> Query:
        """Write a text that calls the bot, which is no member here."""
        message = self.say(text, sender, **more)
        with self.state.changed:
            query = self.state.ask("guest", sender or self.people[0], self.chat_state, text=message.text)
            if self.state.switches.guest:
                self.state.updates.push("guest_message", {**message.raw, "guest_query_id": query.id})
            return query

    def choose(self, card: Card, sender: User | None = None) -> Message:
        """Send a result of an inline query; the bot gets the message where it is in the chat."""
        with self.state.changed:
            content = {"via_bot": self.state.bot.json(), **card.message}
            raw = self.state.new_message(self.chat_state, sender or self.people[0], content)
            message = self.state.keep(Message(raw))
            if self.chat_state.is_known:
                self.deliver("message", message)
            return message

    def wait_message(self, timeout: float = 60.0) -> Message:
        """The bot's next message that was not yet waited for. Raises `TimeoutError`."""
        wait_until(self.state.changed, lambda: len(self.answers) > self._seen, timeout, self._missing)
        self._seen += 1
        return self.answers[self._seen - 1]

    def wait_edit(self, message: Message) -> Message:
        """The message once the bot has changed it after `message` was seen. Raises `TimeoutError`."""
        edits, changed = len(message.earlier), self.state.changed
        wait_until(changed, lambda: len(self.message(message.id).earlier) > edits, 60.0, self._missing)
        return self.message(message.id)

    def deliver(self, kind: str, message: Message) -> None:
        """Let the bot know of a message, where Telegram would."""
        if reaches_the_bot(self.state, self.chat_state, message):
            self.state.updates.push(kind, message.raw)

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
    with chat.state.changed:
        was_outside = chat.chat_state.bot_status in {"left", "kicked"}
        _change(chat, status, by)
        if was_outside:
            chat.send({"new_chat_members": [chat.state.bot.json()]}, by)


def remove_bot(chat: Chat) -> None:
    """Let somebody remove the bot from a group."""
    with chat.state.changed:
        _change(chat, "kicked")
        chat.send({"left_chat_member": chat.state.bot.json()})


def block(chat: Chat) -> None:
    """Block the bot in a private chat."""
    _change(chat, "kicked")
    chat.chat_state.blocked, chat.chat_state.bot_status = True, "member"


def _change(chat: Chat, status: str, by: User | None = None) -> None:
    state, chat_state = chat.state, chat.chat_state
    with state.changed:
        before, chat_state.bot_status, chat_state.is_known = chat_state.bot_status, status, True
        happened = {"chat": chat_state.json(), "from": (by or chat.people[0]).json(), "date": state.now()}
        statuses = {"old_chat_member": member(state, before), "new_chat_member": member(state, status)}
        state.updates.push("my_chat_member", happened | statuses)
        state.notify()


def migrate(chat: Chat, new_id: int) -> Chat:
    """Let a group become a supergroup with another number; the old chat refuses whoever writes to it."""
    state, old = chat.state, chat.chat_state
    with state.changed:
        new = state.add_chat(
            ChatState(new_id, "supergroup", old.name, members=dict(old.members), bot_status=old.bot_status)
        )
        supergroup = Chat(state, new, chat.people)
        chat.send({"migrate_to_chat_id": new_id})
        old.moved_to = new_id
        supergroup.send({"migrate_from_chat_id": old.id})
        return supergroup


_SERVICE = names(
    """
    new_chat_members left_chat_member new_chat_title group_chat_created supergroup_chat_created
    migrate_to_chat_id migrate_from_chat_id pinned_message forum_topic_created forum_topic_edited
    forum_topic_closed
    """
)


def reaches_the_bot(state: State, chat: ChatState, message: Message) -> bool:
    """Whether Telegram makes an update of this message for the bot."""
    if chat.blocked or chat.bot_status in {"left", "kicked"} or message.sender_id == state.bot.id:
        return False
    if chat.kind == "private" or state.switches.reads_groups or chat.bot_status == "administrator":
        return True
    return _is_for_the_bot(state, message)


def _is_for_the_bot(state: State, message: Message) -> bool:
    replied = message.raw.get("reply_to_message", {}).get("from", {}).get("id")
    through = message.raw.get("via_bot", {}).get("id")
    return state.bot.id in (replied, through) or bool(_SERVICE & set(message.raw)) or _is_command(state, message)


def _is_command(state: State, message: Message) -> bool:
    command = command_of(message.text, message.entities)
    named = command.partition("@")[2] if command else ""
    return command is not None and named.lower() in ("", (state.bot.username or "").lower())
