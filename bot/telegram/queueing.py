"""Who may go when: so many updates of a person and no more, one request at a time in each chat, and messages no faster than
Telegram likes.

Telegram takes about a message a second in a private chat, and twenty a minute in a group. Short bursts are let through. A wait
holds up its own chat alone; what Telegram still refuses, `bot.telegram.sending` waits for.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from bot.recent import Recent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from telegram import Update

K = TypeVar("K")
Place = tuple[int | None, int | None]  # a chat and a person in it; `None` where the update names none

_OF_PEOPLE = ("message", "edited_message", "callback_query", "inline_query", "guest_message")
_MOST_WAITING, _MOST_OF_ONE = 200, 100  # requests of one chat, and of one person in it


class Crowd:
    """How many updates of each chat, and of each person in it, are stored and not answered yet.

    One more than may wait is let in, so that whoever floods hears of it; more would only be dropped, each at the cost of
    parsing and storing it, while others' updates wait behind them.
    """

    def __init__(self) -> None:
        self._places: dict[int, Place] = {}
        self._of_chat: Counter[int] = Counter()
        self._of_person: Counter[Place] = Counter()

    def room(self, place: Place) -> int:
        """How many more updates of this person in this chat are to be taken."""
        chat, person = place
        of_chat = 0 if chat is None else self._of_chat[chat]
        of_person = 0 if person is None else self._of_person[place]
        return max(0, 1 + min(_MOST_WAITING - of_chat, _MOST_OF_ONE - of_person))

    def enter(self, number: int, place: Place) -> int:
        """Count an update; how many of the same person's were there before it."""
        ahead = self._of_person[place]
        self._places[number] = place
        self._of_person[place] += 1
        if place[0] is not None:
            self._of_chat[place[0]] += 1
        return ahead

    def leave(self, number: int) -> None:
        """An update is answered."""
        place = self._places.pop(number, None)
        if place is None:
            return
        _take_one(self._of_person, place)
        if place[0] is not None:
            _take_one(self._of_chat, place[0])


def place(update: Update) -> Place:
    """The chat and the person that an update comes from."""
    chat, person = update.effective_chat, update.effective_user
    return chat.id if chat else None, person.id if person else None


def raw_place(update: dict[str, Any]) -> Place:
    """The place of an update that is not parsed; `None` twice for one that is always to be taken.

    That is what tells of the bot's own place in a chat, and that a group has another number.
    """
    for kind in _OF_PEOPLE:
        content = update.get(kind)
        if isinstance(content, dict) and "migrate_to_chat_id" not in content and "migrate_from_chat_id" not in content:
            return _id((content.get("message") or content), "chat"), _id(content, "from")
    return None, None


def _id(content: Any, field: str) -> int | None:
    inner = content.get(field) if isinstance(content, dict) else None
    number = inner.get("id") if isinstance(inner, dict) else None
    return number if isinstance(number, int) else None


class Turns:
    """A lock for each chat that somebody waits in; it is gone with the last of them."""

    def __init__(self) -> None:
        self._locks: dict[int, asyncio.Lock] = {}
        self._waiting: Counter[int] = Counter()
        self._waiting_of: Counter[tuple[int, int]] = Counter()

    def waiting(self, chat: int) -> int:
        """How many are at work or wait in this chat."""
        return self._waiting[chat]

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
            _take_one(self._waiting_of, (chat, person))
            if not _take_one(self._waiting, chat):
                self._locks.pop(chat, None)


def _take_one(counts: Counter[K], key: K) -> int:
    """How many are left; a key that counts none is removed."""
    counts[key] -= 1
    return counts[key] or counts.pop(key)


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
