"""A question's words against the collection's: the misspelt ones mended, those that no article has, and the parts that ask.

A word is misspelt when neither the collection nor common English has it; it is mended into a word of the collection,
since hardly another would find anything, or into a function word. A contraction without its apostrophe is not misspelt.
Names (a capital letter) and questions in another language stay as they are. What is said to stand nowhere must be true
and worth saying: function words, courtesies, dates and figures are never listed, nor is a word that is nearly one of the
collection's, which may be misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from retrieval.lexicon import alternatives, irregular_forms
from retrieval.lexicon import words as lexicon_words
from retrieval.quotes import Abbreviations
from retrieval.search.sparse import stems, words
from retrieval.text.language import language
from retrieval.text.normalize import UNSPACED, folded
from retrieval.types import Article

_WORD = re.compile(r"[^\W\d_]+(?:['’]t\b)?")  # "mustn" alone would be a misspelt word
_LATIN = re.compile(r"[a-z]{4,}")  # what may be misspelt: shorter words are too like each other
_LONG = 8  # letters from which two edits are still the same word
_BREAK = re.compile(r"(?<=[.!?…;:,])\s+|\s+[-–—]+\s+|\n+")
_RAMBLING = 20  # words from which a message is more than its question
_PARTS = 6  # parts of a message that are asked
_ASKS = re.compile(
    rf"\?$|\b(?:{alternatives(lexicon_words('question_words', 'interrogative'))}|whether|if)\b|"
    rf"^(?:{alternatives(lexicon_words('question_words', 'auxiliary'))})\b|"
    r"\b(?:tell|show|find|give|remind) (?:me|us)\b",
    re.IGNORECASE,
)


def contracted(question: str) -> str:
    """The question with the apostrophe in each contraction that was written without it ("wasnt"), or the very same.

    A capital letter inside a question makes a name ("Mr Hes"); a question in another language stays as it is.
    """
    if language(question) not in {None, "en"}:
        return question
    shouted = question.isupper()

    def apostrophised(match: re.Match[str]) -> str:
        word = match[0]
        named = word[0].isupper() and match.start() > 0 and not shouted
        at = -1 if named else _contractions().get(word.lower(), -1)
        return word if at < 0 else f"{word[:at]}'{word[at:]}"

    return _WORD.sub(apostrophised, question)


class Speller:
    """The words of a collection as what others are mended into."""

    def __init__(self, *parts: Mapping[str, int]) -> None:
        """`parts` have the words of some texts each, in lower case, and how often each stands there."""
        self._parts = parts

    def mend(self, question: str) -> str:
        """The question with its misspelt words mended, or the very same."""
        if language(question) not in {None, "en"}:
            return question
        shouted = question.isupper()
        return _WORD.sub(lambda match: self._mend(match[0].lower() if shouted else match[0]) or match[0], question)

    @cached_property
    def vocabulary(self) -> str:
        """Every word of the texts, folded, on a line of its own, with a line break before and behind."""
        return folded("\n".join(["", *self._words, ""]))

    @cached_property
    def _words(self) -> list[str]:
        return list(dict.fromkeys(chain.from_iterable(self._parts)))

    @cached_property
    def _correct(self) -> list[str]:
        """What a misspelt word may be: a word of the collection, or one that every question may have ("meny", "mutch")."""
        return list(dict.fromkeys([*self._words, *sorted(lexicon_words("function_words", "function"))]))

    def _count(self, word: str) -> int:
        return sum(part.get(word, 0) for part in self._parts)

    def _mend(self, word: str) -> str | None:
        """The nearest word within one edit (Damerau 1964), or two in a long word; of equals the commonest."""
        if not _LATIN.fullmatch(word) or self._count(word) or word in _english():
            return None
        from rapidfuzz import process  # for misspelt words alone
        from rapidfuzz.distance import OSA

        edits = 2 if len(word) >= _LONG else 1
        near = process.extract(word, self._correct, scorer=OSA.distance, score_cutoff=edits, limit=None)
        nearest = min(near, key=lambda each: (each[1], -self._count(each[0])), default=None)
        return nearest[0] if nearest and len(nearest[0]) > 2 else None


def sentences(message: str) -> list[str]:
    """The sentences of a message, however they end: people write without capitals, and no abbreviation is known here."""
    return re.split(r"(?<=[.!?…])\s+|\n+", message)


def rambling(message: str) -> bool:
    """Whether a message is so long that its question is only a part of it."""
    return len(message.split()) >= _RAMBLING


def is_english(word: str) -> bool:
    """Whether this is a word of common English."""
    return word.casefold() in _english()


def parts(message: str) -> list[str]:
    """The sentences and clauses of a rambling message that ask and have something to look for; none of another."""
    if not rambling(message):
        return []
    pieces = [*sentences(message), *_BREAK.split(message)]
    asking = dict.fromkeys(piece.strip() for piece in pieces if len(words(piece)) > 2 and _ASKS.search(piece.strip()))
    asking.pop(message.strip(), None)
    return sorted(asking, key=lambda piece: not piece.endswith("?"))[:_PARTS]


@cache
def _contractions() -> dict[str, int]:
    """Each contraction without its apostrophe, and where that belongs."""
    return {word.replace("'", ""): word.index("'") for word in lexicon_words("contractions")}


@cache
def _english() -> frozenset[str]:
    """Common English, from the list that the spelling library carries; read as a file, one word and its count a line."""
    path = metadata.distribution("symspellpy").locate_file("symspellpy/frequency_dictionary_en_82_765.txt")
    return frozenset(re.findall(r"^\S+", Path(str(path)).read_text("utf-8-sig"), re.MULTILINE))


_TOKEN = re.compile(r"\w+(?:['’]\w+)*")
_SHORT = 4  # letters from which a stem inside another word is taken for the same word
_PLAIN = frozenset(
    stems(sorted(lexicon_words("function_words") | lexicon_words("speaker_nouns", "courtesy")))
)  # "happened" is no topic either
_UNSPACED = re.compile(f"[{UNSPACED}]")  # of a script without spaces, whose words nobody knows here
_POSSESSIVE = re.compile(r"['’]s$|['’]$", re.IGNORECASE)


class _Token(NamedTuple):
    """A word of a question without its possessive ending, and whether it is the first of its sentence."""

    text: str
    first: bool


class KnownWords:
    """What the words of a question are held against: the words of all texts, and what the articles' files state."""

    def __init__(
        self, articles: Sequence[Article], speller: Speller, abbreviations: Abbreviations | None = None
    ) -> None:
        self._articles, self.speller = articles, speller
        self.abbreviations = abbreviations or Abbreviations()

    def hold(self, word: str) -> bool:
        """Whether the word stands anywhere in the texts or the metadata, in any inflection, or inside another word.

        In doubt a word stands there: "cyberattack" where the articles have "cyber attack", "storm" where they have
        "rainstorms". So does an abbreviation whose long form stands there.
        """
        plain = folded(word)
        if f"\n{plain}\n" in self.speller.vocabulary:
            return True
        (stem,) = stems([plain])
        forms = sorted({plain, *irregular_forms(plain), *irregular_forms(stem)})
        pattern = re.compile("|".join(map(_root, dict.fromkeys(stems(forms)))))
        if any(map(pattern.search, (self.speller.vocabulary, self._facts))):
            return True
        return self.abbreviations.written_out(word) != word or self._hold_as_two(plain)

    def nearly_hold(self, word: str) -> bool:
        """Whether the articles have the word. A word in lower case may also be misspelt, for one of theirs or a function word."""
        return self.hold(word) or self.speller.mend(word) != word

    @cached_property
    def _facts(self) -> str:
        """What the articles' files state about themselves, and their names, folded, a line each."""
        return folded("\n".join(fact for article in self._articles for fact in _facts(article)))

    def _hold_as_two(self, word: str) -> bool:
        """Whether the texts have the word as two; they are read only where both halves are words of theirs."""
        halves = ((word[:at], word[at:]) for at in range(3, len(word) - 2))
        lines = self.speller.vocabulary
        split = ["[\\W_]{1,2}".join(pair) for pair in halves if all(f"\n{half}" in lines for half in pair)]
        pattern = re.compile("|".join(split))
        return bool(split) and any(pattern.search(folded(article.text)) for article in self._articles)


