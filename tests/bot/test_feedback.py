"""Votes as lines of a gold file."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.__main__ import gold_lines
from bot.state import AnswerRecord, Entry
from tests.fakes import BARE, TALKS, FakeIndex

INDEX = FakeIndex()


def entry(key: str, record: AnswerRecord, up: int = 0, down: int = 0) -> Entry:
    return Entry(key, "2031-05-09", record, up, down)


SHOWN = AnswerRecord("answer", (("1" * 16 + ":0-90", 0, 42),), "Where did they meet?")
NOTHING = AnswerRecord("nothing", (), "Who likes zebras?")


def lines(*entries: Entry) -> list[dict[str, object]]:
    return [json.loads(line) for line in gold_lines(entries, FakeIndex([BARE]), INDEX)]


def test_a_sentence_that_was_voted_up_is_its_questions_answer():
    assert lines(entry("a", SHOWN, 2, 1)) == [
        {
            "id": "feedback-a",
            "question": "Where did they meet?",
            "type": "feedback",
            "answers": [{"file": TALKS.file, "snippet": "The ministers met in Port Alba on Tuesday.", "grade": "full"}],
            "require": "any",
            "note": "2031-05-09: answer, 2 up, 1 down",
        }
    ]


@pytest.mark.parametrize(
    ("record", "up", "down"),
    [
        (SHOWN, 1, 1),
        (SHOWN, 0, 2),
        (replace(SHOWN, verdict="related"), 2, 0),
        (replace(SHOWN, places=(("f" * 16 + ":0-90", 0, 42),)), 2, 0),
        (NOTHING, 0, 0),
    ],
    ids=["as many against it", "voted down", "only near it", "gone since", "unanswered"],
)
def test_what_nobody_can_tell_is_for_a_person_to_say(record: AnswerRecord, up: int, down: int):
    (line,) = lines(entry("a", record, up, down))
    assert (line["answers"], line["require"]) == ([], "review")
    assert line["note"] == f"2031-05-09: {record.verdict}, {up} up, {down} down"


def test_a_question_whose_words_were_not_kept_is_no_line_and_letters_stay_as_they_are():
    assert lines(entry("a", replace(SHOWN, question=None), 2)) == []
    (line,) = gold_lines([entry("a", replace(SHOWN, question="Wo war Böhm?"))], INDEX)
    assert "Wo war Böhm?" in line
