"""Citations, quotes and claims as Telegram shows them."""

from __future__ import annotations

import re

import pytest

from bot import strings
from tests.fakes import TALKS

QUESTION = "Where did the ministers meet on Tuesday?"


@pytest.fixture
def ana(api):
    return api.private(api.user("Ana"))


def test_the_link_of_a_citation_opens_its_passage(api, run_bot, ana):
    run_bot(api)
    ana.say(QUESTION)
    answer = ana.wait_message()
    ana.say("/cite")
    cited = ana.wait_message().text
    assert "Ines Palm" in cited
    assert TALKS.title in cited
    payload = re.search(r"\?start=(\S+)", cited)[1]
    ana.say(f"/start {payload}")
    opened = ana.wait_message().text
    assert opened == answer.text[: len(opened)]
    assert api.altered == ()


def test_a_reply_cites_that_answer_in_the_format_that_is_asked_for(api, run_bot, ana):
    run_bot(api)
    ana.say(QUESTION)
    first = ana.wait_message()
    ana.say("What closed the bridge at dawn?")
    ana.wait_message()
    ana.say("/cite bibtex", reply_to=first)
    cited = ana.wait_message()
    assert cited.text.startswith("@")
    assert TALKS.title in cited.text
    ana.say("/cite markdown")
    assert TALKS.title not in ana.wait_message().text


def test_without_an_answer_there_is_nothing_to_cite(api, run_bot, ana):
    run_bot(api)
    ana.say("/cite")
    assert ana.wait_message().text == strings.CITE_WHAT


def test_telegram_checks_a_quote_in_a_message_after_a_command_and_of_a_reply(api, run_bot, ana):
    run_bot(api)
    ana.say("“Nobody left early”")
    assert ana.wait_message().text.startswith(strings.VERBATIM)
    ana.say("/quote They spoke for four hours about the fishing treaty")
    assert "three → four" in ana.wait_message().text
    ana.say("/quote")
    assert ana.wait_message().text == strings.QUOTE_WHAT
    assert api.altered == ()


def test_a_forwarded_message_is_read_claim_by_claim(api, run_bot, ana):
    forward = {"type": "hidden_user", "sender_user_name": "Somebody", "date": 1}
    run_bot(api)
    ana.say(
        "Breaking! The ministers have met in Port Alba on a Tuesday. Zebras eat quaggas for lunch.", forward=forward
    )
    assert ana.wait_message().text.startswith(strings.CLAIMS)
    ana.say(QUESTION, forward=forward)
    assert ana.wait_message().text.startswith("The ministers met")
    assert api.altered == ()
