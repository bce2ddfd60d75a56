"""Questions about who said what, made from sentences that report speech.

Alone knows the shapes "X said that ...", "... , X said" and the questions they answer. Only the question is
made here by rule, and only for training; the product never writes a sentence.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from training.names import Name
from training.windows import STOP

_CUE = r"(?:said|says|told|claimed|claims|stated|warned|argued|argues|insisted|explained|believes|denied|suggested)"
_BEFORE = re.compile(rf"\s*,?\s*{_CUE}\b")
_AFTER = re.compile(rf"\b{_CUE}\s+$")
_STRETCH = re.compile(r"[A-Za-z][\w'’-]*(?:\s+[A-Za-z][\w'’-]*)*")
_ABOUT = (
    "What did {x} say about {y}?",
    "what did {x} say about {y}",
    "What does {x} say about {y}?",
    "what has {x} said on {y}",
    "{x} on {y}",
    "And {x} on {y}?",
    "What is {x}'s view of {y}?",
    "{x} statement {y}",
)
_WHO = ("Who said {y}?", "who talked about {y}", "Who commented on {y}?", "who said that {y}")


@dataclass(frozen=True)
class Statement:
    """A speaker and a few words of what they said, both stretches of one sentence; `kind` is person or body."""

    speaker: str
    topic: str
    kind: str


def statement_in(sentence: str, names: list[Name], rng: random.Random) -> Statement | None:
    """The first named speaker of `sentence` with a topic out of the rest; None when nobody named speaks."""
    for a, b, kind in names:
        before, after = _BEFORE.match(sentence, b), _AFTER.search(sentence[:a])
        if kind in {"person", "body"} and (before or after) and "\n" not in sentence[a:b]:
            topic = _topic(sentence[before.end() :] if before else sentence[: after.start()], rng)  # type: ignore[union-attr]
            return Statement(_bare(sentence[a:b]), topic, kind) if topic else None
    return None


def about(statement: Statement, rng: random.Random, *, speaker: str | None = None, topic: str | None = None) -> str:
    """A question for what the speaker (or another `speaker`) said about the topic (or another `topic`)."""
    return rng.choice(_ABOUT).format(x=speaker or statement.speaker, y=topic or statement.topic)


def who(statement: Statement, rng: random.Random) -> str:
    """A question for the person who spoke of the topic."""
    return rng.choice(_WHO).format(y=statement.topic)


def _bare(name: str) -> str:
    return name.removesuffix("'s").removesuffix("’s")


def _topic(text: str, rng: random.Random) -> str | None:
    """Two to five neighbouring words that begin and end with a word of meaning."""
    found = []
    for stretch in _STRETCH.finditer(re.sub(rf"\b{_CUE}\b", ".", text)):
        words = stretch.group().split()
        for size in (2, 3, 4, 5):
            found += [words[i : i + size] for i in range(len(words) - size + 1) if _telling(words[i : i + size])]
    return " ".join(rng.choice(found)) if found else None


def _telling(words: list[str]) -> bool:
    return all(len(word) > 3 and word.lower() not in STOP for word in (words[0], words[-1]))
