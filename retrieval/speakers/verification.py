"""A sentence with its cue and its source marked → the chance that it is the source's words, by a small transformer.

A second stage behind linking, as in retrieval (Nogueira, Cho 2019): it reads the words themselves where linking would show a
name, and can only withhold that. `python -m training.speakers.verification` trains and exports it.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retrieval.articles import page_reader
from retrieval.text.onnx_model import OnnxModel, verified
from retrieval.text.wordpieces import LINE, START

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrieval.speakers.document import Document
    from retrieval.speakers.linking import Link
    from retrieval.text.onnx_model import Tokenize
    from retrieval.types import Span

CUE, SOURCE, QUOTED = 1, 2, 4  # how a token is marked, as a sum
LONGEST = 200  # tokens of a sentence that are read
WEIGHTS = Path(__file__).parent / "weights" / "verification.onnx"
# The word vectors are those of the page reader, which come from the same encoder: a stretch of its file, with this head.
VECTORS = page_reader.WEIGHTS / "page_reader.onnx"
VECTORS_NAME, VECTORS_SIZE = "bert.embeddings.word_embeddings.weight_quantized", 30522 * 384
_HEAD = VECTORS_NAME.encode() + b"\x4a\x80\xae\xcb\x05"  # field 9 of a TensorProto, and its size in bytes
OFFSET = b"0123456789"  # stands in the graph for where the stretch begins
TOKENIZER = page_reader.WEIGHTS / "tokenizer.json"
_SHA256 = "33043bfd7d0fdd78685c3f85aeee50697966cbbbfd3e33669c103f2be0658890"
# The log-odds of both stages → the chance that a name shown is right; `training.speakers.verification fit` fits them.
LINKING, READING, BIAS = 0.98, 0.38, -1.29
BAR = 0.5  # below it the name is withheld


class Marked(NamedTuple):
    """A sentence's tokens: numbers and marks, (tokens,), and what takes the means of its cue's and its source's head, (2, tokens)."""

    ids: NDArray[np.int64]
    marks: NDArray[np.int64]
    means: NDArray[np.float32]


def withheld(document: Document, number: int, link: Link) -> bool:
    """Whether the name of a link by the sentence's own cue is not shown, unless it leads to words below.

    Raises `ModelError` where the weights are not whole.
    """
    leads = document.text[document.sentences[number].end - 1] == ":"
    if link.cue is None or link.cue.source is None or link.sentence != number or leads:
        return False
    model = _model()
    marked = mark(model.tokens, document, number, link.cue.verb, link.cue.source)
    inputs = {"ids": marked.ids[None], "marks": marked.marks[None], "means": marked.means[None]}
    reading = float(model.compute(inputs)[0])
    odds = log_odds(link.probability)
    return LINKING * odds + READING * reading + BIAS < log_odds(BAR)


def log_odds(chance: float) -> float:
    """Of a chance, which counts as 0.001..0.999."""
    within = min(max(chance, 0.001), 0.999)
    return math.log(within / (1 - within))


def mark(tokenize: Tokenize, document: Document, number: int, cue: int, source: int) -> Marked:
    """The tokens of a sentence; marked are its cue and the head of its source, by the parser's tokens, and what is quoted."""
    sentence = document.sentences[number]
    encoded = tokenize(document.text[sentence.start : sentence.end])
    spans = np.array([(0, 0), *encoded.offsets, (0, 0)], np.int64) + sentence.start

    def within(*stretches: Span) -> NDArray[np.int64]:
        inside = [(spans[:, 0] < end) & (spans[:, 1] > max(start, sentence.start)) for start, end in stretches]
        return np.array(np.any([np.zeros(len(spans), bool), *inside], 0), np.int64)

    verb, head = within(sentence.spans[cue]), within(sentence.spans[source])
    quoted = within(*((document.quotes[quote].start, document.quotes[quote].end) for quote in sentence.quotes))
    means = np.stack([verb, head]).astype(np.float32)
    return Marked(
        np.array([START, *encoded.ids, LINE], np.int64),
        CUE * verb + SOURCE * head + QUOTED * quoted,
        means / np.maximum(means.sum(1, keepdims=True), 1),
    )


@cache
def _model() -> OnnxModel:
    verified(WEIGHTS, _SHA256, "verification of speakers")
    page_reader.verify()
    return load(WEIGHTS)


def load(graph: Path) -> OnnxModel:
    """A graph as `training.speakers.verification` writes it, with the page reader's word vectors."""
    content = graph.read_bytes().replace(OFFSET, b"%010d" % _start(VECTORS.read_bytes()))
    return OnnxModel(content, TOKENIZER, LONGEST, VECTORS.parent)


def word_vectors() -> tuple[int, bytes]:
    """Where the page reader's word vectors stand in its file, and they, one byte a number."""
    content = VECTORS.read_bytes()
    start = _start(content)
    return start, content[start : start + VECTORS_SIZE]


def _start(content: bytes) -> int:
    """Where the word vectors begin in the page reader's file."""
    return content.find(_HEAD) + len(_HEAD)
