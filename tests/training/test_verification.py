"""What the verification of speakers learns from."""

from __future__ import annotations

import torch

from retrieval.speakers import verification as reading
from training.speakers import examples, fit, verification


def claims(rows: list[tuple[str, str]]) -> list[verification.Claim]:
    return list(verification.claims(examples.read_rows(rows)))


def test_a_cue_is_right_where_the_words_are_its_sources():
    said, declared = claims(
        [("Ines Palm", "Ines Palm said that it was late."), ("", "Ines Palm declared an emergency.")]
    )
    assert (said.right, said.weight) == (True, 1)
    assert (declared.right, declared.weight) == (False, fit.OWN)
    assert said.shown
    assert said.odds > declared.odds


def test_whom_a_pronoun_stands_for_is_not_asked():
    rows = [
        ("Ines Palm", "Ines Palm said that it was late."),
        ("?", "The crew left."),
        ("Ines Palm", "She said no more."),
    ]
    assert [claim.right for claim in claims(rows)] == [True, True]


def test_sentences_are_padded_to_one_shape():
    rows = claims([("Ines Palm", "Ines Palm said that it was late."), ("Tom Reed", "Tom Reed said so.")])
    ids, marks, means = verification.padded(rows)
    assert ids.shape == marks.shape == (2, 16)
    assert means.shape == (2, 2, 16)
    assert (ids != 0).sum(1).tolist() == [len(row.marked.ids) for row in rows]
    assert means.sum(2).tolist() == [[1, 1], [1, 1]]
    assert (marks == reading.CUE).sum(1).tolist() == [1, 1]


def test_words_are_hidden_but_never_the_cue_or_its_source(monkeypatch):
    rows = claims([("Ines Palm", "Ines Palm said that it was late.")])
    monkeypatch.setattr(verification, "HIDDEN", 1.0)
    shown: list[torch.Tensor] = []

    def net(ids: torch.Tensor, marks: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
        shown.extend([ids[0], marks[0]])
        return torch.zeros(1)

    assert verification._loss(net, rows) > 0  # type: ignore[arg-type]
    words = [(number, mark) for number, mark in zip(*(each.tolist() for each in shown), strict=True) if number > 102]
    hidden = [
        mark for number, mark in zip(*(each.tolist() for each in shown), strict=True) if number == verification.MASK
    ]
    assert {mark for _, mark in words if mark} == {reading.CUE, reading.SOURCE}
    assert set(hidden) == {0}
