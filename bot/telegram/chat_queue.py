"""One request at a time in each chat, in the order of asking: chats take turns, answers keep their order."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

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
