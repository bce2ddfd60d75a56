"""Filters: of which articles a question is asked, as arguments and in a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import Article
from retrieval.search.filters import Filter, merged, read


def article(date: str | None = None, publisher: str | None = None, source: str | None = None, file: str = "a/b.txt"):
    return Article("a", file, "Text.", "0" * 64, date=date, publisher=publisher, source=source)


@pytest.mark.parametrize(
    ("limits", "date", "taken"),
    [
        ({"since": "2022-02-01"}, "2022-02-01", True),
        ({"since": "2022-02-01"}, "2022-01-31", False),
        ({"since": "2022-02"}, "2022-02-01", True),
        ({"since": "2022"}, "2021-12-31", False),
        ({"until": "2022-02-01"}, "2022-02-01", True),
        ({"until": "2022-02-01"}, "2022-02-02", False),
        ({"until": "2022-02"}, "2022-02-28", True),
        ({"until": "2022-02"}, "2022-03-01", False),
        ({"until": "2022"}, "2022-12-31", True),
        ({"since": "2022-2-1", "until": "2022-2-3"}, "2022-02-02", True),
        ({"since": "2022"}, None, False),
        ({}, None, True),
    ],
)
def test_the_days_at_both_ends_belong_to_the_time(limits: dict[str, str], date: str | None, taken: bool):
    assert Filter(**limits).takes(article(date)) is taken


@pytest.mark.parametrize("wrong", ["", "yesterday", "2022-13", "2022-02-30", "22-01-01", "2022-02-01T10:00"])
def test_a_date_that_is_none_is_refused(wrong: str):
    with pytest.raises(ValueError, match="no date"):
        Filter(since=wrong)


def test_an_outlet_is_found_by_part_of_its_name_whatever_case_and_spaces():
    wanted = Filter(publisher="harbour post")
    assert wanted.takes(article(publisher="The HarbourPost"))
    assert wanted.takes(article(publisher="harbourpost.example"))
    assert wanted.takes(article(publisher="Other", source="Harbour Post"))
    assert not wanted.takes(article(publisher="Harbour Times"))
    assert not wanted.takes(article())


def test_a_file_is_named_by_its_path_its_last_part_or_a_pattern():
    assert all(Filter(file=name).takes(article()) for name in ("a/b.txt", "b.txt", "a/*", "*.txt"))
    assert not any(Filter(file=name).takes(article()) for name in ("b", "c.txt", "a"))


@pytest.mark.parametrize(
    ("message", "question", "found"),
    [
        ("who met after:2022-02-01", "who met", Filter(since="2022-02-01")),
        ("who met before:2022-04", "who met", Filter(until="2022-03-31")),
        ('source:"Harbour Post" who met', "who met", Filter(publisher="Harbour Post")),
        ("who source:“Harbour Post” met", "who met", Filter(publisher="Harbour Post")),
        ("By:Oduya what of fish", "what of fish", Filter(speaker="Oduya")),
        ("after:2022 before:2023 file:x.txt why", "why", Filter(since="2022", until="2022-12-31", file="x.txt")),
        ("What was promised before:2031-06?", "What was promised?", Filter(until="2031-05-31")),
        ("(who met, by:Oduya), and why?", "(who met,), and why?", Filter(speaker="Oduya")),
        ("Wer sprach source:„Harbour Post“?", "Wer sprach?", Filter(publisher="Harbour Post")),
        ("after:2031-02-01... file:a/b.txt!", "...!", Filter(since="2031-02-01", file="a/b.txt")),
        ("who? by:?", "who? by:?", Filter()),
        ("after:lunch who met", "after:lunch who met", Filter()),
        ("see https://a.example/by:me now", "see https://a.example/by:me now", Filter()),
        ("said by: nobody", "said by: nobody", Filter()),
        ("", "", Filter()),
    ],
)
def test_a_message_is_parted_into_question_and_filter(message: str, question: str, found: Filter):
    assert read(message) == (question, found, ())


def test_what_begins_like_a_date_and_is_none_is_taken_out_and_named():
    assert read("after:2031-99-99 fire before:2031-13?") == ("fire?", Filter(), ("after:2031-99-99", "before:2031-13"))


@given(st.text() | st.from_regex(r"(after|before|by|source):\S{0,8} ?"))
def test_no_message_raises(message: str):
    rest, found, undatable = read(message)
    assert rest == message or found != Filter() or undatable


def test_of_two_wishes_the_first_counts():
    assert merged(Filter(since="2022"), Filter(since="2021", file="a")) == Filter(since="2022", file="a")
