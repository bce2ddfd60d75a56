"""Abbreviations and their long forms, as the articles of a collection have them."""

from __future__ import annotations

import pytest

from retrieval import Article
from retrieval.quotes import Abbreviations, tables

TEXTS = (
    "The Harbour Office for Wages and Co-operation of Seamen met on Monday. Staff of the Baltic Ferry Council were there, too.\n",
    "The HOWCS has no money. Anna Berit Quist said so. The River Union asked for more, and the RU got it.\n",
    "Old Pilots met. “Who paid?” asked the Coast Guard. Tired Tars Ate Late\n",
    "The TLK is said to have known. A tug left its berth on Monday.\n",
)


def abbreviations() -> Abbreviations:
    articles = [Article(str(at), f"{at}.txt", text, "0" * 64) for at, text in enumerate(TEXTS)]
    return Abbreviations(lambda: [tables(articles[:2]), tables(articles[2:])])


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("What does the BFC say?", "What does the Baltic Ferry Council say?"),
        ("what does the bfc say", "what does the Baltic Ferry Council say"),  # no article has it in lower case
        ("HOWCS", "Harbour Office for Wages and Co-operation of Seamen"),
        ("Is the BFC’s ferry late?", "Is the Baltic Ferry Council’s ferry late?"),
        ("RU", "River Union"),  # one article has both
        ("CG", "CG"),  # two letters, and no article has both
        ("ABQ", "ABQ"),  # somebody's name
        ("TLK", "TLK"),
        ("OPM", "OPM"),  # "met" has no capital
        ("TTA", "TTA"),  # a part of a headline in capitals
        ("WHAT DOES THE BFC SAY?", "WHAT DOES THE BFC SAY?"),  # all is in capitals
        ("Is it so? Why?", "Is it so? Why?"),
        ("", ""),
    ],
)
def test_an_abbreviation_is_written_out_where_the_articles_have_its_long_form(asked: str, written: str):
    assert abbreviations().written_out(asked) == written


@pytest.mark.parametrize(
    ("asked", "abbreviated"),
    [
        ("What does the Harbour Office for Wages and Co-operation of Seamen say?", "What does the HOWCS say?"),
        ("the chair of the Teal Lake Kin Director’s", "the chair of the TLK Director’s"),
        ("the River Union and the Tern Lee Key", "the RU and the TLK"),
        ("What does the Road Users say?", "What does the Road Users say?"),  # RU is another's
        ("Baltic Ferry Council", "Baltic Ferry Council"),  # no article has BFC
        ("Wet Hulls Only", "Wet Hulls Only"),  # "who" is no abbreviation where a question begins with it
    ],
)
def test_a_long_form_is_abbreviated_where_the_articles_have_its_abbreviation(asked: str, abbreviated: str):
    assert abbreviations().abbreviated(asked) == abbreviated


def test_a_collection_without_articles_has_no_abbreviation():
    assert Abbreviations().other_form("What does the BFC say?") == "What does the BFC say?"
