"""Quotes made out of articles: untouched ones in many typographies, and ones altered in every way a quoter alters.

An alteration that by chance gives words the articles hold elsewhere would be none; `_stands` sorts those out with its
own idea of a word, simpler than the product's. The same seed gives the same quotes.
"""

from __future__ import annotations

import random
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SENTENCE_END = re.compile(r"(?<=[.?!][\"”’')])\s+(?=[\"“‘'A-Z•])|(?<=[a-z0-9%][.?!])\s+(?=[\"“‘'A-Z•])|\s*\n\s*")


class Quote(NamedTuple):
    """A quote, how it was made, and what from."""

    kind: str
    text: str
    original: str


def sentences(text: str) -> list[str]:
    """A text's sentences and lines, each a verbatim stretch of it that holds a letter."""
    return [part for part in SENTENCE_END.split(text.strip()) if any(map(str.isalpha, part))]


# --- typographies: none of them alters a quote ---

DASH = re.compile(r"\s*[—–]\s*")
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}


def _paired(opening: str, closing: str, text: str) -> str:
    """Double quotation marks of one kind."""
    text = re.sub(r'(^|[\s(\[—–])["“”]', rf"\1{opening}", text)
    return re.sub(r'["“”]', closing, text)


def _hidden(text: str) -> str:
    return re.sub(r"(\w\w)(\w\w)", "\\1\u00ad\\2\u200b", text)


TYPOGRAPHIES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "straight marks": lambda text: text.translate(str.maketrans("“”‘’", "\"\"''")),
    "curly marks": lambda text: _paired("“", "”", text).replace("'", "’"),
    "guillemets": lambda text: _paired("« ", " »", text).replace("'", "’"),
    "low marks": lambda text: _paired("„", "“", text),
    "single marks": lambda text: _paired("‘", "’", text),
    "typewriter marks": lambda text: _paired("``", "''", text),
    "spaced dashes": lambda text: DASH.sub(" – ", text),
    "closed dashes": lambda text: DASH.sub("—", text),
    "double hyphens": lambda text: DASH.sub("--", text),
    "spaced hyphens": lambda text: DASH.sub(" - ", text).replace("-", "‑"),
    "other spaces": lambda text: re.sub(r"\s", "\u00a0 \u2009", text),
    "line breaks": lambda text: re.sub(r"\s+", "\n  ", text),
    "capitals": str.upper,
    "lower case": str.lower,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "compatible": lambda text: unicodedata.normalize("NFKC", text),
    "ligatures": lambda text: text.replace("ffi", "ﬃ").replace("fi", "ﬁ").replace("fl", "ﬂ").replace("ff", "ﬀ"),
    "full width": lambda text: text.translate(FULL_WIDTH),
    "ellipses": lambda text: re.sub(r"…|\.\.\.", " . . . ", text),
    "hidden characters": _hidden,
    "right to left marks": lambda text: "\u202b" + text.replace(" ", "\u200f \u200e") + "\u202c",
    "in quotation marks": lambda text: f"“{text}”",
    "in guillemets": lambda text: f"« {text} »",
    "in two pairs": lambda text: f"\"'{text}'\"",
    "trailing off": lambda text: f"… {text.rstrip('.?!')} …",
}

# --- alterations: each takes a sentence's pieces of text between white space ---

SWAPS = {
    "negation": ("not", "never", "no"),
    "modal": ("may", "might", "could", "will", "would", "must", "should", "can", "cannot", "won't", "can't"),
    "number": ("two", "2014", "1,000", "7", "14,001", "million", "5.5", "2021"),
    "name": ("Putin", "Biden", "Moscow", "NATO", "Ukraine", "Brazil", "Angela Merkel", "CNN"),
    "filler": ("very", "also", "the", "reportedly", "quite", "zygote"),
}
WORD = re.compile(r"[^\W_]+")
LOOKALIKE = str.maketrans("aeocpx", "аеосрх")


