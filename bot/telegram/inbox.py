"""Updates on disk until they are answered, and how far each answer got, so that neither a crash nor a stop loses any.

An update is stored before it is confirmed to Telegram. A message of its answer is `sending` while Telegram may or may
not have it, and `sent` once it has it; after a crash the question is asked again, what was sent stays sent, and what is in
doubt is sent once more as a reply. The words are wiped once the update is answered; its number stays for two days, so
that an update that is delivered again is recognised. An update that no try can handle is put aside: wiped and logged.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import logging
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

from telegram import Bot, Update

from bot.database import Connection, Database, StateError, clamp_times
from bot.telegram.queueing import Admission, Origin, PriorityLock, origin

T = TypeVar("T")
Stage = Literal["pending", "sending", "sent"]

_log = logging.getLogger(__name__)
_NUMBERS_KEPT = 47 * 3600  # seconds that an answered update's number is kept; Telegram delivers again for a day
_ALONE, _BESIDE = 0.5, 0.1  # seconds that a send keeps others waiting, and beside one that took longer
_LARGEST = 1 << 63  # numbers below it fit into SQLite
_RAISES = 3  # times that handling an update may raise
_PAUSE = 0.5  # seconds before it is tried again, or the disk
_MOST, _BATCH = 2000, 100  # updates in memory, some 13 kB each; those that are read from the disk together
# A search at work when the process dies may have killed it. After so many times it waits until others are answered; after
# so many more it is given up. A bot that is killed for other reasons has rarely the same question at work.
_SUSPECT, _GIVEN_UP = 3, 10
_AT_ONCE = re.compile(r"(?i)/(?!(?:ask|quote)\b)")  # every command but those that search
_VERSION = 1  # of the schema
_SCHEMA = """
CREATE TABLE updates (
    number INTEGER PRIMARY KEY, body TEXT, at INTEGER NOT NULL, begun INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX waiting ON updates (number) WHERE body IS NOT NULL;
CREATE INDEX age ON updates (at);
CREATE TABLE outbox (
    number INTEGER NOT NULL, part INTEGER NOT NULL, stage TEXT NOT NULL, message INTEGER,
    PRIMARY KEY (number, part)) STRICT, WITHOUT ROWID;
"""


_Place = tuple[bool, int, int]  # whether it may have ended the bot, its rank, its number


class Inbox(asyncio.Queue[object]):
    """The queue of updates to handle, and the file behind it."""

    def __init__(self, folder: Path) -> None:
        """Open or make `folder`/inbox.sqlite3; a damaged one is set aside. Raises `StateError` where that cannot be."""
        super().__init__()
        self._database = Database(folder / "inbox.sqlite3", _SCHEMA, _VERSION, durable=True)
        self._database.on_new_file = self._restore
        self._answered: list[int] = []
        self._wiping = self._wiped = False
        self._raised: Counter[int] = Counter()
        self._bot: Bot | None = None
        self._in_memory: dict[int, Update | None] = {}  # `None` while it is read
        self._on_disk: list[_Place] = []  # a heap
        self.admission = Admission()
        self._attempts: set[asyncio.Task[Any]] = set()
        self._late: set[asyncio.Task[Any]] = set()
        self._sending = PriorityLock()

    async def resume(self, bot: Bot) -> None:
        """Queue what was left unanswered before a restart, oldest first; updates that may have ended the process come last."""
        self._bot = bot
        for number, body, begun in await self._database.ask(_waiting):
            if begun >= _GIVEN_UP:
                _log.error("update %s was at work whenever the bot died, %s times: it is put aside", number, begun)
                self.answered(number)
            else:
                rank = self.admission.enter(number, _origin(body))
                heapq.heappush(self._on_disk, (begun >= _SUSPECT, rank, number))
        await self.refill()

    async def take(self, updates: Sequence[Update]) -> None:
        """Store those that are new, empty ones aside, and queue them: everybody's first, then everybody's second, and so on.

        Where very many wait, questions stay on the disk alone until there is room; who has none waiting passes those that have.
        Raises `StateError` where they cannot be stored: none is queued then.
        """
        contents = {each.update_id: each.to_dict() for each in updates if _can_be_stored(each.update_id)}
        rows = [(number, json.dumps(content)) for number, content in contents.items() if len(content) > 1]
        if not rows:
            return
        new = await self._database.ask(lambda database: _store(database, rows))
        places = sorted((False, self.admission.enter(number, origin(contents[number])), number) for number in new)
        updates_by_number = {each.update_id: each for each in updates}
        for place in places:
            number = place[-1]
            if _is_question(updates_by_number[number]) and not self._has_room(place):
                heapq.heappush(self._on_disk, place)
            else:
                self._in_memory[number] = updates_by_number[number]
                self.put_nowait(updates_by_number[number])

    def _has_room(self, place: _Place) -> bool:
        if self._on_disk and place < self._on_disk[0]:
            return len(self._in_memory) < 2 * _MOST
        return not self._on_disk and len(self._in_memory) < _MOST

    async def refill(self) -> None:
        """Queue updates that are on the disk alone, as far as there is room."""
        while self._on_disk and len(self._in_memory) <= _MOST - _BATCH:
            numbers = self._first_on_disk()
            self._in_memory |= dict.fromkeys(numbers)
            bodies = await self._until_usable(lambda database: _bodies(database, numbers))  # noqa: B023 - used at once
            for number in numbers:
                self._enqueue(number, bodies.get(number))

    def _first_on_disk(self) -> list[int]:
        places = [heapq.heappop(self._on_disk) for _ in range(min(_BATCH, len(self._on_disk)))]
        self.admission.served(max(rank for _, rank, _ in places))
        return [number for _, _, number in places]

    def _enqueue(self, number: int, body: str | None) -> None:
        try:
            update = Update.de_json(json.loads(body or ""), self._bot)
            if update.update_id != number:
                raise ValueError(number)  # noqa: TRY301 - a bit of the file changed: it could never be wiped
        except Exception:  # whatever the parser trips over: it was stored by another version, or damaged
            _log.warning("update %s in the inbox cannot be parsed any more and is skipped", number)
            self.answered(number)
        else:
            self._in_memory[number] = update
            self.put_nowait(update)

    def _restore(self, database: Connection) -> None:
        """Store what is in memory in a file that took the place of a damaged one."""
        updates = [*self._in_memory.items()]
        _store(database, [(number, json.dumps(update.to_dict())) for number, update in updates if update])

    @asynccontextmanager
    async def at_work(self, number: int) -> AsyncIterator[None]:
        """Note that the search for an update begins, and then that it has ended; a disk that is full holds up no search."""
        add = "UPDATE updates SET begun = begun + ? WHERE number = ?"
        await self._try_write(lambda database: database.execute(add, (1, number)))
        try:
            yield
        finally:
            self._database.write(lambda database: database.execute(add, (-1, number)))

    def retry(self, update: Update) -> bool:
        """Queue an update that could not be handled once more, soon; `False` where that was tried often enough."""
        self._raised[update.update_id] += 1
        if self._raised[update.update_id] >= _RAISES:
            return False
        asyncio.get_running_loop().call_later(_PAUSE, self.put_nowait, update)
        return True

    def answered(self, number: int) -> Future[int] | None:
        """Wipe an update's words; soon, together with those of others. The future is that of the work, if it is new."""
        self._raised.pop(number, None)
        self._in_memory.pop(number, None)
        self.admission.leave(number)
        self._answered.append(number)
        return self._wipe()

    def tidy(self, now: float | None = None) -> None:
        """Delete the numbers that are older than promised, and what was wiped from the log too, whatever still waits."""
        now = time.time() if now is None else now
        self._database.write(lambda database: clamp_times(database, "updates", now))
        old = "DELETE FROM updates WHERE body IS NULL AND at < ?"
        self._database.write(lambda database: database.execute(old, (now - _NUMBERS_KEPT,)))
        self._database.remove_damaged(now - _NUMBERS_KEPT)
        if self._answered:  # it could not be written before
            self._wipe()
        if self._wiped:
            self._wiped = False
            self._database.truncate()

    async def stage(self, number: int, part: int) -> tuple[Stage, int | None]:
        """The stage of a message of an update's answer, and the message's number in the chat once it is sent."""
        query = "SELECT stage, message FROM outbox WHERE number = ? AND part = ?"
        row = await self._until_usable(lambda database: database.execute(query, (number, part)).fetchone())
        return row or ("pending", None)

    async def mark(self, number: int, part: int, stage: Stage, message: int | None = None) -> None:
        """Note how far a message got. A disk that is full holds up no answer: it may then come twice after a crash.

        What Telegram has is noted at once: a kill before that doubles it.
        """
        row = (number, part, stage, message)
        insert = "INSERT OR REPLACE INTO outbox VALUES (?, ?, ?, ?)"
        await self._try_write(lambda database: database.execute(insert, row), urgent=stage == "sent")

    async def finish(self, attempt: Callable[[], Coroutine[Any, Any, T]], *, at_once: bool = False) -> T:
        """Send a message, to the end even where whoever waits for it gives up, so that it is not left in doubt.

        One at a time, so that a kill leaves one in doubt; beside one that takes long the others go one soon after the other.
        What needed no search goes `at_once`, before answers that are ready: with a slow network very many may be.
        """
        async with self._sending.take(not at_once):
            task = asyncio.create_task(attempt())
            self._attempts.add(task)
            task.add_done_callback(self._attempts.discard)
            task.add_done_callback(lambda over: over.cancelled() or over.exception())  # nobody may wait for it any more
            if (await asyncio.wait({task}, timeout=_BESIDE if self._late else _ALONE))[1]:
                self._late.add(task)
                task.add_done_callback(self._late.discard)
        return await asyncio.shield(task)

    async def settle(self, grace: float) -> None:
        """Wait at most `grace` seconds for what is being sent."""
        if self._attempts:
            await asyncio.wait(self._attempts, timeout=grace)

    def close(self) -> None:
        """Finish what is to be written, and give the file back."""
        if self._answered:
            self._wipe()
        self._database.close()

    async def _until_usable(self, work: Callable[[Connection], T]) -> T:
        """As `Database.ask`, again and again until the file can be used: nothing can go on without it."""
        while True:
            try:
                return await self._database.ask(work)
            except StateError as error:
                _log.warning("%s", error)
                await asyncio.sleep(_PAUSE)

    async def _try_write(self, work: Callable[[Connection], object], *, urgent: bool = False) -> None:
        try:
            await self._database.ask(work, urgent=urgent)
        except StateError as error:
            _log.warning("%s", error)

    def _wipe(self) -> Future[int] | None:
        if self._wiping:
            return None
        self._wiping = True
        done = self._database.run(self._wipe_answered)
        done.add_done_callback(self._after_wiping)
        return done

    def _wipe_answered(self, database: Connection) -> int:
        """Wipe the updates that are answered; how many."""
        self._wiping = False  # what is answered from now on is wiped next
        rows = [(int(time.time()), number) for number in self._answered[:]]
        database.executemany("UPDATE updates SET body = NULL, at = ? WHERE number = ?", rows)
        database.executemany("DELETE FROM outbox WHERE number = ?", [row[1:] for row in rows])
        self._wiped = True
        if not database.execute("SELECT 1 FROM updates WHERE body IS NOT NULL LIMIT 1").fetchone():
            self._wiped = False
            self._database.truncate()  # the words are in no file any more
        return len(rows)

    def _after_wiping(self, done: Future[int]) -> None:
        if done.cancelled():
            return
        error = done.exception()
        if error is None:
            del self._answered[: done.result()]
        else:
            self._wiping = False
            _log.warning("what is answered cannot be wiped yet (%s): it may be answered again after a restart", error)


def _waiting(database: Connection) -> list[tuple[int, str, int]]:
    query = "SELECT number, body, begun FROM updates WHERE body IS NOT NULL ORDER BY begun >= ?, number"
    return database.execute(query, (_SUSPECT,)).fetchall()


def _store(database: Connection, updates: list[tuple[int, str]]) -> list[int]:
    """Store updates; the numbers of those that are new, in their order."""
    insert = "INSERT OR IGNORE INTO updates (number, body, at) VALUES (?, ?, ?)"
    now = int(time.time())
    return [number for number, body in updates if database.execute(insert, (number, body, now)).rowcount]


def _bodies(database: Connection, numbers: Sequence[int]) -> dict[int, str]:
    rows = (
        database.execute("SELECT number, body FROM updates WHERE number = ?", (each,)).fetchone() for each in numbers
    )
    return dict(row for row in rows if row)


def _origin(body: str) -> Origin:
    try:
        return origin(json.loads(body))
    except (ValueError, AttributeError):  # damaged: whoever parses it will say so
        return ()


def _can_be_stored(number: object) -> bool:
    return isinstance(number, int) and 0 <= number < _LARGEST


def _is_question(update: Update) -> bool:
    """Whether it may wait for others, unlike commands, pressed buttons and inline queries."""
    message = update.message or update.edited_message or update.guest_message
    return message is not None and not _AT_ONCE.match(str(message.text or message.caption))  # malformed: no text
