"""A text's lines → what can be seen of each, as names of features for the layout model.

The features are those of jusText, boilerpipe and Web2Text: length, punctuation, capitals, common words, digits, place in
the file, and the same of the lines around. The rules of `line_classification` are features as well; none decides alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from retrieval.articles import dates, headers, line_classification, outlets
from retrieval.articles.line_classification import Page
from retrieval.lexicon import function_words
from retrieval.text.language import foreign, states
from retrieval.text.paragraphs import Paragraph

SEEN = 400  # characters of a line that are looked at
_FUNCTION_WORDS = function_words()
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_PERSON = re.compile(r"[^\W\d_a-z][\w'’.-]+(?: (?:[^\W\d_a-z][\w'’.-]*|de|van|von|der|al|el|bin|of)){1,3}")
_SHAPES = {
    "url": re.compile(r"https?://\S|\bwww\."),
    "host": re.compile(r"\b[\w-]{3,}\.(?:com|org|net|example|news|info|[a-z]{2})\b"),
    "email": re.compile(r"\S@\S+\.\w"),
    "handle": re.compile(r"(?:^|\s)@\w"),
    "rights": re.compile(r"©|\(c\)|\bcopyright\b", re.IGNORECASE),
    "clock": re.compile(r"\b\d{1,2}[:.h]\d\d\b"),
    "year": re.compile(r"\b(?:19|20)\d\d\b"),
    "bar": re.compile(r"\s[|•·/›»>]\s|\|"),
    "dash": re.compile(r"\s[–—-]{1,2}\s"),
    "arrow": re.compile(r"[→›»▶►↑↓←]|>>|>$"),
    "tag": re.compile(r"(?:^|\s)#\w"),
    "colon": re.compile(r":\s"),
    "bracketed": re.compile(r"[(\[<{].*[)\]>}]\.?$"),
    "trailing bracket": re.compile(r"\([^()]{2,60}\)$"),
    "you": re.compile(r"\b(?:you|your|yours)\b", re.IGNORECASE),
    "us": re.compile(r"\b(?:us|our|we)\b", re.IGNORECASE),
    "by": re.compile(r"\b(?:by|von|por|par)\s+[^\W\d_a-z]", re.IGNORECASE),
    "quote": re.compile(r"[\"“”«»„]"),
    "minutes": re.compile(r"\b\d+[ -]min", re.IGNORECASE),
    "number": re.compile(r"\b(?:no|nr|vol|issue|page|p)\b\.? ?\d", re.IGNORECASE),
    "price": re.compile(r"[€$£]|\beuros?\b"),
    "person": re.compile(_PERSON.pattern + r"$"),
    "caps start": re.compile(r"[^\W\d_a-zß-ÿ]{3,}[ ,:]"),
}
_LENGTHS = (1, 2, 3, 5, 8, 12, 18, 30, 60)
_PLACES = (0, 1, 2, 3, 4, 6, 9, 14)
_SHARES = (0.05, 0.2, 0.35, 0.5, 0.7, 0.9)


def features(rows: Sequence[Paragraph], page: Page) -> list[list[str]]:
    """The features of every line, in order."""
    own = [_own(row, page) for row in rows]
    prose = [at for at, row in enumerate(rows) if _is_prose(row)] or [len(rows)]
    words = [_content(row) for row in rows]
    known = Counter(word for each in words for word in each)
    named: list[list[str]] = []
    for at, row in enumerate(rows):
        near = [f"{way}:{name}" for way, other in (("before", at - 1), ("after", at + 1)) for name in _near(own, other)]
        named.append([*own[at], *near, *_place(rows, at, prose), *_topic(words[at], known), *_words(row)])
    return named


def doubted(features: Sequence[str]) -> bool:
    """Whether a rule of `line_classification` calls the line boilerplate."""
    return any(name.startswith("rule ") for name in features)


def _near(own: Sequence[Sequence[str]], at: int) -> Sequence[str]:
    return [name for name in own[at] if name[0] != "*"] if 0 <= at < len(own) else ["none"]


def _step(value: float, steps: Sequence[float]) -> int:
    return bisect_right(steps, value)


def _is_prose(row: Paragraph) -> bool:
    return row.end - row.start > 200 or (
        line_classification.ends(row.words) and line_classification.count(row.words) > 7
    )


def _own(row: Paragraph, page: Page) -> list[str]:
    """What a line shows by itself; names with `*` are not shown to its neighbours."""
    line = row.words[:SEEN]
    words = _WORD.findall(line)
    longer = [word for word in words if len(word) > 3]
    count = len(words)
    shares = {
        "capitals": sum(map(str.isupper, line)) / max(1, sum(map(str.isalpha, line))),
        "*titled": sum(not word[0].islower() for word in longer) / max(1, len(longer)),
        "common": sum(word.lower() in _FUNCTION_WORDS for word in words) / max(1, count),
        "*digits": sum(map(str.isdigit, line)) / max(1, len(line)),
    }
    names = [f"{name} {_step(share, _SHARES)}" for name, share in shares.items()]
    names += [f"long {_step(count, _LENGTHS)}", f"ends {_mark(row.words[-1])}", f"*starts {_mark(line[0])}"]
    names += [name for name, shape in _SHAPES.items() if shape.search(line)]
    names += [f"mark {row.mark[:1]}"] if row.mark else []
    names += ["states"] if states(line) else []
    names += ["dated"] if len(line) <= 200 and dates.find(line) else []
    names += ["*foreign"] if len(line) < SEEN and foreign(line, page.language) else []
    names += ["repeated"] if row.words in page.repeated else []
    if len(row.words) <= SEEN:
        names += [f"rule {name}" for name in line_classification.kinds(row, page)]
        names += ["*outlet"] if outlets.is_outlet(line) else []
        field = headers.field(line)
        names += [f"field {field[0]}"] if field else []
    return names


def _mark(char: str) -> str:
    if char.isalpha():
        return "upper" if char.isupper() else "lower"
    return "digit" if char.isdigit() else char


def _place(rows: Sequence[Paragraph], at: int, prose: Sequence[int]) -> list[str]:
    zone = "head" if at < prose[0] else "foot" if at > prose[-1] else "middle"
    top, bottom = _step(at, _PLACES), _step(len(rows) - 1 - at, _PLACES)
    apart = (
        at == 0 or rows[at - 1].block != rows[at].block,
        at + 1 == len(rows) or rows[at + 1].block != rows[at].block,
    )
    edge = prose[0] - at if zone == "head" else at - prose[-1]
    return [
        zone, f"{zone} top {top}", f"bottom {bottom}", f"{zone} apart {apart}",
        f"{zone} edge {_step(edge, _PLACES) if zone != 'middle' else ''}",
    ]  # fmt: skip


def _content(row: Paragraph) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(row.words[:3000]) if word.lower() not in _FUNCTION_WORDS)


def _topic(words: frozenset[str], known: Counter[str]) -> list[str]:
    """How much of a line's content words stands in other lines as well: a title's does, a menu's does not."""
    shared = sum(known[word] > 1 for word in words)
    return [f"shared {min(shared, 4)}", f"shared share {_step(shared / max(1, len(words)), _SHARES)}"]


def _words(row: Paragraph) -> list[str]:
    """The words of a short line, and those that any line begins and ends with."""
    words = [word.lower() for word in _WORD.findall(row.words[:SEEN])]
    if not words:
        return ["no word"]
    names = [f"first {words[0]}", f"first {' '.join(words[:2])}", f"last {words[-1]}"]
    return names + [f"word {word}" for word in dict.fromkeys(words[:30])] * (len(row.words) <= SEEN)
