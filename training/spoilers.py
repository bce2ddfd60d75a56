"""Questions and passages changed so that they no longer fit: another year, number, name, direction, or a negation.

Alone knows what makes a question look answered by a passage that does not answer it. The reverse is here too:
the same name changed in both, so that an unlikely name alone is no sign of a misfit.
"""

from __future__ import annotations

import random
import re

from training.names import Name

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


def _same(one: str, other: str) -> bool:
    return bool(set(one.lower().split()) & set(other.lower().split()) - {"the", "of", "and"})


def _put(text: str, span: tuple[int, int], new: str) -> str:
    return text[: span[0]] + new + text[span[1] :]
