"""What the people's side sees of the emulated Telegram at one moment: every chat with its people, menu and messages."""

from __future__ import annotations

import time

from emulator.api_error import JSON
from emulator.chats import Room
from emulator.records import Message
from emulator.state import World

TYPING_SHOWS = 5.0  # seconds


def seen(world: World) -> JSON:
    """Everything that a page shows; `version` says of when it is."""
    with world.changed:
        rooms = [_room(world, room) for room in world.rooms.values()]
        bot = world.bot.json() | {"description": world.profile.get(("description", ""), "")}
        return {"version": world.version, "bot": bot, "chats": rooms}


def seen_message(message: Message) -> JSON:
    """A message, how often it was edited, the bot's reactions, and what its client is to show below the chat."""
    more = {"edits": len(message.earlier), "reactions": list(message.reactions), "prompt": message.prompt}
    return {**message.raw, **more}


def _room(world: World, room: Room) -> JSON:
    messages = [seen_message(message) for _, message in sorted(room.messages.items()) if not message.deleted]
    people = [person.json() for person in room.members.values()]
    topics = [{"id": number, "name": name} for number, name in room.topics.items()]
    typing = time.monotonic() - room.typed_at < TYPING_SHOWS and bool(room.typing)
    commands, hears_all = _menu(world, room), world.switches.reads_groups or room.bot_status == "administrator"
    shown = {"people": people, "topics": topics, "typing": typing, "commands": commands, "hears_all": hears_all}
    return {**room.json(), **shown, "messages": messages}


def _menu(world: World, room: Room) -> list[JSON]:
    """The commands of the narrowest scope that has any, in the first person's language before the default."""
    kind = "all_private_chats" if room.kind == "private" else "all_group_chats"
    language = next((person.language or "" for person in room.members.values()), "")
    for scope in (f"chat:{room.id}", kind, "default"):
        for spoken in (language, ""):
            if world.commands.get((scope, spoken)):
                return world.commands[scope, spoken]
    return []
