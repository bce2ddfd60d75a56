"""Train the transformer that reads a page's lines, export it, and print what bars of facts would bring.

    python -m training.page_reader train OUT.pt gold/d* --pages tests/pages training/pages --minutes 25 [--seed 1] [--start EARLIER.pt]
    python -m training.page_reader export OUT.pt [ANOTHER.pt …] retrieval/articles/weights
    python -m training.page_reader bars gold/v* gold/p1 --pages training/unseen

It starts from the first layers of the default encoder, and learns from the lines as `retrieval.articles.page_reader` cuts them: the
label of each line (`training.labelled_pages`), and where each fact stands. Two of three pages are changed on the way (`training.page_changes`).
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.collections import plain
from retrieval.articles import dates, layout, metadata, page_reader
from retrieval.articles.page_reader import FIELDS, LABELS, LONGEST, Token
from retrieval.text.paragraphs import Paragraph, paragraphs
from retrieval.text.wordpieces import LINE
from retrieval.types import FACTS
from training import labelled_pages as labelled
from training import token_model
from training.page_changes import Names, changed, made
from training.token_model import WIDTH, TokenModel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from retrieval.text.onnx_model import Tokenize
    from training.labelled_pages import Example

LOOKS = 16
RATE = 1.5e-4
LESS = 0.4  # the share of pages of which a part is learned from as well
HIDDEN = 0.1  # the share of tokens that are masked
PRICES = (1, 2, 3, 4, 6, 8, 12)  # right facts that are given away for each wrong one less
LOWEST, SURE = 0.5, 0.9  # no bar is lower; the bar of a field of which fewer than `FEWEST` likeliest values are right
FEWEST = 30


Place = tuple[int, int, int, int]  # where a fact begins and ends: a line and a place in its words, twice


@dataclass(frozen=True)
class Window:
    """A window of a page with the label of each of its lines, and for each field the first and last token where it stands."""

    tokens: list[Token]
    heads: list[int]  # the places of its lines' first tokens
    labels: list[int]
    places: list[list[tuple[int, int]] | None]  # `None` where the page states it somewhere that was not found


class Net(TokenModel):
    """A token model with a layer for labels, one that points, and one for what the page does not state."""

    def __init__(self) -> None:
        super().__init__(LOOKS)
        self.label, self.point = nn.Linear(WIDTH, len(LABELS)), nn.Linear(WIDTH, 2 * len(FIELDS))
        self.null = nn.Linear(WIDTH, len(FIELDS))

    def forward(self, ids: Tensor, looks: Tensor, mask: Tensor) -> Tensor:
        """What is exported: for each token the logits of being a field's first and last one, of "it is not here", of labels."""
        states = self.states(ids, looks, mask)
        return torch.cat([self.point(states), self.null(states), self.label(states)], -1)


def windows(tokenize: Tokenize, example: Example) -> list[Window]:
    """The windows of a page, with what there is to learn."""
    rows = paragraphs(example.text)
    if not rows:
        return []
    labels = labelled.labels(rows, example)
    places = {field: list(_places(field, rows, labels, example.facts.get(field))) for field in FIELDS}
    return [
        _window(tokens, labels, places, example)
        for tokens in page_reader.windows(page_reader.shortened(rows, tokenize))
    ]


def _window(tokens: list[Token], labels: Sequence[str], places: dict[str, list[Place]], example: Example) -> Window:
    heads = [at for at, token in enumerate(tokens) if token.id == LINE and token.start < 0]
    first = {(token.line, token.start): at for at, token in reversed(list(enumerate(tokens))) if token.start >= 0}
    last = {(token.line, token.end): at for at, token in enumerate(tokens) if token.start >= 0}
    inside = [
        [(first[place[:2]], last[place[2:]]) for place in places[field] if place[:2] in first and place[2:] in last]
        for field in FIELDS
    ]
    known = [bool(places[field]) or _states_none(field, example) for field in FIELDS]
    return Window(
        tokens,
        heads,
        [LABELS.index(labels[tokens[at].line]) for at in heads],
        [each if sure else None for each, sure in zip(inside, known, strict=True)],
    )


def _states_none(field: str, example: Example) -> bool:
    """Whether the page is known not to state a fact: the earlier drawn pages do not say where their text comes from."""
    unknown = example.drawn and field in ("source", "distributor") and field not in example.facts
    return not unknown and not example.facts.get(field)


def _places(field: str, rows: Sequence[Paragraph], labels: Sequence[str], value: str | None) -> Iterator[Place]:
    """Where a page states a fact: off the article if anywhere there, a title in its own line or lines."""
    if not value:
        return
    stretches = list[Place]()
    if field == "title":
        runs = labelled.title_lines([row.words for row in rows], value)
        stretches = [(run[0], 0, run[-1], len(rows[run[-1]].words)) for run in runs]
    for at, row in enumerate(rows):
        if field == "date":
            spans = [span for day, span in dates.every(row.words[:LONGEST]) if day == value]
        else:
            spans = [match.span() for match in re.finditer(labelled.whole_words(value), row.words[:400])]
        stretches += [(at, start, at, end) for start, end in spans]
    wrong = {"date": ("body",)}.get(field, ("body", "heading", "deck", "title"))
    good = [
        each for each in stretches if (labels[each[0]] == "title" if field == "title" else labels[each[0]] not in wrong)
    ]
    yield from good or stretches[: 1 if field == "title" else 2]


