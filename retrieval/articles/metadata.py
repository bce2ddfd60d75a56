"""What a text states about itself: title, publisher, source, distributor, author, date, address. Nothing is guessed.

Every value is a verbatim stretch of the text (the date as ISO 8601, a title on several lines as one); what the text does not state is
`None`. The page reader brings the likeliest value of each field. Where that is below the field's bar, a line may still say it
outright (`_RULES`), else it stays unstated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from retrieval.articles import dates, explicit, layout
from retrieval.text import dialogue
from retrieval.types import FACTS

if TYPE_CHECKING:
    from collections.abc import Container

    from retrieval.articles.layout import Line, Reading
    from retrieval.articles.page_reader import Stretch
    from retrieval.text.paragraphs import Paragraph
    from retrieval.types import Article, Span

# The probability from which a field's likeliest value is shown, chosen by hand from what `python -m training.page_reader bars` prints:
# wrong facts cost more than they bring below, and few right ones are lost above.
BARS = {
    "title": 0.7, "publisher": 0.92, "author": 0.95, "date": 0.75, "url": 0.9, "source": 0.97, "distributor": 0.95,
}  # fmt: skip
_RULES: dict[str, tuple[Callable[[str], str | None], ...]] = {
    "url": (explicit.address,),
    "author": (explicit.byline,),
    "date": (dates.alone,),
    "source": (explicit.source, explicit.rights_holder),
    "distributor": (explicit.distributor, explicit.service),
}
_OF_THE_ARTICLE = ("body", "heading", "title")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact, what states it (the label of a line, or "host of the address"), the line, and how likely the fact is right."""

    value: str
    kind: str
    line: Paragraph
    chance: float


def read(text: str) -> dict[str, str]:
    """The facts that a plain text (or Markdown without its front matter) states about itself, by the names of `Article`."""
    return {name: each.value for name, each in evidence(text).items()}


def title(text: str, shared_lines: Container[str]) -> Evidence | None:
    """The title that a text states beside the lines that its outlet's pages share."""
    return _sure("title", layout.reading(text).without(shared_lines))


def evidence(text: str) -> dict[str, Evidence]:
    """Each fact of a text with the place where it stands."""
    page = layout.reading(text)
    facts = {name: fact for name in FACTS if (fact := _sure(name, page) or _by_rule(name, page))}
    origins = [facts[name].value for name in ("source", "distributor") if name in facts]
    url = facts.get("url")
    if "publisher" not in facts and url and (name := host(url.value)):
        facts["publisher"] = Evidence(name, "host of the address", url.line, url.chance)
    author = facts.get("author")
    if author and (any(author.value in origin for origin in origins) or _signs(text, author, page)):
        del facts["author"]
    return facts


def _signs(text: str, author: Evidence, page: Reading) -> bool:
    """Whether a name signs what the article quotes right above it."""
    above = [line.paragraph for line in page.lines if line.label == "body" and line.paragraph.end <= author.line.start]
    signed = dialogue.signature(text, above[-1].end) if above else None
    return signed is not None and author.value in text[slice(*signed)]


def _by_rule(field: str, page: Reading) -> Evidence | None:
    """What a line beside the article, or a press release's dateline, says outright, by the first rule that finds something."""
    for rule in _RULES.get(field, ()):
        for line in page.lines:
            stating = line.label not in _OF_THE_ARTICLE or rule is explicit.service
            value = rule(line.paragraph.words) if stating else None
            if value:
                return Evidence(value, line.label, line.paragraph, 1.0)
    return None


def explained(article: Article) -> dict[str, Evidence | None]:
    """Where each fact of an article stands in its text; `None` for what only its front matter, record or tags state."""
    stated = {name: value for name in FACTS if (value := getattr(article, name))}
    known: dict[str, Evidence | None] = {**evidence(article.text)}
    named = known.get("title")
    if article.shared_lines and not (named and named.value == article.title):
        known["title"] = title(article.text, article.shared)
    return {name: each if (each := known.get(name)) and each.value == value else None for name, value in stated.items()}


def _sure(field: str, page: Reading) -> Evidence | None:
    fact = likeliest(field, page)
    return fact if fact and fact.chance >= BARS[field] else None


def likeliest(field: str, page: Reading) -> Evidence | None:
    """The likeliest value of a field; the chances of equal values, whatever their case, add up."""
    chances: dict[str, float] = {}
    best: dict[str, tuple[str, Line]] = {}
    for stretch in sorted(page.stretches.get(field, ()), key=lambda stretch: -stretch.chance):
        if value := _value(field, page, stretch):
            best.setdefault(value.casefold(), (value, page.lines[stretch.line]))
            chances[value.casefold()] = chances.get(value.casefold(), 0.0) + stretch.chance
    if not chances:
        return None
    key = max(chances, key=lambda each: chances[each])
    value, line = best[key]
    return Evidence(value, line.label, line.paragraph, min(chances[key], 1.0))


def _value(field: str, page: Reading, stretch: Stretch) -> str | None:
    """What a stretch states: of an address or a day all that it touches."""
    lines = [line.paragraph.words for line in page.lines[stretch.line : stretch.last_line + 1]]
    if field == "date":
        return next((day for day, span in dates.every(lines[0]) if _meets(span, stretch)), None)
    if field == "url":
        return next((each for each, span in explicit.addresses(lines[0]) if _meets(span, stretch)), None)
    if field == "author" and stretch.line == stretch.last_line:
        return explicit.with_coauthors(lines[0], stretch.start, stretch.end)
    lines[-1] = lines[-1][: stretch.end]
    value = " ".join(lines)[stretch.start :]
    # Amid a line the article is the sentence's ("Read more from the Gazette"), also where all is in capitals.
    amid = field == "publisher" and stretch.start and (value.startswith("the ") or lines[0].isupper())
    return re.sub("^the ", "", value, flags=re.IGNORECASE) if amid else value


def _meets(span: Span, stretch: Stretch) -> bool:
    return span[0] < stretch.end and stretch.start < span[1]


def host(url: str) -> str | None:
    """The host of an address without "www."; `None` where its scheme is missing."""
    try:
        name = urlsplit(url).hostname if "://" in url else None
    except ValueError:
        return None
    return (name or "").removeprefix("www.") or None


def full_address(value: str) -> str | None:
    """The value itself when it is the full address of one page (a bare host is none)."""
    value = value.strip().strip("<>")
    try:
        parts = urlsplit(value)
        known = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        return None
    page = bool(parts.path.strip("/") or parts.query) and not any(map(str.isspace, value))
    return value if known and page else None
