"""Who signs a quotation: neither the items of a list nor the author of the article."""

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


def test_a_line_of_marks_is_no_label_and_is_read_at_once():
    assert dialogue.turns("A" + "_" * 100_000 + "\n" + "*" * 100_000) == ()  # every split of such a run was once tried


def test_labels_may_begin_with_any_capital_letter():
    text = "ŠTEFANIČ (hunting family): We asked.\n\nDEBELJAK: Whom?\n\nŠTEFANIČ (hunting family): The ministry.\n\nÖSTLUND: And?\n"
    assert [text[slice(*turn.label)] for turn in dialogue.turns(text)] == [
        "ŠTEFANIČ",
        "DEBELJAK",
        "ŠTEFANIČ",
        "ÖSTLUND",
    ]
