"""A term → the places in the articles' whole texts where it stands, headlines and boilerplate included.

A term matches in any case and any inflection (words of one stem). The suffix array of the quotes narrows the articles
down, a regular expression finds the places in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from retrieval.quotes.suffix_array import SuffixArrays
from retrieval.search.sparse import stems
from retrieval.text import normalize
from retrieval.types import Article, Span

_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # "U.S." is looked up as "US"
_ARTICLE = re.compile(r"(?:the|an?)\s+(?=\w)", re.IGNORECASE)
_BETWEEN = r"(?!\W*\n\s*\n)\W{1,4}"  # between two words of a term, within a paragraph


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a term: its forms in the collection, and for an acronym its letters."""

    forms: tuple[str, ...]
    letters: str | None

    @property
    def pattern(self) -> str:
        """What matches the word in a text."""
        longest_first = sorted(self.forms, key=len, reverse=True)
        dotted = [r"\.".join(self.letters) + r"\.?"] if self.letters else []
        return "(?:" + "|".join([*dotted, *map(re.escape, longest_first)]) + ")"


def forms(words: Sequence[str]) -> dict[str, list[str]]:
    """Words by their stems."""
    by_stem: dict[str, list[str]] = {}
    for word, stem in zip(words, stems(words), strict=True):
        by_stem.setdefault(stem, []).append(word)
    return by_stem


class FullText:
    """The words of a collection; `suffix_array` holds those of the same articles in the same order, `parts` the same by stem."""

    def __init__(
        self, articles: Sequence[Article], suffix_array: SuffixArrays, parts: Iterable[Mapping[str, Sequence[str]]]
    ) -> None:
        self._articles, self._suffix_array, self._parts = articles, suffix_array, tuple(parts)

    def find(self, term: str) -> Iterator[tuple[Article, list[Span]]]:
        """The articles that hold the term, in their order, each with every place of it in the text's order."""
        plain = _ARTICLE.sub("", _DOTTED.sub(lambda match: match[0].replace(".", ""), term.strip()), count=1)
        tokens = normalize.words(plain)
        if not tokens:
            return
        words = [self._word(plain[token.start : token.end], token.norm) for token in tokens]
        pattern = re.compile(rf"(?<!\w){_BETWEEN.join(word.pattern for word in words)}(?!\w)", re.IGNORECASE)
        shouted = any(word.letters for word in words)
        for row in sorted(set.intersection(*map(self._rows, words))):
            matches = pattern.finditer(self._articles[row].text)
            spans = [match.span() for match in matches if not (shouted and match[0].islower())]
            if spans:
                yield self._articles[row], spans

    def _word(self, written: str, norm: str) -> _Word:
        """A word of a term; one in capitals ("US") is an acronym, and no pronoun ("us")."""
        acronym = written.isalpha() and written.isupper() and 2 <= len(written) <= 5
        stem = "" if acronym else stems([norm])[0]
        inflected = chain.from_iterable(part.get(stem, ()) for part in self._parts)
        return _Word(tuple(dict.fromkeys([norm, *inflected])), norm if acronym else None)

    def _rows(self, word: _Word) -> set[int]:
        rows = self._suffix_array.articles(word.forms)
        if word.letters:
            rows |= set.intersection(*(self._suffix_array.articles([letter]) for letter in word.letters))
        return rows
