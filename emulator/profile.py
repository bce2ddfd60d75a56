"""What a bot says about itself, and what it may ask about chats, their people and files."""

from __future__ import annotations

import re
from typing import Any

from emulator.params import JSON, Params, Refusal, bad, names, text_field
from emulator.records import Room
from emulator.state import World

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")


def get_me(world: World, params: Params) -> JSON:
    """getMe."""
    del params
    return world.bot.json() | {
        "can_join_groups": world.switches.groups,
        "can_read_all_group_messages": world.switches.reads_groups,
        "supports_inline_queries": world.switches.inline,
        "supports_guest_queries": world.switches.guest,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


def _key(world: World, params: Params) -> tuple[str, str]:
    return _scope(world, params.json("scope")), _language(params)


def _language(params: Params) -> str:
    language = params.get("language_code", "")
    if not _LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")
    return language


def _scope(world: World, scope: Any) -> str:
    if scope is None:
        return "default"
    if not isinstance(scope, dict):
        raise bad("can't parse BotCommandScope: expected an Object")
    kind = scope.get("type")
    if kind in _SCOPES:
        return str(kind)
    if kind not in _CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    room = world.room_of(Params(chat_id=str(scope.get("chat_id", ""))))
    return f"{kind}:{room.id}" + (f":{scope['user_id']}" if kind == "chat_member" else "")


def set_commands(world: World, params: Params) -> bool:
    """setMyCommands."""
    key, commands = _key(world, params), params.json("commands")
    if not isinstance(commands, list):
        raise bad("can't parse commands JSON object" if commands else "expected an Array of BotCommand")
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    world.commands[key] = [_command(command) for command in commands]
    world.tell()
    return True


def _command(command: Any) -> JSON:
    if not isinstance(command, dict):
        raise bad("can't parse BotCommand: expected an Object")
    name = text_field(command, "command", "can't parse BotCommand").strip().removeprefix("/")
    if not name:
        raise bad("command must be non-empty")
    if not _COMMAND.fullmatch(name):
        raise bad("BOT_COMMAND_INVALID")
    description = text_field(command, "description", "can't parse BotCommand").strip()
    if not 1 <= len(description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID" if description else "command description must be non-empty")
    return {"command": name, "description": description}


def get_commands(world: World, params: Params) -> list[JSON]:
    """getMyCommands: exactly what was set for this scope and language."""
    return world.commands.get(_key(world, params), [])


def delete_commands(world: World, params: Params) -> bool:
    """deleteMyCommands."""
    world.commands.pop(_key(world, params), None)
    return True


def set_menu_button(world: World, params: Params) -> bool:
    """setChatMenuButton; without a chat it is the default for all."""
    button = params.json("menu_button") or {"type": "default"}
    if not isinstance(button, dict) or str(button.get("type")) not in {"commands", "default", "web_app"}:
        raise bad("can't parse menu button: unsupported type specified")
    world.menus[params.integer("chat_id")] = button
    return True


def get_menu_button(world: World, params: Params) -> JSON:
    """getChatMenuButton."""
    return world.menus.get(params.integer("chat_id"), world.menus.get(0, {"type": "commands"}))


_TEXTS = {"name": 64, "description": 512, "short_description": 120}


def set_text(world: World, params: Params, which: str) -> bool:
    """setMyName, setMyDescription, setMyShortDescription; an empty text removes it."""
    text = params.get(which, "").strip()
    if len(text) > _TEXTS[which]:
        raise bad("BOT_TITLE_INVALID" if which == "name" else "ABOUT_TOO_LONG")
    world.profile[which, _language(params)] = text
    return True


def get_text(world: World, params: Params, which: str) -> JSON:
    """getMyName, getMyDescription, getMyShortDescription in this language, else the default."""
    own = world.profile.get((which, _language(params)))
    fallback = world.profile.get((which, ""), world.bot.first_name if which == "name" else "")
    return {which: own or fallback}


def get_chat(world: World, params: Params) -> JSON:
    """getChat."""
    room = world.room_of(params)
    _check_inside(room)
    more: JSON = {"accent_color_id": room.id % 7, "max_reaction_count": 11, "accepted_gift_types": dict(_NO_GIFTS)}
    return room.json() | more | ({"permissions": dict(_PERMISSIONS)} if room.kind != "private" else {})


_GIFTS = names("unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels")
_NO_GIFTS = dict.fromkeys(_GIFTS, False)
_ALLOWED = names(
    """
    can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos can_send_video_notes
    can_send_voice_notes can_send_polls can_send_other_messages can_add_web_page_previews can_change_info
    can_invite_users can_pin_messages can_manage_topics
    """
)
_PERMISSIONS = dict.fromkeys(_ALLOWED, True)


def get_chat_member(world: World, params: Params) -> JSON:
    """getChatMember."""
    room, number = world.room_of(params), params.integer("user_id")
    _check_inside(room)
    if number == world.bot.id:
        return member(world, room.bot_status)
    if number not in world.users:
        raise bad("PARTICIPANT_ID_INVALID" if number > 0 else "invalid user_id specified")
    return {"user": world.users[number].json(), "status": "member" if number in room.members else "left"}


_RIGHTS = names(
    """
    can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members
    can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories
    """
)


def member(world: World, status: str) -> JSON:
    """The bot as a member of a chat, as the Bot API's ChatMember."""
    more: JSON = dict.fromkeys(_RIGHTS, False) if status == "administrator" else {}
    more |= {"until_date": 0} if status == "kicked" else {}
    return {"user": world.bot.json(), "status": status} | more


def get_member_count(world: World, params: Params) -> int:
    """getChatMemberCount: the people, and the bot where it is one of them."""
    room = world.room_of(params)
    _check_inside(room)
    return len(room.members) + (room.bot_status in {"member", "administrator"})


def leave(world: World, params: Params) -> bool:
    """leaveChat."""
    room = world.room_of(params)
    if room.kind == "private":
        raise bad("chat member status can't be changed in private chats")
    _check_inside(room)
    room.bot_status = "left"
    return True


def get_file(world: World, params: Params) -> JSON:
    """getFile: nobody ever uploads anything here."""
    del world
    raise bad("file_id not specified" if not params.get("file_id") else "invalid file_id")


def _check_inside(room: Room) -> None:
    if room.kind != "private" and room.bot_status in {"left", "kicked"}:
        said = "was kicked from" if room.bot_status == "kicked" else "is not a member of"
        raise Refusal(403, f"bot {said} the {room.kind} chat")
