"""Labelled lines → every stretch that could state a fact (title, publisher, author, …), and how likely each does.

A log-linear model chooses among all candidates of a text, "nothing is stated" being one of them (McFadden's conditional
logit). `training/layout.py` fits it; below its bar a fact stays unstated.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from retrieval.articles import dates, headers, layout, line_classification, outlets
from retrieval.lexicon import words as lexicon_words
from retrieval.text.normalize import CAPITALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from retrieval.articles.layout import Line

FIELDS = ("title", "publisher", "author", "date")
_LABEL = {"title": "title", "publisher": "outlet", "author": "byline", "date": "date"}
_LONGEST = 260  # characters of a line that is looked at
_HEAD, _FOOT = 16, 12  # lines from the top and from the bottom that may state something
_MOST = {"title": 4, "author": 3}  # parts of a line that one fact may span
_PARTS = 14
_NAME_WORDS = 5
_NO_TITLE = {"rule byline", "rule date", "rule address"}
_LABELLED = 12  # words of a sentence that may still be a line of facts
_OPENING = 3  # sentences of the article that may begin with a dateline
_DATELINE = re.compile(r"[^\n]{4,90}?(?: [-–—]{1,2} |[)] ?[-–—]{0,2} )")
_AGENCY = re.compile(rf"[^\n(/]{{3,70}}[(/](?P<name>[{CAPITALS}][\w .&’'-]{{1,40}})[)/] ?[-–—]")
_TITLE_CUTS = re.compile(r"\s*[|•·]\s*|\s[–—/-]{1,2}\s|\s{2,}|:\s+")
_CUTS = re.compile(
    r"\s*[|•·:;,()\[\]<>→»*]+\s*|\s[–—/-]{1,2}\s?|\s{2,}|(?<=[^\W\d_]{3})\.\s+|\s*©\s*|\s*\b(?:19|20)\d\d\b\s*|\s#(?=\d)"
    r"|(?:^|\s+)(?:[Bb]y|BY|in|for|from|on|at|via|with|[Vv]on|[Pp]or|[Pp]ar|of)\s+",
)
_TOKEN = re.compile(r"[^\s,;:|•·/()\[\]<>→»—–*_]+|[,;:|•·/()\[\]<>→»—–*_]")
_JOINS = lexicon_words("bylines", "join")
_PARTICLES = lexicon_words("bylines", "particle")
_HONORIFICS = lexicon_words("titles") | lexicon_words("bylines", "beside")
_FINAL = re.compile(r"[.,;:\s]+$")


class Candidate(NamedTuple):
    """A stretch (a day as ISO 8601), what speaks for or against it, and where its line stands."""

    value: str
    features: list[str]
    line: Line


class Page:
    """The lines of one text, and what every candidate of it is held against."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.whole = "\n".join(line.paragraph.words for line in lines)
        self.lower = self.whole.lower()
        self.body = "\n".join(line.paragraph.words for line in lines if line.label == "body")
        self.days = [day for line in lines for day, _ in dates.every(line.paragraph.words[:_LONGEST])]
        addresses = re.findall(r"(?:@|www\.|https?://|\b)([\w.-]+\.[a-z]{2,9})\b", self.whole)
        self.hosts = re.sub(r"[^a-z0-9\n]", "", "\n".join(addresses).lower())
        self.first = next((at for at, line in enumerate(lines) if line.label == "body"), len(lines))
        named = [line for line in lines[: self.first] if line.label == "outlet"]
        self.outlet = max(named, key=lambda line: line.chances["outlet"]).paragraph.words if named else ""
        openings = [line.paragraph.words[:200] for line in lines if line.label == "body"][:_OPENING]
        agencies = (match["name"] for words in openings if (match := _AGENCY.match(words)))
        self.agency = next((name for name in agencies if not any(map(str.isdigit, name))), None)
        agency, own = (self.agency or "").lower(), self.outlet.lower()
        self.own_agency = bool(agency) and (agency in own or outlets.initials(self.outlet).startswith(agency))
        self.title = max(lines[:_HEAD], key=lambda line: line.chances["title"]).paragraph.words if lines else ""


def best(field: str, page: Page) -> tuple[str, float, Line] | None:
    """The likeliest candidate, its probability and its line, or `None` where none is likelier than the field's bar."""
    stored = layout.stored()["facts"][field]
    listed = of(field, page)
    value, chance = max(chances(stored["weights"], listed), key=lambda pair: pair[1], default=("", 0.0))
    if not value or chance < stored["bar"]:
        return None
    places = [each for each in listed if each.value == value]
    return value, chance, max(places, key=lambda each: _score(stored["weights"], each)).line


