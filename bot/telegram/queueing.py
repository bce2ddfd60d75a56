"""Who may go when: one request at a time in each chat, in the order of asking, and messages no faster than Telegram likes.

Telegram takes about a message a second in a private chat, and twenty a minute in a group. Short bursts are let through. A wait
holds up its own chat alone; what Telegram still refuses, `bot.telegram.sending` waits for.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from bot.recent import Recent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


_MOST_WAITING, _MOST_OF_ONE = 200, 100  # requests of one chat, and of one person in it


class Turns:
    """A lock for each chat that somebody waits in; it is gone with the last of them."""

    def __init__(self) -> None:
        self._locks: dict[int, asyncio.Lock] = {}
        self._waiting: Counter[int] = Counter()
        self._waiting_of: Counter[tuple[int, int]] = Counter()

    def waiting(self, chat: int) -> int:
        """How many are at work or wait in this chat."""
        return self._waiting[chat]

    def waiting_of(self, chat: int, person: int) -> int:
        """How many of them are this person's."""
        return self._waiting_of[chat, person]

    def full(self, chat: int, person: int) -> bool:
        """Whether so many wait in this chat, or so many of this person's, that no other is taken."""
        return self._waiting[chat] >= _MOST_WAITING or self._waiting_of[chat, person] >= _MOST_OF_ONE

    @asynccontextmanager
    async def take(self, chat: int, person: int = 0) -> AsyncIterator[None]:
        """Wait for this chat's turn, and hold it."""
        with self.counted(chat, person):
            async with self._locks.setdefault(chat, asyncio.Lock()):
                yield

    @contextmanager
    def counted(self, chat: int, person: int = 0) -> Iterator[None]:
        """Be one of those who are at work or wait in this chat, without a turn of one's own."""
        self._waiting[chat] += 1
        self._waiting_of[chat, person] += 1
        try:
            yield
        finally:
            self._waiting[chat] -= 1
            self._waiting_of[chat, person] -= 1
            if not self._waiting_of[chat, person]:
                del self._waiting_of[chat, person]
            if not self._waiting[chat]:
                del self._waiting[chat]
                self._locks.pop(chat, None)


_PRIVATE = (3, 3.0)  # messages in so many seconds; Telegram's advice is one a second, with short bursts
_GROUP = (20, 60.0)
_CHATS = 10_000  # remembered; the one that was written to longest ago is forgotten first


class Pace:
    """When the next message of each chat may go."""

    def __init__(self) -> None:
        self._sent: Recent[int, deque[float]] = Recent(_CHATS)
        self._held: Recent[int, float] = Recent(_CHATS)

    async def wait(self, chat: int) -> None:
        """Until a message may go into this chat (a group's number is below 0); its place is taken at once."""
        delay = self.delay(chat, time.monotonic())
        if delay > 0:
            await asyncio.sleep(delay)
        await self.released(chat)

    def hold(self, chat: int, seconds: float) -> None:
        """Telegram wants no message of this chat for so long."""
        self._held[chat] = max(self._held.get(chat, 0.0), time.monotonic() + seconds)

    async def released(self, chat: int) -> None:
        """Until Telegram wants messages of this chat again."""
        while (left := self._held.get(chat, 0.0) - time.monotonic()) > 0:
            await asyncio.sleep(left)

    def delay(self, chat: int, now: float) -> float:
        """How many seconds from `now` a message has to wait that is sent as soon as it may be."""
        most, within = _PRIVATE if chat > 0 else _GROUP
        sent = self._sent[chat] = self._sent.get(chat) or deque(maxlen=most)
        at = max(now, sent[0] + within) if len(sent) == most else now
        sent.append(at)
        return at - now
