"""Turns in chats."""

import asyncio

import pytest

from bot.telegram.chat_queue import Turns


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
        counted = [turns.waiting(1), turns.waiting_of(1, 7), turns.waiting_of(1, 8), turns.waiting_of(2, 7)]
        go_on.set()
        await asyncio.gather(*tasks)
        return [*counted, turns.waiting_of(1, 7), turns.waiting(1)]

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
