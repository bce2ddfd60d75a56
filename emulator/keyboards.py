"""Which buttons Telegram takes under a message, and with which words it refuses others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emulator.links import WrongLink, link
from emulator.params import JSON, bad, check_flags, complaint, object_field, text_field

ROW, WHOLE = 8, 100
_ABOUT = "can't parse inline keyboard button"
_STYLES = {"primary", "success", "danger"}
_CHOSEN_CHAT = ("allow_user_chats", "allow_bot_chats", "allow_group_chats", "allow_channel_chats")
_FLAGS = {
    "keyboard": ("resize_keyboard", "one_time_keyboard", "is_persistent", "selective"),
    "remove_keyboard": ("remove_keyboard", "selective"),
    "force_reply": ("force_reply", "selective"),
}


def keyboard_or_none(markup: object) -> JSON | None:
    """The reply markup as Telegram keeps it; `None` where there is none. Raises `ApiError`."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(_rows(markup, "inline_keyboard"))
    for kind, flags in _FLAGS.items():
        if kind in markup:
            check_flags(markup, flags)
            return _other(markup, kind)
    return None


def _rows(markup: Mapping[str, Any], name: str) -> list[list[Any]]:
    rows = markup[name]
    if not isinstance(rows, list):
        raise bad(f'field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad(f'field "{name}" must be an Array of Arrays')
    return rows


def _inline(rows: list[list[Any]]) -> JSON | None:
    kept = [[_button(button) for button in row] for row in rows if row]
    if sum(len(row) for row in kept) > WHOLE or any(len(row) > ROW for row in kept):
        raise bad("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": kept} if kept else None


def _other(markup: Mapping[str, Any], kind: str) -> JSON:
    if kind == "keyboard":
        _rows(markup, kind)
    if len(markup.get("input_field_placeholder") or "") > 64:
        raise bad("INPUT_FIELD_PLACEHOLDER_INVALID")
    return dict(markup)


def _button(button: Any) -> JSON:
    if not isinstance(button, dict):
        raise complaint("Expected an Object", _ABOUT)
    text = text_field(button, "text", _ABOUT)
    actions = [
        name for name in _CHECKS if name in button and button[name] not in (None, "" if name in _TEXTS else None)
    ]
    if not actions:
        raise complaint("Text buttons are unallowed in the inline keyboard", _ABOUT)
    if len(actions) > 1:  # Telegram takes the first in its own order; a bot that sends two is mistaken
        raise bad("BUTTON_TYPE_INVALID")
    if not text.strip():
        raise bad("BUTTON_TEXT_INVALID")
    if button.get("style") is not None and str(button["style"]) not in _STYLES:
        raise bad("BUTTON_STYLE_INVALID")
    _CHECKS[actions[0]](button)
    return {name: value for name, value in button.items() if value is not None}


def _check_data(button: Mapping[str, Any]) -> None:
    if not 1 <= len(text_field(button, "callback_data", _ABOUT).encode("utf-8", "surrogatepass")) <= 64:
        raise bad("BUTTON_DATA_INVALID")


def _check_url(button: Mapping[str, Any]) -> None:
    url = text_field(button, "url", _ABOUT)
    try:
        link(url)
    except WrongLink as wrong:
        raise bad(f"inline keyboard button URL '{url}' is invalid: {wrong}") from wrong


def _check_web_app(button: Mapping[str, Any]) -> None:
    url = text_field(object_field(button, "web_app", _ABOUT), "url", _ABOUT)
    if not url.lower().startswith("https://"):
        raise bad(f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed")


def _check_copy(button: Mapping[str, Any]) -> None:
    text = text_field(object_field(button, "copy_text", _ABOUT), "text", _ABOUT)
    if not 1 <= len(text) <= 256:
        raise bad("BUTTON_COPY_TEXT_INVALID")


def _check_chosen_chat(button: Mapping[str, Any]) -> None:
    chosen = object_field(button, "switch_inline_query_chosen_chat", _ABOUT)
    check_flags(chosen, _CHOSEN_CHAT, _ABOUT)
    if not any(chosen.get(name) for name in _CHOSEN_CHAT):
        raise complaint("At least one chat type must be allowed", _ABOUT)


def _check_query(name: str) -> Callable[[Mapping[str, Any]], None]:
    def check(button: Mapping[str, Any]) -> None:
        text_field(button, name, _ABOUT)

    return check


def _refuse(button: Mapping[str, Any]) -> None:
    del button
    raise bad("BUTTON_TYPE_INVALID")


_CHECKS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "url": _check_url,
    "callback_data": _check_data,
    "callback_game": _refuse,
    "pay": _refuse,
    "switch_inline_query": _check_query("switch_inline_query"),
    "switch_inline_query_current_chat": _check_query("switch_inline_query_current_chat"),
    "switch_inline_query_chosen_chat": _check_chosen_chat,
    "login_url": _refuse,
    "web_app": _check_web_app,
    "copy_text": _check_copy,
}
_TEXTS = {"url", "callback_data"}