class Maker:
    """Alters sentences of the articles given."""

    def __init__(self, texts: Sequence[str], seed: int) -> None:
        self.chance = random.Random(seed)
        self.texts = [sentences(text) for text in texts]
        self.whole = [f" {' '.join(_words(text))} " for text in texts]
        self.vocabulary = sorted({word for text in texts for word in text.split()})

    def altered(self, count: int) -> Iterator[Quote]:
        """So many altered quotes, of every kind in turn, each in a typography drawn by chance."""
        kinds = list(ALTERATIONS.items())
        made = 0
        while made < count:
            kind, alter = kinds[made % len(kinds)]
            original = self.chance.choice(self.chance.choice(self.texts))
            text = alter(self, original)
            if text is None or text == original or (kind not in MARKS_ONLY and self._stands(text)):
                continue
            name, dress = self.chance.choice(list(TYPOGRAPHIES.items()))
            if kind not in FRAGILE or name in ("as it is", "straight marks", "line breaks"):
                made += 1
                yield Quote(kind, dress(text), original)

    def stitched(self, count: int) -> Iterator[Quote]:
        """So many quotes of two or three pieces, of four words or more, from different sentences."""
        while count:
            pieces = [self._piece() for _ in range(self.chance.choice((2, 2, 2, 3)))]
            text = self.chance.choice((" ", ", ", ". ", " … ", " [...] ", " — ", "; ", "\n\n")).join(pieces)
            if len(set(pieces)) == len(pieces) and not self._stands(text):
                count -= 1
                yield Quote("stitched", text, " | ".join(pieces))

    def _piece(self) -> str:
        while True:
            words = self.chance.choice(self.chance.choice(self.texts)).split()
            if len(words) >= 6:
                break
        size = self.chance.randint(5, len(words))
        first = self.chance.choice((0, len(words) - size))
        return " ".join(words[first : first + size]).strip(' ,.;:—“”"')

    def _stands(self, text: str) -> bool:
        return any(f" {' '.join(_words(text))} " in whole for whole in self.whole)

    def inside(self, words: Sequence[str], size: int = 1) -> int | None:
        """A place inside the words that leaves some before and after a stretch of `size`."""
        return self.chance.randint(1, len(words) - size - 1) if len(words) > size + 2 else None


def _words(text: str) -> list[str]:
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _replaced(swap: str) -> Callable[[Maker, str], str | None]:
    def alter(maker: Maker, text: str) -> str | None:
        words = text.split()
        at = maker.inside(words)
        new = maker.chance.choice(SWAPS[swap])
        return None if at is None else " ".join([*words[:at], new, *words[at + 1 :]])

    return alter


def _inserted(swap: str) -> Callable[[Maker, str], str | None]:
    def alter(maker: Maker, text: str) -> str | None:
        words = text.split()
        at = maker.inside(words)
        new = maker.chance.choice(SWAPS[swap])
        return None if at is None else " ".join([*words[:at], new, *words[at:]])

    return alter


def _other_word(maker: Maker, text: str) -> str | None:
    words = text.split()
    at = maker.chance.randrange(len(words))
    return " ".join([*words[:at], maker.chance.choice(maker.vocabulary), *words[at + 1 :]])


def _left_out(size: int) -> Callable[[Maker, str], str | None]:
    def alter(maker: Maker, text: str) -> str | None:
        words = text.split()
        at = maker.inside(words, size)
        return None if at is None else " ".join(words[:at] + words[at + size :])

    return alter


def _exchanged(maker: Maker, text: str) -> str | None:
    words = text.split()
    at = maker.inside(words, 2)
    return None if at is None else " ".join([*words[:at], words[at + 1], words[at], *words[at + 2 :]])


def _doubled(maker: Maker, text: str) -> str | None:
    words = text.split()
    at = maker.inside(words)
    return None if at is None else " ".join([*words[:at], words[at], *words[at:]])


