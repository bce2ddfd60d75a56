"""The lines of a page → the label of each, and the stretches that state a fact, with their chances, by a small transformer.

It reads the lines shortened, in windows from head to foot, and points at the first and the last token of each fact, or at
none (pointer networks: Vinyals, Fortunato, Jaitly 2015), and labels each line. `training/page_reader.py` trains it.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations_with_replacement, groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retrieval.text.onnx_model import OnnxModel, verified
from retrieval.text.wordpieces import CUT, END, GAP, LINE, START, wordpieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from retrieval.text.onnx_model import Tokenize
    from retrieval.text.paragraphs import Paragraph

    Floats = NDArray[np.float32]

# Of a page and of its lines, in the order of what the graph gives.
FIELDS = ("title", "publisher", "author", "date", "url", "source", "distributor")
LABELS = ("address", "aside", "body", "byline", "date", "deck", "heading", "outlet", "title")
LONGEST = 260  # characters of a line that are read, besides its last ones
WINDOW = 512  # tokens
MOST_LINES = 4  # of a fact that is broken over several
_LAST = 60
_HEAD, _FOOT = 48, 24  # lines where facts stand, however long the page is
_OVERLAP = 4  # lines that two windows share
_LEAST = 0.004  # chance below which a stretch is left out
WEIGHTS = Path(__file__).parent / "weights"
_SHA256 = {
    "page_reader.onnx": "e5c4aa62d39abf86fe1ef4c6b041c4f0362c94879f8029f9fc85e7e20bc10bf8",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


class Token(NamedTuple):
    """A token of a page: its number in the vocabulary, how it is written, its line, and its place in the line's words."""

    id: int
    look: int
    line: int
    start: int = -1  # of a mark that stands for no word
    end: int = -1


class Stretch(NamedTuple):
    """A stretch of the words of a line, or of whole lines, and how likely it states a fact.

    `start` counts in the words of the first line, `end` in those of the last one.
    """

    line: int
    start: int
    last_line: int
    end: int
    chance: float


class PageReader:
    """The transformer and its vocabulary; one for all threads."""

    def __init__(self, graph: Path, tokenizer: Path) -> None:
        self._model = OnnxModel(graph, tokenizer, LONGEST)

    def read(self, rows: Sequence[Paragraph]) -> tuple[dict[str, list[Stretch]], dict[int, dict[str, float]]]:
        """The stretches that may state each of `FIELDS`, in reading order, and the chance of each label by a line's number.

        A stretch in two windows stands twice. A line in two windows has the chances of the later one.
        """
        stretches: dict[str, list[Stretch]] = {field: [] for field in FIELDS}
        labels: dict[int, dict[str, float]] = {}
        for window in windows(shortened(rows, self._model.tokens)):
            logits = self._logits(window)
            if window[1].line < _HEAD or window[-2].line >= len(rows) - _FOOT:
                for field, stretch in _pointed(logits, window):
                    stretches[field].append(stretch)
            labels |= dict(_labelled(logits, window))
        return stretches, labels

    def _logits(self, window: Sequence[Token]) -> Floats:
        ids, looks = ([token.id for token in window], [token.look for token in window])
        feed = {"input_ids": [ids], "token_type_ids": [looks], "attention_mask": [[1] * len(window)]}
        logits: Floats = self._model.compute(feed)[0]
        return logits


@cache
def shipped() -> PageReader:
    """The reader that comes with the package; raises `ModelError` where its files are not whole."""
    verify()
    return PageReader(WEIGHTS / "page_reader.onnx", WEIGHTS / "tokenizer.json")


def verify() -> None:
    """Raise `ModelError` where the files of the reader are not those that ship."""
    for name, sha256 in _SHA256.items():
        verified(WEIGHTS / name, sha256, "page reader")


def shortened(rows: Sequence[Paragraph], tokenize: Tokenize) -> list[list[Token]]:
    """The tokens of each line, its middle left out where it is long."""
    return [_line(rows, at, tokenize) for at in range(len(rows))]


