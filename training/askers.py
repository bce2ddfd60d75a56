"""The same question as people type it: lower case, keywords, misspelt, shouted, wrapped in chat.

Alone knows how a question may look while it means the same.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from training.windows import STOP

Typos = dict[str, list[str]]

_WORD = re.compile(r"\w+")
_OPENERS = (
    "Hi! ",
    "hey there, ",
    "Sorry for the long message. ",
    "Good morning, I have a quick one for you. ",
    "ok so i was listening to the radio on the way to work and they talked about this. ",
    "my friend and i had a bet over dinner about this and i want to win it. ",
    "I'm preparing a talk for next week and my notes are a mess as always. ",
    "so yeah i read this somewhere months ago and it has been bugging me ever since. ",
    "Long day, kids finally asleep, now I can look things up. ",
    "I know I ask a lot, bear with me please. ",
)
_LEADS = (
    "",
    "",
    "what i'd like to know: ",
    "could you tell me ",
    "do you know ",
    "Please tell me: ",
    "just wondering, ",
    "My question is this. ",
)
_TAILS = ("", "", "", " thanks!", " thx", " Thank you so much in advance.", " any idea?", " I keep forgetting.", " lol")


def load_typos(path: Path) -> Typos:
    """Word -> its known misspellings, from codespell's list (`aux/typos_codespell.jsonl.gz`)."""
    typos: Typos = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            for word in record["corrections"]:
                typos[word.lower()].append(record["typo"])
    return dict(typos)


def as_typed(question: str, typos: Typos, rng: random.Random) -> str:
    """`question` unchanged (more than half of the time) or in one of the ways people type."""
    ways: list[tuple[float, Callable[[str], str]]] = [
        (0.60, lambda q: q),
        (0.14, lambda q: q.lower().rstrip("?")),
        (0.08, _keywords),
        (0.07, lambda q: _misspelt(q, typos, rng)),
        (0.05, lambda q: _misspelt(_keywords(q), typos, rng)),
        (0.05, lambda q: _wrapped(q, rng)),
        (0.01, str.upper),
    ]
    return rng.choices([way for _, way in ways], [weight for weight, _ in ways])[0](question)


def _keywords(question: str) -> str:
    """The words that carry meaning, as typed into a search field; the question itself when fewer than three."""
    kept = [word for word in re.findall(r"[\w'’.-]*\w", question) if word.lower() not in STOP]
    return " ".join(kept).lower() if len(kept) >= 3 else question


def _misspelt(question: str, typos: Typos, rng: random.Random) -> str:
    """One or two longer words misspelt; those with a known misspelling by it, others by a slip of the finger."""
    places = [match for match in _WORD.finditer(question) if len(match.group()) > 3 and match.group().isalpha()]
    for match in sorted(rng.sample(places, min(len(places), rng.randint(1, 2))), key=lambda m: -m.start()):
        known = typos.get(match.group().lower())
        slip = rng.choice(known) if known and rng.random() < 0.6 else _slip(match.group(), rng)
        question = question[: match.start()] + slip + question[match.end() :]
    return question


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return rng.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def _wrapped(question: str, rng: random.Random) -> str:
    return rng.choice(_OPENERS) + rng.choice(_LEADS) + question + rng.choice(_TAILS)
