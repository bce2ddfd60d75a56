"""What a bot sends: messages, edits, that it types, and the answers to presses, inline queries and guests, once and in time;
and which buttons Telegram takes under a message.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from emulator.params import JSON, Params, as_params, bad, names
from emulator.records import ChatState, Message
from emulator.state import Altered, Query, State
from emulator.texts import Formatted, WrongLink, all_entities, formatted, link


def text_content(state: State, method: str, params: Params, name: str = "text") -> JSON:
    """Text, entities and preview options as a message shows them. Raises `ApiError`, for any parse mode too."""
    text = params.get(name, "")
    if params.get("parse_mode", "").lower() not in ("", "none"):
        raise bad("unsupported parse_mode")
    content = formatted(text, params.json("entities") or ())
    if content.text != text or content.mended:
        state.altered.append(Altered(method, text, content.text))
    options = params.json("link_preview_options")
    return shown(content) | ({"link_preview_options": options} if options else {})


def shown(content: Formatted) -> JSON:
    """Text and entities, those that Telegram finds by itself included."""
    entities = [entity.json() for entity in all_entities(content.text, content.entities)]
    return {"text": content.text} | ({"entities": entities} if entities else {})


def place(chat: ChatState, params: Params) -> JSON:
    """The topic that a call names."""
    thread = params.integer("message_thread_id")
    if not thread:
        return {}
    if thread not in chat.topics:
        raise bad("message thread not found")
    return {"message_thread_id": thread, "is_topic_message": True}


def reply(chat: ChatState, params: Params) -> JSON:
    """What the message answers, as it shows it; nothing where the answered one is gone and that may be."""
    asked = params.json("reply_parameters")
    if not asked:
        return {}
    replied = chat.message(asked["message_id"])
    if replied is None:
        if asked.get("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")
    return quoted(replied) | _thread(chat, replied)


def quoted(replied: Message) -> JSON:
    """The replied-to message inside a reply: whole, but without what it itself replied to."""
    return {"reply_to_message": {name: value for name, value in replied.raw.items() if name != "reply_to_message"}}


def _thread(chat: ChatState, replied: Message) -> JSON:
    if not replied.thread or not replied.raw.get("is_topic_message"):
        return {}
    return {"message_thread_id": replied.thread, "is_topic_message": True} if chat.forum else {}


_ACTIONS = names(
    """
    typing upload_photo record_video upload_video record_voice upload_voice record_audio upload_audio
    upload_document choose_sticker find_location record_video_note upload_video_note
    """
)


def send_message(state: State, params: Params) -> JSON:
    """sendMessage."""
    content = text_content(state, "sendMessage", params)
    chat = state.chat_of(params)
    chat.check_writable()
    markup = keyboard_or_none(params.json("reply_markup"))
    where = place(chat, params) | reply(chat, params)
    raw = new_message(state, chat, where | content | shown_markup(markup))
    prompt = markup if markup and "inline_keyboard" not in markup else None
    return dict(state.keep(Message(raw, prompt=prompt)).raw)


def new_message(state: State, chat: ChatState, content: JSON) -> JSON:
    """A message of the bot that is not yet in the chat."""
    chat.typed_at = 0.0  # whoever says something has stopped typing
    return state.new_message(chat, state.bot, content)


def shown_markup(markup: JSON | None) -> JSON:
    """Only buttons under the message belong to it; keyboards and forced replies are the client's."""
    return {"reply_markup": markup} if markup and "inline_keyboard" in markup else {}


def send_chat_action(state: State, params: Params) -> bool:
    """sendChatAction."""
    chat = state.chat_of(params)
    action = params.get("action", "").lower()
    if action not in _ACTIONS:
        raise bad("wrong parameter action in request")
    chat.check_writable()
    place(chat, params)
    chat.typing.append(action)
    chat.typed_at = time.monotonic()
    state.notify()
    return True


_TEXT = ("text", "entities", "link_preview_options")
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def edit_text(state: State, params: Params) -> JSON:
    """editMessageText."""
    content = text_content(state, "editMessageText", params)
    return _edit(state, params, content, (*_TEXT, "reply_markup"))


def edit_markup(state: State, params: Params) -> JSON:
    """editMessageReplyMarkup."""
    return _edit(state, params, {}, ("reply_markup",))


def _edit(state: State, params: Params, content: JSON, replaced: tuple[str, ...]) -> JSON:
    message = _editable(state, params)
    markup = keyboard_or_none(params.json("reply_markup"))
    if markup and "inline_keyboard" not in markup:
        raise bad("message can't be edited")
    rest = {name: value for name, value in message.raw.items() if name not in replaced}
    raw = rest | content | shown_markup(markup)
    if _seen(raw) == _seen(message.raw):
        raise bad(_SAME)
    return dict(state.keep(message.edited(raw | {"edit_date": state.now()})).raw)


