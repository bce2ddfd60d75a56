"""The full names of a text, and which of them a shorter form is."""

from __future__ import annotations

import pytest

from training.speakers import names
from training.speakers.names import Names

TEXT = (
    "When Ann Lee met Finance Minister Olaf van der Berg’s aide, Tom Reed and Mary Reed were in Harrow. "
    "Judge Ifeoma Okwu-Tan was absent. The Harbour Board met on Monday."
)


def fullest(name: str, text: str = TEXT, likely: str = "") -> str | None:
    start = text.find(likely)
    span = Names(text, [(start, start + len(likely))] if likely else []).fullest(names.words(name))
    return text[slice(*span)] if span else None


@pytest.mark.parametrize(
    ("short", "full"),
    [("Lee", "Ann Lee"), ("LEE", "Ann Lee"), ("Berg", "Olaf van der Berg"), ("Okwu-Tan", "Ifeoma Okwu-Tan")],
)
def test_a_surname_is_the_one_full_name_that_ends_with_it_without_titles(short: str, full: str):
    assert fullest(short) == full


@pytest.mark.parametrize("short", ["Reed", "Harrow", "Ann Lee", "Palm"])
def test_a_name_of_two_people_or_of_nobody_stays_as_it_is(short: str):
    assert fullest(short) is None


def test_what_is_known_to_be_a_name_goes_before_what_looks_like_one():
    text = "In Oldharbour Quell met Xirvan Quell."
    assert fullest("Quell", text) is None
    assert fullest("Quell", text, likely="Xirvan Quell") == "Xirvan Quell"


def test_names_are_compared_without_case_article_and_possessive():
    assert names.words("The Harbour Board’s") == names.words("harbour board") == ("harbour", "board")


@pytest.mark.parametrize(
    ("part", "whole"),
    [("María José Ibáñez", "María José Ibáñez de la Torre"), ("Anna van", "Anna van der Berg"), ("Jo Tan", "Jo Tan")],
)
def test_a_name_that_is_cut_at_a_particle_is_read_to_its_end(part: str, whole: str):
    text = "María José Ibáñez de la Torre met Anna van der Berg and Jo Tan of Harrow."
    start = text.index(part)
    assert text[slice(*names.whole(text, start, start + len(part)))] == whole


def test_who_speaks_for_somebody_is_no_form_of_that_name():
    assert names.is_persons("Ludwig von Berg")
    assert not names.is_persons("A spokesman for Ludwig von Berg")
