"""A quote against the place it was taken from → the words and marks that differ, each with its place and its flags.

First both are aligned word by word: the runs in which they are the same are given, what is around and between them is
held against each other (`difflib`, Ratcliff and Metzener 1988). Words inside an apostrophe or a hyphen are shown whole:
`can` for `can't`, never an orphaned `'t`. A flag says that a change touches what a reader must not miss: a negation, a
number, a name, a modal verb.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from retrieval.lexicon import words
from retrieval.quotes.quote_parser import Quoted
from retrieval.quotes.suffix_array import Run
from retrieval.text.normalize import APOSTROPHES, SIGNS, UNITS, Wording, gap, joined, whole

NEGATIONS, MODALS, NUMBERS = (words("quote_flags", kind) for kind in ("negation", "modal", "number"))

# A contraction is read as the words it stands for, so that "won't" for "will not" flags nothing.
STEMS = {"wo": "will", "sha": "shall"}
ENDINGS = {"ll": "will", "d": "would"}
SINGLE = ("i", "a")  # letters that stand alone, with a capital, and are no names
NEGATIVE_PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis")
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


def flags(quoted: str, original: str, names: tuple[Iterable[str], Iterable[str]] = ((), ())) -> tuple[str, ...]:
    """What differs between the two sides of a change, of `negation`, `number`, `name`, `modal`, in this order."""
    ours, theirs = _plain_words(quoted), _plain_words(original)
    only = list(((ours - theirs) + (theirs - ours)).elements())
    differing = {
        "negation": any(word in NEGATIONS for word in only) or _prefixed(ours - theirs, theirs - ours),
        "number": any(word in NUMBERS or any(char.isdigit() for char in word) for word in only),
        "name": Counter(names[0]) != Counter(names[1]),
        "modal": any(word in MODALS for word in only),
    }
    return tuple(flag for flag, holds in differing.items() if holds)


def _plain_words(text: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    folded = text.casefold().translate({ord(mark): "'" for mark in APOSTROPHES})
    for word in re.findall(r"\w+(?:[.,:'-]\w+)*", folded):
        stem, _, ending = word.partition("'")
        if ending == "t" and stem.endswith("n"):
            stem = stem if stem == "can" else stem[:-1]
            counts.update((STEMS.get(stem, stem), "not"))
        elif word == "cannot":
            counts.update(("can", "not"))
        else:
            counts.update((stem, ENDINGS[ending]) if ending in ENDINGS else re.findall(r"\d+(?:[.,:]\d+)*|\w+", word))
    return counts


def _prefixed(ours: Counter[str], theirs: Counter[str]) -> bool:
    """Whether a word on one side is one on the other with a prefix that turns it round: `convinced`, `unconvinced`."""
    pairs = [(a, b) for a in ours for b in theirs] + [(b, a) for a in ours for b in theirs]
    return any(len(b) > 3 and a == prefix + b for a, b in pairs for prefix in NEGATIVE_PREFIXES)


def names(wording: Wording, first: int, stop: int, is_name: Callable[[str], bool]) -> list[str]:
    """The names among the words `[first, stop)`: known ones, and capitals that no sentence's beginning explains.

    The "d" of "we'd" is no name, whatever somebody's initial is.
    """
    shouted = wording.text.isupper()
    listed = []
    for at in range(first, stop):
        word = wording.words[at]
        upper = wording.text[word.start].isupper()
        capital = not shouted and upper and not starts_sentence(wording, at)
        known = is_name(word.norm) and (upper or len(word.norm) > 1)
        if known or (capital and word.norm not in SINGLE):
            listed.append(word.norm)
    return listed


def starts_sentence(wording: Wording, at: int) -> bool:
    """Whether a capital here may be no more than a beginning: of a sentence, a line, words in quotation marks."""
    if at == 0 or wording.ends_sentence(at - 1):
        return True
    first, text = wording.words[at].start, wording.text
    opens = gap(text[wording.words[at - 1].end : first])[-1:] in ("'", ":", "•")
    return opens and (text[first - 1] not in APOSTROPHES or text[first - 2].isspace())


Kind = Literal["replaced", "inserted", "deleted"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `quoted` stands in the quote, `original` at `[start, end)` of the article's text.

    An insertion has an empty `original` at the place where it would stand. `flags` are those of `negation`, `number`,
    `name`, `modal` that differ. `by_quoter` is true where brackets or an ellipsis show it.
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


def changes(quoted: Quoted, original: Wording, ops: Sequence[Op], is_name: Callable[[str], bool]) -> list[Change]:
    """The differences in the order of the text: changed words, then between unchanged ones changed marks."""
    differences = []
    for op in whole_words(quoted.wording, original, ops):
        if op.same:
            differences += _marks(quoted, original, op)
        else:
            differences.append(_words(quoted, original, op, is_name, leading=op.i == ops[0].i))
    return differences


def _words(quoted: Quoted, original: Wording, op: Op, is_name: Callable[[str], bool], *, leading: bool) -> Change:
    ours, theirs = quoted.raw(op.i, op.i_stop), original.raw(op.j, op.j_stop)
    if theirs:
        start, end = original.words[op.j].start, original.words[op.j_stop - 1].end
    else:
        start = end = original.words[op.j].start if leading else original.words[op.j - 1].end
    named = names(quoted.wording, op.i, op.i_stop, is_name), names(original, op.j, op.j_stop, is_name)
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
        if original.gaps[j] not in (quoted.wording.gaps[i], quoted.gap_as_given(i))
    ]


def _mark(quoted: Quoted, i: int, original: Wording, j: int) -> Change:
    """The change of what stands after word `i` of the quote and word `j` of the article."""
    ours, (start, end) = quoted.wording.after(i), original.after(j)
    theirs = original.text[start:end]
    start, theirs = start + len(theirs) - len(theirs.lstrip()), theirs.strip()
    quote = quoted.wording.text[slice(*ours)].strip()
    odd = set(quoted.wording.gaps[i]) ^ set(original.gaps[j])
    beside = original.words[j].norm[-1] + "".join(word.norm[0] for word in original.words[j + 1 : j + 2])
    flagged = ("number",) if any(map(str.isdigit, beside)) and odd.intersection(SIGNS + UNITS + "$€£¥") else ()
    owned = "…" in quoted.wording.gaps[i] and "…" not in original.gaps[j]
    return Change(_kind(quote, theirs), quote, theirs, start, start + len(theirs), flagged, owned)


def hides_negation(original: Wording, end: int, start: int) -> bool:
    """Whether a negation stands between two places of a text, in characters, that are of one sentence."""
    hidden = [at for at, word in enumerate(original.words) if end <= word.start < start]
    if not hidden or any(original.ends_sentence(at) for at in (hidden[0] - 1, *hidden) if at >= 0):
        return False
    return any(original.words[at].norm in NEGATIONS for at in hidden)


def edges(quoted: Quoted, original: Wording, ops: Sequence[Op]) -> list[Change]:
    """What is wrong at unchanged ends of a stretch: a word or a figure cut through, a question made a statement.

    Other marks at a quote's ends are the quoter's own business.
    """
    changes = []
    if ops[0].same and (cut := _cut(quoted.wording, ops[0].i, original, ops[0].j, left=True)):
        changes.append(cut)
    i, j = ops[-1].i_stop - 1, ops[-1].j_stop - 1
    if ops[-1].same and (cut := _cut(quoted.wording, i, original, j, left=False)):
        changes.append(cut)
    elif (
        ops[-1].same and i + 1 == len(quoted.wording.words) and _other_ending(quoted.wording.gaps[i], original.gaps[j])
    ):
        changes.append(_mark(quoted, i, original, j))
    return changes


def _cut(wording: Wording, i: int, original: Wording, j: int, *, left: bool) -> Change | None:
    """The change where the quote's word is less, or more, of a whole word or figure than the article's."""
    ours, theirs = _reach(wording, i, left=left), _reach(original, j, left=left)
    if gap(_added(wording, i, ours)) == gap(_added(original, j, theirs)):
        return None
    quote, full = wording.text[slice(*ours)], original.text[slice(*theirs)]
    figure = ("number",) if any(char.isdigit() for char in full) else ()
    return Change(_kind(quote, full), quote, full, *theirs, flags(quote, full) or figure)


def _reach(wording: Wording, at: int, *, left: bool) -> tuple[int, int]:
    """The word's span, widened on one side to the whole word or figure it is part of."""
    word = wording.words[at]
    start, end = whole(wording.text, word.start, word.end)
    return (start, word.end) if left else (word.start, end)


def _added(wording: Wording, at: int, reach: tuple[int, int]) -> str:
    return wording.text[reach[0] : wording.words[at].start] + wording.text[wording.words[at].end : reach[1]]


def _other_ending(ours: str, theirs: str) -> bool:
    """A question or an exclamation that the article does not have, or that it has and the quote ends otherwise."""
    loud, their_loud = set(ours) & set("?!"), set(theirs) & set("?!")
    return not loud <= their_loud or bool(their_loud and not loud and "." in ours)
