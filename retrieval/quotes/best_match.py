"""What a quote that is nowhere word for word was made from: one place, changed, or several, joined, or nothing here.

The bar between "altered" and "not found" is fitted by `benchmarks/quotes.py`: changed quotes against sentences of
other collections.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from typing import TYPE_CHECKING

from retrieval.quotes.alignment import align
from retrieval.quotes.collinear_chaining import CLAUSE, JUMP, Piece, pieces
from retrieval.quotes.text_index import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retrieval.quotes.alignment import Op
    from retrieval.quotes.editorial_marks import Quoted
    from retrieval.quotes.text_index import Wordings
    from retrieval.text.normalize import Wording

FORGIVEN = 0.5  # share of a quote's words that may differ before it is another sentence
WORTH = 0.6  # share of the original's bits that must agree: small words in common are not a quote
MARGIN = 6  # bits by which the words that agree must be rarer than chance
NEAR = 400  # words that an ellipsis may leave out
LOOKED_AT = 200  # places of a piece that are tried
CHAINS = 20


def likeliest(wordings: Wordings, quoted: Quoted) -> list[Found]:
    """The quote's pieces, in its order, each with what differs; one is an altered quote, none is an unknown one."""
    size = len(quoted.side.words)
    chain = pieces(wordings.phrases.runs(quoted.side.norms), size, wordings.same_article)
    merged = _merged(wordings, quoted, chain)
    begins = [0] + [piece.at for piece in merged[1:]]
    found = [
        _found(wordings, quoted, piece, (first, stop))
        for piece, first, stop in zip(merged, begins, [*begins[1:], size], strict=bool(merged))
    ]
    return found if _enough(wordings, quoted, found) else []


def elided(wordings: Wordings, quoted: Quoted) -> Iterator[tuple[list[Found], bool]]:
    """Ways to find what stands between the quoter's ellipses word for word, and whether each is in one article's order.

    The tightest come first; the last, pieces from anywhere, owes the ellipses nothing.
    """
    cuts = [0, *(at + 1 for at in quoted.elisions), len(quoted.side.words)]
    spans = list(itertools.pairwise(cuts))
    norms, gaps = quoted.side.norms, quoted.side.gaps
    places = [wordings.phrases.exact(norms[a:b], gaps[a : b - 1])[:LOOKED_AT].tolist() for a, b in spans]
    if len(spans) < 2 or not all(places):
        return
    chains = [chain for first in places[0] if (chain := _onward(wordings, first, spans, places))]
    chains.sort(key=lambda chain: (chain[-1] - chain[0], chain))
    for chain, near in [*((chain, True) for chain in chains[:CHAINS]), ([each[0] for each in places], False)]:
        yield [wordings.unchanged(at, a, b) for at, (a, b) in zip(chain, spans, strict=True)], near


def _onward(
    wordings: Wordings, first: int, spans: Sequence[tuple[int, int]], places: Sequence[list[int]]
) -> list[int] | None:
    """From the first piece's place, the nearest place of each next one further on in the article."""
    chain = [first]
    for (a, b), each in zip(spans, places[1:], strict=False):
        stop = chain[-1] + b - a
        after = bisect_left(each, stop)
        if after == len(each) or each[after] - stop > NEAR or not wordings.same_article(first, each[after]):
            return None
        chain.append(each[after])
    return chain


def _found(wordings: Wordings, quoted: Quoted, piece: Piece, span: tuple[int, int]) -> Found:
    row, at = wordings.phrases.article(piece.place)
    runs = [run._replace(place=run.place - piece.place + at) for run in piece.runs]
    return Found(row, tuple(align(quoted, wordings.side(row), runs, *span)))


def _merged(wordings: Wordings, quoted: Quoted, chain: Iterable[Piece]) -> list[Piece]:
    """The pieces, those of one sentence with a clause left out between them as one."""
    found: list[Piece] = []
    for piece in chain:
        if found and _one_sentence(wordings, found[-1], piece) and piece.at - 1 not in quoted.elisions:
            found[-1] = Piece(found[-1].runs + piece.runs)
        else:
            found.append(piece)
    return found


def _one_sentence(wordings: Wordings, before: Piece, after: Piece) -> bool:
    if not 0 <= after.place - before.place_stop <= CLAUSE or not wordings.same_article(before.place, after.place):
        return False
    row, stop = wordings.phrases.article(before.place_stop - 1)
    side = wordings.side(row)
    return not any(side.ends_sentence(stop + step) for step in range(after.place - before.place_stop + 1))


def _enough(wordings: Wordings, quoted: Quoted, found: Sequence[Found]) -> bool:
    """Whether what agrees is enough of the quote, worth enough of what it was taken from, and too much for chance."""
    ops = [(wordings.side(each.row), op) for each in found for op in each.ops]
    cost = sum(op.cost for _, op in ops) + JUMP * (len(found) - 1)
    agreed = [word.norm for side, op in ops if op.same for word in side.words[op.j : op.j_stop]]
    worth, loss = wordings.bits(agreed), sum(_loss(wordings, side, op) for side, op in ops if not op.same)
    few = cost <= FORGIVEN * len(quoted.side.words)
    return few and worth >= WORTH * (worth + loss) and worth - wordings.chance(len(agreed)) >= MARGIN


def _loss(wordings: Wordings, side: Wording, op: Op) -> float:
    """The bits of the original that other words stand for; what is merely left out counts in proportion."""
    ours, theirs = op.i_stop - op.i, op.j_stop - op.j
    return wordings.bits(word.norm for word in side.words[op.j : op.j_stop]) * min(1.0, ours / max(theirs, 1))
