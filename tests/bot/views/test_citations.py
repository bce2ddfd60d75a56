"""`/cite`, and the links that open a passage."""

from __future__ import annotations

import re

import pytest

from bot import strings
from bot.views import answers, buttons
from tests.fakes import TALKS, FakeIndex

INDEX = FakeIndex()
QUESTION = "Where did the ministers meet on Tuesday?"
SHOWN = answers.record(INDEX.ask(QUESTION))


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


@pytest.mark.parametrize(
    "payload", ["", "inline", "p", f"p{'f' * 16}_0-40_0-20", f"p{'1' * 16}_0-99999_0-20", "p" + "1" * 70]
)
def test_a_link_to_no_passage_opens_none(payload):
    assert buttons.linked(payload, INDEX.hit) is None


def test_a_payload_is_within_telegrams_limits_and_comes_back():
    payload = buttons.payload(INDEX.ask(QUESTION).hits[0])
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload)
    assert buttons.linked(payload, INDEX.hit).passage.article is INDEX.articles[0]


def test_a_citation_of_a_passage_that_is_gone_is_none():
    assert answers.cited(SHOWN, "plain", FakeIndex([INDEX.articles[1]]), "byline_bot") is None
