"""A text → its lines, each with a label: what is the article, and what of the rest states which fact about it.

The labels come from a linear-chain conditional random field (Lafferty, McCallum, Pereira 2001) over the features of
`line_features`; `training/layout.py` fits it. Which lines are the article, the field and `page_reader` decide together.
Cleaning never makes a new text, it labels spans of the old one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from retrieval.articles import line_classification, line_features, page_reader
from retrieval.text.dialogue import asks
from retrieval.text.normalize import original, undisguised
from retrieval.text.paragraphs import Paragraph, paragraphs

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from retrieval.articles.page_reader import Stretch
    from retrieval.types import Span

    Floats = NDArray[np.float64]

WEIGHTS = "weights/layout.json"
# From which probability on a line that no rule calls boilerplate is the article's, by whether it ends as a sentence does
# and where it stands. Held out (`training.layout --report`), a line between others is nearly always the article's; who the
# author is and what the outlet wants stands last.
BARS = {
    (True, "last"): 0.6, (True, "last but one"): 0.7, (True, "head"): 0.4, (True, ""): 0.3,
    (False, "last"): 0.5, (False, "last but one"): 0.7, (False, "head"): 0.7, (False, ""): 0.4,
}  # fmt: skip
SURELY_ASIDE = 0.8  # the probability from which on a question is a page's to its readers
_LEAST = 0.001  # the least chance that counts, so that neither model alone rules a label out
_FEWEST = 5  # lines of a page: of fewer the last is as likely the article's as the others
_READ_TWICE = 64  # texts whose lines and body are kept for who reads them next; a text of 40 lines takes about 0.3 MB


@dataclass(frozen=True, slots=True)
class Line:
    """One line, its likeliest label, and the probability of every label.

    `chances` and `label` come from the chain alone, `joint` from the chain and the page reader.
    """

    paragraph: Paragraph
    label: str
    chances: Mapping[str, float]
    features: Sequence[str]
    joint: Mapping[str, float]


class Reading(NamedTuple):
    """The lines of a text, labelled, and for each field the stretches that the page reader takes for it."""

    lines: tuple[Line, ...]
    stretches: Mapping[str, Sequence[Stretch]]

    def without(self, shared_lines: Container[str]) -> Reading:
        """The reading of the page as if it did not hold the lines that its outlet's pages share."""
        kept = [at for at, line in enumerate(self.lines) if line.paragraph.line not in shared_lines]
        numbers = {at: number for number, at in enumerate(kept)}
        return Reading(
            tuple(self.lines[at] for at in kept),
            {field: list(_renumbered(each, numbers)) for field, each in self.stretches.items()},
        )


def _renumbered(stretches: Sequence[Stretch], numbers: Mapping[int, int]) -> Iterator[Stretch]:
    """The stretches of lines that stay, by the new numbers; they share the chance of those that go."""
    gone = sum(each.chance for each in stretches if each.line not in numbers)
    for each in stretches:
        if each.line in numbers:
            yield each._replace(line=numbers[each.line], chance=each.chance / max(1 - gone, each.chance))


class Model(NamedTuple):
    """Weights of a chain: features → [labels], [labels, labels] from one line to the next."""

    labels: tuple[str, ...]
    weights: Mapping[str, Floats]
    steps: Floats


@cache
def model() -> Model:
    """The model of lines that comes with the package."""
    return parse(stored()["lines"])


@cache
def stored() -> dict[str, Any]:
    """All weights that come with the package: `lines` of this model, `facts` of `candidates`."""
    weights: dict[str, Any] = json.loads(resources.files("retrieval.articles").joinpath(WEIGHTS).read_text("utf-8"))
    return weights


def parse(lines: Mapping[str, Any]) -> Model:
    """A model as its file holds it: `labels`, `weights` by feature and label's number, `steps`."""
    labels = tuple(lines["labels"])
    weights = {}
    for name, pairs in lines["weights"].items():
        weights[name] = np.zeros(len(labels))
        for label, weight in pairs:
            weights[name][label] = weight
    return Model(labels, weights, np.array(lines["steps"], dtype=float))


def read(text: str) -> tuple[Line, ...]:
    """Every line of a text in order, labelled."""
    return reading(text).lines


@lru_cache(maxsize=_READ_TWICE)
def reading(text: str) -> Reading:
    """Every line of a text in order, labelled, and what the page reader points at."""
    rows = paragraphs(text)
    if not rows:
        return Reading((), {})
    page = line_classification.page_of(text, rows)
    lines = labelled(model(), rows, line_features.features(rows, page))
    stretches, labels = page_reader.shipped().read(rows)
    joined = (
        replace(line, joint=_joint(line.chances, labels[at])) if at in labels else line for at, line in enumerate(lines)
    )
    return Reading(tuple(joined), stretches)


def _joint(chances: Mapping[str, float], read_chances: Mapping[str, float]) -> dict[str, float]:
    """The geometric mean of both probabilities of each label, scaled to a sum of 1."""
    shares = {label: (max(chances[label], _LEAST) * max(read_chances[label], _LEAST)) ** 0.5 for label in chances}
    total = sum(shares.values())
    return {label: share / total for label, share in shares.items()}


