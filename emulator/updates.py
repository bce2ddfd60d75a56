"""Between the emulated Telegram and the bot: the queue of updates, the log of calls, and what is to go wrong with them.

Updates are kept until an offset confirms them, and filtered by the kinds that the bot asked for. As in Telegram's long
polling there is one poller at a time; a newer one ends the older one with a 409. Faults are planned by call:

faults.add(too_many(3), "sendMessage")                 the next sendMessage
faults.add(server_error(502), "getUpdates", first=2, times=3)
faults.add(forbidden(), chat=7, times=None)            every call about chat 7
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from emulator.params import DROPPED, JSON, Answer, ApiError, Params

LONGEST_WAIT = 50
_OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


class Updates:
    """The queue. `changed` is the one lock of the whole emulator; it is notified whenever anything happens."""

    def __init__(self, changed: threading.Condition):
        self.changed = changed
        self.webhook_url = ""
        self.closed = False
        self._next_id = 700_000_001
        self._waiting: list[JSON] = []
        self._allowed: frozenset[str] | None = None
        self._poller = 0
        self._ended_with = _OTHER_POLLER

    @property
    def waiting(self) -> tuple[JSON, ...]:
        """What is not yet confirmed, oldest first."""
        return tuple(self._waiting)

    def push(self, kind: str, body: Mapping[str, Any]) -> None:
        """Queue an update, unless the bot asked for other kinds alone."""
        if self._allowed is None or kind in self._allowed:
            self.push_raw({kind: body})

    def push_raw(self, update: Mapping[str, Any]) -> int:
        """Queue anything at all under the next update number."""
        with self.changed:
            number = self._next_id
            self._next_id += 1
            self._waiting.append({"update_id": number, **update})
            self.changed.notify_all()
            return number

    def allow(self, kinds: object) -> None:
        """Store which kinds the bot asks for; an empty list means all, and no list leaves it as it was."""
        if isinstance(kinds, list):
            self._allowed = frozenset(kind for kind in kinds if isinstance(kind, str)) or None

    def poll(self, params: Params) -> list[JSON]:
        """getUpdates: confirm what is below the offset, then wait for what is there. Raises `ApiError` 409."""
        with self.changed:
            if self.webhook_url:
                raise ApiError(409, _WEBHOOK)
            self.allow(params.json("allowed_updates"))
            self._poller += 1
            self.changed.notify_all()
            self._confirm(params.integer("offset"))
            return self._wait(
                self._poller, params.integer("limit", 100, 1, 100), params.integer("timeout", 0, 0, LONGEST_WAIT)
            )

    def confirm_up_to(self, update_id: int) -> None:
        """Forget everything up to and including this update."""
        with self.changed:
            self._confirm(update_id + 1)
            self.changed.notify_all()

    def end_polls(self) -> None:
        """End a waiting getUpdates with a 409, since a webhook takes the updates."""
        with self.changed:
            self._ended_with = "terminated by setWebhook request"
            self._poller += 1
            self.changed.notify_all()

    def _confirm(self, offset: int) -> None:
        self._waiting = [update for update in self._waiting if update["update_id"] >= offset]

    def _wait(self, poller: int, limit: int, timeout: int) -> list[JSON]:
        until = time.monotonic() + timeout
        self._ended_with = _OTHER_POLLER
        while not self._waiting and not self.closed and (left := until - time.monotonic()) > 0:
            self.changed.wait(left)
            if poller != self._poller:
                raise ApiError(409, self._ended_with)
        return self._waiting[:limit]


KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call and what came of it. `at` is monotonic seconds; `status` 0 where the connection was dropped."""

    method: str
    params: Mapping[str, Any]
    at: float
    status: int
    response: Mapping[str, Any] | None

    @property
    def ok(self) -> bool:
        """Whether the bot was told that it worked."""
        return self.status == 200 and bool(self.response and self.response.get("ok"))

    @property
    def chat_id(self) -> int | None:
        """The chat it was about, where it names one by number."""
        value = str(self.params.get("chat_id", ""))
        return int(value) if value.lstrip("-").isdigit() else None

    @property
    def error(self) -> str:
        """Telegram's words where it was refused."""
        return "" if self.ok or not self.response else str(self.response.get("description", ""))