def chances(weights: Mapping[str, float], candidates: Sequence[Candidate]) -> list[tuple[str, float]]:
    """Each value with its probability, those of equal values added up."""
    scores = [math.exp(min(50.0, _score(weights, each))) for each in candidates]
    total = 1.0 + sum(scores)
    values: dict[str, float] = {}
    for each, score in zip(candidates, scores, strict=True):
        values[each.value] = values.get(each.value, 0.0) + score / total
    return list(values.items())


def _score(weights: Mapping[str, float], candidate: Candidate) -> float:
    return sum(weights.get(name, 0.0) for name in candidate.features)


def of(field: str, page: Page) -> list[Candidate]:
    """Every candidate of a field, in reading order."""
    listed = []
    stating = list(_stating(field, page))
    ranks = sorted(-_own(field, line) for _, line, _, zone in stating if zone == "line")
    for nth, (at, line, words, zone) in enumerate(stating):
        own = _own(field, line)
        rank = [f"rank {min(3, ranks.index(-own))}", f"own {int(own * 4)}"] if zone == "line" else []
        shown = [*_line_features(page, at, zone), *rank, f"nth {min(nth, 5)}"]
        for value, around in _stretches(field, words, page):
            if field == "publisher" and _is_topic(value, page):
                continue
            names = [*shown, *around, *_value_features(field, value, page)]
            if field == "author" and value == headers.author(words):
                names.append("says byline")
            if zone == "line":
                names += [f"{rank[0]} {rank[1]} {name}" for name in around if name in _TOGETHER or name[:6] == "parts "]
            listed.append(Candidate(value, names, line))
    return listed


_TOGETHER = {"whole line", "starts line", "maximal"}


def _is_topic(value: str, page: Page) -> bool:
    """Whether a single word is one of the title's as well, and no host's: it says what the article is about."""
    words = page.title.split()
    return " " not in value and value in words and len(words) > 1 and value.lower() not in page.hosts


def _own(field: str, line: Line) -> float:
    return line.chances[_LABEL[field]]


def _stating(field: str, page: Page) -> Iterator[tuple[int, Line, str, str]]:
    """The lines that may state something, and the beginnings of the first sentences (datelines)."""
    body, lines = 0, page.lines
    for at, line in enumerate(lines):
        words = line.paragraph.words
        edge = at < _HEAD or at >= len(lines) - _FOOT
        sentence = field != "title" and _is_sentence(line) and (line.chances["body"] > 0.5 or page.first < at)
        likely = line.chances["body"] < 0.97 or (field == "title" and at < _HEAD)
        if field == "title" and _NO_TITLE.intersection(line.features):
            continue
        if edge and not sentence and len(words) <= _LONGEST and likely:
            yield at, line, words, "line"
        elif line.label == "body" and body < _OPENING and field != "title" and (dateline := _DATELINE.match(words)):
            yield at, line, dateline[0], "dateline"
        body += line.label == "body"


def _is_sentence(line: Line) -> bool:
    words = line.paragraph.words[: line_classification.without_tail(line.paragraph.words)]
    return "states" in line.features and words[-1] == "." and line_classification.count(words) > _LABELLED


def _line_features(page: Page, at: int, zone: str) -> list[str]:
    """What its labels, its look and the lines around say of a line."""
    if zone != "line":
        return [zone]
    line, lines = page.lines[at], page.lines
    names = [
        name
        for name in line.features
        if not name.startswith(("word ", "before:", "after:", "rule ", "starts", "last "))
    ]
    names += [f"is {label} {int(chance * 5)}" for label, chance in line.chances.items() if chance > 0.05]
    names.append(f"label {line.label}")
    for way, other in ((-2, at - 2), (-1, at - 1), (1, at + 1), (2, at + 2)):
        beside = lines[other] if 0 <= other < len(lines) else None
        names.append(f"at {way} {beside.label if beside else 'end'}")
        if beside and abs(way) == 1:
            names.append(f"title at {way} {int(beside.chances['title'] * 4)}")
    around = [lines[other].label if 0 <= other < len(lines) else "end" for other in (at - 1, at + 1)]
    names.append(f"between {' and '.join(around)}")
    for label in ("byline", "date", "outlet"):
        ways = [other - at for other in range(min(len(lines), _HEAD)) if lines[other].label == label and other != at]
        names.append(f"{label} at {max(-4, min(4, min(ways, key=abs))) if ways else 'none'}")
    before = sum(other.chances["title"] > 0.1 for other in lines[:at])
    longer = at > 0 and len(line.paragraph.words) > len(lines[at - 1].paragraph.words)
    names += [f"titles before {min(before, 3)}", f"to body {max(-1, min(page.first - at, 5))}", f"longer {longer}"]
    names.append(f"stop {line.paragraph.words[-1] in '.!?' and line_classification.count(line.paragraph.words) > 5}")
    return names


