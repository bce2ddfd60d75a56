"""Telegram's flood limits, as far as they are told: about one message a second in a chat, 20 a minute in a group, 30 a
second in all. Off unless a test wants them; short bursts pass here as they do there."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, field

from emulator.api_error import too_many
from emulator.chats import Room

CHARGED = frozenset({"sendMessage", "editMessageText", "editMessageReplyMarkup"})


@dataclass(frozen=True, slots=True)
class Limits:
    """How many messages in how many seconds: in one private chat, in one group, in all."""

    chat: tuple[int, float] = (3, 3.0)
    group: tuple[int, float] = (20, 60.0)
    all: tuple[int, float] = (30, 1.0)


@dataclass(slots=True)
class Meter:
    """Counts what is sent. With `limits` `None` it never refuses."""

    limits: Limits | None = None
    _sent: dict[str, deque[float]] = field(default_factory=dict)

    def charge(self, method: str, room: Room | None) -> None:
        """Count one call. Raises a 429 `Refusal` that says how long to wait."""
        if self.limits is None or method not in CHARGED or room is None:
            return
        kept = [(f"chat {room.id}", self.limits.chat if room.kind == "private" else self.limits.group)]
        waits = [self._wait(name, most, seconds) for name, (most, seconds) in [*kept, ("all", self.limits.all)]]
        if max(waits) > 0:
            raise too_many(max(1, math.ceil(max(waits))))
        for name, _ in [*kept, ("all", self.limits.all)]:
            self._sent[name].append(time.monotonic())

    def _wait(self, name: str, most: int, seconds: float) -> float:
        times, now = self._sent.setdefault(name, deque()), time.monotonic()
        while times and times[0] <= now - seconds:
            times.popleft()
        return times[0] + seconds - now if len(times) >= most else 0.0
