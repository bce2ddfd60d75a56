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


TICKER = """---
title: {title}
date: 2031-07-01
---
{lines}
"""


def timeline_of(folder: Path, *entries: str) -> list[str]:
    (folder / "live.md").write_text(TICKER.format(title="Regatta: live", lines="\n\n".join(entries)))
    index = Index.build(folder, encoder=FakeEncoder(), reranker=None)
    return [statement.text for statement in index.timeline("regatta")]


@pytest.mark.parametrize(
    "entries",
    [
        ["7:30 The regatta begins.", "11:10 Correction: The regatta began at 7:20.", "16:45 The regatta is over."],
        ["7.30am The regatta begins.", "11.10am Rain at the regatta.", "4.45pm The regatta is over."],
        ["- 7:30 am: The regatta begins.", "- 12:10 pm: Rain at the regatta.", "- 12:50 pm: The regatta is over."],
    ],
)
def test_the_entries_of_a_ticker_are_in_the_order_of_their_times(tmp_path: Path, entries: list[str]):
    newest_first = timeline_of(tmp_path, "The regatta is live here.", *reversed(entries))
    assert newest_first == timeline_of(tmp_path, "The regatta is live here.", *entries)
    assert newest_first[0] == "The regatta is live here."
    assert len(newest_first) > 3


@pytest.mark.parametrize(
    "entries",
    [
        ["16:45 The regatta begins.", "Wednesday, 2 July", "7:30 The regatta is over."],  # of two days
        ["16:45 The regatta begins.", "The regatta is over."],  # of one time
        ["12.50 euros were paid at the regatta.", "3.20 euros were lost at the regatta."],
    ],
)
def test_what_is_no_ticker_of_one_day_is_in_reading_order(tmp_path: Path, entries: list[str]):
    assert timeline_of(tmp_path, *entries) == [entry for entry in entries if "regatta" in entry]
