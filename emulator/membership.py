"""The bot's comings and goings: added, removed, promoted, blocked; and a group that becomes a supergroup."""

from __future__ import annotations

from emulator.chat_methods import member
from emulator.chats import Room
from emulator.people import Chat
from emulator.records import User


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
