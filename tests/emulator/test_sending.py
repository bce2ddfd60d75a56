"""sendMessage and what belongs to it: where to, as a reply to what, under which buttons; editing, typing."""

from __future__ import annotations

import pytest

from emulator import people

BAD = "Bad Request: "
SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


def buttons(*row):
    return {"inline_keyboard": [list(row)]}


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({}, "chat_id is empty"),
        ({"chat_id": ""}, "chat_id is empty"),
        ({"chat_id": 0}, "chat not found"),
        ({"chat_id": -1}, "chat not found"),
        ({"chat_id": "not_a_chat"}, "chat not found"),
    ],
)
def test_a_message_goes_to_a_chat_that_the_bot_knows(bot, where, words):
    assert bot.refusal("sendMessage", text="x", **where) == BAD + words


def test_whoever_never_wrote_to_the_bot_is_unknown_to_it(api, bot):
    stranger = api.private(api.user("Stranger"), started=False)
    assert bot.refusal("sendMessage", chat_id=stranger.id, text="x") == BAD + "chat not found"
    stranger.say("/start")
    assert bot.ask("sendMessage", chat_id=stranger.id, text="x")["chat"]["first_name"] == "Stranger"


def test_the_answer_is_the_message_as_it_stands_in_the_chat(api, bot, ana):
    sent = bot.ask(
        "sendMessage", chat_id=ana.id, text="  see Amazon.com ", entities=[{"type": "bold", "offset": 2, "length": 3}]
    )
    assert sent["text"] == "see Amazon.com"
    assert sent["from"] == api.bot.json()
    assert sent["entities"] == [
        {"type": "bold", "offset": 0, "length": 3},
        {"type": "url", "offset": 4, "length": 10},
    ]
    assert ana.wait_message().raw == sent
    assert [(altered.sent, altered.kept) for altered in api.altered] == [("  see Amazon.com ", "see Amazon.com")]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"parse_mode": "HTML"}, "unsupported parse_mode"),
        ({"message_thread_id": 999}, "message thread not found"),
        ({"reply_parameters": {"message_id": 999}}, "message to be replied not found"),
    ],
)
def test_these_options_are_refused(bot, ana, options, words):
    assert bot.refusal("sendMessage", **({"chat_id": ana.id, "text": "x"} | options)) == BAD + words


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"text": "b", "callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "b", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "b"}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        (
            {"text": "b", "callback_data": ""},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"text": "b", "callback_data": "x", "url": "http://x.com"}, "BUTTON_TYPE_INVALID"),
        ({"text": " ", "callback_data": "x"}, "BUTTON_TEXT_INVALID"),
        ({"text": "b", "url": "not-a-url"}, "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL"),
        (
            {"text": "b", "url": "ftp://x.com"},
            "inline keyboard button URL 'ftp://x.com' is invalid: Unsupported URL protocol",
        ),
        ({"text": "b", "copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "b", "copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        (
            {"text": "b", "switch_inline_query_chosen_chat": {"query": "q"}},
            "can't parse inline keyboard button: At least one chat type must be allowed",
        ),
    ],
)
def test_these_buttons_are_refused(bot, ana, button, words):
    assert bot.refusal("sendMessage", chat_id=ana.id, text="x", reply_markup=buttons(button)) == BAD + words
    assert ana.answers == ()


@pytest.mark.parametrize(
    "button",
    [
        {"callback_data": "x" * 64},
        {"callback_data": "é" * 32},
        {"url": "http://x.com/"},
        {"copy_text": {"text": "é" * 256}},
        {"switch_inline_query_chosen_chat": {"query": "q", "allow_user_chats": True}},
    ],
)
def test_these_buttons_stand_under_the_message(bot, ana, button):
    bot.ask("sendMessage", chat_id=ana.id, text="x", reply_markup=buttons({"text": "b", **button}))
    shown = ana.wait_message().buttons[0]
    assert (shown.text, shown.raw) == ("b", {"text": "b", **button})


