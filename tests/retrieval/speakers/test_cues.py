"""Who is the source of which cue, by the grammar of the sentence."""

from __future__ import annotations

import pytest

from retrieval.speakers import cues, document


def sources(text: str) -> list[tuple[str, str | None]]:
    """Each cue of one sentence with the head word of its source, those aside that were not said."""
    (sentence,) = document.read(text, [(0, len(text))]).sentences
    words = [token.text for token in sentence.tokens]
    return [
        (words[cue.verb], None if cue.source is None else words[cue.source])
        for cue in cues.find(sentence)
        if not cue.negated
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The harbour, Ines Palm warned, was beyond repair.", ("warned", "Palm")),
        ("“It is closed,” warned economist Jo Tan.", ("warned", "Tan")),
        ("The report was rejected by Ines Palm.", ("rejected", "Palm")),
        ("A spokeswoman for Prime Minister Nora Pike said that he was ill.", ("said", "spokeswoman")),
        ("Police investigating Felix Baum said the case was closed.", ("said", "Police")),
        ("The man who attacked Felix Baum said he was sorry.", ("said", "man")),
        ("The harbour is closed, according to Ines Palm.", ("according", "Palm")),
        ("The fleet has left, according to NATO estimates.", ("according", "NATO")),
        ("Ines Palm was asked about the harbour and said that it was closed.", ("said", "Palm")),
        ("Prosecutors allege Baum said that it was closed.", ("allege", "Prosecutors")),
        ("The plan was described by Ines Palm as a mistake.", ("described", "Palm")),
        ("The mayor is sure that the harbour will stay closed.", ("sure", "mayor")),
        ("There is growing concern among dockers that the harbour will stay closed.", ("concern", "dockers")),
        ("The mayor has no doubt that the harbour will open.", ("doubt", "mayor")),
        ("The board issued a statement saying that it was closed.", ("saying", "board")),
        ("Ines Palm, the Portuguese Harbour Secretary said that it was closed.", ("said", "Palm")),
        ("Ines Palm: The harbour is closed.", (":", "Palm")),
        ("A spokesman for the union, Jo Tan, said the board “does not accept the sum”.", ("said", "spokesman")),
        ("The harbour did not answer an email asking whether it was closed.", ("asking", "email")),
        ("Ines Palm testified by video link that it was closed.", ("testified", "Palm")),
        ("Ines Palm was quoted as being “proud of the harbour and of its crew”.", ("quoted", "Palm")),
        ("The letter was read to Ines Palm, who answered by saying, “It is closed.”", ("saying", "Palm")),
        ("A statement from the Harbour Board said that it was closed.", ("said", "Board")),
        ("The harbour is closed, according to a letter sent by Felix Baum.", ("according", "Baum")),
        ("Funding body the Harbour Research Council says that it is closed.", ("says", "body")),
    ],
)
def test_the_source_is_the_subject_by_the_parse(text: str, expected: tuple[str, str]):
    assert expected in sources(text)


def test_a_place_is_not_whose_reports_come_from_it():
    assert sources("Reports from Portugal suggest that the harbour was closed.") == [("suggest", "Reports")]


@pytest.mark.parametrize(
    "text",
    [
        "Ines Palm didn't say that the harbour was closed.",
        "Neither Ines Palm nor Felix Baum said that the harbour was closed.",
        "Ines Palm said nothing.",
        "Not even Ines Palm said that the harbour was closed.",
        "Not every captain said that the harbour was closed.",
        "If Ines Palm says that it is open, the ferry sails.",
        "Had Ines Palm said that it was open, the ferry would have sailed.",
        "Should Ines Palm say so, the ferry sails.",
        "Ines Palm declined to say when the harbour was closed.",
        "Ines Palm has yet to say when the harbour will be closed.",
        "Ines Palm left without saying when the harbour will be closed.",
        "Ines Palm has not denied that the harbour was closed.",
        "Ines Palm would not say that the harbour was closed.",
        "Ines Palm told off the council.",
        "Neither board would say that the harbour was closed.",
        "The board has neither confirmed nor denied that the harbour was closed.",
        "No docker said that the harbour was closed.",
        "It is clear that the harbour is closed.",
    ],
)
def test_what_was_not_said_has_no_source(text: str):
    assert sources(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ines Palm also paid tribute to the crew: “They were adored by all of us.”", [("paid", "Palm")]),
        ("The board released a notice after the storm: “We thank the crew.”", [("released", "board")]),
        ("Ines Palm invited the union “to form a coalition without the mayor”.", [("invited", "Palm")]),
        ("During the debate Ines Palm reacted to the motion, “Why stop at the harbour?”", [("reacted", "Palm")]),
        ("Ines Palm said: “We thank the crew.”", [("said", "Palm")]),
        ("The ferry was christened “the jewel of all our northern coasts”.", []),
    ],
)
def test_a_quotation_without_a_reporting_verb_is_the_subjects_in_whose_clause_it_stands(
    text: str, expected: list[tuple[str, str]]
):
    assert sources(text) == expected
