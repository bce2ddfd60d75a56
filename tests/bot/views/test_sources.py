"""The collection, page by page."""

from dataclasses import replace

import pytest

from bot.message import LIMIT
from bot.views import sources
from tests.fakes import BARE, TALKS, TRIAL


def test_each_article_says_what_it_states_and_what_it_does_not():
    (page,) = sources.pages([TALKS, BARE])
    assert page.text.split("\n") == [
        "The articles I answer from",
        "",
        "Harbour Post · Coast Agency · Ministers meet over fishing treaty",
        "by Ines Palm",
        "2031-05-06 · harbourpost.example",
        "does not state: distributor",
        "",
        "notes/bare.txt",
        "does not state: title, publisher, source, distributor, author, date, address",
    ]
    assert page.buttons == ()


def test_an_article_without_a_title_is_told_apart_by_its_file():
    (page,) = sources.pages([replace(BARE, publisher="Harbour Post")])
    assert page.text.split("\n")[2:4] == ["Harbour Post", "notes/bare.txt"]


def test_no_article_at_all_is_a_page_too():
    assert [page.text for page in sources.pages([])] == ["The articles I answer from"]


def test_a_large_collection_turns_its_pages_and_loses_nothing():
    articles = [replace(TRIAL, id=str(n), title=f"Title number {n} " + "x" * 100) for n in range(200)]
    pages = sources.pages(articles)
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
    assert sources.page(pages[0].buttons[0][0].data, articles) == pages[1]
    assert sources.page(pages[1].buttons[0][0].data, articles) == pages[0]


@pytest.mark.parametrize("data", ["sources:1", "sources:-1", "sources:x", "sources:", "sources:9999999", "ask:0", "²"])
def test_a_forged_page_is_none(data):
    assert sources.page(data, [TALKS]) is None
