"""A call of the Bot API → Telegram's own answer to it, in bounded time.

A gateway may answer in Telegram's place: its page says nothing about a token or a chat, whatever its status is. A server that
sends a byte now and then never exceeds a timeout between bytes, so each call has one as a whole.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import HTTPXRequest

_LONGEST_CALL = 30.0  # seconds; the server holds none as long
_LONGEST_DOWNLOAD = 600.0  # seconds, of an admin's file
_NUMBERED = {"sendMessage": "message_id", "getMe": "id"}
_PARAMETERS = ("retry_after", "migrate_to_chat_id")


class ApiRequest(HTTPXRequest):
    """A request that is given up after a while, and takes a refusal from Telegram alone."""

    async def do_request(self, url: str, method: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """As the base class. Raises `TimedOut` for what takes too long, and for an error that Telegram does not put into its own
        form `NetworkError` where a server failed, else `TelegramError`: nobody knows what became of the call. So it is where the
        number of a message or of the bot is wanted and none comes.
        """
        longest = _LONGEST_DOWNLOAD if method == "GET" else _LONGEST_CALL
        try:
            async with asyncio.timeout(longest):
                code, payload = await super().do_request(url, method, *args, **kwargs)
        except TimeoutError:
            raise TimedOut from None
        if code >= 300 and not _is_refusal(payload):
            raise (NetworkError if code >= 500 else TelegramError)(f"an answer that is not Telegram's ({code})")
        if code < 300 and not _is_answer(url.rpartition("/")[2], payload):
            raise TelegramError("an answer that nobody can read")
        return code, payload


def _is_answer(method: str, payload: bytes) -> bool:
    name = _NUMBERED.get(method)
    if name is None:
        return True
    try:
        return isinstance(json.loads(payload)["result"][name], int)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


def _is_refusal(payload: bytes) -> bool:
    """Whether it is one as https://core.telegram.org/bots/api#making-requests describes it."""
    try:
        content = json.loads(payload)
    except (ValueError, RecursionError):
        return False
    if not isinstance(content, dict) or content.get("ok") is not False:
        return False
    parameters = content.get("parameters", {})
    return isinstance(parameters, dict) and all(isinstance(parameters.get(name, 0), int) for name in _PARAMETERS)
