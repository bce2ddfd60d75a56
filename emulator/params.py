"""The parameters of one call, from its query string and its body (a form or JSON), its answer, and Telegram's refusals.

Like Telegram's own server it knows only strings; a JSON body's inner values become the JSON text they were, and each
method reads them back with the leniency Telegram has (numbers are clamped, unreadable ones count as the default).
`ApiError` is the one way in which the emulated server says no: a status, Telegram's words, what a client may do about it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

JSON = dict[str, Any]

_PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over the wire; `None` as body means that the connection is dropped instead."""

    status: int
    body: bytes | None
    content_type: str = "application/json"
    json: JSON | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


DROPPED = Answer(0, None)


def json_answer(status: int, body: JSON) -> Answer:
    """A JSON body as an answer."""
    return Answer(status, json.dumps(body, ensure_ascii=True).encode(), json=body)


class ApiError(Exception):
    """A request answered with `ok: false`."""

    def __init__(self, code: int, words: str = "", parameters: Mapping[str, Any] | None = None):
        prefix = _PREFIXES.get(code, "Internal Server Error")
        self.code = code
        self.description = f"{prefix}: {words}" if words else prefix
        self.parameters = parameters
        super().__init__(self.description)

    def answer(self) -> Answer:
        """The answer, as the Bot API shapes it."""
        body: JSON = {"ok": False, "error_code": self.code, "description": self.description}
        return json_answer(self.code, body | ({"parameters": dict(self.parameters)} if self.parameters else {}))


def bad(words: str) -> ApiError:
    """A 400 with these words after "Bad Request: "."""
    return ApiError(400, words)


def names(words: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(words.split())


class Params(dict[str, str]):
    """Parameter names and their values as text."""

    def integer(self, name: str, default: int = 0, least: int = -(2**63), most: int = 2**63 - 1) -> int:
        """The number called `name`, clamped to `least` … `most`; `default` where it is missing or no number."""
        with suppress(KeyError, ValueError):
            return min(max(int(self[name]), least), most)
        return default

    def json(self, name: str) -> Any:
        """The JSON value called `name`, or `None` where it is missing or empty; refused where it is no JSON."""
        if not self.get(name):
            return None
        try:
            return json.loads(self[name])
        except ValueError as error:
            raise bad(f"can't parse {name} JSON object") from error

    def readable(self) -> dict[str, Any]:
        """The same for people and tests: what is a JSON object or list is shown as one."""
        return {name: _opened(value) for name, value in self.items()}


def _opened(value: str) -> Any:
    if value[:1] in ("[", "{"):
        with suppress(ValueError):
            return json.loads(value)
    return value


def read_params(query: str, content_type: str, body: bytes) -> Params:
    """All parameters of a request; a body wins over the query string. Raises `ApiError` for a body that is no JSON."""
    params = Params(parse_qsl(query, keep_blank_values=True))
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        params.update(_from_json(body))
    elif kind == "application/x-www-form-urlencoded":
        params.update(parse_qsl(_decoded(body), keep_blank_values=True))
    return params


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise bad("strings must be encoded in UTF-8") from error


def _from_json(body: bytes) -> Mapping[str, str]:
    if not body.strip():
        return {}
    try:
        value = json.loads(_decoded(body))
    except ValueError as error:
        raise bad("can't parse JSON object") from error
    if not isinstance(value, dict):
        raise bad("expected an Object")
    return as_params(value)


def as_params(value: Mapping[str, Any]) -> Params:
    """The same for an object that stands inside another: its values become the JSON text they were."""
    return Params({name: _as_text(inner) for name, inner in value.items() if inner is not None})


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
