"""Updates brought to the bot: with the secret, in order, again until they are taken."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from emulator.updates import wait_until

BAD = "Bad Request: "


@dataclass
class Hook:
    """A bot's web server: answers with the statuses it is given, then 200, and keeps what it got."""

    statuses: list[int] = field(default_factory=list)
    reply: bytes = b""
    got: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    url: str = ""

    def wait(self, count: int) -> None:
        wait_until(self.changed, lambda: len(self.got) >= count, 30, lambda: f"{len(self.got)} of {count}")


@pytest.fixture
def hook():
    kept = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(kept.statuses.pop(0) if kept.statuses else 200)
            self.send_header("Content-Length", str(len(kept.reply)))
            self.end_headers()
            self.wfile.write(kept.reply)
            with kept.changed:
                kept.got.append((self.headers["X-Telegram-Bot-Api-Secret-Token"], body))
                kept.changed.notify_all()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_address[1]}/secret-path"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield kept
        server.shutdown()
        thread.join()


def test_updates_come_with_the_secret_and_again_until_they_are_taken(api, bot, ana, hook):
    ana.say("before")
    hook.statuses = [403, 500]
    bot.ask("setWebhook", url=hook.url, secret_token="s3cret", allowed_updates=["message"])
    ana.say("after")
    hook.wait(4)
    assert [(secret, update["message"]["text"]) for secret, update in hook.got] == [
        ("s3cret", "before"),
        ("s3cret", "before"),
        ("s3cret", "before"),
        ("s3cret", "after"),
    ]
    wait_until(api.state.changed, lambda: not api.pending, 30, lambda: "still pending")
    info = bot.ask("getWebhookInfo")
    assert (info["url"], info["pending_update_count"], info["allowed_updates"]) == (hook.url, 0, ["message"])
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    bot.ask("deleteWebhook")
    assert bot.ask("getWebhookInfo") == {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": 0,
        "allowed_updates": ["message"],
    }


def test_the_response_may_hold_a_call(bot, ana, hook):
    hook.reply = json.dumps({"method": "sendMessage", "chat_id": ana.id, "text": "by return"}).encode()
    bot.ask("setWebhook", url=hook.url)
    ana.say("hello")
    assert ana.wait_message(30).text == "by return"
    hook.wait(1)
    assert hook.got[0][0] is None


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "http://example.com/x"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://example.com:81/x"}, "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ({"url": "https://example.com/x", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "https://example.com/x", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
def test_these_webhooks_are_refused(bot, params, words):
    assert bot.refusal("setWebhook", **params) == BAD + words


def test_an_address_where_nobody_listens_is_an_error_that_can_be_read(api, bot, ana):
    bot.ask("setWebhook", url="http://127.0.0.1:9/x")
    ana.say("hello")
    wait_until(api.state.changed, lambda: "last_error_message" in api.state.webhook, 30, lambda: "no error")
    assert bot.ask("getWebhookInfo")["last_error_message"].startswith("Connection failed")
    assert len(api.pending) == 1
