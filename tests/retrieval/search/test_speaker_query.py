"""Whose words a question asks for, by its grammar alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.filters import asked_speaker, asked_topic
from tests.cases import cases


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What did Ann Lee say about taxes?", "Ann Lee"),
        ("what did ann lee say about taxes", "ann lee"),
        ("What has the mayor of Dunmere promised?", "mayor of Dunmere"),
        ("What does Lee actually think of the bridge?", "Lee"),
        ("What does the White House have to say about it?", "White House"),
        ("What has Lee written about taxes?", "Lee"),
        ("Is Lee denying the report?", "Lee"),
        ("Is Lee admitting the mistake?", "Lee"),
        ("Who did Greg Tully blame for the delay?", "Greg Tully"),
        ("How many people, according to Lee, were hurt?", "Lee"),
        ("According to Ann Lee, did Pell write the cheques himself?", "Ann Lee"),
        ("How much has the flood in the east cost, according to Lee?", "Lee"),
        ("What was Lee's warning about the river?", "Lee"),
        ("what are the views of Ann Lee on taxes", "Ann Lee"),
        ("Tell me what Lee said about taxes.", "Lee"),
        ("How did the Harbour Authority describe the offer?", "Harbour Authority"),
        ("What did U.S. officials claim?", "U.S. officials"),
        ("I read it last week. Nice piece. What did Lee say about it?", "Lee"),
    ],
)
def test_a_question_names_the_one_whose_words_it_asks_for(question: str, name: str):
    query = asked_speaker(question)
    assert query is not None
    assert (query.name, query.known, query.saying) == (name, False, True)


@pytest.mark.parametrize(
    "question",
    [
        "Who said that taxes are too high?",
        "What do the articles say about Georgia?",
        "What did he say about taxes?",
        "What does it say?",
        "How many people did the storm kill?",
        "Has the United States seen any evidence?",
        "Did the talks between the two states fail?",
        "Why does the mayor's warning matter?",
        "What did Lee say about it, and what did Moss answer?",
        "What Lee claims versus what Moss says",
        "Did the committee pass the bill?",
        "",
    ],
)
def test_other_questions_ask_for_nobodys_words(question: str):
    assert asked_speaker(question) is None


@pytest.mark.parametrize(("message", "name"), cases("asked_speakers", 2))
def test_whose_words_a_message_asks_for(message: str, name: str):
    query = asked_speaker(message)
    assert (query.name if query else "–") == name


def test_a_deed_may_answer_how_somebody_responded():
    query = asked_speaker("How did the ministry respond to the strike?")
    assert query is not None
    assert (query.name, query.saying) == ("ministry", False)


@pytest.mark.parametrize(("question", "name"), [("And Lee on taxes?", "Lee"), ("ann lee said about taxes", "ann lee")])
def test_a_bare_name_is_one_only_where_somebody_has_it(question: str, name: str):
    query = asked_speaker(question)
    assert query is not None
    assert (query.name, query.known) == (name, True)


@given(st.text(max_size=200) | st.from_regex(r"(what (did|has) [a-z' ]{0,60}(say|said)|according to .{0,40})"))
def test_no_message_raises(message: str):
    query = asked_speaker(message)
    assert query is None or query.name.strip()


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What did Ann Lee say about the new bridge?", "the new bridge"),
        ("what did lee say on taxes", "taxes"),
        ("What is Lee's view on taxes?", "taxes"),
        ("What did Lee demand on television?", None),
        ("What did Lee say?", None),
    ],
)
def test_what_somebodys_words_are_asked_to_be_about(question: str, topic: str | None):
    assert asked_topic(question) == topic
