"""A quote is checked: word for word, altered, joined or not there; with its source and whose words it is."""

from __future__ import annotations

import pytest

from bot import chat, strings
from bot.message import LIMIT, Message
from bot.views import quotes
from retrieval import Article, QuoteCheck, QuoteMatch, Speaker
from tests.fakes import TALKS, FakeIndex

INDEX = FakeIndex()


def told(message: str, index: FakeIndex) -> Message:
    return quotes.quote(message, index)[0]


def kinds(message: Message) -> list[tuple[str, str]]:
    return [(entity.kind, message.text[entity.start : entity.end]) for entity in message.entities]


def test_a_quote_that_stands_is_shown_where_it_stands():
    message = told("Nobody left early", INDEX)
    assert message.text.startswith(strings.VERBATIM)
    assert ("quote", "Nobody left early") in kinds(message)
    assert ("link", "harbourpost.example") in kinds(message)
    assert TALKS.title in message.text


def test_an_altered_quote_tells_each_word_that_differs_and_what_kind_it_is():
    message = told("They spoke for four hours about the fishing treaty", INDEX)
    assert message.text.startswith(strings.ALTERED)
    assert "three → four (number)" in message.text


def test_a_quote_that_is_nowhere_is_not_in_these_articles_and_never_false():
    assert told("Plums fell by a third since last autumn", INDEX).text == "Not in these 3 articles."


def test_below_a_quote_that_is_nowhere_stands_the_passage_that_comes_nearest():
    message, status, _ = quotes.quote("Rumours follow ministers whenever Alba is foggy", INDEX)
    assert status == "not-found"
    assert message.text.startswith(f"Not in these 3 articles.\n\n{strings.NEAREST}\n\n")
    assert "They spoke for three hours" in message.text
    assert TALKS.title in message.text


@pytest.mark.parametrize(
    ("message", "quote"),
    [
        ("“Nobody left early”", True),
        ('"Nobody left early."', True),
        ("»Nobody left early«", True),
        ('"red line"', False),  # two words are a phrase to search for
        ('Did Oduya say "red line"?', True),
        ("Who said “nobody left early”?", False),
        ("What does “nobody left early” mean?", False),
        ('"one two three" and "four five six"', False),
        ('"', False),
        ("", False),
    ],
)
def test_only_a_message_that_is_a_quote_from_end_to_end_is_checked(message: str, quote: bool):
    assert quotes.is_quote(message) is quote


@pytest.mark.parametrize(
    "message", ["“the red line was crossed in March” — Ann Lee", 'Ann Lee said: "the red line was crossed in March"']
)
def test_a_quote_given_to_somebody_else_says_so_and_whose_it_is(message: str):
    lines = told(message, INDEX).text.split("\n")
    assert lines[0] == "These are not the words of Ann Lee."
    assert "— Minister Oduya" in lines


def test_a_quote_given_to_the_one_who_said_it_is_as_without_a_name():
    assert told("“was crossed in March” — Oduya", INDEX) == told("was crossed in March", INDEX)


def test_of_words_that_a_speaker_quotes_it_is_said_who_quotes_them():
    match = QuoteMatch(TALKS, 0, 31, quoted_by=Speaker("Ann Lee", "the mayor"))
    text = quotes.verdict(QuoteCheck("The ministers met in Port Alba", "verbatim", (match,))).text
    assert "\n— quoted by Ann Lee, the mayor\n" in text


def test_places_that_look_the_same_are_shown_once():
    article = Article("a", "a.md", "Nobody left early\n\nNobody left early\n\nNobody Left Early", "0" * 64)
    places = tuple(QuoteMatch(article, start, start + 17) for start in (0, 19, 38))
    shown = quotes.verdict(QuoteCheck("nobody left early", "verbatim", places, articles=1))
    assert [text for kind, text in kinds(shown) if kind == "quote"] == ["Nobody left early", "Nobody Left Early"]


def test_the_terminal_checks_quotes_as_well():
    assert chat.Chat({"": INDEX}).reply("“Nobody left early”") == chat.Chat({"": INDEX}).reply(
        "/quote Nobody left early"
    )
    assert chat.Chat({"": INDEX}).reply("/quote")[0].text == strings.QUOTE_WHAT


def test_a_verdict_of_many_places_fits_into_a_message():
    long = "word " * 600 + "end."
    articles = [Article(f"x{number}", f"x{number}.txt", long, "0" * 64) for number in range(5)]
    assert len(told(long, FakeIndex(articles)).text) <= LIMIT


def test_a_quote_that_is_longer_than_a_message_is_not_looked_up():
    long = "word " * 1000
    assert quotes.quote(long[:4096], INDEX)[1] == "not-found"
    message, status, _ = quotes.quote(long, INDEX)
    assert (message.text, status) == (strings.TOO_LONG, "said")


def test_an_empty_quote_is_asked_for():
    message, status, _ = quotes.quote("  ", INDEX)
    assert (message.text, message.prompt, status) == (strings.QUOTE_WHAT, strings.PROMPT, "said")
