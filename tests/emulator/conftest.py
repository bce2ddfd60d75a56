"""What the emulator's tests share: a server, a person who talks to the bot, and a client made of nothing but urllib."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from emulator import BotApi, Chat

if TYPE_CHECKING:
    from collections.abc import Iterator


class Client:
    """A bot's side of the wire: JSON bodies over plain urllib."""

    def __init__(self, api: BotApi):
        self.api = api

    def send(self, method: str, **params: Any) -> tuple[int, dict[str, Any]]:
        """Status and body."""
        return self.post(f"/bot{self.api.token}/{method}", json.dumps(params).encode(), "application/json")

    def post(self, path: str, body: bytes | None, content_type: str) -> tuple[int, dict[str, Any]]:
        """Status and body of any request; `None` as body makes it a GET."""
        request = urllib.request.Request(self.api.root + path, body, {"Content-Type": content_type})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def ask(self, method: str, **params: Any) -> Any:
        """The result of a call that works."""
        status, body = self.send(method, **params)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    def refusal(self, method: str, **params: Any) -> str:
        """Telegram's words about a call that does not."""
        status, body = self.send(method, **params)
        assert (status, body["ok"]) == (body["error_code"], False), body
        return str(body["description"])


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as started:
        yield started


@pytest.fixture
def bot(api: BotApi) -> Client:
    return Client(api)


@pytest.fixture
def ana(api: BotApi) -> Chat:
    return api.private(api.user("Ana"))