@lru_cache(maxsize=_READ_TWICE)
def body(text: str, title: str | None = None, shared_lines: tuple[str, ...] = ()) -> tuple[Span, ...]:
    """The paragraphs of the article proper in order, as spans in code points; all that lies outside is boilerplate.

    `title` is the article's title where it is known; the line that states it is never part of the body. Nor are the
    `shared_lines` of its outlet's pages, but for questions and labels between those that are the article's own.
    """
    plain, places = undisguised(text)
    lines = [line for line in read(plain) if not _states_title(line, title and undisguised(title)[0])]
    doubted = [line_features.doubted(line.features) for line in lines]
    shown = [not doubted[at] and chance(line) >= BARS[place(lines, at)] for at, line in enumerate(lines)]
    for at in range(len(lines) - 2, -1, -1):
        shown[at] = shown[at] or (shown[at + 1] and _asks(lines[at]))
    for start, end in _enumerations(lines):
        shown[start:end] = [any(shown[start:end])] * (end - start)
    own = _own(lines, shown, shared_lines) if shared_lines else shown
    kept = [line.paragraph for line, each in zip(lines, own, strict=True) if each]
    if not kept:  # a line or two without a page around them
        alone = [line.paragraph for line, off in zip(lines, doubted, strict=True) if not off]
        kept = [row for row in alone if line_classification.ends(row.words)]
    return tuple(original(text, places, row.start, row.start + _kept(row)) for row in kept)


def _own(lines: Sequence[Line], shown: Sequence[bool], shared_lines: tuple[str, ...]) -> list[bool]:
    """Which of the lines shown are the article's own; all of them where none is by itself."""
    known = set(shared_lines)
    alone = [visible and line.paragraph.line not in known for line, visible in zip(lines, shown, strict=True)]
    if True not in alone:
        return list(shown)
    first, last = alone.index(True), len(alone) - alone[::-1].index(True)
    words = [line.paragraph.words for line in lines]
    labels = [first < at < last and (asks(row) or not line_classification.ends(row)) for at, row in enumerate(words)]
    return [own or (visible and label) for own, visible, label in zip(alone, shown, labels, strict=True)]


def _enumerations(lines: Sequence[Line]) -> Iterator[Span]:
    """Each run of lines that are one sentence, since all but the last end in a semicolon, as numbers of lines."""
    start = 0
    for at, line in enumerate(lines):
        if not line.paragraph.words.endswith(";"):
            if at > start:
                yield start, at + 1
            start = at + 1


def _states_title(line: Line, title: str | None) -> bool:
    words = line.paragraph.words
    return title is not None and (words == title or (line.label == "title" and title in words))


def chance(line: Line) -> float:
    """How likely a line is the article's; between its sentences, what reads like a title is no title.

    Whether a line of the article is a sentence or a heading, the chain alone decides.
    """
    sentence = line.chances["body"] / max(line.chances["body"] + line.chances["heading"], _LEAST)
    own = (line.joint["body"] + line.joint["heading"]) * sentence
    return own + (line.joint["title"] if "middle" in line.features else 0.0)


def _asks(line: Line) -> bool:
    """Whether a line between those of the article asks what the next one answers: an interviewer, or a heading."""
    return line.joint["aside"] < SURELY_ASIDE and "middle" in line.features and asks(line.paragraph.words)


def place(lines: Sequence[Line], at: int) -> tuple[bool, str]:
    """The key of a line in `BARS`: whether it ends as a sentence does, and where it stands."""
    below = len(lines) - 1 - at
    sentence = line_classification.ends(lines[at].paragraph.words[: _kept(lines[at].paragraph)])
    if at and line_classification.TIME.fullmatch(lines[at - 1].paragraph.words):
        return sentence, ""  # an entry of a live page, below its time
    if below < 2 and len(lines) >= _FEWEST:
        return sentence, "last but one" if below else "last"
    return sentence, "head" if "head" in lines[at].features else ""


def _kept(row: Paragraph) -> int:
    """How much of a paragraph is the article: the credit or call at its end is not."""
    short = len(row.words) <= line_classification.LONGEST_TAIL
    return line_classification.without_tail(row.words) if short else len(row.words)


def labelled(chain: Model, rows: Sequence[Paragraph], named: Sequence[Sequence[str]]) -> tuple[Line, ...]:
    """Lines with their labels, from their features."""
    lines = []
    for row, each, names in zip(rows, marginals(chain, named), named, strict=True):
        chances = dict(zip(chain.labels, each.tolist(), strict=True))
        lines.append(Line(row, chain.labels[int(each.argmax())], chances, names, chances))
    return tuple(lines)


def marginals(chain: Model, named: Sequence[Sequence[str]]) -> Floats:
    """The probability of each label of each line, [lines, labels]: forward-backward, each line scaled to a sum of 1."""
    none = np.zeros(len(chain.labels))
    scores = np.array([sum((chain.weights[name] for name in names if name in chain.weights), none) for names in named])
    if not named:
        return scores
    likely, steps = np.exp(scores - scores.max(axis=1, keepdims=True)), np.exp(chain.steps)
    forward, backward = likely.copy(), np.ones_like(likely)
    for at in range(1, len(likely)):
        forward[at] *= forward[at - 1] @ steps
        forward[at] /= forward[at].sum()
    for at in range(len(likely) - 2, -1, -1):
        backward[at] = steps @ (likely[at + 1] * backward[at + 1])
        backward[at] /= backward[at].sum()
    both: Floats = forward * backward
    both /= both.sum(axis=1, keepdims=True)
    return both
