"""The collection, article by article, page by page: what each file states about itself; below, what is not stated."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from bot import strings
from bot.message import LIMIT, Button, Message, Part, bold, italic, parts
from bot.translation import spoken, tr
from bot.views.cards import also_in, fact, footline, headline, length, minute
from retrieval import Article

SOURCES = "sources"  # kind of a button that turns the page
_PER_PAGE = 20  # articles
_SPARE = 900  # for the page's number, and for what is missing in its articles


def pages(articles: Iterable[Article], taken: Iterable[str] = ()) -> tuple[Message, ...]:
    """The articles on pages of at most `LIMIT` code points, with buttons that turn them; one page at least.

    `taken` says when each was taken in (ISO 8601 in UTC): the first page says from when to when, and an article that came later
    than the first ones when it did. Slow for thousands of articles, the first time in a language.
    """
    return _pages(tuple(articles), tuple(taken), spoken())


@lru_cache(maxsize=8)
def _pages(articles: tuple[Article, ...], taken: tuple[str, ...], _language: str) -> tuple[Message, ...]:
    later = {article: time for article, time in zip(articles, taken, strict=False) if time > min(taken)}
    copies: dict[Article, list[Article]] = {}  # what differs in nothing but the file is one article
    for article in articles:
        copies.setdefault(replace(article, id="", file=""), []).append(article)
    filled: list[dict[int, list[Article]]] = [{}]
    room = LIMIT - _SPARE
    for number, same in enumerate(copies.values(), start=1):
        needed = sum(map(length, _entry(number, same, later)))
        if needed > room or len(filled[-1]) == _PER_PAGE:
            filled.append({})
            room = LIMIT - _SPARE
        filled[-1][number] = same
        room -= needed
    times = taken_in(taken)
    head = parts(bold(tr(strings.SOURCES)), ["\n", italic(times)] if times else [])
    entries = [parts(*(_entry(*entry, later) for entry in listed.items()), _missing(listed)) for listed in filled]
    return tuple(
        _page(number, parts(head if number == 0 else [], content), len(filled))
        for number, content in enumerate(entries)
    )


def taken_in(taken: Collection[str]) -> str:
    """From when to when articles were taken in; `""` for none."""
    if not taken:
        return ""
    first, last = min(taken), max(taken)
    form = strings.TAKEN_IN if first == last else strings.TAKEN_IN_SINCE
    return tr(form).format(first=minute(first), last=minute(last))


def page(data: str, articles: Iterable[Article], taken: Iterable[str] = ()) -> Message | None:
    """The page that a button's data asks for; `None` for a forged or an outdated one."""
    asked = re.fullmatch(rf"{SOURCES}:([0-9]{{1,6}})", data)
    every = pages(articles, taken) if asked else ()
    return every[int(asked[1])] if asked and int(asked[1]) < len(every) else None


def _page(number: int, content: tuple[Part, ...], count: int) -> Message:
    if count == 1:
        return Message(content)
    foot = tr(strings.PAGE).format(page=number + 1, pages=count)
    earlier = [Button("‹", f"{SOURCES}:{number - 1}")] if number > 0 else []
    later = [Button("›", f"{SOURCES}:{number + 1}")] if number + 1 < count else []
    return Message(parts(content, "\n\n", foot), ((*earlier, *later),))


def _entry(number: int, same: Sequence[Article], later: Mapping[Article, str]) -> tuple[Part, ...]:
    article, *copies = same
    by = tr(strings.BY).format(name=fact(article.author)) if article.author else None
    passed_on = tr(strings.DISTRIBUTED).format(name=fact(article.distributor)) if article.distributor else None
    lines = (
        parts(filter(None, [", ".join(filter(None, (by, passed_on)))])),
        footline(article),
        also_in([copy.file for copy in copies]),
        parts(italic(tr(strings.TAKEN_IN).format(first=minute(later[article])))) if article in later else (),
    )
    return parts(f"\n\n{number}. ", headline(article), *(("\n", *line) for line in lines if line))


def _missing(listed: Mapping[int, Sequence[Article]]) -> tuple[Part, ...]:
    """What the files do not state, said once: each fact with the numbers of the articles that lack it."""
    lacking = {
        tr(name): [number for number, (article, *_) in listed.items() if not getattr(article, field)]
        for field, name in strings.FACTS.items()
    }
    facts = "; ".join(f"{name} {_ranges(numbers)}" for name, numbers in lacking.items() if numbers)
    return parts("\n\n", italic(tr(strings.MISSING).format(facts=facts))) if facts else ()


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers as people write them: 1–3, 5."""
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
