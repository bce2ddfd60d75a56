"""A marked sentence → the sentences that correct it: a correction in its article, or the later post of a live page.

A sentence that speaks of an earlier report or of an error corrects the sentence that says what it says was reported. One
that says what its own outlet reported corrects the outlet's other articles, too, and is no answer itself: what stands
beside it is. A revision that names the old figure and the new one corrects whoever gave the old one. On a page of posts
with times, a later post supersedes one that says almost the same with another figure, or one that names a state that its
own excludes ("missing", "safe"). The words of all are English.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from retrieval.lexicon import alternatives, kinds, lines
from retrieval.search.sparse import words
from retrieval.text import corrections
from retrieval.types import Article, Statement

_REPORT = (
    rf"(?:{corrections.TEXT}|(?:account|claim|count|estimate|figure|information|message|number|note|notice|report|statement|tally|toll|"
    r"version|wording)s?)"
)
_FIRST = (
    r"first (?:\w+ )?(?:accounts|estimates|figures|reports)"  # in the plural; a first report is one that others follow
)
_ERROR = (
    r"correct(?:ion|ed|s|ing)\b|correct (?:an?|the|that|this|its|their|his|her|our|themselves)\b|corrigend\w+|clarification|retract(?:ed|ion|s)|amended|erroneous(?:ly)?|mistaken(?:ly)?|"
    r"wrongly|misstated|misreported|in error|revised (?:up|down|to|from)"
)
_SPEAKS_OF_EARLIER = re.compile(
    rf"\b(?:{corrections.EARLIER} (?:\w+ ){{0,2}}{_REPORT}|{corrections.EARLIER} (?:been )?{corrections.SAYS}|{_FIRST}|{_ERROR})(?!\w)",
    re.IGNORECASE,
)
_TITLE_OF_CORRECTION = re.compile(
    r"\W*(?:for the record\b|(?:corrections?|corrigend(?:um|a)|clarifications?|errat(?:um|a))\b)", re.IGNORECASE
)
_PRINTED = re.compile(
    rf"\b(?:{corrections.TEXT}|report)\b", re.IGNORECASE
)  # a speaker that is nobody else than the outlet
_WROTE = re.compile(  # the same in words that only a correction has for it
    rf"\b(?:we|(?:an?|our|the|this) (?:\w+ )?(?:article|caption|column|graphic|headline|item|news item|piece|report|story))\b"
    rf"[^.;]{{0,250}}?\b(?:{corrections.SAYS}|called)\b",
    re.IGNORECASE,
)
_TIME = re.compile(r"^[ \t*_#\[(]*(\d{1,2})[.:h](\d{2})(?!\d)(?: ?([ap])\.?m\b)?", re.IGNORECASE | re.MULTILINE)
_NUMBERS = "two three four five six seven eight nine ten eleven twelve dozen hundred thousand million billion"
_FIGURE = re.compile(rf"\d+(?:[.,]\d+)*|\b(?:{_NUMBERS.replace(' ', '|')})\b", re.IGNORECASE)
_FROM, _TO = (
    rf"\b{word} (?:\w+ ){{0,3}}\W?(?P<{name}>{_FIGURE.pattern})" for word, name in (("from", "old"), ("to", "new"))
)
_REVISION = re.compile(
    rf"\b(?:amend|correct|revis)(?:ed|es|s)\b[^;]{{0,80}}?(?:{_FROM}[^;]{{0,40}}?{_TO}|"
    rf"{_TO.replace('new', 'newer')}[^;]{{0,40}}?{_FROM.replace('old', 'older')})",
    re.IGNORECASE,
)
_CONTRAST = re.compile(  # what holds stands in the sentence itself
    r";|, (?:and )?not\b|\b(?:but|however|in fact|instead|rather than|should have|when (?:he|in|it|she|they)|whereas)\b",
    re.IGNORECASE,
)
_STATES = [  # one pattern for the states before, one for those after
    [re.compile(rf"\b(?:{alternatives(map(str.strip, side.split(',')))})\b", re.IGNORECASE) for side in line.split("|")]
    for line in lines("exclusive_states")
]
_HEAD = 200  # characters in which a heading stands
_POSTS = 3  # times at the beginning of lines that make a page one of posts
_ALIKE = 0.5  # cosine and share of words from which a correction is of what a sentence says
_COVERED = 0.8  # share of the words that were reported on a day from which a sentence of that day is what they report
_SAME = 0.7  # cosine from which two posts say almost the same
_BESIDE = 2  # sentences on each side of the one that speaks of earlier reports that may say what holds


@lru_cache(maxsize=4096)  # the same sentences come up again and again
def speaks_of_earlier(text: str, title: str | None = None) -> bool:
    """Whether a sentence of an article of this title says what was said before, and so perhaps what does not hold any more."""
    return bool(_SPEAKS_OF_EARLIER.search(text) or _REVISION.search(text) or _own_report(text, title))


def retracts(statement: Statement) -> bool:
    """Whether all that a sentence says is what its outlet reported before."""
    printed = statement.speaker is None or _PRINTED.search(statement.speaker.name)
    own = printed and _own_report(statement.text, heading(statement.article))
    return bool(own) and not _CONTRAST.search(statement.text)


def revises(text: str) -> bool:
    """Whether a sentence names a figure that was given before, and the one that holds in its place."""
    return _REVISION.search(text) is not None


def _own_report(text: str, title: str | None) -> re.Match[str] | None:
    """Where a sentence says that its outlet reported what stands behind it."""
    return corrections.own_report(text) or (_WROTE.search(text) if _heads_correction(title) else None)


def heading(article: Article) -> str | None:
    """The article's title; where its file states none, the first of its lines, which a page of corrections may have instead."""
    if article.title:
        return article.title
    lines = (line.strip() for line in article.text[:_HEAD].splitlines())
    return next(filter(_TITLE_OF_CORRECTION.match, lines), None)