def _stretches(field: str, words: str, page: Page) -> Iterator[tuple[str, list[str]]]:
    if field == "date":
        for day, (start, end) in dates.every(words):
            yield day, _around(words, start, end)
    elif field == "author":
        for start, end, names in _people(words):
            yield words[start:end], [*names, *_around(words, start, end)]
    else:
        for start, end, names in _parts(field, words, page):
            yield words[start:end], [*names, *_around(words, start, end)]


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


def names(line: Line, page: Page) -> Iterator[str]:
    """The stretches of a line that could name an outlet or an agency."""
    words = line.paragraph.words[:_LONGEST]
    yield from (words[start:end] for start, end, _ in _parts("publisher", words, page))


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
                        titled = _plain(words[slice(*run[first - 1])]) in _HONORIFICS
                        names += [f"titled {titled}", f"behind run {_plain(words[slice(*run[first - 1])])}"]
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
    """The runs of words that begin with a capital, small words of names between them; a full stop ends one."""
    run: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(words):
        token = match[0].strip('"“”‘„«')
        start = match.start() + match[0].find(token) if token else match.start()
        if token[:1].isalpha() and not token[0].islower() and not any(map(str.isdigit, token)):
            bare = token.rstrip(".!?")
            ends = token != bare and len(bare) > 2 and _plain(bare) not in _HONORIFICS
            run.append((start, start + len(bare if ends else token)))
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


def _around(words: str, start: int, end: int) -> list[str]:
    """What stands directly before and behind a stretch in its line."""
    before, after = words[:start].rstrip(), words[end:].strip()
    names = [f"behind {' '.join(_words(before)[-1:])}", f"in front of {' '.join(_words(after)[:1])}"]
    names += [f"behind {' '.join(_words(before)[-2:])}"]
    names += [f"line holds {word}" for word in _words(words)[:12]]
    names += ["whole line"] * (not before and not after) + ["starts line"] * (not before)
    return [*names, f"behind char {before[-1:]}", f"before char {after[:1]}"]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


def _plain(word: str) -> str:
    return word.lower().strip(".’'\"“”‘")


def _value_features(field: str, value: str, page: Page) -> list[str]:
    if field == "date":
        return [f"value times {min(3, page.days.count(value))}"]
    words = re.findall(r"[^\W_]+(?:[.'’-][^\W_]+)*", value)
    upper = sum(not word[0].islower() for word in words) / max(1, len(words))
    squeezed = re.sub(r"[^a-z0-9]", "", value.lower())
    last = words[-1] if words else ""
    names = [
        f"value words {min(len(words), 12)}", f"value capitals {int(upper * 4)}", f"value upper {value.isupper()}",
        f"value digits {any(map(str.isdigit, value))}", f"value times {min(page.whole.count(value), 4)}",
        f"value ends {value[-1] if not value[-1].isalnum() else ''}", f"value begins {value[0] if not value[0].isalnum() else ''}",
        f"value outlet {outlets.is_outlet(value)}", f"value shape {' '.join(_shape(word) for word in words[:5])}",
        f"value any case times {min(page.lower.count(value.lower()), 4)}",
        f"in the title {value in page.title and value != page.title}", f"in the body {min(2, page.body.count(value))}",
        f"value last in the body {min(3, page.body.count(last))}" if len(last) > 3 else "value last short",
    ]  # fmt: skip
    if field != "author":
        names.append(f"value host {len(squeezed) > 3 and squeezed in page.hosts}")
    if field != "title":
        small = sum(f" {word.lower()} " in page.lower for word in words if len(word) > 3 and not word.isupper())
        names += [f"value has {word.lower()}" for word in words[:8]] + [f"value small {small}"]
    return [*names, f"value first {words[0].lower() if words else ''}", f"value last {last.lower()}"]


def _shape(word: str) -> str:
    return "A" if word.isupper() and len(word) > 1 else "a" if word[0].islower() else "0" if word[0].isdigit() else "Aa"
