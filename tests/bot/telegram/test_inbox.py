"""Updates on disk: wiped in time, tried again, and put aside where no try helps."""

from __future__ import annotations

import asyncio
import gc
import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Chat, Message, Update, User
from telegram.error import NetworkError

from bot.database import StateError
from bot.telegram.delivery import AnswerPart, Delivery, UpdateProcessor, current
from bot.telegram.inbox import Inbox

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


def counted(inbox: Inbox, person: int) -> int:
    """How many updates of a person wait."""
    return inbox.admission._waiting[person]


def content(folder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_an_update_waits_across_a_restart_until_it_is_answered(tmp_path):
    async def scenario() -> list[list[int]]:
        first = Inbox(tmp_path)
        await first.take([update(5), update(6)])
        first.answered(5)
        first.close()
        again = Inbox(tmp_path)
        await again.resume(None)
        await again.take([update(5), update(6), update(7)])
        return [waiting(first), waiting(again)]

    assert asyncio.run(scenario()) == [[5, 6], [6, 7]]


def test_whoever_sends_many_at_a_time_is_not_before_others_and_empty_updates_are_not_kept(tmp_path):
    async def scenario() -> list[list[int]]:
        inbox = Inbox(tmp_path)
        await inbox.take([*map(update, (1, 2, 3)), Update(4), update(5, 8), update(6), update(7, 9)])
        first = waiting(inbox)
        inbox.answered(1)
        await inbox.take([update(8), update(9, 8), update(10, 10)])
        return [first, waiting(inbox), [counted(inbox, person) for person in (7, 8, 9, 10)]]

    assert asyncio.run(scenario()) == [[1, 5, 7, 2, 3, 6], [10, 9, 8], [4, 2, 1, 1]]


def test_what_waits_across_a_restart_counts_towards_what_its_person_may_send(tmp_path):
    async def scenario() -> list[int]:
        first = Inbox(tmp_path)
        await first.take([update(5), update(6)])
        first.close()
        again = Inbox(tmp_path)
        await again.resume(None)
        before = counted(again, 7)
        again.answered(5)
        return [before, counted(again, 7)]

    assert asyncio.run(scenario()) == [2, 1]


def test_words_that_were_answered_leave_the_log_too_while_others_wait(tmp_path):
    async def scenario() -> None:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5)])
        await inbox.take([update(6)])
        inbox.answered(5).result()
        inbox.tidy()
        inbox.close()

    asyncio.run(scenario())
    assert content(tmp_path).count(WORDS.encode()) == 1


def test_numbers_go_before_two_days_are_over(tmp_path):
    async def scenario() -> list[list[int]]:
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

    assert asyncio.run(scenario()) == [[], [5]]


def test_numbers_that_a_clock_ahead_of_time_has_stamped_are_kept_no_longer(tmp_path, monkeypatch):
    now = time.time()

    async def scenario() -> list[list[int]]:
        inbox = Inbox(tmp_path)
        with monkeypatch.context() as ahead:
            ahead.setattr(time, "time", lambda: now + 400 * 24 * 3600)
            await inbox.take([update(5)])
            inbox.answered(5).result()
        known = []
        for hours in (0, 46, 48):
            inbox.tidy(now + hours * 3600)
            waiting(inbox)
            await inbox.take([update(5)])
            known.append(waiting(inbox))
        return known

    assert asyncio.run(scenario()) == [[], [], [5]]


def test_an_update_whose_search_was_at_work_whenever_the_bot_died_waits_for_the_others_and_is_then_put_aside(
    tmp_path, caplog
):
    async def scenario(begun: int) -> list[int]:
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

    assert asyncio.run(scenario(2)) == [5, 6]
    assert asyncio.run(scenario(3)) == [6, 5]
    assert asyncio.run(scenario(10)) == [6]
    assert "update 5 was at work whenever the bot died, 10 times: it is put aside" in caplog.messages
    assert content(tmp_path).count(WORDS.encode()) == 1


