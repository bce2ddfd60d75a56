"""A quote that stands nowhere word for word → what it was made from: one place, changed, or several, joined, or none.

`TextIndex` has the articles' texts taken apart. Words are kept as numbers for all articles
(`suffix_array`), and as spans only for those looked at last.

Runs of words that the quote shares with the collection are joined by collinear chaining (Abouelhoda and Ohlebusch 2005),
here by dynamic programming over all pairs of runs. A chain takes runs in the order of the quote. Every word of the quote
that no run covers costs 1; going on a little further in the same article costs what is left out there; going on anywhere
else costs `JUMP`, and starts a new piece. The cheapest chain wins.

The bar between "altered" and "not found" is fitted by `benchmarks/quotes.py`: changed quotes against sentences of other
collections.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from retrieval.quotes.quote_parser import Quoted
from retrieval.quotes.suffix_array import CAPITAL, LOWER, Run, SuffixArray, WordTables
from retrieval.quotes.word_diff import SINGLE, Op, align, starts_sentence
from retrieval.text import normalize, paragraphs
from retrieval.text.normalize import Wording
from retrieval.types import Article

CACHED = 64  # articles kept taken apart


class Alignment(NamedTuple):
    """An article (0-based, in the order given) and how words of a quote stand against a stretch of it."""

    row: int
    ops: tuple[Op, ...]


class Texts:
    """Some articles of a collection, and every run of words in them."""

    def __init__(self, articles: Sequence[Article], words: WordTables | None = None) -> None:
        """`words` are the tables of these articles; without them the articles are read."""
        self.articles, self.words = articles, words or tables(articles)


def tables(articles: Iterable[Article]) -> WordTables:
    """The words of articles, in their order."""
    wordings = map(wording_of, articles)
    return WordTables.of((wording.norms, wording.gaps, cases(wording)) for wording in wordings)


def cases(wording: Wording) -> list[int]:
    """The case of each word: `LOWER`, `CAPITAL` inside a sentence, or 0. What has only capitals in a collection is a name."""
    kinds, shouted_before = [], False
    for at, word in enumerate(wording.words):
        raw = wording.text[word.start : word.end]
        shouted, kind = raw.isupper() and len(raw) > 1, 0
        if raw[0].islower():
            kind = LOWER
        elif raw[0].isupper() and not (shouted and shouted_before) and not starts_sentence(wording, at):
            kind = CAPITAL if word.norm not in SINGLE else 0
        kinds.append(kind)
        shouted_before = shouted
    return kinds


def wording_of(article: Article) -> Wording:
    """An article's text taken apart; the marks of Markdown count as white space, since whoever quotes does not see them."""
    text, at, shown = article.text, 0, list[str]()
    for start, end in paragraphs.markdown_syntax(article, 0, len(text)):
        shown += [text[at:start], " " * (end - start)]
        at = end
    return normalize.wording("".join([*shown, text[at:]]))


class TextIndex:
    """The articles of all parts, and every run of words in them."""

    def __init__(self, parts: Sequence[Texts]) -> None:
        self._parts = parts
        self._rows = list(accumulate((len(part.articles) for part in parts), initial=0))
        self.wording = lru_cache(CACHED)(self._wording)  # an article's text taken apart
        self.suffix_array = SuffixArray([part.words for part in parts])

    def __len__(self) -> int:
        """How many articles there are."""
        return self._rows[-1]

    def article(self, row: int) -> Article:
        """An article, 0-based, in the order given."""
        part = bisect_right(self._rows, row) - 1
        return self._parts[part].articles[row - self._rows[part]]

    def unchanged(self, place: int, first: int, stop: int) -> Alignment:
        """The quote's words `[first, stop)` as they stand, the same, from a place on."""
        row, at = self.suffix_array.article(place)
        return Alignment(row, (Op(True, first, stop, at, at + stop - first),))

    def everywhere(self, alignment: Alignment) -> list[Alignment]:
        """The same stretch in every article that has it, word for word and mark for mark, in reading order."""
        wording, first, stop = self.wording(alignment.row), alignment.ops[0].j, alignment.ops[-1].j_stop
        others = []
        for place in self.suffix_array.exact(wording.norms[first:stop], wording.gaps[first : stop - 1])[:CACHED]:
            row, at = self.suffix_array.article(int(place))
            moved = tuple(op._replace(j=op.j - first + at, j_stop=op.j_stop - first + at) for op in alignment.ops)
            others.append(Alignment(row, moved))
        return others

    def same_article(self, place: int, other: int) -> bool:
        """Whether two places lie in one article."""
        return self.suffix_array.article(place)[0] == self.suffix_array.article(other)[0]

    def bits(self, words: Iterable[str]) -> float:
        """What words of the collection tell together, in bits: the rarer the more."""
        return sum(map(self.suffix_array.rarity, words))

    def chance(self, count: int) -> float:
        """The bits that this many words somewhere in the collection may agree in by chance."""
        return math.log2(self.suffix_array.size * (count + 1))

    def _wording(self, row: int) -> Wording:
        return wording_of(self.article(row))


