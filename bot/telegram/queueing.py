"""Order and rates: how many updates of a person may wait, one request at a time in each chat, and messages no faster than
Telegram allows.

Telegram takes about a message a second in a private chat, and twenty a minute in a group; short bursts pass. A wait delays its
own chat only. `bot.telegram.sending` handles what Telegram refuses nevertheless.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NamedTuple

from bot.state import Recent

Origin = tuple[int, ...]  # the numbers of the person and of the group; a group's is below 0

_REMEMBERED = 10_000  # chats, and people; the one that was heard of longest ago is forgotten first


class _Allowance(NamedTuple):
    waiting: int  # updates that are stored and not answered yet
    burst: int  # updates at once, answered or not; a few more than may wait, so that the notice can be sent
    interval: float  # seconds until one more than these


_OF_PERSON, _OF_GROUP = _Allowance(100, 110, 0.5), _Allowance(200, 220, 0.05)


class Admission:
    """How many updates of each person, and of each group, are stored and not answered yet, and how fast they come.

    One more than may wait is admitted, so that its sender gets a notice. More would only be dropped, each after it was
    parsed and stored, while others' updates wait behind them. The pace bounds what is answered too quickly to wait,
    as pressed buttons are: a leaky bucket as a meter (GCRA), which keeps one time for each person.
    """

    def __init__(self) -> None:
        self._origins: dict[int, Origin] = {}
        self._waiting: Counter[int] = Counter()
        self._last_rank: dict[int, int] = {}
        self._served_rank = 0
        self._paid_until: Recent[int, float] = Recent(_REMEMBERED)
        self._excess: set[int] = set()

    def admitted(self, origins: Iterable[Origin]) -> list[bool]:
        """Which updates of those that come together are to be taken, by where they come from."""
        admitted, decisions, now = Counter[int](), list[bool](), time.monotonic()
        for origin in origins:
            decisions.append(all(admitted[number] < self._room(number, now) for number in origin))
            if decisions[-1]:
                admitted.update(origin)
        return decisions

    def enter(self, update: int, origin: Origin) -> int:
        """Count an update; its rank, by which those that wait on the disk are fetched, lowest first.

        Start-time fair queueing (Goyal et al. 1996) with updates of one length: of those that wait, everybody's first comes
        before anybody's second, in a group too; who has none waiting begins before all that still wait for others.
        """
        rank = max(
            [self._served_rank, *(self._last_rank[number] + 1 for number in origin if number in self._last_rank)]
        )
        now = time.monotonic()
        self._origins[update] = origin
        for number in origin:
            allowance = _allowance(number)
            self._last_rank[number] = rank
            self._waiting[number] += 1
            self._paid_until[number] = max(self._paid_until.get(number, 0.0), now) + allowance.interval
            if self._waiting[number] > allowance.waiting:
                self._excess.add(update)
        return rank

    def served(self, rank: int) -> None:
        """Note that what waits on the disk was fetched up to this rank."""
        self._served_rank = max(self._served_rank, rank - 1)

    def leave(self, update: int) -> None:
        """Count an update no longer: it is answered."""
        self._excess.discard(update)
        for number in self._origins.pop(update, ()):
            if not _decrement(self._waiting, number):
                del self._last_rank[number]

    def exceeds(self, update: int) -> bool:
        """Whether it is one more than may wait: its sender only gets a notice."""
        return update in self._excess

    def _room(self, number: int, now: float) -> int:
        most, burst, interval = _allowance(number)
        owed = max(0.0, self._paid_until.get(number, 0.0) - now) / interval
        return min(most + 1 - self._waiting[number], int(burst - owed))


def _allowance(number: int) -> _Allowance:
    return _OF_PERSON if number > 0 else _OF_GROUP


def origin(update: dict[str, Any]) -> Origin:
    """Where an update that is not parsed comes from; empty for one that is always to be taken.

    Always taken are news of the bot's own membership and of a group's new number. A machine speaks for many people in many
    groups: then only the group counts.
    """
    content = next((each for name, each in update.items() if isinstance(each, dict) and name != "my_chat_member"), {})
    if content.keys() & {"migrate_to_chat_id", "migrate_from_chat_id"}:
        return ()
    sender, message = content.get("from"), content.get("message", content)
    person = None if isinstance(sender, dict) and sender.get("is_bot") else _number(sender)
    chat = _number(message.get("chat") if isinstance(message, dict) else None)
    if chat is None or (person is not None and chat > 0):
        return () if person is None else (person,)
    return (chat,) if person is None else (person, chat)


def _number(holder: Any) -> int | None:
    number = holder.get("id") if isinstance(holder, dict) else None
    return number if isinstance(number, int) else None


class ChatQueue:
    """A lock for each chat; it is removed when nobody waits for it any more."""

    def __init__(self) -> None:
        self._locks: dict[int, asyncio.Lock] = {}
        self._waiting: Counter[int] = Counter()

    def waiting(self, chat: int) -> int:
        """How many are at work or wait in this chat."""
        return self._waiting[chat]

    @asynccontextmanager
    async def take(self, chat: int) -> AsyncIterator[None]:
        """Wait for this chat's turn, and hold it."""
        with self.counted(chat):
            async with self._locks.setdefault(chat, asyncio.Lock()):
                yield

    @contextmanager
    def counted(self, chat: int) -> Iterator[None]:
        """Count as one that is at work or waits in this chat, without waiting for a turn."""
        self._waiting[chat] += 1
        try:
            yield
        finally:
            if not _decrement(self._waiting, chat):
                self._locks.pop(chat, None)