@pytest.mark.parametrize("text", [5, ["/start"], {"a": 1}])
def test_a_malformed_text_or_number_loses_no_update_beside_it(tmp_path, text):
    async def scenario() -> list[int]:
        inbox = Inbox(tmp_path)
        malformed = Message(1, datetime.now(UTC), Chat(7, "private"), text=text)
        await inbox.take([Update(1, malformed), Update("2", malformed), update(3)])
        return waiting(inbox)

    assert asyncio.run(scenario()) == [1, 3]


def test_a_number_that_no_file_holds_loses_no_update_beside_it(tmp_path):
    async def scenario() -> list[int]:
        inbox = Inbox(tmp_path)
        await inbox.take([*map(update, (5, 1 << 64, 1 << 63, (1 << 63) - 1, -1, 0, 6))])
        return waiting(inbox)

    assert asyncio.run(scenario()) == [5, (1 << 63) - 1, 0, 6]


def test_a_file_of_an_earlier_version_is_replaced_by_one_with_its_rows(tmp_path):
    database = sqlite3.connect(tmp_path / "inbox.sqlite3")
    database.executescript(VERSION_0)
    database.execute("INSERT INTO updates VALUES (5, ?, 1)", (update(5).to_json(),))
    database.execute("INSERT INTO outbox VALUES (5, 1, 'sent', 99)")
    database.commit()
    database.close()

    async def scenario() -> tuple[list[int], object]:
        inbox = Inbox(tmp_path)
        await inbox.resume(None)
        return waiting(inbox), await inbox.stage(5, 1)

    assert asyncio.run(scenario()) == ([5], ("sent", 99))
    assert len(list(tmp_path.glob("*damaged*"))) == 1


def test_what_another_process_locks_is_not_taken_and_comes_again(tmp_path):
    async def scenario() -> list[int]:
        inbox = Inbox(tmp_path)
        other = sqlite3.connect(tmp_path / "inbox.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StateError, match="cannot be used"):
            await inbox.take([update(5)])
        other.execute("ROLLBACK")
        await inbox.take([update(5)])
        return waiting(inbox)

    assert asyncio.run(scenario()) == [5]


def test_the_update_that_hangs_the_bot_is_wiped_and_named_before_the_end(tmp_path, caplog):
    async def scenario() -> bytes:
        inbox = Inbox(tmp_path)
        processor = UpdateProcessor(inbox)
        await inbox.take([update(5)])
        handled = asyncio.ensure_future(processor.do_process_update(update(5), asyncio.sleep(60)))
        await asyncio.sleep(0)
        (task,) = processor._at_work
        await asyncio.get_running_loop().run_in_executor(None, processor.put_aside, task)
        inbox.tidy()
        inbox.close()
        handled.cancel()
        return content(tmp_path)

    with caplog.at_level(logging.CRITICAL):
        assert WORDS.encode() not in asyncio.run(scenario())
    assert caplog.messages == ["update 5 hangs the bot: it is put aside"]


def test_what_no_version_can_parse_any_more_is_named_and_skipped_after_a_restart(tmp_path, caplog):
    async def scenario() -> list[int]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5), update(6)])
        damaged = "UPDATE updates SET body = '{\"message\": 3' WHERE number = 5"
        await inbox._database.ask(lambda database: database.execute(damaged))
        inbox.close()
        again = Inbox(tmp_path)
        await again.resume(None)
        again.close()
        third = Inbox(tmp_path)
        await third.resume(None)
        return [*waiting(again), *waiting(third)]

    assert asyncio.run(scenario()) == [6, 6]
    assert caplog.messages == ["update 5 in the inbox cannot be parsed any more and is skipped"]