def _seen(raw: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(raw.get(name) for name in (*_TEXT, "reply_markup"))


def _editable(state: State, params: Params) -> Message:
    chat = state.chat_of(params)
    if not params.integer("message_id"):
        raise bad("message identifier is not specified")
    message = chat.message(params.integer("message_id"))
    if message is None:
        raise bad("message to edit not found")
    chat.check_writable()
    if message.sender_id != state.bot.id or "text" not in message.raw:
        raise bad("message can't be edited")
    return message


ROW, WHOLE = 8, 100
_CHOSEN_CHAT = ("allow_user_chats", "allow_bot_chats", "allow_group_chats", "allow_channel_chats")


def keyboard_or_none(markup: JSON | None) -> JSON | None:
    """The reply markup as Telegram keeps it; `None` where there is none. Raises `ApiError`."""
    if markup is None:
        return None
    if "inline_keyboard" in markup:
        keyboard = [[_button(button) for button in row] for row in markup["inline_keyboard"] if row]
        if sum(len(row) for row in keyboard) > WHOLE or any(len(row) > ROW for row in keyboard):
            raise bad("REPLY_MARKUP_TOO_LONG")
        return {"inline_keyboard": keyboard} if keyboard else None
    if "force_reply" not in markup:
        raise bad("unsupported reply markup")
    if len(markup.get("input_field_placeholder") or "") > 64:
        raise bad("INPUT_FIELD_PLACEHOLDER_INVALID")
    return dict(markup)


def _button(button: Mapping[str, Any]) -> JSON:
    actions = [name for name in _CHECKS if button.get(name)]
    if not actions:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:  # Telegram takes the first in its own order; a bot that sends two is mistaken
        raise bad("BUTTON_TYPE_INVALID")
    if not button["text"].strip():
        raise bad("BUTTON_TEXT_INVALID")
    _CHECKS[actions[0]](button[actions[0]])
    return {name: value for name, value in button.items() if value is not None}


def _check_data(data: str) -> None:
    if len(data.encode("utf-8", "surrogatepass")) > 64:
        raise bad("BUTTON_DATA_INVALID")


def _check_url(url: str) -> None:
    try:
        link(url)
    except WrongLink as wrong:
        raise bad(f"inline keyboard button URL '{url}' is invalid: {wrong}") from wrong


def _check_copy(copied: Mapping[str, str]) -> None:
    if not 1 <= len(copied["text"]) <= 256:
        raise bad("BUTTON_COPY_TEXT_INVALID")


def _check_chosen_chat(chosen: Mapping[str, Any]) -> None:
    if not any(chosen.get(name) for name in _CHOSEN_CHAT):
        raise bad("can't parse inline keyboard button: At least one chat type must be allowed")


_CHECKS: dict[str, Callable[[Any], None]] = {
    "url": _check_url,
    "callback_data": _check_data,
    "switch_inline_query_chosen_chat": _check_chosen_chat,
    "copy_text": _check_copy,
}


RESULTS, ID_BYTES, CACHE_SECONDS = 50, 64, 300
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def open_query(state: State, query_id: str, kind: str) -> Query:
    """The query with this id while it may be answered. Raises `ApiError` afterwards and for ids that never were."""
    query = state.queries.get(query_id)
    if query is None or query.kind != kind or time.monotonic() > query.until:
        raise bad(_TOO_OLD)
    return query


def answer_press(state: State, params: Params) -> bool:
    """answerCallbackQuery."""
    query = open_query(state, params.get("callback_query_id", ""), "press")
    if len(params.get("text", "")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    state.settle(query, params.readable())
    return True


def answer_inline(state: State, params: Params) -> bool:
    """answerInlineQuery."""
    results, button = params.json("results"), params.json("button")
    if button and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", button.get("start_parameter") or ""):
        raise bad("START_PARAM_INVALID")
    if len(results) > RESULTS:
        raise bad("too many inline query results specified")
    cards = [inline_result(state, "answerInlineQuery", result) for result in results]
    query = open_query(state, params.get("inline_query_id", ""), "inline")
    _check_ids(result["id"] for result in cards)
    answer = {
        "results": cards,
        "cache_time": params.integer("cache_time", CACHE_SECONDS),
        "is_personal": params.json("is_personal") is True,
        "button": button,
    }
    state.settle(query, answer)
    state.remember(query, answer)
    return True


def _check_ids(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for result_id in ids:
        if not result_id:
            raise bad("RESULT_ID_EMPTY")
        if len(result_id.encode("utf-8", "surrogatepass")) > ID_BYTES:
            raise bad("RESULT_ID_INVALID")
        if result_id in seen:
            raise bad("RESULT_ID_DUPLICATE")
        seen.add(result_id)


def inline_result(state: State, method: str, raw: Mapping[str, Any]) -> JSON:
    """One result as Telegram keeps it; articles only, because a bot that cites texts sends nothing else."""
    if raw["type"] != "article":
        raise bad("can't parse inline query result: Unsupported type specified")
    if not raw["title"].strip():
        raise bad("ARTICLE_TITLE_EMPTY")
    content = text_content(state, method, as_params(raw["input_message_content"]), "message_text")
    markup = keyboard_or_none(raw.get("reply_markup"))
    rest = {name: raw[name] for name in ("description", "url", "thumbnail_url") if raw.get(name)}
    return {"id": raw["id"], "title": raw["title"], "message": content | shown_markup(markup)} | rest


def answer_guest(state: State, params: Params) -> JSON:
    """answerGuestQuery: the answer stands in the chat where the bot was called; it can be given once."""
    result = inline_result(state, "answerGuestQuery", params.json("result"))
    _check_ids([result["id"]])
    query = open_query(state, params.get("guest_query_id", ""), "guest")
    if query.answer is not None or query.chat_id is None:
        raise bad(_TOO_OLD)
    chat = state.chats[query.chat_id]
    called = {"guest_bot_caller_user": query.sender.json()}
    message = state.keep(Message(new_message(state, chat, called | result["message"])))
    state.settle(query, result)
    return {"inline_message_id": f"inline-{message.chat_id}-{message.id}"}
