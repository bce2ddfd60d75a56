"""The collection, page by page."""

from dataclasses import replace

import pytest

from bot.message import LIMIT
from bot.views import replies
from tests.fakes import BARE, TALKS, TRIAL


def test_each_article_says_what_it_states_and_what_it_does_not():
    (page,) = replies.sources([TALKS, BARE])
    assert page.text.split("\n") == [
        "The articles I answer from",
        "",
        "1. Harbour Post · Coast Agency · Ministers meet over fishing treaty",
        "by Ines Palm",
        "2031-05-06 · harbourpost.example",
        "",
        "2. notes/bare.txt",
        "",
        "Not stated in the files: title 2; publisher 2; source 2; distributor 1–2; author 2; date 2; address 2",
    ]
    assert page.buttons == ()


def test_the_list_says_from_when_to_when_articles_came_and_which_came_later():
    (page,) = replies.sources([BARE, TALKS], ["2031-05-07T08:09:10+00:00", "2031-05-09T18:00:00+00:00"])
    assert page.text.split("\n")[:4] == [
        "The articles I answer from",
        "taken in from 2031-05-07 08:09 UTC to 2031-05-09 18:00 UTC",
        "",
        "1. notes/bare.txt",
    ]
    assert page.text.split("\n")[5:9] == [
        "2. Harbour Post · Coast Agency · Ministers meet over fishing treaty",
        "by Ines Palm",
        "2031-05-06 · harbourpost.example",
        "taken in 2031-05-09 18:00 UTC",
    ]
    (same,) = replies.sources([BARE, TALKS], ["2031-05-07T08:09:10+00:00"] * 2)
    assert same.text.count("taken in") == 1


def test_an_article_in_several_files_is_one():
    (page,) = replies.sources([BARE, replace(BARE, id="c", file="copy.txt"), TALKS])
    assert page.text.split("\n")[2:5] == ["1. notes/bare.txt", "Also in: copy.txt", ""]
    assert "2. Harbour Post" in page.text


def test_an_article_without_a_title_is_told_apart_by_its_file():
    (page,) = replies.sources([replace(BARE, publisher="Harbour Post")])
    assert page.text.split("\n")[2] == "1. Harbour Post · notes/bare.txt"


def test_what_is_missing_is_said_once_with_the_numbers_of_the_articles():
    articles = [
        replace(TALKS, title=f"Talks {number}", author=None if number in (2, 3, 5) else "Ines Palm")
        for number in range(1, 7)
    ]
    (page,) = replies.sources(articles)
    assert page.text.split("\n")[-1] == "Not stated in the files: distributor 1–6; author 2–3, 5"


def test_what_is_missing_fits_a_page_of_many_articles():
    scattered = [
        replace(TALKS if number % 2 else BARE, file=f"{number}.txt", title="t" * 200)
        for number in range(100_000, 100_400)
    ]
    assert all(len(page.text) <= LIMIT for page in replies.sources(scattered))


def test_no_article_at_all_is_a_page_too():
    assert [page.text for page in replies.sources([])] == ["The articles I answer from"]


def test_a_large_collection_turns_its_pages_and_loses_nothing():
    articles = [replace(TRIAL, id=str(n), title=f"Title number {n} " + "x" * 100) for n in range(200)]
    pages = replies.sources(articles)
    assert len(pages) > 3
    assert all(len(page.text) <= LIMIT for page in pages)
    whole = "\n".join(page.text for page in pages)
    assert [whole.count(f"Title number {n} ") for n in range(200)] == [1] * 200
    assert [[button.label for row in page.buttons for button in row] for page in (pages[0], pages[1], pages[-1])] == [
        ["›"],
        ["‹", "›"],
        ["‹"],
    ]
    assert pages[1].text.endswith(f"\n\n2/{len(pages)}")
    assert replies.sources_page(pages[0].buttons[0][0].data, articles) == pages[1]
    assert replies.sources_page(pages[1].buttons[0][0].data, articles) == pages[0]


@pytest.mark.parametrize("data", ["sources:1", "sources:-1", "sources:x", "sources:", "sources:9999999", "ask:0", "²"])
def test_a_forged_page_is_none(data):
    assert replies.sources_page(data, [TALKS]) is None
