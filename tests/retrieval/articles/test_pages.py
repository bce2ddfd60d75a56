"""Made-up articles of many kinds of outlets, drawn: what each states about itself, and which lines are the article.

A page is `field: value` lines, `===`, then the article's lines: `+ ` before what belongs to a passage, `- ` before
furniture and metadata. Of a `+` line with `⟦…⟧` only what stands between them belongs (a caption without its credit). A bullet's mark may be either; `null` is what nobody may guess.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval import Article, articles, passages

PAGES = sorted((Path(__file__).parent.parent.parent / "pages").glob("*.txt"))
BULLETS = "-•* "
FACTS = ("title", "publisher", "source", "distributor", "author", "date", "url")


def drawn(page: Path) -> tuple[dict[str, str], list[tuple[bool, str]]]:
    head, _, body = page.read_text().partition("===\n")
    stated = dict(line.split(": ", 1) for line in head.splitlines() if line)
    facts = {name: value.strip('"') for name, value in stated.items() if value != "null"}
    return facts, [(line.startswith("+"), line[2:]) for line in body.splitlines()]


def article(page: Path, folder: Path) -> Article:
    name = f"page.{'md' if page.stem.startswith('front_matter') else 'txt'}"
    (folder / name).write_text("\n".join(line for _, line in drawn(page)[1]).replace("⟦", "").replace("⟧", "") + "\n")
    return articles.read(folder).articles[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_the_page_states_is_there_and_nothing_else(page: Path, tmp_path: Path):
    made = article(page, tmp_path)
    assert {name: value for name in FACTS if (value := getattr(made, name))} == drawn(page)[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_passages_hold_the_articles_words_and_no_furniture(page: Path, tmp_path: Path):
    made = article(page, tmp_path)
    held = {at for passage in passages.split(made) for at in range(passage.start, passage.end)}
    start = 0
    for belongs, line in drawn(page)[1]:
        bare = line.replace("⟦", "").replace("⟧", "")
        got = "".join(c for at, c in enumerate(bare, start) if at in held)
        inner = line.partition("⟦")[2].partition("⟧")[0] if "⟦" in line else line
        assert got.strip().lstrip(BULLETS) == (inner.strip().lstrip(BULLETS) if belongs else "")
        start += len(bare) + 1
