"""A quote against the place it was taken from, word by word: which words are the same and which stand for others.

Works on one quote and one place of one article; `best_match` chooses the place.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from retrieval.quotes.quote_parser import Quoted
from retrieval.quotes.suffix_array import Run
from retrieval.text.normalize import Wording, joined

SPARE = 2  # words of the article, beyond as many as the quote has, that a changed beginning or end is held against


class Op(NamedTuple):
    """Words `[i, i_stop)` of the quote against `[j, j_stop)` of the article."""

    same: bool
    i: int
    i_stop: int
    j: int
    j_stop: int

    @property
    def cost(self) -> int:
        """How many words differ."""
        return 0 if self.same else max(self.i_stop - self.i, self.j_stop - self.j)


def align(quoted: Quoted, original: Wording, runs: Sequence[Run], first: int, stop: int) -> list[Op]:
    """The words `[first, stop)` of the quote against the article's, given the runs in which they are the same.

    `runs` lie in order inside `[first, stop)`; their `place` counts the article's words. What is around and between
    them is held against what stands there in the article, as far as its sentence goes.
    """
    ours, theirs = quoted.wording.norms, original.norms
    ops = _head(ours[first : runs[0].at], _sentence_before(original, runs[0].place, runs[0].at - first), theirs)
    ops = [op._replace(i=op.i + first, i_stop=op.i_stop + first) for op in ops]
    for run, after in zip(runs, [*runs[1:], None], strict=True):
        i, j = run.at + run.length, run.place + run.length
        ops.append(Op(True, run.at, i, run.place, j))
        if after:
            ops += _between(ours, theirs, (i, after.at), (j, after.place))
    i, j = ops[-1].i_stop, ops[-1].j_stop
    ops += _tail(ours, (i, stop), _sentence_after(original, j, stop - i), theirs)
    return _joined_up([op for op in ops if op.i < op.i_stop or op.j < op.j_stop])


def _between(ours: list[str], theirs: list[str], i: tuple[int, int], j: tuple[int, int]) -> list[Op]:
    codes = SequenceMatcher(None, ours[slice(*i)], theirs[slice(*j)], autojunk=False).get_opcodes()
    return [Op(tag == "equal", i[0] + a, i[0] + b, j[0] + c, j[0] + d) for tag, a, b, c, d in codes]


def _head(ours: list[str], window: tuple[int, int], theirs: list[str]) -> list[Op]:
    """What comes before the first run: the article's words farthest from it count only where the quote has as many."""
    ops = _between(ours, theirs, (0, len(ours)), window)
    if ops and not ops[0].same:
        size = min(ops[0].i_stop - ops[0].i, ops[0].j_stop - ops[0].j)
        ops[0] = ops[0]._replace(j=ops[0].j_stop - size)
    return ops


def _tail(ours: list[str], i: tuple[int, int], window: tuple[int, int], theirs: list[str]) -> list[Op]:
    ops = _between(ours, theirs, i, window)
    if ops and not ops[-1].same:
        size = min(ops[-1].i_stop - ops[-1].i, ops[-1].j_stop - ops[-1].j)
        ops[-1] = ops[-1]._replace(j_stop=ops[-1].j + size)
    return ops


def _sentence_before(original: Wording, j: int, size: int) -> tuple[int, int]:
    first = j
    while size and j - first < size + SPARE and not original.ends_sentence(first - 1):
        first -= 1
    return first, j


def _sentence_after(original: Wording, j: int, size: int) -> tuple[int, int]:
    stop = j
    while size and stop - j < size + SPARE and not original.ends_sentence(stop - 1):
        stop += 1
    return j, stop


def _joined_up(ops: list[Op]) -> list[Op]:
    """Neighbouring ops of one kind as one."""
    joined_ops: list[Op] = []
    for op in ops:
        if joined_ops and joined_ops[-1].same == op.same:
            joined_ops[-1] = joined_ops[-1]._replace(i_stop=op.i_stop, j_stop=op.j_stop)
        else:
            joined_ops.append(op)
    return joined_ops


def whole_words(wording: Wording, original: Wording, ops: Sequence[Op]) -> list[Op]:
    """The ops with changes widened over words of which only a part changed."""
    widened = list(ops)
    for n in range(len(widened)):
        if not widened[n].same:
            while (
                n
                and widened[n - 1].i < widened[n - 1].i_stop
                and (_parts(wording, widened[n].i) or _parts(original, widened[n].j))
            ):
                widened[n - 1], widened[n] = _moved(widened[n - 1], -1, 0), _moved(widened[n], 0, -1)
            while (
                n + 1 < len(widened)
                and widened[n + 1].i < widened[n + 1].i_stop
                and (_parts(wording, widened[n].i_stop) or _parts(original, widened[n].j_stop))
            ):
                widened[n], widened[n + 1] = _moved(widened[n], 1, 0), _moved(widened[n + 1], 0, 1)
    return _joined_up([op for op in _outwards(original, widened) if op.i < op.i_stop or op.j < op.j_stop])


def _outwards(original: Wording, ops: list[Op]) -> list[Op]:
    """The ops with a change at either end widened to the whole word of the article: `transatlantic` for `trans-Atlantic`."""
    first = ops[0]
    while not first.same and first.j < first.j_stop and _parts(original, first.j):
        first = first._replace(j=first.j - 1)
    last = first if len(ops) == 1 else ops[-1]
    while not last.same and last.j < last.j_stop and _parts(original, last.j_stop):
        last = last._replace(j_stop=last.j_stop + 1)
    return [last] if len(ops) == 1 else [first, *ops[1:-1], last]


def _moved(op: Op, end: int, begin: int) -> Op:
    """The op with its ends, and its beginnings, moved by so many words."""
    return op._replace(i=op.i + begin, i_stop=op.i_stop + end, j=op.j + begin, j_stop=op.j_stop + end)


def _parts(wording: Wording, at: int) -> bool:
    """Whether the words before and from `at` on are parts of one."""
    if not 0 < at < len(wording.words):
        return False
    start, end = wording.words[at - 1].end, wording.words[at].start
    return end - start == 1 and joined(wording.text, start)
