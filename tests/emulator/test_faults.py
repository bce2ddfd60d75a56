"""Everything that can go wrong on the way, planned by call, by chat, once or until cleared."""

from __future__ import annotations

import urllib.request
from contextlib import suppress
from http.client import HTTPException, RemoteDisconnected
from threading import Thread

import pytest

from emulator import BotApi
from emulator.updates import (
    forbidden,
    garbage,
    lost_after,
    lost_before,
    refused,
    server_error,
    slow,
    too_many,
    unauthorized,
)
from tests.emulator.conftest import Client


def test_a_flood_refusal_says_how_long_to_wait_and_is_over_after_one_call(api, bot):
    api.faults.add(too_many(7), "getMe")
    assert bot.send("getMe") == (
        429,
        {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 7",
            "parameters": {"retry_after": 7},
        },
    )
    assert bot.send("getMe")[0] == 200
    assert api.faults.left == 0


@pytest.mark.parametrize(
    ("fault", "status", "description"),
    [
        (forbidden(), 403, "Forbidden: bot was blocked by the user"),
        (unauthorized(), 401, "Unauthorized"),
        (refused(400, "group chat was upgraded", migrate_to_chat_id=5), 400, "Bad Request: group chat was upgraded"),
    ],
)
def test_any_refusal_can_be_planned(api, bot, fault, status, description):
    api.faults.add(fault)
    answer = bot.send("getMe")
    assert (answer[0], answer[1]["description"]) == (status, description)


def test_the_nth_call_can_fail_several_times_and_another_method_does_not(api, bot):
    api.faults.add(too_many(1), "getMe", first=2, times=2)
    assert [bot.send("getMe")[0] for _ in range(4)] == [200, 429, 429, 200]
    api.faults.add(too_many(1), "sendMessage")
    assert bot.send("getMe")[0] == 200


def test_a_fault_can_concern_every_call_about_one_chat(api, bot, ana):
    ben = api.private(api.user("Ben"))
    api.faults.add(too_many(60), chat=ana.id, times=None)
    statuses = [bot.send("sendMessage", chat_id=chat.id, text="x")[0] for chat in (ana, ben, ana)]
    assert statuses == [429, 200, 429]


def test_a_gateways_error_is_a_page(api):
    api.faults.add(server_error(502))
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"{api.root}/bot{api.token}/getMe")
    with error.value as page:
        assert (page.code, page.headers["Content-Type"], b"502 Bad Gateway" in page.read()) == (502, "text/html", True)


@pytest.mark.parametrize(("fault", "arrives"), [(lost_before(), 0), (lost_after(), 1)])
def test_a_connection_can_be_lost_before_or_after_the_call_takes_effect(api, bot, ana, fault, arrives):
    api.faults.add(fault, "sendMessage")
    with pytest.raises(RemoteDisconnected):
        bot.send("sendMessage", chat_id=ana.id, text="x")
    assert len(ana.answers) == arrives
    assert [(call.status, call.ok) for call in api.calls.all("sendMessage")] == [(0, False)]


@pytest.mark.parametrize("accepted", [True, False])
def test_an_answer_can_be_unreadable(api, bot, ana, accepted):
    api.faults.add(garbage(accepted=accepted), "sendMessage")
    with pytest.raises(ValueError, match="Expecting value"):
        bot.send("sendMessage", chat_id=ana.id, text="x")
    assert len(ana.answers) == accepted


def test_a_slow_answer_is_still_right(api, bot, ana):
    for accepted in (True, False):
        api.faults.add(slow(0.01, accepted=accepted), "sendMessage")
        assert bot.ask("sendMessage", chat_id=ana.id, text="x")["text"] == "x"


def test_closing_ends_what_waits():
    def ask():
        with suppress(OSError, HTTPException):  # the connection may end before the answer
            client.send("getMe")

    with BotApi() as api:
        api.faults.add(slow(3600), "getMe")
        client = Client(api)
        waiting = Thread(target=ask)
        waiting.start()
        while api.faults.left:
            pass
    waiting.join(30)
    assert not waiting.is_alive()
