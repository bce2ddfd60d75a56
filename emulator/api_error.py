"""The one way in which the emulated server says no: a status, Telegram's words, and what a client may do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

JSON = dict[str, Any]

_PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
}


class Refusal(Exception):  # noqa: N818 - what Telegram does, not a mishap of ours
    """A request answered with `ok: false`."""

    def __init__(self, code: int, words: str = "", parameters: Mapping[str, Any] | None = None):
        prefix = _PREFIXES.get(code, "Internal Server Error")
        self.code = code
        self.description = f"{prefix}: {words}" if words else prefix
        self.parameters = parameters
        super().__init__(self.description)

    def json(self) -> JSON:
        """The body of the answer, as the Bot API shapes it."""
        body: JSON = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": dict(self.parameters)} if self.parameters else {})


def bad(words: str) -> Refusal:
    """A 400 with these words after "Bad Request: "."""
    return Refusal(400, words)


def too_many(seconds: int) -> Refusal:
    """A 429 that asks for `seconds` of patience."""
    return Refusal(429, f"retry after {seconds}", {"retry_after": seconds})
