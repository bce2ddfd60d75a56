"""What is said of a difference: its words in both texts, its place, its flags, and who owns up to it."""

from __future__ import annotations

import pytest

from retrieval.quotes.quote_parser import as_given, unbracketed
from retrieval.quotes.suffix_array import Run
from retrieval.quotes.word_diff import Change, align, changes, flags, names
from retrieval.text.normalize import wording

TEXT = "Nobody knows. The bridge will not close at noon, she said."
ORIGINAL = wording(TEXT)


@pytest.mark.parametrize(
    ("quoted", "original", "expected"),
    [
        ("14,000", "15,000", ("number",)),
        ("twice", "once", ("number",)),
        ("won't", "will", ("negation",)),
        ("won't", "will not", ()),
        ("unconvinced", "convinced", ("negation",)),
        ("may", "will", ("modal",)),
        ("cannot", "can", ("negation",)),
        ("bridge", "tunnel", ()),
    ],
)
def test_a_change_is_flagged_for_what_stands_on_one_side_alone(quoted: str, original: str, expected: tuple[str, ...]):
    assert flags(quoted, original) == expected
    assert flags(original, quoted) == expected


def test_names_are_flagged_where_they_differ_and_not_where_they_are_the_same():
    assert flags("Lindqvist", "Berg", (["lindqvist"], ["berg"])) == ("name",)
    assert flags("Lindqvist said", "Lindqvist told", (["lindqvist"], ["lindqvist"])) == ()


def test_a_contraction_is_no_name_where_its_letter_is_somebodys_initial():
    def known(word: str) -> bool:
        return word in {"d", "okell"}

    assert names(wording("we'd pay"), 0, 3, known) == []
    assert names(wording("so D. Okell will pay"), 0, 4, known) == ["d", "okell"]
    assert names(wording("so okell will pay"), 0, 3, known) == ["okell"]


def test_a_replaced_word_has_its_place_in_the_articles_text():
    quoted = as_given("The bridge will never close at noon")
    ops = align(quoted, ORIGINAL, [Run(0, 2, 3), Run(4, 6, 3)], 0, 7)
    start = TEXT.index("not")
    assert changes(quoted, ORIGINAL, ops, lambda _: False) == [
        Change("replaced", "never", "not", start, start + 3, ("negation",))
    ]


def test_an_inserted_word_has_an_empty_original_where_it_would_stand():
    quoted = as_given("The bridge will surely not close")
    ops = align(quoted, ORIGINAL, [Run(0, 2, 3), Run(4, 5, 2)], 0, 6)
    (change,) = changes(quoted, ORIGINAL, ops, lambda _: False)
    assert (change.kind, change.quoted, change.original, change.flags) == ("inserted", "surely", "", ("modal",))
    assert change.start == change.end == TEXT.index(" not")


def test_a_word_in_brackets_is_the_quoters_own():
    quoted = unbracketed("The bridge will [surely] not close")
    ops = align(quoted, ORIGINAL, [Run(0, 2, 3), Run(4, 5, 2)], 0, 6)
    (change,) = changes(quoted, ORIGINAL, ops, lambda _: False)
    assert (change.quoted, change.by_quoter) == ("[surely]", True)
