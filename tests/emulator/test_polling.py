"""getUpdates: nothing is lost until it is confirmed, one poller at a time, only what was asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


def texts(updates) -> list[str]:
    return [update["message"]["text"] for update in updates]


@pytest.fixture
def five(ana):
    for number in range(5):
        ana.say(f"{number}")


@pytest.mark.usefixtures("five")
def test_updates_come_again_until_an_offset_confirms_them(bot, api):
    first = bot.ask("getUpdates", limit=2)
    assert texts(first) == ["0", "1"]
    assert texts(bot.ask("getUpdates")) == ["0", "1", "2", "3", "4"]
    assert texts(bot.ask("getUpdates", offset=first[-1]["update_id"] + 1)) == ["2", "3", "4"]
    assert len(api.pending) == 3
    assert bot.ask("getUpdates", offset=first[0]["update_id"] + 5) == []


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(("limit", "count"), [(0, 1), (-3, 1), (3, 3), (101, 5), ("x", 5)])
def test_the_limit_is_held_between_1_and_100(bot, limit, count):
    assert len(bot.ask("getUpdates", limit=limit)) == count


def test_a_poll_waits_for_the_next_update(bot, ana):
    with ThreadPoolExecutor() as pool:
        poll = pool.submit(bot.ask, "getUpdates", timeout=50)
        ana.say("here")
        assert texts(poll.result(30)) == ["here"]


def test_a_second_poller_ends_the_first_with_a_409(api, bot, ana):
    with ThreadPoolExecutor() as pool:
        first = pool.submit(bot.send, "getUpdates", timeout=50)
        while not first.done():
            bot.ask("getUpdates")
        status, body = first.result()
    assert (status, body["error_code"], body["description"]) == (409, 409, OTHER)


def test_polling_is_refused_while_a_webhook_is_set_and_setting_one_ends_a_poll(bot):
    with ThreadPoolExecutor() as pool:
        poll = pool.submit(bot.send, "getUpdates", timeout=50)
        while not poll.done():
            bot.ask("setWebhook", url="https://example.com/hook")
        assert poll.result()[1]["description"] in {HOOKED, "Conflict: terminated by setWebhook request"}
    assert bot.refusal("getUpdates") == HOOKED
    bot.ask("deleteWebhook")
    assert bot.ask("getUpdates") == []


def test_allowed_updates_are_remembered_by_the_server_until_they_are_given_anew(bot, ana):
    bot.ask("getUpdates", allowed_updates=["callback_query"])
    ana.say("unheard")
    assert bot.ask("getUpdates") == []
    bot.ask("getUpdates", allowed_updates=[])
    ana.say("heard")
    assert texts(bot.ask("getUpdates")) == ["heard"]


def test_anything_can_be_put_into_the_queue(bot, api):
    number = api.inject({"message": {"message_id": "poison"}})
    assert bot.ask("getUpdates", allowed_updates=["poll"]) == [
        {"update_id": number, "message": {"message_id": "poison"}}
    ]


def test_whoever_hangs_up_in_a_poll_loses_nothing(api, bot, ana):
    import socket

    host, port = api.root.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"GET /bot{api.token}/getUpdates?timeout=50 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    ana.say("still there")
    assert texts(bot.ask("getUpdates", timeout=5)) == ["still there"]