def test_an_update_that_raises_is_tried_three_times_in_all(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.telegram.inbox._PAUSE", 0)

    async def scenario() -> list[object]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5)])
        tries = []
        while True:
            number = (await inbox.get()).update_id
            tries.append(number)
            if not inbox.retry(update(number)):
                return [tries, counted(inbox, 7)]

    assert asyncio.run(scenario()) == [[5, 5, 5], 1]


def test_how_far_each_message_got_outlives_the_process_and_goes_with_the_answer(tmp_path):
    async def scenario() -> list[object]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5), update(6)])
        for number in (5, 6):
            await inbox.mark(number, 1, "sending")
        await inbox.mark(5, 1, "sent", 77)
        inbox.close()
        again = Inbox(tmp_path)
        stages = [await again.stage(*part) for part in ((5, 1), (6, 1), (5, 2))]
        again.answered(5).result()
        return [*stages, await again.stage(5, 1)]

    assert asyncio.run(scenario()) == [("sent", 77), ("sending", None), ("pending", None), ("pending", None)]


def test_a_stage_that_cannot_be_read_is_waited_for_and_one_that_cannot_be_written_holds_up_nothing(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr("bot.telegram.inbox._PAUSE", 0)

    async def scenario() -> list[object]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5)])
        await inbox.mark(5, 1, "sent", 77)
        ask, failures = inbox._database.ask, [StateError("the disk is away"), StateError("the disk is away")]

        async def failing(work: object, *, urgent: bool = False) -> object:
            if failures:
                raise failures.pop()
            return await ask(work, urgent=urgent)

        monkeypatch.setattr(inbox._database, "ask", failing)
        stage = await inbox.stage(5, 1)
        failures.append(StateError("the disk is full"))
        await inbox.mark(5, 2, "sending")
        return [stage, await inbox.stage(5, 2)]

    assert asyncio.run(scenario()) == [("sent", 77), ("pending", None)]
    assert caplog.messages == ["the disk is away", "the disk is away", "the disk is full"]


def test_sends_go_one_at_a_time_but_one_that_takes_long_holds_up_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.telegram.inbox._ALONE", 0.01)

    async def scenario() -> list[str]:
        inbox, order, go_on = Inbox(tmp_path), [], asyncio.Event()

        async def attempt(name: str, *, slow: bool = False) -> str:
            order.append(f"{name} begins")
            if slow:
                await go_on.wait()
            order.append(f"{name} ends")
            return name

        slow = asyncio.ensure_future(inbox.finish(lambda: attempt("slow", slow=True)))
        await asyncio.sleep(0)
        assert await inbox.finish(lambda: attempt("quick")) == "quick"
        slow.cancel()  # whoever waited gives up: the message is sent nevertheless
        go_on.set()
        await inbox.settle(5)
        assert not inbox._attempts
        await inbox.settle(5)
        return order

    assert asyncio.run(scenario()) == ["slow begins", "quick begins", "quick ends", "slow ends"]


def test_a_send_that_fails_after_whoever_waited_gave_up_is_no_trouble(tmp_path, caplog):
    async def scenario() -> None:
        inbox, go_on = Inbox(tmp_path), asyncio.Event()

        async def attempt() -> None:
            await go_on.wait()
            raise NetworkError("reset")

        waits = asyncio.ensure_future(inbox.finish(attempt))
        await asyncio.sleep(0)
        waits.cancel()
        await asyncio.sleep(0)
        go_on.set()
        await inbox.settle(5)

    asyncio.run(scenario())
    gc.collect()
    assert caplog.messages == []


def test_what_needed_no_search_is_sent_before_answers_that_wait_for_a_slow_network(tmp_path):
    async def scenario() -> list[str]:
        inbox, order = Inbox(tmp_path), []

        async def attempt(name: str) -> None:
            await asyncio.sleep(0)
            order.append(name)

        def send(name: str, *, at_once: bool) -> asyncio.Future[None]:
            return asyncio.ensure_future(inbox.finish(lambda: attempt(name), at_once=at_once))

        sends = [send(f"answer {number}", at_once=False) for number in range(3)]
        await asyncio.sleep(0)
        await asyncio.gather(send("help", at_once=True), *sends)
        return order

    assert asyncio.run(scenario()) == ["answer 0", "help", "answer 1", "answer 2"]


