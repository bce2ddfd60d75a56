"""An article's sentences → whose words each one is, by a transformer that points at the name; an experiment that does not ship.

It reads the article in windows, with a mark in front of each sentence, and compares the state of that mark with the states of
all tokens (pointer networks: Vinyals, Fortunato, Jaitly 2015): the first and the last token of the speaker's name, or "the
outlet's own words", or "nobody can tell". In the same way it points at the speaker's role, the outlet that it was said to, and
the reporting words. `training.speakers.reader` trains and judges it; DECISIONS.md has the figures.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import softmax

from retrieval.text import paragraphs, quotation
from retrieval.text.wordpieces import CUT, END, GAP, LINE, START, wordpieces
from training.speakers import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from retrieval.text.onnx_model import Tokenize
    from retrieval.types import Span
    from training.speakers.names import Name, Names

    Floats = NDArray[np.float32]

FIELDS = ("name", "role", "via", "cue")  # what it points at, in the order of what the graph gives
VOICES = ("article", "unclear")  # what a sentence is that is no speaker's
SIZE = 64  # of a query and of a key
WINDOW = 384  # tokens
QUOTED = 16  # a look beside those of wordpieces: inside a quotation
LONGEST_SPAN = 18  # tokens of a stretch that is pointed at
_HEAD = 64  # tokens of the article's beginning that stand in front of every later window
_BEFORE, _BEHIND = 112, 40  # tokens of context around the sentences that a window decides
_SENTENCE = (96, 24)  # the first and the last tokens that are read of a sentence
_BETWEEN = (20, 12)  # and of a line that no passage holds
_LIKELY = 0.4  # chance from which a stretch is somebody's name for the rest of the article, too
_LEAST = 0.01  # chance below which a stretch is left out


class Token(NamedTuple):
    """A token of an article: its number, how it is written, its piece of the article, and its place in the text (-1 of a mark)."""

    id: int
    look: int
    piece: int
    start: int = -1
    end: int = -1


class Window(NamedTuple):
    """Tokens, and the marks of the sentences that are decided there: the place of each in the window, by the sentence's number."""

    tokens: list[Token]
    marks: dict[int, int]


class Stretch(NamedTuple):
    """A stretch of the article, and how likely it is what a field asks for."""

    start: int
    end: int
    chance: float


class Reading(NamedTuple):
    """A sentence as it was read: the likeliest stretches of each of `FIELDS`, and the chance of each of `VOICES`."""

    stretches: dict[str, list[Stretch]]
    voices: dict[str, float]


def pieces(text: str, sentences: Sequence[Span], tokenize: Tokenize) -> list[tuple[int, list[Token]]]:
    """The article in pieces: its sentences with their numbers, and what stands between them with -1, each behind a mark."""
    rows: list[tuple[int, list[Token]]] = []
    starts = {row.start for row in paragraphs.paragraphs(text)}
    quotes = [quote for quote in quotation.quotes(text) if quote.speech]
    ends = [quote.end for quote in quotes]

    def piece(number: int, start: int, end: int, most: tuple[int, int]) -> None:
        row = len(rows)
        words = [
            Token(each.id, each.look + QUOTED * quoted(each.start), row, each.start, each.end)
            for each in wordpieces(text, start, end, tokenize)
        ]
        if len(words) > sum(most) + 1:
            words = [*words[: most[0]], Token(CUT, 0, row), *words[-most[1] :]]
        mark = Token(LINE if number >= 0 else CUT, GAP * (start in starts), row)
        rows.append((number, [mark, *words]))

    def quoted(place: int) -> bool:
        at = bisect_right(ends, place)
        return at < len(quotes) and quotes[at].start <= place

    before = 0
    for number, (start, end) in enumerate([*sentences, (len(text), len(text))]):
        for line in paragraphs.paragraphs(text[before:start]) if text[before:start].strip() else ():
            piece(-1, before + line.start, before + line.end, _BETWEEN)
        if number < len(sentences):
            piece(number, start, end, _SENTENCE)
        before = end
    return rows


def windows(rows: Sequence[tuple[int, list[Token]]]) -> Iterator[Window]:
    """Runs of pieces that fit into a window; the later ones have the beginning of the article in front, and context around what they decide."""
    first = next((at for at, (number, _) in enumerate(rows) if number >= 0), len(rows))
    begin = start = fresh = max(0, first - 3)  # what stands far above the article says nothing of it
    head = [token for _, tokens in rows[start:] for token in tokens][:_HEAD]
    while fresh < len(rows):
        room = WINDOW - 2 - (len(head) + 1 if start > begin else 0)
        end = _fitting(rows, start, room)
        last = end if end == len(rows) else max(_back(rows, end, fresh, _BEHIND), fresh + 1)
        front = [*head, Token(CUT, 0, -1)] if start > begin else []
        tokens, marks = [Token(START, 0, -1), *front], dict[int, int]()
        for at in range(start, end):
            number, own = rows[at]
            if number >= 0 and fresh <= at < last:
                marks[number] = len(tokens)
            tokens += own
        yield Window([*tokens, Token(END if end == len(rows) else CUT, 0, -1)], marks)
        fresh = last
        start = _back(rows, fresh, start + 1, _BEFORE)