CLAUSE = 12  # words left out inside one sentence, more than which makes two pieces
NEARBY = 1.0  # what a jump within a clause's length is cheaper by, so that of equal words the near ones are taken
ONWARD = 0.1  # the same for a jump further on, the less the farther, so that a speech is not taken for its headline
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
        options += [step for before in steps if (step := _extend(before, run, same))]
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


def _extend(before: _Step, run: Run, same: Callable[[int, int], bool]) -> _Step | None:
    """The run as what comes after `before`, shorn of the words that `before` covers; `None` where none are left."""
    stop, place_stop = before.run.at + before.run.length, before.run.place + before.run.length
    if near := _without_first(run, max(stop - run.at, place_stop - run.place)):
        missed, left_out = near.at - stop, near.place - place_stop
        if left_out <= missed + JUMP and missed <= left_out + 4 * JUMP and same(before.run.place, near.place):
            return _Step(before.cost + max(missed, left_out), near, before, jump=False)
    if not (far := _without_first(run, stop - run.at)):
        return None
    left_out, nearer = far.place - place_stop, 0.0
    if left_out >= 0 and same(before.run.place, far.place):
        nearer = NEARBY if left_out <= CLAUSE else ONWARD * CLAUSE / left_out
    return _Step(before.cost + far.at - stop + JUMP - nearer, far, before, jump=True)


def _without_first(run: Run, words: int) -> Run | None:
    """The run without its first words."""
    if words <= 0:
        return run
    if words >= run.length:
        return None
    return run._replace(at=run.at + words, place=run.place + words, length=run.length - words)


MAX_CHANGED = 0.5  # share of a quote's words that may differ before it is another sentence
MIN_KEPT = 0.6  # share of the original's bits that must agree: small words in common are not a quote
MARGIN = 6  # bits by which the words that agree must be rarer than chance
NEAR = 400  # words that an ellipsis may leave out
MAX_PLACES = 200  # places of a piece that are tried
CHAINS = 20


def best_alignments(texts: TextIndex, quoted: Quoted) -> list[Alignment]:
    """The quote's pieces, in its order, each with what differs; one is an altered quote, none is an unknown one.

    A sentence of which none of the pieces has a word is looked up by itself.
    """
    size = len(quoted.wording.words)
    chain = _chain(texts, quoted, (0, size))
    alignments = _aligned(texts, quoted, chain, (0, size))
    if not _is_similar(texts, alignments, size):
        return []
    alone: list[Piece] = []
    for first, stop in _sentences(quoted.wording):
        if not any(piece.at < stop and first < piece.stop for piece in chain):
            own = _chain(texts, quoted, (first, stop))
            alone += own if _is_similar(texts, _aligned(texts, quoted, own, (first, stop)), stop - first) else []
    return _aligned(texts, quoted, sorted([*chain, *alone], key=lambda piece: piece.at), (0, size))


def _sentences(wording: Wording) -> Iterator[tuple[int, int]]:
    ends = [at + 1 for at in range(len(wording.words)) if wording.ends_sentence(at)]
    return itertools.pairwise([0, *ends])


def _chain(texts: TextIndex, quoted: Quoted, span: tuple[int, int]) -> list[Piece]:
    """The pieces of the quote's words in a span."""
    first, stop = span
    runs = texts.suffix_array.runs(quoted.wording.norms[first:stop])
    best = pieces(runs, stop - first, texts.same_article)
    moved = (Piece(tuple(run._replace(at=run.at + first) for run in piece.runs)) for piece in best)
    return _merged(texts, quoted, moved)


