"""The word lists: each file says where it is from, and its rows are read as they stand."""

from __future__ import annotations

from importlib import resources

import pytest

from retrieval import lexicon
from retrieval.lexicon import inflect

FILES = sorted(
    file.name.removesuffix(".txt") for file in resources.files(lexicon).iterdir() if file.name.endswith("txt")
)


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_what_it_holds_and_where_that_is_from_and_names_no_word_twice(name: str):
    text = resources.files(lexicon).joinpath(f"{name}.txt").read_text("utf-8")
    assert len(text.partition("\n\n")[0].split("\n")[0]) > 40
    assert text.startswith("# ")
    assert any(source in text for source in ("by hand", "By hand", "Salton", "NLTK", "Faker", "spaCy"))
    if name == "boilerplate":  # patterns of several words
        assert len(lexicon.lines(name)) == len(set(lexicon.lines(name)))
    elif ":" in lexicon.lines(name)[0]:
        for kind, words in lexicon.kinds(name).items():
            assert len(words) == len(set(words)), kind


@pytest.mark.parametrize(
    ("verb", "third", "past", "participle", "ing"),
    [
        ("claim", "claims", "claimed", "claimed", "claiming"),
        ("say", "says", "said", "said", "saying"),
        ("deny", "denies", "denied", "denied", "denying"),
        ("describe", "describes", "described", "described", "describing"),
        ("write", "writes", "wrote", "written", "writing"),
        ("admit", "admits", "admitted", "admitted", "admitting"),
        ("stress", "stresses", "stressed", "stressed", "stressing"),
        ("agree", "agrees", "agreed", "agreed", "agreeing"),
        ("see", "sees", "saw", "seen", "seeing"),
        ("become", "becomes", "became", "become", "becoming"),
    ],
)
def test_verbs_are_inflected(verb: str, third: str, past: str, participle: str, ing: str):
    assert inflect(verb) == (verb, third, past, participle, ing)


def test_the_forms_of_reporting_verbs_are_alternatives_the_longest_first():
    forms = lexicon.reporting_verbs(("belief",), "base", "past")
    assert forms == "believed|believe|thought|think"


def test_a_country_has_the_names_of_its_people_and_its_government():
    assert lexicon.names_of_country("moscow") == {"russia", "russian", "russians", "moscow", "kremlin"}
    assert lexicon.names_of_country("table") == {"table"}


def test_irregular_forms_are_known_from_any_of_them():
    assert lexicon.irregular_forms("children") == {"child", "children"}
    assert lexicon.irregular_forms("found") == {"find", "found"}
    assert lexicon.irregular_forms("table") == set()
