"""Updates on disk: wiped in time, tried again, and put aside where no try helps."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from datetime import UTC, datetime

import pytest
from telegram import Chat, Message, Update, User

from bot.database import StateError
from bot.telegram.inbox import Inbox, Intake

BEGUN = "SELECT begun FROM updates ORDER BY number"
WORDS = "Who asked for the canary?"
VERSION_0 = """
CREATE TABLE updates (number INTEGER PRIMARY KEY, body TEXT, at INTEGER NOT NULL);
CREATE INDEX waiting ON updates (number) WHERE body IS NOT NULL;
CREATE INDEX age ON updates (at);
CREATE TABLE outbox (
    number INTEGER, part INTEGER, stage TEXT NOT NULL, message INTEGER, PRIMARY KEY (number, part)) WITHOUT ROWID;
"""


def update(number: int, person: int = 7) -> Update:
    ana = User(person, "Ana", is_bot=False)
    return Update(number, Message(1, datetime.now(UTC), Chat(person, "private"), from_user=ana, text=WORDS))


def waiting(inbox: Inbox) -> list[int]:
    numbers = []
    while not inbox.empty():
        numbers.append(inbox.get_nowait().update_id)
    return numbers


def content(folder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_an_update_waits_across_a_restart_until_it_is_answered(tmp_path):
    async def scene() -> list[list[int]]:
        first = Inbox(tmp_path)
        await first.take([update(5), update(6)])
        first.answered(5)
        first.close()
        again = Inbox(tmp_path)
        await again.resume(None)
        await again.take([update(5), update(6), update(7)])
        return [waiting(first), waiting(again)]

    assert asyncio.run(scene()) == [[5, 6], [6, 7]]


def test_whoever_sends_many_at_a_time_is_not_before_others_and_empty_updates_are_not_kept(tmp_path):
    async def scene() -> list[list[int]]:
        inbox = Inbox(tmp_path)
        await inbox.take([*map(update, (1, 2, 3)), Update(4), update(5, 8), update(6), update(7, 9)])
        first = waiting(inbox)
        inbox.answered(1)
        await inbox.take([update(8), update(9, 8), update(10, 10)])
        return [first, waiting(inbox), [inbox.crowd.room((person, person)) for person in (7, 8, 9, 10)]]

    assert asyncio.run(scene()) == [[1, 5, 7, 2, 3, 6], [10, 9, 8], [97, 99, 100, 100]]


def test_what_waits_across_a_restart_counts_towards_what_its_person_may_send(tmp_path):
    async def scene() -> list[int]:
        first = Inbox(tmp_path)
        await first.take([update(5), update(6)])
        first.close()
        again = Inbox(tmp_path)
        await again.resume(None)
        before = again.crowd.room((7, 7))
        again.answered(5)
        return [before, again.crowd.room((7, 7))]

    assert asyncio.run(scene()) == [99, 100]


def test_words_that_were_answered_leave_the_log_too_while_others_wait(tmp_path):
    async def scene() -> None:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5)])
        await inbox.take([update(6)])
        inbox.answered(5).result()
        inbox.tidy()
        inbox.close()

    asyncio.run(scene())
    assert content(tmp_path).count(WORDS.encode()) == 1


def test_numbers_go_before_two_days_are_over(tmp_path):
    async def scene() -> list[list[int]]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5)])
        inbox.answered(5).result()
        known = []
        for hours in (46, 48):
            inbox.tidy(time.time() + hours * 3600)
            waiting(inbox)
            await inbox.take([update(5)])
            known.append(waiting(inbox))
        return known

    assert asyncio.run(scene()) == [[], [5]]


def test_an_update_whose_search_was_at_work_whenever_the_bot_died_waits_for_the_others_and_is_then_put_aside(
    tmp_path, caplog
):
    async def scene(begun: int) -> list[int]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5), update(6)])
        for _ in range(12):
            async with inbox.at_work(6):  # comes to an end each time
                pass
        await inbox._database.ask(lambda database: database.execute("UPDATE updates SET begun = 0"))
        async with inbox.at_work(5):
            at_work = await inbox._database.ask(lambda database: database.execute(BEGUN).fetchall())
        assert at_work == [(1,), (0,)]
        died = "UPDATE updates SET begun = ? WHERE number = 5"
        await inbox._database.ask(lambda database: database.execute(died, (begun,)))
        inbox.close()
        again = Inbox(tmp_path)
        await again.resume(None)
        again.close()
        return waiting(again)

    assert asyncio.run(scene(2)) == [5, 6]
    assert asyncio.run(scene(3)) == [6, 5]
    assert asyncio.run(scene(10)) == [6]
    assert "update 5 was at work whenever the bot died, 10 times: it is put aside" in caplog.text
    assert content(tmp_path).count(WORDS.encode()) == 1


def test_a_number_that_no_file_holds_loses_no_update_beside_it(tmp_path):
    async def scene() -> list[int]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5), update(1 << 64), update(6)])
        return waiting(inbox)

    assert asyncio.run(scene()) == [5, 6]


def test_a_file_of_before_there_were_versions_is_brought_to_the_one_of_today(tmp_path):
    database = sqlite3.connect(tmp_path / "inbox.sqlite3")
    database.executescript(VERSION_0)
    database.execute("INSERT INTO updates VALUES (5, ?, 1)", (update(5).to_json(),))
    database.execute("INSERT INTO outbox VALUES (5, 1, 'sent', 99)")
    database.commit()
    database.close()

    async def scene() -> tuple[list[int], object]:
        inbox = Inbox(tmp_path)
        await inbox.resume(None)
        return waiting(inbox), await inbox.stage(5, 1)

    assert asyncio.run(scene()) == ([5], ("sent", 99))


def test_what_another_process_locks_is_not_taken_and_comes_again(tmp_path):
    async def scene() -> list[int]:
        inbox = Inbox(tmp_path)
        other = sqlite3.connect(tmp_path / "inbox.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StateError, match="cannot be used"):
            await inbox.take([update(5)])
        other.execute("ROLLBACK")
        await inbox.take([update(5)])
        return waiting(inbox)

    assert asyncio.run(scene()) == [5]


def test_the_update_that_hangs_the_bot_is_wiped_and_named_before_the_end(tmp_path, caplog):
    async def scene() -> bytes:
        inbox = Inbox(tmp_path)
        intake = Intake(inbox, 10)
        await inbox.take([update(5)])
        handled = asyncio.ensure_future(intake.do_process_update(update(5), asyncio.sleep(60)))
        await asyncio.sleep(0)
        (task,) = intake._at_work
        await asyncio.get_running_loop().run_in_executor(None, intake.put_aside, task)
        inbox.tidy()
        inbox.close()
        handled.cancel()
        return content(tmp_path)

    with caplog.at_level(logging.CRITICAL):
        assert WORDS.encode() not in asyncio.run(scene())
    assert "update 5 hangs the bot: it is put aside" in caplog.text
