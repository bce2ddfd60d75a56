"""Whose turn a line is: labels, numbered questions, and lists that only look like a dialogue."""

from __future__ import annotations

import pytest

from retrieval.speakers import dialogue, document
from retrieval.speakers.document import Document
from retrieval.speakers.people import people_of
from retrieval.text.dialogue import lines


def owners(text: str) -> list[str | None]:
    """Per line the name in front of its turn; `None` where there is none or nobody can tell."""
    spans = list(lines(text))
    read = document.read(text, spans)
    labels = dialogue.labels(read, people_of(read))
    turns = [labels.get(number) for number in range(len(spans))]
    return [text[slice(*turn.span)] if turn else None for turn in turns]


def test_a_question_is_the_outlets_that_asks_it():
    text = "Question 1 (Radio Nord): Is it open?\nPALM: No.\nQuestion 2 (inaudible name): Since when?\nPALM: Since May."
    assert owners(text) == ["Radio Nord", "PALM", None, "PALM"]


def test_a_journalist_without_a_name_is_nobody():
    text = "JOURNALIST: Is it open?\nPALM: No.\nJOURNALIST (Radio Nord): Since when?\nPALM: Since May."
    assert owners(text) == [None, "PALM", "Radio Nord", "PALM"]


def test_names_in_front_of_few_lines_hold_for_their_own_line_alone():
    rest = "The line opened in 1904.\nIt has nine stops.\nIt was bombed in the war.\n"
    speeches = ["Jo Tan: It is late.", "Ann Lee: It is early.", "Jo Tan: It is neither.", "Ann Lee: Then it is time."]
    names = owners("\n".join(f"{speech}\n{rest}".rstrip("\n") for speech in speeches))
    assert names[::4] == ["Jo Tan", "Ann Lee", "Jo Tan", "Ann Lee"]
    assert [name for number, name in enumerate(names) if number % 4] == [None] * 12


def test_a_title_in_a_label_is_no_part_of_the_name():
    assert owners("Dr PALM: It is open.\nREED: It is not.\nDr PALM: Since May.\nREED: No.") == [
        "PALM",
        "REED",
        "PALM",
        "REED",
    ]


def test_a_label_with_the_full_name_and_one_with_the_surname_are_one_speaker_whose_courtesy_is_no_role():
    text = (
        "Ms Ann Palm (North): Is it open?\nMr Jo Tan (Minister): It is not.\nMs Palm: Since when?\nMr Tan: Since May."
    )
    read = document.read(text, list(lines(text)))
    turns = [turn for turn in dialogue.labels(read, people_of(read)).values() if turn]
    assert [text[slice(*turn.span)] for turn in turns] == ["Ann Palm", "Jo Tan", "Ann Palm", "Jo Tan"]
    assert {turn.role for turn in turns} == {None}


def test_a_quotation_is_whose_signature_stands_behind_it():
    text = "“The harbour is closed, and it will stay closed.”\n— Commissioner Gordon Pell, at the hearing"
    assert owners(text)[0] == "Gordon Pell"


def test_two_labels_with_a_colon_above_their_lines_are_whose_they_name():
    text = "Lena Ostrow has kept bees for years.\nGazette:\nWhen did you notice it?\nOstrow:\nIn February, when I opened a hive."
    assert owners(text)[2::2] == [None, "Lena Ostrow"]


def test_an_embedded_post_is_its_writers():
    text = "Two buses are stuck. — Harbour Rescue (@harbourrescue) March 4, 2022\nThe road reopened at noon."
    assert owners(text) == ["Harbour Rescue", None]


LETTER = "The harbour has been closed for a year, and nobody has told us why it had to be.\n"


def test_letters_are_not_the_next_signers_nor_the_last_ones():
    signed = [f"{LETTER}{name}, Harrow\n\n" for name in ("ANN LEE", "JO TAN", "MIA PALM")]
    assert owners("".join(signed))[::2] == [None, None, None]
    listed = [f"{name}, Harrow\n{LETTER}\n" for name in ("ANN LEE", "JO TAN", "MIA PALM")]
    assert owners("".join(listed))[1::2] == ["ANN LEE", "JO TAN", "MIA PALM"]


def test_where_only_whoever_answers_has_a_label_the_questions_are_nobodys():
    text = "Anna Berg runs the harbour.\nIs it open?\nBERG: No.\nWhy not?\nBERG: Ask the mayor.\n[She laughs.]\nSince when?\nBERG: Since May."
    assert owners(text) == [None, None, "Anna Berg", None, "Anna Berg", None, None, "Anna Berg"]


_INTERVIEW = (
    "The keeper of the light\nJo Tan keeps the lighthouse. Interview: Ann Palm\n\n{0}\nI sleep by day.\n"
    "And at night?\nI count ships.\n{1}\nNo. I stay.\n{2}\nI do.\n"
)


def test_in_an_interview_without_labels_the_answers_are_of_the_first_person_named_above_it():
    text = _INTERVIEW.format("How do you live?", "Would you leave?", "Do you like it?")
    assert owners(text)[2:] == [None, "Jo Tan"] * 4


def test_a_name_that_fills_its_line_is_no_guest():
    text = "Ann Palm\n" + _INTERVIEW.format("How do you live?", "Would you leave?", "Do you like it?")
    assert owners(text)[3:] == [None, "Jo Tan"] * 4


def test_who_is_spoken_of_to_whoever_answers_is_not_the_one_who_answers():
    text = _INTERVIEW.format("How do you live?", "Would you leave?", "Do you like it?")
    asked = text.replace("Jo Tan keeps the lighthouse.", "A keeper talks. You say that Jo Tan is ill.")
    assert set(owners(asked)) == {None}


def test_questions_that_an_outlet_answers_itself_are_no_interview():
    text = _INTERVIEW.format("How does he live?", "Will he leave?", "Does he like it?").replace("I ", "He ")
    assert set(owners(text)) == {None}


def test_a_remark_in_parentheses_behind_a_label_is_nobodys():
    assert owners("PALM: It is open.\nREED: (is silent)\nPALM: Since May.\nREED: No.") == ["PALM", None, "PALM", "REED"]


def test_a_label_that_comes_back_alone_and_names_nobody_of_the_article_is_no_speaker():
    text = "Ann Lee counts the votes.\nBox: It was opened.\nIt was not.\nBox: It was lost.\nIt was not.\nBox: It was burnt."
    assert owners(text) == [None] * 6


def test_a_block_of_quotation_is_walked_once_however_long_it_is(monkeypatch: pytest.MonkeyPatch):
    asked: list[int] = []
    is_block_quotation = Document.is_block_quotation

    def counted(document: Document, number: int) -> bool:
        asked.append(number)
        return is_block_quotation(document, number)

    monkeypatch.setattr(Document, "is_block_quotation", counted)
    text = "> The bells rang all night.\n" * 40
    read = document.read(text, [(start + 2, end) for start, end in lines(text)])
    assert dialogue.labels(read, people_of(read)) == {}
    assert 0 < max(map(asked.count, asked)) < 5