def topic_words(message: str) -> tuple[str, ...]:
    """The words of a message that may name what it is about: no function words, courtesies, dates and figures."""
    return tuple(token.text for sentence in sentences(contracted(message)) for token in _content(sentence))


def unknown(question: str, known_words: KnownWords) -> tuple[str, ...]:
    """The question's words that no article has in any inflection, each once, in the question's order.

    Of a long message, and of one in another language than English, only names are looked at. Where the language
    cannot be told, words of English are looked at too.
    """
    long = rambling(question)
    asked = language(question)
    abbreviated = known_words.abbreviations.abbreviated(question)  # no word of a long form is missing then
    tokens = [token for sentence in sentences(abbreviated) for token in _content(sentence)]
    plain = (asked == "en" or len(tokens) == 1) and not long
    candidates = [
        token.text
        for token in tokens
        if plain or _is_name(token, question) or (asked is None and not long and is_english(token.text))
    ]
    missing = (word for word in candidates if not known_words.hold(word))
    return tuple(
        dict.fromkeys(word for word in missing if known_words.speller.mend(word.casefold()) == word.casefold())
    )


def no_word_known(topic: str, known_words: KnownWords) -> bool:
    """Whether a topic has words that may name one, and the articles have none of them, nor nearly one."""
    named = [token.text for sentence in sentences(topic) for token in _content(sentence)]
    return bool(named) and not any(map(known_words.nearly_hold, named))