def test_what_cannot_be_wiped_is_wiped_later(tmp_path, caplog):
    async def scenario() -> None:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5)])
        other = sqlite3.connect(tmp_path / "inbox.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError):
            inbox.answered(5).result()
        other.execute("ROLLBACK")
        other.close()
        inbox.tidy()
        inbox.close()

    asyncio.run(scenario())
    why = "what is answered cannot be wiped yet (database is locked): it may be answered again after a restart"
    assert caplog.messages == [why]
    assert WORDS.encode() not in content(tmp_path)


def test_the_messages_of_an_answer_are_counted_and_the_answer_is_done_unless_it_is_said_not_to_be(tmp_path):
    async def scenario() -> list[object]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5), update(6)])
        kept, done = Delivery(inbox, update(5)), Delivery(inbox, update(6))
        with kept.under_way():
            assert current() is kept
            first, second = kept.next(), kept.next()
            await second.mark("sent", 9)
            kept.unanswered = True
        with done.under_way():
            pass
        assert current() is None
        inbox.close()
        again = Inbox(tmp_path)
        await again.resume(None)
        stages = [
            await AnswerPart(again, 5, number, 1, None, at_once=False).stage()
            for number in (first.number, second.number)
        ]
        return [waiting(again), stages, first.question]

    assert asyncio.run(scenario()) == [[5], [("pending", None), ("sent", 9)], 1]


def test_at_the_end_no_update_begins_and_what_is_late_is_given_up_and_stays(tmp_path):
    async def scenario() -> list[object]:
        inbox = Inbox(tmp_path)
        processor = UpdateProcessor(inbox)
        assert await processor.close(0)
        processor = UpdateProcessor(inbox)
        await inbox.take([update(5), update(6), update(7)])
        late = asyncio.ensure_future(processor.do_process_update(update(5), asyncio.sleep(60)))
        await asyncio.sleep(0)
        finished = await processor.close(0)
        await processor.do_process_update(update(6), asyncio.sleep(0))
        with pytest.raises(asyncio.CancelledError):
            await late
        inbox.close()
        again = Inbox(tmp_path)
        await again.resume(None)
        return [finished, waiting(again)]

    assert asyncio.run(scenario()) == [False, [5, 6, 7]]


def command(number: int, person: int) -> Update:
    ana = User(person, "Ana", is_bot=False)
    return Update(number, Message(1, datetime.now(UTC), Chat(person, "private"), from_user=ana, text="/start"))


@pytest.fixture
def little_room(monkeypatch):
    monkeypatch.setattr("bot.telegram.inbox._MOST", 4)
    monkeypatch.setattr("bot.telegram.inbox._BATCH", 2)


def test_where_very_many_wait_questions_stay_on_the_disk_until_there_is_room_and_commands_do_not(tmp_path, little_room):
    async def scenario() -> list[list[int]]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(number, 10 + number) for number in range(1, 8)])
        await inbox.take([command(8, 30), update(9, 31)])
        steps = [waiting(inbox)]
        for done in (8, 1, 2, 3, 4, 5, 6, 7, 9):
            inbox.answered(done)
            await inbox.refill()
            steps.append(waiting(inbox))
        await inbox.take([update(10, 40)])
        return [*steps, waiting(inbox)]

    assert asyncio.run(scenario()) == [[1, 2, 3, 4, 8], [], [], [5, 6], [], [7, 9], [], [], [], [], [10]]


