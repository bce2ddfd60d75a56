"""`/cite`, and the links that open a passage."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot import strings
from bot.message import LIMIT
from bot.views import answers, buttons
from bot.views.answers import GivenAnswer
from retrieval import cite
from tests.fakes import TALKS, FakeIndex

INDEX = FakeIndex()
QUESTION = "Where did the ministers meet on Tuesday?"
SHOWN = answers.record(INDEX.ask(QUESTION))


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
    assert GivenAnswer(SHOWN, FakeIndex([INDEX.articles[1]])).cited("plain", "byline_bot") is None


def test_a_citation_has_the_other_formats_below_and_a_link_to_its_passage_where_the_bots_name_is_known():
    message = GivenAnswer(SHOWN, INDEX).cited("MARKDOWN", "byline_bot")
    hit = INDEX.ask(QUESTION).hits[0]
    address = f"https://t.me/byline_bot?start={buttons.payload(hit)}"
    others = "Other formats: /cite plain, /cite bibtex, /cite csl-json"
    assert message.text.split("\n\n") == [cite(hit, "markdown"), f"{strings.DEEP_LINK}\n{address}", others]
    code = [message.text[entity.start : entity.end] for entity in message.entities]
    assert code == [cite(hit, "markdown"), address]
    assert GivenAnswer(SHOWN, INDEX).cited("markdown", None).text.split("\n\n") == [cite(hit, "markdown"), others]


def test_a_format_that_is_none_is_the_plain_one():
    assert GivenAnswer(SHOWN, INDEX).cited("haiku", None) == GivenAnswer(SHOWN, INDEX).cited("plain", None)


@pytest.mark.parametrize("length", [3500, 3700])
def test_a_citation_that_does_not_fit_into_a_message_is_said_to_be_too_long(length: int):
    message = GivenAnswer(SHOWN, FakeIndex([replace(TALKS, title="t" * length)])).cited("plain", "x" * 32)
    assert (message.text == strings.CITATION_TOO_LONG) == (length == 3700)
    assert len(message.text) <= LIMIT
