"""What can go wrong between a bot and Telegram: faults planned by call.

faults.add(too_many(3), "sendMessage")                 the next sendMessage
faults.add(server_error(502), "getUpdates", first=2, times=3)
faults.add(forbidden(), chat=7, times=None)            every call about chat 7 until cleared
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from emulator.params import ApiError

_BAD_GATEWAY = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<h1>502 Bad Gateway</h1>\r\n</body>\r\n</html>\r\n"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail: a refusal, a raw answer, a lost connection, each after `delay` seconds; or the delay alone.

    `accepted` tells whether the call takes effect all the same, so that only its answer is spoilt.
    """

    refusal: ApiError | None = None
    status: int = 200
    body: bytes | None = None
    content_type: str = "text/html"
    drops: bool = False
    delay: float = 0.0
    accepted: bool = False


def too_many(seconds: int) -> Fault:
    """429 with `retry_after`."""
    return Fault(ApiError(429, f"retry after {seconds}", {"retry_after": seconds}))


def server_error(status: int = 502) -> Fault:
    """A gateway's 5xx with an HTML page."""
    return Fault(status=status, body=_BAD_GATEWAY.replace(b"502", str(status).encode()))


def forbidden() -> Fault:
    """403: the user has blocked the bot."""
    return Fault(ApiError(403, "bot was blocked by the user"))


def unauthorized() -> Fault:
    """401: the token was revoked."""
    return Fault(ApiError(401))


def refused(code: int, words: str, **parameters: int) -> Fault:
    """Any other refusal."""
    return Fault(ApiError(code, words, parameters or None))


def lost_before() -> Fault:
    """The connection breaks before Telegram has the call."""
    return Fault(drops=True)


def lost_after() -> Fault:
    """Telegram carries the call out, and the connection breaks before the answer."""
    return Fault(drops=True, accepted=True)


def garbage(*, accepted: bool = True, body: bytes = b'{"ok":true,"result":') -> Fault:
    """A 200 that nobody can read."""
    return Fault(body=body, content_type="application/json", accepted=accepted)


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
        """Let calls fail from the `first` matching one on, `times` times, or with `None` until `clear`."""
        with self._lock:
            self._planned.append(_Planned(fault, method, None if chat is None else str(chat), first - 1, times))

    def clear(self) -> None:
        """Forget all plans."""
        with self._lock:
            self._planned.clear()

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
