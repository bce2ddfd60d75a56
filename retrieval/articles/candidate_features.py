"""What speaks for or against a stretch that could state a fact, as names of features: its line, its place, its words, its page."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from retrieval.articles import dates

if TYPE_CHECKING:
    from retrieval.articles.layout import Line, Reading

LONGEST = 260  # characters of a line that is looked at
NEAR = 80  # characters before and behind a stretch that are looked at
_STRETCHES = 1024  # edges of stretches whose surroundings are kept for those that share them
_LETTERS, _WORD = re.compile(r"[^\W\d_]+"), re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")
_NO_HOST = re.compile(r"[^a-z0-9]")


class Page:
    """The lines of one text, and what every candidate of it is held against."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.lines = reading, reading.lines
        self.whole = "\n".join(line.paragraph.words for line in self.lines)
        self.lower = self.whole.lower()
        self.days = [day for line in self.lines for day, _ in dates.every(line.paragraph.words[:LONGEST])]
        addresses = re.findall(r"(?:@|www\.|https?://|\b)([\w.-]+\.[a-z]{2,9})\b", self.whole)
        self.hosts = re.sub(r"[^a-z0-9\n]", "", "\n".join(addresses).lower())
        self.first = next((at for at, line in enumerate(self.lines) if line.label == "body"), len(self.lines))
        self._looks: dict[int, list[str]] = {}
        self._values: dict[str, list[str]] = {}  # what each value looks like, for any field

    def look(self, at: int, zone: str) -> list[str]:
        """What speaks for or against all that a line states; `zone` is "line", or "dateline" of a sentence."""
        if zone != "line":
            return [zone]
        if at not in self._looks:
            self._looks[at] = _line_features(self, at)
        return self._looks[at]

    def value(self, value: str) -> list[str]:
        """What a value looks like for any field."""
        if value not in self._values:
            self._values[value] = _value_features(value, self)
        return self._values[value]


def _line_features(page: Page, at: int) -> list[str]:
    """How a line looks, where it stands, and how the lines around look beside it."""
    line, words = page.lines[at], page.lines[at].paragraph.words
    row, parts = line.paragraph, words.split()
    apart = at == 0 or page.lines[at - 1].paragraph.block != row.block
    names = [
        f"top {min(at, 12)}", f"bottom {min(len(page.lines) - 1 - at, 8)}", f"to body {max(-1, min(page.first - at, 6))}",
        f"head {at < page.first} {min(at, 12)}", f"apart {apart}", f"mark {row.mark[:1]}", f"count {min(20, len(parts))}",
        f"upper {words.isupper()}", f"titled {sum(part[0].isupper() for part in parts) * 4 // len(parts)}",
        f"first char {words[0] if not words[0].isalnum() else ''}", f"last char {words[-1] if not words[-1].isalnum() else ''}",
        f"bars {min(3, sum(words.count(char) for char in '|•·/›»'))}", f"digits {min(3, sum(map(str.isdigit, words)) // 2)}",
        f"dated {bool(dates.every(words[:LONGEST]))}", f"by {'by' in words.lower().split()}",
        f"stop {words[-1] in '.!?' and len(parts) > 5}",
    ]  # fmt: skip
    beside = (("above", at - 1), ("below", at + 1))
    return names + [
        f"{way} {_relation(line, page.lines[other]) if 0 <= other < len(page.lines) else 'none'}"
        for way, other in beside
    ]


def _relation(line: Line, other: Line) -> str:
    """How a line looks beside the next one: which is longer, whether each has a full stop and is all capitals."""
    words, beside = line.paragraph.words, other.paragraph.words
    longer = "longer" if len(words) > 1.5 * len(beside) else "shorter" if 1.5 * len(words) < len(beside) else "alike"
    upper = f"{words.isupper()} {beside.isupper()}"
    return f"{longer} {words[-1] in '.!?'} {beside[-1] in '.!?'} {upper} {other.label == 'body'}"


def around(words: str, start: int, end: int) -> list[str]:
    """What stands directly before and behind a stretch in its line."""
    whole = ["whole line"] * (not words[:start].strip() and not words[end:].strip())
    return [*_before(words, start), *_behind(words, end), *whole]


@lru_cache(maxsize=_STRETCHES)
def _before(words: str, start: int) -> list[str]:
    before = words[max(0, start - NEAR) : start].rstrip()
    last = words_of(before)[-2:]
    names = [f"behind {' '.join(last[-1:])}", f"behind {' '.join(last)}", f"behind char {before[-1:]}"]
    return names + ["starts line"] * (not before)


@lru_cache(maxsize=_STRETCHES)
def _behind(words: str, end: int) -> list[str]:
    after = words[end : end + NEAR].strip()
    return [f"in front of {' '.join(words_of(after)[:1])}", f"before char {after[:1]}"]


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without figures."""
    return _LETTERS.findall(text.lower())


def bare(word: str) -> str:
    """A word in lower case without the punctuation around it."""
    return word.lower().strip(".’'\"“”‘")


def of_value(field: str, value: str, page: Page) -> list[str]:
    """What a value looks like, and how often the page has it."""
    if field == "date":
        return [f"value times {min(3, page.days.count(value))}"]
    names = [*page.value(value)]
    if field != "author":
        squeezed = _NO_HOST.sub("", value.lower())
        names.append(f"value host {len(squeezed) > 3 and squeezed in page.hosts}")
    if field != "title":
        names += [f"value has {word.lower()}" for word in _WORD.findall(value)[:8]]
    return names


def _value_features(value: str, page: Page) -> list[str]:
    words = _WORD.findall(value)
    upper = sum(not word[0].islower() for word in words) / max(1, len(words))
    last = words[-1] if words else ""
    return [
        f"value words {min(len(words), 12)}", f"value capitals {int(upper * 4)}", f"value upper {value.isupper()}",
        f"value digits {any(map(str.isdigit, value))}", f"value times {min(page.whole.count(value), 4)}",
        f"value ends {value[-1] if not value[-1].isalnum() else ''}", f"value begins {value[0] if not value[0].isalnum() else ''}",
        f"value shape {' '.join(_shape(word) for word in words[:5])}",
        f"value any case times {min(page.lower.count(value.lower()), 4)}",
        f"value first {words[0].lower() if words else ''}", f"value last {last.lower()}",
    ]  # fmt: skip


def _shape(word: str) -> str:
    return "A" if word.isupper() and len(word) > 1 else "a" if word[0].islower() else "0" if word[0].isdigit() else "Aa"
