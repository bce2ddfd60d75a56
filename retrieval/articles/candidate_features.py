"""What speaks for or against a stretch that could state a fact, as names of features: its line, its place, its words, its page."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from retrieval import lexicon
from retrieval.articles import dates, line_classification, outlets
from retrieval.text.normalize import CAPITALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.articles.layout import Line, Reading

LONGEST = 260  # characters of a line that is looked at
HEAD = 16  # lines from the top that may state something
NEAR = 80  # characters before and behind a stretch that are looked at
_STRETCHES = 1024  # edges of stretches whose surroundings are kept for those that share them
OPENING = 3  # sentences of the article that may begin with a dateline
_LETTERS, _WORD = re.compile(r"[^\W\d_]+"), re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
_CLAUSE, _NO_HOST = re.compile(r"[.;|·•]|\s{2,}"), re.compile(r"[^a-z0-9]")
_AGENCY = re.compile(rf"[^\n(/]{{0,70}}[(/](?P<name>[{CAPITALS}][\w .&’'-]{{1,40}})[)/] ?[-–—]")
_SIGNED = re.compile(rf"(?P<name>[{CAPITALS}][\w.-]+)(?:/\w{{2,3}}){{1,4}}")  # ADN/kd/mb
_LAST = 6  # lines from the bottom that an agency may sign with its editors
_NOUNS = {
    word: kind
    for name, kinds in (
        ("speaker_nouns", ("person", "body", "document", "title")),
        ("outlets", ("word", "kind")),
        ("bylines", ("writer", "another")),
    )
    for kind in kinds
    for word in lexicon.words(name, kind)
}
_FUNCTION_WORDS = lexicon.function_words()
_FIRST_NAMES = lexicon.words("first_names")


class Page:
    """The lines of one text, and what every candidate of it is held against."""

    def __init__(self, reading: Reading) -> None:
        lines, self.stretches = reading
        self.lines = lines
        self.whole = "\n".join(line.paragraph.words for line in lines)
        self.lower = self.whole.lower()
        self.body = "\n".join(line.paragraph.words for line in lines if line.label == "body")
        self.days = [day for line in lines for day, _ in dates.every(line.paragraph.words[:LONGEST])]
        addresses = re.findall(r"(?:@|www\.|https?://|\b)([\w.-]+\.[a-z]{2,9})\b", self.whole)
        self.hosts = re.sub(r"[^a-z0-9\n]", "", "\n".join(addresses).lower())
        self.first = next((at for at, line in enumerate(lines) if line.label == "body"), len(lines))
        prose = [_stems(line.paragraph.words) for line in lines if line.label == "body"]
        self.topic = Counter(stem for stems in prose for stem in stems)
        self.opening = frozenset().union(*prose[:2])
        heads = [sum(stem in self.topic for stem in _stems(line.paragraph.words[:LONGEST])) for line in lines[:HEAD]]
        self.topical = max((heads[at] for at in range(min(self.first, len(heads)))), default=0)
        self.mailboxes = " ".join(re.findall(r"(?<![\w.-])[\w.-]+(?=@\w)|(?<=@)\w+", self.lower))
        named = [line for line in lines[: self.first] if line.label == "outlet"]
        self.outlet = max(named, key=lambda line: line.chances["outlet"]).paragraph.words if named else ""
        openings = [line.paragraph.words[:200] for line in lines if line.label == "body"][:OPENING]
        datelines = (_AGENCY.match(words) for words in openings)
        signatures = (_SIGNED.fullmatch(line.paragraph.words) for line in lines[-_LAST:])
        agencies = (match["name"] for match in (*datelines, *signatures) if match)
        self.agency = next((name for name in agencies if not any(map(str.isdigit, name))), None)
        agency, own = (self.agency or "").lower(), self.outlet.lower()
        self.own_agency = bool(agency) and (agency in own or outlets.initials(self.outlet).startswith(agency))
        self.title = max(lines[:HEAD], key=lambda line: line.chances["title"]).paragraph.words if lines else ""
        first = (
            name
            for line in lines
            if line.label != "body" and (name := outlets.first_published(line.paragraph.words[:LONGEST]))
        )
        self.elsewhere = next(first, None)
        self._looks: dict[int, list[str]] = {}
        self.values: dict[str, list[str]] = {}  # what each value looks like, for any field

    def look(self, at: int, zone: str) -> list[str]:
        """What speaks for or against all that a line states; `zone` is "line", or "dateline" of a sentence."""
        if zone != "line":
            return [zone]
        if at not in self._looks:
            self._looks[at] = _line_features(self, at)
        return self._looks[at]


def _line_features(page: Page, at: int) -> list[str]:
    """What its labels, its look and the lines around say of a line."""
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
        ways = [other - at for other in range(min(len(lines), HEAD)) if lines[other].label == label and other != at]
        names.append(f"{label} at {max(-4, min(4, min(ways, key=abs))) if ways else 'none'}")
    before = sum(other.chances["title"] > 0.1 for other in lines[:at])
    longer = at > 0 and len(line.paragraph.words) > len(lines[at - 1].paragraph.words)
    names += [f"titles before {min(before, 3)}", f"to body {max(-1, min(page.first - at, 5))}", f"longer {longer}"]
    names += [
        f"{way} {_relation(line, lines[other])}"
        for way, other in (("above", at - 1), ("below", at + 1))
        if 0 <= other < len(lines)
    ]
    names.append(f"stop {line.paragraph.words[-1] in '.!?' and line_classification.count(line.paragraph.words) > 5}")
    return names


def _relation(line: Line, other: Line) -> str:
    """How a line looks beside the next one: which is longer, whether each has a full stop and is all capitals."""
    one, two = line.paragraph.words, other.paragraph.words
    longer = "longer" if len(one) > 1.5 * len(two) else "shorter" if 1.5 * len(one) < len(two) else "alike"
    return f"{longer} {one[-1] in '.!?'} {two[-1] in '.!?'} {one.isupper()} {two.isupper()} {other.label}"


def around(words: str, start: int, end: int) -> list[str]:
    """What stands directly before and behind a stretch in its line."""
    whole = ["whole line"] * (not words[:start].strip() and not words[end:].strip())
    return [*_before(words, start), *_behind(words, end), *whole]


@lru_cache(maxsize=_STRETCHES)
def _before(words: str, start: int) -> list[str]:
    before = words[max(0, start - NEAR) : start].rstrip()
    last, clause = words_of(before)[-2:], words_of(_CLAUSE.split(before)[-1])[-5:]
    kinds = [_kind(word) for word in clause]
    names = [f"behind {' '.join(last[-1:])}", f"behind {' '.join(last)}", f"behind char {before[-1:]}"]
    names += [f"behind a {kind}" for kind in dict.fromkeys(kinds) if kind]
    return names + [f"behind at once a {kind}" for kind in kinds[-1:]] + ["starts line"] * (not before)


@lru_cache(maxsize=_STRETCHES)
def _behind(words: str, end: int) -> list[str]:
    after = words[end : end + NEAR].strip()
    first = words_of(after)[:2]
    names = [f"in front of {' '.join(first[:1])}", f"before char {after[:1]}"]
    return names + [f"in front of a {_kind(word)}" for word in first]


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without figures."""
    return _LETTERS.findall(text.lower())


