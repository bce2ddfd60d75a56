"""Updates brought to the bot: with the secret, in order, again until they are taken."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from emulator.updates import wait_until


@dataclass
class Hook:
    """A bot's web server: answers with the statuses it is given, then 200, and keeps what it got."""

    statuses: list[int] = field(default_factory=list)
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
            self.send_header("Content-Length", "0")
            self.end_headers()
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
    bot.ask("deleteWebhook")
    ana.say("fetched")
    assert [update["message"]["text"] for update in bot.ask("getUpdates")] == ["fetched"]


def test_an_update_waits_while_nobody_listens_at_the_address(api, bot, ana, hook):
    bot.ask("setWebhook", url="http://127.0.0.1:9/x")
    ana.say("hello")
    bot.ask("setWebhook", url=hook.url)
    hook.wait(1)
    assert [(secret, update["message"]["text"]) for secret, update in hook.got] == [(None, "hello")]
    assert len(api.calls.all("setWebhook")) == 2
