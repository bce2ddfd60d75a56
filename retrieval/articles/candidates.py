"""Labelled lines → every stretch that could state a fact (title, publisher, author, …), and how likely each does.

A log-linear model chooses among all candidates of a text, "nothing is stated" being one of them (McFadden's conditional
logit). `training/facts.py` fits it. What `page_reader` points at has its say as well.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from retrieval import lexicon
from retrieval.articles import dates
from retrieval.articles.candidate_features import LONGEST, Page, around, bare, of_value, words_of
from retrieval.articles.tails import without_tail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from retrieval.articles.layout import Line, Reading
    from retrieval.types import Span

FIELDS = ("title", "publisher", "author", "date")
WEIGHTS = Path(__file__).parent / "weights" / "facts.json"
_ADDRESS = re.compile(r"(?:https?://|(?<![\w@/.:-])(?:[\w-]+\.)+[a-z]{2,12}/)[^\s<>\"”’)\],;]*[^\s<>\"”’)\].,;:!?]")
_BETWEEN_NAMES = r",? (?:and|&|und|y|et|и|та|і) |, "
_BYLINE = re.compile(
    r"(?:By|BY|Written by|Words by|Text by|Story by|Von|Por|Par|Di|(?:Author|Autor|Auteur|Автор)s?:):? (?P<names>\S+ [^@]+?)(?:,? @\w+)?"
)
_BARS = re.compile(r"\s+[|·•]\s+")
_HEAD, _FOOT = 16, 12  # lines from the top and from the bottom that may state something
_OPENING = 3  # sentences of the article that may begin with a dateline
_MOST = {"title": 4, "author": 3}  # parts of a line that one fact may span
_PARTS = 14
_NAME_WORDS = 5
_LONGEST_OUTLET = 12  # gaps between its words
_LABELLED = 12  # words of a sentence that may still be a line of facts
_DATELINE = re.compile(r"[^\n]{4,90}?(?: [-–—]{1,2} |[)] ?[-–—]{0,2} )")
_TITLE_CUTS = re.compile(r"\s*[|•·]\s*|\s[–—/-]{1,2}\s|\s{2,}|:\s+")
_CUTS = re.compile(
    r"\s*[|•·:;,()\[\]<>→»*]+\s*|\s[–—/-]{1,2}\s?|\s{2,}|(?<=[^\W\d_]{3})\.\s+|\s*©\s*|\s*\b(?:19|20)\d\d\b\s*|\s#(?=\d)"
    r"|(?:^|\s+)(?:[Bb]y|BY|in|for|from|on|at|via|with|[Vv]on|[Pp]or|[Pp]ar|of)\s+",
)
_TOKEN = re.compile(r"[^\s,;:|•·/()\[\]<>→»—–*_]+|[,;:|•·/()\[\]<>→»—–*_]")
_JOINS = lexicon.words("bylines", "join")
_PARTICLES = lexicon.words("bylines", "particle")
_HONORIFICS = lexicon.words("titles") | lexicon.words("bylines", "beside")
_DATED = {
    word: kind for kind in ("date", "updated") for key in lexicon.words("header_keys", kind) for word in key.split("-")
}
_FAR = 5.0  # by how much a line's score may be below the best line's; in 95 texts the likeliest lay 3.3 below at most
_TOGETHER = {"whole line", "starts line", "maximal"}  # what counts by where its line is
_TO_BODY = 2  # the place of "to body" among the features of a line
_POWER = 0.6  # of the choice's and of the reader's chance in their product; 1 would count the same evidence twice
_LEAST = 0.003  # the chance of a value that one of them does not know
_QUOTES = '"“”‘„«'
_FINAL, _NO_WORD = re.compile(r"[.,;:\s]+$"), re.compile(r"\W+")


class Candidate(NamedTuple):
    """A stretch (a day as ISO 8601), what speaks for or against it, and where its line stands."""

    value: str
    shared: Sequence[str]  # what is true of all candidates of its line
    own: Sequence[str]
    line: Line

    @property
    def features(self) -> list[str]:
        """All that speaks for or against it."""
        return [*self.shared, *self.own]


def likeliest(field: str, page: Page) -> tuple[str, float, Line] | None:
    """The likeliest value of a field, its probability and its line."""
    weights = stored()[field]
    listed = of(field, page, weights if field != "date" else None)  # dates are few
    values, places = chances(weights, listed), pointed_at(field, page.reading)
    if field == "author":
        places = [(_full_name(value, values), chance, line) for value, chance, line in places]
    value, chance = max(joint(values, [place[:2] for place in places]), key=lambda pair: pair[1], default=("", 0.0))
    if not value:
        return None
    own = [each for each in listed if each.value == value]
    if not own:
        return value, chance, next(line for other, _, line in places if other == value)
    ranked = scores(weights, own)
    return value, chance, own[ranked.index(max(ranked))].line


@cache
def stored() -> dict[str, dict[str, float]]:
    """The weights of each field's features that come with the package."""
    weights: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text("utf-8"))
    return weights


