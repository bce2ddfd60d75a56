"""How a quote differs from the words it was taken from: words and marks, each with its place in the file, and its flags.

Words inside an apostrophe or a hyphen are shown whole: `can` for `can't`, never an orphaned `'t`. A flag says that a
change touches what a reader must not miss: a negation, a number, a name, a modal verb.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.lexicon import words
from retrieval.quotes.alignment import Op, whole_words
from retrieval.quotes.quote_parser import Quoted
from retrieval.quotes.suffix_array import CAPITAL, LOWER
from retrieval.text.normalize import APOSTROPHES, SIGNS, UNITS, Wording, gap, whole

NEGATIONS, MODALS, NUMBERS = (words("quote_flags", kind) for kind in ("negation", "modal", "number"))

# A contraction is read as the words it stands for, so that "won't" for "will not" flags nothing.
STEMS = {"wo": "will", "sha": "shall"}
ENDINGS = {"ll": "will", "d": "would"}
_SINGLE = ("i", "a")  # letters that stand alone, with a capital, and are no names
NEGATIVE_PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis")


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
    """The names among the words `[first, stop)`: known ones, and capitals that no sentence's beginning explains."""
    shouted = wording.text.isupper()
    listed = []
    for at in range(first, stop):
        word = wording.words[at]
        capital = not shouted and wording.text[word.start].isupper() and not starts_sentence(wording, at)
        if is_name(word.norm) or (capital and word.norm not in _SINGLE):
            listed.append(word.norm)
    return listed


def cases(wording: Wording) -> list[int]:
    """The case of each word: `LOWER`, `CAPITAL` inside a sentence, or 0. What has only capitals in a collection is a name."""
    kinds, shouted_before = [], False
    for at, word in enumerate(wording.words):
        raw = wording.text[word.start : word.end]
        shouted, kind = raw.isupper() and len(raw) > 1, 0
        if raw[0].islower():
            kind = LOWER
        elif raw[0].isupper() and not (shouted and shouted_before) and not starts_sentence(wording, at):
            kind = CAPITAL if word.norm not in _SINGLE else 0
        kinds.append(kind)
        shouted_before = shouted
    return kinds


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
