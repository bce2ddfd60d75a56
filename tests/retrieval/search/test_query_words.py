"""Other ways of asking: misspelt words mended into the collection's own, long messages in their parts."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from retrieval.search.query_words import Speller, contracted, parts, rambling, topic_words

TEXTS = ["Oduya signed the fishing treaty in Port Alba.", "The ministers spoke of sanctions and of the Brunnhilde."]
LONG = (
    "Hi there, I have been reading about this for weeks and my head is spinning, so tell me please: "
    "who signed the fishing treaty? Thanks a lot in advance, you are a great help"
)


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(*(Counter(re.findall(r"\w+", text.lower())) for text in TEXTS))


@pytest.mark.parametrize(
    ("asked", "mended"),
    [
        ("who signed the fishing traety", "who signed the fishing treaty"),
        ("what did the minsters say", "what did the ministers say"),
        ("are there sanktions", "are there sanctions"),
        ("WHO SIGNED THE TRAETY", "WHO SIGNED THE treaty"),
        ("how meny ministers spoke", "how many ministers spoke"),  # a word that every question may have
    ],
)
def test_a_misspelt_word_becomes_the_nearest_of_the_collection(speller: Speller, asked: str, mended: str):
    assert speller.mend(asked) == mended


@pytest.mark.parametrize(
    "asked",
    [
        "who signed the fishing treaty",  # all is well
        "where is Oduva from",  # a name may be another's
        "which treats were served",  # English, if not in the collection
        "wer hat den Vertrag unterschrieben und warum",  # another language
        "хто підписав угоду",
        "is it red",  # too short to tell
        "mustn't they sign",  # no word "mustn"
        "",
    ],
)
def test_what_may_be_meant_stays(speller: Speller, asked: str):
    assert speller.mend(asked) == asked


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("why wasnt the treaty signed", "why wasn't the treaty signed"),
        ("Whos the minister and whats new?", "Who's the minister and what's new?"),
        ("THEY DIDNT SIGN", "THEY DIDN'T SIGN"),
        ("wont it help", "won't it help"),
    ],
)
def test_a_contraction_gets_its_apostrophe(asked: str, read: str):
    assert contracted(asked) == read


@pytest.mark.parametrize(
    "asked",
    [
        "how ill were its owners, and do they do well",  # words of their own
        "what did Mr Hes sign",  # a name
        "der Vertrag und das Cant",  # another language
        "why wasn't it signed",
    ],
)
def test_what_is_no_contraction_gets_none(asked: str):
    assert contracted(asked) == asked


def test_a_plain_question_has_no_parts():
    assert parts("Who signed the fishing treaty?") == []
    assert not rambling("Who signed the fishing treaty?")


def test_a_rambling_message_is_asked_in_the_parts_that_ask():
    ways = parts(LONG)
    assert any(way.endswith("who signed the fishing treaty?") for way in ways[:2])
    assert all(way in LONG for way in ways)
    assert LONG not in ways


def test_a_part_that_asks_nothing_is_not_asked():
    question = "Who saw the ministers of the harbour sign it there?"
    message = f"According to the Justice Department, the fishing treaty of the island was signed last week. {question}"
    assert rambling(message)
    assert parts(message) == [question]


def test_however_long_a_message_only_a_few_parts_are_asked():
    assert len(parts("The treaty of the ministers failed, was it so? " * 200)) <= 6


def test_topic_words_are_no_function_words_figures_and_commands():
    assert topic_words("How many fish died in the Arle in 2024?") == ("fish", "died", "Arle")
    assert topic_words("is that still the number?") == ()


def test_a_contraction_is_no_topic_with_or_without_its_apostrophe():
    assert (
        topic_words("why wasnt the harbour dredged")
        == topic_words("why wasn't the harbour dredged")
        == ("harbour", "dredged")
    )
