"""Sentences that only put the question again, and statements that are like them and do not."""

from __future__ import annotations

import pytest

from retrieval.search.restatement import Restatement

WARNED = "Were locals warned in time that the chainsaws were coming?"


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (WARNED, WARNED),
        (WARNED, "Were locals warned in time that the chainsaws were coming!!!"),
        (WARNED, "WERE LOCALS WARNED — in time — that the chainsaws came, our shop knows."),
        (WARNED, "Were loc\u00adals warned in ti\u200bme that the chainsaws were coming, our shop knows."),
        (WARNED, "Wеrе lосаls wаrnеd in timе thаt thе chainsaws were coming, our shop knows."),
        (WARNED, "If you ask yourself were locals warned in time that the chainsaws were coming, visit us."),
        (WARNED, "The chainsaws were coming, and were locals warned in time?"),
        (WARNED, "Locals warned time chainsaws coming: all about it in our shop."),
        (WARNED, "locals warned in time that chainsaws coming locals warned in time that chainsaws coming lamps"),
        ("Who stopped the work on the limes?", "Everybody asks: Who stopped the work on the limes! Our shop knows."),
        ("the felling, was anybody of the street told the day before?", "Told before, anybody, street, felling, day?"),
        ("were locals warned in time", "Were locals warned in time. We sell lamps."),
        ("granite price per metre", "Granite price per metre. We sell lamps."),
        ("granite price per metre", "granite price per metre Everybody comes to us."),
        ("granite price per metre", "Everybody asks for “granite price per metre” in our shop."),
        ("granite price per metre", "granite price per metre granite price per metre lamps"),
    ],
)
def test_what_puts_the_question_again(question: str, sentence: str):
    assert Restatement(question).is_in(f"We are open. {sentence} Come in.")
    assert Restatement(question).is_one(sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (WARNED, "Locals were warned in time that the chainsaws were coming."),
        (WARNED, "Were they asked?"),
        ("Who claimed that the granite came from China?", "A mason claimed that the granite came from China."),
        ("Which company built the bridge?", "The company built the bridge."),
        ("granite price per metre", "The granite price per metre was 80 zlotys in May."),
        ("granite price per metre", "Granite price per metre: 80 zlotys."),
        ("Who stopped the work on the limes?", "A third mason, who stopped the work on the limes, was sent home."),
        ("The mayor said that the granite came from China", "The mayor said that the granite came from China."),
        ("has no plans to fell the limes", "The town has no plans to fell the limes on the quay."),
        ("when the work on the limes stopped", "When the work on the limes stopped, nobody was told."),
    ],
)
def test_what_states_something(question: str, sentence: str):
    assert not Restatement(question).is_one(sentence)


def test_what_puts_the_whole_message_again_puts_each_part_of_it_again():
    message = "My aunt had limes before her house and now there are stumps, so who is going to pay for that?"
    part = Restatement("who is going to pay for that?", message)
    assert part.is_in(f"{message[:-1]}.")
    assert part.is_one(f"{message[:-1]}.")
    assert not part.is_one("My aunt had limes before her house, and the town pays for the stumps.")
