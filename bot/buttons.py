"""The buttons under an answer. They need no memory: what a press needs stands in the button, so a restart loses none.

A button's data is checked against the collection when it comes back: a forged one can at most show a passage.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot import words
from bot.links import address
from bot.message import COPIED, Button
from bot.translation import tr
from retrieval import cite, passage_id, text_fragment

if TYPE_CHECKING:
    from retrieval import Hit, Passage

    Span = tuple[int, int]

_CONTEXT = re.compile(r"more:([0-9a-f]{16}:\d{1,18}-\d{1,18}):(\d{1,18})-(\d{1,18})")
_LONGEST_URL = 2048


def under(hit: Hit) -> tuple[tuple[Button, ...], ...]:
    """Open the page at the sentence, copy the citation, see more of the article: what of these is possible."""
    start, end = hit.highlight
    article = hit.passage.article
    link = address(article.url or "").href
    target = text_fragment(article.text, start, end, link) if link else ""
    cited = cite(hit, "plain")
    row = (
        *([Button(tr(words.OPEN), url=target)] if target and len(target) <= _LONGEST_URL else []),
        *([Button(tr(words.COPY), copy=cited)] if len(cited) <= COPIED else []),
    )
    more = f"more:{passage_id(hit.passage)}:{start}-{end}"
    rows = (row, (Button(tr(words.CONTEXT), data=more),) if len(more) <= 64 else ())
    return tuple(filter(None, rows))


def context(data: str) -> tuple[str, Span] | None:
    """The passage's identifier and the highlight that a press of "more context" is about; `None` for another press."""
    match = _CONTEXT.fullmatch(data)
    return (match[1], (int(match[2]), int(match[3]))) if match else None


def fits(passage: Passage, span: Span) -> bool:
    """Whether the span is one of the passage."""
    return passage.start <= span[0] < span[1] <= passage.end
