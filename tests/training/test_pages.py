"""What the page reader learns from: labels of lines, and changed copies of pages."""

from __future__ import annotations

import random

from retrieval.text.paragraphs import paragraphs
from training import labelled_pages, page_changes
from training.labelled_pages import Example
from training.page_reader import _places

PAGE = """title: Bridge over the Orr to stay shut until spring
publisher: Lowland Gazette
===
- Lowland Gazette
+ Bridge over the Orr
+ to stay shut until spring
- By Ann Lee
+ The bridge over the Orr stays shut until spring, the county said on Monday.
"""


def example(tmp_path, page: str = PAGE) -> Example:
    (tmp_path / "pages.txt").write_text(page, "utf-8")
    return next(labelled_pages.examples([], [tmp_path]))


def test_each_line_of_a_broken_title_is_labelled_a_title(tmp_path):
    page = example(tmp_path)
    labels = labelled_pages.labels(paragraphs(page.text), page)
    assert labels[1:3] == ["title", "title"]
    assert labels[4] == "body"
    assert page.statements == ["The bridge over the Orr stays shut until spring, the county said on Monday."]


def test_a_broken_title_is_pointed_at_from_its_first_line_to_its_last(tmp_path):
    page = example(tmp_path)
    rows = paragraphs(page.text)
    places = list(_places("title", rows, labelled_pages.labels(rows, page), page.facts["title"]))
    assert places == [(1, 0, 2, len("to stay shut until spring"))]


def test_lines_that_only_begin_like_a_title_are_none():
    lines = ["Bridge over the Orr", "News", "to stay shut until spring"]
    assert not labelled_pages.title_lines(lines, "Bridge over the Orr to stay shut until spring")


def test_headlines_amid_a_copy_stand_below_its_first_sentence_and_are_none_of_its_own(tmp_path):
    page = example(tmp_path)
    for seed in range(20):
        lines, new = page_changes._amid(
            page.text.split("\n"), ["Read more: Trams to run again", "Weather"], page, random.Random(seed)
        )
        first = next(at for at, line in enumerate(lines) if page.statements[0] in line)
        assert all(lines.index(line) > first for line in new)
        assert [line for line in lines if line not in new] == page.text.split("\n")


def test_a_copy_with_a_broken_title_has_all_its_words_on_lines_below_one_another(tmp_path):
    page = example(tmp_path, PAGE.replace("Orr\n+ to", "Orr to"))
    title = page.facts["title"]
    for seed in range(20):
        copy = page_changes._broken(page, random.Random(seed))
        runs = labelled_pages.title_lines(copy.text.split("\n"), title)
        assert len(runs) == 1
        assert copy.facts == page.facts
