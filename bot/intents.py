"""A message → what it wants: an answer from the articles, small talk, a follow-up, a list.

Multinomial logistic regression over hashed n-grams of words. A word that occurs in no example of small talk, follow-ups or
lists becomes a placeholder: it is what a real question is about. In doubt a message is a question.
`python -m training.intents` fits the weights and measures them.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Final, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from retrieval import is_english

SIZE = 8192  # hashed features
QUESTION: Final = "question"
SmallTalk = Literal["greeting", "thanks", "bye", "ack", "about"]
FollowUp = Literal["who", "when", "where", "more", "why", "around", "after", "person", "topic"]
Listing = Literal["statements", "mentions", "compare", "timeline", "latest", "speakers"]
Intent = Literal["question", "summarise"] | SmallTalk | FollowUp | Listing
SMALL_TALK = get_args(SmallTalk)
FOLLOW_UPS = get_args(FollowUp)
LISTINGS = get_args(Listing)

_SHA256 = "10a4211f1cc7e6a57df4a15c895c0ac355e784f754018d7e8634bea9fd3086b2"
_LONGEST = 30  # words: a longer message is a question
_BARE = {*SMALL_TALK, *FOLLOW_UPS} - {"person", "topic"}  # what has no subject of its own
_LIKE = 0.75  # likeness to one of a kind's own words: below it a word is no misspelling of it
_SHORT = 4  # words of a message in which letters count too
_SURE = 0.6  # probability below which a message is a question
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[?]|[^\w\s.,!:;¿¡\"“”„()…-]", re.UNICODE)
_THIRD_PERSON = frozenset({
    "he", "she", "they", "him", "her", "them", "his", "their", "er", "sie", "ihn", "ihm", "él", "ella", "ellos", "ellas", "su",
    "он", "она", "они", "его", "её", "ее", "их", "він", "вона", "вони", "його", "її", "їх",
})  # fmt: skip


class Classifier:
    """The weights of word n-grams for each kind of message, the words of each kind's own phrases, and those of questions."""

    def __init__(
        self,
        phrases: Mapping[str, Iterable[str]],
        asked: Iterable[str],
        weights: NDArray[np.int8],
        scales: NDArray[np.float32],
    ) -> None:
        """`phrases` are the words of each label; `asked` are words of questions, which are never taken for misspelt ones;
        `weights` are `(SIZE, labels)`, times `scales` `(labels,)`."""
        self.phrases = {label: frozenset(words) for label, words in phrases.items()}
        self.asked = frozenset(asked)
        self.labels = tuple(self.phrases)
        self.words = frozenset[str]().union(*self.phrases.values())
        self.weights, self.scales = weights, scales

    @classmethod
    @cache
    def load(cls) -> Self:
        """The classifier that comes with the bot; raises `ValueError` where its file is not the one that was fitted."""
        packed = (resources.files("bot") / "weights" / "intents.npz").read_bytes()
        if hashlib.sha256(packed).hexdigest() != _SHA256:
            raise ValueError("bot/weights/intents.npz is damaged: install Byline again")
        with np.load(BytesIO(packed), allow_pickle=False) as arrays:
            phrases = zip(arrays["labels"].tolist(), arrays["phrases"].tolist(), strict=True)
            own = {label: words.split() for label, words in phrases}
            return cls(own, str(arrays["asked"]).split(), arrays["weights"], arrays["scales"])

    def classify(self, message: str) -> str:
        """The label of a message; `QUESTION` where no other is sure, or the message has more to say than the label."""
        words = tokens(message)
        if not 0 < len(words) <= _LONGEST:
            return QUESTION
        scores = self.weights[features(self.words, message)].sum(0, dtype=np.int64) * self.scales
        chances = np.exp(scores - scores.max())
        best = int(chances.argmax())
        label = self.labels[best]
        bare = label not in _BARE or all(self._is_own(label, word) for word in words)
        return label if chances[best] >= _SURE * chances.sum() and bare else QUESTION

    def _is_own(self, label: str, word: str) -> bool:
        """Whether a word is one of the kind's own (for small talk, of any kind's), or a misspelt one."""
        own = self.words if label in SMALL_TALK else self.phrases[label]
        if word in own or not word[0].isalnum():
            return True
        return word not in self.asked and not is_english(word) and bool(difflib.get_close_matches(word, own, 1, _LIKE))


def intent(message: str) -> Intent:
    """What a message wants, by its own words."""
    return Classifier.load().classify(message)  # type: ignore[return-value]


def subject(message: str, kind: Intent) -> str:
    """What a message of this kind is about: the message without the kind's own words at its ends; `""` for nothing."""
    phrases = Classifier.load().phrases[kind]
    spans = [match.span() for match in _TOKEN.finditer(message)]
    own = [span for span in spans if _folded(message[slice(*span)]) not in phrases and message[span[0]].isalnum()]
    return message[own[0][0] : own[-1][1]] if own else ""


def tokens(message: str) -> list[str]:
    """The words of a message in lower case, question marks and signs."""
    return [_folded(token) for token in _TOKEN.findall(message)]


def features(words: frozenset[str], message: str) -> NDArray[np.int64]:
    """The indices of a message's features, each below `SIZE`."""
    names = dict.fromkeys(_features(words, message))
    return np.array([zlib.crc32(name.encode()) % SIZE for name in names], np.int64)


def _features(words: frozenset[str], message: str) -> Iterator[str]:
    raw = _TOKEN.findall(message)
    shape = ["^", *(_shape(token, at, words) for at, token in enumerate(raw)), "$"]
    for length in (1, 2, 3):
        for at in range(len(shape) - length + 1):
            yield " ".join(shape[at : at + length])
    for token in raw if len(raw) <= _SHORT else ():  # a misspelt word is still like the right one
        padded = f"<{_folded(token)}>"
        for at in range(len(padded) - 3):
            yield f"#{padded[at : at + 4]}"
    others = sum(token in _PLACEHOLDERS for token in shape)
    yield f"strange {min(others, 6)}"
    yield f"words {min(len(raw), 12)}"
    first = next((at for at, token in enumerate(shape) if token in _PLACEHOLDERS), len(shape))
    if any(token in _THIRD_PERSON for token in shape[:first]):
        yield "pronoun before any noun"


_PLACEHOLDERS = frozenset(["<name>", "<number>", "<word>"])


def _shape(token: str, at: int, words: frozenset[str]) -> str:
    """A word of the kinds' own phrases as it is; for any other word a placeholder."""
    word = _folded(token)
    if word in words or not word[0].isalnum():
        return word
    if word[0].isdigit():
        return "<number>"
    return "<name>" if at and token[0].isupper() else "<word>"


def _folded(token: str) -> str:
    return re.sub(r"\b['’]\b", "", token.casefold())
