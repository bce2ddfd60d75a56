"""Presses, inline queries and guests: answered once, in time, with what Telegram takes."""

from __future__ import annotations

import pytest

from emulator import BotApi, Switches

BAD = "Bad Request: "
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def article(number, text="the passage", **more):
    return {
        "type": "article",
        "id": f"{number}",
        "title": f"Title {number}",
        "input_message_content": {"message_text": text},
        **more,
    }


def latest(bot, kind):
    return bot.ask("getUpdates")[-1][kind]


@pytest.fixture
def shown(bot, ana):
    markup = {
        "inline_keyboard": [[{"text": "More", "callback_data": "more:1"}, {"text": "Source", "url": "http://x.com"}]]
    }
    bot.ask("sendMessage", chat_id=ana.id, text="answer", reply_markup=markup)
    return ana.wait_message()


def test_a_press_carries_the_message_and_is_answered(bot, ana, shown):
    press = ana.press(shown, "More")
    query = latest(bot, "callback_query")
    assert (query["data"], query["message"]["message_id"], query["from"]["first_name"]) == ("more:1", shown.id, "Ana")
    assert press.answer is None
    bot.ask("answerCallbackQuery", callback_query_id=query["id"], text="Here", show_alert=True)
    assert {"text": "Here", "show_alert": "true"}.items() <= press.wait().items()


def test_only_a_button_that_is_there_and_sends_data_can_be_pressed_but_data_can_be_forged(bot, ana, shown):
    for name in ("Less", "Source"):
        with pytest.raises(LookupError, match="no button"):
            ana.press(shown, name)
    ana.forge(shown, "anything", by=ana.people[0])
    assert latest(bot, "callback_query")["data"] == "anything"


def test_a_press_on_a_deleted_message_shows_an_inaccessible_one(bot, ana, shown):
    ana.delete(shown)
    ana.forge(shown, "more:1")
    assert latest(bot, "callback_query")["message"] == {
        "chat": ana.chat_state.json(),
        "message_id": shown.id,
        "date": 0,
    }


def test_a_press_that_is_unknown_too_old_or_answered_at_length_is_refused(bot, ana, shown):
    assert bot.refusal("answerCallbackQuery") == TOO_OLD
    assert bot.refusal("answerCallbackQuery", callback_query_id="1") == TOO_OLD
    press = ana.press(shown, "More")
    long = bot.refusal("answerCallbackQuery", callback_query_id=press.id, text="x" * 201)
    assert long == BAD + "MESSAGE_TOO_LONG"
    press.until = 0.0
    assert bot.refusal("answerCallbackQuery", callback_query_id=press.id) == TOO_OLD
    with pytest.raises(TimeoutError, match="press query of Ana"):
        press.wait(timeout=0)


def test_an_inline_query_is_answered_with_cards_that_people_send(api, bot, ana):
    typed = api.inline(ana.people[0], "who met")
    query = latest(bot, "inline_query")
    assert (query["query"], query["offset"], query["chat_type"]) == ("who met", "", "sender")
    markup = {"inline_keyboard": [[{"text": "b", "callback_data": "x"}]]}
    results = [article(1), article(2, " see\tx ", reply_markup=markup, description="short")]
    bot.ask("answerInlineQuery", inline_query_id=query["id"], results=results, cache_time=0)
    first, second = typed.cards()
    assert (first.title, first.text, second.description, second.text) == ("Title 1", "the passage", "short", "see x")
    group = api.foreign("Elsewhere", ana.people[0])
    sent = group.choose(second)
    assert (sent.text, sent.raw["via_bot"]["id"]) == ("see x", api.bot.id)
    ana.choose(first)
    messages = [update["message"] for update in bot.ask("getUpdates") if "message" in update]
    assert [message["via_bot"]["id"] for message in messages] == [api.bot.id]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"results": [article(n) for n in range(51)]}, "too many inline query results specified"),
        ({"results": [article("x" * 65)]}, "RESULT_ID_INVALID"),
        ({"results": [article("é" * 33)]}, "RESULT_ID_INVALID"),
        ({"results": [article("")]}, "RESULT_ID_EMPTY"),
        ({"results": [article(1), article(1)]}, "RESULT_ID_DUPLICATE"),
        ({"results": [article(1) | {"title": " "}]}, "ARTICLE_TITLE_EMPTY"),
        ({"results": [article(1) | {"type": "x"}]}, "can't parse inline query result: Unsupported type specified"),
        ({"results": [article(1, "")]}, "message text is empty"),
        ({"results": [article(1, "x" * 4097)]}, "message is too long"),
        ({"results": [], "button": {"text": "b"}}, "START_PARAM_INVALID"),
        ({"results": [], "button": {"text": "b", "start_parameter": "x" * 65}}, "START_PARAM_INVALID"),
        ({"results": [], "button": {"text": "b", "start_parameter": "ä"}}, "START_PARAM_INVALID"),
    ],
)
def test_these_answers_to_an_inline_query_are_refused(api, bot, ana, answer, words):
    typed = api.inline(ana.people[0], "q")
    assert bot.refusal("answerInlineQuery", inline_query_id=typed.id, **answer) == BAD + words


def test_an_inline_query_that_is_too_old_cannot_be_answered_any_more(api, bot, ana):
    typed = api.inline(ana.people[0], "q")
    typed.until = 0.0
    assert bot.refusal("answerInlineQuery", inline_query_id=typed.id, results=[]) == TOO_OLD
    assert bot.refusal("answerCallbackQuery", callback_query_id=api.inline(ana.people[0], "q").id) == TOO_OLD


def test_what_may_be_cached_is_not_asked_again(api, bot, ana):
    ben = api.user("Ben")
    first = api.inline(ana.people[0], "q")
    bot.ask("answerInlineQuery", inline_query_id=first.id, results=[article(1)], cache_time=300)
    assert [card.id for card in api.inline(ben, "q").cards(timeout=0)] == ["1"]
    personal = api.inline(ana.people[0], "p")
    bot.ask("answerInlineQuery", inline_query_id=personal.id, results=[article(2)], is_personal=True)
    assert api.inline(ben, "p").answer is None
    assert [card.id for card in api.inline(ana.people[0], "p").cards(timeout=0)] == ["2"]


def test_a_guest_calls_the_bot_into_a_chat_that_it_is_not_in_and_is_answered_once(api, bot, ana):
    chat = api.foreign("Elsewhere", ana.people[0])
    asked = chat.call_guest(f"@{api.bot.username} who met?")
    query = latest(bot, "guest_message")
    assert (query["text"], query["chat"]["id"]) == (f"@{api.bot.username} who met?", chat.id)
    bot.ask("answerGuestQuery", guest_query_id=query["guest_query_id"], result=article(1, "They met."))
    assert asked.wait()["title"] == "Title 1"
    assert [message.text for message in chat.answers] == ["They met."]
    assert bot.refusal("answerGuestQuery", guest_query_id=query["guest_query_id"], result=article(1)) == TOO_OLD
    assert bot.refusal("sendMessage", chat_id=chat.id, text="x") == BAD + "chat not found"


def test_without_the_switches_no_inline_query_and_no_guest_arrives():
    with BotApi(switches=Switches(inline=False, guest=False)) as api:
        person = api.user("Ana")
        api.inline(person, "q")
        api.foreign("Elsewhere", person).call_guest("@byline_demo_bot ?")
        assert api.pending == ()