def _line(rows: Sequence[Paragraph], at: int, tokenize: Tokenize) -> list[Token]:
    words = rows[at].words
    first, last = (24, 8) if len(words) <= 120 else (12, 5) if at <= 6 else (5, 3)
    tokens = _tokens(words, at, 0, LONGEST, tokenize)
    if len(tokens) > first + last + 1 or len(words) > LONGEST:
        tail = _tokens(words, at, max(0, len(words) - _LAST), len(words), tokenize)[-last:]
        tokens = [*tokens[:first], Token(CUT, 0, at), *tail]
    apart = at == 0 or rows[at - 1].block != rows[at].block
    return [Token(LINE, GAP * apart, at), *tokens]


def _tokens(words: str, line: int, start: int, end: int, tokenize: Tokenize) -> list[Token]:
    return [
        Token(each.id, each.look, line, each.start, each.end)
        for each in wordpieces(words, start, min(end, len(words)), tokenize)
    ]


def windows(lines: Sequence[Sequence[Token]]) -> Iterator[list[Token]]:
    """Runs of whole lines that fit into a window, with marks around them; the last reaches up as far as it can."""
    sizes, room = [len(line) for line in lines], WINDOW - 2
    start = 0
    while start < len(lines):
        end = _fitting(sizes, start, room)
        if end == len(lines) and start:
            start = len(lines) - _fitting(sizes[::-1], 0, room)
        edges = (START if start == 0 else CUT, END if end == len(lines) else CUT)
        inside = [token for line in lines[start:end] for token in line]
        yield [Token(edges[0], 0, -1), *inside, Token(edges[1], 0, -1)]
        if end == len(lines):
            return
        start = max(start + 1, end - _OVERLAP)


def _fitting(sizes: Sequence[int], start: int, room: int) -> int:
    """The number of the first line that does not fit any more."""
    end = start
    while end < len(sizes) and sizes[end] <= room:
        room -= sizes[end]
        end += 1
    return end


def spans(window: Sequence[Token]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first and the last token of every stretch within one line and of every run of whole lines, as places in the window."""
    lines = [list(places) for _, places in groupby(_words(window), key=lambda place: window[place].line)]
    pairs = [pair for places in lines for pair in combinations_with_replacement(places, 2)]
    for number, places in enumerate(lines):
        pairs += [(places[0], other[-1]) for other in lines[number + 1 : number + MOST_LINES]]
    firsts, lasts = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(firsts, np.intp), np.array(lasts, np.intp)


def _words(window: Sequence[Token]) -> Iterator[int]:
    """The places of the tokens that stand for words."""
    return (place for place, token in enumerate(window) if token.start >= 0)


def _pointed(logits: Floats, window: Sequence[Token]) -> Iterator[tuple[str, Stretch]]:
    """Each field with the stretches that it may be: a softmax over all stretches and "it is not here"."""
    firsts, lasts = spans(window)
    for number, field in enumerate(FIELDS):
        both = logits[firsts, 2 * number] + logits[lasts, 2 * number + 1]
        nothing = logits[0, 2 * len(FIELDS) + number]
        most = max(nothing, both.max(initial=nothing))
        shares = np.exp(both - most)
        shares /= shares.sum() + np.exp(nothing - most)
        for at in np.flatnonzero(shares >= _LEAST):
            first, last = window[firsts[at]], window[lasts[at]]
            yield field, Stretch(first.line, first.start, last.line, last.end, float(shares[at]))


def _labelled(logits: Floats, window: Sequence[Token]) -> Iterator[tuple[int, dict[str, float]]]:
    """Each line of a window with the chance of each label: a softmax over the labels at the line's mark."""
    marks = [at for at, token in enumerate(window) if token.id == LINE and token.start < 0]
    scores = logits[marks, -len(LABELS) :]
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    for at, chances in zip(marks, shares.tolist(), strict=True):
        yield window[at].line, dict(zip(LABELS, chances, strict=True))
