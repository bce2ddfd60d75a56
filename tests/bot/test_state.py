"""What outlives a restart: bounded in time, without people, and refused in one line where it cannot be kept."""

from __future__ import annotations

import re
import shutil
import sqlite3
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot import state
from bot.database import StateError
from bot.state import AnswerMessage, AnswerRecord, State, owned
from bot.views import buttons

SHOWN = AnswerRecord("answer", (("a" * 16 + ":0-40", 0, 20, 4, 9), ("b" * 16 + ":5-9", 5, 9)), "Who asked?")
DAY = 24 * 3600


def content(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_an_answer_is_found_again_by_its_key_after_a_restart_without_its_question(tmp_path):
    first = State(tmp_path)
    key = first.keep(SHOWN)
    first.close()
    again = State(tmp_path)
    assert again.recall(key).result() == replace(SHOWN, question=None)
    assert again.recall("x" * 11).result() is None
    assert b"Who asked?" not in content(tmp_path)


def test_the_file_is_for_the_bot_alone(tmp_path):
    State(tmp_path).close()
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


def test_a_question_is_kept_where_the_operator_wants_it(tmp_path):
    first = State(tmp_path, "questions")
    key = first.keep(SHOWN)
    first.close()
    assert State(tmp_path).recall(key).result() == SHOWN


def test_a_state_that_keeps_questions_says_so_before_it_has_any(tmp_path):
    assert [State(tmp_path, collecting).keeps_words for collecting in ("votes", "questions")] == [False, True]


def test_the_key_of_an_answer_fits_its_buttons(tmp_path):
    key = State(tmp_path).keep(SHOWN)
    assert buttons.pressed(f"up:{key}:0") == buttons.Press("up", key, 0)


def test_the_oldest_answers_and_messages_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(state, "_MOST_ANSWERS", 2)
    monkeypatch.setattr(state, "_MOST_ANSWERED", 2)
    kept = State(tmp_path)
    keys = [kept.keep(SHOWN) for _ in range(3)]
    for number in (1, 2):
        kept.answer(7, number, AnswerMessage(100 + number, number))
    kept.answer(7, 1, AnswerMessage(101, 9))
    kept.answer(7, 3, AnswerMessage(103, 3))
    kept.tidy()
    assert [kept.recall(key).result() is None for key in keys] == [True, False, False]
    assert [kept.answered(7, number).result() for number in (1, 2, 3)] == [
        AnswerMessage(101, 9),
        None,
        AnswerMessage(103, 3),
    ]


def test_every_table_is_bounded_in_time_and_the_log_with_it(tmp_path):
    kept = State(tmp_path, "questions", 10)
    key, now = kept.keep(SHOWN), time.time()
    kept.answer(7, 1, AnswerMessage(101, 1, key))
    kept.record(key, SHOWN, up=1)

    def left() -> list[bool]:
        shown = kept.recall(key).result()
        return [
            *(kept.answered(7, 1).result() is not None, shown is not None, bool(shown and shown.question)),
            kept.ledger().result() != [],
        ]

    for days, expected in ((1, [1, 1, 1, 1]), (2, [0, 1, 1, 1]), (12, [0, 1, 0, 0]), (91, [0, 0, 0, 0])):
        kept.tidy(now + days * DAY)
        assert left() == [bool(each) for each in expected]
        assert (b"Who asked?" in content(tmp_path)) == bool(expected[2])
    kept.close()


def test_what_was_written_while_the_clock_was_ahead_is_kept_no_longer(tmp_path, monkeypatch):
    kept, now = State(tmp_path, "questions", 10), time.time()
    with monkeypatch.context() as ahead:
        ahead.setattr(time, "time", lambda: now + 400 * DAY)
        key = kept.keep(SHOWN)
        kept.answer(7, 1, AnswerMessage(101, 1, key))
        kept.record(key, SHOWN, up=1)
    kept.tidy(now)
    assert (kept.recall(key).result(), kept.answered(7, 1).result()) != (None, None)
    kept.tidy(now + 12 * DAY)
    assert (kept.answered(7, 1).result(), kept.ledger().result()) == (None, [])
    kept.tidy(now + 91 * DAY)
    assert kept.recall(key).result() is None


def test_questions_that_were_kept_go_after_the_promised_days_also_where_none_are_kept_any_more(tmp_path):
    first = State(tmp_path, "questions", 10)
    first.record(first.keep(SHOWN), SHOWN, up=1)
    first.close()
    switched = State(tmp_path, "votes", 10)
    assert switched.keeps_words
    switched.tidy(time.time() + 12 * DAY)
    switched.close()
    assert b"Who asked?" not in content(tmp_path)
    assert not State(tmp_path, "votes", 10).keeps_words


def test_the_key_of_an_answer_is_found_by_its_message_and_by_its_question_and_the_last_one_before_another(tmp_path):
    kept = State(tmp_path)
    kept.answer(7, 1, AnswerMessage(101, -5, "first"))
    kept.answer(7, 2, AnswerMessage(102, 2**63 - 1, "second"))
    kept.answer(7, 3, AnswerMessage(103, 3))
    assert [kept.key_of(7, message).result() for message in (101, 1, 102, 2, 103, 3, 999)] == [
        *("first", "first", "second", "second"),
        *(None, None, None),
    ]
    before = [kept.key_before(7, message).result() for message in (1, 2, 3, None)]
    assert before == [None, "first", "second", "second"]
    assert kept.key_before(8, None).result() is None
    kept.move(7, -1007)
    assert (kept.key_before(7, None).result(), kept.key_before(-1007, None).result()) == (None, "second")


def test_forgetting_a_chat_deletes_its_answers_and_the_words_of_its_questions_and_no_other_chats(tmp_path):
    kept = State(tmp_path, "questions")
    own, others = kept.keep(SHOWN), kept.keep(SHOWN)
    for chat, key in ((7, own), (8, others)):
        kept.answer(chat, 1, AnswerMessage(101, 1, key))
        kept.record(key, SHOWN, up=1)
    kept.forget(7)
    assert [kept.answered(chat, 1).result() is None for chat in (7, 8)] == [True, False]
    assert [kept.recall(key).result() is None for key in (own, others)] == [True, False]
    words = {entry.key: entry.answer.question for entry in kept.ledger().result()}
    assert words == {own: None, others: "Who asked?"}


def test_the_collection_that_a_chat_chose_is_kept_until_it_chooses_another_or_forgets_it(tmp_path, monkeypatch):
    monkeypatch.setattr(state, "_MOST_CHOSEN", 2)
    kept = State(tmp_path)
    for chat, collection in ((7, "harbour"), (8, "council"), (7, "bakery")):
        kept.choose(chat, collection)
    kept.close()
    again = State(tmp_path)
    assert [again.chosen(chat).result() for chat in (7, 8, 9)] == ["bakery", "council", None]
    again.choose(9, "harbour")
    again.tidy()
    assert [again.chosen(chat).result() for chat in (7, 8, 9)] == ["bakery", None, "harbour"]
    again.move(7, -1007)
    again.forget(9)
    assert [again.chosen(chat).result() for chat in (7, -1007, 9)] == [None, "bakery", None]


@pytest.mark.parametrize("text", ["Who asked?", "", "half a character: \ud800", "🙂" * 4096])
def test_the_fingerprint_of_any_text_fits_into_the_file(tmp_path, text):
    kept = State(tmp_path)
    prints = [kept.fingerprint(f"{text}{number}") for number in range(30)]
    for number, fingerprint in enumerate(prints):
        kept.answer(7, number, AnswerMessage(101, fingerprint))
    assert [kept.answered(7, number).result() for number in range(30)] == [AnswerMessage(101, each) for each in prints]


def test_a_fingerprint_tells_texts_apart_and_is_another_one_after_each_start(tmp_path):
    first = State(tmp_path)
    prints = [first.fingerprint(text) for text in ("Who?", "Who?", "When?")]
    first.close()
    assert (prints[0] == prints[1], prints[0] == prints[2]) == (True, False)
    assert State(tmp_path).fingerprint("Who?") != prints[0]


def test_votes_add_up_on_the_line_of_their_answer_and_never_fall_below_none(tmp_path):
    kept = State(tmp_path)
    kept.record("k", SHOWN, up=1)
    kept.record("k", SHOWN, up=-1, down=1)
    kept.record("k", SHOWN, up=-1)
    (entry,) = kept.ledger().result()
    assert (entry.up, entry.down, entry.answer.question) == (0, 1, None)
    assert entry.day == time.strftime("%Y-%m-%d", time.gmtime())


def test_a_vote_has_a_day_and_no_hour_which_might_tell_whose_it_is(tmp_path, monkeypatch):
    kept, noon = State(tmp_path, kept_days=1), 20_000 * DAY + DAY / 2
    monkeypatch.setattr(time, "time", lambda: noon)
    kept.record("k", SHOWN, up=1)
    kept.tidy(20_001 * DAY)
    assert [entry.day for entry in kept.ledger().result()] == ["2024-10-04"]
    kept.tidy(20_001 * DAY + 1)
    assert kept.ledger().result() == []


def test_a_ledger_that_is_off_takes_nothing(tmp_path):
    kept = State(tmp_path, "off")
    kept.record("k", SHOWN, up=1)
    assert kept.ledger().result() == []


def test_a_file_of_an_earlier_version_is_replaced_by_one_with_its_rows(tmp_path):
    first = State(tmp_path)
    key = first.keep(SHOWN)
    first.close()
    with sqlite3.connect(tmp_path / "state.sqlite3") as database:
        database.executescript("DROP TABLE chosen; PRAGMA user_version = 2;")
    database.close()
    kept = State(tmp_path)
    kept.choose(7, "harbour")
    assert kept.chosen(7).result() == "harbour"
    assert kept.recall(key).result() is not None
    assert len(list(tmp_path.glob("*damaged*"))) == 1


def test_what_cannot_be_read_is_as_if_nothing_were_remembered(tmp_path, caplog):
    kept = State(tmp_path)
    key = kept.keep(SHOWN)
    kept.record(key, SHOWN, up=1)
    assert kept.recall(key).result() is not None
    kept._database._connection.close()
    assert (kept.recall(key).result(), kept.chosen(7).result(), kept.ledger().result()) == (None, None, [])
    why = "Cannot operate on a closed database."
    assert caplog.messages == [f"{tmp_path / 'state.sqlite3'} cannot be used ({why}): free space or rights there"]


def test_a_damaged_file_is_set_aside_and_named_and_a_new_one_begun(tmp_path, caplog):
    file = tmp_path / "state.sqlite3"
    file.write_bytes(b"no database at all" * 100)
    kept = State(tmp_path)
    assert kept.recall(kept.keep(SHOWN)).result() == replace(SHOWN, question=None)
    assert "state.sqlite3 is damaged" in caplog.text
    (aside,) = tmp_path.glob("state.damaged-*")
    assert aside.read_bytes() == b"no database at all" * 100
    kept.tidy(time.time() + DAY)
    assert list(tmp_path.glob("state.damaged-*")) == [aside]
    kept.tidy(time.time() + 3 * DAY)
    assert list(tmp_path.glob("state.damaged-*")) == []  # people's numbers are in it


def test_what_the_log_of_an_emptied_file_holds_is_not_lost_with_it(tmp_path, caplog):
    made = State(tmp_path / "made")
    key = made.keep(SHOWN)
    assert made.recall(key).result()  # written
    killed = tmp_path / "killed"
    shutil.copytree(tmp_path / "made", killed)
    (killed / "state.sqlite3").write_bytes(b"")
    kept = State(killed)
    assert kept.recall(key).result() == replace(SHOWN, question=None)
    assert "state.sqlite3 is damaged (it is empty, and its log is not)" in caplog.text
    kept.close()
    assert sorted(re.sub(r"-\d+", "", path.name) for path in killed.iterdir()) == [
        *("state.damaged", "state.damaged-shm", "state.damaged-wal", "state.sqlite3"),
    ]


def test_a_command_that_only_reads_leaves_a_damaged_file_to_the_bot(tmp_path):
    (tmp_path / "state.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(StateError, match="is damaged"):
        State(tmp_path, repairs=False)
    assert [path.name for path in tmp_path.glob("*.sqlite3")] == ["state.sqlite3"]


def test_damage_of_any_page_is_seen_when_the_file_is_opened_or_read_and_never_raised(tmp_path):
    made = State(tmp_path / "made")
    keys = [made.keep(SHOWN) for _ in range(60)]
    for number, key in enumerate(keys):
        made.answer(7, number, AnswerMessage(number, number, key))
        made.record(key, SHOWN, up=1)
    made.close()
    whole = (tmp_path / "made" / "state.sqlite3").read_bytes()
    left = []
    for number, start in enumerate(range(0, len(whole), 1024)):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "state.sqlite3").write_bytes(whole[:start] + b"\x17" * 64 + whole[start + 64 :])
        kept = State(folder)
        answers = [kept.recall(key).result() for key in keys]
        assert {answer and answer.places for answer in answers} <= {SHOWN.places, None}
        left.append(sum(answer is not None for answer in answers))
        assert len(kept.ledger().result()) <= len(keys)
        assert {type(kept.answered(7, number).result()) for number in range(60)} <= {AnswerMessage, type(None)}
        kept.close()
    assert sorted(left)[len(left) // 4] > 30  # most damage takes few rows with it


def test_damage_that_appears_while_the_bot_runs_is_set_aside_too(tmp_path, caplog):
    kept = State(tmp_path)
    kept._database.run(lambda database: database.execute("DROP TABLE answers")).result()
    key = kept.keep(SHOWN)
    assert kept.recall(key).result() == replace(SHOWN, question=None)
    assert "state.sqlite3 is damaged" in caplog.text


def test_a_file_of_another_version_is_refused_by_name(tmp_path):
    file = tmp_path / "state.sqlite3"
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StateError) as caught:
        State(tmp_path)
    assert str(caught.value) == (
        f"{file} is of version 99, and this Byline knows 3: set STATE_DIR to another folder, or delete the file"
    )


@pytest.mark.parametrize("name", ["state.sqlite3/inside", "state.sqlite3"])
def test_what_is_no_file_is_refused_with_what_to_do(tmp_path, name):
    (tmp_path / name).mkdir(parents=True)
    with pytest.raises(StateError, match="is no regular file: remove it"):
        State(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    for make in (State, lambda folder: owned(folder).__enter__()):
        with pytest.raises(StateError, match="set STATE_DIR to another"):
            make(tmp_path / "file" / "inside")


def test_a_file_that_cannot_be_used_is_told_and_stops_nothing(tmp_path, caplog):
    kept = State(tmp_path)
    kept._database._connection.execute("PRAGMA query_only = ON")
    key = kept.keep(SHOWN)
    kept.answer(7, 1, AnswerMessage(101, 1, key))
    kept.record(key, SHOWN, up=1)
    read = (kept.recall(key).result(), kept.answered(7, 1).result(), kept.ledger().result())
    assert read == (None, None, [])
    assert caplog.text.count("state.sqlite3 cannot be used (attempt to write a readonly database)") == 1


def test_another_process_that_locks_the_file_holds_up_nobody_who_writes(tmp_path):
    kept = State(tmp_path)
    other = sqlite3.connect(tmp_path / "state.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = threading.Event()
    kept._database.run(lambda _: started.set())
    key = kept.keep(SHOWN)  # returns although it cannot be written
    assert started.wait(5)
    assert kept.recall(key).result() is None
    other.execute("ROLLBACK")
    assert kept.recall(kept.keep(SHOWN)).result() == replace(SHOWN, question=None)


def test_one_bot_has_the_folder_until_it_ends(tmp_path):
    folder = tmp_path / "state"
    with owned(folder):
        with pytest.raises(StateError) as caught, owned(folder):
            pass
        assert str(caught.value) == (
            f"another bot uses the state folder {folder}: end it first, or set STATE_DIR to another folder"
        )
    with owned(folder):
        pass


def test_a_folder_that_another_takes_the_place_of_is_not_the_bots_own_any_more(tmp_path):
    folder = tmp_path / "state"
    with owned(folder) as check:
        check()
        folder.rename(tmp_path / "moved")
        with pytest.raises(StateError, match="was removed or replaced"):
            check()
        with owned(folder), pytest.raises(StateError, match="was removed or replaced"):
            check()
