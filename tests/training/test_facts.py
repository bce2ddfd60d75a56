"""What could state a fact is weighed by what stood beside the right ones, and shown above a bar fitted on texts held out."""

from __future__ import annotations

import random

import numpy as np
import pytest

pytest.importorskip("scipy")

from retrieval.articles import candidates, layout
from retrieval.articles.candidate_features import Page
from training import facts
from training.layout import Example

PAGE = "{outlet}\n\n{title}\n\nBy {author}\n\nThe council of the town met on Monday to vote on the bridge.\n"


def example(number: int, *, author: bool) -> Example:
    name = f"Ana{number} Ruiz{number}".translate(str.maketrans("0123456789", "abcdefghij"))
    text = PAGE.format(outlet="The Gazette", title="A bridge too many", author=name if author else "the editors")
    stated = {"author": name if author else None}
    return Example(f"group {number % 10}", text, stated, [], [])


def test_the_weights_prefer_what_stands_where_the_right_ones_stood():
    examples = [example(number, author=number % 4 != 0) for number in range(40)]
    choices = [facts.choice("author", each, Page(layout.reading(each.text))) for each in examples]
    weights = facts.Table("author", choices).fit(np.ones(len(choices), bool))
    for each in choices:
        ranked = dict(candidates.chances(weights, each.candidates))
        stated = each.example.facts["author"]
        assert max(ranked.values(), default=0) < 0.5 if stated is None else ranked[stated] > 0.5


def test_the_bar_is_the_lowest_that_keeps_wrong_facts_few(monkeypatch: pytest.MonkeyPatch):
    shown = [facts.Shown(0.95, True)] * 30 + [facts.Shown(0.6, True)] * 20 + [facts.Shown(0.4, False)] * 10
    random.Random(1).shuffle(shown)
    text = example(1, author=True)
    table = facts.Table("author", [facts.choice("author", text, Page(layout.reading(text.text)))])
    monkeypatch.setattr(facts, "_held_out", lambda table: iter(shown))
    assert facts.fitted_bar(table) == 0.6
    monkeypatch.setattr(facts, "_held_out", lambda table: iter([facts.Shown(0.9, False)] * 5))
    assert facts.fitted_bar(table) == facts.SURE
