"""Markdown's marks are found, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from retrieval.text.paragraphs import markdown_syntax, paragraphs
from retrieval.types import Article


def shown(text: str, file: str = "a.md") -> str:
    """The text without its marks."""
    article = Article("a", file, text, "0")
    kept, at = "", 0
    for start, end in markdown_syntax(article, 0, len(text)):
        kept += text[at:start]
        at = end
    return kept + text[at:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It **reopened on Monday**.", "It reopened on Monday."),
        ("We lost *eleven boats* and __no__ _person_.", "We lost eleven boats and no person."),
        ("***Both*** and **one *in* another**.", "Both and one in another."),
        (
            "The storm of [12 March](https://a.example/b_c_(d)) sank `two` ferries.",
            "The storm of 12 March sank two ferries.",
        ),
        ("![a **map**](map.png)", "a map"),
        ('[**bold link**](https://a.example "a title")', "bold link"),
        ("# A heading\n> a quotation", "A heading\na quotation"),
        (r"\*not stressed\* and 1\. here", "*not stressed* and 1. here"),
        ("`**code**`", "**code**"),
    ],
)
def test_marks_are_left_out(text: str, expected: str):
    assert shown(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "5 * 3 * 2 and 5*3*2",
        "snake_case_name and __init__x",
        "a * b\n\nc * d",
        "**never\n\nclosed**",
        "He wrote [sic] (as he said).",
        "100 # no heading",
        "```",
        "- an item stays an item",
    ],
)
def test_what_is_no_mark_stays(text: str):
    assert shown(text) == text


def test_other_files_have_no_marks():
    assert shown("It **reopened**.", "a.MARKDOWN") == "It reopened."
    assert shown("It **reopened**.", "a.txt") == "It **reopened**."


def test_spans_count_in_the_article_and_stay_within_the_stretch():
    article = Article("a", "a.md", "**One.** Two **three**.", "0")
    assert markdown_syntax(article, 9, 23) == ((13, 15), (20, 22))
    assert markdown_syntax(article, 0, 6) == ()


def test_a_line_of_a_quotation_mark_alone_is_blank_and_a_day_with_a_short_month_is_no_list():
    rows = paragraphs("> The ferry is late.\n>\n> — Ann Lee\n\n9. Sept. 2021")
    assert [(row.words, row.mark, row.block) for row in rows] == [
        ("The ferry is late.", "", 1),
        ("Ann Lee", "—", 2),
        ("9. Sept. 2021", "", 3),
    ]