@pytest.mark.parametrize(
    ("kind", "fields", "waits"),
    [
        ("message", {"text": "Who?"}, True),
        ("edited_message", {"text": "Who?"}, True),
        ("guest_message", {"text": "Who?"}, True),
        ("message", {"caption": "Who?"}, True),
        ("message", {}, True),
        ("edited_message", {"text": "/ask Who?"}, True),
        ("message", {"text": "/Quote@bot Who?"}, True),
        ("message", {"text": "/asks"}, False),
        ("message", {"caption": "/add"}, False),
        ("channel_post", {"text": "Who?"}, False),
    ],
)
def test_of_very_many_it_is_questions_that_wait_on_the_disk_however_they_come(
    tmp_path, little_room, kind: str, fields: dict[str, str], waits: bool
):
    ana = User(30, "Ana", is_bot=False)
    asked = Message(1, datetime.now(UTC), Chat(30, "private"), from_user=ana, **fields)

    async def scenario() -> list[int]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(number, 10 + number) for number in range(1, 5)])
        await inbox.take([Update(5, **{kind: asked})])
        return waiting(inbox)

    assert asyncio.run(scenario()) == ([1, 2, 3, 4] if waits else [1, 2, 3, 4, 5])


def test_where_there_is_nothing_to_store_nobody_waits_for_the_disk(tmp_path):
    async def scenario() -> list[int]:
        inbox, free = Inbox(tmp_path), threading.Event()
        hanging = inbox._database.run(lambda _: free.wait(5))
        await inbox.take([Update(5), update(-1)])
        assert not hanging.done()
        free.set()
        return waiting(inbox)

    assert asyncio.run(scenario()) == []


def test_what_could_not_be_wiped_before_the_end_is_no_trouble_and_waits_for_the_next_start(tmp_path, caplog):
    async def scenario() -> list[int]:
        inbox, free = Inbox(tmp_path), threading.Event()
        await inbox.take([update(5)])
        inbox._database.run(lambda _: free.wait(5))
        inbox.answered(5)
        inbox._database.close(0)
        free.set()
        again = Inbox(tmp_path)
        await again.resume(None)
        return waiting(again)

    assert asyncio.run(scenario()) == [5]
    assert caplog.messages == []


def test_a_flood_of_many_groups_that_waits_on_the_disk_is_not_before_who_asks_once(tmp_path, little_room):
    async def scenario() -> list[list[int]]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(number, 11 + number % 2) for number in range(1, 13)])
        steps = [waiting(inbox)]
        await inbox.take([update(20, 21), update(21, 11)])
        steps.append(waiting(inbox))
        for number in (1, 2, 3, 4, 20):
            inbox.answered(number)
            await inbox.refill()
        steps.append(waiting(inbox))
        await inbox.take([update(number, number) for number in range(30, 36)])
        steps.append(waiting(inbox))
        for number in (5, 6, 7, 8, *range(30, 34)):
            inbox.answered(number)
            await inbox.refill()
        return [*steps, waiting(inbox)]

    assert asyncio.run(scenario()) == [[1, 2, 3, 4], [20], [5, 6, 7, 8], [30, 31, 32, 33], [34, 35, 9, 10]]


def test_after_a_restart_no_more_are_in_memory_than_have_room_and_all_of_them_come(tmp_path, little_room, caplog):
    async def scenario() -> list[list[int]]:
        first = Inbox(tmp_path)
        await first.take([update(number, 10 + number) for number in range(1, 8)])
        await first._database.ask(lambda database: database.execute("UPDATE updates SET body = '3' WHERE number = 3"))
        first.close()
        again = Inbox(tmp_path)
        await again.resume(None)
        steps = [waiting(again)]
        await again._database.ask(lambda database: database.execute("DELETE FROM updates WHERE number IN (6, 7)"))
        for done in (1, 2, 4, 5):
            again.answered(done)
            await again.refill()
            steps.append(waiting(again))
        return [*steps, [*again._on_disk, *again._in_memory]]

    assert asyncio.run(scenario()) == [[1, 2, 4], [5], [], [], [], []]
    assert caplog.text.count("cannot be parsed any more and is skipped") == 3