def _kind(word: str) -> str:
    return _NOUNS.get(word) or _NOUNS.get(word.removesuffix("s"), "")


def bare(word: str) -> str:
    """A word in lower case without the punctuation around it."""
    return word.lower().strip(".’'\"“”‘")


def of_value(field: str, value: str, page: Page) -> list[str]:
    """What a value looks like, and how often and where the page has it."""
    if field == "date":
        return [f"value times {min(3, page.days.count(value))}"]
    if value not in page.values:
        page.values[value] = _value_features(value, page)
    words = _WORD.findall(value)
    names = [*page.values[value]]
    if field == "title":
        names += _topic_features(value, page)
    if field == "author":
        names += _person_features(value, words, page)
    if field == "publisher":
        names.append(f"first published there {value == page.elsewhere}")
    if field != "author":
        squeezed = _NO_HOST.sub("", value.lower())
        names.append(f"value host {len(squeezed) > 3 and squeezed in page.hosts}")
    if field != "title":
        small = sum(f" {word.lower()} " in page.lower for word in words if len(word) > 3 and not word.isupper())
        names += [f"value has {word.lower()}" for word in words[:8]] + [f"value small {small}"]
        kinds = [_kind(word.lower()) for word in words]
        names += [f"holds a {kind}" for kind in dict.fromkeys(kinds) if kind]
        names += [f"{way} with a {kind}" for way, kind in (("begins", kinds[:1]), ("ends", kinds[-1:])) if any(kind)]
    return names


