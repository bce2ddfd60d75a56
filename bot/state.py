"""What the bot has to remember across a restart: the answers under its buttons, which message answers which, votes.

One SQLite file, bounded in every table. It holds no text of a question unless the operator asked for that, and no
number of a person beyond the chat and message numbers that an edited question needs. It alone knows SQLite.
"""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from filelock import FileLock, Timeout

from retrieval import BylineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

Collecting = Literal["off", "votes", "questions"]
COLLECTING: tuple[Collecting, ...] = get_args(Collecting)

_log = logging.getLogger(__name__)
_VERSION = 1
_MOST_ANSWERS = 20_000  # about a kilobyte each; a button of an older one says that it is old
_MOST_ANSWERED = 2_000
_SCHEMA = """
CREATE TABLE answers (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, verdict TEXT NOT NULL, places TEXT NOT NULL, question TEXT);
CREATE TABLE answered (
    chat INTEGER, message INTEGER, reply INTEGER NOT NULL, print INTEGER NOT NULL, key TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (chat, message));
CREATE TABLE ledger (
    key TEXT PRIMARY KEY, day TEXT NOT NULL, verdict TEXT NOT NULL, places TEXT NOT NULL, question TEXT,
    up INTEGER NOT NULL DEFAULT 0, down INTEGER NOT NULL DEFAULT 0);
"""

Place = tuple[str, int, int]  # a passage's identifier, and the span of the sentence that answers


