"""What a bot answers to a press on a button, to an inline query and to a guest: once, in time, in Telegram's shape."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any

from emulator.api_error import JSON, bad
from emulator.content import text_content
from emulator.fields import complaint, object_field, text_field
from emulator.keyboards import keyboard_or_none
from emulator.params import Params, as_params
from emulator.records import Message
from emulator.sending import new_message, shown_markup
from emulator.state import Query, World

RESULTS, ID_BYTES, OFFSET_BYTES, CACHE_SECONDS = 50, 64, 64, 300
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_ABOUT = "can't parse inline query result"


def open_query(world: World, query_id: str, kind: str) -> Query:
    """The query with this id while it may be answered. Raises `Refusal` afterwards and for ids that never were."""
    query = world.queries.get(query_id)
    if query is None or query.kind != kind or query.expired or time.monotonic() > query.until:
        raise bad(_TOO_OLD)
    return query


def answer_press(world: World, params: Params) -> bool:
    """answerCallbackQuery."""
    query = open_query(world, params.get("callback_query_id", ""), "press")
    if len(params.get("text", "")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    if params.get("url"):
        raise bad("URL_INVALID")
    world.settle(query, params.readable())
    return True


def answer_inline(world: World, params: Params) -> bool:
    """answerInlineQuery."""
    results = params.json("results")
    if not isinstance(results, list):
        raise bad("can't parse inline query results JSON array" if results is not None else "results are not specified")
    _check_button(params.json("button"))
    if len(results) > RESULTS:
        raise bad("too many inline query results specified")
    kept = [inline_result(world, "answerInlineQuery", result) for result in results]
    query = open_query(world, params.get("inline_query_id", ""), "inline")
    _check_ids(result["id"] for result in kept)
    if len(params.get("next_offset", "").encode()) > OFFSET_BYTES:
        raise bad("NEXT_OFFSET_INVALID")
    answer = {
        "results": kept,
        "cache_time": params.integer("cache_time", CACHE_SECONDS),
        "is_personal": params.flag("is_personal"),
        "next_offset": params.get("next_offset", ""),
        "button": params.json("button"),
    }
    world.settle(query, answer)
    world.remember(query, answer)
    return True


def _check_button(button: Any) -> None:
    if button is None:
        return
    if not isinstance(button, dict) or not str(button.get("text") or "").strip():
        raise bad("can't parse inline query results button")
    parameter = button.get("start_parameter")
    if parameter is None and not button.get("web_app"):
        raise bad("can't use empty start_parameter")
    if parameter is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(parameter)):
        raise bad(_parameter_words(str(parameter)))


def _parameter_words(parameter: str) -> str:
    if not parameter:
        return "can't use empty start_parameter"
    return (
        "too long start_parameter specified"
        if len(parameter) > 64
        else "unallowed characters in start_parameter are used"
    )


def _check_ids(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if not one:
            raise bad("RESULT_ID_EMPTY")
        if len(one.encode("utf-8", "surrogatepass")) > ID_BYTES:
            raise bad("RESULT_ID_INVALID")
        if one in seen:
            raise bad("RESULT_ID_DUPLICATE")
        seen.add(one)


def inline_result(world: World, method: str, raw: Any) -> JSON:
    """One result as Telegram keeps it; articles only, because a bot that cites texts sends nothing else."""
    if not isinstance(raw, dict):
        raise complaint("Expected an Object", _ABOUT)
    if text_field(raw, "type", _ABOUT) != "article":
        raise complaint("Unsupported type specified", _ABOUT)
    title, sent = text_field(raw, "title", _ABOUT), object_field(raw, "input_message_content", _ABOUT)
    if not title.strip():
        raise bad("ARTICLE_TITLE_EMPTY")
    text_field(sent, "message_text", _ABOUT)
    content = text_content(world, method, as_params(sent), "message_text")
    markup = keyboard_or_none(raw.get("reply_markup"))
    rest = {name: raw[name] for name in ("description", "url", "thumbnail_url") if raw.get(name)}
    return {"id": text_field(raw, "id", _ABOUT), "title": title, "message": content | shown_markup(markup)} | rest


def answer_guest(world: World, params: Params) -> JSON:
    """answerGuestQuery: the answer stands in the chat where the bot was called; it can be given once."""
    result = inline_result(world, "answerGuestQuery", params.json("result"))
    _check_ids([result["id"]])
    query = open_query(world, params.get("guest_query_id", ""), "guest")
    if query.answer is not None or query.room_id is None:
        raise bad(_TOO_OLD)
    room = world.rooms[query.room_id]
    called = {"guest_bot_caller_user": query.sender.json()}
    message = world.keep(Message(new_message(world, room, called | result["message"])))
    world.settle(query, result)
    return {"inline_message_id": world.name_inline(message)}
