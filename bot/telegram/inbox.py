"""Updates on disk until they are answered, and how far each answer got: what neither a crash nor a stop may lose.

An update is stored before Telegram hears that it arrived. A message of its answer is `sending` while Telegram may or may
not have it, and `sent` once it has it; after a crash the question is asked again, what was sent stays sent, and what is in
doubt is sent once more as a reply. The words are wiped once the update is answered; its number stays for two days, so
that one that is delivered again is known. All writing is done by one thread, off the event loop.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from telegram import Update

from bot.state import set_aside
from retrieval import BylineError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from telegram import Bot

T = TypeVar("T")
Stage = Literal["pending", "sending", "sent"]

_log = logging.getLogger(__name__)
_FILE = "inbox.sqlite3"
_KNOWN = 48 * 3600  # seconds that an answered update's number is kept; Telegram delivers again for a day
_ALONE = 0.3  # seconds that a send keeps others waiting
_SCHEMA = """
CREATE TABLE IF NOT EXISTS updates (number INTEGER PRIMARY KEY, body TEXT, at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS waiting ON updates (number) WHERE body IS NOT NULL;
CREATE INDEX IF NOT EXISTS age ON updates (at);
CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER, part INTEGER, stage TEXT NOT NULL, message INTEGER, PRIMARY KEY (number, part)) WITHOUT ROWID;
"""
_delivery: ContextVar[Delivery | None] = ContextVar("delivery", default=None)


class InboxError(BylineError):
    """The inbox cannot be read or written."""


class Inbox(asyncio.Queue[object]):
    """The queue of updates to handle, and the file behind it."""

    def __init__(self, folder: Path) -> None:
        """Open or make `folder`/inbox.sqlite3; a damaged one is set aside. Raises `InboxError` where that cannot be."""
        super().__init__()
        self._path = folder / _FILE
        self._database = self._opened()
        self._thread = ThreadPoolExecutor(1, "inbox")
        self._answered: list[int] = []
        self._attempts: set[asyncio.Task[Any]] = set()
        self._sending = asyncio.Lock()

    async def resume(self, bot: Bot) -> None:
        """Queue what an earlier life of the bot left unanswered, oldest first."""
        for number, body in await self._off_the_loop(self._waiting):
            try:
                update = Update.de_json(json.loads(body), bot)
            except Exception:  # whatever the parser trips over: it was stored by another version
                _log.warning("update %s in %s cannot be parsed any more and is skipped", number, self._path)
                self.answered(number)
            else:
                self.put_nowait(update)

    async def take(self, updates: Sequence[Update]) -> None:
        """Store and queue those that are new. Raises `InboxError` where they cannot be stored: none is queued then."""
        stored = [(update.update_id, update.to_json()) for update in updates]
        new = await self._off_the_loop(lambda: self._store(stored))
        for update in updates:
            if update.update_id in new:
                new.discard(update.update_id)
                self.put_nowait(update)

    def answered(self, number: int) -> None:
        """Wipe an update's words; soon, together with those of others."""
        self._answered.append(number)
        if len(self._answered) == 1:
            self._thread.submit(self._wipe)

    async def stage(self, number: int, part: int) -> tuple[Stage, int | None]:
        """How far a message of an update's answer got, and its number in the chat once it is sent."""
        return await self._off_the_loop(lambda: self._stage(number, part))

    async def mark(self, number: int, part: int, stage: Stage, message: int | None = None) -> None:
        """Note how far a message got. A disk that is full holds up no answer: it may then come twice after a crash."""
        try:
            await self._off_the_loop(lambda: self._mark(number, part, stage, message))
        except InboxError as error:
            _log.warning("%s", error)

    async def see_through(self, attempt: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Send a message, to the end even where whoever waits for it gives up, so that it is not left in doubt.

        One at a time, so that a kill leaves one in doubt; a send that takes long lets the next one go.
        """
        async with self._sending:
            task = asyncio.create_task(attempt())
            self._attempts.add(task)
            task.add_done_callback(self._attempts.discard)
            await asyncio.wait({task}, timeout=_ALONE)
        return await asyncio.shield(task)

    async def settle(self, grace: float) -> None:
        """Wait at most `grace` seconds for what is being sent."""
        if self._attempts:
            await asyncio.wait(self._attempts, timeout=grace)

    def close(self) -> None:
        """Finish what is to be written, and give the file back."""
        self._thread.shutdown()
        self._database.close()

    async def _off_the_loop(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except sqlite3.Error as error:
            raise InboxError(f"{self._path} cannot be used ({error}): free space or rights there") from None

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._prepared()
        except sqlite3.OperationalError as error:
            raise InboxError(
                f"{self._path} cannot be used ({error}): make its folder writable, or set STATE_DIR to another"
            ) from None
        except sqlite3.DatabaseError as error:
            set_aside(self._path, error)
            return self._prepared()

    def _prepared(self) -> sqlite3.Connection:
        self._path.touch(mode=0o600)
        database = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        try:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
                database.execute(f"PRAGMA {pragma}")
            database.executescript(_SCHEMA)
            (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _waiting(self) -> list[tuple[int, str]]:
        return self._database.execute(
            "SELECT number, body FROM updates WHERE body IS NOT NULL ORDER BY number"
        ).fetchall()

    def _store(self, updates: list[tuple[int, str]]) -> set[int]:
        """The numbers of those that were not there yet."""
        insert = "INSERT OR IGNORE INTO updates VALUES (?, ?, ?)"
        now = int(time.time())
        with _transaction(self._database) as database:
            new = {number for number, body in updates if database.execute(insert, (number, body, now)).rowcount}
            database.execute("DELETE FROM updates WHERE body IS NULL AND at < ?", (now - _KNOWN,))
        return new

    def _wipe(self) -> None:
        numbers, self._answered = self._answered, []
        now = int(time.time())
        try:
            with _transaction(self._database) as database:
                database.executemany(
                    "UPDATE updates SET body = NULL, at = ? WHERE number = ?", [(now, n) for n in numbers]
                )
                database.executemany("DELETE FROM outbox WHERE number = ?", [(n,) for n in numbers])
            if not self._database.execute("SELECT 1 FROM updates WHERE body IS NOT NULL LIMIT 1").fetchone():
                self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the words are in no file any more
        except sqlite3.Error as error:
            _log.warning("%s cannot be written (%s): answers may be given again after a restart", self._path, error)

    def _stage(self, number: int, part: int) -> tuple[Stage, int | None]:
        row = self._database.execute(
            "SELECT stage, message FROM outbox WHERE number = ? AND part = ?", (number, part)
        ).fetchone()
        return row or ("pending", None)

    def _mark(self, number: int, part: int, stage: Stage, message: int | None) -> None:
        self._database.execute("INSERT OR REPLACE INTO outbox VALUES (?, ?, ?, ?)", (number, part, stage, message))


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    database.execute("BEGIN IMMEDIATE")
    try:
        yield database
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


@dataclass(slots=True)
class Part:
    """One message of an answer; `question` is the message that it answers, of `date`, where there is one."""

    inbox: Inbox
    update: int
    number: int
    question: int | None
    date: datetime | None

    async def stage(self) -> tuple[Stage, int | None]:
        """As `Inbox.stage`."""
        return await self.inbox.stage(self.update, self.number)

    async def mark(self, stage: Stage, message: int | None = None) -> None:
        """As `Inbox.mark`."""
        await self.inbox.mark(self.update, self.number, stage, message)


class Delivery:
    """What is sent while an update is handled, message by message, in the order in which it is always sent."""

    def __init__(self, inbox: Inbox, update: Update) -> None:
        self.unanswered = False
        self._inbox = inbox
        self._number = update.update_id
        self._asked = update.message or update.edited_message
        self._parts = 0

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """What is sent inside belongs to it; once that is over the update is answered, unless something marked it as not."""
        token = _delivery.set(self)
        try:
            yield
        finally:
            _delivery.reset(token)
        if not self.unanswered:
            self._inbox.answered(self._number)

    def next(self) -> Part:
        """The next message of the answer."""
        self._parts += 1
        asked = self._asked
        return Part(
            self._inbox, self._number, self._parts, asked.message_id if asked else None, asked.date if asked else None
        )


def current() -> Delivery | None:
    """The delivery under way where this is called."""
    return _delivery.get()
