"""Updates that Telegram delivers: only with the secret, one after a bad one, and answered as polled ones are."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import closing, suppress

import pytest

from emulator.updates import garbage, wait_until
from tests.process import free_port

QUESTION = "Where did the ministers meet on Tuesday?"


@pytest.fixture
def hooked(api, run_bot):
    port = free_port()
    bot = run_bot(api, WEBHOOK_URL=f"http://127.0.0.1:{port}", WEBHOOK_LISTEN=f"127.0.0.1:{port}", LOG_LEVEL="DEBUG")
    call = api.calls.wait("setWebhook")
    wait_until(api.state.changed, lambda: api.state.updates.webhook_url, 60, lambda: "no webhook")
    return bot, port, call.params


def post(port: int, path: str, body: bytes, secret: str | None) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        headers = {"Content-Type": "application/json"}
        headers |= {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        connection.request("POST", path, body, headers)
        return connection.getresponse().status


def test_a_delivered_question_is_answered_and_the_end_is_clean(api, hooked):
    bot, _, params = hooked
    ana = api.private(api.user("Ana"))
    ana.say(QUESTION)
    assert "Port Alba" in ana.wait_message().text
    assert params["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "inline_query",
        "guest_message",
        "my_chat_member",
    ]
    assert bot.stop() == 0
    assert params["secret_token"] not in bot.output
    assert api.token not in bot.output


def test_who_does_not_know_the_secret_or_the_path_is_turned_away(api, hooked):
    _, port, params = hooked
    path = "/" + params["url"].rpartition("/")[2]
    ana = api.private(api.user("Ana"))
    forged = json.dumps(
        {
            "update_id": 1,
            "message": {"message_id": 1, "date": 0, "chat": {"id": ana.id, "type": "private"}, "text": "x"},
        }
    )
    for secret in (None, "", "x" * 43, params["secret_token"][:-1], "\u00e9".encode().decode("latin-1")):
        assert post(port, path, forged.encode(), secret) == 403
    assert post(port, "/", forged.encode(), params["secret_token"]) == 404
    assert ana.answers == ()


def test_what_cannot_be_parsed_is_acknowledged_and_what_is_too_large_refused(api, hooked):
    _, port, params = hooked
    path, secret = "/" + params["url"].rpartition("/")[2], params["secret_token"]
    for body in (b"", b"{", b"[]", b"\xff", b'{"update_id": "x", "message": 3}', b"[" * 100_000):
        assert post(port, path, body, secret) == 200
    with suppress(OSError):  # the connection may be closed before the answer
        assert post(port, path, b"x" * (1 << 21), secret) in {400, 413}
    ana = api.private(api.user("Ana"))
    ana.say(QUESTION)
    assert "Port Alba" in ana.wait_message().text


def test_an_answer_that_is_none_does_not_keep_the_address_from_telegram(api, run_bot):
    port = free_port()
    api.faults.add(garbage(accepted=False, body=b"[]"), "setWebhook")
    bot = run_bot(api, WEBHOOK_URL=f"http://127.0.0.1:{port}", WEBHOOK_LISTEN=f"127.0.0.1:{port}")
    api.calls.wait("setWebhook", 2)
    assert "Traceback" not in bot.output


def test_a_port_in_use_ends_the_bot_with_one_line(api, run_bot):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        bot = run_bot(api, WEBHOOK_URL=f"http://127.0.0.1:{port}", WEBHOOK_LISTEN=f"127.0.0.1:{port}")
        assert bot.wait() == 1
    assert f"127.0.0.1:{port} cannot be listened at" in bot.output
    assert "Traceback" not in bot.output
