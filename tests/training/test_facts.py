"""What could state a fact is weighed by what stood beside the right ones."""

from __future__ import annotations

import pytest

pytest.importorskip("scipy")

from retrieval.articles import candidates, layout
from retrieval.articles.candidate_features import Page
from training import facts
from training.labelled_pages import Example

PAGE = "{outlet}\n\n{title}\n\nBy {author}\n\nThe council of the town met on Monday to vote on the bridge.\n"


def example(number: int, *, author: bool) -> Example:
    name = f"Ana{number} Ruiz{number}".translate(str.maketrans("0123456789", "abcdefghij"))
    text = PAGE.format(outlet="The Gazette", title="A bridge too many", author=name if author else "the editors")
    stated = {"author": name if author else None}
    return Example(text, stated, [], [])


def test_the_weights_prefer_what_stands_where_the_right_ones_stood():
    examples = [example(number, author=number % 4 != 0) for number in range(40)]
    choices = [facts.choice("author", each, Page(layout.reading(each.text))) for each in examples]
    weights = facts.fit("author", choices)
    for each in choices:
        ranked = dict(candidates.chances(weights, each.candidates))
        stated = each.example.facts["author"]
        assert max(ranked.values(), default=0) < 0.5 if stated is None else ranked[stated] > 0.5
