"""A text as words and what stands between them, so that two typographies of the same words compare equal.

Each word keeps its span in the text it came from; its normal form has no case, no ligatures, no full-width or
decomposed letters and no hidden characters. What stands between two words is reduced to a signature: white space is
gone, every kind of quotation mark is `'`, every kind of dash `-`, every ellipsis `…`. Other punctuation stays, because
leaving out a comma alters a quotation. Which differences are mere typography is decided here only, and so is which
characters steer a terminal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

MARKS = "\"'`´“”„‟‘’‚‛«»‹›「」『』〝〞〟❛❜❝❞＂＇ʻʼʽʹʺˈˮ′″‴`״׳՚"
APOSTROPHES = "'’ʼ‘＇՚`´"
DASHES = "-‐‑‒–—―−﹘﹣－⸺⸻"
HYPHENS = "-‐‑﹣－"
SIGNS = "-−+±~<>≤≥#"  # what stands before a figure and belongs to it, besides a currency
UNITS = "%‰°"
# Capital letters of Latin, Greek and Cyrillic, for a set of characters in a regular expression, which has no class for them.
CAPITALS = "".join(filter(str.isupper, map(chr, range(0x41, 0x530))))
INITIALS = r"\b(?:\w\.){2,}"  # "U.S."
SENTENCE_ENDS = ".?!…。！？؟।"

# Characters that show nothing: soft hyphens, joiners, direction marks, variation selectors, fillers, controls.
HIDDEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
# Scripts written without spaces: there, each character counts as a word.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)


class Word(NamedTuple):
    """A word's half-open span in code points and its normal form."""

    start: int
    end: int
    norm: str


def words(text: str) -> list[Word]:
    """The words of a text in order; a figure with its separators (`14,000`, `10:30`) is one word.

    An apostrophe parts words (`can`, `t`), because a closing quotation mark looks the same; `whole` puts them together.
    """
    candidates = (Word(match.start(), match.end(), normal(match.group())) for match in _word_pattern().finditer(text))
    return [word for word in candidates if word.norm]


def folded(text: str) -> str:
    """A text in lower case, without accents and hidden characters: for comparing names and words, not for quoting."""
    return unaccented(text.casefold())


def unaccented(text: str) -> str:
    """A text in its case, without accents and hidden characters; its offsets are not the text's."""
    return text if text.isascii() else _accents().sub("", unicodedata.normalize("NFKD", text))


def spaced_words(text: str) -> str:
    """The words of a text without regard to case and typography, each with a space on both sides."""
    return f" {' '.join(filter(None, map(normal, _word_pattern().findall(text))))} "


def name_words(name: str) -> list[str]:
    """The words of a name, folded: `U.S.` as one, without possessive endings."""
    plain = re.sub(r"['’]s\b", "", folded(name))
    return re.findall(r"\w+", re.sub(INITIALS, lambda match: match[0].replace(".", ""), plain))


@cache
def _accents() -> re.Pattern[str]:
    return re.compile(f"[{HIDDEN}\u0300-\u036f]")


@lru_cache(maxsize=200_000)
def normal(word: str) -> str:
    """The normal form of one word."""
    if word.isascii():
        return word.lower() if word.isalnum() else re.sub(f"[{HIDDEN}]", "", word).lower()
    shown = "".join(_plain(char) for char in re.sub(f"[{HIDDEN}]", "", unicodedata.normalize("NFC", word)))
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", shown).casefold())


def searchable(text: str) -> str:
    """The text as searches read it; as `undisguised`, without the places."""
    return undisguised(text)[0]


def undisguised(text: str) -> tuple[str, Sequence[int]]:
    """The text without what makes other characters of the same words; for each character, and for its end, its place in `text`.

    There are no hidden characters, plain letters for full-width and other styled ones, and Latin letters for those of
    other scripts that look like them (UTS 39), where they stand in a Latin word or text.
    """
    if not (_hidden().search(text) or _BEYOND.search(text)):
        return text, range(len(text) + 1)
    wide = 2 * len(_WIDE_LETTER.findall(text)) > len(_BEYOND_LATIN.findall(text))
    shown: list[str] = []
    places: list[int] = []
    for at, char in enumerate(text):
        letters = char if char.isascii() and char.isprintable() else _letters(char, wide=wide)
        shown.append(letters)
        places += [at] * len(letters)
    return _latinised("".join(shown)), [*places, len(text)]


