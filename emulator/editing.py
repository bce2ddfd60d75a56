"""What a bot does to messages that stand in a chat, or that were sent through it: edit, take buttons away, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.api_error import JSON, bad
from emulator.content import text_content
from emulator.keyboards import keyboard_or_none
from emulator.params import Params
from emulator.records import Message
from emulator.sending import shown_markup
from emulator.state import World

MOST_DELETED = 100
_TEXT = ("text", "entities", "link_preview_options")
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def edit_text(world: World, params: Params) -> JSON | bool:
    """editMessageText."""
    content = text_content(world, "editMessageText", params)
    return _edit(world, params, content, (*_TEXT, "reply_markup"))


def edit_markup(world: World, params: Params) -> JSON | bool:
    """editMessageReplyMarkup."""
    return _edit(world, params, {}, ("reply_markup",))


def _edit(world: World, params: Params, content: JSON, replaced: tuple[str, ...]) -> JSON | bool:
    message = _editable(world, params)
    markup = keyboard_or_none(params.json("reply_markup"))
    if markup and "inline_keyboard" not in markup:
        raise bad("message can't be edited")
    rest = {name: value for name, value in message.raw.items() if name not in replaced}
    raw = rest | content | shown_markup(markup)
    if _seen(raw) == _seen(message.raw):
        raise bad(_SAME)
    kept = world.keep(message.edited(raw | {"edit_date": world.now()}))
    return True if "inline_message_id" in params else dict(kept.raw)


def _seen(raw: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(raw.get(name) for name in (*_TEXT, "reply_markup"))


def _editable(world: World, params: Params) -> Message:
    if inline_id := params.get("inline_message_id"):
        return _sent_inline(world, inline_id)
    room = world.room_of(params)
    if not params.integer("message_id"):
        raise bad("message identifier is not specified")
    message = room.message(params.integer("message_id"))
    if message is None:
        raise bad("message to edit not found")
    room.check_writable()
    if message.sender_id != world.bot.id or "text" not in message.raw:
        raise bad("message can't be edited")
    return message


def _sent_inline(world: World, inline_id: str) -> Message:
    if inline_id not in world.inline_messages:
        raise bad("MESSAGE_ID_INVALID")
    room_id, message_id = world.inline_messages[inline_id]
    message = world.rooms[room_id].message(message_id)
    if message is None:
        raise bad("MESSAGE_ID_INVALID")
    return message


def delete_message(world: World, params: Params) -> bool:
    """deleteMessage."""
    room = world.room_of(params)
    if not params.integer("message_id"):
        raise bad("message identifier is not specified")
    message = room.message(params.integer("message_id"))
    if message is None:
        raise bad("message to delete not found")
    if message.sender_id != world.bot.id and room.kind != "private" and room.bot_status != "administrator":
        raise bad("message can't be deleted")
    world.keep(message.gone())
    return True


def delete_messages(world: World, params: Params) -> bool:
    """deleteMessages: those that are there; the others are passed over."""
    room, numbers = world.room_of(params), params.json("message_ids")
    if (
        not isinstance(numbers, list)
        or not all(isinstance(n, int) for n in numbers)
        or not 1 <= len(numbers) <= MOST_DELETED
    ):
        raise bad("message identifiers are not specified")
    for message in filter(None, map(room.message, numbers)):
        world.keep(message.gone())
    return True