def is_correction(article: Article) -> bool:
    """Whether the article is headed as a correction, and so may correct others."""
    return _heads_correction(heading(article))


def corrected_by(marked: Statement, others: Sequence[Statement], cosines: Sequence[float]) -> int | None:
    """The place of the statement of another article that corrects the marked one, the most similar of several; else `None`.

    An outlet corrects its own articles, as far as both name theirs: in one that is titled a correction, or by what it says that
    it reported. A revised figure corrects the old one in any article. None corrects one that is dated after it. `cosines`
    are of each of `others` with the marked statement.
    """
    corrections = [
        place
        for place, other in enumerate(others)
        if _may_correct(other, marked.article)
        and (
            _corrects(other.text, marked.text, heading(other.article))
            if cosines[place] >= _ALIKE
            else _reported_on_its_day(other, marked)
        )
    ]
    return max(corrections, key=lambda place: cosines[place], default=None)


def _may_correct(newer: Statement, article: Article) -> bool:
    outlets = {each.publisher.casefold() for each in (newer.article, article) if each.publisher}
    dates = [each.date for each in (newer.article, article) if each.date]
    of_outlet = len(outlets) < 2 and (is_correction(newer.article) or retracts(newer))
    return (of_outlet or revises(newer.text)) and not is_correction(article) and dates == sorted(dates, reverse=True)


def _reported_on_its_day(newer: Statement, marked: Statement) -> bool:
    """Whether an outlet says that it reported what the marked one says, in fewer words, on the day of that one's article."""
    match = _own_report(newer.text, heading(newer.article))
    if match is None or marked.article.date is None:
        return False
    _, month, day = map(int, marked.article.date.split("-"))
    name = f"(?:{alternatives(kinds('calendar')[str(month)])})"
    number = f"{day}(?:st|nd|rd|th)?"
    dated = re.search(rf"\b(?:{number}(?: of)? {name}|{name} {number})\b", newer.text, re.IGNORECASE)
    reported = set(words(newer.text[match.end() :]))
    return dated is not None and len(reported & set(words(marked.text))) >= _COVERED * len(reported) > 0


def _heads_correction(title: str | None) -> bool:
    return bool(title and _TITLE_OF_CORRECTION.match(title))


def superseding(
    statements: Sequence[Statement], at: int, cosines: Sequence[float], *, alone: bool = False
) -> int | None:
    """The place of the statement that supersedes the one at `at`, `None` where none does.

    `statements` are all of one article, in reading order; `cosines` are of each with the one at `at`. `alone` says that
    this is all of its passage: if it speaks of an earlier report, what holds stands elsewhere.
    """
    marked = statements[at].text
    near = [place for place in range(len(statements)) if place != at and cosines[place] >= _ALIKE]
    if speaks_of_earlier(marked, heading(statements[at].article)):
        holding = [place for place in near if alone and _may_hold(statements[place].text, marked)]
        return max(holding, key=lambda place: cosines[place], default=None)
    corrections = [place for place in near if _corrects(statements[place].text, marked)]
    if corrections:
        return max(corrections, key=lambda place: cosines[place])
    posts = [
        place
        for place in near
        if (cosines[place] >= _SAME and _differs(statements[place].text, marked))
        or exclude_each_other(statements[place].text, marked)
    ]
    times = _times(statements[at].article.text) if posts else []
    clock = {place: _time(times, statements[place].start) for place in (*posts, at)}
    later = [place for place in posts if clock[place] > clock[at]]
    return max(later, key=lambda place: (clock[place], cosines[place]), default=None)


