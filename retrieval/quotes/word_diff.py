"""How a quote differs from the words it was taken from: words and marks, each with its place in the file.

Words inside an apostrophe or a hyphen are shown whole: `can` for `can't`, never an orphaned `'t`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retrieval.quotes.alignment import whole_words
from retrieval.quotes.flags import flags, names
from retrieval.text.normalize import SIGNS, UNITS, gap, whole

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from retrieval.quotes.alignment import Op
    from retrieval.quotes.editorial_marks import Quoted
    from retrieval.text.normalize import Wording

Kind = Literal["replaced", "inserted", "deleted"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `quoted` stands in the quote, `original` at `[start, end)` of the article's text.

    An insertion has an empty `original` at the place where it would stand. `flags` are those of `negation`, `number`,
    `name`, `modal` that differ. `by_quoter` is true where brackets or an ellipsis own up to it.
    """

    kind: Kind
    quoted: str
    original: str
    start: int
    end: int
    flags: tuple[str, ...] = ()
    by_quoter: bool = False

    @property
    def wordless(self) -> bool:
        """Whether only marks differ, no words."""
        return not any(map(str.isalnum, self.quoted + self.original))


def changes(quoted: Quoted, original: Wording, ops: Sequence[Op], proper: Set[str]) -> list[Change]:
    """The differences in the order of the text: changed words, then between unchanged ones changed marks."""
    found = []
    for op in whole_words(quoted.side, original, ops):
        if op.same:
            found += _marks(quoted, original, op)
        else:
            found.append(_words(quoted, original, op, proper, leading=op.i == ops[0].i))
    return found


def _words(quoted: Quoted, original: Wording, op: Op, proper: Set[str], *, leading: bool) -> Change:
    ours, theirs = quoted.raw(op.i, op.i_stop), original.raw(op.j, op.j_stop)
    if theirs:
        start, end = original.words[op.j].start, original.words[op.j_stop - 1].end
    else:
        start = end = original.words[op.j].start if leading else original.words[op.j - 1].end
    named = names(quoted.side, op.i, op.i_stop, proper), names(original, op.j, op.j_stop, proper)
    owned = quoted.added.issuperset(range(op.i, op.i_stop)) if ours else op.i - 1 in quoted.elisions
    return Change(_kind(ours, theirs), ours, theirs, start, end, flags(ours, theirs, named), owned)


def _kind(ours: str, theirs: str) -> Kind:
    return "replaced" if ours and theirs else "inserted" if ours else "deleted"


def _marks(quoted: Quoted, original: Wording, op: Op) -> list[Change]:
    """Punctuation that differs between words that do not."""
    pairs = zip(range(op.i, op.i_stop - 1), range(op.j, op.j_stop - 1), strict=True)
    return [
        _mark(quoted, i, original, j)
        for i, j in pairs
        if original.gaps[j] not in (quoted.side.gaps[i], quoted.gap_as_given(i))
    ]


def _mark(quoted: Quoted, i: int, original: Wording, j: int) -> Change:
    """The change of what stands after word `i` of the quote and word `j` of the article."""
    ours, (start, end) = quoted.side.after(i), original.after(j)
    theirs = original.text[start:end]
    start, theirs = start + len(theirs) - len(theirs.lstrip()), theirs.strip()
    quote = quoted.side.text[slice(*ours)].strip()
    odd = set(quoted.side.gaps[i]) ^ set(original.gaps[j])
    beside = original.words[j].norm[-1] + "".join(word.norm[0] for word in original.words[j + 1 : j + 2])
    flagged = ("number",) if any(map(str.isdigit, beside)) and odd.intersection(SIGNS + UNITS + "$€£¥") else ()
    owned = "…" in quoted.side.gaps[i] and "…" not in original.gaps[j]
    return Change(_kind(quote, theirs), quote, theirs, start, start + len(theirs), flagged, owned)


def edges(quoted: Quoted, original: Wording, ops: Sequence[Op]) -> list[Change]:
    """What is wrong at unchanged ends of a stretch: a word or a figure cut through, a question made a statement.

    Other marks at a quote's ends are the quoter's own business.
    """
    found = []
    if ops[0].same and (cut := _cut(quoted.side, ops[0].i, original, ops[0].j, left=True)):
        found.append(cut)
    i, j = ops[-1].i_stop - 1, ops[-1].j_stop - 1
    if ops[-1].same and (cut := _cut(quoted.side, i, original, j, left=False)):
        found.append(cut)
    elif ops[-1].same and i + 1 == len(quoted.side.words) and _other_ending(quoted.side.gaps[i], original.gaps[j]):
        found.append(_mark(quoted, i, original, j))
    return found


def _cut(side: Wording, i: int, original: Wording, j: int, *, left: bool) -> Change | None:
    """The change where the quote's word is less, or more, of a whole word or figure than the article's."""
    ours, theirs = _reach(side, i, left=left), _reach(original, j, left=left)
    if gap(_added(side, i, ours)) == gap(_added(original, j, theirs)):
        return None
    quote, full = side.text[slice(*ours)], original.text[slice(*theirs)]
    figure = ("number",) if any(char.isdigit() for char in full) else ()
    return Change(_kind(quote, full), quote, full, *theirs, flags(quote, full) or figure)


def _reach(side: Wording, at: int, *, left: bool) -> tuple[int, int]:
    """The word's span, widened on one side to the whole word or figure it is part of."""
    word = side.words[at]
    start, end = whole(side.text, word.start, word.end)
    return (start, word.end) if left else (word.start, end)


def _added(side: Wording, at: int, reach: tuple[int, int]) -> str:
    return side.text[reach[0] : side.words[at].start] + side.text[side.words[at].end : reach[1]]


def _other_ending(ours: str, theirs: str) -> bool:
    """A question or an exclamation that the article does not have, or that it has and the quote ends otherwise."""
    loud, their_loud = set(ours) & set("?!"), set(theirs) & set("?!")
    return not loud <= their_loud or bool(their_loud and not loud and "." in ours)
