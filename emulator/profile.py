"""What a bot says about itself and where its updates go, and the files that it may fetch.

Any address of a webhook is taken: which ones Telegram takes, the bot's settings check.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from emulator.params import JSON, Params, bad, names
from emulator.state import State

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_SCOPES = ("default", "all_private_chats", "all_group_chats")


def get_me(state: State, params: Params) -> JSON:
    """getMe."""
    del params
    return state.bot.json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": state.switches.reads_groups,
        "supports_inline_queries": state.switches.inline,
        "supports_guest_queries": state.switches.guest,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


def _key(params: Params) -> tuple[str, str]:
    """The scope and the language of commands."""
    scope = (params.json("scope") or {"type": "default"})["type"]
    if scope not in _SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    return scope, _language(params)


def _language(params: Params) -> str:
    language = params.get("language_code", "")
    if not _LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")
    return language


def set_commands(state: State, params: Params) -> bool:
    """setMyCommands."""
    key, commands = _key(params), params.json("commands")
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    state.commands[key] = [_command(command) for command in commands]
    state.notify()
    return True


def _command(command: Mapping[str, str]) -> JSON:
    name = command["command"].strip().removeprefix("/")
    if not name:
        raise bad("command must be non-empty")
    if not _COMMAND.fullmatch(name):
        raise bad("BOT_COMMAND_INVALID")
    description = command["description"].strip()
    if not 1 <= len(description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID" if description else "command description must be non-empty")
    return {"command": name, "description": description}


def get_commands(state: State, params: Params) -> list[JSON]:
    """getMyCommands: exactly what was set for this scope and language."""
    return state.commands.get(_key(params), [])


_TEXTS = {"description": 512, "short_description": 120}


def set_text(state: State, params: Params, which: str) -> bool:
    """setMyDescription, setMyShortDescription; an empty text removes it."""
    text = params.get(which, "").strip()
    if len(text) > _TEXTS[which]:
        raise bad("ABOUT_TOO_LONG")
    state.profile[which, _language(params)] = text
    return True


def get_text(state: State, params: Params, which: str) -> JSON:
    """getMyDescription, getMyShortDescription in this language, else the default."""
    own = state.profile.get((which, _language(params)))
    return {which: own or state.profile.get((which, ""), "")}


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


def set_webhook(state: State, params: Params) -> bool:
    """setWebhook; an empty address means deleteWebhook."""
    url = params.get("url", "").strip()
    if not url:
        return delete_webhook(state, params)
    state.updates.allow(params.json("allowed_updates"))
    state.webhook_secret = params.get("secret_token", "")
    state.updates.webhook_url = url
    state.updates.end_polls()
    return True


def delete_webhook(state: State, params: Params) -> bool:
    """deleteWebhook."""
    del params
    state.updates.webhook_url = ""
    return True