def pointed_at(field: str, reading: Reading) -> list[tuple[str, float, Line]]:
    """What the page reader takes for a field: value (a day as ISO 8601), probability and line, the likeliest first."""
    values = []
    for at, start, end, chance in sorted(reading.stretches.get(field, ()), key=lambda stretch: -stretch.chance):
        line = reading.lines[at]
        value = _value(field, line.paragraph.words, (start, end))
        if value:
            values.append((value, chance, line))
    return values


def address(words: str) -> str | None:
    """The address that is a whole part of a line."""
    parts = (_ADDRESS.fullmatch(part.rstrip("/")) for part in _BARS.split(words))
    return next((match[0] for match in parts if match), None)


def byline(words: str) -> str | None:
    """The names that a line states with nothing beside them but that they wrote: "By Ann Lee and Jo Tan", "Author: Ann Lee"."""
    named = _BYLINE.fullmatch(words)
    if not named:
        return None
    names = re.split(_BETWEEN_NAMES, named["names"])
    whole = {words[start:end] for start, end, _ in _people(words)}
    known = all(" " in name and name.split()[0].lower() in lexicon.words("first_names") for name in names)
    return named["names"] if known and whole.issuperset(names) else None


def _value(field: str, words: str, span: Span) -> str | None:
    """What a stretch states: of an address or a day all that it touches."""
    start, end = span
    if field == "date":
        return next((day for day, (first, last) in dates.every(words) if first < end and start < last), None)
    if field == "url":
        return next((each[0] for each in _ADDRESS.finditer(words) if each.start() < end and start < each.end()), None)
    return words[start:end]


def _full_name(name: str, values: Sequence[tuple[str, float]]) -> str:
    """The likeliest of the values that hold a single word ("Per Lund", whose first word could be another one); else the name."""
    held = [] if " " in name else [each for each in values if name in each[0]]
    return max(held, key=lambda pair: pair[1], default=(name, 0.0))[0]


