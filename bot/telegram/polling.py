"""Calls of the Bot API in bounded time; Telegram's updates → the inbox, also with bad updates, bad servers, a second poller.

A gateway may answer in Telegram's place: its page says nothing about a token or a chat, whatever its status is. A server that
sends a byte now and then never exceeds a timeout between bytes, so each call has one as a whole.
The only module that calls `getUpdates`. An update is confirmed by the call after the one that brought it, so that what could
not be stored in the inbox comes again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import operator
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain, repeat
from typing import Any, TypeVar

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import HTTPXRequest

from bot.database import StateError
from bot.telegram.inbox import Inbox
from bot.telegram.queueing import Origin, origin
from bot.telegram.sending import seconds

Admitted = Callable[[Iterable[Origin]], list[bool]]
T = TypeVar("T")

_log = logging.getLogger(__name__)
# All in seconds.
_LONGEST_CALL = 30.0  # the server holds none as long
_LONGEST_DOWNLOAD = 600.0  # of an admin's file
_LONG_POLL = 8  # the server holds a call open without an update: a revoked token is noticed within ten
_SHORTEST = 1.0  # for a call without updates; a server that answers at once is not asked more often
_PAUSES = (0.5, 0.75, 1.125, 1.5)  # between tries, the last one for ever: back within 2 s of the network's return
_CONFIRM = 0.5  # at the end
_QUIET = 60.0  # between two lines on the same trouble

_NUMBERED = {"sendMessage": "message_id", "getMe": "id"}  # what must be in the answer to these
_PARAMETERS = ("retry_after", "migrate_to_chat_id")


class ApiRequest(HTTPXRequest):
    """A request that is given up after a while, and takes a refusal from Telegram alone."""

    async def do_request(self, url: str, method: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """As the base class. Raises `TimedOut` for what takes too long, `NetworkError` for a failed server.

        Raises `TelegramError` for any other answer that has not Telegram's form, or lacks the number of the message or of
        the bot: nobody knows what became of the call.
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


class PollRequest(ApiRequest):
    """A request for updates without those of a flood; what the library cannot parse comes empty, and stops nothing."""

    def __init__(self, admitted: Admitted) -> None:
        """`admitted` says which updates are to be taken, by where they come from."""
        super().__init__()
        self._admitted = admitted

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """As the base class, with `legible` applied to a successful answer."""
        code, payload = await super().do_request(*args, **kwargs)
        return code, legible(payload, self._admitted) if code == 200 else payload


def legible(payload: bytes, admitted: Admitted) -> bytes:
    """The answer to `getUpdates` without what is not `admitted` or has no number.

    What cannot be parsed becomes `{"update_id": n}`, and so does the last one where it is not admitted: its number
    confirms all. Raises `NetworkError` for an answer that holds no list of updates.
    """
    try:
        content = json.loads(payload)
        updates = list(content["result"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NetworkError("the answer to getUpdates is not a list of updates") from None
    numbered = [update for update in updates if _number(update) is not None]
    legible_updates = []
    for update, is_admitted in zip(numbered, admitted(map(origin, numbered)), strict=True):
        if is_admitted:
            legible_updates.append(_readable(update))
        elif update is numbered[-1]:
            legible_updates.append({"update_id": update["update_id"]})
    if len(legible_updates) == len(updates) and all(map(operator.is_, legible_updates, updates)):
        return payload
    return json.dumps({**content, "result": legible_updates}).encode()


def _number(update: Any) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _readable(update: dict[str, Any]) -> dict[str, Any]:
    try:
        Update.de_json(update)
    except Exception:  # whatever it is that the parser trips over
        _log.warning("update %s cannot be parsed and is skipped", update["update_id"])
        return {"update_id": update["update_id"]}
    return update


def brief(error: Exception) -> str:
    """What an error says, on one short line: the library puts a gateway's whole page into it."""
    words = str(error).partition(". Parsing the server response")[0] or type(error).__name__
    return " ".join(words.split())[:200]


class Poller:
    """Fetches updates until it is cancelled; `close` then confirms the last ones."""

    def __init__(self, bot: Bot, inbox: Inbox, allowed: Sequence[str], beat: Callable[[], None]) -> None:
        """`beat` is called whenever Telegram has answered."""
        self._bot = bot
        self._beat = beat
        self._inbox = inbox
        self._allowed = list(allowed)
        self._offset: int | None = None

    async def run(self) -> None:
        """Poll for ever. Raises `InvalidToken` when Telegram does not know the token any more; nothing else."""
        trouble = Trouble()
        while True:
            started, updates = await persist(self._fetch, "Telegram cannot be reached", _PAUSES, trouble)
            self._beat()
            if not updates:
                await asyncio.sleep(max(0.0, _SHORTEST - (time.monotonic() - started)))

    async def close(self) -> None:
        """Confirm what was fetched, so that a restart is not given it again."""
        if self._offset is not None:
            with suppress(TelegramError, TimeoutError):  # what is delivered again is known
                await asyncio.wait_for(self._bot.get_updates(offset=self._offset, limit=1, timeout=0), _CONFIRM)

    async def _fetch(self) -> tuple[float, Sequence[Update]]:
        """Fetch updates and store them; when the call began (monotonic), and the updates."""
        started = time.monotonic()
        updates = await self._bot.get_updates(offset=self._offset, timeout=_LONG_POLL, allowed_updates=self._allowed)
        if updates:
            await self._inbox.take(updates)
            self._offset = updates[-1].update_id + 1
        return started, updates


async def persist(
    work: Callable[[], Awaitable[T]], failed: str, pauses: Sequence[float], trouble: Trouble | None = None
) -> T:
    """Do it until it succeeds, with `pauses` in seconds, the last one for ever. Raises `InvalidToken`.

    `failed` says to the operator what does not succeed. `trouble` is given where the same work is done again and again,
    so that a line is not repeated within a minute.
    """
    trouble, waits = trouble or Trouble(), chain(pauses, repeat(pauses[-1]))
    while True:
        try:
            result = await work()
        except InvalidToken:
            raise
        except Exception as error:  # a malformed answer raises whatever its parser trips over
            trouble.tell(_explained(error, failed))
            await asyncio.sleep(max(next(waits), seconds(error) if isinstance(error, RetryAfter) else 0))
        else:
            trouble.over()
            return result


def _explained(error: Exception, failed: str) -> str:
    if isinstance(error, Conflict):
        return (
            "another process is polling this token, or a webhook is set: stop the other one; "
            "Telegram gives each update to one of them"
        )
    if isinstance(error, StateError):
        return f"{error}; Telegram keeps what comes until then"
    return f"{failed} ({brief(error)}): trying again"


class Trouble:
    """Says what is wrong at most once a minute for each kind, and once that it is over."""

    def __init__(self) -> None:
        self._last_told_at: dict[str, float] = {}
        self._open = False

    def tell(self, line: str) -> None:
        """One line for the operator, unless it was told within the last minute."""
        self._open = True
        now = time.monotonic()
        if now - self._last_told_at.get(line, -_QUIET) >= _QUIET:
            self._last_told_at[line] = now
            _log.warning("%s", line)

    def over(self) -> None:
        """Note that a call went well; after trouble the operator hears it."""
        if self._open:
            self._open = False
            _log.info("Telegram answers again")
