"""Where quotations of a text begin and end."""

from __future__ import annotations

import pytest

from retrieval.speakers import quotation


def quoted(text: str) -> list[str]:
    return [text[each.start : each.end] for each in quotation.quotes(text)]


@pytest.mark.parametrize("mark", ["“", "„", "«"])
@pytest.mark.parametrize("behind", ["", "\n\nNobody heard it.", " "])
def test_a_mark_that_opens_at_the_end_of_a_paragraph_stops_nothing(mark: str, behind: str):
    assert all(each.strip() == mark for each in quoted(f"The mayor spoke. {mark}{behind}"))


def test_paragraphs_that_each_open_anew_are_one_speech():
    text = "“The road is closed.\n\n“It stays closed,” said Ann Lee. “For good.”"
    quotes = quotation.quotes(text)
    assert [text[each.start : each.end] for each in quotes] == [
        "“The road is closed.",
        "“It stays closed,”",
        "“For good.”",
    ]
    assert quotes[0].chain == quotes[1].chain != quotes[2].chain


def test_strokes_are_quotation_marks():
    assert quoted("``It is closed,'' said Ann Lee.") == ["``It is closed,''"]
