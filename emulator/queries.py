"""What people start and the bot answers: a pressed button, an inline query, a guest's question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.api_error import JSON
from emulator.calls import wait_until
from emulator.chats import Room
from emulator.privacy import reaches_the_bot
from emulator.records import Message, User
from emulator.state import Query, World


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the bot, on its way."""

    world: World
    query: Query

    @property
    def answer(self) -> Mapping[str, Any] | None:
        """What the bot answered so far."""
        return self.query.answer

    def expire(self) -> None:
        """Let Telegram's patience end now."""
        self.query.expired = True

    def wait(self, timeout: float = 10.0) -> Mapping[str, Any]:
        """What the bot answered. Raises `TimeoutError`: the button keeps spinning, the list of results stays empty."""
        missing = f"the {self.query.kind} query of {self.query.sender.first_name} was not answered"
        wait_until(self.world.changed, lambda: self.query.answer is not None, timeout, lambda: missing)
        return self.query.answer or {}


class Press(Asked):
    """A pressed button; `wait` gives the parameters of answerCallbackQuery, such as `text` and `show_alert`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One result of an inline query, as a person sees it in the list; `message` is what would be sent."""

    id: str
    title: str
    description: str
    message: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The text that would be sent."""
        return str(self.message["text"])


class InlineQuery(Asked):
    """What a person types after the bot's name in any chat; `wait` gives the whole answer, `cards` its results."""

    __slots__ = ()

    def cards(self, timeout: float = 10.0) -> tuple[Card, ...]:
        """The results, in the bot's order."""
        return tuple(_card(result) for result in self.wait(timeout)["results"])

    def choose(self, card: Card, room: Room) -> Message:
        """Send a result to a chat; the bot learns of it, and can edit the message where it has buttons."""
        with self.world.changed:
            sender = self.query.sender
            raw: JSON = {"message_id": self.world.next_message_id(room), "from": sender.json(), "chat": room.json()}
            raw |= {"date": self.world.now(), "via_bot": self.world.bot.json()}
            message = self.world.keep(Message(raw | dict(card.message)))
            chosen: JSON = {"result_id": card.id, "from": sender.json(), "query": self.query.text}
            chosen |= {"inline_message_id": self.world.name_inline(message)} if message.buttons else {}
            self.world.updates.push("chosen_inline_result", chosen)
            if room.known and reaches_the_bot(self.world, room, message):
                self.world.updates.push("message", message.raw)
            return message


def _card(result: Mapping[str, Any]) -> Card:
    return Card(result["id"], result["title"], result.get("description", ""), result["message"])


def press(world: World, room: Room, message: Message, data: str, by: User) -> Press:
    """Press a button with this data, which need not be under the message: a manipulated client can send any."""
    with world.changed:
        query = world.ask("press", by, room, text=data)
        body: JSON = {"id": query.id, "from": by.json(), "chat_instance": str(-room.id), "data": data}
        world.updates.push("callback_query", body | _pressed(world, room, message))
        return Press(world, query)


def _pressed(world: World, room: Room, message: Message) -> JSON:
    names = [name for name, place in world.inline_messages.items() if place == (room.id, message.id)]
    if names:
        return {"inline_message_id": names[0]}
    if message.deleted:
        return {"message": {"chat": room.json(), "message_id": message.id, "date": 0}}
    return {"message": message.raw}


def type_inline(world: World, sender: User, text: str, *, offset: str = "", chat_type: str = "sender") -> InlineQuery:
    """Type after the bot's name. Telegram answers by itself what the bot let it remember."""
    with world.changed:
        query = world.ask("inline", sender, text=text, offset=offset)
        query.answer = world.remembered(sender, text, offset)
        body: JSON = {"id": query.id, "from": sender.json(), "query": text, "offset": offset, "chat_type": chat_type}
        if query.answer is None and world.switches.inline:
            world.updates.push("inline_query", body)
        return InlineQuery(world, query)


def call_guest(world: World, room: Room, message: Message, sender: User) -> Asked:
    """Call the bot by its name in a chat where it is none of the members."""
    with world.changed:
        query = world.ask("guest", sender, room, text=message.text)
        if world.switches.guest:
            world.updates.push("guest_message", {**message.raw, "guest_query_id": query.id})
        return Asked(world, query)
