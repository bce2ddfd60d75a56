"""What outlives a restart: bounded, without people, and refused in one line where it cannot be kept."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from bot import state
from bot.state import Answered, Shown, State, StateError

SHOWN = Shown("answer", (("a" * 16 + ":0-40", 0, 20), ("b" * 16 + ":5-9", 5, 9)), "Who asked?")


def reopened(folder: Path, **more) -> State:
    return State(folder, **more)


def test_an_answer_is_found_again_by_its_key_after_a_restart_without_its_question(tmp_path):
    key = State(tmp_path).keep(SHOWN)
    found = reopened(tmp_path).shown(key)
    assert found == Shown(SHOWN.verdict, SHOWN.places)
    assert b"Who asked?" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert reopened(tmp_path).shown("x" * 11) is None


def test_the_file_is_for_the_bot_alone(tmp_path):
    State(tmp_path).keep(SHOWN)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


def test_a_question_is_kept_where_the_operator_wants_it(tmp_path):
    key = State(tmp_path, "questions").keep(SHOWN)
    assert reopened(tmp_path).shown(key) == SHOWN


def test_the_oldest_answers_and_messages_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(state, "_MOST_ANSWERS", 2)
    monkeypatch.setattr(state, "_MOST_ANSWERED", 2)
    kept = State(tmp_path)
    keys = [kept.keep(SHOWN) for _ in range(3)]
    assert [kept.shown(key) is None for key in keys] == [True, False, False]
    for number in (1, 2):
        kept.answer(7, number, Answered(100 + number, number))
    kept.answer(7, 1, Answered(101, 9))
    kept.answer(7, 3, Answered(103, 3))
    assert [kept.answered(7, number) for number in (1, 2, 3)] == [Answered(101, 9), None, Answered(103, 3)]


def test_the_key_of_an_answer_is_found_by_its_message_and_by_its_question_and_the_last_one_before_another(tmp_path):
    kept = State(tmp_path)
    kept.answer(7, 1, Answered(101, -5, "first"))
    kept.answer(7, 2, Answered(102, 2**63 - 1, "second"))
    kept.answer(7, 3, Answered(103, 3))
    assert [kept.key_of(7, message) for message in (101, 1, 102, 2, 103, 3, 999)] == [
        *("first", "first", "second", "second"),
        *(None, None, None),
    ]
    assert [kept.key_before(7, message) for message in (1, 2, 3, None)] == [None, "first", "second", "second"]
    assert kept.key_before(8, None) is None
    kept.move(7, -1007)
    assert (kept.key_before(7, None), kept.key_before(-1007, None)) == (None, "second")
    kept.forget(-1007)
    assert kept.answered(-1007, 1) is None


def test_votes_add_up_on_the_line_of_their_answer_and_never_fall_below_none(tmp_path):
    kept = State(tmp_path)
    kept.record("k", SHOWN, "2031-05-06", up=1)
    kept.record("k", SHOWN, "2031-05-07", up=-1, down=1)
    kept.record("k", SHOWN, "2031-05-07", up=-1)
    (entry,) = kept.ledger()
    assert (entry.day, entry.up, entry.down, entry.shown.question) == ("2031-05-06", 0, 1, None)
    kept.forget_before("2031-05-07")
    assert list(kept.ledger()) == []


def test_a_ledger_that_is_off_takes_nothing(tmp_path):
    kept = State(tmp_path, "off")
    kept.record("k", SHOWN, "2031-05-06", up=1)
    assert list(kept.ledger()) == []


def test_a_damaged_file_is_set_aside_and_named_and_a_new_one_begun(tmp_path, caplog):
    file = tmp_path / "state.sqlite3"
    file.write_bytes(b"no database at all" * 100)
    kept = State(tmp_path)
    assert kept.shown(kept.keep(SHOWN)) == replace(SHOWN, question=None)
    assert "state.sqlite3 is damaged" in caplog.text
    (aside,) = tmp_path.glob("state.damaged-*")
    assert aside.read_bytes() == b"no database at all" * 100


def test_damage_inside_the_file_is_seen_when_it_is_opened(tmp_path, caplog):
    kept = State(tmp_path)
    for _ in range(300):
        kept.keep(SHOWN)
    kept.close()
    content = bytearray((tmp_path / "state.sqlite3").read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4096] = b"\xff" * 4096
    (tmp_path / "state.sqlite3").write_bytes(content)
    assert State(tmp_path).shown("k") is None
    assert "state.sqlite3 is damaged" in caplog.text


def test_a_file_of_another_version_is_refused_by_name(tmp_path):
    file = tmp_path / "state.sqlite3"
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StateError, match="version 99"):
        State(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="set STATE_DIR to another"):
        State(tmp_path / "file" / "inside")


def test_a_write_that_fails_is_told_and_stops_nothing(tmp_path, caplog):
    kept = State(tmp_path)
    kept._database.execute("PRAGMA query_only = ON")
    key = kept.keep(SHOWN)
    kept.answer(7, 1, Answered(101, 1, key))
    kept.record(key, SHOWN, "2031-05-06", up=1)
    assert (kept.shown(key), kept.answered(7, 1), list(kept.ledger())) == (None, None, [])
    assert "state.sqlite3 cannot be written" in caplog.text