def epoch(tokenize: Tokenize, examples: Sequence[Example], names: Names, rng: random.Random) -> Iterator[Window]:
    """One round over all pages, most of them changed, of some also a part."""
    for example in examples:
        yield from windows(tokenize, example if rng.random() < 0.3 else changed(example, examples, names, rng))
        if rng.random() < LESS:
            yield from windows(tokenize, rng.choice(list(made(example, examples, rng))))


def loss(net: Net, batch: Sequence[Window], rng: torch.Generator) -> Tensor:
    """The mean negative log-likelihood of the lines' labels, plus that of the facts' places."""
    states = net.states_of(batch, HIDDEN, rng)
    heads = torch.cat([states[row, window.heads] for row, window in enumerate(batch)])
    labels = torch.tensor([label for window in batch for label in window.labels])
    lines = functional.cross_entropy(net.label(heads), labels, label_smoothing=0.02)
    pointed = [
        each
        for row, window in enumerate(batch)
        for each in _losses(net.point(states[row]), net.null(states[row, 0]), window)
    ]
    return lines + torch.stack(pointed).mean()


def _losses(point: Tensor, null: Tensor, window: Window) -> Iterator[Tensor]:
    """The negative log-likelihood of each field's places, those of several added up."""
    firsts, lasts = (torch.from_numpy(each) for each in page_reader.spans(window.tokens))
    number = {pair: at for at, pair in enumerate(zip(firsts.tolist(), lasts.tolist(), strict=True))}
    for field, places in enumerate(window.places):
        if places is not None:
            scores = torch.cat([point[firsts, 2 * field] + point[lasts, 2 * field + 1], null[field : field + 1]])
            right = [number[place] for place in places] or [-1]
            yield torch.logsumexp(scores, 0) - torch.logsumexp(scores[right], 0)


def train(out: Path, examples: Sequence[Example], minutes: float, seed: int, start: Path | None) -> None:
    """Train until the time is over."""
    net, tokenize, names = Net(), token_model.tokenizer(), Names(examples)
    if start:
        net.load_state_dict(torch.load(start))
    token_model.train(
        net,
        lambda rng: epoch(tokenize, examples, names, rng),
        lambda batch, noise: loss(net, batch, noise),
        out,
        rate=RATE,
        minutes=minutes,
        seed=seed,
    )


def export(files: Sequence[Path], out: Path) -> None:
    """Write the mean of the weights as `page_reader.onnx`, 8 bits, and its `tokenizer.json` into `out`; print their SHA-256."""
    from training.export import write  # onnx

    net = Net()
    net.load_state_dict(token_model.mean(files))
    net.eval()
    names = ("input_ids", "token_type_ids", "attention_mask", "logits")
    write(net, {name: {0: "windows", 1: "tokens"} for name in names}, out / "page_reader.onnx")
    shutil.copyfile(token_model.encoder_folder() / "tokenizer.json", out / "tokenizer.json")
    for name in ("page_reader.onnx", "tokenizer.json"):
        content = (out / name).read_bytes()
        print(f"{hashlib.sha256(content).hexdigest()}  {name}  {len(content):,} bytes")


def bars(examples: Sequence[Example]) -> Iterator[str]:
    """For some prices of a wrong fact in right ones: the bars that bring most, what they find, and how much of it is wrong."""
    ranked = {field: _ranked(field, examples) for field in FACTS}
    stated = sum(bool(example.facts.get(field)) for example in examples for field in FACTS)
    for price in PRICES:
        chosen = {field: _bar(rows, price) for field, rows in ranked.items()}
        shown = [right for field, rows in ranked.items() for chance, right in rows if chance >= chosen[field]]
        named = " ".join(f"{field} {bar:.3f}" for field, bar in chosen.items())
        yield f"{sum(shown) / stated:.3f} found, {1 - sum(shown) / max(1, len(shown)):.3f} wrong: {named}"


def _ranked(field: str, examples: Sequence[Example]) -> list[tuple[float, bool]]:
    """The chance of the likeliest value of a field of each page, and whether it is right, the surest first."""
    facts = [(example, metadata.likeliest(field, layout.reading(example.text))) for example in examples]
    return sorted(
        ((fact.chance, plain(fact.value) == plain(page.facts.get(field) or "")) for page, fact in facts if fact),
        reverse=True,
    )


def _bar(ranked: Sequence[tuple[float, bool]], price: float) -> float:
    """The lowest bar at which right facts less `price` times the wrong ones are at most one right fact fewer than at the best one."""
    if sum(right for _, right in ranked) < FEWEST:
        return SURE
    gains = np.cumsum([1.0 if right else -price for chance, right in ranked if chance >= LOWEST])
    good = np.flatnonzero(gains >= gains.max(initial=1.0) - 1)
    return ranked[int(good[-1])][0] if len(good) else 1.0


def main() -> None:
    """Read the command line and do one of the three."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(dest="step", required=True)
    token_model.add_training(steps)
    exporting = steps.add_parser("export")
    exporting.add_argument("weights", type=Path, nargs="+")
    exporting.add_argument("out", type=Path)
    choosing = steps.add_parser("bars")
    choosing.add_argument("folders", type=Path, nargs="+")
    choosing.add_argument("--pages", type=Path, nargs="+", default=[])
    options: Any = parser.parse_args()
    if options.step == "train":
        train(
            options.out,
            list(labelled.examples(options.folders, options.pages)),
            options.minutes,
            options.seed,
            options.start,
        )
    elif options.step == "export":
        export(options.weights, options.out)
    else:
        print("\n".join(bars(list(labelled.examples(options.folders, options.pages)))))


if __name__ == "__main__":
    main()