@pytest.mark.parametrize(
    "rows", [[[{"text": "b", "callback_data": "x"}] * 9], [[{"text": "b", "callback_data": "x"}]] * 101]
)
def test_nine_buttons_a_row_or_a_hundred_and_one_are_too_many(bot, ana, rows):
    words = bot.refusal("sendMessage", chat_id=ana.id, text="x", reply_markup={"inline_keyboard": rows})
    assert words == BAD + "REPLY_MARKUP_TOO_LONG"


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("none", "can't parse reply_markup JSON object"),
        ({"keyboard": [["a"]]}, "unsupported reply markup"),
        ({"force_reply": True, "input_field_placeholder": "x" * 65}, "INPUT_FIELD_PLACEHOLDER_INVALID"),
    ],
)
def test_these_keyboards_are_refused(bot, ana, markup, words):
    assert bot.refusal("sendMessage", chat_id=ana.id, text="x", reply_markup=markup) == BAD + words


def test_a_forced_reply_is_the_clients_and_no_part_of_the_message(bot, ana):
    asked = {"force_reply": True, "input_field_placeholder": "Your question"}
    assert "reply_markup" not in bot.ask("sendMessage", chat_id=ana.id, text="Ask", reply_markup=asked)
    assert ana.wait_message().prompt == asked


def test_a_reply_shows_what_it_answers(bot, ana):
    asked = ana.say("Who met in Port Alba?")
    sent = bot.ask("sendMessage", chat_id=ana.id, text="They", reply_parameters={"message_id": asked.id})
    assert sent["reply_to_message"]["text"] == "Who met in Port Alba?"


def test_a_reply_to_a_deleted_message_is_sent_without_only_when_that_is_allowed(bot, ana):
    asked = ana.say("gone")
    ana.delete(asked)
    reply = {"message_id": asked.id}
    assert (
        bot.refusal("sendMessage", chat_id=ana.id, text="x", reply_parameters=reply)
        == BAD + "message to be replied not found"
    )
    reply["allow_sending_without_reply"] = True
    assert "reply_to_message" not in bot.ask("sendMessage", chat_id=ana.id, text="x", reply_parameters=reply)


def test_an_edit_replaces_text_and_buttons_and_keeps_what_was_before(bot, ana):
    sent = bot.ask("sendMessage", chat_id=ana.id, text="one", reply_markup=buttons({"text": "b", "callback_data": "x"}))
    place = {"chat_id": ana.id, "message_id": sent["message_id"]}
    seen = ana.wait_message()
    edited = bot.ask("editMessageText", text="two", **place)
    assert ("reply_markup" in edited, edited["text"], edited["edit_date"] >= sent["date"]) == (False, "two", True)
    now = ana.wait_edit(seen)
    assert (now.text, [before["text"] for before in now.earlier]) == ("two", ["one"])
    assert bot.refusal("editMessageText", text=" two ", **place) == SAME
    assert bot.refusal("editMessageReplyMarkup", **place) == SAME
    bot.ask("editMessageReplyMarkup", reply_markup=buttons({"text": "c", "callback_data": "y"}), **place)
    assert [button.text for button in ana.message(seen.id).buttons] == ["c"]


def test_only_own_messages_that_are_there_can_be_edited(bot, ana):
    theirs = ana.say("mine")
    assert (
        bot.refusal("editMessageText", chat_id=ana.id, message_id=theirs.id, text="x")
        == BAD + "message can't be edited"
    )
    assert bot.refusal("editMessageText", chat_id=ana.id, message_id=999, text="x") == BAD + "message to edit not found"
    assert bot.refusal("editMessageText", chat_id=ana.id, text="x") == BAD + "message identifier is not specified"
    assert bot.refusal("editMessageText", chat_id=ana.id, message_id=999, text="") == BAD + "message text is empty"


def test_people_see_that_the_bot_types(bot, ana):
    bot.ask("sendChatAction", chat_id=ana.id, action="typing")
    assert ana.chat_state.typing == ["typing"]
    assert bot.refusal("sendChatAction", chat_id=ana.id, action="dancing") == BAD + "wrong parameter action in request"


def test_whoever_blocked_the_bot_is_not_written_to(bot, ana):
    people.block(ana)
    assert bot.refusal("sendMessage", chat_id=ana.id, text="x") == "Forbidden: bot was blocked by the user"
    ana.say("not heard")
    (update,) = bot.ask("getUpdates")
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
