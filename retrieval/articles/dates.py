"""Days as people write them → ISO 8601; it alone reads dates. What is ambiguous (03/04/2022) is no date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from retrieval.lexicon import kinds, words
from retrieval.types import Span

_WEEKDAYS = words("calendar", "weekday")
_NUMBER = {name: int(kind) for kind, names in kinds("calendar").items() if kind.isdigit() for name in names}
_NAME = "|".join(sorted(_NUMBER, key=len, reverse=True))
_CHANGED = {word for key in words("header_keys", "updated") for word in key.split("-")} - {"last"}
_LONGEST_ALONE = 60  # characters
_PUBLISHED = {word for key in words("header_keys", "date") for word in key.split("-")} - {"created"}
_OF_A_DATE = _WEEKDAYS | _PUBLISHED | {"at", "on", "am", "um", "le", "à", "el"}
_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d(?::\d\d)?(?: ?[ap]\.?m\b\.?)?(?: (?:[A-Z]{2,4}|[Uu]hr)\b)?")
_YEAR = re.compile(r"\d{4}")  # what every form has
_FORMS = tuple(
    re.compile(rf"(?<![\w/.-]){form}(?![\w/-]|\.\d)", re.IGNORECASE)
    for form in (
        r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:T[\d:.]{4,15}(?:Z|[+-]\d\d:?\d\d)?)?",
        r"(?P<y>\d{4})(?P<by>[/.])(?P<m>\d{1,2})(?P=by)(?P<d>\d{1,2})",
        r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?:T\d{4,6}(?:Z|[+-]\d\d:?\d\d)?)?",
        rf"(?P<n>{_NAME})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})",
        rf"(?P<d>\d{{1,2}})\.?(?:st|nd|rd|th|er|[º°ª])?(?: of| de)? (?P<n>{_NAME})\.?,?(?: de)? (?P<y>\d{{4}})",
        rf"(?P<d>\d{{1,2}})-(?P<n>{_NAME})-(?P<y>\d{{4}})",
        r"(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?(?P<y>\d{4})",
        r"(?P<a>\d{1,2})(?P<by>[/-])(?P<b>\d{1,2})(?P=by)(?P<y>\d{4})",
    )
)
# Chinese, Japanese, Korean.
_FORMS += (re.compile(r"(?<!\d)(?P<y>\d{4})[年년] ?(?P<m>\d{1,2})[月월] ?(?P<d>\d{1,2})[日일]"),)


def find(line: str) -> tuple[str, Span] | None:
    """The first whole date in a short line as `YYYY-MM-DD`, and where it stands; `None` where there is none."""
    dates = every(line)
    return dates[0] if dates else None


def every(line: str) -> list[tuple[str, Span]]:
    """All whole dates in a short line, as `find` gives one."""
    return sorted(_all(line), key=lambda hit: hit[1]) if _YEAR.search(line) else []


def alone(line: str) -> str | None:
    """The day of a line that has beside it only words of publication and time, or that is mostly the day; none where it tells of a change."""
    changed = _CHANGED & set(re.findall(r"\w+", line[:_LONGEST_ALONE].lower()))
    listed = every(line) if len(line) <= _LONGEST_ALONE and not changed else []
    if len(listed) != 1:
        return None
    iso, (start, end) = listed[0]
    beside = re.findall(r"\w+", _CLOCK.sub(" ", f"{line[:start]} {line[end:]}").lower())
    return iso if _OF_A_DATE.issuperset(beside) or 2 * (end - start) >= len(line) else None


def day(value: str) -> str | None:
    """The day that a value such as `2022-01-14T09:30:00Z` or `Fri, 14 January 2022` begins with, else `None`."""
    value = value.strip()[:80]
    day = find(value)
    before = value[: day[1][0]].strip("(,. ").lower() if day else ""
    return day[0] if day and (not before or before in _WEEKDAYS) else None


def _all(line: str) -> Iterator[tuple[str, Span]]:
    for form in _FORMS:
        for match in form.finditer(line):
            iso = _iso(match.groupdict())
            if iso:
                yield iso, match.span()


def _iso(parts: dict[str, str | None]) -> str | None:
    month, number = parts.get("m"), parts.get("d")
    if parts.get("n"):
        month = str(_NUMBER[str(parts["n"]).lower()])
    if parts.get("a"):
        month, number = _slashed(int(parts["a"] or 0), int(parts["b"] or 0))
    try:
        return date(int(parts["y"] or 0), int(month or 0), int(number or 0)).isoformat()
    except ValueError:
        return None


def _slashed(first: int, second: int) -> tuple[str, str]:
    """Month and day of 25/12 and 12/25; neither where both could be the month."""
    if first == second or second > 12 >= first:
        return str(first), str(second)
    return (str(second), str(first)) if first > 12 >= second else ("0", "0")