class StateError(BylineError):
    """The state folder cannot be used."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer that was given: its verdict, and where its passages are, best first; the question only where kept."""

    verdict: str
    places: tuple[Place, ...]
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """The bot's message, the fingerprint of the question that it answers, and the key of the answer in it, if any."""

    message: int
    fingerprint: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger: an answer that somebody voted on, or a question that nothing answers; a day, no person."""

    key: str
    day: str
    shown: Shown
    up: int
    down: int


class State:
    """The state of one bot; safe from any thread. `collecting` is what the ledger takes.

    A write that fails later on (a full disk) is told to the operator and stops no answer: its buttons are then old.
    """

    def __init__(self, folder: Path, collecting: Collecting = "votes") -> None:
        """Open or make `folder`/state.sqlite3; raises `StateError` where that cannot be."""
        self.collecting = collecting
        self._path = folder / "state.sqlite3"
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._open()
        except OSError as error:
            raise StateError(
                f"{folder} cannot be used for state ({error.strerror}): set STATE_DIR to another"
            ) from None
        except (sqlite3.OperationalError, sqlite3.NotSupportedError) as error:
            raise StateError(
                f"{self._path} cannot be used ({error}): make its folder writable, set STATE_DIR to another, or delete it"
            ) from None

    def _open(self) -> None:
        """Open the file, or a new one where it is damaged."""
        self._path.touch(mode=0o600)  # it holds the numbers of people's chats
        self._database = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        try:
            self._prepare()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            self._database.close()
            set_aside(self._path, error)
            self._open()

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    def keep(self, shown: Shown) -> str:
        """Remember an answer; the key of its buttons. The oldest ones are forgotten."""
        key = secrets.token_urlsafe(8)
        kept = shown.question if self.collecting == "questions" else None
        number = self._write(
            "INSERT INTO answers (key, verdict, places, question) VALUES (?, ?, ?, ?)",
            (key, shown.verdict, json.dumps(shown.places), kept),
        )
        self._write("DELETE FROM answers WHERE number <= ?", ((number or 0) - _MOST_ANSWERS,))
        return key

    def shown(self, key: str) -> Shown | None:
        """The answer of a key; `None` for a forged key and a forgotten answer."""
        row = self._one("SELECT verdict, places, question FROM answers WHERE key = ?", key)
        return _shown(*row) if row else None

    def answered(self, chat: int, message: int) -> Answered | None:
        """Which message answers this one, if it is remembered."""
        row = self._one("SELECT reply, print, key FROM answered WHERE chat = ? AND message = ?", chat, message)
        return Answered(*row) if row else None

    def answer(self, chat: int, message: int, answered: Answered) -> None:
        """Remember which message answers this one, in the place of an earlier one; the oldest are forgotten."""
        self._write(
            "INSERT OR REPLACE INTO answered SELECT ?, ?, ?, ?, ?, 1 + COALESCE(MAX(at), 0) FROM answered",
            (chat, message, answered.message, answered.fingerprint, answered.key),
        )
        self._write("DELETE FROM answered WHERE at <= (SELECT MAX(at) FROM answered) - ?", (_MOST_ANSWERED,))

    def key_of(self, chat: int, message: int) -> str | None:
        """The key of the answer that is in this message of the bot, or that answers this message of somebody."""
        row = self._one(
            "SELECT key FROM answered WHERE chat = ? AND key != '' AND ? IN (reply, message) ORDER BY at DESC LIMIT 1",
            chat,
            message,
        )
        return row[0] if row else None

    def key_before(self, chat: int, message: int | None) -> str | None:
        """The key of the last answer in the chat to what stands before this message; of the very last without one."""
        row = self._one(
            "SELECT key FROM answered WHERE chat = ? AND key != '' AND COALESCE(message < ?, 1) "
            "ORDER BY message DESC LIMIT 1",
            chat,
            message,
        )
        return row[0] if row else None

    def move(self, old: int, new: int) -> None:
        """A group has got another number."""
        self._write("UPDATE OR REPLACE answered SET chat = ? WHERE chat = ?", (new, old))

    def forget(self, chat: int) -> None:
        """Forget which messages of a chat answer which."""
        self._write("DELETE FROM answered WHERE chat = ?", (chat,))

    def record(self, key: str, shown: Shown, day: str, *, up: int = 0, down: int = 0) -> None:
        """Add votes to the ledger's line of an answer, a new line where it has none yet."""
        if self.collecting == "off":
            return
        kept = shown.question if self.collecting == "questions" else None
        self._write(
            "INSERT INTO ledger VALUES (:key, :day, :verdict, :places, :question, MAX(:up, 0), MAX(:down, 0)) "
            "ON CONFLICT (key) DO UPDATE SET up = MAX(up + :up, 0), down = MAX(down + :down, 0)",
            {
                "key": key,
                "day": day,
                "verdict": shown.verdict,
                "places": json.dumps(shown.places),
                "question": kept,
                "up": up,
                "down": down,
            },
        )

    def forget_before(self, day: str) -> None:
        """Delete the ledger's lines of earlier days (ISO 8601)."""
        self._write("DELETE FROM ledger WHERE day < ?", (day,))

    def ledger(self) -> Iterator[Entry]:
        """Every line of the ledger, oldest day first."""
        with self._lock:
            rows = self._database.execute(
                "SELECT key, day, up, down, verdict, places, question FROM ledger ORDER BY day, rowid"
            ).fetchall()
        for key, day, up, down, *shown in rows:
            yield Entry(key, day, _shown(*shown), up, down)

    def _write(self, statement: str, values: Sequence[Any] | Mapping[str, Any]) -> int | None:
        """Carry it out; the number of the row that it made, `None` where it failed."""
        try:
            with self._lock:
                return self._database.execute(statement, values).lastrowid
        except sqlite3.Error as error:
            _log.warning("%s cannot be written (%s)", self._path, error)
            return None

    def _one(self, query: str, *values: Any) -> tuple[Any, ...] | None:
        with self._lock:
            row: tuple[Any, ...] | None = self._database.execute(query, values).fetchone()
        return row

    def _prepare(self) -> None:
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA secure_delete = ON")
        (verdict,) = self._database.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        version = self._database.execute("PRAGMA user_version").fetchone()[0]
        if version not in {0, _VERSION}:
            raise StateError(
                f"{self._path} is of version {version}, and this Byline knows {_VERSION}: "
                "set STATE_DIR to another folder, or delete the file"
            )
        if version == 0:
            self._database.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        else:
            self._database.execute("BEGIN IMMEDIATE")  # fails now, where the file is read-only
            self._database.execute("ROLLBACK")


def set_aside(path: Path, error: sqlite3.Error) -> None:
    """Keep a damaged database under another name, its log too, and tell the operator."""
    kept = path.with_name(f"{path.stem}.damaged-{time.time_ns()}")
    for end in ("", "-wal", "-shm"):  # a log that stays would be read into the new file
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).rename(kept.with_name(kept.name + end))
    _log.warning("%s is damaged (%s): it is kept as %s, and a new one begun", path, error, kept.name)


@contextmanager
def owned(folder: Path) -> Iterator[None]:
    """Hold the state folder for one bot. Raises `StateError` where another bot holds it."""
    lock = FileLock(folder / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise StateError(
            f"another bot uses the state folder {folder}: end it first, or set STATE_DIR to another folder"
        ) from None
    try:
        yield
    finally:
        lock.release()


def _shown(verdict: str, places: str, question: str | None) -> Shown:
    return Shown(verdict, tuple((id_, start, end) for id_, start, end in json.loads(places)), question)
