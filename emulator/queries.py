"""What people start and the bot answers once and in time: a pressed button, an inline query, a guest's question.

In privacy mode, the default of groups, these messages reach the bot: commands that name no other bot, replies to the
bot, what was sent through it, and service messages. A bare mention is not among them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

from emulator.links import command_of
from emulator.messages import keyboard_or_none, new_message, shown_markup, text_content
from emulator.params import JSON, Params, as_params, bad, names
from emulator.records import ChatState, Message
from emulator.state import Query, State

_SERVICE = names(
    """
    new_chat_members left_chat_member new_chat_title group_chat_created supergroup_chat_created
    migrate_to_chat_id migrate_from_chat_id pinned_message forum_topic_created forum_topic_edited
    forum_topic_closed
    """
)


def reaches_the_bot(state: State, chat: ChatState, message: Message) -> bool:
    """Whether Telegram makes an update of this message for the bot."""
    if chat.blocked or chat.bot_status in {"left", "kicked"} or message.sender_id == state.bot.id:
        return False
    if chat.kind == "private" or state.switches.reads_groups or chat.bot_status == "administrator":
        return True
    return _is_for_the_bot(state, message)


def _is_for_the_bot(state: State, message: Message) -> bool:
    replied = message.raw.get("reply_to_message", {}).get("from", {}).get("id")
    through = message.raw.get("via_bot", {}).get("id")
    return state.bot.id in (replied, through) or bool(_SERVICE & set(message.raw)) or _is_command(state, message)


def _is_command(state: State, message: Message) -> bool:
    command = command_of(message.text, message.entities)
    named = command.partition("@")[2] if command else ""
    return command is not None and named.lower() in ("", (state.bot.username or "").lower())


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
