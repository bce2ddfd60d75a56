"""Which paragraphs of a text are the article: each gets a mark that says what it is, and the rest is furniture.

Cleaning never makes a new text, it marks spans of the old one. `kinds` says what a line is by itself; this module
looks at where it stands: the title before the first sentence, lists of other articles, readers' comments, menus, and
lines in another language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from retrieval.articles import boilerplate_phrases, headers, line_classification
from retrieval.articles.line_classification import LONG, count, ends
from retrieval.text.finite_verbs import states
from retrieval.text.language import foreign
from retrieval.text.paragraphs import Paragraph, paragraphs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.articles.line_classification import Page
    from retrieval.types import Span

_MAY_BE_TITLE = (None, "headline", "caption", "label")
_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")
_GENRE = re.compile(
    r"(?:live|explainer|in pictures|video|watch|gallery|photos|podcast|fact[ -]?check|factbox|analysis|opinion|interview|"
    r"profile|obituary|review|comment|editorial|exclusive)\s?:",
    re.IGNORECASE,
)
_IS = re.compile(r"(?:\w+ )?(?:is|was|writes|covers|lives|works|teaches|reports|has|edits)\b")


@dataclass(frozen=True, slots=True)
class Mark:
    """One paragraph and what it is; `kind` is `None` for the article itself."""

    paragraph: Paragraph
    kind: str | None


def body(text: str, title: str | None = None) -> tuple[Span, ...]:
    """The paragraphs of the article proper in order, as spans in code points; all that lies outside is furniture.

    `title` is the article's title where it is known; without one it is looked for. It is never part of the body.
    """
    kept = (one.paragraph for one in mark(text, title) if one.kind is None)
    return tuple((row.start, row.start + _kept(row)) for row in kept)


def _kept(row: Paragraph) -> int:
    return (
        line_classification.without_tail(row.words)
        if row.end - row.start <= line_classification.LONGEST_TAIL
        else row.end - row.start
    )


def mark(text: str, title: str | None = None) -> tuple[Mark, ...]:
    """Every paragraph of the text in order, each with what it is."""
    rows = paragraphs(text)
    page = line_classification.page_of(text, rows)
    told = [line_classification.kind_of(row, page) for row in rows]
    _mark_head(rows, told, title, page)
    _mark_lists(rows, told)
    _mark_sections(rows, told)
    _mark_authors(rows, told)
    _mark_foreign(rows, told, page)
    return tuple(Mark(row, kind) for row, kind in zip(rows, told, strict=True))


def _mark_head(rows: Sequence[Paragraph], told: list[str | None], title: str | None, page: Page) -> None:
    """The title, among the lines before the first sentence; what is named as title elsewhere is the title there too."""
    first = next((at for at, row in enumerate(rows) if told[at] is None and _sentence(row)), len(rows))
    named = title or next(
        (fact[1] for row in rows[:first] if (fact := headers.field(row.words)) and fact[0] == "title"), None
    )
    at = _find(rows[: first + 1], named) if named else _choose(rows, told, first, page)
    if at is None:
        return
    for other, row in enumerate(rows):
        if row.words == rows[at].words and told[other] != "field":
            told[other] = "title"


def _sentence(row: Paragraph) -> bool:
    return row.end - row.start > 200 or (ends(row.words) and count(row.words) > 5)


def _find(rows: Sequence[Paragraph], title: str) -> int | None:
    wanted = " ".join(title.split()).casefold()
    for at, row in enumerate(rows):
        words = " ".join(row.words[:LONG].split()).casefold()
        if words == wanted or (wanted in words and len(words) < len(wanted) + 60):
            return at
    return None


def _choose(rows: Sequence[Paragraph], told: Sequence[str | None], first: int, page: Page) -> int | None:
    able = [
        at
        for at in range(min(max(first, 1), len(rows)))
        if (told[at] in _MAY_BE_TITLE or (at == 0 and _GENRE.match(rows[at].words))) and _title_like(rows[at])
    ]
    if first < len(rows) and not able and _question(rows, first):
        return first
    for wanted in (
        lambda row: row.mark == "#",
        lambda row: states(row.words) if page.english else count(row.words) > 3,
        lambda row: count(row.words) > 2 and not all(word[0].isupper() for word in _WORD.findall(row.words)),
        lambda row: count(row.words) > 1,
    ):
        found = next((at for at in able if wanted(rows[at])), None)
        if found is not None:
            return found
    return None


def _title_like(row: Paragraph) -> bool:
    aside = row.words[0] == "(" and row.words[-1] == ")"
    return (
        count(row.words) > 1 and row.end - row.start <= 220 and row.words[-1] not in ".:," and not (row.bullet or aside)
    )


def _question(rows: Sequence[Paragraph], at: int) -> bool:
    """A first line that asks, before a much longer paragraph."""
    row = rows[at]
    return (
        row.words[-1] == "?"
        and row.words.count("?") == 1
        and count(row.words) <= 20
        and at + 1 < len(rows)
        and len(rows[at + 1].words) > 2 * len(row.words)
    )


def _mark_lists(rows: Sequence[Paragraph], told: list[str | None]) -> None:
    """A list of links (a word or two each) is a menu; a list of things is the article's."""
    for bullets, run in groupby(range(len(rows)), key=lambda at: rows[at].bullet):
        places = list(run)
        items = [rows[at].words[:LONG] for at in places]
        menu = (
            bullets
            and sum(map(count, items)) < 2.5 * len(items)
            and not any(map(line_classification.DATA.search, items))
        )
        for at in places if menu else ():
            if not ends(rows[at].words):
                told[at] = told[at] or "menu"


