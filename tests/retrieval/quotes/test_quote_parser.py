"""A message as a quote and the one it is given to, and whether two names can be of one speaker."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import Speaker, credited, quoted
from retrieval.quotes.quote_parser import same_speaker
from tests.cases import cases

QUOTE = "We will not raise the toll."


@pytest.mark.parametrize(
    ("message", "speaker"),
    [
        (f"“{QUOTE}”", None),
        (f'"{QUOTE}".', None),
        (f"«{QUOTE}»", None),
        (f"‘{QUOTE}’", None),
        (f"“{QUOTE}” — Ann Lee", "Ann Lee"),
        (f'"{QUOTE}" - Ann Lee, mayor of Dunmere', "Ann Lee"),
        (f"“{QUOTE}”\n— Ann Lee", "Ann Lee"),
        (f'"{QUOTE}" (Ann Lee)', "Ann Lee"),
        (f'"{QUOTE}" said Ann Lee, the mayor.', "Ann Lee"),
        (f'"{QUOTE}" Ann Lee said on Tuesday.', "Ann Lee"),
        (f'"{QUOTE}", according to Ann Lee', "Ann Lee"),
        (f'Ann Lee: "{QUOTE}"', "Ann Lee"),
        (f'Ann Lee said: "{QUOTE}"', "Ann Lee"),
        (f'ann lee said "{QUOTE}"', "ann lee"),
        (f"Mayor Ann Lee told reporters on Tuesday that “{QUOTE}”", "Mayor Ann Lee"),
        (f"Ann Lee, the mayor, has said: “{QUOTE}”", "Ann Lee"),
        (f'According to Ann Lee, "{QUOTE}"', "Ann Lee"),
        (f'Did Ann Lee really say "{QUOTE}"?', "Ann Lee"),
        (f'Is it true that Ann Lee said "{QUOTE}"?', "Ann Lee"),
        (f"Ann Lee said '{QUOTE}'", "Ann Lee"),
        (f"{QUOTE} — Ann Lee", "Ann Lee"),
        (f"{QUOTE}\n- Ann Lee", "Ann Lee"),
        (f"{QUOTE} — Ödön Šimek", "Ödön Šimek"),
    ],
)
def test_the_quote_is_parted_from_the_one_it_is_given_to(message: str, speaker: str | None):
    assert credited(message) == (QUOTE, speaker)


@pytest.mark.parametrize(
    "message",
    [
        "",
        '""',
        QUOTE,
        "Who said that the toll will rise?",
        'Who said "we will not raise the toll"?',
        'What did Lee mean by "open-door policy"?',
        "What about the toll - Dunmere",
        "The bridge - a gift of the state - is closed",
        "“We will not,” Lee said. “Not before 2026.”",
        'Why is the "success" called so by everybody in town?',
        "It's the mayor's fault, isn't it",
    ],
)
def test_what_is_more_or_other_than_a_quote_is_left_to_be_asked(message: str):
    assert credited(message) is None


@pytest.mark.parametrize(("message", "quote", "speaker"), cases("credited_quotes", 3))
def test_which_quotation_a_message_is_and_whose_it_says_that_is(message: str, quote: str, speaker: str):
    parsed = credited(message)
    assert ((parsed.quote, parsed.speaker or "–") if parsed else ("–", "–")) == (quote, speaker)


@given(st.text(max_size=200) | st.from_regex(r"[A-Z][a-z]* (said|: )?[\"“'][a-z ']{0,20}[\"”']?( - [A-Z]?[a-z ]*)?"))
def test_no_message_raises(message: str):
    found = credited(message)
    assert found is None or (found.quote and found.quote.split())


@pytest.mark.parametrize(
    ("name", "speaker", "same"),
    [
        ("Blinken", Speaker("Antony Blinken"), True),
        ("Secretary of State Antony Blinken", Speaker("Antony Blinken"), True),
        ("Jill Biden", Speaker("Joe Biden"), False),
        ("José Peña", Speaker("Jose Pena"), True),
        ("the foreign minister", Speaker("Radu Pop", role="Romanian Foreign Minister"), True),
        ("the foreign minister", Speaker("Radu Pop", role="Deputy Foreign Minister"), False),
        ("Ann Lee", Speaker("Bo Dunn", role="Lee’s adviser"), False),
        ("Ann Lee's mother", Speaker("Ann Lee"), False),
        ("Lee's father", Speaker("Ann Lee"), False),
        ("Lee's lawyer", Speaker("Jo Tan", role="Lee's lawyer"), True),
        ("St Mary's Hospital", Speaker("St Mary's Hospital"), True),
        ("health secretary", Speaker("health bosses"), False),
        ("health bosses", Speaker("the health secretary"), False),
        ("the health secretary", Speaker("Ann Lee", role="Health Secretary"), True),
        ("union president", Speaker("the union"), False),
        ("Martin Luther King", Speaker("Luther King"), True),
        ("Lin Tai-an", Speaker("Lin"), True),
        ("officials", Speaker("officials"), True),
        ("", Speaker("officials"), False),
    ],
)
def test_names_agree_by_their_words_and_titles_only_where_nothing_else_is_left(name: str, speaker: Speaker, same: bool):
    assert same_speaker(name, speaker) is same


@pytest.mark.parametrize(
    ("sentence", "quotations"),
    [
        ("Ann Lee said “We will not pay.”", [("We will not pay.", "Ann Lee")]),
        ("On Monday the mayor said “We will not pay,” and left.", [("We will not pay,", None)]),
        ("“We will not,” Lee said, “pay for this.”", [("We will not,", None), ("pay for this.", None)]),
        ("The “red line” was crossed.", []),
    ],
)
def test_what_a_sentence_quotes_and_whom_it_gives_that_to(sentence: str, quotations: list[tuple[str, str | None]]):
    text = f"It rained. {sentence} It rained."
    start = text.index(sentence)
    assert [(*each,) for each in quoted(text, start, start + len(sentence))] == quotations


def test_an_office_that_somebody_owns_is_that_office():
    assert same_speaker("its spokeswoman", Speaker("Ana Lindqvist", "its spokeswoman"))
    assert not same_speaker("its spokeswoman", Speaker("Colm Brady", "the mayor"))
