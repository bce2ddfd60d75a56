"""The demo's web page, and what people do in the chats as JSON under `/control/`, on the port of the Bot API.

Only requests to one of this machine's own names are answered, and those under `/control/` must carry the header
`X-Byline-Demo`: no other site can make a browser send either. `GET /control/chats?since=VERSION` waits until something
has changed; everything else is a POST. The page loads nothing from outside, by a strict content security policy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

from emulator.botapi import BotApi
from emulator.params import JSON, Answer, ApiError, json_answer
from emulator.people import Chat
from emulator.records import User, from_user
from emulator.server import STUMBLES, Request
from emulator.state import Query, seen, seen_message
from emulator.updates import wait_until

_OWN = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE | re.ASCII)  # with or without a port


LONGEST_WAIT = 25.0


class Site:
    """Answers requests for the page's files and those under `/control/`; `BotApi(pages=Site)` mounts it."""

    def __init__(self, api: BotApi):
        self._api = api
        self._state = api.state
        self._files = page_files()
        self._inline: dict[str, Query] = {}
        self._actions = {
            "say": self._say,
            "edit": self._edit,
            "forward": self._forward,
            "language": self._language,
            "press": self._press,
            "inline": self._type,
            "choose": self._choose,
        }

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        if not _OWN.fullmatch(request.headers.get("Host", "")):
            return _trouble(HTTPStatus.FORBIDDEN, "this page is for this machine alone")
        parts = urlsplit(request.path)
        if parts.path.startswith("/control/"):
            return self._control(request, parts.path.removeprefix("/control/"), parts.query)
        name = parts.path.removeprefix("/") or "index.html"
        if name not in self._files:
            return _trouble(HTTPStatus.NOT_FOUND, "there is no such page")
        if request.verb != "GET":
            return _trouble(HTTPStatus.METHOD_NOT_ALLOWED, "this can only be read")
        return Answer(HTTPStatus.OK, self._files[name], _TYPES[name.rpartition(".")[2]], headers=HEADERS)

    def _control(self, request: Request, name: str, query: str) -> Answer:
        if "X-Byline-Demo" not in request.headers:
            return _trouble(HTTPStatus.FORBIDDEN, "only the page of this machine may ask")
        if name == "chats":
            return _answer(lambda: self._chats(parse_qs(query), request))
        if name not in self._actions or request.verb != "POST":
            return _trouble(HTTPStatus.NOT_FOUND, f"no such action: {name}")
        return _answer(lambda: self._actions[name](json.loads(request.body or b"{}")))

    def _chats(self, query: Mapping[str, list[str]], request: Request) -> JSON:
        since = int(query.get("since", ["-1"])[0])
        with suppress(TimeoutError):
            changed = lambda: self._state.version > since or self._state.updates.closed or request.gone()  # noqa: E731
            wait_until(self._state.changed, changed, LONGEST_WAIT if since >= 0 else 0, lambda: "nothing new")
        return seen(self._state)

    def _say(self, body: Mapping[str, Any]) -> JSON:
        chat = self._chat_of(body)
        replied = chat.message(body["reply_to"]) if body.get("reply_to") else None
        return seen_message(chat.say(body["text"], self._sender(body), reply_to=replied, quote=body.get("quote")))

    def _edit(self, body: Mapping[str, Any]) -> JSON:
        chat = self._chat_of(body)
        return seen_message(chat.edit(chat.message(body["message"]), body["text"]))

    def _forward(self, body: Mapping[str, Any]) -> JSON:
        message = self._chat_of(body).message(body["message"])
        by = self._state.users.get(message.sender_id) or self._state.bot
        origin = message.raw.get("forward_origin") or from_user(by, message.raw["date"])
        content = {name: message.raw[name] for name in ("text", "entities") if name in message.raw}
        target = self._api.chat(body["to"])
        return seen_message(target.send(content, self._sender(body), forward=origin))

    def _language(self, body: Mapping[str, Any]) -> JSON:
        """Let a person's Telegram speak another language."""
        person = self._state.add_user(replace(self._state.users[body["person"]], language=body["language"]))
        for chat_state in self._state.chats.values():
            if person.id in chat_state.members:
                chat_state.members[person.id] = person
        self._state.notify()
        return person.json()

    def _press(self, body: Mapping[str, Any]) -> JSON:
        chat = self._chat_of(body)
        press = chat.forge(chat.message(body["message"]), body["data"], self._sender(body))
        return {"answer": dict(press.wait())}

    def _type(self, body: Mapping[str, Any]) -> JSON:
        sender = self._state.users[body["sender"]]
        query = self._api.inline(sender, body["text"])
        self._inline[query.id] = query
        return {"query": query.id, "answer": dict(query.wait())}

    def _choose(self, body: Mapping[str, Any]) -> JSON:
        query = self._inline[body["query"]]
        chosen = next(card for card in query.cards() if card.id == body["result"])
        return seen_message(self._chat_of(body).choose(chosen, query.sender))

    def _chat_of(self, body: Mapping[str, Any]) -> Chat:
        return self._api.chat(body["chat"])

    def _sender(self, body: Mapping[str, Any]) -> User | None:
        return self._state.users[body["sender"]] if body.get("sender") else None


def _answer(action: Callable[[], JSON]) -> Answer:
    try:
        return json_answer(200, action())
    except ApiError as refusal:
        return _trouble(HTTPStatus.BAD_REQUEST, refusal.description)
    except TimeoutError:
        return json_answer(200, {"answer": None})
    except STUMBLES as error:
        return _trouble(HTTPStatus.BAD_REQUEST, f"{type(error).__name__}: {error}")


def _trouble(status: HTTPStatus, words: str) -> Answer:
    return json_answer(status, {"error": words})


_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def page_files() -> dict[str, bytes]:
    """The page's files by name, as they are served."""
    folder = files("emulator").joinpath("page")
    entries = {entry.name: entry for entry in folder.iterdir() if entry.name.rpartition(".")[2] in _TYPES}
    return {name: entry.read_bytes() for name, entry in entries.items()}
