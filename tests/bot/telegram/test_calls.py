"""What becomes of a call that something between the bot and Telegram answers, or never ends."""

from __future__ import annotations

import asyncio
import json

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.telegram import polling
from bot.telegram.polling import ApiRequest

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after")  # it becomes a timedelta one day

PAGE = b"<html><h1>Not here</h1></html>"


def refusal(code: int, **more: object) -> bytes:
    return json.dumps({"ok": False, "error_code": code, "description": "Forbidden: no", **more}).encode()


async def outcome(code: int, *body: bytes, pause: float = 0) -> TelegramError:
    """What asking for the bot's name raises where this is answered, part by part, with a pause of so many seconds after each."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {code} X\r\nContent-Length: {sum(map(len, body))}\r\n\r\n".encode())
        try:
            for part in body:
                writer.write(part)
                await asyncio.sleep(pause)
        finally:
            writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        root = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot"
        bot = Bot("1:x", root, request=ApiRequest(), get_updates_request=ApiRequest())
        with pytest.raises(TelegramError) as raised:
            await bot.initialize()
        await bot.shutdown()
    return raised.value


@pytest.mark.parametrize(
    ("code", "body", "kind"),
    [
        (401, refusal(401), InvalidToken),
        (403, refusal(403), Forbidden),
        (400, refusal(400), BadRequest),
        (429, refusal(429, parameters={"retry_after": 5}), RetryAfter),
        (429, refusal(429, parameters={"retry_after": "soon"}), TelegramError),
        (429, refusal(429, parameters=[5]), TelegramError),
        (400, refusal(400, parameters={"migrate_to_chat_id": "elsewhere"}), TelegramError),
        (500, refusal(500), NetworkError),
        (502, PAGE, NetworkError),
        (500, b"[]", NetworkError),
        (401, PAGE, TelegramError),
        (404, PAGE, TelegramError),
        (403, b"[]", TelegramError),
        (400, b"", TelegramError),
        (302, PAGE, TelegramError),
        (404, b"[" * 100_000, TelegramError),
        (200, b'{"ok":true,"result":true}', TelegramError),
        (200, b'{"ok":true,"result":{"id":"7"}}', TelegramError),
        (200, b'{"ok":true}', TelegramError),
        (200, b"[]", TelegramError),
        (200, PAGE, TelegramError),
        (200, b"[" * 100_000, TelegramError),
    ],
)
def test_what_is_not_in_the_form_of_an_answer_says_nothing_of_a_token_a_chat_or_a_message(code, body, kind):
    assert type(asyncio.run(outcome(code, body))) is kind


def test_a_server_that_sends_a_byte_now_and_then_is_given_up(monkeypatch):
    monkeypatch.setattr(polling, "_LONGEST_CALL", 0.1)
    assert type(asyncio.run(outcome(200, *[b" "] * 1000, pause=0.01))) is TimedOut
