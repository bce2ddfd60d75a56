"""What could state a fact, and what speaks for each: agencies, offices and other makers of a page are told from its author."""

from __future__ import annotations

import pytest

from retrieval.articles import candidates, layout, metadata
from retrieval.articles.candidate_features import Page

TEXT = (
    "HARLUND (OPA) - The ferry company will end its night sailings between Harlund and Visk on 1 October.\n\n"
    "The union called the decision a gift to the road lobby. The company's shares rose by two per cent on Tuesday."
)


def page(*head: str) -> Page:
    return Page(layout.reading("\n".join(["Coast & County", *head, "", TEXT])))


def features(field: str, value: str, *head: str) -> set[str]:
    return {name for each in candidates.of(field, page(*head)) if each.value == value for name in each.features}


def test_a_score_is_the_sum_of_the_weights_of_what_speaks_for_a_candidate():
    listed = candidates.of("author", page("By Ann Lee", "Jon Bild, picture desk"))
    weights = {
        name: at % 7 - 3.0 for at, name in enumerate(sorted({name for each in listed for name in each.features}))
    }
    assert len(listed) > 2
    assert candidates.scores(weights, listed) == pytest.approx(
        [sum(weights[name] for name in each.features) for each in listed]
    )


def test_candidates_of_lines_that_score_far_below_the_best_line_are_left_out():
    whole = page("By Ann Lee", "Jon Bild, picture desk")
    lines = {each.value: each.shared for each in candidates.of("author", whole)}
    only = next(name for name in lines["Ann Lee"] if name not in lines["Jon Bild"])
    near, far = ({each.value for each in candidates.of("author", whole, {only: weight})} for weight in (4.0, 6.0))
    assert {"Ann Lee", "Jon Bild"} <= near
    assert "Ann Lee" in far
    assert "Jon Bild" not in far


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Ann Lee    Filed 14:02", "Ann Lee"),
        ("Words by J.-B. Nkoulou", "J.-B. Nkoulou"),
        ("Words by Tess 'Scoop' Ramaphane", "Tess 'Scoop' Ramaphane"),
    ],
)
def test_a_name_goes_on_over_initials_and_nicknames_and_ends_at_a_wide_gap(line: str, name: str):
    assert "maximal" in features("author", name, line)


def test_a_headline_says_how_it_looks_beside_the_lines_around_it():
    head = (
        "Half The Ferries On The North Coast Could Close By Spring, Owners Have Warned",
        "Nine have cut their hours",
    )
    assert any(name.startswith("below longer False False") for name in features("title", head[0], *head))
    assert any(name.startswith("above shorter False False") for name in features("title", head[1], *head))


@pytest.mark.parametrize("byline", ["By Ostland Press Agency (OPA)", "Photograph: Hester Quill", "Editor: Lin Qiu"])
def test_who_did_not_write_an_article_is_not_its_author(byline: str):
    text = "\n".join(
        ["Coast & County", "", "Ferry company ends night sailings to Visk", byline, "19 August 2025", "", TEXT]
    )
    assert "author" not in metadata.read(text)


@pytest.mark.parametrize(
    ("head", "foot", "url"),
    [
        ("Coast & County | coast.example/news/night-ferries", "", "coast.example/news/night-ferries"),
        ("", "www.coast.example/news/night-ferries", "www.coast.example/news/night-ferries"),
        ("", "Old issues: coast.example/archive", None),
        ("Coast & County | coast.example", "coast.example/", None),
    ],
)
def test_an_address_without_its_scheme_is_the_articles_above_it_or_in_a_line_by_itself(
    head: str, foot: str, url: str | None
):
    text = "\n\n".join(["Ferry company ends night sailings to Visk", head, TEXT, foot])
    assert metadata.read(text).get("url") == url


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Text and images are protected. Delivered via Presspipe Harlund", "Presspipe Harlund"),
        ("Supplied to subscribers by Nordfeed. Queries: desk@opa.example", "Nordfeed"),
        ("The Editor is not responsible for letters supplied by third parties.", None),
    ],
)
def test_who_passes_a_text_on_is_its_distributor(line: str, name: str | None):
    assert metadata.read(f"Ferry company ends night sailings to Visk\n\n{TEXT}\n\n{line}").get("distributor") == name


def test_an_outlet_is_named_as_its_head_and_foot_name_it_and_not_as_a_call_to_the_reader_does():
    head = ["The Harlund Courier", "Home | News | Sport", "", "Night ferries end in October", "", TEXT]
    text = "\n".join([*head, "", "Download the Courier app", "© The Harlund Courier 2026"])
    assert metadata.read(text)["publisher"] == "The Harlund Courier"
    assert metadata.read(f"{TEXT}\n\nDownload the Harlund Courier app")["publisher"] == "the Harlund Courier"


def test_the_host_of_the_address_is_the_outlet_where_nothing_else_is():
    text = f"https://www.ferrypost.example/news/night-ferries\n\n{TEXT}"
    assert metadata.read(text)["publisher"] == "ferrypost.example"


def test_a_press_release_service_in_the_dateline_passes_the_text_on():
    text = f"Ferry company ends night sailings to Visk\n\n{TEXT.replace('(OPA)', '/GlobeNewswire/')}"
    assert metadata.read(text)["distributor"] == "GlobeNewswire"
