"""Where quotations of a text begin and end."""

from __future__ import annotations

import pytest

from retrieval.text import quotation


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“He told me, ‘Go home. We will not pay.’ I left,” said Ann Lee.", ["‘Go home. We will not pay.’"]),
        ("'He told me, \"We will not pay you.\" I left,' said Ann Lee.", ['"We will not pay you."']),
        ("“He said: ‘We don’t pay the workers’ wages,’ and left,” said Lee.", ["‘We don’t pay the workers’ wages,’"]),
        ("“The road is closed. He said, ‘It stays closed.’\n\n“I laughed.”", ["‘It stays closed.’"]),
        ("\"The workers' union wants 'green' jobs, and the farmers' lobby doesn't,\" said Lee.", []),
        ("‘We will not pay,’ said Ann Lee.", []),
    ],
)
def test_what_a_speaker_quotes_of_another_stands_inside_the_quotation(text: str, expected: list[str]):
    assert [text[each.start : each.end] for each in quotation.nested(text)] == expected


def test_a_stretch_is_nested_where_all_of_it_is_the_others():
    text = "“He told me, ‘We will not pay.’ I left,” said Ann Lee."
    nested = [quotation.is_nested(text, start := text.index(part), start + len(part)) for part in
              ("We will not pay", "‘We will not pay.’", "me, ‘We will not pay", "I left")]  # fmt: skip
    assert nested == [True, True, False, False]
