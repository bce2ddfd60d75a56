"""From runs of words that stand somewhere to the likeliest account of a quote: one place altered, or several joined.

A chain takes runs in the order of the quote. Every word of the quote that no run covers costs 1; going on a little
further in the same article costs what is left out there; going on anywhere else costs `JUMP`, and starts a new piece.
The cheapest chain wins, by dynamic programming over the runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retrieval.quotes.suffix_array import Run

CLAUSE = 12  # words left out inside one sentence, more than which makes two pieces
NEARBY = 1.0  # what a jump within a clause's length is cheaper by, so that of equal words the near ones are taken
JUMP = 3.5  # so that four words in a row are worth a piece of their own, and up to three left-out words are not


class Piece(NamedTuple):
    """The runs of a quote that stand at one place of one article, trimmed so that they do not overlap."""

    runs: tuple[Run, ...]

    @property
    def at(self) -> int:
        """The quote's first word in the piece."""
        return self.runs[0].at

    @property
    def stop(self) -> int:
        """The quote's first word after the piece."""
        return self.runs[-1].at + self.runs[-1].length

    @property
    def place(self) -> int:
        """The collection's place of the piece's first word."""
        return self.runs[0].place

    @property
    def place_stop(self) -> int:
        """The collection's place after the piece's last word."""
        return self.runs[-1].place + self.runs[-1].length


class _Step(NamedTuple):
    cost: float
    run: Run
    before: _Step | None
    jump: bool


def pieces(runs: Sequence[Run], size: int, same: Callable[[int, int], bool]) -> list[Piece]:
    """The pieces that account for a quote of `size` words at least cost, in its order; none where there is no run.

    `runs` come in the order of the quote; `same` says whether two places lie in the same article.
    """
    steps: list[_Step] = []
    for run in runs:
        options = [_Step(float(run.at), run, None, jump=True)]
        options += [step for before in steps if (step := _go_on(before, run, same))]
        steps.append(min(options, key=lambda step: step.cost))
    if not steps:
        return []
    best: _Step | None = min(steps, key=lambda step: step.cost + size - step.run.at - step.run.length)
    chain: list[list[Run]] = [[]]
    while best:
        chain[-1].append(best.run)
        if best.jump:
            chain.append([])
        best = best.before
    return [Piece(tuple(reversed(runs))) for runs in reversed(chain) if runs]


def _go_on(before: _Step, run: Run, same: Callable[[int, int], bool]) -> _Step | None:
    """The run as what comes after `before`, shorn of the words that `before` covers; `None` where none are left."""
    stop, place_stop = before.run.at + before.run.length, before.run.place + before.run.length
    if near := _shorn(run, max(stop - run.at, place_stop - run.place)):
        missed, left_out = near.at - stop, near.place - place_stop
        if left_out <= missed + JUMP and missed <= left_out + 4 * JUMP and same(before.run.place, near.place):
            return _Step(before.cost + max(missed, left_out), near, before, jump=False)
    if not (far := _shorn(run, stop - run.at)):
        return None
    nearby = 0 <= far.place - place_stop <= CLAUSE and same(before.run.place, far.place)
    return _Step(before.cost + far.at - stop + JUMP - NEARBY * nearby, far, before, jump=True)


def _shorn(run: Run, words: int) -> Run | None:
    """The run without its first words."""
    if words <= 0:
        return run
    if words >= run.length:
        return None
    return run._replace(at=run.at + words, place=run.place + words, length=run.length - words)
