"""Which lines are turns of a dialogue, which of its turns ask, and who signs a quotation."""

from __future__ import annotations

import pytest

from retrieval.text import dialogue

MORE = "\n\nThe line opened in 1904 and has nine stops between the harbour and the hospital on the hill.\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The old stay at home.\n— Ann Lee, curator" + MORE, "Ann Lee, curator"),
        ("“The old stay at home.” — Ann Lee" + MORE, "Ann Lee"),
        ("“The old stay at home.”\n\n— Ann Lee", "Ann Lee"),
        ("It has three sights.\n\n- The harbour\n- Harrow Bank" + MORE, None),
        ("It has three sights.\n\n- The harbour\n- The mill that burnt, and was built again, and burnt" + MORE, None),
        ("It was bombed in 1943.\n\n— Rita Coyle\n", None),
    ],
)
def test_a_signature_stands_alone_below_a_quotation(text: str, name: str | None):
    end = text.index("\n") if text[0] != "“" else text.index("”") + 1
    span = dialogue.signature(text, end)
    assert (text[slice(*span)] if span else None) == name


def names(text: str) -> list[str]:
    return [text[slice(*label.span)] for label in dialogue.labels(text)]


def test_a_line_of_marks_is_no_label_and_is_read_at_once():
    assert names("A" + "_" * 100_000 + "\n" + "*" * 100_000) == []  # every split of such a run was once tried


def test_labels_may_begin_with_any_capital_letter():
    text = "ŠTEFANIČ (hunting family): We asked.\n\nDEBELJAK: Whom?\n\nŠTEFANIČ (hunting family): The ministry.\n\nÖSTLUND: And?\n"
    assert names(text) == ["ŠTEFANIČ", "DEBELJAK", "ŠTEFANIČ", "ÖSTLUND"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[00:12] PALM: Yes.\n[00:15] REED: No.\n[00:19] PALM: Yes.", ["PALM", "REED", "PALM"]),
        ("14:40 PALM: Yes.\n14:45 — REED: No.\n15:02 PALM: Yes.", ["PALM", "REED", "PALM"]),
        ("PALM [10:57]: Yes.\nREED [10:58]: No.\nPALM [10:59]: Yes.", ["PALM", "REED", "PALM"]),
        ("Dr PALM (Health): Yes.\nREED: No.\nDr PALM: Yes.\nREED: No.", ["Dr PALM", "REED", "Dr PALM", "REED"]),
        ("ANN LEE, HOST:\nYes.\nREED: No.\nREED: No.\nANN LEE, HOST:\nYes.", ["ANN LEE", "REED", "REED", "ANN LEE"]),
        ("Photo: Ann Lee\nPhoto: Jo Tan\nPhoto: Ann Lee", []),
        ("Ann Lee: Yes.\nJo Tan: No.", []),
        (
            "Ms Ann Lee (North): Why?\nMr Jo Tan (Minister): No.\nMs Lee: And?\nMr Tan: No.",
            ["Ms Ann Lee", "Mr Jo Tan", "Ms Lee", "Mr Tan"],
        ),
        ("First Test: won.\nSecond Test: lost.\nThird Test: drawn.", []),
    ],
)
def test_a_dialogue_has_three_labels_of_which_one_comes_back(text: str, expected: list[str]):
    assert names(text) == expected


def test_the_turns_of_whoever_often_asks_are_questions():
    text = "HOST: Is it open?\nPALM: No.\nHOST: Since when?\nPALM: Since May.\nHOST: Thank you.\nPALM: Thank you."
    assert dialogue.questions(text) == tuple(at for at in range(len(text)) if text.startswith("HOST", at))
