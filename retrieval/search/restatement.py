"""A question → which sentences only put it again: they answer nothing, however like it they are.

An article that is made to be shown first holds questions word for word, or lists their words. Such a sentence has the
question's words in a row, in a way that no statement has them: with the word that asks in front ("were they warned"),
without the small words between them, alone, or twice.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence

from retrieval import lexicon
from retrieval.search.sparse import words
from retrieval.text.normalize import searchable

_TOKEN = re.compile(r"\w+(?:['’]\w+)*")
_AUXILIARIES = lexicon.words("question_words", "auxiliary")
_SUBJECTS = lexicon.words("question_words", "subject")  # need no auxiliary behind them
_INTERROGATIVES = lexicon.words("question_words", "interrogative")
_BEGUN = 0.7  # of a question's words from its first on, by which it is known again
_FEWEST = 4  # words of it that must stand there
_MOST = 60  # words of a question; a longer message is no question that an article could be made for
_KEYWORDS = 3  # words of which a list of keywords has more; one of them may be a stop word
_DROPPED = 2  # small words whose absence makes a list of a sentence
_ALONE = r"(?=\W*$|\s*[.!?…”\"]|\s+[A-Z])"  # no statement goes on here
# No statement went on before: "who stopped it" is a question at the start of a sentence alone.
_BEGINS = r"(?:^|[.:!?…“\"‘«(\n])\s*"


class Restatement:
    """What puts one question again."""

    def __init__(self, question: str, message: str = "") -> None:
        """`question` may be a list of keywords; one that states something is put again only by a question.

        What puts the `message` again that it is a part of does so too.
        """
        self._of_message = Restatement(message) if message not in {"", question} else None
        self._terms = frozenset(words(question))
        tokens = _TOKEN.findall(searchable(question).lower()) or [""]
        stop_words = lexicon.words("stop_words")
        content = [at for at, token in enumerate(tokens) if token not in stop_words]
        marked = question.rstrip().endswith("?")
        asks = marked or _asks(tokens)
        listed = not asks and len(content) >= max(_KEYWORDS, len(tokens) - 1)
        self._row: re.Pattern[str] | None = None
        if asks and _FEWEST <= len(tokens) <= _MOST:
            relative = tokens[0] in _INTERROGATIVES and tokens[1] not in _AUXILIARIES
            start = "" if marked and not relative else _BEGINS  # without a mark it may be a stretch of a statement
            self._row = _in_a_row(tokens[: max(_FEWEST, math.ceil(_BEGUN * len(tokens)))], start)
        elif listed:
            self._row = _in_a_row(tokens, end=_ALONE)
        begun = [token for token in tokens[: math.ceil(_BEGUN * len(tokens))] if token not in stop_words]
        self._key = max(begun, key=len, default="")  # stands wherever the patterns match
        self._content = [tokens[at] for at in content]  # stand wherever the list does
        self._list: re.Pattern[str] | None = None
        if listed or (asks and _FEWEST <= len(content) <= _MOST):
            self._list = _in_a_row(tokens[content[0] : content[-1] + 1], optional=stop_words)

    def is_in(self, text: str) -> bool:
        """Whether a sentence of the text may be one; much cheaper than to look at each."""
        return "?" in text or self._stands_in(searchable(text))

    def is_one(self, sentence: str) -> bool:
        """Whether this sentence is one."""
        plain = searchable(sentence)
        return (plain.endswith("?") and self._terms <= set(words(sentence))) or self._stands_in(plain)

    def _stands_in(self, plain: str) -> bool:
        if self._of_message is not None and self._of_message._stands_in(plain):
            return True
        low = plain.lower()
        if self._key not in low:
            return False
        if self._row is not None and self._row.search(plain):
            return True
        if self._list is None or any(token not in low for token in self._content):  # much cheaper than to match
            return False
        matches = list(itertools.islice(self._list.finditer(plain), 2))
        return len(matches) > 1 or any(match.groups().count(None) >= _DROPPED for match in matches)


def _asks(tokens: Sequence[str]) -> bool:
    """Whether words without a question mark ask: "did it close", "when did it", "who closed it"; not "when it closed"."""
    first, second = (*tokens, "")[:2]
    return first in _AUXILIARIES or (first in _INTERROGATIVES and (first in _SUBJECTS or second in _AUXILIARIES))


def _in_a_row(
    tokens: Sequence[str], start: str = "", end: str = "", optional: frozenset[str] = frozenset()
) -> re.Pattern[str]:
    """A pattern of the words in this order with nothing but marks between them; those of `optional` may be missing."""
    row = ""
    for token in tokens:
        piece = (r"\W+" if row else r"\b") + re.escape(token) + r"\b"
        row += f"(?:({piece}))?" if token in optional else piece
    return re.compile(f"{start}(?i:{row}){end}")
