"""Whatever getUpdates answers, the good updates in it get through."""

import asyncio
import json
import logging
import warnings
from types import SimpleNamespace

import pytest
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.database import StateError
from bot.telegram import polling
from bot.telegram.polling import Poller, PollRequest, Trouble, brief, legible, persist

GOOD = {
    "update_id": 7,
    "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private", "first_name": "A"}, "text": "hi"},
}


def everything(origins):
    return [True for _ in origins]


def result(*updates: object, admitted=everything) -> list[object]:
    return json.loads(legible(json.dumps({"ok": True, "result": updates}).encode(), admitted))["result"]


@pytest.mark.parametrize(
    "poison",
    [
        {"message": {"message_id": 1}},
        {"message": {**GOOD["message"], "entities": [{"type": "bold"}]}},
        {"message": "text"},
        {"callback_query": {"id": "1"}},
        {"edited_message": {**GOOD["message"], "date": "yesterday"}},
    ],
)
def test_an_update_that_cannot_be_parsed_is_emptied_named_and_the_next_one_kept(poison, caplog):
    assert result({"update_id": 6, **poison}, GOOD) == [{"update_id": 6}, GOOD]
    assert [record.message for record in caplog.records] == ["update 6 cannot be parsed and is skipped"]


def test_kinds_that_do_not_exist_yet_pass():
    unknown = {"update_id": 6, "telepathy": {"x": 1}}
    assert result(unknown, GOOD) == [unknown, GOOD]


@pytest.mark.parametrize("update", [None, 5, "x", [], {}, {"update_id": "6"}, {"update_id": True}, {"update_id": 1.5}])
def test_what_has_no_number_is_left_out(update):
    assert result(update, GOOD) == [GOOD]


def test_what_is_not_admitted_is_left_out_but_the_number_of_the_last_one_confirms_it():
    updates = [{**GOOD, "update_id": number} for number in range(1, 6)]
    origins = []

    def only(*numbers: int):
        def admitted(coming):
            origins.append(tuple(coming))
            return [number in numbers for number in range(1, 6)]

        return admitted

    assert result(*updates, admitted=only(2, 5)) == [updates[1], updates[4]]
    assert result(*updates, admitted=only(2)) == [updates[1], {"update_id": 5}]
    assert result(*updates, admitted=only()) == [{"update_id": 5}]
    assert result(None, *updates, admitted=only(1, 2, 3, 4, 5)) == updates
    assert origins == [((1,),) * 5] * 4


@pytest.mark.parametrize(
    "payload",
    [b"", b"<html>", b"[]", b"null", b'{"ok":true}', b'{"result":5}', b"\xff\xfe", b'{"result":' + b"[" * 99999],
)
def test_an_answer_without_a_list_of_updates_is_a_failure_of_the_network(payload):
    with pytest.raises(NetworkError, match="^the answer to getUpdates is not a list of updates$"):
        legible(payload, everything)


def test_a_gateways_page_is_not_part_of_the_line():
    page = "Bad Gateway (502). Parsing the server response b'<html>\\r\\n' failed"
    assert brief(NetworkError(page)) == "Bad Gateway (502)"
    assert brief(ValueError()) == "ValueError"
    assert brief(ValueError("a\nb" + "x" * 999)) == "a b" + "x" * 197


def test_the_same_trouble_is_told_once_a_minute_and_its_end_too(caplog, monkeypatch):
    now = [5.0]
    monkeypatch.setattr(polling, "time", SimpleNamespace(monotonic=lambda: now[0]))
    trouble, counts = Trouble(), []
    with caplog.at_level("INFO", "bot.telegram.polling"):
        trouble.over()
        for _ in range(5):
            trouble.tell("no network")
        trouble.tell("another poller")
        trouble.over()
        trouble.over()
        for now[0] in (64.9, 65.0, 66.0):
            trouble.tell("no network")
            counts.append(len(caplog.records))
    lines = [(record.levelname, record.message) for record in caplog.records]
    assert lines == [
        ("WARNING", "no network"),
        ("WARNING", "another poller"),
        ("INFO", "Telegram answers again"),
        ("WARNING", "no network"),
    ]
    assert counts == [3, 4, 4]


def test_only_a_good_answer_is_made_legible(monkeypatch):
    asked, answer = [], (200, json.dumps({"ok": True, "result": [GOOD, 5]}).encode())

    async def do_request(self, *args, **kwargs):
        asked.append((args, kwargs))
        return answer

    monkeypatch.setattr(HTTPXRequest, "do_request", do_request)
    request = PollRequest(everything)
    code, payload = asyncio.run(request.do_request("url", method="POST"))
    assert (code, json.loads(payload)["result"]) == (200, [GOOD])
    answer = (502, b'{"ok":false,"error_code":502}')
    assert asyncio.run(request.do_request("url", method="POST")) == answer
    assert asked == [(("url", "POST"), {})] * 2


ALLOWED = ["message"]


