"""A link that opens an article's page at a sentence and marks it: WICG text fragments, `url#:~:text=…`.

A browser looks the words up in the page, ignoring case, accents and kinds of quotation marks, and marks the first place
where they stand; so the words should stand in the article once. A sentence that comes again word for word opens at its
first place. Whole words only, cut at white space; what a saved text cannot tell (the page's menus, comments, edits)
makes a few words more than needed the safer choice. The plain address stays the answer's link: no browser is bound to
find the words. https://wicg.github.io/scroll-to-text-fragment/
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

from retrieval.text.normalize import HIDDEN, MARKS
from retrieval.types import Span

_FEWEST = 3  # words of a beginning or an end: fewer may be once in the article and often on its page
_WHOLE = 8  # words up to which a sentence is named in full, not by its two ends


def text_fragment(text: str, start: int, end: int, url: str) -> str:
    """The address of an article's page that opens at `text[start:end]` and marks it.

    A fragment that the address has is kept before the directive, an older text directive is replaced. Where the
    stretch holds no word, the address comes back as it is. Raises `ValueError` for an impossible span.
    """
    if not 0 <= start < end <= len(text):
        raise ValueError(f"no span of the text: [{start}, {end})")
    words = _words(text, start, end)
    if not words:
        return url
    page = _page(text)
    head = _head(page, words)
    tail = _tail(page, words, head[1])
    base = url.partition(":~:")[0]
    terms = ",".join(_term(text[slice(*part)]) for part in (head, tail) if part)
    return f"{base}{'' if '#' in base else '#'}:~:text={terms}"


def _head(page: _Page, words: Sequence[Span]) -> Span:
    """The stretch in full where it is short and on one line, else the fewest first words that stand once."""
    line = page.same_line(words)
    if line == len(words) <= _WHOLE:
        return words[0][0], words[-1][1]
    spans = [(words[0][0], words[size - 1][1]) for size in range(min(_FEWEST, line), line + 1)]
    return next((span for span in spans if page.count(span) == 1), spans[-1])


def _tail(page: _Page, words: Sequence[Span], stop: int) -> Span | None:
    """The fewest last words that, from the head's `stop` on, stand first where the stretch ends."""
    rest = [word for word in words if word[0] >= stop]
    if not rest:
        return None
    longest = page.same_line(rest[::-1])
    spans = [(rest[-size][0], rest[-1][1]) for size in range(min(_FEWEST, longest), longest + 1)]
    return next((span for span in spans if page.stands_next(span, stop)), spans[-1])


def _words(text: str, start: int, end: int) -> list[Span]:
    """The stretches between white space that hold a letter or figure, without the marks at their ends."""
    spans = []
    for match in re.compile(r"\S+").finditer(text, start, end):
        inner = re.search(r"[^\W_](?:.*[^\W_])?", match.group())
        if inner:
            spans.append((match.start() + inner.start(), match.start() + inner.end()))
    return spans


def _term(words: str) -> str:
    """Percent-encoded; also `-`, which would part a prefix or a suffix."""
    plain = " ".join(re.sub(f"[{HIDDEN}]", "", words).split())
    return quote(plain, safe="", errors="replace").replace("-", "%2D")


class _Page:
    """The text as a browser compares it: no case, no accents, one kind of quotation mark, single spaces."""

    def __init__(self, text: str) -> None:
        self._at: list[int] = []  # of each character of the text, its place in the folded one
        parts = [" "]
        length = 1
        for char in text:
            self._at.append(length)
            folded = _folded(char)
            if folded and not folded == parts[-1] == " ":
                parts.append(folded)
                length += len(folded)
        self._at.append(length)
        self._text, self._original = "".join(parts), text

    def same_line(self, words: Sequence[Span]) -> int:
        """How many of the words, in this order, stand on the first one's line."""
        for count, word in enumerate(words):
            span = sorted((words[0][0], word[0]))
            if "\n" in self._original[slice(*span)]:
                return count
        return len(words)

    def count(self, span: Span) -> int:
        """In how many places the words of the span stand."""
        return sum(1 for _ in self._pattern(span).finditer(self._text))

    def stands_next(self, span: Span, place: int) -> bool:
        """Whether the words of the span stand nowhere between a place of the text and the span."""
        match = self._pattern(span).search(self._text, self._at[place])
        return match is not None and match.start() == self._at[span[0]]

    def _pattern(self, span: Span) -> re.Pattern[str]:
        words = self._text[self._at[span[0]] : self._at[span[1]]].strip()
        return re.compile(rf"(?<![^\W_])(?={re.escape(words)}(?![^\W_]))")


@lru_cache(maxsize=8)
def _page(text: str) -> _Page:
    return _Page(text)


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    if char.isspace():
        return " "
    if char in MARKS:
        return "'"
    if re.match(f"[{HIDDEN}]", char):
        return ""
    return "".join(part for part in unicodedata.normalize("NFKD", char).casefold() if not unicodedata.combining(part))