def test_of_a_damaged_file_the_questions_that_can_still_be_read_wait_on_and_what_was_answered_does_not_come_back(
    tmp_path,
):
    async def waiting_in(folder) -> list[int]:
        inbox = Inbox(folder)
        await inbox.resume(None)
        numbers = waiting(inbox)
        await inbox.take([update(1)])  # answered long ago, and delivered again
        assert waiting(inbox) in ([], [1])
        inbox.close()
        return numbers

    async def made() -> None:
        inbox = Inbox(tmp_path / "whole")
        await inbox.take([update(number) for number in range(1, 91)])
        for number in range(1, 31):
            inbox.answered(number)
        inbox.close()

    asyncio.run(made())
    whole = (tmp_path / "whole" / "inbox.sqlite3").read_bytes()
    left = []
    for start in range(0, len(whole), 4096):
        folder = tmp_path / str(start)
        folder.mkdir()
        flipped = bytes(byte ^ 0xFF for byte in whole[start : start + 64])
        (folder / "inbox.sqlite3").write_bytes(whole[:start] + flipped + whole[start + 64 :])
        numbers = asyncio.run(waiting_in(folder))
        assert set(numbers) <= set(range(31, 91))
        assert len(set(numbers)) == len(numbers)
        left.append(len(numbers))
        assert len(list(folder.glob("inbox.damaged-*"))) == 1
    assert left[0] == 60  # the first page is always the same
    assert [number for number in left if number < 40] == [0]  # the page that leads to all others


def test_damage_that_appears_while_many_wait_on_the_disk_alone_loses_only_what_cannot_be_read(
    tmp_path, little_room, caplog
):
    async def scenario() -> list[int]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(number, 10 + number) for number in range(1, 8)])
        await inbox.stage(1, 1)
        await inbox.mark(2, 1, "sent", 9)
        await inbox._database.ask(lambda database: database.execute("DROP INDEX age"))
        await inbox._database.ask(lambda database: database.execute("ALTER TABLE outbox RENAME COLUMN stage TO phase"))
        answered = waiting(inbox)
        assert await inbox.stage(2, 1) == ("pending", None)
        for number in answered:
            inbox.answered(number)
        await inbox.refill()
        return [*answered, *waiting(inbox)]

    assert asyncio.run(scenario()) == [1, 2, 3, 4, 5, 6, 7]
    assert "a new one begun with the 7 rows that could be read" in caplog.text


def test_a_stored_update_whose_number_is_another_one_is_skipped_and_wiped(tmp_path, caplog):
    async def scenario() -> list[int]:
        first = Inbox(tmp_path)
        await first.take([update(5), update(6)])
        await first._database.ask(lambda database: database.execute("UPDATE updates SET number = 9 WHERE number = 5"))
        first.close()
        for _ in range(2):
            again = Inbox(tmp_path)
            await again.resume(None)
            again.close()
        return waiting(again)

    assert asyncio.run(scenario()) == [6]
    assert caplog.text.count("update 9 in the inbox cannot be parsed any more") == 1


def test_damage_while_the_bot_runs_loses_nothing_of_what_is_in_memory(tmp_path):
    async def scenario() -> list[int]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(number) for number in range(1, 6)])
        await asyncio.wrap_future(inbox.answered(1))
        for path in tmp_path.glob("inbox.sqlite3*"):
            with path.open("r+b") as file:
                file.write(b"no database at all" * 200)
        await inbox._database.ask(lambda database: database.execute("PRAGMA cache_size = 0"))
        await inbox.take([update(6)])
        inbox.close()
        again = Inbox(tmp_path)
        await again.resume(None)
        return waiting(again)

    assert asyncio.run(scenario()) == [2, 3, 4, 5, 6]


