"""Who may go when: the queue of a chat, and how fast messages go."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram import queueing
from bot.telegram.queueing import Admission, ChatQueue, PriorityLock, RateLimiter, origin


def test_a_chat_is_served_in_order_and_another_one_beside_it():
    async def scenario() -> list[str]:
        queue, events, go_on = ChatQueue(), [], asyncio.Event()

        async def work(chat: int, name: str) -> None:
            async with queue.take(chat):
                events.append(f"{name} starts")
                if chat == 1:
                    await go_on.wait()
                events.append(f"{name} ends")

        tasks = [asyncio.create_task(work(chat, name)) for chat, name in ((1, "a"), (1, "b"), (2, "c"), (1, "d"))]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert [queue.waiting(chat) for chat in (1, 2, 3)] == [3, 0, 0]
        go_on.set()
        await asyncio.gather(*tasks)
        assert queue.waiting(1) == 0
        return events

    events = asyncio.run(scenario())
    assert events == ["a starts", "c starts", "c ends", "a ends", "b starts", "b ends", "d starts", "d ends"]


def test_a_turn_is_given_up_when_its_work_fails():
    async def scenario() -> None:
        queue = ChatQueue()
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                async with queue.take(1):
                    1 / 0  # noqa: B018
            assert queue.waiting(1) == 0

    asyncio.run(scenario())


@pytest.mark.parametrize(("chat", "most", "within"), [(7, 3, 3.0), (-7, 20, 60.0)])
@given(gaps=st.lists(st.floats(0, 10), max_size=60))
def test_no_window_of_time_has_more_messages_than_it_may_and_none_waits_longer_than_that_takes(
    chat, most, within, gaps
):
    limiter, now, sent = RateLimiter(), 0.0, []
    for gap in gaps:
        now += gap
        sent.append(now + limiter.delay(chat, now))
    assert all(later - first >= -1e-6 for first, later in itertools.pairwise(sent))  # sums of floats round
    for first, later in zip(sent, sent[most:], strict=False):
        assert later - first >= within - 1e-6
    assert limiter.delay(chat * 1000, 0) == 0


def test_the_chat_that_was_silent_longest_is_forgotten(monkeypatch):
    monkeypatch.setattr(queueing, "_REMEMBERED", 2)
    limiter = RateLimiter()
    for _ in range(3):
        limiter.delay(1, 0)
    limiter.delay(2, 0)
    assert limiter.delay(1, 0) == 3
    limiter.delay(3, 0)
    assert limiter.delay(2, 0) == 0


def test_a_message_waits_only_until_the_oldest_of_a_burst_is_old_enough():
    limiter = RateLimiter()
    assert [limiter.delay(7, now) for now in (0, 1, 2, 2.5, 2.5)] == [0, 0, 0, 0.5, 1.5]


@pytest.fixture
def naps(monkeypatch, clock):
    """How long was slept each time; the clock goes on by that, and nobody waits."""
    naps, sleep = [], asyncio.sleep

    async def nap(delay: float) -> None:
        naps.append(delay)
        clock.now += delay
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", nap)
    return naps


def test_a_message_after_a_burst_waits_for_its_place_and_then_for_what_telegram_asked_of_its_chat(naps):
    async def scenario() -> list[list[float]]:
        limiter, steps = RateLimiter(), []
        for _ in range(3):
            await limiter.wait(7)
        steps.append([*naps])
        await limiter.wait(7)
        steps.append([*naps])
        limiter.hold(7, 0.5)
        await limiter.wait(8)
        steps.append([*naps])
        limiter.hold(8, 0.75)
        await limiter.wait(8)
        return [*steps, naps]

    assert asyncio.run(scenario()) == [[], [3], [3], [3, 0.75]]


def test_less_than_a_second_is_waited_for_too(naps, clock):
    async def scenario() -> None:
        limiter = RateLimiter()
        for _ in range(3):
            await limiter.wait(7)
        clock.now += 2.5
        await limiter.wait(7)

    asyncio.run(scenario())
    assert naps == [0.5]


def test_a_shorter_wish_of_telegram_does_not_end_a_longer_one(naps):
    async def scenario() -> None:
        limiter = RateLimiter()
        limiter.hold(7, 30)
        limiter.hold(7, 2)
        await limiter.released(7)
        await limiter.released(7)

    asyncio.run(scenario())
    assert naps == [30]


class Clock:
    """What the admission takes for the time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(queueing.time, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def admitted(admission: Admission, *origin: int, many: int = 500) -> int:
    """How many of so many updates that come together from there are taken."""
    return sum(admission.admitted([origin] * many))


def test_a_person_may_have_a_hundred_and_one_updates_at_a_time_in_all_chats_together_and_a_group_two_hundred_and_one(
    clock,
):
    admission = Admission()
    assert [admission.enter(number, (7, -1 - number % 3)) for number in range(101)] == list(range(101))
    assert [admitted(admission, *origin) for origin in ((7,), (7, -9), (8, -1), (8,))] == [0, 0, 101, 101]
    clock.now += 60
    for number in range(101, 201):
        admission.enter(number, (8, -9))
    for number in range(201, 302):
        admission.enter(number, (9, -9))
    assert [admitted(admission, *origin) for origin in ((10, -9), (-9,), (10, -1), (10,), ())] == [0, 0, 101, 101, 500]
    assert [number for number in range(302) if admission.exceeds(number)] == [100, 301]
    for number in (0, 0, 100, 999):
        admission.leave(number)
    assert not admission.exceeds(100)
    clock.now += 60
    assert [admitted(admission, 7), admitted(admission, 10, -9)] == [2, 0]
    for number in range(302):
        admission.leave(number)
    assert not admission._waiting
    assert not admission._origins
    assert not admission._excess


def test_who_is_answered_at_once_may_go_on_at_a_pace(clock):
    admission = Admission()

    def answered(origin: tuple[int, ...], many: int) -> None:
        for number in range(many):
            admission.enter(number, origin)
            admission.leave(number)

    answered((7,), 105)
    assert [admitted(admission, 7), admitted(admission, 8)] == [5, 101]
    answered((7,), 5)
    assert admitted(admission, 7) == 0
    clock.now += 1
    assert admitted(admission, 7) == 2
    clock.now += 1000
    assert admitted(admission, 7) == 101
    answered((-5,), 220)
    assert admitted(admission, 9, -5) == 0
    clock.now += 0.1001
    assert admitted(admission, 9, -5) == 2


def test_of_what_comes_together_each_counts_for_its_person_and_its_group(clock):
    admission = Admission()
    origins = [(person, -1) for person in range(1, 301)]
    assert sum(admission.admitted(origins)) == 201
    assert admission.admitted([(7, -1)] * 102 + [(8, -1), (7,)]) == [True] * 101 + [False, True, False]


ANA = {"id": 7, "is_bot": False, "first_name": "Ana"}
GROUP = {"id": -1, "type": "group", "title": "Newsroom"}
MESSAGE = {"message_id": 1, "date": 1, "chat": GROUP, "from": ANA}
MEMBER = {"status": "left", "user": ANA}


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ({"message": MESSAGE}, (7, -1)),
        ({"edited_message": MESSAGE}, (7, -1)),
        ({"channel_post": MESSAGE}, (7, -1)),
        ({"message": {**MESSAGE, "chat": {"id": 7, "type": "private"}}}, (7,)),
        ({"guest_message": {**MESSAGE, "chat": {"id": 8, "type": "private"}}}, (7,)),
        ({"callback_query": {"id": "1", "from": ANA, "chat_instance": "1", "message": MESSAGE}}, (7, -1)),
        ({"callback_query": {"id": "1", "from": ANA, "chat_instance": "1", "inline_message_id": "1"}}, (7,)),
        ({"callback_query": {"id": "1", "from": ANA, "chat_instance": "1", "message": "x"}}, (7,)),
        ({"inline_query": {"id": "1", "from": ANA, "query": "x", "offset": ""}}, (7,)),
        ({"message": {key: value for key, value in MESSAGE.items() if key != "from"}}, (-1,)),
        ({"message": {**MESSAGE, "from": {**ANA, "is_bot": True}}}, (-1,)),
        ({"message": {**MESSAGE, "from": None, "chat": {"id": 8, "type": "private"}}}, (8,)),
    ],
)
def test_an_update_comes_from_its_person_and_its_group(update, expected):
    assert origin({"update_id": 1, **update}) == expected


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
    assert origin({"update_id": 1, **update}) == ()


def test_what_comes_from_nobody_is_ahead_of_everybodys_second():
    admission = Admission()
    assert [admission.enter(1, (7,)), admission.enter(2, ()), admission.enter(3, (7,)), admission.enter(4, ())] == [
        0,
        0,
        1,
        0,
    ]


def test_a_line_goes_by_rank_and_arrival_and_who_leaves_it_holds_up_nobody():
    async def scenario() -> list[str]:
        line, order = PriorityLock(), []

        async def one(name: str, rank: int) -> None:
            async with line.take(rank):
                order.append(name)
                await asyncio.sleep(0)

        tasks = {name: asyncio.ensure_future(one(name, int(name[0]))) for name in ("1a", "1b", "1c", "0d", "0e")}
        await asyncio.sleep(0)
        tasks["0d"].cancel()
        await asyncio.sleep(0)
        tasks["0e"].cancel()  # whose turn has just come
        await asyncio.wait_for(asyncio.gather(*tasks.values(), return_exceptions=True), 5)
        await asyncio.wait_for(one("1f", 1), 5)
        return order

    assert asyncio.run(scenario()) == ["1a", "1b", "1c", "1f"]
