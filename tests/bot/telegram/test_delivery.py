"""An update is handled: it is wiped once that is over, and what hangs or is late holds up no end."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime

import pytest
from telegram import Chat, Message, Update, User

from bot.telegram import delivery
from bot.telegram.delivery import Delivery, UpdateProcessor, current, too_many
from bot.telegram.inbox import Inbox


def update(number: int, person: int = 7) -> Update:
    ana = User(person, "Ana", is_bot=False)
    return Update(number, Message(55, datetime.now(UTC), Chat(person, "private"), from_user=ana, text="Who?"))


def left(inbox: Inbox) -> list[int]:
    numbers = []
    while not inbox.empty():
        numbers.append(inbox.get_nowait().update_id)
    return numbers


def test_an_update_that_is_handled_does_not_come_again_and_makes_room_for_one_that_waits(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.telegram.inbox._MOST", 1)
    monkeypatch.setattr("bot.telegram.inbox._BATCH", 1)
    questions = []

    async def scenario() -> list[object]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(5), update(6, 8)])

        async def handle() -> None:
            questions.append(current().next().question)

        before = left(inbox)
        await UpdateProcessor(inbox).do_process_update(update(5), handle())
        steps = [before, left(inbox), current()]
        inbox.close()
        again = Inbox(tmp_path)
        await again.resume(None)
        return [*steps, left(again)]

    assert asyncio.run(scenario()) == [[5], [6], None, [6]]
    assert questions == [55]


def test_a_task_that_handles_no_update_any_more_is_not_put_aside(tmp_path, caplog):
    async def scenario() -> None:
        processor, tasks = UpdateProcessor(Inbox(tmp_path)), []

        async def handle() -> None:
            tasks.append(asyncio.current_task())

        await processor.do_process_update(update(5), handle())
        await asyncio.sleep(0)
        processor.put_aside(*tasks)

    asyncio.run(scenario())
    assert caplog.messages == []


def test_what_is_no_update_of_telegram_is_not_handled(tmp_path):
    async def scenario() -> list[object]:
        handled = []

        async def handle() -> None:
            handled.append(1)

        await UpdateProcessor(Inbox(tmp_path)).do_process_update("a job", handle())
        return handled

    assert asyncio.run(scenario()) == []


def test_a_disk_that_hangs_does_not_keep_the_update_that_hangs_the_bot_from_being_put_aside(
    tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(delivery, "_WIPE", 0.01)

    async def scenario() -> None:
        inbox, free = Inbox(tmp_path), threading.Event()
        processor = UpdateProcessor(inbox)
        await inbox.take([update(5), update(6)])
        handled = [asyncio.ensure_future(processor.do_process_update(update(n), asyncio.sleep(60))) for n in (5, 6)]
        await asyncio.sleep(0)
        hanging = inbox._database.run(lambda _: free.wait(5))
        for task in [*processor._at_work]:  # the second one is wiped with the first
            processor.put_aside(task)
        assert not hanging.done()
        free.set()
        for each in handled:
            each.cancel()
        inbox.close()

    asyncio.run(scenario())
    assert caplog.messages == [f"update {number} hangs the bot: it is put aside" for number in (5, 6)]


def test_the_end_does_not_wait_for_an_update_that_goes_on_although_it_is_cancelled(tmp_path, monkeypatch):
    monkeypatch.setattr(delivery, "_CANCEL", 0.01)

    async def scenario() -> list[bool]:
        processor, go_on = UpdateProcessor(Inbox(tmp_path)), asyncio.Event()

        async def stubborn() -> None:
            try:
                await go_on.wait()
            except asyncio.CancelledError:
                await go_on.wait()

        handled = asyncio.ensure_future(processor.do_process_update(update(5), stubborn()))
        await asyncio.sleep(0)
        finished = await processor.close(0)
        at_work = not handled.done()
        go_on.set()
        await handled
        return [finished, at_work]

    assert asyncio.run(scenario()) == [False, True]


def test_the_end_waits_for_what_is_soon_over(tmp_path):
    async def scenario() -> bool:
        processor = UpdateProcessor(Inbox(tmp_path))
        handled = asyncio.ensure_future(processor.do_process_update(update(5), asyncio.sleep(0)))
        await asyncio.sleep(0)
        finished = await processor.close(60)
        await handled
        return finished

    assert asyncio.run(scenario())


def test_the_answer_to_a_press_answers_no_message(tmp_path):
    part = Delivery(Inbox(tmp_path), Update(5)).next()
    assert (part.question, part.date) == (None, None)


def test_only_the_update_that_is_one_more_than_may_wait_is_one_too_many(tmp_path):
    async def scenario() -> list[bool]:
        inbox = Inbox(tmp_path)
        await inbox.take([update(number) for number in range(101)])
        answers = [too_many()]
        for number in (99, 100):
            with Delivery(inbox, update(number)).under_way():
                answers.append(too_many())
        return answers

    assert asyncio.run(scenario()) == [False, False, True]


def test_that_a_search_for_its_update_is_at_work_is_known_while_it_is(tmp_path):
    query = "SELECT number FROM updates WHERE begun > 0"

    async def scenario() -> list[list[tuple[int]]]:
        inbox, steps = Inbox(tmp_path), []
        await inbox.take([update(5), update(6)])

        async def at_work() -> None:
            steps.append(await inbox._database.ask(lambda database: database.execute(query).fetchall()))

        async with Delivery(inbox, update(6)).at_work():
            await at_work()
        await at_work()
        return steps

    assert asyncio.run(scenario()) == [[(6,)], []]


@pytest.mark.parametrize("edited", [False, True])
def test_the_answer_to_an_edited_question_answers_it_too(tmp_path, edited: bool):
    asked = update(5).message
    given = Update(5, edited_message=asked) if edited else Update(5, asked)
    assert Delivery(Inbox(tmp_path), given).next().question == 55