def exclude_each_other(first: str, second: str) -> bool:
    """Whether two sentences name states that exclude each other ("missing", "safe"), and neither names both."""
    sides = [{_sides(row, first), _sides(row, second)} for row in _STATES]
    return {"left", "right"} in sides


def whole(statements: Sequence[Statement], at: int, cosines: Sequence[float]) -> tuple[int, int]:
    """The first and the last sentence of a passage that answer in place of the one at `at`, which speaks of earlier reports.

    Where its outlet only says there what it reported, these are the ones beside it that say what holds. Else it is that
    sentence with what holds: what stands behind it or before it, whichever is more like it, and the rest of a bracket
    that it opens; one that revises a figure says all itself. `statements` are the passage's, `cosines` are of each with
    the one at `at`.
    """
    texts = [each.text for each in statements]
    if revises(texts[at]):
        return at, at
    if retracts(statements[at]):
        holding = _holding(statements, at, cosines)
        return (holding, at - 1) if holding < at else (min(at + 1, holding), holding)
    before = cosines[at - 1] if at else -1.0
    behind = cosines[at + 1] if at + 1 < len(texts) else -1.0
    if behind > before:
        return at, max(at + 1, _closing(texts, at))
    return max(0, at - _BESIDE), _closing(texts, at)


def _holding(statements: Sequence[Statement], at: int, cosines: Sequence[float]) -> int:
    """The sentence that says what holds in place of the one at `at`, which retracts; that one where none does.

    It has another figure, or else is more like it than others. What stands behind an earlier retraction belongs to that.
    """
    retracting = [retracts(each) for each in statements]
    behind = itertools.takewhile(lambda place: not retracting[place], range(at + 1, len(statements)))
    before = () if any(retracting[:at]) else range(max(0, at - _BESIDE), at)
    beside = (*itertools.islice(behind, _BESIDE), *before)
    marked = statements[at].text
    return max(beside, key=lambda place: (_differs(statements[place].text, marked), cosines[place]), default=at)


def _closing(texts: Sequence[str], at: int) -> int:
    """The sentence that closes the bracket which the one at `at` opens; that one where it opens none or none closes it."""
    depth = 0
    for place in range(at, len(texts)):
        depth += sum((letter in "([") - (letter in ")]") for letter in texts[place])
        if depth <= 0:
            return place
    return at


def _sides(row: Sequence[re.Pattern[str]], text: str) -> str:
    """Which sides of a row of states the text names, `left`, `right`, both or none."""
    return " ".join(side for side, pattern in zip(("left", "right"), row, strict=True) if pattern.search(text))


def _corrects(text: str, marked: str, title: str | None = None) -> bool:
    """Whether what a sentence says was reported before is what the marked one says: its figures, else its words."""
    if not speaks_of_earlier(text, title):
        return False
    if figures := _figures(marked):
        return bool(figures & _figures(text))
    own = set(words(marked))
    return len(own & set(words(text))) >= _ALIKE * len(own)


def _may_hold(text: str, marked: str) -> bool:
    """Whether a sentence may say what holds in place of what the marked one says was reported."""
    return _differs(text, marked) if _figures(marked) else not speaks_of_earlier(text)


def _differs(text: str, marked: str) -> bool:
    """Whether both have figures, and none is the same."""
    figures, others = _figures(marked), _figures(text)
    return bool(figures and others) and not figures & others and not speaks_of_earlier(text)


def _figures(text: str) -> set[str]:
    return {figure.casefold() for figure in _FIGURE.findall(_TIME.sub("", text))}


def _times(text: str) -> list[tuple[int, int]]:
    """Where posts begin and their minute of the day, in the order of the text; none where the page has no posts."""
    times = [(match.start(), minute_of_day(*match.groups())) for match in _TIME.finditer(text)]
    return times if len(times) >= _POSTS else []


def minute_of_day(hour: str, minute: str, half: str | None) -> int:
    """The minute, 0..1439, of a time as it is written; `half` is the first letter of "am" or "pm", else `None`."""
    hours = int(hour) % 12 + 12 * (half.lower() == "p") if half else int(hour)
    return 60 * hours + int(minute)


def _time(times: Sequence[tuple[int, int]], start: int) -> int:
    """The minute of the post that a place in the text belongs to; -1 before the first."""
    at = bisect_right(times, start, key=lambda time: time[0])
    return times[at - 1][1] if at else -1
