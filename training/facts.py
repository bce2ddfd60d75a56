"""Labelled lines and what each text states → the weights and the bar of every field of `retrieval.articles.candidates`.

The weights make the right candidate, or none, the likeliest: Adam on the log-likelihood of a conditional logit over the scores of a
network, some features of each candidate left out at each step. The bar of a field is the lowest at which, on collections held out in turn, no more than `WRONG` of what is shown
is wrong.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from benchmarks.collections import plain
from retrieval.articles import candidates
from retrieval.articles.candidate_features import Page
from retrieval.articles.network import Network

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from retrieval.articles.layout import Line
    from training.layout import Example

FOLDS = 5
RAREST = 6  # texts in which a feature of a candidate must stand
UNITS = 16
ROUNDS, RATE, TEXTS = 6, 0.01, 64  # passes over the texts, the highest learning rate, texts a step
LEFT_OUT = 0.2  # the share of features that a step does not see
DECAY = 0.01
# The share of a field's shown facts that may be wrong on collections held out. Half of the titles that are counted as wrong there could
# be the title as well: the name of a series or a kind of text.
WRONG = {"title": 0.08, "publisher": 0.05, "author": 0.05, "date": 0.05}
LOWEST, SURE = 0.5, 0.9  # no bar is lower; the bar of a field with too few facts to fit one


class Choice(NamedTuple):
    """One text: what could state a fact, and which of it does."""

    example: Example
    candidates: list[candidates.Candidate]
    right: list[bool]


class Shown(NamedTuple):
    """What a model that has not seen a text finds the likeliest in it, and whether that is right."""

    chance: float
    right: bool


def fit(texts: Sequence[tuple[Example, Sequence[Line]]]) -> dict[str, NDArray[np.generic]]:
    """The network and the bar of every field as arrays for the file; prints what the bar brings on collections held out."""
    pages = [(example, Page(lines)) for example, lines in texts]
    arrays, bars = {}, {}
    for field in candidates.FIELDS:
        table = Table(field, [choice(field, example, page) for example, page in pages])
        bars[field] = fitted_bar(table)
        arrays.update(table.fit(np.full(len(pages), True)).packed(field))
    return {**arrays, "bars": np.frombuffer(json.dumps(bars).encode(), np.uint8)}


def choice(field: str, example: Example, page: Page) -> Choice:
    """What a page offers for a field, and what of it is right."""
    listed = candidates.of(field, page)
    return Choice(example, listed, [plain(each.value) == plain(example.facts.get(field) or "") for each in listed])


class Table:
    """All choices of a field, with the numbers of their candidates' features."""

    def __init__(self, field: str, choices: Sequence[Choice]) -> None:
        self.field, self.choices = field, choices
        times = Counter(name for each in choices for name in {name for one in each.candidates for name in one.features})
        self._names = sorted(name for name, count in times.items() if count >= RAREST)
        number = {name: at for at, name in enumerate(self._names)}
        rows = [
            [[number[name] for name in one.features if name in number] for one in each.candidates] for each in choices
        ]
        self._numbers = [np.array([*itertools.chain.from_iterable(each)], np.int64) for each in rows]
        self._lengths = [np.array([*map(len, each)], np.int64) for each in rows]

    def fit(self, chosen: NDArray[np.bool_]) -> Network:
        """The network of the chosen texts; one whose fact no candidate states teaches nothing."""
        known = np.array([any(each.right) or not each.example.facts.get(self.field) for each in self.choices])
        texts = np.flatnonzero(chosen & known & np.array([bool(each.candidates) for each in self.choices]))
        torch.manual_seed(0)
        rows = torch.nn.EmbeddingBag(len(self._names), UNITS, mode="sum")
        torch.nn.init.normal_(rows.weight, 0, 0.05)
        bias, output = torch.nn.Parameter(torch.zeros(UNITS)), torch.nn.Parameter(torch.randn(UNITS) * 0.3)
        groups = [{"params": rows.weight, "weight_decay": DECAY}, {"params": [bias, output], "weight_decay": 0.0}]
        optimizer = torch.optim.AdamW(groups, RATE)
        steps = ROUNDS * -(-len(texts) // TEXTS)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, steps)
        for _ in range(ROUNDS):
            for batch in torch.from_numpy(texts)[torch.randperm(len(texts))].split(TEXTS):
                numbers, starts, text, right = self._batch(batch.tolist())
                scores = torch.relu(rows(numbers, starts) / (1 - LEFT_OUT) + bias) @ output
                optimizer.zero_grad()
                _loss(scores, text, right, len(batch)).backward()
                optimizer.step()
                schedule.step()
        weights = (each.detach().numpy() for each in (rows.weight, bias, output))
        return Network.of(self._names, *weights)

    def _batch(self, texts: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Features, where those of each candidate start, the candidate's text (counted from 0), and whether it is right."""
        numbers = torch.from_numpy(np.concatenate([self._numbers[at] for at in texts]))
        lengths = torch.from_numpy(np.concatenate([self._lengths[at] for at in texts]))
        kept = torch.rand(len(numbers)) >= LEFT_OUT
        before = torch.cat([torch.zeros(1, dtype=torch.int64), kept.cumsum(0)])
        right = [float(value) for at in texts for value in self.choices[at].right]
        text = torch.arange(len(texts)).repeat_interleave(torch.tensor([len(self._lengths[at]) for at in texts]))
        return numbers[kept], before[lengths.cumsum(0) - lengths], text, torch.tensor(right)


def _loss(scores: torch.Tensor, text: torch.Tensor, right: torch.Tensor, size: int) -> torch.Tensor:
    """What the right candidates of each text, or none where none is right, lack of all probability."""
    shares = torch.exp(scores.clamp(max=40))
    nought = torch.zeros(size)
    none = (nought.index_add(0, text, right) == 0).float()
    good = none + nought.index_add(0, text, shares * right)
    return (torch.log(1 + nought.index_add(0, text, shares)) - torch.log(good.clamp(min=1e-9))).mean()


def fitted_bar(table: Table) -> float:
    """The lowest bar above which at most `WRONG` of what is shown is wrong, on collections held out in turn."""
    field = table.field
    shown = sorted((each for each in _held_out(table) if each.chance >= LOWEST), reverse=True)
    stated = sum(bool(each.example.facts.get(field)) for each in table.choices if not each.example.made)
    right, bars = 0, {}
    for count, (each, after) in enumerate(zip(shown, [*shown[1:], None], strict=True), 1):
        right += each.right
        wrong = (count - right) / count
        for limit in (0.02, 0.03, 0.05, 0.06, 0.08, 0.1):
            if wrong <= limit and right and (after is None or after.chance < each.chance):
                bars[limit] = (round(each.chance, 3), right, count)
    for limit, (bar, good, count) in sorted(bars.items()):
        print(f"{field}: at most {limit} wrong: bar {bar}, {good} of {stated} found, {count - good} of {count} wrong")
    return max(LOWEST, bars[WRONG[field]][0]) if WRONG[field] in bars else SURE


def _held_out(table: Table) -> Iterator[Shown]:
    groups = sorted({each.example.group for each in table.choices})
    for fold in range(FOLDS):
        out = np.array([each.example.group in groups[fold::FOLDS] for each in table.choices])
        network = table.fit(~out)
        for each in itertools.compress(table.choices, out):
            if not each.example.made:
                value, chance = likeliest(network, each.candidates)
                yield Shown(chance, bool(value) and plain(value) == plain(each.example.facts.get(table.field) or ""))


def likeliest(network: Network, listed: Sequence[candidates.Candidate]) -> tuple[str, float]:
    """The likeliest value and its probability."""
    values = candidates.added(listed, candidates.chances(network, listed)) if listed else {"": 0.0}
    return max(values.items(), key=lambda pair: pair[1])
