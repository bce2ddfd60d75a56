"""How a call travels: paths, tokens, bodies of every kind, and what comes back for nonsense."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from emulator import TOKEN, BotApi


@pytest.mark.parametrize(
    ("content_type", "encode"),
    [
        ("application/json", lambda **fields: json.dumps(fields).encode()),
        ("application/x-www-form-urlencoded", lambda **fields: urlencode(fields).encode()),
    ],
)
def test_a_body_may_be_json_or_a_form(bot, ana, content_type, encode):
    status, body = bot.post(
        f"/bot{TOKEN}/sendMessage", encode(chat_id=str(ana.id), text="Ünïcode 😀 & = +"), content_type
    )
    assert (status, body["result"]["text"]) == (200, "Ünïcode 😀 & = +")


def test_parameters_may_stand_in_the_address_and_nested_ones_may_be_text(bot, ana):
    nested = json.dumps([{"type": "bold", "offset": 0, "length": 2}])
    query = urlencode({"chat_id": ana.id, "text": "by GET", "entities": nested})
    status, body = bot.post(f"/bot{TOKEN}/sendMessage?{query}", None, "")
    assert (status, body["result"]["text"]) == (200, "by GET")
    assert body["result"]["entities"] == [{"type": "bold", "offset": 0, "length": 2}]


def test_the_test_environment_has_its_own_path(bot):
    assert bot.post(f"/bot{TOKEN}/test/getMe", None, "")[1]["result"]["username"] == "byline_demo_bot"


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/bot123456789:another-token/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 404, "Not Found"),
        ("/bot/getMe", 404, "Not Found"),
        (f"/bot{TOKEN}", 404, "Not Found"),
        ("/", 404, "Not Found"),
        (f"/bot{TOKEN}/sendTelepathy", 404, "Not Found: method not found"),
    ],
)
def test_a_wrong_token_is_unauthorized_and_nonsense_is_not_found(bot, path, status, description):
    expected = {"ok": False, "error_code": status, "description": description}
    assert bot.post(path, None, "") == (status, expected)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff"])
def test_a_body_that_is_no_json_object_is_a_bad_request(bot, body):
    status, answer = bot.post(f"/bot{TOKEN}/getMe", body, "application/json")
    assert (status, answer["ok"]) == (400, False)


def test_a_body_of_five_megabytes_is_not_read(api, bot):
    with pytest.raises(OSError, match=r"reset|Broken pipe|without response"):
        bot.post(f"/bot{TOKEN}/getMe", b" " * 5 * 1024 * 1024, "application/json")
    assert api.calls.all() == ()


def test_get_me_shows_what_the_owner_set_at_botfather():
    from emulator import Switches
    from tests.emulator.conftest import Client

    with BotApi("77:abc", switches=Switches(reads_groups=True, inline=False)) as api:
        me = Client(api).ask("getMe")
    assert (me["id"], me["first_name"], me["username"], me["is_bot"]) == (77, "Byline", "byline_demo_bot", True)
    assert (me["can_read_all_group_messages"], me["supports_inline_queries"]) == (True, False)


def test_every_call_is_logged_with_parameters_and_answer_the_unknown_ones_too(api, bot, ana):
    bot.send("sendMessage", chat_id=ana.id, text="hi", reply_markup={"inline_keyboard": []})
    bot.send("sendMessage", chat_id=1, text="hi")
    bot.send("sendTelepathy")
    sent, refused, unknown = api.calls.all()
    assert (sent.method, sent.status, sent.ok, sent.chat_id) == ("sendMessage", 200, True, ana.id)
    assert sent.params["reply_markup"] == {"inline_keyboard": []}
    assert (refused.status, refused.ok, refused.error) == (400, False, "Bad Request: chat not found")
    assert (unknown.method, unknown.status) == ("sendTelepathy", 404)
    with pytest.raises(TimeoutError, match=r"no 3\. sendMessage; calls so far: .*'sendMessage': 2"):
        api.calls.wait("sendMessage", 3, timeout=0)
