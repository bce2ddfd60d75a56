"""Where a message of the bot goes: which topic, as a reply to what, with which quote. Raises Telegram's refusals."""

from __future__ import annotations

from emulator.api_error import JSON, bad
from emulator.chats import Room
from emulator.fields import number_field
from emulator.formatting import Formatted, formatted
from emulator.markup import parsed
from emulator.nesting import PLAIN
from emulator.params import Params
from emulator.records import Message
from emulator.state import World
from emulator.wording import utf16

QUOTE_LENGTH = 1024
KEPT_IN_QUOTES = frozenset({*PLAIN, "custom_emoji"})


def place(room: Room, params: Params) -> JSON:
    """The topic that a call names."""
    thread = params.integer("message_thread_id")
    if not thread:
        return {}
    if thread not in room.topics:
        raise bad("message thread not found")
    return {"message_thread_id": thread, "is_topic_message": True}


def reply(world: World, room: Room, params: Params) -> JSON:
    """What the message answers, as it shows it; nothing where the answered one is gone and that may be."""
    asked = _asked(params)
    if asked is None:
        return {}
    message_id, other = number_field(asked, "message_id"), asked.get("chat_id")
    source = room if other is None else world.room_of(Params(chat_id=str(other)))
    replied = source.message(message_id)
    if replied is None:
        if asked.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")
    return quoted(replied) | _thread(room, replied) | _quote(replied, asked)


def quoted(replied: Message) -> JSON:
    """The replied-to message inside a reply: whole, but without what it itself replied to."""
    return {"reply_to_message": {name: value for name, value in replied.raw.items() if name != "reply_to_message"}}


def _asked(params: Params) -> JSON | None:
    asked = params.json("reply_parameters")
    if asked is not None and not isinstance(asked, dict):
        raise bad("object expected as reply parameters")
    if asked:
        return asked
    old = params.integer("reply_to_message_id")
    return {"message_id": old} if old else None


def _thread(room: Room, replied: Message) -> JSON:
    if not replied.thread or not replied.raw.get("is_topic_message"):
        return {}
    return {"message_thread_id": replied.thread, "is_topic_message": True} if room.forum else {}


def _quote(replied: Message, asked: JSON) -> JSON:
    if not asked.get("quote"):
        return {}
    text, given = parsed(str(asked["quote"]), str(asked.get("quote_parse_mode") or ""), asked.get("quote_entities"))
    quote = formatted(text, given)
    at = replied.text.find(quote.text)
    if at < 0 or len(quote.text) > QUOTE_LENGTH or not _looks_the_same(replied, utf16(replied.text[:at]), quote):
        raise bad("QUOTE_TEXT_INVALID")
    entities = {"entities": [e.json() for e in quote.entities]} if quote.entities else {}
    return {"quote": {"text": quote.text, "position": utf16(replied.text[:at]), "is_manual": True} | entities}


def _looks_the_same(replied: Message, offset: int, quote: Formatted) -> bool:
    """Whether the quote asks for the very formats that the original has there; quotes and links do not count."""
    end = offset + utf16(quote.text)
    there = {
        (entity.type, max(entity.offset, offset) - offset, min(entity.end, end) - offset)
        for entity in replied.entities
        if entity.type in KEPT_IN_QUOTES and entity.offset < end and entity.end > offset
    }
    return there == {(entity.type, entity.offset, entity.end) for entity in quote.entities}