def nonsense(question: str, known_words: KnownWords) -> bool:
    """Whether no content word of the question stands in the articles or is a word of common English, nor nearly one.

    Only Latin letters without accents are judged: what is written otherwise may be another language.
    """
    words = {token.text.casefold() for sentence in sentences(question) for token in _content(sentence)}
    if not words or any(not word.isascii() or is_english(word) for word in words):
        return False
    return not any(map(known_words.nearly_hold, words))


def _root(stem: str) -> str:
    """What matches a stem: a short one as the beginning of a short word, a longer one anywhere."""
    root = re.sub("[iy]$", "", stem)
    return re.escape(root) if len(root) >= _SHORT else rf"\b{re.escape(root)}\w{{0,3}}\b"


def _facts(article: Article) -> Iterator[str]:
    """What an article's file states about itself, and its name."""
    facts = (article.title, article.publisher, article.source, article.distributor, article.author, article.url)
    yield from (fact for fact in (*facts, article.file) if fact)


def _content(sentence: str) -> list[_Token]:
    """The words of a sentence that may name a topic; its first one may be a command ("Summarise …") or ask."""
    words = [_POSSESSIVE.sub("", word) for word in _TOKEN.findall(sentence)]
    degrees = {at + 1 for at, word in enumerate(words) if word.casefold() == "how"}  # "how long", "how young"
    tokens = [
        _Token(word, at == 0)
        for at, word in enumerate(words)
        if _names_topic(word) and not (at in degrees and is_english(word))
    ]
    command = len(tokens) > 1 and tokens[0].first and is_english(tokens[0].text)
    return tokens[1:] if command else tokens


def _names_topic(word: str) -> bool:
    return len(word) > 1 and word.isalpha() and not _UNSPACED.search(word) and stems([word.casefold()])[0] not in _PLAIN


def _is_name(token: _Token, question: str) -> bool:
    """Whether the word is a name by its capital, which it does not have for beginning a sentence or a shout."""
    return token.text[0].isupper() and not token.first and not question.isupper()
