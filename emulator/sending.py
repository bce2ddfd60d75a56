"""What a bot says in a chat: messages, drafts, reactions, that it types."""

from __future__ import annotations

from typing import Any

from emulator.api_error import JSON, bad
from emulator.chats import Room
from emulator.content import text_content
from emulator.fields import names
from emulator.keyboards import keyboard_or_none
from emulator.params import Params
from emulator.records import Message
from emulator.replying import place, reply
from emulator.state import World

_ACTIONS = names(
    """
    typing upload_photo record_video upload_video record_voice upload_voice record_audio upload_audio
    upload_document choose_sticker find_location record_video_note upload_video_note
    """
)
REACTIONS = names(
    """
    ❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍
    🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
    """
)


def send_message(world: World, params: Params) -> JSON:
    """sendMessage."""
    content = text_content(world, "sendMessage", params)
    room = world.room_of(params)
    room.check_writable()
    markup = keyboard_or_none(params.json("reply_markup"))
    if params.get("message_effect_id"):
        raise bad("EFFECT_ID_INVALID")
    where = place(room, params) | reply(world, room, params)
    raw = new_message(world, room, where | content | shown_markup(markup))
    prompt = markup if markup and "inline_keyboard" not in markup else None
    return dict(world.keep(Message(raw, prompt=prompt)).raw)


def new_message(world: World, room: Room, content: JSON) -> JSON:
    """A message of the bot that is not yet in the chat."""
    number = world.next_message_id(room)
    room.typed_at = 0.0  # whoever says something has stopped typing
    return {"message_id": number, "from": world.bot.json(), "chat": room.json(), "date": world.now()} | content


def shown_markup(markup: JSON | None) -> JSON:
    """Only buttons under the message belong to it; keyboards and forced replies are the client's."""
    return {"reply_markup": markup} if markup and "inline_keyboard" in markup else {}


def send_chat_action(world: World, params: Params) -> bool:
    """sendChatAction."""
    room = world.room_of(params)
    action = params.get("action", "").lower()
    if action not in _ACTIONS:
        raise bad("wrong parameter action in request")
    room.check_writable()
    place(room, params)
    world.show_typing(room, action)
    return True


def set_reaction(world: World, params: Params) -> bool:
    """setMessageReaction."""
    room = world.room_of(params)
    message = room.message(params.integer("message_id"))
    if message is None:
        raise bad("message to react not found")
    emoji = tuple(_emoji(reaction) for reaction in params.json("reaction") or [])
    if len(emoji) > 1:
        raise bad("REACTIONS_TOO_MANY")
    world.keep(message.reacted(emoji))
    return True


def _emoji(reaction: Any) -> str:
    emoji = reaction.get("emoji") if isinstance(reaction, dict) else None
    if not isinstance(emoji, str) or emoji.replace("\ufe0f", "") not in REACTIONS:
        raise bad("REACTION_INVALID")
    return emoji


def send_draft(world: World, params: Params) -> bool:
    """sendMessageDraft: a preview that nobody keeps; an empty text is a thinking placeholder."""
    room = world.room_of(params)
    room.check_writable()
    if room.kind != "private":
        raise bad("PEER_ID_INVALID")
    if not params.integer("draft_id"):
        raise bad("RANDOM_ID_INVALID")
    if params.get("text"):
        text_content(world, "sendMessageDraft", params)
    return True