class Scenario:
    """A poller whose calls are answered, one after the other, by `answers`; a token that is revoked ends it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: object) -> None:
        self.answers, self.calls, self.taken, self.beats = list(answers), [], [], 0
        self.refusals: dict[int, StateError] = {}
        self.naps: list[float] = []
        self.now = 1000.0
        monkeypatch.setattr(polling, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(asyncio, "sleep", self.nap)
        self.poller = Poller(self, self, ALLOWED, self.beat)

    def beat(self) -> None:
        self.beats += 1

    async def nap(self, delay: float) -> None:
        self.naps.append(delay)

    async def take(self, updates) -> None:
        numbers = [update.update_id for update in updates]
        if refusal := self.refusals.pop(numbers[-1], None):
            raise refusal
        self.taken.append(numbers)

    async def get_updates(self, **fields):
        self.calls.append(fields)
        self.now += 0.25
        answer = self.answers.pop(0) if self.answers else InvalidToken()
        if isinstance(answer, Exception):
            raise answer
        return [SimpleNamespace(update_id=number) for number in answer]

    def run(self) -> None:
        with pytest.raises(InvalidToken):
            asyncio.run(self.poller.run())


def test_an_update_is_confirmed_by_the_call_after_the_one_that_brought_it_once_it_is_stored(monkeypatch, caplog):
    scenario = Scenario(monkeypatch, [5, 6], [7], [7], [])
    scenario.refusals = {7: StateError("the disk is full")}
    scenario.run()
    assert [call["offset"] for call in scenario.calls] == [None, 7, 7, 8, 8]
    assert {(call["timeout"], tuple(call["allowed_updates"])) for call in scenario.calls} == {(8, ("message",))}
    assert (scenario.taken, scenario.beats) == ([[5, 6], [7]], 3)
    assert scenario.naps == [0.5, 0.75]  # after the full disk; the rest of a second after an answer without updates
    assert "the disk is full; Telegram keeps what comes until then" in caplog.text


def test_tries_come_at_growing_pauses_that_end_at_a_second_and_a_half_and_begin_anew_after_a_good_answer(
    monkeypatch, caplog
):
    trouble = NetworkError("no route")
    scenario = Scenario(monkeypatch, *[trouble] * 5, [5], trouble, ValueError("odd"))
    with caplog.at_level(logging.INFO):
        scenario.run()
    assert scenario.naps == [0.5, 0.75, 1.125, 1.5, 1.5, 0.5, 0.75]
    assert [record.message for record in caplog.records] == [
        "Telegram cannot be reached (no route): trying again",
        "Telegram answers again",
        "Telegram cannot be reached (odd): trying again",
    ]


@pytest.mark.filterwarnings("ignore:.*retry_after")
def test_a_server_that_asks_for_patience_gets_it_and_another_poller_is_named(monkeypatch, caplog):
    with warnings.catch_warnings(action="ignore"):
        answers = [RetryAfter(7), Conflict("terminated"), RetryAfter(1), RetryAfter(86_400)]
    scenario = Scenario(monkeypatch, *answers)
    scenario.run()
    assert scenario.naps == [7, 0.75, 1.125, 900]
    patience, conflict, *_ = caplog.messages
    assert patience.startswith("Telegram cannot be reached (Flood control exceeded. Retry in 7 seconds")
    assert conflict.startswith(
        "another process is polling this token, or a webhook is set: stop the other one; Telegram gives"
    )


def test_a_server_that_answers_at_once_without_updates_is_asked_once_a_second(monkeypatch):
    scenario = Scenario(monkeypatch, [], [], [1])
    scenario.run()
    assert scenario.naps == [0.75, 0.75]


@pytest.mark.parametrize("ending", [None, TelegramError("gone"), TimeoutError()])
def test_at_the_end_what_was_fetched_is_confirmed_if_telegram_answers_in_time(monkeypatch, ending):
    scenario = Scenario(monkeypatch, [5])
    scenario.run()
    scenario.answers = [ending or []]
    asyncio.run(scenario.poller.close())
    assert scenario.calls[2:] == [{"offset": 6, "limit": 1, "timeout": 0}]
    unused = Scenario(monkeypatch)
    asyncio.run(unused.poller.close())
    assert unused.calls == []


def test_the_end_does_not_wait_for_a_server_that_never_answers(monkeypatch):
    monkeypatch.setattr(polling, "_CONFIRM", 0.01)
    scenario = Scenario(monkeypatch, [5])
    scenario.run()
    asked = []

    async def hang(**fields):
        asked.append(fields["offset"])
        await asyncio.Event().wait()

    scenario.get_updates = hang
    asyncio.run(scenario.poller.close())
    assert asked == [6]


def test_what_fails_is_tried_again_until_it_succeeds_and_waits_as_long_as_telegram_asks(monkeypatch, caplog):
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    naps, outcomes = [], [NetworkError("no route"), RetryAfter(7), ValueError("odd"), None]

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    async def work() -> None:
        if outcome := outcomes.pop(0):
            raise outcome

    monkeypatch.setattr("bot.telegram.polling.asyncio.sleep", nap)
    with caplog.at_level("INFO"):
        asyncio.run(persist(work, "Telegram cannot be reached", (1.0, 2.0, 4.0)))
    assert naps == [1.0, 7.0, 4.0]
    assert caplog.messages[0] == "Telegram cannot be reached (no route): trying again"
    assert caplog.messages[2:] == ["Telegram cannot be reached (odd): trying again", "Telegram answers again"]


def test_an_unknown_token_is_not_tried_again():
    async def work() -> None:
        raise InvalidToken

    with pytest.raises(InvalidToken):
        asyncio.run(persist(work, "Telegram cannot be reached", (1.0,)))
