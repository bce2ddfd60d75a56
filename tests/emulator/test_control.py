"""The people's side over HTTP: what a page in a browser asks for, and what no other page may."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request

import pytest

from emulator import BotApi
from emulator.control import Site
from tests.emulator.conftest import Client

OURS = {"X-Byline-Demo": "1", "Content-Type": "application/json"}


@pytest.fixture
def api():
    with BotApi(pages=Site) as started:
        yield started


@pytest.fixture
def page(api):
    def send(path: str, body=None, headers=OURS):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{api.root}/control/{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    return send


def test_a_page_lets_people_write_correct_themselves_and_read(api, page):
    chat = api.private(api.user("Ana")).id
    said = page("say", {"chat": chat, "text": "who\tmet?"})[1]
    page("edit", {"chat": chat, "message": said["message_id"], "text": "who met?"})
    bot = Client(api)
    bot.ask("sendMessage", chat_id=chat, text="They did.", reply_parameters={"message_id": said["message_id"]})
    bot.ask("sendChatAction", chat_id=chat, action="typing")
    seen = page("chats")[1]
    assert [(m["text"], m["edits"]) for m in seen["chats"][0]["messages"]] == [("who met?", 1), ("They did.", 0)]
    assert (seen["bot"]["username"], seen["chats"][0]["typing"]) == ("byline_demo_bot", True)


def test_a_page_forwards_a_message_with_where_it_comes_from(api, page):
    ana, ben = api.user("Ana"), api.user("Ben")
    private, group = api.private(ana), api.group("Desk", ana, ben)
    said = group.say("/ask who met?", ben)
    page("forward", {"chat": group.id, "message": said.id, "to": private.id, "sender": ana.id})
    (forwarded,) = private.messages
    assert (forwarded.text, forwarded.sender_id) == ("/ask who met?", ana.id)
    assert forwarded.raw["forward_origin"]["sender_user"]["first_name"] == "Ben"
    assert forwarded.parts("bot_command") == ("/ask",)
    page("forward", {"chat": private.id, "message": forwarded.id, "to": group.id})
    assert group.messages[-1].raw["forward_origin"] == forwarded.raw["forward_origin"]


def test_a_page_sees_the_menu_of_the_narrowest_scope_in_the_language_of_whoever_looks(api, page):
    api.private(api.user("Ana"))
    api.group("Desk", api.user("Ben"))
    bot = Client(api)
    for words, scope, language in [
        ("all", "default", ""),
        ("own", "all_private_chats", ""),
        ("eigen", "default", "de"),
    ]:
        menu = [{"command": "ask", "description": words}]
        bot.ask("setMyCommands", commands=menu, scope={"type": scope}, language_code=language)
    assert [chat["commands"][0]["description"] for chat in page("chats")[1]["chats"]] == ["own", "all"]
    for person in api.state.users:
        page("language", {"person": person, "language": "de"})
    assert [chat["commands"][0]["description"] for chat in page("chats")[1]["chats"]] == ["own", "eigen"]
    assert {person["language_code"] for chat in page("chats")[1]["chats"] for person in chat["people"]} == {"de"}


def test_typing_ends_with_what_is_said(api, page):
    ana = api.private(api.user("Ana"))
    bot = Client(api)
    bot.ask("sendChatAction", chat_id=ana.id, action="typing")
    assert page("chats")[1]["chats"][0]["typing"] is True
    bot.ask("sendMessage", chat_id=ana.id, text="done")
    assert page("chats")[1]["chats"][0]["typing"] is False


def test_a_page_waits_for_what_changes(api, page):
    version = page("chats")[1]["version"]
    ana = api.private(api.user("Ana"))
    threading.Thread(target=lambda: ana.say("later")).start()
    chats = page(f"chats?since={version}")[1]["chats"]
    assert chats[0]["first_name"] == "Ana"


def test_a_page_presses_and_hears_the_bots_answer(api, page):
    ana = api.private(api.user("Ana"))
    bot = Client(api)
    markup = {"inline_keyboard": [[{"text": "b", "callback_data": "x"}]]}
    sent = bot.ask("sendMessage", chat_id=ana.id, text="x", reply_markup=markup)

    def answer():
        update = bot.ask("getUpdates", timeout=20)[-1]
        bot.ask("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="pressed")

    answering = threading.Thread(target=answer)
    answering.start()
    status, body = page("press", {"chat": ana.id, "message": sent["message_id"], "data": "x"})
    answering.join()
    assert (status, body["answer"]["text"]) == (200, "pressed")


def test_a_page_types_inline_and_sends_a_card(api, page):
    ana = api.user("Ana")
    group = api.group("Desk", ana).id
    bot = Client(api)

    def answer():
        update = bot.ask("getUpdates", timeout=20)[-1]
        result = {"type": "article", "id": "1", "title": "T", "input_message_content": {"message_text": "passage"}}
        bot.ask("answerInlineQuery", inline_query_id=update["inline_query"]["id"], results=[result])

    answering = threading.Thread(target=answer)
    answering.start()
    asked = page("inline", {"sender": ana.id, "text": "who"})[1]
    answering.join()
    assert [card["title"] for card in asked["answer"]["results"]] == ["T"]
    sent = page("choose", {"query": asked["query"], "result": "1", "chat": group})[1]
    assert (sent["text"], sent["via_bot"]["username"]) == ("passage", "byline_demo_bot")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("say", {"chat": 99, "text": "x"}, 400),
        ("say", {}, 400),
        ("say", {"chat": 1001, "text": " "}, 400),
        ("fly", {}, 404),
        ("say", None, 404),
        ("press", [], 400),
        ("say", {"chat": 1001, "text": 7}, 400),
        ("forward", {"chat": 1001, "message": 5, "to": 1001}, 400),
        ("language", {"person": 5, "language": "de"}, 400),
    ],
)
def test_nonsense_is_refused_with_words(api, page, path, body, status):
    api.private(api.user("Ana"))
    answer = page(path, body)
    assert (answer[0], bool(answer[1]["error"])) == (status, True)


def test_no_other_site_can_ask(page):
    assert page("chats", headers={})[0] == 403
    assert page("say", {"chat": 1, "text": "x"}, headers={"Content-Type": "text/plain"})[0] == 403
    assert page("chats", headers=OURS | {"Host": "evil.example:80"})[0] == 403


def test_without_a_page_there_is_nothing_but_the_bot_api():
    with BotApi() as api, pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(urllib.request.Request(f"{api.root}/control/chats", headers=OURS))
    error.value.close()
    assert error.value.code == 404
