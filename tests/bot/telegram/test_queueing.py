"""Who may go when: turns of a chat, and Telegram's pace."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.telegram import queueing
from bot.telegram.queueing import Crowd, Pace, Turns, place, raw_place


def test_a_chat_is_served_in_order_and_another_one_beside_it():
    async def play() -> list[str]:
        turns, told, go_on = Turns(), [], asyncio.Event()

        async def work(chat: int, name: str) -> None:
            async with turns.take(chat):
                told.append(f"{name} starts")
                if chat == 1:
                    await go_on.wait()
                told.append(f"{name} ends")

        tasks = [asyncio.create_task(work(chat, name)) for chat, name in ((1, "a"), (1, "b"), (2, "c"), (1, "d"))]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert [turns.waiting(chat) for chat in (1, 2, 3)] == [3, 0, 0]
        go_on.set()
        await asyncio.gather(*tasks)
        assert turns.waiting(1) == 0
        return told

    told = asyncio.run(play())
    assert told == ["a starts", "c starts", "c ends", "a ends", "b starts", "b ends", "d starts", "d ends"]


def test_the_turns_of_each_person_are_counted():
    async def play() -> list[int]:
        turns, go_on = Turns(), asyncio.Event()

        async def work(person: int) -> None:
            async with turns.take(1, person):
                await go_on.wait()

        tasks = [asyncio.create_task(work(person)) for person in (7, 7, 8)]
        await asyncio.sleep(0)
        counted = [turns.waiting(1), turns._waiting_of[1, 7], turns._waiting_of[1, 8], turns._waiting_of[2, 7]]
        go_on.set()
        await asyncio.gather(*tasks)
        return [*counted, turns._waiting_of[1, 7], turns.waiting(1)]

    assert asyncio.run(play()) == [3, 2, 1, 0, 0, 0]


def test_a_turn_is_given_up_when_its_work_fails():
    async def play() -> None:
        turns = Turns()
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                async with turns.take(1):
                    1 / 0  # noqa: B018
            assert turns.waiting(1) == 0

    asyncio.run(play())


@pytest.mark.parametrize(("chat", "most", "within"), [(7, 3, 3.0), (-7, 20, 60.0)])
@given(gaps=st.lists(st.floats(0, 10), max_size=60))
def test_no_window_of_time_has_more_messages_than_it_may_and_none_waits_longer_than_that_takes(
    chat, most, within, gaps
):
    pace, now, sent = Pace(), 0.0, []
    for gap in gaps:
        now += gap
        sent.append(now + pace.delay(chat, now))
    assert all(later - first >= -1e-6 for first, later in itertools.pairwise(sent))  # sums of floats round
    for first, later in zip(sent, sent[most:], strict=False):
        assert later - first >= within - 1e-6
    assert pace.delay(chat * 1000, 0) == 0


def test_the_chat_that_was_silent_longest_is_forgotten(monkeypatch):
    monkeypatch.setattr(queueing, "_CHATS", 2)
    pace = Pace()
    for _ in range(3):
        pace.delay(1, 0)
    pace.delay(2, 0)
    assert pace.delay(1, 0) == 3
    pace.delay(3, 0)
    assert pace.delay(2, 0) == 0


def test_a_person_may_have_a_hundred_and_one_updates_at_a_time_and_a_chat_two_hundred_and_one():
    crowd = Crowd()
    assert [crowd.enter(number, (1, 7)) for number in range(101)] == list(range(101))
    assert [crowd.room((1, 7)), crowd.room((1, 8)), crowd.room((2, 7))] == [0, 100, 101]
    for number in range(101, 201):
        crowd.enter(number, (1, 8))
    assert [crowd.room((1, 9)), crowd.room((None, 9))] == [0, 101]
    crowd.leave(0)
    crowd.leave(0)
    crowd.leave(999)
    assert [crowd.room((1, 7)), crowd.room((1, 9))] == [1, 1]
    for number in range(201):
        crowd.leave(number)
    assert crowd.room((1, 7)) == 101
    assert not crowd._of_person
    assert not crowd._of_chat


ANA = {"id": 7, "is_bot": False, "first_name": "Ana"}
GROUP = {"id": -1, "type": "group", "title": "Newsroom"}
MESSAGE = {"message_id": 1, "date": 1, "chat": GROUP, "from": ANA}
MEMBER = {"status": "left", "user": ANA}


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ({"message": MESSAGE}, (-1, 7)),
        ({"edited_message": MESSAGE}, (-1, 7)),
        ({"callback_query": {"id": "1", "from": ANA, "chat_instance": "1", "message": MESSAGE}}, (-1, 7)),
        ({"inline_query": {"id": "1", "from": ANA, "query": "x", "offset": ""}}, (None, 7)),
        ({"message": {key: value for key, value in MESSAGE.items() if key != "from"}}, (-1, None)),
    ],
)
def test_the_place_of_an_update_is_the_same_before_it_is_parsed_and_after(update, expected):
    assert raw_place(update) == expected
    assert place(Update.de_json({"update_id": 1, **update}, None)) == expected


@pytest.mark.parametrize(
    "update",
    [
        {"message": {**MESSAGE, "migrate_to_chat_id": -2}},
        {"message": {**MESSAGE, "migrate_from_chat_id": -2}},
        {
            "my_chat_member": {
                "chat": GROUP,
                "from": ANA,
                "date": 1,
                "old_chat_member": MEMBER,
                "new_chat_member": MEMBER,
            }
        },
        *({"message": odd} for odd in (None, 5, "x", [], {}, {"chat": 5, "from": {"id": "7"}}, {"chat": {"id": None}})),
        {"callback_query": {"message": "x", "from": []}},
        {},
    ],
)
def test_what_tells_of_the_bots_own_place_and_what_is_malformed_is_always_taken(update):
    assert raw_place(update) == (None, None)
    assert Crowd().room((None, None)) > 100
