"""What a page states about itself: agencies, offices and other makers of a page are told from its author."""

from __future__ import annotations

import pytest

from retrieval.articles import explicit, layout, metadata

TEXT = (
    "HARLUND (OPA) - The ferry company will end its night sailings between Harlund and Visk on 1 October.\n\n"
    "The union called the decision a gift to the road lobby. The company's shares rose by two per cent on Tuesday."
)


def test_the_chances_of_equal_values_add_up():
    reading = layout.reading("\n\n".join(["Coast & County", "COAST & COUNTY", "Night ferries end in October", TEXT]))
    within = [each for each in reading.stretches["publisher"] if each.line == each.last_line]
    whole = {each: reading.lines[each.line].paragraph.words for each in within}
    alike = [each.chance for each, words in whole.items() if words[each.start : each.end].lower() == "coast & county"]
    assert len(alike) > 1
    outlet = metadata.likeliest("publisher", reading)
    assert outlet is not None
    assert outlet.chance == pytest.approx(min(1, sum(alike)))


def test_a_title_on_two_lines_is_one():
    lines = ["Ferry company ends night", "sailings to Visk, and the", "islands want them back"]
    text = "\n".join(["Coast & County", "", *lines, "", "By Ann Lee", "19 August 2025", "", TEXT])
    assert metadata.read(text)["title"] == " ".join(lines)
    assert not [span for span in layout.body(text, " ".join(lines)) if text[slice(*span)] in lines]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ann Lee and Joe Tan", "Ann Lee and Joe Tan"),
        ("Von Peter van der Berg @pvdb", "Peter van der Berg"),
        ("Author: Maria O’Brien", "Maria O’Brien"),
        ("By Harlund Agency", None),
        ("By Ann Lee in Visk", None),
    ],
)
def test_a_line_that_is_nothing_but_a_byline_says_who_wrote_the_text(line: str, names: str | None):
    assert explicit.byline(line) == names


def test_a_byline_of_many_names_is_read_at_once():
    names = ", ".join(["Ann Lee y Joe Ray"] * 200)
    assert explicit.byline(f"By {names}") == names
    assert explicit.byline(f"By {names}!") is None


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
    assert metadata.read(f"{TEXT}\n\nDownload the Harlund Courier app")["publisher"] == "Harlund Courier"


def test_the_host_of_the_address_is_the_outlet_where_nothing_else_is():
    text = f"https://www.ferrypost.example/news/night-ferries\n\n{TEXT}"
    assert metadata.read(text)["publisher"] == "ferrypost.example"


def test_a_press_release_service_in_the_dateline_passes_the_text_on():
    text = f"Ferry company ends night sailings to Visk\n\n{TEXT.replace('(OPA)', '/GlobeNewswire/')}"
    assert metadata.read(text)["distributor"] == "GlobeNewswire"


def test_a_row_of_evidence_is_no_source():
    text = "Pier to close\n\nThe north pier will close on Monday, the harbour board said.\n\nSource: {}\n"
    assert metadata.read(text.format("Radio Nord")).get("source") == "Radio Nord"
    assert "source" not in metadata.read(text.format("public notices; own interviews"))


@pytest.mark.parametrize(
    ("line", "author", "names"),
    [
        ("By Ann Lee, Karl Moss at the harbour", "Ann Lee", "Ann Lee, Karl Moss"),
        ("Ann Lee / Karl Moss", "Karl Moss", "Ann Lee / Karl Moss"),
        ("Ann Lee, Karl Moss and Mary Reed", "Karl Moss", "Ann Lee, Karl Moss and Mary Reed"),
        ("By Ann Lee, Harrow Correspondent", "Ann Lee", "Ann Lee"),
        ("By Ann Lee, Education Editor", "Ann Lee", "Ann Lee"),
        ("Text: Ann Lee. Photo: Karl Moss", "Ann Lee", "Ann Lee"),
    ],
)
def test_who_is_joined_to_an_author_wrote_it_too(line: str, author: str, names: str):
    start = line.index(author)
    assert explicit.with_coauthors(line, start, start + len(author)) == names
