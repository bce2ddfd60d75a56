"""What an operator sees of the questions that are answered: that they are, not what they are."""

from __future__ import annotations

import logging
import re

import pytest

from bot.activity import logged
from tests.fakes import EXAMPLES, FakeIndex


def test_each_search_is_one_line_of_kind_verdict_and_time(caplog):
    collection = logged(FakeIndex())
    with caplog.at_level(logging.INFO, "bot.activity"):
        answer = collection.ask(EXAMPLES[0], 2)
        collection.ask("zzz")
        check = collection.check("The ministers met in Port Alba on Tuesday.", "Oduya")
    assert answer == FakeIndex().ask(EXAMPLES[0], 2)
    lines = [re.sub(r"\d+\.\d\d", "0.00", record.getMessage()) for record in caplog.records]
    assert lines == ["question: answer in 0.00 s", "question: nothing in 0.00 s", f"quote: {check.status} in 0.00 s"]


def test_a_search_that_fails_is_no_line_of_an_answer(caplog):
    with caplog.at_level(logging.INFO, "bot.activity"), pytest.raises(RuntimeError):
        logged(FakeIndex()).ask("please explode")
    assert caplog.records == []


def test_whatever_else_a_collection_has_is_its_own():
    collection = FakeIndex()
    assert logged(collection).articles is collection.articles
    assert logged(collection).hit == collection.hit


def test_the_running_bot_logs_its_answers_without_their_texts(api, run_bot):
    bot = run_bot(api, LOG_LEVEL="INFO")
    ana = api.private(api.user("Ana"))
    for text in (EXAMPLES[0], "“The ministers met in Port Alba on Tuesday.”"):
        ana.say(text)
        ana.wait_message()
    assert bot.stop() == 0
    lines = [line.partition(" INFO ")[2] for line in bot.output.splitlines() if "bot.activity" in line]
    assert [re.sub(r" in .*", "", line) for line in lines] == [
        "bot.activity: question: answer",
        "bot.activity: quote: verbatim",
    ]
    assert not re.search("ministers|Alba|Ana", bot.output)
