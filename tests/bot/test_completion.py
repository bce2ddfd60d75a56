"""What a message leaves out, and what is put in its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import completion
from retrieval import Speaker
from tests.fakes import TALKS

ARTICLE = replace(
    TALKS, text="Fire crews came late. The harbour union and its fire watch met. Senior pilots left the quay."
)


@pytest.mark.parametrize(
    ("text", "speaker", "question"),
    [
        ("what did she say about tax?", "Ann Lee", "what did Ann Lee say about tax?"),
        ("does his plan work?", "Ann Lee", "does Ann Lee’s plan work?"),
        ("when do they vote on it?", "The union", "when does the union vote on it?"),
        ("what have they found?", "Fire crews", "what have fire crews found?"),
        ("were they asked?", "the Harbour Trust", "was the Harbour Trust asked?"),
        ("do they agree?", "Senior pilots", "do Senior pilots agree?"),
    ],
)
def test_a_pronoun_becomes_the_speaker_with_the_verb_that_goes_with_it(text: str, speaker: str, question: str):
    name = completion.referent(text, Speaker(speaker), ARTICLE)
    assert completion.named(text, name) == question


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("did his sister know?", "Fire crews"),
        ("what did he say?", "The union"),
        ("what is their view?", "The union"),
        ("what did they say?", "Ann Lee"),
        ("where is it now?", "Ann Lee"),
    ],
)
def test_a_pronoun_that_does_not_agree_with_the_speaker_means_somebody_else(text: str, speaker: str):
    assert completion.referent(text, Speaker(speaker), ARTICLE) == ""
    assert completion.referent(text, None, ARTICLE) == ""


def test_only_what_is_somebodys_view_is_asked_of_its_owner():
    assert completion.means_owner("what did his lawyer say?")
    assert not completion.means_owner("what is his view of tax?")


@pytest.mark.parametrize(
    "text",
    ["how much money", "and how many did it get?", "what does it cost?", "is that still the number?", "who denied that?",
     "did the union deny that?", "was anyone hurt?"],
)  # fmt: skip
def test_a_message_without_a_name_and_a_thing_lacks_its_topic(text: str):
    assert completion.lacks_topic(text)


@pytest.mark.parametrize(
    "text",
    ["sanctions?", "who is the mayor?", "who won the election?", "Was it right to close a dam?", "who is Ann Lee?", "what does NATO ask for?",
     "Who said “these ones”?", "how many were there in 2019?", "What did the union say?"],
)  # fmt: skip
def test_a_name_a_thing_a_number_or_a_quotation_is_a_topic(text: str):
    assert not completion.lacks_topic(text)


def test_how_somebody_is_asks_for_no_words():
    assert completion.asks_state("how old is he?")
    assert not completion.asks_state("when did he say that?")
    assert not completion.asks_state("how old is this?")


def test_the_topic_is_the_words_of_the_question_and_of_the_title_where_they_are_few():
    assert completion.topic_of("How many fish died in the Arle?") == "fish died Arle"
    assert completion.topic_of("Who was fined?", "A mill fined over a spill") == "fined mill spill"
    assert completion.topic_of(completion.put_to("the mill", "How many fish died?")) == "fish died"
    assert completion.completed("and what does it cost?", "bus strike") == "what does it cost: bus strike?"


def test_a_question_is_put_to_one_after_the_other():
    first = completion.put_to("the mill", "How many fish died?")
    assert first == "What did the mill say about this: How many fish died?"
    assert completion.put_to("the trust", first) == "What did the trust say about this: How many fish died?"
    assert completion.asks_another("what does the mayor say about it?") == "the mayor"
    assert completion.asks_another("what does the mayor say about tax?") == ""
    assert completion.asks_another("and according to the union?") == "the union"
    assert completion.asks_another("according to the union, who left?") == ""
