"""A forwarded text: each of its claims is looked up, and what none speaks to is said so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import strings
from bot.message import LIMIT
from bot.views import quotes
from retrieval import Answer
from tests.fakes import TALKS, FakeIndex

INDEX = FakeIndex()
TEXT = (
    "Breaking! The ministers have met in Port Alba on a Tuesday. None of us knows what zebras eat for lunch. "
    "And a storm, we hear, has closed some old bridge here."
)


def texts(text: str) -> list[str]:
    return [claim.text for claim in quotes.claims(text)]


def test_each_claim_that_the_articles_answer_stands_above_its_passage():
    text = quotes.claim_check(TEXT, INDEX).text
    order = [
        strings.CLAIMS,
        "The ministers have met in Port Alba",
        "They spoke for three hours",
        "And a storm, we hear",
        "Engineers found",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_claims_that_no_passage_answers_are_named_below_the_others():
    text = quotes.claim_check(TEXT, INDEX).text
    assert text.endswith(f"{strings.NO_ANSWER}\n• None of us knows what zebras eat for lunch.")
    assert strings.NO_ANSWER not in quotes.claim_check("The ministers have met in Port Alba on a Tuesday.", INDEX).text


def test_a_claim_that_a_passage_only_comes_near_stands_above_it_after_those_that_are_answered():
    text = quotes.claim_check(
        "Engineers like cake and tea a lot. The ministers have met in Port Alba on a Tuesday.", INDEX
    ).text
    near = text.index(f"{strings.CLAIM} Engineers like cake and tea a lot.\n{strings.NEAREST}\n")
    assert text.index("They spoke for three hours") < near < text.index("Engineers found two cracked pillars")
    assert strings.NO_ANSWER not in text


def test_of_a_text_in_another_language_it_is_said_which_one_the_articles_are_in():
    class English(FakeIndex):
        def ask(self, question: str, k: int = 3, file: str | None = None) -> Answer:
            return replace(super().ask(question, k, file), language="en")

    text = quotes.claim_check("Zebras fressen mittags Quaggas. Okapis fressen überhaupt gar nichts.", English()).text
    assert text.startswith(f"{strings.NOTHING}\n")
    assert "English" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ministers met in Port Alba. A storm closed the bridge.", True),
        ("The ministers met in Port Alba. A storm closed the bridge. Is that so?", False),
        ("I read about the ministers in Port Alba. What did they talk about", False),
        ("There was some storm at the bridge. Please tell me more of it", False),
        ("The ministers who met in Port Alba left. Nobody knows when they return.", True),
        ("The ministers met in Port Alba.", False),
    ],
)
def test_a_text_of_several_claims_that_asks_nothing_asserts(text: str, expected: bool):
    assert quotes.asserts(text) is expected


def test_a_text_of_which_nothing_is_known_is_told_so():
    assert quotes.claim_check(
        "Zebras eat quaggas for their lunch. Okapis do not eat anything at all.", INDEX
    ).text.startswith(strings.NOTHING)


def test_many_long_claims_fit_a_message():
    text = " ".join(f"The ministers met in Port Alba on Tuesday {n}, said {'very ' * 300}much." for n in range(9))
    message = quotes.claim_check(text, INDEX)
    assert len(message.text) <= LIMIT
    assert message.text.startswith(strings.CLAIMS)
    assert message.text.count(f"{strings.CLAIM} ") == message.text.count("They spoke for three hours") > 1


def test_a_single_claim_has_the_buttons_of_its_passage_and_several_have_none():
    one = quotes.claim_check("The ministers have met in Port Alba on a Tuesday.", INDEX)
    assert [[button.label for button in row] for row in one.buttons] == [[strings.OPEN, strings.COPY]]
    assert quotes.claim_check(TEXT, INDEX).buttons == ()


def test_a_claim_has_three_words_and_a_text_a_dozen_claims():
    assert texts("It rained. Ann Lee resigned. It rained here\n again. It  hailed   again here.") == [
        "Ann Lee resigned.",
        "It rained here again.",
        "It hailed again here.",
    ]
    assert len(quotes.claims(" ".join(f"It rained {number} times here." for number in range(20)))) == 12


def test_what_a_text_says_again_is_looked_up_once_and_a_very_long_sentence_by_its_beginning():
    assert texts("It rained here again. It hailed there again. " * 20) == [
        "It rained here again.",
        "It hailed there again.",
    ]
    assert texts("It rained and rained " * 200) == [" ".join(["It rained and rained"] * 15)]


@pytest.mark.parametrize("length", [100, 250, 300, 9000])
def test_claims_whose_passages_have_no_room_are_left_out_and_some_are_always_shown(length: int):
    facts = {field: field[0] * length for field in ("publisher", "source", "title", "date")}
    index = FakeIndex([replace(TALKS, **facts)])
    text = " ".join(f"The ministers have met in Port Alba on a Tuesday, they say {number}." for number in range(5))
    message = quotes.claim_check(text, index)
    assert len(message.text) <= LIMIT
    shown = message.text.split(f"\n\n{strings.CLAIM} ")
    assert shown[0] == strings.CLAIMS
    assert 1 <= len(shown) - 1 <= 5
    assert (len(shown) == 6) == (length == 100)
    assert all(each.count("The ministers met in Port Alba on Tuesday.") == 1 for each in shown[1:])


@pytest.mark.parametrize(
    ("claim", "change"),
    [
        ("One paper wrote “They spoke for four hours about the fishing treaty.”", "three → four (number)"),
        ("He said: “They spoke for three hours about the whaling treaty.”", "fishing → whaling"),
        ("They spoke for four hours about the fishing treaty.", "three → four (number)"),
        ("A storm never closed the bridge at dawn.", "… → never (negation)"),
        ("A storm opened the bridge at dawn.", "closed → opened"),
    ],
)
def test_a_claim_that_the_articles_have_with_other_words_comes_first_and_says_so(claim: str, change: str):
    text = quotes.claim_check(f"Tomas Rehn was freed by the court. {claim}", INDEX).text
    assert text.startswith(f"{strings.CLAIMS}\n\n{strings.CLAIM} {claim}\n{strings.ALTERED}\n\n")
    assert text.index(change) < text.index("Tomas Rehn was freed by the court.")
    assert quotes.misstates(claim, INDEX)


@pytest.mark.parametrize(
    "claim",
    ["It closed the bridge at dawn.", "Engineers found a bridge.", "Did a storm never close the bridge at dawn?"],
)
def test_other_words_at_the_beginning_and_a_question_misstate_nothing(claim: str):
    assert not quotes.misstates(claim, INDEX)


def test_a_quotation_that_no_article_has_is_not_taken_for_the_passage_near_it():
    claim = "Engineers said: “The cracked pillars will be blown up.”"
    text = quotes.claim_check(f"Tomas Rehn was freed by the court. {claim}", INDEX).text
    assert f"{strings.CLAIM} {claim}\nNot in these 3 articles.\n{strings.NEAREST}\n" in text


def test_a_quotation_over_two_sentences_of_a_text_is_checked_sentence_by_sentence():
    text = quotes.claim_check(
        "He wrote: “A storm closed the bridge at dusk. Engineers found two cracked pillars.”", INDEX
    )
    assert "dawn → dusk" in text.text
    assert strings.VERBATIM in text.text
