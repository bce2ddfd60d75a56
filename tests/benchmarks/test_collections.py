"""The figures of `benchmarks.collections`, from questions whose outcome is known."""

from __future__ import annotations

from typing import Any

from benchmarks.collections import Asked, Tally, summary


def _asked(collection: str, **changes: Any) -> Asked:
    fields: dict[str, Any] = {
        "type": "natural", "answerable": True, "first": True, "three": True, "five": True, "marked": True,
        "both_sides": False, "verdict": "answer", "confidence": 0.9,
    }  # fmt: skip
    return Asked(collection, **fields | changes)


def _tally() -> Tally:
    tally = Tally()
    tally.questions = [
        _asked("a"),
        _asked("a", first=False, marked=False, confidence=0.6),
        _asked("b"),
        _asked("b", answerable=False, first=False, three=False, five=False, verdict="nothing", confidence=0.1),
    ]
    tally.counts["a"] |= {"facts stated": 4, "facts right": 1, "facts shown": 2, "facts wrong": 1}
    tally.counts["b"] |= {"facts stated": 4, "facts right": 3, "facts shown": 3, "facts wrong": 0}
    return tally


def test_figures_are_pooled_over_the_collections() -> None:
    figures = summary(_tally())
    assert figures["right passage first"][0] == 0.667  # two of three answerable questions
    assert figures["answers that are right"][0] == 0.667
    assert figures["unanswerable: declined"][0] == 1.0
    assert figures["AUROC of confidence"][0] == 1.0
    assert figures["stated facts found"][0] == 0.5  # 1 + 3 of 8
    assert figures["facts shown that are wrong"][0] == 0.2
    assert figures["first, natural"][0] == 0.667


def test_an_interval_spans_what_single_collections_give() -> None:
    figures = summary(_tally())
    assert figures["right passage first"][1:] == (0.5, 1.0)  # "a" alone, "b" alone
    assert figures["stated facts found"][1:] == (0.25, 0.75)
