"""A question → its names and content words that stand nowhere in the articles, as the question has them.

What is claimed of a word must be true and worth saying: function words, courtesies, dates and figures are never
listed, nor is a word that is nearly one of the collection's, which may be misspelt. What is looked through are the
words that the spelling knows, which are those of the whole texts, and the metadata.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from retrieval.lexicon import function_words, irregular_forms
from retrieval.search import query_rewriting
from retrieval.search.sparse import stems
from retrieval.text.language import language
from retrieval.text.normalize import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.search.query_rewriting import Speller
    from retrieval.types import Article

_TOKEN = re.compile(r"\w+(?:['’]\w+)*")
_SHORT = 4  # letters from which a stem inside another word is taken for the same word
_PLAIN = frozenset(stems(sorted(function_words())))  # "happened" is as little of a topic as "happens"
_POSSESSIVE = re.compile(r"['’]s$|['’]$", re.IGNORECASE)


class _Token(NamedTuple):
    """A word of a question without its possessive ending, and whether it is the first of its sentence."""

    text: str
    first: bool


def unknown(question: str, articles: Sequence[Article], speller: Speller) -> tuple[str, ...]:
    """The question's words that no article has in any inflection, each once, in the question's order.

    Of a long message, and of one in another language than English, only names are looked at. Where the language
    cannot be told, words of English are looked at too.
    """
    rambling = query_rewriting.rambling(question)
    asked = language(question)
    tokens = [token for sentence in query_rewriting.sentences(question) for token in _content(sentence)]
    plain = (asked == "en" or len(tokens) == 1) and not rambling
    candidates = [
        token.text
        for token in tokens
        if plain or _is_name(token, question) or (asked is None and not rambling and query_rewriting.common(token.text))
    ]
    vocabulary = folded(speller.vocabulary) if candidates else ""
    missing = (word for word in candidates if not stands(word, articles, vocabulary))
    return tuple(dict.fromkeys(word for word in missing if speller.mend(word.casefold()) == word.casefold()))


def nonsense(question: str, articles: Sequence[Article], speller: Speller) -> bool:
    """Whether no content word of the question stands in the articles or is a word of common English, nor nearly one.

    Only Latin letters without accents are judged: what is written otherwise may be another language.
    """
    words = {token.text.casefold() for sentence in query_rewriting.sentences(question) for token in _content(sentence)}
    if not words or any(not word.isascii() or query_rewriting.common(word) for word in words):
        return False
    return all(speller.mend(word) == word and not stands(word, articles, folded(speller.vocabulary)) for word in words)


def stands(word: str, articles: Sequence[Article], vocabulary: str) -> bool:
    """Whether the word stands anywhere in the texts or the metadata, in any inflection, or inside another word.

    `vocabulary` are the words of the texts, a line each, in lower case. In doubt a word stands there: "cyberattack"
    where the articles have "cyber attack", "storm" where they have "rainstorms".
    """
    plain = folded(word)
    (stem,) = stems([plain])
    forms = sorted({plain, *irregular_forms(plain), *irregular_forms(stem)})
    pattern = re.compile("|".join(map(_root, dict.fromkeys(stems(forms)))))
    return (
        pattern.search(vocabulary) is not None
        or any(pattern.search(folded(fact)) for article in articles for fact in _facts(article))
        or _in_two_words(plain, articles, vocabulary)
    )


def _root(stem: str) -> str:
    """What matches a stem: a short one as the beginning of a short word, a longer one anywhere."""
    root = re.sub("[iy]$", "", stem)
    return re.escape(root) if len(root) >= _SHORT else rf"\b{re.escape(root)}\w{{0,3}}\b"


def _in_two_words(word: str, articles: Sequence[Article], vocabulary: str) -> bool:
    """Whether the texts have the word as two; they are read only where both halves are words of theirs."""
    halves = ((word[:at], word[at:]) for at in range(3, len(word) - 2))
    split = ["[\\W_]{1,2}".join(pair) for pair in halves if all(f"\n{half}" in vocabulary for half in pair)]
    pattern = re.compile("|".join(split))
    return bool(split) and any(pattern.search(folded(article.text)) for article in articles)


def _facts(article: Article) -> Iterator[str]:
    """What an article's file states about itself, and its name."""
    facts = (article.title, article.publisher, article.source, article.distributor, article.author, article.url)
    yield from (fact for fact in (*facts, article.file) if fact)


def _content(sentence: str) -> list[_Token]:
    """The words of a sentence that may name a topic; its first one may be a command ("Summarise …") or ask."""
    words = [_POSSESSIVE.sub("", word) for word in _TOKEN.findall(sentence)]
    tokens = [_Token(word, at == 0) for at, word in enumerate(words) if _names_topic(word)]
    command = len(tokens) > 1 and tokens[0].first and query_rewriting.common(tokens[0].text)
    return tokens[1:] if command else tokens


def _names_topic(word: str) -> bool:
    return len(word) > 1 and word.isalpha() and stems([word.casefold()])[0] not in _PLAIN


def _is_name(token: _Token, question: str) -> bool:
    """Whether the word is a name by its capital, which it does not have for beginning a sentence or a shout."""
    return token.text[0].isupper() and not token.first and not question.isupper()
