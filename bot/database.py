"""One SQLite file with a thread of its own, so that a lock of another process or a slow disk does not block the event loop.

A file that is damaged, when it is opened or later, is kept under another name, and a new one is begun with the rows of it that
can still be read. The only module of the bot that uses SQLite.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from retrieval import BylineError

Connection = sqlite3.Connection
T = TypeVar("T")

_log = logging.getLogger(__name__)
_PATIENCE = 0.5  # seconds that a statement waits for another process
_QUIET = 60.0  # seconds between two lines on failing writes
# Result codes (https://sqlite.org/rescode.html) that say that the file is not what it was: error, corrupt, schema,
# constraint, mismatch, format, not a database. The others are a full disk, a lock, missing rights.
_DAMAGE = {1, 11, 17, 19, 20, 24, 26}
_FAILURES = (sqlite3.Error, UnicodeDecodeError)  # the second one where SQLite's own words hold what is damaged


class StateError(BylineError):
    """The state folder cannot be used."""


class Database:
    """An SQLite file that one thread reads and writes, in the order of the calls; safe from any thread."""

    def __init__(self, path: Path, schema: str, version: int, *, durable: bool = False, repairs: bool = True) -> None:
        """Open or make the file; `version` is that of the schema. A file of other tables counts as damaged.

        What is written outlives the process, and with `durable` a cut of the power too, which costs a wait for the disk.
        Raises `StateError` where the file cannot be used, and where it is damaged and `repairs` is false. `on_new_file` is
        called with a file that took the place of a damaged one.
        """
        self.on_new_file: Callable[[Connection], object] = lambda _: None
        self._path, self._schema, self._version = path, schema, version
        self._synchronous = "FULL" if durable else "NORMAL"
        self._warned = -_QUIET
        self._urgent: deque[Callable[[], None]] = deque()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and not path.is_file():
                raise StateError(f"{path} is no regular file: remove it, or set STATE_DIR to another folder")
            self._open(repairs=repairs)
        except OSError as error:
            raise StateError(
                f"{path.parent} cannot be used for state ({error.strerror}): set STATE_DIR to another"
            ) from None
        except sqlite3.Error as error:
            raise StateError(
                f"{path} cannot be used ({error}): make its folder writable, set STATE_DIR to another, or delete it"
            ) from None
        self._thread = ThreadPoolExecutor(1, path.stem)

    def run(self, work: Callable[[Connection], T], *, urgent: bool = False) -> Future[T]:
        """Do it in a transaction, after what was asked before; raises what it raises.

        What is `urgent` is done before what waits, and outlives the process alone: no wait for the disk.
        """
        if not urgent:
            return self._thread.submit(self._run_in_turn, work)
        done: Future[T] = Future()
        self._urgent.append(partial(self._run_at_once, work, done))
        self._thread.submit(self._run_urgent)
        return done

    def read(self, work: Callable[[Connection], T], otherwise: T) -> Future[T]:
        """As `run`; where the file cannot be read the operator gets a line, and the result is `otherwise`."""

        def attempt() -> T:
            try:
                return self._run_in_turn(work)
            except sqlite3.Error as error:
                self._warn(error)
                return otherwise

        return self._thread.submit(attempt)

    async def ask(self, work: Callable[[Connection], T], *, urgent: bool = False) -> T:
        """As `run`, off the event loop. Raises `StateError` where the file cannot be used."""
        try:
            return await asyncio.wrap_future(self.run(work, urgent=urgent))
        except sqlite3.Error as error:
            raise StateError(f"{self._path} cannot be used ({error}): free space or rights there") from None

    def write(self, work: Callable[[Connection], object]) -> None:
        """As `run`, without a result; of a write that fails the operator gets a line."""
        self.run(work).add_done_callback(self._warn_of_failure)

    def truncate(self) -> None:
        """Write the log into the file, so that what was deleted is in neither of them."""
        # Where it fails, as somebody reads the log, the next time does it.
        self._thread.submit(lambda: self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone())

    def remove_damaged(self, before: float) -> None:
        """Delete the damaged files that were set aside before a time, in seconds since 1970: people's numbers are in them."""
        for path in self._path.parent.glob(f"{self._path.stem}.damaged-*"):
            with suppress(OSError):
                if path.stat().st_ctime < before:
                    path.unlink()

    def close(self, grace: float = 1.0) -> None:
        """Finish what was asked, within `grace` seconds, and give the file back."""
        wait([self._thread.submit(self._close)], grace)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _close(self) -> None:
        self._connection.close()

    def _run_urgent(self) -> None:
        while self._urgent:
            self._urgent.popleft()()

    def _run_at_once(self, work: Callable[[Connection], T], done: Future[T]) -> None:
        if not done.set_running_or_notify_cancel():
            return
        try:
            with self._without_waiting_for_the_disk():
                result = self._run_in_transaction(work)
        except Exception as error:  # the caller gets it
            done.set_exception(error)
        else:
            done.set_result(result)

    @contextmanager
    def _without_waiting_for_the_disk(self) -> Iterator[None]:
        self._connection.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            self._connection.execute(f"PRAGMA synchronous = {self._synchronous}")

    def _run_in_turn(self, work: Callable[[Connection], T]) -> T:
        self._run_urgent()
        return self._run_in_transaction(work)

    def _run_in_transaction(self, work: Callable[[Connection], T]) -> T:
        try:
            if not self._path.exists():  # what is written now would be in no folder
                raise _damage("it was removed")
            with transaction(self._connection):
                return work(self._connection)
        except _FAILURES as error:
            if not _is_damage(error):
                raise
            self._replace_file(error)
        with transaction(self._connection):
            return work(self._connection)

    def _warn_of_failure(self, done: Future[object]) -> None:
        error = None if done.cancelled() else done.exception()
        if error is not None:
            self._warn(error)

    def _warn(self, error: BaseException) -> None:
        if time.monotonic() - self._warned >= _QUIET:
            self._warned = time.monotonic()
            _log.warning("%s cannot be used (%s): free space or rights there", self._path, error)

    def _open(self, *, repairs: bool) -> None:
        self._connection = _connect(self._path)
        try:
            if _is_emptied(self._path):  # SQLite would delete the log
                raise _damage("it is empty, and its log is not")
            self._prepare()
        except _FAILURES as error:
            self._connection.close()
            if not _is_damage(error):
                raise
            if not repairs:
                raise StateError(
                    f"{self._path} is damaged ({error}): the next start of the bot begins a new one"
                ) from None
            self._replace_file(error)

    def _replace_file(self, error: Exception) -> None:
        self._connection.close()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            damaged = _set_aside(self._path)
            self._connection = _connect(self._path)
        except OSError as failure:
            raise sqlite3.OperationalError(failure.strerror) from None
        self._prepare()
        rows = _salvage(damaged, self._connection) if damaged.exists() else 0
        with transaction(self._connection):
            self.on_new_file(self._connection)
        _log.warning(
            "%s is damaged (%s): it is kept as %s, and a new one begun with the %s rows that could be read",
            *(self._path, error, damaged.name if damaged.exists() else "nothing", rows),
        )

    def _prepare(self) -> None:
        """Check the file, and make the tables of an empty one."""
        connection = self._connection
        for pragma in (
            "journal_mode = WAL",
            f"synchronous = {self._synchronous}",
            "secure_delete = ON",
            "cache_size = -500",
        ):
            connection.execute(f"PRAGMA {pragma}")
        (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise _damage(" ".join(verdict.split()))
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > self._version:
            raise StateError(
                f"{self._path} is of version {version}, and this Byline knows {self._version}: "
                "set STATE_DIR to another folder, or delete the file"
            )
        if not _shape(connection):
            connection.executescript(f"BEGIN IMMEDIATE; {self._schema} PRAGMA user_version = {self._version}; COMMIT;")
        with sqlite3.connect(":memory:") as empty:
            empty.executescript(self._schema)
            if _shape(connection) != _shape(empty):
                raise _damage("its tables are not those of Byline")
        empty.close()
        connection.execute("BEGIN IMMEDIATE")  # fails now, where the file is read-only
        connection.execute("ROLLBACK")


def _connect(path: Path) -> Connection:
    path.touch(mode=0o600)  # it holds the numbers of people's chats
    connection = sqlite3.connect(path, _PATIENCE, check_same_thread=False, isolation_level=None)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    return connection


def _shape(connection: Connection) -> list[Any]:
    return connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()


def _damage(words: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(words)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _is_damage(error: Exception) -> bool:
    return isinstance(error, UnicodeDecodeError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


def _is_emptied(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return not path.stat().st_size and log.exists() and log.stat().st_size > 0


def _set_aside(path: Path) -> Path:
    """Keep a database under another name, its log too; the new name."""
    damaged = path.with_name(f"{path.stem}.damaged-{time.time_ns()}")
    for end in ("", "-wal", "-shm"):  # a log that stays would be read into the new file
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).rename(damaged.with_name(damaged.name + end))
    return damaged


def _salvage(damaged: Path, new: Connection) -> int:
    """Copy the rows of a damaged file that can still be read into a new one; how many."""
    if _is_emptied(damaged) or not _copy_rows(damaged, new):
        copy = damaged.with_name(f"{damaged.name}.part")
        with suppress(OSError):  # no room for it
            _graft_first_page(damaged, copy, new)
            _copy_rows(copy, new)
        for end in ("", "-wal", "-shm"):
            Path(f"{copy}{end}").unlink(missing_ok=True)
    return new.total_changes


def _graft_first_page(damaged: Path, copy: Path, new: Connection) -> None:
    """Copy a file whose tables cannot be found, with the first page of a new one, which leads to the same tables."""
    size = new.execute("PRAGMA page_size").fetchone()[0]
    first, content = new.serialize()[:size], damaged.read_bytes()
    pages = (len(content) // size).to_bytes(4, "big")
    copy.write_bytes(first[:28] + pages + first[32:] + content[size:])
    with suppress(FileNotFoundError):
        shutil.copyfile(f"{damaged}-wal", f"{copy}-wal")


def _copy_rows(damaged: Path, new: Connection) -> bool:
    """Copy what can be read of each table; `False` where the tables themselves cannot be found."""
    with suppress(*_FAILURES), closing(_connect(damaged)) as old, transaction(new):
        if not _shape(old):
            return False
        for (table,) in new.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            new_columns, old_columns = (
                [row[1] for row in each.execute(f"PRAGMA table_info({table})")] for each in (new, old)
            )
            columns = [column for column in new_columns if column in old_columns]  # an older file has fewer
            marks = ", ".join("?" * len(columns))
            insert = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
            for row in _readable_rows(old, f"SELECT {', '.join(columns)} FROM {table}"):  # noqa: S608
                with suppress(sqlite3.IntegrityError):  # a value of another type
                    new.execute(insert, row)
        return True
    return False


def _readable_rows(old: Connection, query: str) -> Iterator[Any]:
    """Rows from the first on until the damage, then from the last one back to it; some may come twice."""
    for order in ("", " ORDER BY rowid DESC"):
        with suppress(*_FAILURES):
            yield from old.execute(query + order)


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Commit what is done inside, or none of it."""
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def clamp_times(connection: Connection, table: str, now: float) -> None:
    """Set times after `now` (seconds since 1970) to `now`: rows that a fast clock dated would be kept longer than promised."""
    connection.execute(f"UPDATE {table} SET at = ?1 WHERE at > ?1", (int(now),))  # noqa: S608
