"""The methods that the emulated server knows, by the names the Bot API gives them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from emulator import answering, chat_methods, editing, profile, sending, webhook
from emulator.params import Params
from emulator.state import World

Method = Callable[[World, Params], Any]


def _text(which: str) -> tuple[Method, Method]:
    return partial(profile.set_text, which=which), partial(profile.get_text, which=which)


_SET_NAME, _GET_NAME = _text("name")
_SET_DESCRIPTION, _GET_DESCRIPTION = _text("description")
_SET_SHORT, _GET_SHORT = _text("short_description")


METHODS: dict[str, Method] = {
    "getMe": profile.get_me,
    "getUpdates": lambda world, params: world.updates.poll(params),
    "setWebhook": webhook.set_webhook,
    "getWebhookInfo": webhook.get_webhook_info,
    "deleteWebhook": webhook.delete_webhook,
    "sendMessage": sending.send_message,
    "editMessageText": editing.edit_text,
    "editMessageReplyMarkup": editing.edit_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "sendChatAction": sending.send_chat_action,
    "setMessageReaction": sending.set_reaction,
    "sendMessageDraft": sending.send_draft,
    "answerCallbackQuery": answering.answer_press,
    "answerInlineQuery": answering.answer_inline,
    "answerGuestQuery": answering.answer_guest,
    "getChat": chat_methods.get_chat,
    "getChatMember": chat_methods.get_chat_member,
    "getChatMemberCount": chat_methods.get_member_count,
    "leaveChat": chat_methods.leave,
    "getFile": chat_methods.get_file,
    "setMyCommands": profile.set_commands,
    "getMyCommands": profile.get_commands,
    "deleteMyCommands": profile.delete_commands,
    "setMyName": _SET_NAME,
    "getMyName": _GET_NAME,
    "setMyDescription": _SET_DESCRIPTION,
    "getMyDescription": _GET_DESCRIPTION,
    "setMyShortDescription": _SET_SHORT,
    "getMyShortDescription": _GET_SHORT,
    "setChatMenuButton": profile.set_menu_button,
    "getChatMenuButton": profile.get_menu_button,
}
_NAMES = {name.lower(): name for name in METHODS}


def canonical(name: str) -> str | None:
    """The method's name in Telegram's spelling; `None` for one that does not exist. Case does not matter."""
    return _NAMES.get(name.lower())