def test_a_folder_that_is_removed_while_the_bot_runs_loses_nothing_of_what_is_in_memory(tmp_path, caplog):
    folder = tmp_path / "state"

    async def scenario() -> list[int]:
        inbox = Inbox(folder)
        await inbox.take([update(1), update(2)])
        shutil.rmtree(folder)
        folder.write_bytes(b"in the way")
        with pytest.raises(StateError):
            await inbox.take([update(3)])
        folder.unlink()
        await inbox.take([update(3)])
        again = Inbox(folder)  # as after a kill
        await again.resume(None)
        return waiting(again)

    assert asyncio.run(scenario()) == [1, 2, 3]
    assert "inbox.sqlite3 is damaged (it was removed)" in caplog.text


def test_beside_a_send_that_takes_long_the_others_go_soon_one_after_the_other(tmp_path, monkeypatch):
    times = {"_ALONE": 0.05, "_BESIDE": 3600.0}
    later = {"_ALONE": 3600.0, "_BESIDE": 0.02}  # as soon as one of them is under way
    begun: list[int] = []

    def are(times: dict[str, float]) -> None:
        for name, seconds in times.items():
            monkeypatch.setattr(f"bot.telegram.inbox.{name}", seconds)

    are(times)

    async def scenario() -> list[list[int]]:
        inbox, late = Inbox(tmp_path), asyncio.Event()

        def send(number: int) -> Callable[[], Coroutine[Any, Any, None]]:
            async def attempt() -> None:
                begun.append(number)
                are(later)
                await late.wait()

            return attempt

        sends = [asyncio.ensure_future(inbox.finish(send(number))) for number in range(20)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        steps = [[*begun]]
        while len(begun) < 3:
            await asyncio.sleep(0.001)
        steps.append([*begun])
        while len(begun) < 20:
            await asyncio.sleep(0.001)
        late.set()
        await asyncio.gather(*sends)
        assert inbox._late == set()
        return [*steps, begun]

    assert asyncio.run(scenario()) == [[0], [0, 1, 2], [*range(20)]]


def test_what_waits_across_a_restart_belongs_to_the_bot_of_today_and_is_stored_again_if_the_file_is_damaged(tmp_path):
    async def scenario() -> bool:
        first = Inbox(tmp_path)
        await first.take([update(5), update(6)])
        first.close()
        bot, again = object(), Inbox(tmp_path)
        await again.resume(bot)
        await again._database.ask(lambda database: database.execute("DELETE FROM updates"))
        again._database._replace_file(sqlite3.DatabaseError("damaged"))
        again.close()
        return again.get_nowait().get_bot() is bot

    assert asyncio.run(scenario())
    last = Inbox(tmp_path)
    asyncio.run(last.resume(None))
    assert waiting(last) == [5, 6]


def test_an_update_that_was_answered_after_all_may_raise_as_often_as_a_new_one(tmp_path):
    async def scenario() -> list[bool]:
        inbox = Inbox(tmp_path)
        tries = [inbox.retry(update(5)), inbox.retry(update(5))]
        inbox.answered(5)
        return [*tries, inbox.retry(update(5)), inbox.retry(update(5)), inbox.retry(update(5))]

    assert asyncio.run(scenario()) == [True, True, True, True, False]


def test_a_damaged_file_is_kept_for_two_days(tmp_path):
    (tmp_path / "inbox.sqlite3").write_bytes(b"no database at all" * 500)
    inbox = Inbox(tmp_path)
    kept = []
    for hours in (46, 48):
        inbox.tidy(time.time() + hours * 3600)
        kept.append(len(list(tmp_path.glob("inbox.damaged-*"))))
    assert kept == [1, 0]


def test_the_end_does_not_wait_for_a_send_that_never_ends(tmp_path):
    async def scenario() -> bool:
        inbox, attempt = Inbox(tmp_path), asyncio.Event()
        sending = asyncio.ensure_future(inbox.finish(attempt.wait))
        await asyncio.sleep(0)
        await inbox.settle(0.01)
        sending.cancel()
        return attempt.is_set()

    assert asyncio.run(scenario()) is False


def test_what_is_answered_while_others_are_wiped_is_wiped_next(tmp_path):
    opened = threading.Event()

    async def scenario() -> list[object]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(number) for number in (5, 6, 7)])
        inbox._database.run(lambda _: opened.wait())
        first, none = inbox.answered(5), inbox.answered(6)
        opened.set()
        await asyncio.wrap_future(first)
        second = inbox.answered(7)
        await asyncio.wrap_future(second)
        await asyncio.sleep(0)
        waits = await inbox._database.ask(
            lambda database: database.execute("SELECT COUNT(body) FROM updates").fetchall()
        )
        return [none, first.result(), second.result(), waits, inbox._answered, inbox._wiped]

    assert asyncio.run(scenario()) == [None, 2, 1, [(0,)], [], False]
    assert WORDS.encode() not in content(tmp_path)