def joint(weighed: Iterable[tuple[str, float]], read: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Each value with the product of its two chances, scaled so that all and "nothing is stated" add up to 1.

    Values that differ in case and punctuation alone are one, by the name that comes first.
    """
    names, sides = dict[str, str](), list[dict[str, float]]()
    for side in (sorted(weighed, key=lambda pair: -pair[1]), read):
        sides.append({})
        for value, chance in side:
            key = _NO_WORD.sub(" ", value.casefold()).strip()
            if not key:
                continue
            names.setdefault(key, value)
            sides[-1][key] = sides[-1].get(key, 0.0) + chance
    nothing = math.prod(max(1 - sum(side.values()), _LEAST) ** _POWER for side in sides)
    shares = [math.prod(max(side.get(key, 0.0), _LEAST) ** _POWER for side in sides) for key in names]
    total = nothing + sum(shares)
    return [(name, share / total) for name, share in zip(names.values(), shares, strict=True)]


def chances(weights: Mapping[str, float], candidates: Sequence[Candidate]) -> list[tuple[str, float]]:
    """Each value with its probability, those of equal values added up."""
    shares = [math.exp(min(50.0, score)) for score in scores(weights, candidates)]
    total = 1.0 + sum(shares)
    values: dict[str, float] = {}
    for each, share in zip(candidates, shares, strict=True):
        values[each.value] = values.get(each.value, 0.0) + share / total
    return list(values.items())


def scores(weights: Mapping[str, float], candidates: Sequence[Candidate]) -> list[float]:
    """The sum of the weights of each candidate's features."""
    lines = {id(each.shared): each.shared for each in candidates}
    shared = {key: _sum(weights, names) for key, names in lines.items()}
    return [shared[id(each.shared)] + _sum(weights, each.own) for each in candidates]


def _sum(weights: Mapping[str, float], names: Sequence[str]) -> float:
    return sum(map(weights.get, names, itertools.repeat(0.0)))


def of(field: str, page: Page, weights: Mapping[str, float] | None = None) -> list[Candidate]:
    """Every candidate of a field, in reading order; with `weights` only those of lines that may hold the likeliest."""
    listed = []
    for line, words, shown, zone in _hopeful(list(_shown(field, page)), weights):
        for value, place in _stretches(field, words, page):
            if field == "publisher" and value.count(" ") > _LONGEST_OUTLET:
                continue
            names = [*place, *of_value(field, value, page)]
            if zone == "line":
                together = (name for name in place if name in _TOGETHER or name.startswith("parts "))
                names += [f"{shown[_TO_BODY]} {name}" for name in together]
            listed.append(Candidate(value, shown, names, line))
    return listed


def _shown(field: str, page: Page) -> Iterator[tuple[Line, str, list[str], str]]:
    """Each line that may state a field, its words, the features that all its candidates share, and its zone."""
    for nth, (at, line, words, zone) in enumerate(_stating(field, page)):
        holds = dict.fromkeys(words_of(words)[:12])
        yield line, words, [*page.look(at, zone), f"nth {min(nth, 5)}", *(f"line holds {word}" for word in holds)], zone


def _hopeful(
    stating: list[tuple[Line, str, list[str], str]], weights: Mapping[str, float] | None
) -> Iterator[tuple[Line, str, list[str], str]]:
    """The lines whose shared features do not score far below the best line's: candidates of others are never chosen."""
    sums = [_sum(weights or {}, shown) for _, _, shown, _ in stating]
    least = max(sums, default=0.0) - _FAR
    return (line for line, score in zip(stating, sums, strict=True) if score >= least)


def _stating(field: str, page: Page) -> Iterator[tuple[int, Line, str, str]]:
    """The lines that may state something, and the beginnings of the first sentences (datelines)."""
    body, lines = 0, page.lines
    for at, line in enumerate(lines):
        words = line.paragraph.words
        edge = at < _HEAD or at >= len(lines) - _FOOT
        likely = line.chances["body"] < 0.97 or (field == "title" and at < _HEAD)
        doubtful = field == "title" or not (line.chances["body"] > 0.5 or page.first < at)
        if edge and likely and len(words) <= LONGEST and (doubtful or not _is_sentence(line)):
            yield at, line, words, "line"
        elif line.label == "body" and body < _OPENING and field != "title" and (dateline := _DATELINE.match(words)):
            yield at, line, dateline[0], "dateline"
        body += line.label == "body"


def _is_sentence(line: Line) -> bool:
    words = line.paragraph.words[: without_tail(line.paragraph.words)]
    return words.endswith(".") and len(words.split()) > _LABELLED


def _stretches(field: str, words: str, page: Page) -> Iterator[tuple[str, list[str]]]:
    if field == "date":
        for day, (start, end) in dates.every(words):
            kinds = [_DATED[word] for word in words_of(words[:start]) if word in _DATED]
            yield day, [f"of {kinds[-1] if kinds else 'no'} label", *around(words, start, end)]
    elif field == "author":
        for start, end, names in _people(words):
            yield words[start:end], [*names, *around(words, start, end)]
    else:
        for start, end, names in _parts(field, words, page):
            yield words[start:end], [*names, *around(words, start, end)]


def _parts(field: str, words: str, page: Page) -> Iterator[tuple[int, int, list[str]]]:
    """Every run of parts between separators, without the punctuation at its end; of a name its beginning, if known."""
    split = _TITLE_CUTS if field == "title" else _CUTS
    cuts = [(0, 0), *(cut.span() for cut in split.finditer(words)), (len(words), len(words))]
    for first in range(min(len(cuts) - 1, _PARTS)):
        for last in range(first + 1, min(len(cuts), first + 1 + _MOST.get(field, 4))):
            start, end = cuts[first][1], cuts[last][0]
            if field != "title":
                end = start + len(_FINAL.sub("", words[start:end]))
                if words[start:end].count("(") > words[start:end].count(")") and words[end : end + 1] == ")":
                    end += 1
            if any(map(str.isalpha, words[start:end])):
                yield start, end, [f"parts {last - first}", f"of {min(len(cuts) - 1, 6)}", f"from {min(first, 4)}"]
                if field != "title" and last == first + 1:
                    yield from _beginnings(words, start, end, page)


def _beginnings(words: str, start: int, end: int, page: Page) -> Iterator[tuple[int, int, list[str]]]:
    """The beginnings of a part that stand elsewhere in the text, in a host name, or before a number or a mark."""
    for gap in re.finditer(r"(?=\.\w)| (?=\S)", words[start:end]):
        value = words[start : start + gap.start()]
        plain = re.sub(r"[^a-z0-9]", "", value.lower())
        again = page.whole.count(value) > 1 and value[:1].isupper()
        if len(value) > 2 and (again or (len(plain) > 4 and plain in page.hosts)):
            yield start, start + gap.start(), ["beginning", f"beginning host {plain in page.hosts}"]


def _people(words: str) -> Iterator[tuple[int, int, list[str]]]:
    """Every run of words that could be names, also without the titles around them, and lists of such runs."""
    runs = list(_runs(words))
    for at, run in enumerate(runs):
        for first in range(len(run)):
            for last in range(len(run), max(first, len(run) - 3), -1):
                if last - first <= _NAME_WORDS:
                    maximal = first == 0 and last == len(run)
                    names = [
                        f"run {len(run)}",
                        f"from {min(first, 3)}",
                        f"cut {len(run) - last}",
                        *["maximal"] * maximal,
                    ]
                    if first:
                        titled = bare(words[slice(*run[first - 1])]) in _HONORIFICS
                        names += [f"titled {titled}", f"behind run {bare(words[slice(*run[first - 1])])}"]
                    yield run[first][0], run[last - 1][1], names
        for more in range(at + 1, min(at + 4, len(runs))):
            gaps = [words[runs[n][-1][1] : runs[n + 1][0][0]].strip() for n in range(at, more)]
            if not all(gap.replace(",", "").strip().lower() in _JOINS or gap == "," for gap in gaps):
                break
            ended = more + 1 == len(runs) or not _joined(words, runs[more], runs[more + 1])
            opened = at == 0 or not _joined(words, runs[at - 1], run)
            for first in range(min(3, len(run))):
                names = [f"list {more - at + 1}", f"list whole {opened and ended}", f"list from {first}"]
                names += [f"joined by {gap}" for gap in set(gaps)]
                yield run[first][0], runs[more][-1][1], names
    for nickname in re.finditer(r"\b(?:[Bb]y|user|[Aa]uthor:?) ([a-z][\w.-]+)", words):
        yield (
            *nickname.span(1),
            ["lower case", f"lower case mark {'_' in nickname[1] or any(map(str.isdigit, nickname[1]))}"],
        )


def _joined(words: str, one: list[tuple[int, int]], other: list[tuple[int, int]]) -> bool:
    return words[one[-1][1] : other[0][0]].replace(",", "").strip().lower() in _JOINS


def _runs(words: str) -> Iterator[list[tuple[int, int]]]:
    """The runs of words that begin with a capital, small words of names between them; a full stop or a wide gap ends one."""
    run: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(words):
        if run and words[run[-1][1] : match.start()].count(" ") > 1:  # a column apart
            yield from _closed(words, run)
            run = []
        token = match[0].strip(_QUOTES + "'‘’" * (match[0][0] in "'‘"))
        start = match.start() + match[0].find(token) if token else match.start()
        if token[:1].isalpha() and not token[0].islower() and not any(map(str.isdigit, token)):
            word = token.rstrip(".!?")
            ends = token != word and len(word) > 2 and "." not in word and bare(word) not in _HONORIFICS
            run.append((start, start + len(word if ends else token)))
            if not ends:
                continue
        elif token in _PARTICLES and run:
            run.append((start, start + len(token)))
            continue
        yield from _closed(words, run)
        run = []
    yield from _closed(words, run)


def _closed(words: str, run: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    while run and words[slice(*run[-1])] in _PARTICLES:
        run = run[:-1]
    if run:
        yield run