def _value_features(value: str, page: Page) -> list[str]:
    """What a value looks like for any field."""
    words = _WORD.findall(value)
    upper = sum(not word[0].islower() for word in words) / max(1, len(words))
    last = words[-1] if words else ""
    return [
        f"value words {min(len(words), 12)}", f"value capitals {int(upper * 4)}", f"value upper {value.isupper()}",
        f"value digits {any(map(str.isdigit, value))}", f"value times {min(page.whole.count(value), 4)}",
        f"value ends {value[-1] if not value[-1].isalnum() else ''}", f"value begins {value[0] if not value[0].isalnum() else ''}",
        f"value outlet {outlets.is_outlet(value)}", f"value shape {' '.join(_shape(word) for word in words[:5])}",
        f"value any case times {min(page.lower.count(value.lower()), 4)}",
        f"in the title {value in page.title and value != page.title}", f"in the body {min(2, page.body.count(value))}",
        f"value last in the body {min(3, page.body.count(last))}" if len(last) > 3 else "value last short",
        f"value first {words[0].lower() if words else ''}", f"value last {last.lower()}",
    ]  # fmt: skip


def _stems(words: str) -> frozenset[str]:
    """The beginnings of the words of a text that may be of its topic."""
    return frozenset(word[:5] for word in words_of(words) if len(word) > 3 and word not in _FUNCTION_WORDS)


def _topic_features(value: str, page: Page) -> list[str]:
    """How much of a possible title the article speaks of: of the name of a section or a series it does not."""
    stems = _stems(value)
    known = [page.topic[stem] for stem in stems if stem in page.topic]
    opening = len(stems & page.opening)
    return [
        f"topic share {int(4 * len(known) / max(1, len(stems)))}", f"topic words {min(5, len(known))}",
        f"topic often {min(4, sum(times > 1 for times in known))}", f"topic unknown {min(4, len(stems) - len(known))}",
        f"topic opening {min(4, opening)}", f"topic most {len(known) >= page.topical} {min(3, page.topical)}",
    ]  # fmt: skip


def _person_features(value: str, words: Sequence[str], page: Page) -> list[str]:
    """What tells the name of a person from that of an agency, an office or a place."""
    small = [word.lower() for word in words]
    agency = (page.agency or "").lower()
    own = bool(agency) and (agency in value.lower() or outlets.initials(value).startswith(agency))
    addresses = [word for word in small if len(word) > 3 and word in page.mailboxes]
    return [
        f"agency {own}", f"named in the outlet {bool(page.outlet) and value.lower() in page.outlet.lower()}",
        f"first name {[word for word in range(len(small)) if small[word] in _FIRST_NAMES][:1]}",
        f"in a mailbox {min(2, len(addresses))}",
        *(f"last like {word[-size:]}" for word in small[-1:] for size in (2, 3)),
        *(f"first like {word[-size:]}" for word in small[:1] for size in (2, 3)),
    ]  # fmt: skip


def _shape(word: str) -> str:
    return "A" if word.isupper() and len(word) > 1 else "a" if word[0].islower() else "0" if word[0].isdigit() else "Aa"