class CallLog:
    """The last calls, oldest first."""

    def __init__(self, changed: threading.Condition):
        self._changed = changed
        self._calls: deque[Call] = deque(maxlen=KEPT)

    def add(self, call: Call) -> None:
        """Log a call once it is answered."""
        with self._changed:
            self._calls.append(call)
            self._changed.notify_all()

    def all(self, method: str | None = None, chat: int | None = None) -> tuple[Call, ...]:
        """The calls of one method, about one chat, or all."""
        with self._changed:
            return tuple(call for call in self._calls if method in {None, call.method} and chat in {None, call.chat_id})

    def wait(self, method: str, n: int = 1, *, chat: int | None = None, timeout: float = 60.0) -> Call:
        """The `n`-th call of a method since the log began. Raises `TimeoutError` naming what came instead."""
        wait_until(self._changed, lambda: len(self.all(method, chat)) >= n, timeout, lambda: self._missing(method, n))
        return self.all(method, chat)[n - 1]

    def _missing(self, method: str, n: int) -> str:
        seen: dict[str, int] = {}
        for call in self._calls:
            seen[call.method] = seen.get(call.method, 0) + 1
        return f"no {n}. {method}; calls so far: {seen or 'none'}"


def wait_until(
    changed: threading.Condition, met: Callable[[], object], timeout: float, missing: Callable[[], str]
) -> None:
    """Wait until `met()` holds, asked whenever something changed. Raises `TimeoutError` with `missing()`."""
    until = time.monotonic() + timeout
    with changed:
        while not met():
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError(missing())
            changed.wait(left)


_BAD_GATEWAY = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<h1>502 Bad Gateway</h1>\r\n</body>\r\n</html>\r\n"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail: another answer, or none, after `delay` seconds; or the delay alone.

    `accepted` tells whether the call takes effect all the same, so that only its answer is lost.
    """

    answer: Answer | None = None
    delay: float = 0.0
    accepted: bool = False


def refused(code: int, words: str = "", **parameters: int) -> Fault:
    """Any refusal."""
    return Fault(ApiError(code, words, parameters).answer())


def too_many(seconds: int) -> Fault:
    """429 with `retry_after`."""
    return refused(429, f"retry after {seconds}", retry_after=seconds)


def forbidden() -> Fault:
    """403: the user has blocked the bot."""
    return refused(403, "bot was blocked by the user")


def unauthorized() -> Fault:
    """401: the token was revoked."""
    return refused(401)


def server_error(status: int = 502) -> Fault:
    """A gateway's 5xx with an HTML page."""
    return Fault(Answer(status, _BAD_GATEWAY.replace(b"502", str(status).encode()), "text/html"))


def lost_before() -> Fault:
    """The connection breaks before Telegram has the call."""
    return Fault(DROPPED)


def lost_after() -> Fault:
    """Telegram carries the call out, and the connection breaks before the answer."""
    return Fault(DROPPED, accepted=True)


def garbage(*, accepted: bool = True, body: bytes = b'{"ok":true,"result":') -> Fault:
    """A 200 that nobody can read."""
    return Fault(Answer(200, body), accepted=accepted)


def slow(seconds: float, *, accepted: bool = True) -> Fault:
    """An answer that comes late: after the call took effect, or with `accepted=False` before it does."""
    return Fault(delay=seconds, accepted=accepted)


@dataclass(frozen=True, slots=True)
class _Planned:
    fault: Fault
    method: str | None
    chat: str | None
    skip: int
    times: int | None

    def meets(self, method: str, chat: str | None) -> bool:
        return self.method in (None, method) and self.chat in (None, chat)


class FaultPlan:
    """Which calls fail how; the first plan that meets a call counts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[_Planned] = []

    def add(
        self, fault: Fault, method: str | None = None, *, chat: int | None = None, first: int = 1, times: int | None = 1
    ) -> None:
        """Let calls fail from the `first` matching one on, `times` times, or with `None` for ever."""
        with self._lock:
            self._planned.append(_Planned(fault, method, None if chat is None else str(chat), first - 1, times))

    @property
    def left(self) -> int:
        """How many plans are still waiting."""
        return len(self._planned)

    def next_for(self, method: str, chat: str | None) -> Fault | None:
        """The fault for this call, if any; counts the call."""
        with self._lock:
            for index, plan in enumerate(self._planned):
                if plan.meets(method, chat):
                    return self._use(index, plan)
        return None

    def _use(self, index: int, plan: _Planned) -> Fault | None:
        if plan.skip:
            self._planned[index] = replace(plan, skip=plan.skip - 1)
            return None
        if plan.times == 1:
            del self._planned[index]
        elif plan.times is not None:
            self._planned[index] = replace(plan, times=plan.times - 1)
        return plan.fault
