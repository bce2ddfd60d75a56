"""A question and the sentence that answers it → the part of the sentence that says what was asked.

Four transformer layers over the reranker's inner states give every token the logits of being the first and the last one of
the answer; the first token, `[CLS]`, stands for none (Devlin et al. 2019). `training/span.py` trains them, and sets the bar
from which on a part is marked, `weights/span.json`.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

import numpy as np

from retrieval import lexicon
from retrieval.text.normalize import original, undisguised, whole
from retrieval.text.onnx_model import OnnxGraph, verified

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.text.onnx_model import Reading
    from retrieval.types import Span

    Floats = NDArray[np.float32]

FOLDER = Path(__file__).parent / "weights"
GRAPH, SETTINGS = "span.onnx", "span.json"
LONGEST = 30  # tokens of an answer
_BAR: float = json.loads((FOLDER / SETTINGS).read_text("utf-8"))["bar"]
_SHA256 = "58543d1bcf14a090ba5bb957339a289405e16d66798c0691c4b858f5315c5771"


class Guess(NamedTuple):
    """A part of a sentence, in its code points, and the chance that it says what was asked if the sentence does, 0..1."""

    span: Span
    chance: float


@runtime_checkable
class SpanReader(Protocol):
    """A reranker that also points at the part of a sentence that says what was asked."""

    def point(self, question: str, sentence: str) -> Guess | None:
        """The likeliest part; `None` where none is likelier."""


def odds(guess: Guess, confidence: float) -> float:
    """The odds that an answer of this confidence (0..1) is right times the chance of the part: at least 0."""
    return guess.chance * confidence / (1 - confidence) if confidence < 1 else math.inf


def sure(guess: Guess, confidence: float) -> bool:
    """Whether a part of what answers with this confidence is marked: few of those that are say something else."""
    return odds(guess, confidence) >= _BAR


class SpanHead:
    """The layers; one for all threads."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Raises `ModelError` where the layers are not those that belong to this version."""
        verified(folder / GRAPH, _SHA256, "span head")
        self._graph = OnnxGraph(folder / GRAPH)

    def point(self, sentence: str, reading: Reading) -> Guess | None:
        """As `SpanReader.point`; the states in `reading` are of the pair of question and sentence.

        All of the sentence, and words that name nothing, as "she", are no part to point at.
        """
        guess = likeliest(self._graph.compute({"states": reading.output})[0], reading.second)
        if guess is None:
            return None
        first, last = guess.span
        read, places = undisguised(sentence)
        start, end = whole(read, reading.offsets[first][0], reading.offsets[last][1])
        span = original(sentence, places, start, end)
        return guess._replace(span=span) if says_something(sentence, span) else None


def likeliest(logits: Floats, second: NDArray[np.bool_]) -> Guess | None:
    """The first and the last token of the likeliest answer, with its chance; `None` where none is likelier.

    `logits` are `(tokens, 2)`, `second` says which tokens are of the second text; of these the last one is a mark.
    """
    inside = np.flatnonzero(second)[:-1]
    allowed = np.array([0, *inside])
    chances = logits[allowed] - np.logaddexp.reduce(logits[allowed], axis=0)
    length = inside - inside[:, np.newaxis]
    pairs = np.where((length >= 0) & (length < LONGEST), chances[1:, :1] + chances[1:, 1], -np.inf)
    if pairs.max(initial=-np.inf) <= chances[0].sum():
        return None
    first, last = np.unravel_index(np.argmax(pairs), pairs.shape)
    return Guess((int(inside[first]), int(inside[last])), math.exp(pairs[first, last]))


def says_something(sentence: str, span: Span) -> bool:
    """Whether a part of the sentence leaves some word out, and has one that names something."""
    start, end = span
    named = set(re.findall(r"\w+", sentence[start:end].lower())) - lexicon.words("speaker_questions", "nobody")
    return bool(named) and bool(re.search(r"\w", sentence[:start] + sentence[end:]))