def _aligned(texts: TextIndex, quoted: Quoted, chain: Sequence[Piece], span: tuple[int, int]) -> list[Alignment]:
    """Each piece with all words of the span up to the next one."""
    cuts = [span[0], *(piece.at for piece in chain[1:]), span[1]]
    spans = itertools.pairwise(cuts)
    return [_align(texts, quoted, piece, each) for piece, each in zip(chain, spans, strict=bool(chain))]


def elided(texts: TextIndex, quoted: Quoted) -> Iterator[tuple[list[Alignment], bool]]:
    """Places of the words between the quoter's ellipses, word for word, and whether they are in the order of one article.

    The closest places come first; the last are places anywhere, in any order.
    """
    cuts = [0, *(at + 1 for at in quoted.elisions), len(quoted.wording.words)]
    spans = list(itertools.pairwise(cuts))
    norms, gaps = quoted.wording.norms, quoted.wording.gaps
    places = [texts.suffix_array.exact(norms[a:b], gaps[a : b - 1])[:MAX_PLACES].tolist() for a, b in spans]
    if len(spans) < 2 or not all(places):
        return
    chains = [chain for first in places[0] if (chain := _onward(texts, first, spans, places))]
    chains.sort(key=lambda chain: (chain[-1] - chain[0], chain))
    for chain, near in [*((chain, True) for chain in chains[:CHAINS]), ([each[0] for each in places], False)]:
        yield [texts.unchanged(at, a, b) for at, (a, b) in zip(chain, spans, strict=True)], near


def _onward(
    texts: TextIndex, first: int, spans: Sequence[tuple[int, int]], places: Sequence[list[int]]
) -> list[int] | None:
    """From the first piece's place, the nearest place of each next one further on in the article."""
    chain = [first]
    for (a, b), each in zip(spans, places[1:], strict=False):
        stop = chain[-1] + b - a
        after = bisect_left(each, stop)
        if after == len(each) or each[after] - stop > NEAR or not texts.same_article(first, each[after]):
            return None
        chain.append(each[after])
    return chain


def _align(texts: TextIndex, quoted: Quoted, piece: Piece, span: tuple[int, int]) -> Alignment:
    row, at = texts.suffix_array.article(piece.place)
    runs = [run._replace(place=run.place - piece.place + at) for run in piece.runs]
    return Alignment(row, tuple(align(quoted, texts.wording(row), runs, *span)))


def _merged(texts: TextIndex, quoted: Quoted, chain: Iterable[Piece]) -> list[Piece]:
    """The pieces, those of one sentence with a clause left out between them as one."""
    merged: list[Piece] = []
    for piece in chain:
        if merged and _one_sentence(texts, merged[-1], piece) and piece.at - 1 not in quoted.elisions:
            merged[-1] = Piece(merged[-1].runs + piece.runs)
        else:
            merged.append(piece)
    return merged


def _one_sentence(texts: TextIndex, before: Piece, after: Piece) -> bool:
    if not 0 <= after.place - before.place_stop <= CLAUSE or not texts.same_article(before.place, after.place):
        return False
    row, stop = texts.suffix_array.article(before.place_stop - 1)
    wording = texts.wording(row)
    return not any(wording.ends_sentence(stop + step) for step in range(after.place - before.place_stop + 1))


def _is_similar(texts: TextIndex, alignments: Sequence[Alignment], size: int) -> bool:
    """Whether what agrees is enough of a quote of so many words, worth enough of what it was taken from, and too much for chance."""
    ops = [(texts.wording(each.row), op) for each in alignments for op in each.ops]
    cost = sum(op.cost for _, op in ops) + JUMP * (len(alignments) - 1)
    agreed = [word.norm for wording, op in ops if op.same for word in wording.words[op.j : op.j_stop]]
    shared, lost = texts.bits(agreed), sum(_lost_bits(texts, wording, op) for wording, op in ops if not op.same)
    few = cost <= MAX_CHANGED * size
    return few and shared >= MIN_KEPT * (shared + lost) and shared - texts.chance(len(agreed)) >= MARGIN


def _lost_bits(texts: TextIndex, wording: Wording, op: Op) -> float:
    """The bits of the original that other words stand for; what is merely left out counts in proportion."""
    ours, theirs = op.i_stop - op.i, op.j_stop - op.j
    return texts.bits(word.norm for word in wording.words[op.j : op.j_stop]) * min(1.0, ours / max(theirs, 1))