def original(text: str, places: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """The span in `text` of a span of its `undisguised` form, with the selector that belongs to a sign at its end."""
    stop = places[end - 1] + 1 if end else 0
    while stop < len(text) and text[stop] == "\ufe0f":
        stop += 1
    return places[start], stop


_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")
_LOOKALIKES = re.compile("[\u0370-\u03ff\u0400-\u052f]")  # Greek and Cyrillic
_BEYOND = re.compile(r"[^\W_\0-\u017f]")  # searched for by itself: twice as fast as both in one pattern
_BEYOND_LATIN = re.compile(r"(?=[^\0-\u017f])[^\W\d_]")
_WIDE_LETTER = re.compile("[\uff21-\uff3a\uff41-\uff5a]")
_WIDTH = 0xFEE0  # from a sign of ASCII to its full-width form


@cache
def _hidden() -> re.Pattern[str]:
    return re.compile(f"[{HIDDEN}]")


@lru_cache(maxsize=10_000)
def _letters(char: str, *, wide: bool) -> str:
    """What a character shows, in plain letters; `wide` says that the text is a Latin one in full-width signs."""
    if re.match(f"[{HIDDEN}]", char):
        return ""
    if wide and "\uff01" <= char <= "\uff5e":
        return chr(ord(char) - _WIDTH)
    form = unicodedata.normalize("NFKC", char) if char > "\u017f" and char.isalnum() else char
    return form if form.isalpha() or char.isdecimal() else char


def _latinised(text: str) -> str:
    """The text with Latin letters for those of other scripts that look like them, in a Latin word or text."""
    if not _LOOKALIKES.search(text):
        return text
    latin = foreign = 0
    for match in _LETTERS.finditer(text):
        if _LATIN.search(match.group()):
            latin += 1
        elif not match.group().translate(_latin()).isascii():
            foreign += 1

    def folded(match: re.Match[str]) -> str:
        plain = match.group().translate(_latin())
        return plain if _LATIN.search(match.group()) or (plain.isascii() and latin > foreign) else match.group()

    return _LETTERS.sub(folded, text)


@cache
def _latin() -> dict[int, str]:
    """Greek and Cyrillic letters → the Latin letters of the same case that they look like."""
    from confusable_homoglyphs.confusables import confusables_data

    def lookalike(char: str) -> str | None:
        others = [other["c"] for other in confusables_data.get(char, ())]
        return next((c for c in others if c.isascii() and c.isalpha() and c.islower() == char.islower()), None)

    table = {}
    for code in (*range(0x370, 0x400), *range(0x400, 0x530)):
        char = chr(code)
        latin = lookalike(char) or (lookalike(char.lower()) or "").upper()
        if latin:
            table[code] = latin
    return table


def _plain(char: str) -> str:
    """A raised or fractional figure must not melt into the number beside it: `10²` is not `102`."""
    plain = unicodedata.normalize("NFKC", char)
    raised = not char.isdecimal() and any(part.isdecimal() for part in plain)
    return f"^{plain}" if raised else char


_FOLD = {ord(char): "'" for char in MARKS} | {ord(char): "-" for char in DASHES}


@lru_cache(maxsize=50_000)
def gap(between: str) -> str:
    """The signature of what stands between two words, or before the first, or after the last."""
    shown = re.sub(rf"[\s{HIDDEN}]", "", between.translate(_FOLD))
    shown = re.sub(r"\s", "", unicodedata.normalize("NFKC", shown).casefold())
    shown = re.sub(r"\.{2,}", "…", shown)
    # `,"` and `",` are two houses' order of the same two marks.
    shown = re.sub(r"'+([.,])", r"\1'", shown)
    return re.sub(r"(['-])\1+", r"\1", shown)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text, its words, and the signature after each word; the last one is of all that follows the last word."""

    text: str
    words: tuple[Word, ...]
    gaps: tuple[str, ...]

    @property
    def norms(self) -> list[str]:
        """The words' normal forms."""
        return [word.norm for word in self.words]

    def raw(self, first: int, stop: int) -> str:
        """The words `[first, stop)` as they stand in the text, with what parts them; empty where there are none."""
        return self.text[self.words[first].start : self.words[stop - 1].end] if first < stop else ""

    def after(self, at: int) -> tuple[int, int]:
        """The span of what stands between this word and the next one, or the text's end."""
        return self.words[at].end, self.words[at + 1].start if at + 1 < len(self.words) else len(self.text)

    def ends_sentence(self, at: int) -> bool:
        """Whether a sentence, a line or the text ends after this word; of a word before the first, it does."""
        if at < 0 or at + 1 >= len(self.words):
            return True
        return "\n" in self.text[slice(*self.after(at))] or any(mark in self.gaps[at] for mark in SENTENCE_ENDS)


def wording(text: str) -> Wording:
    """A text taken apart."""
    all_words = words(text)
    ends = [*(word.start for word in all_words[1:]), len(text)][: len(all_words)]
    return Wording(
        text, tuple(all_words), tuple(gap(text[w.end : end]) for w, end in zip(all_words, ends, strict=True))
    )


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to whole words: over `it's`, `pre-positioned`, a figure's sign, currency, unit, thousands."""
    return _unit_around(text, start)[0], _unit_around(text, end - 1)[1]


def joined(text: str, at: int) -> bool:
    """Whether the apostrophe or hyphen at this place holds one word together."""
    return _unit_around(text, at)[0] < at < _unit_around(text, at)[1] - 1


def _unit_around(text: str, at: int) -> tuple[int, int]:
    for match in _unit_pattern().finditer(text, max(0, at - 60), min(len(text), at + 60)):
        if match.start() <= at < match.end():
            return match.span()
    return at, at + 1


@cache
def _unit_pattern() -> re.Pattern[str]:
    letter = rf"[^\W_{UNSPACED}]"
    joint = f"[{re.escape(APOSTROPHES + HYPHENS)}]"
    thousands = r"\d{1,3}(?:\s\d{3}(?!\d))+"
    figure = rf"(?:(?<!{letter})[{re.escape(SIGNS)}$\u00a2-\u00a5\u20a0-\u20cf]+)?(?:{thousands}|\d+(?:[.,:]\d+)*)"
    core = f"(?:{figure}{letter}*|{letter}+)"
    return re.compile(rf"{core}(?:{joint}{core})*(?:(?<=\d)\s?[{UNITS}])?")


@cache
def _word_pattern() -> re.Pattern[str]:
    trail = f"[{HIDDEN}{_combining()}]*"
    letter = rf"(?![{UNSPACED}{MARKS}])[^\W_]{trail}"
    figure = r"(?<=\d)[.,:．，：](?=\d)"
    return re.compile(rf"(?:{letter})+(?:{figure}(?:{letter})+)*|[{UNSPACED}]{trail}")


@cache
def _combining() -> str:
    """Every combining mark, as the inside of a character class; some ms, once."""
    marks = [char for char in map(chr, range(0x300, 0x1F000)) if unicodedata.category(char) in _MARKS]
    breaks = [at for at, (mark, following) in enumerate(pairwise(marks), 1) if ord(following) != ord(mark) + 1]
    return "".join(f"{marks[start]}-{marks[end - 1]}" for start, end in pairwise([0, *breaks, len(marks)]))


_MARKS = frozenset(["Mn", "Mc", "Me"])  # categories of combining marks
# Embeddings, overrides and isolates; and what shows nothing and joins nothing: soft hyphens, zero-width spaces, annotations, tags.
_UNSEEN = frozenset(
    map(
        chr,
        (
            *(0xAD, 0x180E, 0x200B, 0xFEFF),
            *(*range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080)),
        ),
    )
)


def printable(text: str) -> str:
    """The text without control, direction and unseen characters and half characters; line breaks and tabs stay."""
    return "".join(char for char in text if not steers(char))


def steers(char: str) -> bool:
    """Whether a character moves a cursor, colours, turns what follows, hides, or is half a character."""
    return char not in "\n\t" and (unicodedata.category(char) in {"Cc", "Cs"} or char in _UNSEEN)
