"""No faster than Telegram likes: about a message a second in a private chat, twenty a minute in a group.

Short bursts are let through. A wait holds up its own chat alone; what Telegram still refuses, `bot.telegram.sending` waits for.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque

from bot.recent import Recent

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
