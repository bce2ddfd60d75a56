"""Buttons on Telegram: they turn pages in place, outlive a restart, and answer every press."""

from __future__ import annotations

import pytest

from bot import strings
from tests.fakes import EXAMPLES, TALKS

QUESTION = "Where did the ministers meet on Tuesday?"


@pytest.fixture
def ana(api):
    return api.private(api.user("Ana"))


def test_context_replaces_the_answer_and_leads_back_also_after_a_restart(api, run_bot, ana):
    bot = run_bot(api)
    ana.say(QUESTION)
    answer = ana.wait_message()
    assert bot.stop() == 0
    run_bot(api)
    ana.press(answer, strings.CONTEXT).wait()
    ana.wait_edit(answer)
    assert [message.id for message in ana.answers] == [answer.id]
    ana.press(answer, strings.BACK)
    assert ana.wait_edit(ana.message(answer.id)).text == answer.text
    assert api.altered == ()


def test_what_stands_above_an_answer_is_there_again_when_one_comes_back(api, run_bot, ana):
    run_bot(api)
    ana.say("zebra")
    ana.press(ana.wait_message(), strings.EXAMPLES)
    ana.press(ana.wait_message(), EXAMPLES[1])
    answer = ana.wait_message()
    assert answer.text.startswith(f"Question: {EXAMPLES[1]}")
    ana.press(answer, strings.CONTEXT)
    ana.wait_edit(answer)
    ana.press(answer, strings.BACK)
    assert ana.wait_edit(ana.message(answer.id)).text == answer.text


def test_where_a_passage_stands_is_told_to_the_presser_alone(api, run_bot, ana):
    run_bot(api)
    ana.say(QUESTION)
    told = ana.press(opened(ana, ana.wait_message()), strings.PROOF).wait()
    assert told["show_alert"] in {True, "true"}
    assert told["text"].startswith(f"Word for word in the file {TALKS.file}, paragraph 1.")


def opened(ana, answer):
    """The answer with its other buttons, which take the place of the usual ones."""
    ana.press(answer, strings.OTHERS).wait()
    return ana.wait_edit(answer)


def test_more_swaps_the_buttons_in_place_and_back_without_touching_the_text(api, run_bot, ana):
    run_bot(api)
    ana.say(QUESTION)
    answer = ana.wait_message()
    others = opened(ana, answer)
    assert [button.text for button in others.buttons] == [
        strings.COPY,
        strings.SHARE,
        strings.PROOF,
        strings.CHECK,
        "👍",
        "👎",
        strings.FEWER,
    ]
    ana.press(others, strings.FEWER).wait()
    usual = ana.wait_edit(others)
    assert usual.buttons == answer.buttons
    assert usual.text == others.text == answer.text


@pytest.mark.parametrize("kind", ["proof", "up", "down", "page", "more"])
def test_buttons_of_earlier_versions_still_work(api, run_bot, ana, kind):
    run_bot(api)
    ana.say(QUESTION)
    answer = ana.wait_message()
    key = answer.raw["reply_markup"]["inline_keyboard"][-1][-1]["callback_data"].split(":")[1]
    answered = ana.forge(answer, f"{kind}:{key}:0" + (":1" if kind == "more" else "")).wait()
    assert answered.get("text") != strings.OLD_BUTTON


def test_a_vote_is_thanked_for_and_counted_once_with_the_last_word(api, run_bot, ana, tmp_path):
    bot = run_bot(api, FEEDBACK="questions")
    ana.say(QUESTION)
    answer = opened(ana, ana.wait_message())
    for thumb in ("👎", "👍", "👍"):
        assert ana.press(answer, thumb).wait()["text"] == strings.THANKS
    ana.say("zebra quagga okapi")
    assert ana.wait_message().text.startswith(strings.NOTHING)
    assert bot.stop() == 0
    export = run_bot(api, "feedback", "export", FEEDBACK="questions")
    assert export.wait() == 0
    assert f'"question": "{QUESTION}"' in export.output
    assert '"snippet": "The ministers met in Port Alba on Tuesday.", "grade": "full"' in export.output
    assert "answer, 1 up, 0 down" in export.output
    assert '"require": "review", "note"' in export.output
    assert "notes: 2, with their question: 2" in export.output


@pytest.mark.parametrize(
    "data",
    [
        "",
        "page:abcdefghijk:0",
        "more:abcdefghijk:0:1",
        "up:abcdefghijk:0",
        "proof:abcdefghijk:7",
        "others:abcdefghijk:0",
        "x" * 64,
    ],
)
def test_a_forged_press_is_told_that_the_button_is_old_and_changes_nothing(api, run_bot, ana, data):
    run_bot(api)
    ana.say(QUESTION)
    answer = ana.wait_message()
    assert ana.forge(answer, data).wait()["text"] == strings.OLD_BUTTON
    assert len(ana.answers) == 1
    assert ana.message(answer.id).earlier == ()


def test_an_edited_question_edits_its_answer_also_after_a_restart(api, run_bot, ana):
    bot = run_bot(api)
    asked = ana.say(QUESTION)
    answer = ana.wait_message()
    assert bot.stop() == 0
    run_bot(api)
    ana.edit(asked, "What closed the bridge at dawn?")
    assert "A storm closed the bridge" in ana.wait_edit(answer).text
    assert len(ana.answers) == 1
