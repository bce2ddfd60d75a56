"""A quote word by word against the place it was taken from."""

from __future__ import annotations

from retrieval.quotes.quote_parser import as_given
from retrieval.quotes.suffix_array import Run
from retrieval.quotes.word_diff import Op, align, whole_words
from retrieval.text.normalize import wording

ORIGINAL = wording("Nobody knows. The bridge will not close at noon, she said.")


def test_a_changed_word_between_two_runs_stands_for_the_word_there():
    quoted = as_given("The bridge will never close at noon")
    assert align(quoted, ORIGINAL, [Run(0, 2, 3), Run(4, 6, 3)], 0, 7) == [
        Op(True, 0, 3, 2, 5),
        Op(False, 3, 4, 5, 6),
        Op(True, 4, 7, 6, 9),
    ]


def test_a_changed_beginning_is_held_against_the_same_sentence_alone():
    quoted = as_given("Your old bridge will not close")
    assert align(quoted, ORIGINAL, [Run(2, 3, 4)], 0, 6) == [Op(False, 0, 2, 2, 3), Op(True, 2, 6, 3, 7)]


def test_a_changed_end_is_held_against_as_many_words():
    quoted = as_given("The bridge will not close tomorrow")
    assert align(quoted, ORIGINAL, [Run(0, 2, 5)], 0, 6) == [Op(True, 0, 5, 2, 7), Op(False, 5, 6, 7, 8)]


def test_what_differs_costs_its_longer_side():
    assert [Op(True, 0, 3, 2, 5).cost, Op(False, 3, 4, 5, 8).cost, Op(False, 3, 5, 5, 5).cost] == [0, 3, 2]


def test_a_change_inside_a_word_is_one_of_the_whole_word():
    quoted, original = as_given("he can go"), wording("he can’t go")  # the words are he, can, t, go
    ops = align(quoted, original, [Run(0, 0, 2), Run(2, 3, 1)], 0, 3)
    assert whole_words(quoted.wording, original, ops)[1] == Op(False, 1, 2, 1, 3)