def _fitting(rows: Sequence[tuple[int, list[Token]]], start: int, room: int) -> int:
    """The number of the first piece that does not fit any more."""
    end = start
    while end < len(rows) and (room := room - len(rows[end][1])) >= 0:
        end += 1
    return max(end, start + 1)


def _back(rows: Sequence[tuple[int, list[Token]]], end: int, least: int, room: int) -> int:
    """The first of the pieces before `end`, from `least` on, that have at most so many tokens together."""
    at = end
    while at > least and (room := room - len(rows[at - 1][1])) >= 0:
        at -= 1
    return at


def spans(tokens: Sequence[Token]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The first and the last token of every stretch of at most LONGEST_SPAN words of one piece, as places in the window."""
    words = np.array([token.start >= 0 for token in tokens])
    runs = np.where(words, np.cumsum(~words), -1 - np.arange(len(words)))  # each mark begins a run of words
    firsts, lasts = [], []
    for more in range(min(LONGEST_SPAN, len(tokens))):
        whole = np.flatnonzero(runs[: len(runs) - more] == runs[more:])
        whole = whole[words[whole]]
        firsts.append(whole)
        lasts.append(whole + more)
    return np.concatenate(firsts), np.concatenate(lasts)


def edges(field: int) -> tuple[slice, slice]:
    """Which part of a query and of a key is about a field's first token, and which about its last one."""
    return slice(2 * field * SIZE, (2 * field + 1) * SIZE), slice((2 * field + 1) * SIZE, (2 * field + 2) * SIZE)


def instead(nothing: Any, field: int) -> Any:
    """The logits of what there is instead of a stretch: the voices for a name, else that a field is not stated."""
    return nothing[:, : len(VOICES)] if field == 0 else nothing[:, len(VOICES) + field - 1 : len(VOICES) + field]


def readings(output: Floats, window: Window) -> Iterator[tuple[int, Reading]]:
    """Each sentence that a window decides, as it was read: a softmax over all stretches and what there is instead of one."""
    width = 2 * SIZE * len(FIELDS)
    marks = list(window.marks.values())
    queries, keys, nothing = output[marks, :width], output[:, width : 2 * width], output[marks, 2 * width :]
    firsts, lasts = spans(window.tokens)
    each: list[Reading] = [Reading({}, {}) for _ in marks]
    for field, name in enumerate(FIELDS):
        begin, stop = edges(field)
        first, last = queries[:, begin] @ keys[:, begin].T, queries[:, stop] @ keys[:, stop].T
        logits = np.concatenate([(first[:, firsts] + last[:, lasts]) / SIZE**0.5, instead(nothing, field)], axis=1)
        shares = softmax(logits, axis=1)
        for row, reading in enumerate(each):
            likely = np.flatnonzero(shares[row, : len(firsts)] >= _LEAST)
            reading.stretches[name] = [
                Stretch(window.tokens[firsts[at]].start, window.tokens[lasts[at]].end, float(shares[row, at]))
                for at in likely[np.argsort(-shares[row, likely], kind="stable")]
            ]
            if field == 0:
                reading.voices.update(zip(VOICES, shares[row, len(firsts) :].tolist(), strict=True))
    yield from zip(window.marks, each, strict=True)


def names_of(text: str, readings: Sequence[Reading]) -> Names:
    """The full names of a text, with what its sentences are likely given to."""
    likely = (each for reading in readings for each in reading.stretches["name"] if each.chance >= _LIKELY)
    return names.Names(text, [(each.start, each.end) for each in likely if text[each.start].isupper()])


def speaker(text: str, reading: Reading, full: Names) -> tuple[Span, float] | None:
    """Where the likeliest speaker's name stands, and how likely it is; shorter and longer forms of a person's name count together."""
    stretches = reading.stretches["name"]
    forms = [
        (names.words(words), names.is_persons(words)) for words in (text[each.start : each.end] for each in stretches)
    ]
    sums = [
        sum(each.chance for each, other in zip(stretches, forms, strict=True) if _are_one(form, other))
        for form in forms
    ]
    if not sums:
        return None
    at = max(range(len(sums)), key=sums.__getitem__)  # of several forms of one name the likeliest stands first
    stretch, (name, person) = stretches[at], forms[at]
    whole = names.whole(text, stretch.start, stretch.end) if person else (stretch.start, stretch.end)
    return (full.fullest(name) if person and len(name) == 1 else None) or whole, sums[at]


def _are_one(form: tuple[Name, bool], other: tuple[Name, bool]) -> bool:
    """Whether two stretches name the same one: by the same words, or a person, by words that end in those of the other."""
    (name, person), (other_name, other_person) = form, other
    ends = name[-len(other_name) :] == other_name or other_name[-len(name) :] == name
    return name == other_name or (person and other_person and ends)
