"""A term → the places in the articles' whole texts where it stands, headlines and boilerplate included.

A term matches in any case and any inflection (words of one stem). The suffix array of the quotes narrows the articles
down, a regular expression finds the places in them. Whether a word stands anywhere at all is asked of the metadata too.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.lexicon.irregular_forms import irregular_forms
from retrieval.search.sparse import stems
from retrieval.text import normalize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.quotes.suffix_array import Phrases
    from retrieval.types import Article, Span

_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")  # "U.S." is looked up as "US"
_ARTICLE = re.compile(r"(?:the|an?)\s+(?=\w)", re.IGNORECASE)
_SHORT = 4  # letters from which a stem inside another word is taken for the same word
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


class FullText:
    """The words of a collection, grouped by stem; `phrases` holds the words of the same articles in the same order."""

    def __init__(self, articles: Sequence[Article], phrases: Phrases) -> None:
        self._articles = articles
        self._phrases = phrases
        self._forms: dict[str, list[str]] = {}
        vocabulary = phrases.vocabulary
        for word, stem in zip(vocabulary, stems(vocabulary), strict=True):
            self._forms.setdefault(stem, []).append(word)
        stated = {
            _plain(word.norm) for article in articles for fact in _facts(article) for word in normalize.words(fact)
        }
        self._every = "\n".join(["", *stated, *dict.fromkeys(map(_plain, vocabulary)), ""])

    def has(self, word: str) -> bool:
        """Whether the word stands anywhere in the texts or the metadata, in any inflection, or inside another word.

        In doubt it does: "cyberattack" where the articles have "cyber attack", "storm" where they have "rainstorms".
        """
        plain = _plain(normalize.normal(word))
        stem = stems([plain])[0]
        forms = sorted({plain, *irregular_forms(plain), *irregular_forms(stem)})
        if any(form in self._forms for form in stems(forms)) or f"\n{plain}\n" in self._every:
            return True
        root = re.sub("[iy]$", "", stem)
        return (len(root) >= _SHORT and root in self._every) or any(
            len(self._phrases.exact([plain[:at], plain[at:]])) > 0 for at in range(2, len(plain) - 1)
        )

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
        inflected = () if acronym else self._forms.get(stems([norm])[0], ())
        return _Word(tuple(dict.fromkeys([norm, *inflected])), norm if acronym else None)

    def _rows(self, word: _Word) -> set[int]:
        rows = self._phrases.articles(word.forms)
        if word.letters:
            rows |= set.intersection(*(self._phrases.articles([letter]) for letter in word.letters))
        return rows


def _plain(word: str) -> str:
    """A word in normal form without the accents on its letters."""
    return "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))


def _facts(article: Article) -> Iterator[str]:
    """What an article's file states about itself, and its name."""
    facts = (article.title, article.publisher, article.source, article.distributor, article.author, article.url)
    yield from (fact for fact in (*facts, article.file) if fact)
