"""Labelled lines → every stretch that could state a fact (title, publisher, author, …), and how likely each does.

A log-linear model chooses among all candidates of a text, "nothing is stated" being one of them (McFadden's conditional
logit). `training/layout.py` fits it; below its bar a fact stays unstated.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from retrieval.articles import dates, layout, line_classification, outlets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from retrieval.articles.layout import Line

FIELDS = ("title", "publisher", "author", "date")
_LABEL = {"title": "title", "publisher": "outlet", "author": "byline", "date": "date"}
_LONGEST = 260  # characters of a line that is looked at
_MOST = {"title": 4, "publisher": 3, "author": 4}  # parts of a line that one fact may span
_HEAD, _FOOT = 16, 12  # lines from the top and from the bottom that may state something
_PARTS = 14
_NO_TITLE = {"rule byline", "rule date", "rule address"}
_LABELLED = 12  # words of a sentence that may still be a line of facts
_DATELINE = re.compile(r"[^\n]{4,90}?(?: [-–—]{1,2} |[)] ?[-–—]{0,2} )")
_SPLIT = {
    "title": re.compile(r"\s*[|•·]\s*|\s[–—/-]{1,2}\s|\s{2,}|:\s+"),
    "other": re.compile(
        r"\s*[|•·:;,()\[\]<>→»*]+\s*|\s[–—/-]{1,2}\s?|\s{2,}|\.\s+|\s*©\s*|\s*\b(?:19|20)\d\d\b\s*"
        r"|(?:^|\s+)(?:[Bb]y|BY|in|for|from|on|at|via|[Vv]on|[Pp]or|[Pp]ar|of)\s+",
    ),
}
_CAPITAL = r"[^\W\d_a-zß-ÿ][\w'’.-]*"
_NAME = re.compile(rf"{_CAPITAL}(?: (?:{_CAPITAL}|(?:and|&|de|van|von|der|al|la|del|y|und)(?= {_CAPITAL})))+")
_FINAL = re.compile(r"[.,;:\s]+$")


class Candidate(NamedTuple):
    """A stretch (a day as ISO 8601), and what speaks for or against it."""

    value: str
    features: list[str]


def best(field: str, lines: Sequence[Line]) -> str | None:
    """The likeliest candidate of a text, or `None` where none is likelier than the field's bar."""
    stored = layout.stored()["facts"][field]
    ranked = chances(stored["weights"], of(field, lines))
    value, chance = max(ranked, key=lambda pair: pair[1], default=("", 0.0))
    return value if chance >= stored["bar"] else None


def chances(weights: Mapping[str, float], candidates: Sequence[Candidate]) -> list[tuple[str, float]]:
    """Each value with its probability, those of equal values added up."""
    scores = [math.exp(min(50.0, sum(weights.get(name, 0.0) for name in each.features))) for each in candidates]
    total = 1.0 + sum(scores)
    values: dict[str, float] = {}
    for each, score in zip(candidates, scores, strict=True):
        values[each.value] = values.get(each.value, 0.0) + score / total
    return list(values.items())


def of(field: str, lines: Sequence[Line]) -> list[Candidate]:
    """Every candidate of a field, in reading order."""
    whole = "\n".join(line.paragraph.words for line in lines)
    hosts = re.sub(
        r"[^a-z0-9\n]", "", "\n".join(re.findall(r"(?:@|www\.|https?://|\b)([\w.-]+\.[a-z]{2,9})\b", whole)).lower()
    )
    listed = []
    stating = list(_stating(field, lines))
    title = max(lines[:_HEAD], key=lambda line: line.chances["title"]).paragraph.words if lines else ""
    ranks = sorted((-line.chances[_LABEL[field]] for line, _, zone in stating if zone == "line"))
    for at, (line, words, zone) in enumerate(stating):
        shown = [*_line_features(field, line, zone), f"nth {min(at, 5)}"]
        own = line.chances[_LABEL[field]]
        rank = f"rank {min(3, ranks.index(-own))} {int(own * 4)}" if zone == "line" else zone
        for value, around in _days(words) if field == "date" else _stretches(field, words):
            names = [
                *around,
                *_value_features(field, value, whole, hosts),
                f"in the title {value in title and value != title}",
            ]
            both = [
                f"{rank} {name}" for name in names if not name.startswith(("line holds", "value first", "value last"))
            ]
            listed.append(Candidate(value, [*shown, *names, rank, *both]))
    return listed


def _stating(field: str, lines: Sequence[Line]) -> Iterator[tuple[Line, str, str]]:
    """The lines that may state something, and the beginnings of the first sentences (datelines)."""
    body = 0
    for at, line in enumerate(lines):
        words = line.paragraph.words
        near = (at < _HEAD or at >= len(lines) - _FOOT) and (field == "title" or not _is_sentence(line))
        if field == "title" and _NO_TITLE.intersection(line.features):
            continue
        if near and len(words) <= _LONGEST and (line.chances["body"] < 0.97 or (field == "title" and at < _HEAD)):
            yield line, words, "line"
        elif line.label == "body" and body < 2 and field != "title" and (dateline := _DATELINE.match(words)):
            yield line, dateline[0], "dateline"
        body += line.label == "body"


