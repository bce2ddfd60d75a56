"""Pages saved from sites of different making, composed by hand: what each states, and which of its words passages hold.

Beside `NAME.html` stands `NAME.expected`: `field: value` lines, `===`, then `+ ` before words that a passage holds and `- ` before
words that none may hold. Nothing is learned from these pages.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval import Article, articles, passages
from retrieval.types import FACTS

PAGES = sorted((Path(__file__).parent.parent.parent / "saved").glob("*.html"))


@pytest.fixture(scope="module")
def saved() -> dict[str, Article]:
    return {article.file: article for article in articles.read(PAGES[0].parent).articles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_saved_page_comes_out_right(page: Path, saved: dict[str, Article]):
    article = saved[page.name]
    head, _, body = page.with_suffix(".expected").read_text("utf-8").partition("===\n")
    stated = dict(line.split(": ", 1) for line in head.splitlines())
    assert {name: value for name in FACTS if (value := getattr(article, name))} == stated
    held = [" ".join(passage.text.split()) for passage in passages.split(article)]
    lines = [(line[:1], line[2:]) for line in body.splitlines()]
    assert [words for sign, words in lines if (sign == "+") != any(words in text for text in held)] == []
