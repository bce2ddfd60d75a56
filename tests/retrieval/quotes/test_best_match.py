"""Collinear chaining: which runs of words account for a quote at least cost, and where it falls into pieces."""

from __future__ import annotations

from retrieval.quotes.best_match import JUMP, Piece, pieces
from retrieval.quotes.suffix_array import Run


def one_article(place: int, other: int) -> bool:
    return True


def apart(place: int, other: int) -> bool:
    """Places from 50 on belong to another article."""
    return (place < 50) == (other < 50)


def test_no_run_is_no_piece():
    assert pieces([], 3, one_article) == []


def test_runs_with_a_changed_word_between_them_are_one_piece():
    runs = [Run(0, 2, 3), Run(4, 6, 3)]
    (piece,) = pieces(runs, 7, one_article)
    assert piece == Piece(tuple(runs))
    assert (piece.at, piece.stop, piece.place, piece.place_stop) == (0, 7, 2, 9)


def test_words_of_two_articles_are_two_pieces_in_the_order_of_the_quote():
    assert pieces([Run(0, 2, 4), Run(4, 100, 4)], 8, apart) == [Piece((Run(0, 2, 4),)), Piece((Run(4, 100, 4),))]


def test_what_goes_on_in_the_same_place_is_cheaper_than_a_jump_to_a_longer_run():
    near, far = Run(4, 6, 2), Run(4, 100, 3)
    # 1 word of 7 without a run costs 1, a jump costs 3.5
    assert pieces([Run(0, 2, 4), far, near], 7, apart) == [Piece((Run(0, 2, 4), near))]
    assert JUMP > 1


def test_a_few_words_without_a_run_are_cheaper_than_a_piece_for_them():
    assert pieces([Run(0, 2, 3), Run(3, 60, 9)], 12, apart) == [Piece((Run(3, 60, 9),))]


def test_runs_that_overlap_are_trimmed():
    assert pieces([Run(0, 2, 6), Run(5, 60, 9)], 14, apart) == [Piece((Run(0, 2, 6),)), Piece((Run(6, 61, 8),))]
