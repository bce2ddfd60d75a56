"""What the bot remembers across a restart: the answers under its buttons, which message answers which, votes.

It holds no text of a question unless the operator asked for that, and of people only chat and message numbers, for two
days, so that an edited question changes its answer, and the collection that a chat has chosen. Every table is bounded in
time and in rows.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from filelock import FileLock, Timeout

from bot.database import Connection, Database, StateError, clamp_times

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
Collecting = Literal["off", "votes", "questions"]
COLLECTING: tuple[Collecting, ...] = get_args(Collecting)

_DAY = 24 * 3600  # seconds
_NUMBERS_KEPT = 47 * 3600  # seconds; an hour less than promised, since what is old is looked for now and then
_ANSWERS_KEPT = 90 * _DAY  # a button of an older one says that it is old
_MOST_ANSWERS = 20_000  # about a kilobyte each
_MOST_ANSWERED = 20_000
_MOST_CHOSEN = 20_000  # chats that have chosen a collection
_VERSION = 3  # of the schema
_SCHEMA = """
CREATE TABLE answers (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, verdict TEXT NOT NULL, places TEXT NOT NULL, question TEXT,
    at INTEGER NOT NULL) STRICT;
CREATE TABLE answered (
    number INTEGER PRIMARY KEY, chat INTEGER NOT NULL, message INTEGER NOT NULL, reply INTEGER NOT NULL,
    print INTEGER NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, UNIQUE (chat, message)) STRICT;
CREATE TABLE chosen (number INTEGER PRIMARY KEY, chat INTEGER NOT NULL UNIQUE, collection TEXT NOT NULL) STRICT;
CREATE TABLE ledger (
    key TEXT PRIMARY KEY, at INTEGER NOT NULL, verdict TEXT NOT NULL, places TEXT NOT NULL, question TEXT,
    up INTEGER NOT NULL DEFAULT 0, down INTEGER NOT NULL DEFAULT 0) STRICT;
