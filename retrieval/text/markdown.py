"""The marks of Markdown in a text (emphasis, code, links, headings) as spans, so that people can be shown it without.

The text stays as it is: what is quoted, cited and counted keeps its marks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.types import Article, Span

_WORDS = r"(?:(?!\n[ \t]*\n).){1,500}?(?<=\S)"  # within one paragraph
_MARKED = re.compile(
    rf"""
    \\(?P<escaped>[!-/:-@\[-`{{-~])
    | (?<!`)(?P<ticks>`{{1,2}})(?!`)(?P<code>[^`\n]+)(?P=ticks)(?!`)
    | !?\[(?P<link>[^\[\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:[ \t]+"[^"\n]*")?\)
    | \*\*(?=\S)(?P<strong>{_WORDS})\*\*(?!\*)
    | (?<!\w)\*(?=[^\s*])(?P<stressed>{_WORDS.replace(").)", ")[^*])")})\*(?![*\w])
    | (?<!\w)__(?=\S)(?P<strong_line>{_WORDS})__(?![_\w])
    | (?<!\w)_(?=[^\s_])(?P<stressed_line>{_WORDS.replace(").)", ")[^_])")})_(?![_\w])
    | ^[ \t]*(?:\#{{1,6}}[ \t]+|>[ \t]?)(?P<line>)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_LITERAL = {"escaped", "code", "line"}  # inside these, marks are text
_FILES = (".md", ".markdown")
_DEEPEST = 4  # marks within marks; a line of five thousand stars has more


def syntax(article: Article, start: int, end: int) -> tuple[Span, ...]:
    """The marks in `article.text[start:end]` in order, in the article's offsets; none where it is no Markdown file."""
    return tuple(sorted(_marks(article.text, start, end))) if article.file.lower().endswith(_FILES) else ()


def _marks(text: str, start: int, end: int, depth: int = 0) -> Iterator[Span]:
    at = start
    while match := _MARKED.search(text, at, end):
        kind = str(match.lastgroup)
        inner = match.span(kind)
        yield from (span for span in ((match.start(), inner[0]), (inner[1], match.end())) if span[0] < span[1])
        if kind not in _LITERAL and depth < _DEEPEST:
            yield from _marks(text, *inner, depth + 1)
        at = match.end()
