"""Whom a pronoun or "the officials" stands for."""

from __future__ import annotations

from retrieval import Article
from retrieval.speakers.attribution import attribute


def names(*sentences: str) -> list[str | None]:
    text, spans = " ".join(sentences), []
    for sentence in sentences:
        start = text.index(sentence)
        spans.append((start, start + len(sentence)))
    statements = attribute(Article("a", "a.txt", text, "0" * 64), spans)
    return [statement.speaker.name if statement.speaker else None for statement in statements]


def test_the_officials_are_the_last_officials_who_spoke():
    assert names("Alliance officials said the fleet had left.", "The officials said it would return.") == [
        "Alliance officials",
        "Alliance officials",
    ]


def test_she_is_the_woman_who_spoke_before():
    assert names("Chairwoman Ines Palm said the harbour was closed.", "She said it would open in May.") == [
        "Ines Palm",
        "Ines Palm",
    ]


def test_a_role_that_is_only_said_of_somebody_is_nobody_else():
    assert (
        names("Serik Ospan, 46, tractor driver, worked three seasons.", "He said that it was too dry.")[1]
        == "Serik Ospan"
    )


def test_the_us_is_not_the_pronoun_us():
    assert names("The US said that the talks would go on.") == ["The US"]


def test_who_is_only_talked_about_is_not_he_who_said_something():
    assert names(
        "The council introduced a bill that would punish officials including Mayor Tom Reed.",
        "The harbour office responded with a warning.",
        '"We saw this before," he said.',
    ) == [None, None, None]
