"""How questions are changed: as people type them, so that a passage no longer fits them, and to ask who said what.

As typed: lower case, keywords, misspelt, shouted, wrapped in chat. Spoilt: another year, number, name, direction, or a
negation; the same name changed in question and passage, so that an unlikely name alone is no sign of a misfit. Who said
what: made by rule from "X said that …" and "…, X said", only for training; the product never writes a sentence.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from training.sources import Name
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
    keywords = [word for word in re.findall(r"[\w'’.-]*\w", question) if word.lower() not in STOP]
    return " ".join(keywords).lower() if len(keywords) >= 3 else question


def _misspelt(question: str, typos: Typos, rng: random.Random) -> str:
    """One or two longer words misspelt; those with a known misspelling by it, others by a slip of the finger."""
    places = [match for match in _WORD.finditer(question) if len(match.group()) > 3 and match.group().isalpha()]
    for match in sorted(rng.sample(places, min(len(places), rng.randint(1, 2))), key=lambda m: -m.start()):
        misspellings = typos.get(match.group().lower())
        slip = rng.choice(misspellings) if misspellings and rng.random() < 0.6 else _slip(match.group(), rng)
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


_YEAR = re.compile(r"\b(1[0-9]{3}|20[0-9]{2})\b")
_NUMBER = re.compile(r"\b\d{1,3}(?:,\d{3})+\b|\b\d+(?:\.\d+)?\b")
_ANTONYMS = (
    "first last, before after, largest smallest, biggest smallest, highest lowest, most least, oldest youngest, "
    "earliest latest, north south, east west, northern southern, eastern western, left right, increase decrease, "
    "increased decreased, rise fall, rose fell, win lose, won lost, began ended, begin end, start stop, started stopped, "
    "opened closed, open close, built destroyed, born buried, buy sell, bought sold, gain lose, gained lost, more fewer, "
    "more less, greater smaller, higher lower, longer shorter, longest shortest, majority minority, maximum minimum, "
    "accept reject, accepted rejected, allow forbid, allowed forbidden, support oppose, supported opposed, "
    "agree disagree, agreed disagreed, succeed fail, succeeded failed, join leave, joined left, arrive depart, arrived departed, "
    "export import, exports imports, inside outside, above below, upper lower, male female, men women, king queen, "
    "mother father, son daughter, brother sister, husband wife, legal illegal, public private, internal external, "
    "positive negative, advantage disadvantage, strong weak, stronger weaker, early late, old new, older newer, "
    "common rare, popular unpopular, appointed dismissed, hired fired, attack defend, attacked defended, "
    "attacking defending, victory defeat, friend enemy, ally enemy, beginning end, entered left, raised lowered, "
    "praised criticised, praise criticise, heavier lighter, hotter colder, best worst, better worse, wealthy poor, "
    "summer winter, spring autumn, morning evening, present absent, included excluded, include exclude, "
    "published withdrawn, introduced abolished, signed vetoed, before since, employer employee, teacher student"
)
_PAIRS: dict[str, list[str]] = {}
for _one, _other in (pair.split() for pair in _ANTONYMS.split(", ")):
    _PAIRS.setdefault(_one, []).append(_other)
    _PAIRS.setdefault(_other, []).append(_one)
_AUXILIARY = re.compile(r"\b(is|are|was|were|did|does|do|can|could|has|have|had|will|would|should)\b", re.IGNORECASE)


def wrong_number(question: str, rng: random.Random) -> str | None:
    """One year or number of `question` changed to a near one; None when it has none."""
    year = _YEAR.search(question)
    if year:
        shift = rng.choice([-30, -12, -7, -4, -3, -2, -1, 1, 2, 3, 4, 7, 12])
        return _put(question, year.span(), str(int(year.group()) + shift))
    number = _NUMBER.search(question)
    if not number:
        return None
    value = float(number.group().replace(",", ""))
    changed = max(1, round(value * rng.choice([0.5, 0.8, 1.2, 2, 3]))) + (value < 20)
    return _put(question, number.span(), f"{changed:,}" if "," in number.group() else str(changed))


def wrong_direction(question: str, rng: random.Random) -> str | None:
    """One word of `question` turned into its opposite; None when no opposite is known."""
    places = [match for match in re.finditer(r"[a-z]+", question) if match.group() in _PAIRS]
    if not places:
        return None
    place = rng.choice(places)
    return _put(question, place.span(), rng.choice(_PAIRS[place.group()]))


def negated(question: str) -> str | None:
    """`question` with "not" behind its first auxiliary; None when it has none or is negated already."""
    place = _AUXILIARY.search(question)
    if not place or re.search(r"\bnot\b|n't\b|\bnever\b|\bno\b", question):
        return None
    contracted = place.group().lower() not in {"can", "will"} and len(question) % 2 == 0
    if contracted:
        return _put(question, (place.end(), place.end()), "n't")
    rest = re.match(r"(\s+(?:the\s+|an?\s+)?\S+)", question[place.end() :])
    after_subject = place.end() + (rest.end() if rest and place.start() > 0 and place.group() in {"did", "does"} else 0)
    return _put(question, (after_subject, after_subject), " not")


def wrong_name(question: str, names: list[Name], others: list[tuple[str, str]], rng: random.Random) -> str | None:
    """One name of `question` replaced by one of the same kind out of `others` (text, kind); None when none fits."""
    named = [(a, b, kind) for a, b, kind in names if kind not in {"number", "date", "ordinal"}]
    rng.shuffle(named)
    for a, b, kind in named:
        fits = [text for text, other in others if other == kind and not _same(text, question[a:b])]
        fits = [text for text in fits if text.lower() not in question.lower()]
        if fits:
            return _put(question, (a, b), rng.choice(fits))
    return None


def renamed(text: str, old: str, new: str) -> str:
    """`text` with the name `old` replaced by `new`, and a person's last word of `old` by the last word of `new`."""
    text = re.sub(rf"\b{re.escape(old)}\b", lambda _: new, text)
    old_last, new_last = old.rsplit(maxsplit=1)[-1], new.rsplit(maxsplit=1)[-1]
    if len(old.split()) > 1 and len(old_last) > 3:
        text = re.sub(rf"\b{re.escape(old_last)}\b", lambda _: new_last, text)
    return text


def _same(name: str, other: str) -> bool:
    return bool(set(name.lower().split()) & set(other.lower().split()) - {"the", "of", "and"})


def _put(text: str, span: tuple[int, int], new: str) -> str:
    return text[: span[0]] + new + text[span[1] :]


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
    phrases = []
    for stretch in _STRETCH.finditer(re.sub(rf"\b{_CUE}\b", ".", text)):
        words = stretch.group().split()
        for size in (2, 3, 4, 5):
            phrases += [words[i : i + size] for i in range(len(words) - size + 1) if _telling(words[i : i + size])]
    return " ".join(rng.choice(phrases)) if phrases else None


def _telling(words: list[str]) -> bool:
    return all(len(word) > 3 and word.lower() not in STOP for word in (words[0], words[-1]))
