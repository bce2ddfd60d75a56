"""Which messages of a chat reach the bot: all in private, in groups what privacy mode lets through.

In privacy mode, the default, these are commands that name no other bot, replies to the bot, what was sent through it,
and service messages. A bare mention is not among them.
"""

from __future__ import annotations

from emulator.chats import Room
from emulator.detection import command_of
from emulator.fields import names
from emulator.records import Message
from emulator.state import World

_SERVICE = names(
    """
    new_chat_members left_chat_member new_chat_title group_chat_created supergroup_chat_created
    migrate_to_chat_id migrate_from_chat_id pinned_message forum_topic_created forum_topic_edited
    forum_topic_closed
    """
)


def reaches_the_bot(world: World, room: Room, message: Message) -> bool:
    """Whether Telegram makes an update of this message for the bot."""
    if room.blocked or room.bot_status in {"left", "kicked"} or message.sender_id == world.bot.id:
        return False
    if room.kind == "private" or world.switches.reads_groups or room.bot_status == "administrator":
        return True
    return _is_for_the_bot(world, message)


def _is_for_the_bot(world: World, message: Message) -> bool:
    replied = message.raw.get("reply_to_message", {}).get("from", {}).get("id")
    through = message.raw.get("via_bot", {}).get("id")
    return world.bot.id in (replied, through) or bool(_SERVICE & set(message.raw)) or _is_command(world, message)


def _is_command(world: World, message: Message) -> bool:
    command = command_of(message.text, message.entities)
    named = command.partition("@")[2] if command else ""
    return command is not None and named.lower() in ("", (world.bot.username or "").lower())
