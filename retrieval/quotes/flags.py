"""What makes a changed word matter: a negation, a number, a name or a modal word that stands on one side alone.

English word lists; in another language numbers in figures and names are still flagged.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from retrieval.text.normalize import APOSTROPHES, Wording, gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

_NEGATIONS = (
    "not no non never none nobody nothing neither nor nowhere without cannot hardly scarcely barely rarely seldom"
)
_MODALS = (
    "may might can could shall should will would must ought need possibly perhaps maybe probably likely unlikely "
    "certainly definitely surely allegedly apparently reportedly supposedly potentially possible impossible"
)
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands "
    "million millions billion billions trillion trillions dozen dozens half quarter third fourth fifth sixth seventh "
    "eighth ninth tenth once twice thrice first second both double triple"
)
NEGATIONS, MODALS, NUMBERS = (frozenset(listed.split()) for listed in (_NEGATIONS, _MODALS, _NUMBERS))

# A contraction is read as the words it stands for, so that "won't" for "will not" flags nothing.
STEMS = {"wo": "will", "sha": "shall"}
ENDINGS = {"ll": "will", "d": "would"}
NEGATIVE_PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis")


def flags(quoted: str, original: str, names: tuple[Iterable[str], Iterable[str]] = ((), ())) -> tuple[str, ...]:
    """What differs between the two sides of a change, of `negation`, `number`, `name`, `modal`, in this order."""
    ours, theirs = _plain_words(quoted), _plain_words(original)
    only = list(((ours - theirs) + (theirs - ours)).elements())
    found = {
        "negation": any(word in NEGATIONS for word in only) or _prefixed(ours - theirs, theirs - ours),
        "number": any(word in NUMBERS or any(char.isdigit() for char in word) for word in only),
        "name": Counter(names[0]) != Counter(names[1]),
        "modal": any(word in MODALS for word in only),
    }
    return tuple(flag for flag, holds in found.items() if holds)


def _plain_words(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    folded = text.casefold().translate({ord(mark): "'" for mark in APOSTROPHES})
    for word in re.findall(r"\w+(?:[.,:'-]\w+)*", folded):
        stem, _, ending = word.partition("'")
        if ending == "t" and stem.endswith("n"):
            stem = stem if stem == "can" else stem[:-1]
            found.update((STEMS.get(stem, stem), "not"))
        elif word == "cannot":
            found.update(("can", "not"))
        else:
            found.update((stem, ENDINGS[ending]) if ending in ENDINGS else re.findall(r"\d+(?:[.,:]\d+)*|\w+", word))
    return found


def _prefixed(ours: Counter[str], theirs: Counter[str]) -> bool:
    """Whether a word on one side is one on the other with a prefix that turns it round: `convinced`, `unconvinced`."""
    pairs = [(a, b) for a in ours for b in theirs] + [(b, a) for a in ours for b in theirs]
    return any(len(b) > 3 and a == prefix + b for a, b in pairs for prefix in NEGATIVE_PREFIXES)


def names(side: Wording, first: int, stop: int, proper: Set[str]) -> list[str]:
    """The names among the words `[first, stop)`: known ones, and capitals that no sentence's beginning explains."""
    shouted = side.text.isupper()
    found = []
    for at in range(first, stop):
        word = side.words[at]
        capital = not shouted and side.text[word.start].isupper() and not starts_sentence(side, at)
        if word.norm in proper or (capital and word.norm not in ("i", "a")):
            found.append(word.norm)
    return found


def proper(side: Wording) -> tuple[set[str], set[str]]:
    """A text's words with a capital inside a sentence, and its words in lower case.

    The first without the second, over a whole collection, are its names.
    """
    capitals, lower = set(), set()
    shouted_before = False
    for at, word in enumerate(side.words):
        raw = side.text[word.start : word.end]
        shouted = raw.isupper() and len(raw) > 1
        if raw[0].islower():
            lower.add(word.norm)
        elif raw[0].isupper() and not (shouted and shouted_before) and not starts_sentence(side, at):
            capitals.add(word.norm)
        shouted_before = shouted
    return capitals - {"i", "a"}, lower


def starts_sentence(side: Wording, at: int) -> bool:
    """Whether a capital here may be no more than a beginning: of a sentence, a line, words in quotation marks."""
    if at == 0 or side.ends_sentence(at - 1):
        return True
    first, text = side.words[at].start, side.text
    opens = gap(text[side.words[at - 1].end : first])[-1:] in ("'", ":", "•")
    return opens and (text[first - 1] not in APOSTROPHES or text[first - 2].isspace())