def _decrement(counts: Counter[int], number: int) -> int:
    """How many are left; a number that counts none is removed."""
    counts[number] -= 1
    return counts[number] or counts.pop(number)


class PriorityLock:
    """A lock that is given to those who wait in the order of their ranks, the lowest first, then of their arrival."""

    def __init__(self) -> None:
        self._held = False
        self._arrivals = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []  # a heap

    @asynccontextmanager
    async def take(self, rank: int) -> AsyncIterator[None]:
        """Wait for the lock, and hold it."""
        if self._held:
            turn = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (rank, next(self._arrivals), turn))
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():  # it came at the same moment
                    self._pass_on()
                raise
        self._held = True
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        """Give the lock to the next one that still waits; nobody else can take it in between."""
        while self._waiting:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._held = False


_PRIVATE = (3, 3.0)  # messages in so many seconds; Telegram's advice is one a second, with short bursts
_GROUP = (20, 60.0)


class RateLimiter:
    """Delays messages so that each chat gets no more than Telegram allows."""

    def __init__(self) -> None:
        self._sent: Recent[int, deque[float]] = Recent(_REMEMBERED)
        self._held: Recent[int, float] = Recent(_REMEMBERED)

    async def wait(self, chat: int) -> None:
        """Wait until a message may go into this chat (a group's number is below 0); it takes its place in the order at once."""
        delay = self.delay(chat, time.monotonic())
        if delay > 0:
            await asyncio.sleep(delay)
        await self.released(chat)

    def hold(self, chat: int, seconds: float) -> None:
        """Send no message of this chat for so long, as Telegram asks."""
        self._held[chat] = max(self._held.get(chat, 0.0), time.monotonic() + seconds)

    async def released(self, chat: int) -> None:
        """Wait until Telegram takes messages of this chat again."""
        while (left := self._held.get(chat, 0.0) - time.monotonic()) > 0:
            await asyncio.sleep(left)

    def delay(self, chat: int, now: float) -> float:
        """How many seconds from `now` a message has to wait that is sent as soon as it may be."""
        most, within = _PRIVATE if chat > 0 else _GROUP
        sent = self._sent[chat] = self._sent.get(chat) or deque(maxlen=most)
        at = max(now, sent[0] + within) if len(sent) == most else now
        sent.append(at)
        return at - now
