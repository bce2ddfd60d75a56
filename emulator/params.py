"""The parameters of one call, however they travelled: query string, form, JSON or multipart.

Like Telegram's own server it knows only strings; a JSON body's inner values become the JSON text they were, and each
method reads them back with the leniency Telegram has (numbers are clamped, unreadable ones count as the default).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from emulator.api_error import bad

_TRUE = {"true", "yes", "1"}


class Params(dict[str, str]):
    """Parameter names and their values as text."""

    def integer(self, name: str, default: int = 0, low: int = -(2**63), high: int = 2**63 - 1) -> int:
        """The number called `name`, between `low` and `high`; `default` where it is missing or no number."""
        with suppress(KeyError, ValueError):
            return min(max(int(self[name]), low), high)
        return default

    def flag(self, name: str) -> bool:
        """Whether `name` is set and true."""
        return self.get(name, "").lower() in _TRUE

    def json(self, name: str) -> Any:
        """The JSON value called `name`, or `None` where it is missing or empty; refused where it is no JSON."""
        if not self.get(name):
            return None
        try:
            return json.loads(self[name])
        except ValueError as error:
            raise bad(f"can't parse {_SPOKEN.get(name, name)} JSON object") from error

    def readable(self) -> dict[str, Any]:
        """The same for people and tests: what is a JSON object or list is shown as one."""
        return {name: _opened(value) for name, value in self.items()}


_SPOKEN = {"reply_markup": "reply keyboard markup", "reply_parameters": "reply parameters"}


def _opened(value: str) -> Any:
    if value[:1] in ("[", "{"):
        with suppress(ValueError):
            return json.loads(value)
    return value


def read_params(query: str, content_type: str, body: bytes) -> Params:
    """All parameters of a request; a body wins over the query string. Raises `Refusal` for a body that is no JSON."""
    params = Params(parse_qsl(query, keep_blank_values=True))
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        params.update(_from_json(body))
    elif kind == "multipart/form-data":
        params.update(_from_multipart(content_type, body))
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


def _from_multipart(content_type: str, body: bytes) -> Mapping[str, str]:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    fields: dict[str, str] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes) and part.get_filename() is None:
            fields[name] = _decoded(payload)
    return fields