def _mark_sections(rows: Sequence[Paragraph], told: list[str | None]) -> None:
    """Under "Related stories" stand other articles; under "Comments", behind the text, stand readers."""
    seen, listing = 0, False
    for at, row in enumerate(rows):
        words = line_classification.bare(row)
        if len(row.words) > LONG or told[at] is None:
            if listing and told[at] is None and not (ends(row.words) and count(row.words) > 7):
                told[at] = "headline"
            else:
                seen, listing = seen + 1, False
        elif seen > 1 and boilerplate_phrases.COMMENTS.fullmatch(words):
            told[at:] = ["comment" if kind is None else kind for kind in told[at:]]
            return
        elif boilerplate_phrases.SECTION.fullmatch(words):
            listing = True
        elif boilerplate_phrases.ABOUT_AUTHOR.fullmatch(words) and at + 1 < len(rows):
            told[at + 1] = "author"


def _mark_authors(rows: Sequence[Paragraph], told: list[str | None]) -> None:
    """Behind the text, who its author is: "Jane Doe covers schools"."""
    names = [name for at, row in enumerate(rows) if told[at] == "byline" and (name := headers.author(row.words))]
    kept = [at for at, kind in enumerate(told) if kind is None]
    for at in kept[-2:] if len(kept) > 3 else ():
        if any(rows[at].words.startswith(f"{name} ") for name in names) and _IS.match(rows[at].words.split(" ", 2)[-1]):
            told[at] = "author"


def _mark_foreign(rows: Sequence[Paragraph], told: list[str | None], page: Page) -> None:
    """A short line in another language is none of the article's; behind its last line no sentence is either."""
    home = [row for at, row in enumerate(rows) if told[at] is None and not foreign(row.words[:LONG], page.language)]
    last = home[-1].start if home else 0
    for at, row in enumerate(rows):
        if (
            told[at] in (None, "caption")
            and len(row.words) <= LONG
            and not row.words.startswith(line_classification.QUOTES)
        ):
            strange = foreign(row.words, page.language)
            if strange and (row.start > last or (not ends(row.words) and count(row.words) <= 25)):
                told[at] = "foreign"
