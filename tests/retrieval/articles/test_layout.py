"""Lines get labels: what is the article, and what the rest states."""

from __future__ import annotations

import pytest

from retrieval.articles import layout, metadata

PAGE = """THE QUARRY TOWN ECHO
News | Sport | Weather | Small ads

Council sells the old ice rink for one crown

By Mirela Vantongeren
3 February 2025, 18:20

The town council voted on Monday to sell the disused ice rink to a cooperative of skaters for a single crown.

"It was costing us forty thousand a year to keep the roof on," said the treasurer, Odalys Brandt.

The cooperative says it will reopen the hall in November. Two councillors abstained from the vote.

Share this article | Subscribe to our newsletter
© 2025 The Quarry Town Echo. All rights reserved."""


def test_of_a_page_that_nobody_trained_on_the_article_is_shown_and_nothing_else():
    lines = PAGE.split("\n")
    assert [PAGE[start:end] for start, end in layout.body(PAGE)] == [lines[8], lines[10], lines[12]]


def test_of_a_page_that_nobody_trained_on_the_facts_are_found():
    facts = metadata.read(PAGE)
    assert (facts["title"], facts["author"]) == ("Council sells the old ice rink for one crown", "Mirela Vantongeren")
    assert (facts["publisher"], facts["date"]) == ("The Quarry Town Echo", "2025-02-03")


def test_a_long_headline_above_its_deck_is_the_title():
    text = (
        "Half The Ice Rinks In The Lake District Could Close By Spring, Their Owners Have Warned\n"
        + PAGE.split("\n\n")[1]
    )
    text = "\n\n".join([text, *PAGE.split("\n\n")[3:5]])
    assert metadata.read(text).get("title") in (None, text.split("\n")[0])  # never the deck


def test_a_line_or_two_without_a_page_are_the_article():
    text = "The mayor opened the bridge.\nIt cost nine million crowns."
    assert [text[start:end] for start, end in layout.body(text)] == text.split("\n")


def test_a_text_without_lines_has_no_layout():
    assert layout.reading(" \n\n").lines == ()
    assert layout.body("") == ()


@pytest.mark.parametrize("line", ["copy link " * 30 + "zq", "ap, a-, " * 12 + "a-, zq!"])
def test_a_line_that_can_be_parted_in_many_ways_is_read_at_once(line: str):
    assert len(layout.reading(line).lines) == 1


def test_a_question_between_paragraphs_goes_with_its_answer():
    lines = PAGE.split("\n")
    asked = [*lines[:11], "What does it cost?", "", *lines[12:]]
    text = "\n".join(asked)
    assert [text[start:end] for start, end in layout.body(text)] == [
        lines[8],
        lines[10],
        "What does it cost?",
        lines[12],
    ]


def test_who_the_author_is_is_not_the_articles_last_sentence():
    lines = PAGE.split("\n")
    for last in ("Mirela Vantongeren is our town hall reporter.", "To stop getting this letter, tell us."):
        text = "\n".join([*lines[:13], "", last])
        assert [text[start:end] for start, end in layout.body(text)] == [lines[8], lines[10], lines[12]]


def test_what_the_page_says_of_itself_is_not_the_article_though_it_is_a_sentence():
    lines = PAGE.split("\n")
    for aside in (
        "A version of this article appears in the paper of 4 February 2025, on page 9, with the headline: Ice for a crown.",
        "The Quarry Town Echo is not responsible for the content of other sites.",
        "As a subscriber, you have ten articles to give away each month.",
        "ADVERTISEMENT: Skates that never rust, at the Iron Shop.",
        "[Sponsored] The Iron Shop has skates that never rust.",
    ):
        text = "\n".join([*lines[:11], aside, "", *lines[12:]])
        assert [text[start:end] for start, end in layout.body(text)] == [lines[8], lines[10], lines[12]]


def test_entries_that_end_in_a_semicolon_are_one_list_and_none_is_lost():
    lines = PAGE.split("\n")
    entries = ["Ice rink, 1 crown;", "Two cranes;", "Sailing School Grant;", "a grant of 9,000 crowns for the skaters."]
    for gap in ("\n", "\n\n"):
        text = "\n".join([*lines[:11], f";{gap}".join(entry.rstrip(";") for entry in entries), "", *lines[12:]])
        words = " ".join(text[start:end] for start, end in layout.body(text))
        assert [entry for entry in entries if entry not in " ".join(words.split())] == []


@pytest.mark.parametrize(
    "note",
    [
        "Editor's note: In our report of 3 February we wrote that Odalys Brandt is 71. She is 74.",
        "CORRECTION: An earlier version of this article said that the rink had been sold for ten crowns. It was one.",
    ],
)
def test_what_an_outlet_corrects_of_its_own_reports_is_the_articles_though_a_page_sets_it_apart(note: str):
    text = f"{PAGE}\n{note}"
    assert note in [text[start:end] for start, end in layout.body(text)]