"""

# A passage's identifier, the start and end of the sentence that answers, and of the part of it that says what was asked.
Place = tuple[str, int, int] | tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """An answer that was given: its verdict, and where its passages are, best first; the question only where kept."""

    verdict: str
    places: tuple[Place, ...]
    question: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerMessage:
    """The bot's message, the fingerprint of the question that it answers, and the key of the answer in it, if any."""

    message: int
    fingerprint: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger: an answer that somebody voted on, or a question that nothing answers; a day, no person."""

    key: str
    day: str
    answer: AnswerRecord
    up: int
    down: int


class State:
    """The state of one bot; safe from any thread. `collecting` is what the ledger takes, for `kept_days`; `keeps_words` says
    whether the texts of questions are in it, perhaps from before `collecting` was changed.

    What is written is queued and nobody waits for it; what is read is a future, and sees all that was written before.
    A write that fails later on (a full disk) is told to the operator and stops no answer: its buttons are then old.
    """

    def __init__(
        self, folder: Path, collecting: Collecting = "votes", kept_days: int = 180, *, repairs: bool = True
    ) -> None:
        """Open or make `folder`/state.sqlite3, and delete what is older than promised; `repairs` as in `Database`.

        Raises `StateError` where the file cannot be used.
        """
        self.collecting = collecting
        self.kept_days = kept_days
        self._salt = secrets.token_bytes(16)  # in no file: nobody can try which question has a fingerprint
        self._database = Database(folder / "state.sqlite3", _SCHEMA, _VERSION, repairs=repairs)
        texts = "SELECT 1 FROM ledger WHERE question IS NOT NULL UNION SELECT 1 FROM answers WHERE question IS NOT NULL"
        self.keeps_words = collecting == "questions" or self._read(texts, (), bool).result()

    def close(self) -> None:
        """Write what is queued, and give the file back."""
        self._database.close()

    def tidy(self, now: float | None = None) -> None:
        """Delete what is older than promised, at `now` in seconds since 1970, from the file and its log."""
        now = time.time() if now is None else now

        def delete(database: Connection) -> None:
            for table in ("answers", "answered", "ledger"):
                clamp_times(database, table, now)
            database.execute("DELETE FROM answered WHERE at < ?", (now - _NUMBERS_KEPT,))
            database.execute("DELETE FROM answers WHERE at < ?", (now - _ANSWERS_KEPT,))
            database.execute("UPDATE answers SET question = NULL WHERE at < ?", (now - self.kept_days * _DAY,))
            database.execute("DELETE FROM ledger WHERE at < ?", (now - self.kept_days * _DAY,))
            for table, most in (("answers", _MOST_ANSWERS), ("answered", _MOST_ANSWERED), ("chosen", _MOST_CHOSEN)):
                database.execute(f"DELETE FROM {table} WHERE number <= (SELECT MAX(number) FROM {table}) - {most}")  # noqa: S608

        self._database.write(delete)
        self._database.truncate()
        self._database.remove_damaged(now - _NUMBERS_KEPT)

    def keep(self, record: AnswerRecord) -> str:
        """Remember an answer; the key of its buttons."""
        row = (secrets.token_urlsafe(8), *self._columns(record), int(time.time()))
        self._write("INSERT INTO answers (key, verdict, places, question, at) VALUES (?, ?, ?, ?, ?)", row)
        return row[0]

    def recall(self, key: str) -> Future[AnswerRecord | None]:
        """The answer of a key; `None` for a forged key and a forgotten answer."""
        query = "SELECT verdict, places, question FROM answers WHERE key = ?"
        return self._read(query, (key,), lambda rows: _record(*rows[0]) if rows else None)

    def fingerprint(self, text: str) -> int:
        """A number that tells one text from another until the bot ends, and tells nothing of it."""
        digest = blake2b(text.encode("utf-8", "replace"), digest_size=8, key=self._salt).digest()
        return int.from_bytes(digest, signed=True)

    def answered(self, chat: int, message: int) -> Future[AnswerMessage | None]:
        """Which message answers this one, if it is remembered."""
        query = "SELECT reply, print, key FROM answered WHERE chat = ? AND message = ?"
        return self._read(query, (chat, message), lambda rows: AnswerMessage(*rows[0]) if rows else None)

    def answer(self, chat: int, message: int, answer: AnswerMessage) -> None:
        """Remember which message answers this one, in the place of an earlier one."""
        row = (chat, message, answer.message, answer.fingerprint, answer.key, int(time.time()))
        self._write(
            "INSERT OR REPLACE INTO answered (chat, message, reply, print, key, at) VALUES (?, ?, ?, ?, ?, ?)", row
        )

    def key_of(self, chat: int, message: int) -> Future[str | None]:
        """The key of the answer that is in this message of the bot, or that answers this message of somebody."""
        query = (
            "SELECT key FROM answered WHERE chat = ? AND key != '' AND ? IN (reply, message) "
            "ORDER BY number DESC LIMIT 1"
        )
        return self._read(query, (chat, message), _first)

    def key_before(self, chat: int, message: int | None) -> Future[str | None]:
        """The key of the last answer in the chat to what stands before this message; of the very last without one."""
        query = (
            "SELECT key FROM answered WHERE chat = ? AND key != '' AND COALESCE(message < ?, 1) "
            "ORDER BY message DESC LIMIT 1"
        )
        return self._read(query, (chat, message), _first)

    def move(self, old: int, new: int) -> None:
        """Keep what is remembered of a group under its new number."""
        self._write("UPDATE OR REPLACE answered SET chat = ? WHERE chat = ?", (new, old))
        self._write("UPDATE OR REPLACE chosen SET chat = ? WHERE chat = ?", (new, old))

    def choose(self, chat: int, collection: str) -> None:
        """Remember which collection answers in a chat."""
        self._write("INSERT OR REPLACE INTO chosen (chat, collection) VALUES (?, ?)", (chat, collection))

    def chosen(self, chat: int) -> Future[str | None]:
        """The collection that a chat has chosen."""
        return self._read("SELECT collection FROM chosen WHERE chat = ?", (chat,), _first)

    def forget(self, chat: int) -> None:
        """Forget the answers of a chat, which of its messages they answer, and its collection; votes lose their question."""

        def delete(database: Connection) -> None:
            keys = "(SELECT key FROM answered WHERE chat = ?)"
            database.execute(f"DELETE FROM answers WHERE key IN {keys}", (chat,))  # noqa: S608
            database.execute(f"UPDATE ledger SET question = NULL WHERE key IN {keys}", (chat,))  # noqa: S608
            database.execute("DELETE FROM answered WHERE chat = ?", (chat,))
            database.execute("DELETE FROM chosen WHERE chat = ?", (chat,))

        self._database.write(delete)
        self._database.truncate()

    def record(self, key: str, record: AnswerRecord, *, up: int = 0, down: int = 0) -> None:
        """Add votes to the ledger's line of an answer, a new line where it has none yet."""
        if self.collecting == "off":
            return
        day = int(time.time()) // _DAY * _DAY  # the hour might tell whose vote it is
        self._write(
            "INSERT INTO ledger VALUES (?1, ?2, ?3, ?4, ?5, MAX(?6, 0), MAX(?7, 0)) "
            "ON CONFLICT (key) DO UPDATE SET up = MAX(up + ?6, 0), down = MAX(down + ?7, 0)",
            (key, day, *self._columns(record), up, down),
        )

    def ledger(self) -> Future[list[Entry]]:
        """Every line of the ledger, oldest day first."""
        query = "SELECT key, date(at, 'unixepoch'), up, down, verdict, places, question FROM ledger ORDER BY at, rowid"

        def entries(rows: Sequence[Any]) -> list[Entry]:
            lines = ((key, day, _record(*columns), up, down) for key, day, up, down, *columns in rows)
            return [Entry(key, day, record, up, down) for key, day, record, up, down in lines if record]

        return self._read(query, (), entries)

    def _columns(self, record: AnswerRecord) -> tuple[str, str, str | None]:
        question = record.question if self.collecting == "questions" else None
        return record.verdict, json.dumps(record.places), question

    def _write(self, statement: str, values: Sequence[object]) -> None:
        self._database.write(lambda database: database.execute(statement, values))

    def _read(self, query: str, values: Sequence[object], parse: Callable[[Sequence[Any]], T]) -> Future[T]:
        return self._database.read(lambda database: parse(database.execute(query, values).fetchall()), parse(()))


