"""What a bot says about itself, and what it may ask about chats, their people and files."""

from __future__ import annotations

import re
from typing import Any

from emulator.params import JSON, ApiError, Params, bad, names, text_field
from emulator.records import ChatState
from emulator.state import State

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")


def get_me(state: State, params: Params) -> JSON:
    """getMe."""
    del params
    return state.bot.json() | {
        "can_join_groups": state.switches.groups,
        "can_read_all_group_messages": state.switches.reads_groups,
        "supports_inline_queries": state.switches.inline,
        "supports_guest_queries": state.switches.guest,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


def _key(state: State, params: Params) -> tuple[str, str]:
    return _scope(state, params.json("scope")), _language(params)


def _language(params: Params) -> str:
    language = params.get("language_code", "")
    if not _LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")
    return language


def _scope(state: State, scope: Any) -> str:
    if scope is None:
        return "default"
    if not isinstance(scope, dict):
        raise bad("can't parse BotCommandScope: expected an Object")
    kind = scope.get("type")
    if kind in _SCOPES:
        return str(kind)
    if kind not in _CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    chat = state.chat_of(Params(chat_id=str(scope.get("chat_id", ""))))
    return f"{kind}:{chat.id}" + (f":{scope['user_id']}" if kind == "chat_member" else "")


def set_commands(state: State, params: Params) -> bool:
    """setMyCommands."""
    key, commands = _key(state, params), params.json("commands")
    if not isinstance(commands, list):
        raise bad("can't parse commands JSON object" if commands else "expected an Array of BotCommand")
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    state.commands[key] = [_command(command) for command in commands]
    state.tell()
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


def get_commands(state: State, params: Params) -> list[JSON]:
    """getMyCommands: exactly what was set for this scope and language."""
    return state.commands.get(_key(state, params), [])


def delete_commands(state: State, params: Params) -> bool:
    """deleteMyCommands."""
    state.commands.pop(_key(state, params), None)
    return True


def set_menu_button(state: State, params: Params) -> bool:
    """setChatMenuButton; without a chat it is the default for all."""
    button = params.json("menu_button") or {"type": "default"}
    if not isinstance(button, dict) or str(button.get("type")) not in {"commands", "default", "web_app"}:
        raise bad("can't parse menu button: unsupported type specified")
    state.menus[params.integer("chat_id")] = button
    return True


def get_menu_button(state: State, params: Params) -> JSON:
    """getChatMenuButton."""
    return state.menus.get(params.integer("chat_id"), state.menus.get(0, {"type": "commands"}))


_TEXTS = {"name": 64, "description": 512, "short_description": 120}


def set_text(state: State, params: Params, which: str) -> bool:
    """setMyName, setMyDescription, setMyShortDescription; an empty text removes it."""
    text = params.get(which, "").strip()
    if len(text) > _TEXTS[which]:
        raise bad("BOT_TITLE_INVALID" if which == "name" else "ABOUT_TOO_LONG")
    state.profile[which, _language(params)] = text
    return True


def get_text(state: State, params: Params, which: str) -> JSON:
    """getMyName, getMyDescription, getMyShortDescription in this language, else the default."""
    own = state.profile.get((which, _language(params)))
    fallback = state.profile.get((which, ""), state.bot.first_name if which == "name" else "")
    return {which: own or fallback}


def get_chat(state: State, params: Params) -> JSON:
    """getChat."""
    chat = state.chat_of(params)
    _check_inside(chat)
    more: JSON = {
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict(_NO_GIFTS),
    }
    return chat.json() | more | ({"permissions": dict(_PERMISSIONS)} if chat.kind != "private" else {})


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


def get_chat_member(state: State, params: Params) -> JSON:
    """getChatMember."""
    chat, number = state.chat_of(params), params.integer("user_id")
    _check_inside(chat)
    if number == state.bot.id:
        return member(state, chat.bot_status)
    if number not in state.users:
        raise bad("PARTICIPANT_ID_INVALID" if number > 0 else "invalid user_id specified")
    return {"user": state.users[number].json(), "status": "member" if number in chat.members else "left"}


_RIGHTS = names(
    """
    can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members
    can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories
    """
)


def member(state: State, status: str) -> JSON:
    """The bot as a member of a chat, as the Bot API's ChatMember."""
    more: JSON = dict.fromkeys(_RIGHTS, False) if status == "administrator" else {}
    more |= {"until_date": 0} if status == "kicked" else {}
    return {"user": state.bot.json(), "status": status} | more


def get_member_count(state: State, params: Params) -> int:
    """getChatMemberCount: the people, and the bot where it is one of them."""
    chat = state.chat_of(params)
    _check_inside(chat)
    return len(chat.members) + (chat.bot_status in {"member", "administrator"})


def leave(state: State, params: Params) -> bool:
    """leaveChat."""
    chat = state.chat_of(params)
    if chat.kind == "private":
        raise bad("chat member status can't be changed in private chats")
    _check_inside(chat)
    chat.bot_status = "left"
    return True


_LARGEST = 20 * 1024 * 1024  # https://core.telegram.org/bots/api#getfile


def get_file(state: State, params: Params) -> JSON:
    """getFile: where a file that somebody sent can be fetched."""
    number = params.get("file_id") or ""
    if number not in state.files:
        raise bad("invalid file_id" if number else "file_id not specified")
    path, data = state.files[number]
    if len(data) > _LARGEST:
        raise bad("file is too big")
    return {"file_id": number, "file_unique_id": number, "file_size": len(data), "file_path": path}


def _check_inside(chat: ChatState) -> None:
    if chat.kind != "private" and chat.bot_status in {"left", "kicked"}:
        standing = "was kicked from" if chat.bot_status == "kicked" else "is not a member of"
        raise ApiError(403, f"bot {standing} the {chat.kind} chat")
