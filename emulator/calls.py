"""The log of every call a bot made, and waiting for the next one."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
            return tuple(call for call in self._calls if _meets(call, method, chat))

    def wait(self, method: str, n: int = 1, *, chat: int | None = None, timeout: float = 10.0) -> Call:
        """The `n`-th call of a method since the log began. Raises `TimeoutError` naming what came instead."""
        wait_until(self._changed, lambda: len(self.all(method, chat)) >= n, timeout, lambda: self._missing(method, n))
        return self.all(method, chat)[n - 1]

    def _missing(self, method: str, n: int) -> str:
        seen: dict[str, int] = {}
        for call in self._calls:
            seen[call.method] = seen.get(call.method, 0) + 1
        return f"no {n}. {method}; calls so far: {seen or 'none'}"


def _meets(call: Call, method: str | None, chat: int | None) -> bool:
    return (method is None or call.method.lower() == method.lower()) and (chat is None or call.chat_id == chat)


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
