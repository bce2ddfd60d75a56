"""What who runs the bot gets in a chat: files and numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import strings
from bot.message import Message
from bot.state import AnswerRecord, Entry
from bot.telegram import admin
from tests.fakes import BARE, TALKS, TRIAL, FakeIndex


class Collection(FakeIndex):
    left_out = ("left out empty.txt: it is empty",)


INDEX = Collection()
CAME = "taken in 2031-05-07 08:09 UTC"
LEFT_OUT = "left out empty.txt: it is empty"


def code(message: Message) -> list[str]:
    return [message.text[entity.start : entity.end] for entity in message.entities if entity.kind == "code"]


def test_who_runs_the_bot_gets_a_line_for_each_command():
    assert admin.Admin.menu().text.split("\n") == [
        strings.ADMIN_COMMANDS,
        *(f"/{name} {what}" for name, what in strings.ADMIN_MENU),
    ]


def test_what_is_said_of_a_file_names_it_in_a_style_that_telegram_makes_no_link_of():
    message = admin.about(strings.REFUSED, "notes\n.md", reason="no\nroom")
    assert message.text == strings.REFUSED.format(file="notes .md", reason="no room")
    assert code(message) == ["notes .md"]
    assert code(admin.about(strings.REFUSED, "", reason="no room")) == []


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("BARE", [BARE.file]),
        ("baker", [TRIAL.file]),
        ("harbour", [TALKS.file]),
        ("daily bell", [TRIAL.file]),
        ("Harbour Post", [TALKS.file]),
        ("snow", [TALKS.file, BARE.file, TRIAL.file]),
    ],
)
def test_files_are_listed_whose_name_title_or_outlet_has_what_was_written_else_all(name: str, files: list[str]):
    message = admin.matching(name, [TALKS, BARE, TRIAL])
    assert message.text == "\n".join([strings.REMOVE_WHAT, *files])
    assert code(message) == files


def test_a_file_of_several_articles_is_listed_once_and_twenty_files_in_all():
    articles = [replace(BARE, file=f"{number // 2}.txt") for number in range(46)]
    lines = admin.matching("txt", articles).text.split("\n")
    assert lines == [strings.REMOVE_WHAT, *(f"{number}.txt" for number in range(20)), "… and 3 more"]
    assert admin.matching("txt", articles[:40]).text.split("\n")[1:] == [f"{number}.txt" for number in range(20)]


def test_how_many_articles_there_are_stands_above_when_they_came_and_what_was_left_out():
    assert admin.inventory(INDEX).text == f"3 articles\n{CAME}\n\n{LEFT_OUT}"
    none = Collection([])
    none.left_out = ()
    assert admin.inventory(none).text == "0 articles"


def test_twenty_lines_on_what_was_left_out_are_shown_none_longer_than_three_hundred_characters():
    many = Collection()
    many.left_out = tuple(f"{number} " + "x" * 400 for number in range(21))
    lines = admin.inventory(many).text.split("\n\n")[1].split("\n")
    assert [line.split()[0] for line in lines] == [str(number) for number in range(20)]
    assert {len(line) for line in lines} <= {300, 301}


def entry(key: str, record: AnswerRecord, up: int = 0, down: int = 0) -> Entry:
    return Entry(key, "2031-05-09", record, up, down)


SHOWN = AnswerRecord("answer", (("1" * 16 + ":0-90", 0, 42),), "Where did they meet?")
NOTHING = AnswerRecord("nothing", (), "Who likes zebras?")


def test_statistics_count_sentences_votes_and_questions_without_an_answer():
    entries = [entry("a", SHOWN, 2, 1), entry("b", NOTHING), entry("c", SHOWN, 1, 3)]
    assert admin.stats(INDEX, entries).text.split("\n\n")[-1].split("\n") == [
        "9 sentences",
        "Votes: 3 up, 4 down",
        "1 question left without an answer",
    ]
