"""What the layers that point at an answer learn from, and how their bar is chosen."""

from __future__ import annotations

import gzip
import json
import math
import random
from pathlib import Path

import pytest

from training import span

PASSAGE = "Rain fell. The port of Alba reopened on Monday. She opened it with a long speech on the quay."


def row(question: str, answer: str | None, source: str = "squad2_dev") -> dict[str, object]:
    answers = [{"text": answer, "start": PASSAGE.index(answer)}] if answer else []
    return {
        "id": question,
        "question": question,
        "passage": PASSAGE,
        "answerable": bool(answer),
        "answers": answers,
        "title": "",
        "source": source,
        "domain": "",
        "split": "train",
    }


def examples(folder: Path, *rows: dict[str, object]) -> list[tuple[str, str, str | None]]:
    for source in span.TAKEN:
        with gzip.open(folder / f"{source}.jsonl.gz", "wt", encoding="utf-8") as lines:
            lines.writelines(json.dumps(each) + "\n" for each in rows if each["source"] == source)
    made = span.from_sets(folder, "train", random.Random(0))
    return [(each.question, each.sentence, each.answer and each.sentence[slice(*each.answer)]) for each in made]


def test_an_answer_is_learned_in_its_sentence_and_a_pronoun_and_a_question_without_one_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(span, "BEFORE", 0)
    monkeypatch.setattr(span, "WITHOUT", 0)
    port, speech = (sentence + "." for sentence in PASSAGE.rstrip(".").split(". ")[1:])
    rows = (
        row("When did it reopen?", "Monday"),
        row("Who opened the port?", "She"),
        row("Who shut the port of Alba?", None),
    )
    assert sorted(examples(tmp_path, *rows)) == [
        ("When did it reopen?", port, "Monday"),
        ("Who opened the port?", speech, None),
        ("Who shut the port of Alba?", port, None),
    ]


def test_the_sentence_before_keeps_the_answer_in_its_place_and_another_sentence_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(span, "BEFORE", 1)
    monkeypatch.setattr(span, "WITHOUT", 1)
    made = examples(tmp_path, row("When did the port reopen?", "Monday"))
    assert made[0] == ("When did the port reopen?", PASSAGE.partition(" She")[0], "Monday")
    assert [(answer, "Monday" in sentence) for _, sentence, answer in made[1:]] == [(None, False)]


def test_a_question_that_nothing_answers_comes_with_the_sentences_that_share_its_rare_words(tmp_path: Path):
    texts = [
        "The bridge is closed to all.",
        "Nobody has seen the mayor of Alba.",
        "The mayor of Port Kesh resigned today.",
    ]
    gold = {
        "articles": {"a.txt": {"statements": [{"text": text} for text in texts]}},
        "questions": [
            {"question": "Who is mayor of Port Kesh?", "answers": []},
            {"question": "What is closed?", "answers": [["a.txt", texts[0]]]},
        ],
    }
    (tmp_path / "gold.json").write_text(json.dumps(gold))
    made = list(span.from_collections([tmp_path]))
    assert {(each.question, each.sentence, each.answer) for each in made} == {
        ("Who is mayor of Port Kesh?", text, None) for text in texts[1:]
    }


def test_the_bar_is_the_lowest_from_which_as_many_are_right_as_are_wanted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(span, "WANTED", 0.9)
    right, wrong = [(100.0 - at, True) for at in range(18)], [(50.0, False), (40.0, False), (30.0, False)]
    assert span.bar([*right, *wrong]) == 40.0
    assert span.bar([*wrong, *right]) == 40.0
    assert span.bar(wrong) == math.inf


def test_a_collection_is_judged_by_the_bar_of_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    made = {"a": (4, [(9.0, True), (2.0, False)]), "b": (3, [(5.5, True), (5.0, False)])}
    monkeypatch.setattr(span, "parts", lambda folder, _: made[folder.name])
    assert span.set_bar([Path("a"), Path("b")]) == 5.5
    assert capsys.readouterr().out == "left out in turn: 1 of 7 answers show a part, 1 of them right\n"
