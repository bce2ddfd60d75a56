"""One file and its thread: what is asked is done in turn, and what cannot be done is told, not lost in silence."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import database
from bot.database import Database, StateError

SCHEMA = "CREATE TABLE notes (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
FAILURE = "{} cannot be used (disk I/O error): free space or rights there"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "notes.sqlite3"


def opened(path, **options) -> Database:
    return Database(path, SCHEMA, 1, **options)


def fail(_: object) -> None:
    raise sqlite3.OperationalError("disk I/O error")


def notes(path) -> list[str]:
    with sqlite3.connect(path) as other:
        rows = other.execute("SELECT text FROM notes ORDER BY number").fetchall()
    other.close()
    return [text for (text,) in rows]


def test_who_asks_gets_what_the_work_gives_also_where_it_is_urgent(path):
    kept = opened(path)
    asked = [asyncio.run(kept.ask(lambda _: 7, urgent=urgent)) for urgent in (False, True)]
    assert asked == [7, 7]


@pytest.mark.parametrize("urgent", [False, True])
def test_who_asks_hears_that_the_file_cannot_be_used(path, urgent: bool):
    with pytest.raises(StateError) as caught:
        asyncio.run(opened(path).ask(fail, urgent=urgent))
    assert str(caught.value) == FAILURE.format(path)


def test_who_reads_gets_something_else_where_the_file_cannot_be_read_and_the_operator_is_told(path, caplog):
    assert opened(path).read(fail, "nothing").result() == "nothing"
    assert caplog.messages == [FAILURE.format(path)]


def test_writes_that_fail_are_told_once_a_minute(path, caplog, monkeypatch):
    now, counts = [5.0], []
    monkeypatch.setattr(database, "time", SimpleNamespace(monotonic=lambda: now[0]))
    kept = opened(path)
    for now[0] in (5.0, 6.0, 64.9, 65.0, 66.0):
        kept.write(fail)
        kept.run(lambda _: None).result()
        counts.append(len(caplog.messages))
    assert counts == [1, 1, 1, 2, 2]
    kept.close()


def test_what_fails_half_way_leaves_nothing_and_what_comes_after_it_is_done(path):
    kept = opened(path)

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO notes (text) VALUES ('half')")
        fail(connection)

    with pytest.raises(sqlite3.OperationalError, match="disk I/O error"):
        kept.run(half).result()
    kept.write(lambda connection: connection.execute("INSERT INTO notes (text) VALUES ('whole')"))
    kept.close()
    assert notes(path) == ["whole"]


def test_what_is_closed_before_it_was_done_is_no_trouble_of_the_operator(path, caplog):
    kept, free = opened(path), threading.Event()
    begun = kept.run(lambda _: free.wait(5))
    kept.write(fail)
    waits = kept.run(lambda _: None)
    kept.close(0)
    assert (begun.done(), waits.cancelled()) == (False, True)
    free.set()
    assert begun.result()
    assert caplog.messages == []


def test_what_another_process_has_for_itself_is_refused_with_what_to_do(path, monkeypatch):
    monkeypatch.setattr(database, "_PATIENCE", 0.01)
    opened(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StateError) as caught:
        opened(path)
    other.close()
    assert str(caught.value) == (
        f"{path} cannot be used (database is locked): make its folder writable, set STATE_DIR to another, or delete it"
    )
    assert [each.name for each in path.parent.glob("*damaged*")] == []


def test_a_file_of_other_tables_is_set_aside_and_what_is_alike_in_it_is_kept(path, caplog):
    with sqlite3.connect(path) as other:
        other.executescript(
            "CREATE TABLE notes (number INTEGER PRIMARY KEY, text TEXT, colour TEXT);"
            "INSERT INTO notes VALUES (1, 'a', 'red'), (2, NULL, 'blue'), (3, X'00', 'grey'), (4, 'd', 'green');"
            "PRAGMA user_version = 1;"
        )
    other.close()
    opened(path).close()
    (aside,) = path.parent.glob("notes.damaged-*")
    assert notes(path) == ["a", "d"]
    assert caplog.text.count(
        f"{path} is damaged (its tables are not those of Byline): it is kept as {aside.name}, "
        "and a new one begun with the 2 rows that could be read\n"
    )


def test_what_is_wrong_inside_a_file_is_named(path, caplog):
    with sqlite3.connect(path) as other:
        other.executescript(
            f"CREATE TABLE notes (number INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes VALUES (1, NULL), (2, 'b');"
            f"PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = '{SCHEMA.rstrip(';')}';"
            "PRAGMA user_version = 1;"
        )
    other.close()
    opened(path).close()
    assert "is damaged (NULL value in notes.text): it is kept as notes.damaged-" in caplog.text
    assert notes(path) == ["b"]


def test_damaged_files_that_cannot_be_removed_keep_no_other_from_being_removed(path):
    kept = opened(path)
    for number in (1, 3):
        (path.parent / f"notes.damaged-{number}").write_bytes(b"x")
    (path.parent / "notes.damaged-2").mkdir()
    kept.remove_damaged(1e11)
    assert [each.name for each in path.parent.glob("*damaged*")] == ["notes.damaged-2"]


def write(kept: Database, *texts: str) -> None:
    for text in texts:
        kept.run(lambda connection: connection.execute("INSERT INTO notes (text) VALUES (?)", (text,))).result()  # noqa: B023


def names(path) -> set[str]:
    """The files beside a database, without the number of those that were set aside."""
    return {re.sub(r"-\d+", "", each.name) for each in path.parent.iterdir()}


def test_rows_of_tables_that_a_damaged_file_does_not_name_any_more_are_kept(path):
    kept = opened(path)
    write(kept, "a", "b")
    kept.close()
    with sqlite3.connect(path) as other:
        other.executescript("PRAGMA writable_schema = ON; DELETE FROM sqlite_master;")
    other.close()
    opened(path).close()
    assert notes(path) == ["a", "b"]
    assert names(path) == {"notes.sqlite3", "notes.damaged"}


def test_rows_that_only_the_log_of_a_damaged_file_has_are_kept_and_the_log_is_set_aside_with_it(path, tmp_path):
    kept = opened(path)
    write(kept, "a")
    kept.truncate()
    write(kept, "b")
    killed = tmp_path / "killed" / path.name
    shutil.copytree(path.parent, killed.parent, ignore=shutil.ignore_patterns("killed"))
    kept.close()
    killed.write_bytes(b"no database at all"[:16] + killed.read_bytes()[16:])
    again = opened(killed)
    read = again.run(lambda connection: connection.execute("SELECT text FROM notes ORDER BY number").fetchall())
    assert read.result() == [("a",), ("b",)]
    again.close()
    assert names(killed) == {"notes.sqlite3", "notes.damaged"}


def test_where_there_is_no_room_to_look_for_the_rows_of_a_damaged_file_a_new_one_is_begun_all_the_same(
    path, monkeypatch
):
    path.write_bytes(b"no database at all" * 500)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    kept = opened(path)
    write(kept, "a")
    kept.close()
    assert notes(path) == ["a"]
    assert names(path) == {"notes.sqlite3", "notes.damaged"}


def test_who_reads_the_file_meanwhile_holds_up_no_write(path):
    kept = opened(path)
    write(kept, "a")
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT text FROM notes").fetchall() == [("a",)]
    write(kept, "b")
    assert reader.execute("SELECT text FROM notes").fetchall() == [("a",)]
    reader.close()
    kept.close()
    assert notes(path) == ["a", "b"]


def test_what_was_deleted_is_in_no_file_any_more(path):
    kept = opened(path)
    write(kept, "a secret", "a note")
    kept.run(lambda connection: connection.execute("DELETE FROM notes WHERE text = 'a secret'"))
    kept.truncate()
    kept.run(lambda _: None).result()
    whole = b"".join(each.read_bytes() for each in path.parent.iterdir())
    assert (b"a secret" in whole, b"a note" in whole) == (False, True)


def test_damage_that_is_met_while_the_bot_runs_is_named(path, caplog):
    kept = opened(path)
    kept.run(lambda connection: connection.execute("DROP TABLE notes")).result()
    write(kept, "a")
    assert f"{path} is damaged (no such table: notes): it is kept as notes.damaged-" in caplog.text