def test_words_leave_every_file_with_the_last_answer_and_with_each_look_before(tmp_path):
    async def scenario() -> list[int]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5)])
        await inbox.take([update(6)])
        counts = []
        await asyncio.wrap_future(inbox.answered(5))
        assert inbox._wiped is True
        inbox.tidy()
        await inbox.stage(5, 1)  # after what was queued before
        counts.append(content(tmp_path).count(WORDS.encode()))
        await asyncio.wrap_future(inbox.answered(6))
        await inbox.stage(5, 1)
        counts.append(content(tmp_path).count(WORDS.encode()))
        return counts

    assert asyncio.run(scenario()) == [1, 0]


def test_a_file_whose_schema_is_no_text_is_set_aside_and_its_questions_wait_on(tmp_path, caplog):
    async def scenario() -> list[int]:
        first = Inbox(tmp_path)
        await first.take([update(5), update(6)])
        first.close()
        file = tmp_path / "inbox.sqlite3"
        file.write_bytes(file.read_bytes().replace(b"begun INTEGER", b"begun INT\xc5GER"))
        again = Inbox(tmp_path)
        await again.resume(None)
        again.close()
        return waiting(again)

    assert asyncio.run(scenario()) == [5, 6]
    assert "inbox.sqlite3 is damaged" in caplog.text


def test_what_telegram_has_is_noted_before_what_waits_for_the_disk(tmp_path):
    async def scenario() -> list[Any]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5)])
        free, seen = threading.Event(), list[Any]()
        stages = "SELECT stage FROM outbox"
        inbox._database.run(lambda _: free.wait(5))
        for _ in range(2):
            inbox._database.run(lambda database: seen.append(database.execute(stages).fetchall()))
        noted = [asyncio.create_task(inbox.mark(5, number, "sent", 70 + number)) for number in (1, 2)]
        await asyncio.sleep(0)
        free.set()
        await asyncio.gather(*noted)
        seen.append(await inbox._database.ask(lambda database: database.execute("PRAGMA synchronous").fetchone()))
        seen.append(await inbox.stage(5, 2))
        return seen

    assert asyncio.run(scenario()) == [[("sent",), ("sent",)]] * 2 + [(2,), ("sent", 72)]


def test_what_cannot_be_noted_at_once_raises_and_what_is_cancelled_is_not_done(tmp_path):
    async def scenario() -> list[Any]:
        inbox = Inbox(tmp_path)
        free, done = threading.Event(), list[int]()
        inbox._database.run(lambda _: free.wait(5))
        cancelled = inbox._database.run(lambda _: done.append(1), urgent=True)
        cancelled.cancel()
        wrong = inbox._database.run(lambda _: int("nothing"), urgent=True)
        free.set()
        failure = await asyncio.to_thread(wrong.exception)
        return [done, type(failure), await inbox._database.ask(lambda _: "it goes on")]

    assert asyncio.run(scenario()) == [[], ValueError, "it goes on"]
