"""What a text costs grows with its length: the calls that awkward shapes cause are counted at one size and at twice that size."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from retrieval.articles import files, layout, webpage
from retrieval.passages import split

if TYPE_CHECKING:
    from collections.abc import Callable

SENTENCE = "The council of Ardell voted on Tuesday to close the old tram line in June.\n\n"
TEXTS: dict[str, Callable[[int], str]] = {
    "buttons": lambda size: "copy link " * size,
    "hyphens": lambda size: "ap, " + "a-, " * size + "zq!",
    "capitals": lambda size: "Ann Lee and " * size,
    "brackets": lambda size: "(" * size + ")" * size,
    "dates": lambda size: "3 March 2022 | " * size,
    "marks": lambda size: "| » · : " * size,
    "lines": lambda size: "Home\n" * size,
    "sentences": lambda size: SENTENCE * size,
    "one line": lambda size: SENTENCE.strip() * size,
}
PAGES: dict[str, Callable[[int], str]] = {
    "links": lambda size: "<p>" + "<a href='/x'>Read this</a> " * size,
    "lists": lambda size: "<ul>" + "<li>Home" * size,
    "tables": lambda size: "<table>" + "<tr><td>Rovers</td><td>12</td></tr>" * size + "</table>",
    "entries": lambda size: "<main>" + "<article><time>09:12</time><p>The bridge is shut.</p></article>" * size + "</main>",
    "nested": lambda size: "<div>" * size + "The bridge is shut." + "</div>" * size,
}  # fmt: skip


def calls(task: Callable[[], object]) -> int:
    """How many functions, of Python or C, a task calls."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        task()
    finally:
        sys.setprofile(None)
    return count


def _read(text: str) -> None:
    layout.reading.cache_clear()
    split(files.make("a.txt", text, "0"))


@pytest.mark.parametrize("shape", TEXTS)
def test_texts_cost_what_their_length_costs(shape: str):
    _read(TEXTS[shape](4) + SENTENCE)  # what is loaded once is loaded
    small, large = (calls(lambda size=size: _read(TEXTS[shape](size) + "\n\n" + SENTENCE)) for size in (60, 120))
    assert large < 2.5 * small


@pytest.mark.parametrize("shape", PAGES)
def test_pages_cost_what_their_length_costs(shape: str):
    webpage.read(PAGES[shape](4).encode())
    small, large = (
        calls(lambda size=size: webpage.read(f"<body>{PAGES[shape](size)}<p>{SENTENCE * 3}</body>".encode()))
        for size in (60, 120)
    )
    assert large < 2.5 * small