def _turned_round(maker: Maker, text: str) -> str | None:
    words = text.split()
    return " ".join(words[len(words) // 2 :] + words[: len(words) // 2]) if len(words) > 5 else None


def _substituted(pattern: str, new: str | Callable[[re.Match[str]], str]) -> Callable[[Maker, str], str | None]:
    """One of the places where the pattern stands, other than at the ends, changed."""

    def alter(maker: Maker, text: str) -> str | None:
        found = [match for match in re.finditer(pattern, text) if match.start() > 2 and match.end() < len(text) - 3]
        if not found:
            return None
        match = maker.chance.choice(found)
        return text[: match.start()] + (new if isinstance(new, str) else new(match)) + text[match.end() :]

    return alter


def _cut_through(maker: Maker, text: str) -> str | None:
    """The last word, or the first, bereft of its end or beginning."""
    body = text.rstrip(" .,?!”\"’'")
    last = body.split()[-1]
    if not last.isalpha() or len(last) < 4:
        return None
    return body[: -maker.chance.randint(1, len(last) - 2)]


ALTERATIONS: dict[str, Callable[[Maker, str], str | None]] = {
    **{f"{swap} for a word": _replaced(swap) for swap in SWAPS},
    **{f"{swap} put in": _inserted(swap) for swap in SWAPS},
    "another word of the articles": _other_word,
    "a word left out": _left_out(1),
    "two words left out": _left_out(2),
    "six words left out": _left_out(6),
    "words exchanged": _exchanged,
    "a word doubled": _doubled,
    "halves exchanged": _turned_round,
    "negation left out": _substituted(r"\b(?:not|no|never)\s|n['’]t\b", ""),
    "a digit changed": _substituted(r"\d", lambda match: str((int(match.group()) + 3) % 10)),
    "a digit left out": _substituted(r"(?<=\d)\d|\d(?=\d)", ""),
    "a zero more": _substituted(r"(?<=\d)(?=\D)", "0"),
    "a letter changed": _substituted(r"[b-y]", lambda match: chr(ord(match.group()) + 1)),
    "a letter left out": _substituted(r"(?<=[a-z])[a-z](?=[a-z])", ""),
    "a letter that looks alike": _substituted(r"[aeocpx]", lambda match: match.group().translate(LOOKALIKE)),
    "another ending": _substituted(r"(?<=[a-z])(?:s|ed|ing)\b", "er"),
    "a prefix": _substituted(r"\b(?=[b-df-hj-np-tv-z][a-z]{3})", "un"),
    "an accent": _substituted(r"[aeiou]", lambda match: match.group() + "\u0301"),
    "a contraction undone": _substituted(r"['’](?=s\b|t\b|re\b|ll\b)", ""),
    "a compound parted": _substituted(r"(?<=[a-z])-(?=[a-z])", " "),
    "a compound closed": _substituted(r"(?<=[a-z])-(?=[a-z])", ""),
    "words run together": _substituted(r"(?<=[a-z]) (?=[a-z])", ""),
    "a word cut through": _cut_through,
    "a comma left out": _substituted(r",(?= )", ""),
    "a comma put in": _substituted(r"(?<=[a-z])(?= [a-z])", ","),
    "a stop for a comma": _substituted(r",(?= )", "."),
    "a question made": lambda _, text: text.rstrip(' .”"') + "?" if text.endswith(".") else None,
    "an exclamation made": lambda _, text: text.rstrip(' .”"') + "!" if text.endswith(".") else None,
    "brackets put in": _substituted(r"(?<=[a-z]) (?=[a-z])", " [not] "),
    "an aside put in": _substituted(r"(?<=[a-z]) (?=[a-z])", " (again) "),
    "an ellipsis for a word": _substituted(r"(?<= )[a-z]{4,}(?= [a-z])", "…"),
    "a sign put in": _substituted(r"(?<= )(?=\d)", "-"),
    "a unit put in": _substituted(r"(?<=\d)(?= )", "%"),
    "scare quotes put in": _substituted(r"(?<= )[a-z]{5,}(?= )", lambda match: f"“{match.group()}”"),
}

# Words that stay, marks that do not: the oracle of words cannot see these.
MARKS_ONLY = frozenset(
    {"a compound parted", "a comma left out", "a comma put in", "a stop for a comma", "a question made"}
    | {"an exclamation made", "a sign put in", "a unit put in", "scare quotes put in", "a contraction undone"}
)
# Those that some typography would undo or cover up, such as a full stop stripped where the quote trails off.
FRAGILE = frozenset(
    {"a question made", "an exclamation made", "a sign put in", "scare quotes put in", "a letter that looks alike"}
)
