"""The collection, article by article: what each file states about itself, and what it does not; page by page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot import strings
from bot.message import LIMIT, Button, Message, Part, bold, parts
from bot.translation import tr
from bot.views.cards import fact, footline, headline, length

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrieval import Article

SOURCES = "sources"  # kind of a button that turns the page
_SPARE = 80  # for the page's number


def pages(articles: Iterable[Article]) -> tuple[Message, ...]:
    """The articles on pages of at most `LIMIT` code points, with buttons that turn them; one page at least."""
    filled = [[*parts(bold(tr(strings.SOURCES)))]]
    room = LIMIT - _SPARE
    for article in articles:
        entry = parts("\n\n", _entry(article))
        needed = sum(map(length, entry))
        if needed > room:
            filled.append([])
            room = LIMIT - _SPARE
        filled[-1].extend(entry)
        room -= needed
    return tuple(_page(number, content, len(filled)) for number, content in enumerate(filled))


def page(data: str, articles: Iterable[Article]) -> Message | None:
    """The page that a button's data asks for; `None` for a forged or an outdated one."""
    asked = re.fullmatch(rf"{SOURCES}:([0-9]{{1,6}})", data)
    every = pages(articles) if asked else ()
    return every[int(asked[1])] if asked and int(asked[1]) < len(every) else None


def _page(number: int, content: list[Part], count: int) -> Message:
    if count == 1:
        return Message(tuple(content))
    title = tr(strings.PAGE).format(page=number + 1, pages=count)
    earlier = [Button("‹", f"{SOURCES}:{number - 1}")] if number > 0 else []
    later = [Button("›", f"{SOURCES}:{number + 1}")] if number + 1 < count else []
    return Message(parts(content, "\n\n", title), ((*earlier, *later),))


def _entry(article: Article) -> tuple[Part, ...]:
    by = tr(strings.BY).format(name=fact(article.author)) if article.author else None
    passed_on = tr(strings.DISTRIBUTED).format(name=fact(article.distributor)) if article.distributor else None
    named = article.title or not (article.publisher or article.source)  # else the headline tells no two apart
    missing = [tr(name) for field, name in strings.FACTS.items() if not getattr(article, field)]
    lines = (
        parts([] if named else fact(article.file)),
        parts(filter(None, [", ".join(filter(None, (by, passed_on)))])),
        footline(article),
        parts([tr(strings.MISSING).format(facts=", ".join(missing))] if missing else []),
    )
    return parts(headline(article), *(("\n", *line) for line in lines if line))