def _is_sentence(line: Line) -> bool:
    words = line.paragraph.words[: line_classification.without_tail(line.paragraph.words)]
    return "states" in line.features and words[-1] == "." and line_classification.count(words) > _LABELLED


def _line_features(field: str, line: Line, zone: str) -> list[str]:
    names = [
        name
        for name in line.features
        if not name.startswith(("word ", "before:", "after:", "rule ", "starts", "last "))
    ]
    names += [f"is {label} {int(chance * 5)}" for label, chance in line.chances.items() if chance > 0.05]
    names += [f"label {line.label}", f"own {min(9, int(line.chances[_LABEL[field]] * 10))}"]
    return [f"{zone} {name}" for name in names] if zone == "line" else [zone]


def _days(words: str) -> Iterator[tuple[str, list[str]]]:
    for day, (start, end) in dates.every(words):
        yield day, _around(words, start, end)


def _stretches(field: str, words: str) -> Iterator[tuple[str, list[str]]]:
    """Every run of parts between separators, without the punctuation at its end."""
    split = _SPLIT["title" if field == "title" else "other"]
    cuts = [(0, 0), *(found.span() for found in split.finditer(words)), (len(words), len(words))]
    for first in range(min(len(cuts) - 1, _PARTS)):
        for last in range(first + 1, min(len(cuts), first + 1 + _MOST[field])):
            start, end = cuts[first][1], cuts[last][0]
            value = words[start:end] if field == "title" else _FINAL.sub("", words[start:end])
            if value and any(map(str.isalpha, value)):
                for name in _names(value) if field == "author" else ():
                    if name != value:
                        start = words.index(name, cuts[first][1])
                        yield name, ["inner name", *_around(words, start, start + len(name))]
                yield (
                    value,
                    [
                        f"parts {last - first}",
                        f"of {min(len(cuts) - 1, 6)}",
                        f"from {min(first, 4)}",
                        *_around(words, start, end),
                    ],
                )


def _names(value: str) -> Iterator[str]:
    """The runs of capitalised words in a stretch that holds more, each also without its first word or two (a role)."""
    for found in _NAME.finditer(value):
        words = found[0].split(" ")
        yield from (" ".join(words[at:]) for at in range(min(3, len(words) - 1)))


def _around(words: str, start: int, end: int) -> list[str]:
    """What stands directly before and behind a stretch in its line."""
    before, after = words[:start].rstrip(), words[end:].strip()
    names = [f"behind {_last(before)}", f"in front of {_first(after)}"]
    names += [f"line holds {word}" for word in re.findall(r"[^\W\d_]+", words.lower())[:12]]
    names += ["whole line"] * (not before and not after)
    return [*names, f"behind char {before[-1:]}", f"before char {after[:1]}"]


def _last(words: str) -> str:
    word = re.search(r"([^\W\d_]+)[\W\d_]*$", words)
    return word[1].lower() if word else ""


def _first(words: str) -> str:
    word = re.match(r"[\W\d_]*([^\W\d_]+)", words)
    return word[1].lower() if word else ""


def _value_features(field: str, value: str, whole: str, hosts: str) -> list[str]:
    if field == "date":
        return []
    words = re.findall(r"[^\W_]+(?:[.'’-][^\W_]+)*", value)
    first, last = (words[0], words[-1]) if words else ("", "")
    upper = sum(not word[0].islower() for word in words) / max(1, len(words))
    squeezed = re.sub(r"[^a-z0-9]", "", value.lower())
    return [
        f"value words {min(len(words), 12)}", f"value capitals {int(upper * 4)}", f"value upper {value.isupper()}",
        f"value digits {any(map(str.isdigit, value))}", f"value times {min(whole.count(value), 4)}",
        f"value first {first.lower()}", f"value last {last.lower()}", f"value ends {value[-1] if not value[-1].isalnum() else ''}",
        f"value host {len(squeezed) > 3 and squeezed in hosts}", f"value outlet {outlets.is_outlet(value)}",
        f"value shape {' '.join(_shape(word) for word in words[:5])}", f"value lower first {first[:1].islower()}",
        f"value titles {upper:.0f} of {min(len(words), 4)}",
        f"value any case times {min(whole.lower().count(value.lower()), 4)}",
    ]  # fmt: skip


def _shape(word: str) -> str:
    return "A" if word.isupper() and len(word) > 1 else "a" if word[0].islower() else "0" if word[0].isdigit() else "Aa"
