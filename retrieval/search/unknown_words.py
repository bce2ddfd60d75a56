"""A question → its names and content words that stand nowhere in the articles, as the question has them.

What is claimed of a word must be true and worth saying: function words, courtesies, dates and figures are never
listed, nor is a word that is nearly one of the collection's, which may be misspelt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from retrieval.lexicon.function_words import FUNCTION_WORDS
from retrieval.search import query_rewriting
from retrieval.search.sparse import stems
from retrieval.text.language import language

if TYPE_CHECKING:
    from retrieval.search.full_text import FullText
    from retrieval.search.query_rewriting import Speller

_TOKEN = re.compile(r"\w+(?:['’]\w+)*")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_PLAIN = frozenset(stems(sorted(FUNCTION_WORDS)))  # "happened" is as little of a topic as "happens"
_POSSESSIVE = re.compile(r"['’]s$|['’]$", re.IGNORECASE)


class _Token(NamedTuple):
    """A word of a question without its possessive ending, and whether it is the first of its sentence."""

    text: str
    first: bool


def unknown(question: str, full_text: FullText, speller: Speller) -> tuple[str, ...]:
    """The question's words that no article has in any inflection, each once, in the question's order.

    Of a long message, and of one in another language than English, only names are looked at. Where the language
    cannot be told, words of English are looked at too.
    """
    rambling = query_rewriting.rambling(question)
    asked = language(question)
    tokens = [token for sentence in _SENTENCE.split(question) for token in _content(sentence)]
    plain = (asked == "en" or len(tokens) == 1) and not rambling
    candidates = [
        token.text
        for token in tokens
        if plain or _is_name(token, question) or (asked is None and not rambling and query_rewriting.common(token.text))
    ]
    missing = (word for word in candidates if not full_text.has(word))
    return tuple(dict.fromkeys(word for word in missing if speller.mend(word.casefold()) == word.casefold()))


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
