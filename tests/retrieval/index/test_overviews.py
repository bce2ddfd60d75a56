"""Lists out of an index: one speaker's statements, a term's mentions, a topic by speaker and by date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retrieval import Index, Mention, Speaker, SpeakerStatements, Statement
from tests.fakes import FakeEncoder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LATER = """---
title: Ferry fares to rise
date: 2031-06-02
---
The harbour council met for two hours on Monday.

“The ferry is too dear,” said Mayor Ida Brandt. “We will not pay for it.”

The U.S. consul told us nothing.
"""
EARLIER = """---
title: A ferry for the island
date: 2031-05-06
---
“A new ferry will bring visitors to the island,” said Olaf Berg, the harbour master.

Mayor Ida Brandt said the library needs a roof.
"""
UNDATED = """Ferries and fog

“No ferry sails in fog,” said Ida Brandt.

Officials said the US ferry was late.
"""


@pytest.fixture
def index(tmp_path: Path) -> Index:
    for name, text in (("a.md", LATER), ("b.md", EARLIER), ("c.txt", UNDATED)):
        (tmp_path / name).write_text(text)
    return Index.build(tmp_path, encoder=FakeEncoder(), reranker=None)


def lines(statements: Iterable[Statement]) -> list[str]:
    return [f"{one.article.file}: {one.text}" for one in statements]


def test_a_segment_knows_the_speakers_of_its_own_statements_also_where_articles_are_gone(index: Index):
    index.remove(index.articles[1].id)
    (segment,) = index._corpus.segments
    spoken: dict[Speaker, list[int]] = {}
    for row, statement in enumerate(segment.statements):
        if statement.speaker:
            spoken.setdefault(statement.speaker, []).append(row)
    assert {speaker: sorted(rows) for speaker, rows in segment.speakers.rows.items()} == spoken
    assert spoken
    assert "brandt" in segment.speakers.known
    assert "berg" not in segment.speakers.known


def marked(mentions: Iterable[Mention]) -> list[tuple[str, list[str]]]:
    return [
        (each.statement.text, [each.statement.article.text[start:end] for start, end in each.matches])
        for each in mentions
    ]


@pytest.mark.parametrize("name", ["Ida Brandt", "brandt", "Mayor Brandt", "Brandtt"])
def test_statements_of_a_speaker_come_by_date_and_those_without_a_date_last(index: Index, name: str):
    spoken = index.said_by(name)
    assert spoken.name == "Ida Brandt"
    assert lines(spoken.statements) == [
        "b.md: Mayor Ida Brandt said the library needs a roof.",
        "a.md: “The ferry is too dear,” said Mayor Ida Brandt.",
        "a.md: “We will not pay for it.”",
        "c.txt: “No ferry sails in fog,” said Ida Brandt.",
    ]


def test_statements_of_a_speaker_may_be_limited_to_a_topic(index: Index):
    assert lines(index.said_by("Brandt", about="library roof").statements) == [
        "b.md: Mayor Ida Brandt said the library needs a roof."
    ]
    assert index.said_by("Brandt", about="zebras").statements == ()
    assert index.said_by("Brandt", about="the").statements == ()


def test_one_who_does_not_speak_has_no_statements_and_keeps_the_name_given(index: Index):
    assert index.said_by("Zora Quill") == SpeakerStatements("Zora Quill", ())


def test_mentions_are_of_any_case_and_inflection_in_headlines_too(index: Index):
    mentions = marked(index.mentions("FERRIES"))
    assert [text for text, _ in mentions] == [
        "title: A ferry for the island",
        "“A new ferry will bring visitors to the island,” said Olaf Berg, the harbour master.",
        "title: Ferry fares to rise",
        "“The ferry is too dear,” said Mayor Ida Brandt.",
        "Ferries and fog",
        "“No ferry sails in fog,” said Ida Brandt.",
        "Officials said the US ferry was late.",
    ]
    assert [words for _, words in mentions] == [
        ["ferry"],
        ["ferry"],
        ["Ferry"],
        ["ferry"],
        ["Ferries"],
        ["ferry"],
        ["ferry"],
    ]
    assert [each.statement.voice for each in index.mentions("library")] == ["speaker"]


def test_a_phrase_is_mentioned_only_as_a_whole(index: Index):
    assert marked(index.mentions("the harbour master")) == [
        ("“A new ferry will bring visitors to the island,” said Olaf Berg, the harbour master.", ["harbour master"])
    ]
    assert index.mentions("harbour fog") == ()


def test_an_acronym_is_no_pronoun_and_may_have_full_stops(index: Index):
    wanted = [("The U.S. consul told us nothing.", ["U.S."]), ("Officials said the US ferry was late.", ["US"])]
    assert marked(index.mentions("US")) == marked(index.mentions("U.S.")) == wanted


@pytest.mark.parametrize("term", ["", "  ", "?!", "zebra", "ferry zebra", "\0", "(ferry"])
def test_a_term_without_places_or_with_signs_raises_nothing(index: Index, term: str):
    assert len(index.mentions(term)) == (7 if term == "(ferry" else 0)


def test_who_says_what_is_grouped_by_speaker_each_with_the_source(index: Index):
    groups = {group.name: lines(group.statements) for group in index.compare("ferry")}
    assert groups == {
        "Ida Brandt": [
            "a.md: “The ferry is too dear,” said Mayor Ida Brandt.",
            "c.txt: “No ferry sails in fog,” said Ida Brandt.",
        ],
        "Olaf Berg": ["b.md: “A new ferry will bring visitors to the island,” said Olaf Berg, the harbour master."],
        "Officials": ["c.txt: Officials said the US ferry was late."],
    }
    assert index.compare("zebras") == ()


def test_a_timeline_goes_by_the_dates_that_articles_state(index: Index):
    statements = index.timeline("ferry")
    assert [one.article.date for one in statements] == ["2031-05-06", "2031-06-02", None, None]
    assert all("ferry" in one.text for one in statements)


def test_lists_are_of_the_articles_that_are_there_now(index: Index):
    earlier = next(article for article in index.articles if article.file == "b.md")
    index.remove(earlier.id)
    assert [one.article.file for one in index.said_by("Brandt").statements] == ["a.md", "a.md", "c.txt"]
    assert index.mentions("library") == ()