def _first(rows: Sequence[Any]) -> str | None:
    return rows[0][0] if rows else None


def _record(verdict: str, places: str, question: str | None) -> AnswerRecord | None:
    """The record of a row; `None` where its places cannot be read: a bit of the file may have changed unseen by SQLite."""
    try:
        read = tuple(_place(*each) for each in json.loads(places))
    except (ValueError, TypeError):
        return None
    return AnswerRecord(verdict, read, question)


def _place(id_: str, start: int, end: int, *span: int) -> Place:
    if not span:
        return str(id_), int(start), int(end)
    first, last = span
    return str(id_), int(start), int(end), int(first), int(last)


class Recent(OrderedDict[K, V]):
    """A mapping in memory of at most `most` entries: setting one makes it the newest, and the oldest is forgotten."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > self._most:
            self.popitem(last=False)


@contextmanager
def owned(folder: Path) -> Iterator[Callable[[], None]]:
    """Hold the state folder for one bot; yields a check that raises `StateError` once the folder was removed or replaced.

    Raises `StateError` where another bot holds it, or nobody can.
    """
    lock = FileLock(folder / "lock", timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        held = _lock_file(folder)
    except Timeout:
        raise StateError(
            f"another bot uses the state folder {folder}: end it first, or set STATE_DIR to another folder"
        ) from None
    except OSError as error:
        raise StateError(f"{folder} cannot be used for state ({error.strerror}): set STATE_DIR to another") from None

    def check() -> None:
        with suppress(OSError):
            if _lock_file(folder) == held:
                return
        raise StateError(
            f"the state folder {folder} was removed or replaced while the bot ran, so nothing more is kept in it: start the bot again"
        )

    try:
        yield check
    finally:
        lock.release()


def _lock_file(folder: Path) -> tuple[int, int]:
    """Which file the lock of a state folder is: its device and inode. Raises `OSError` where there is none."""
    facts = (folder / "lock").stat()
    return facts.st_dev, facts.st_ino
