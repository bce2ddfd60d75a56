"""A text as paragraphs, each a span: one a line, between blank lines, or wrapped by hand at a fixed width.

This module reads the layout of texts: line ends of all kinds, bullets, quoting marks, headings, front matter, and the
marks of Markdown. What a paragraph says is not looked at.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.types import Article, Span

_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_BULLET = re.compile(r"(?:[•·▪‣◦●○■►▶➤✔✓➡→∙*+–—-]|\(?\d{1,2}[.)](?!\s+\w+\.? (?:19|20)\d\d))[ \t\u00a0]+(?=\S)")
_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
_QUOTED = re.compile(r"(?:>[ \t]?)+")
_LINE_END = r"[ \t]*(?:\r\n|\n|\r)"
_FRONT = re.compile(rf'\ufeff?(?:(?P<yaml>---{_LINE_END})|(?P<toml>\+\+\+{_LINE_END})|(?P<json>(?={{\s*")))')
_FRONT_ENDS = {
    "yaml": re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)", re.MULTILINE),
    "toml": re.compile(r"^\+\+\+[ \t]*(?:\r\n|\n|\r|\Z)", re.MULTILINE),
}
_MAX_FRONT = 20_000  # characters of front matter
_INVISIBLE = "\u200b\u200c\u200e\u200f\ufeff\u2060"
_WIDEST, _NARROWEST = 110, 40  # columns that people wrap at


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`text[start:end]` without the white space and the bullet, heading or quoting mark around it."""

    start: int
    end: int
    words: str  # the stretch itself, for rules to look at
    block: int  # counts the runs between blank lines
    mark: str = ""  # the bullet or heading mark in front, if any
    column: int = 0  # where in its first line it starts

    @property
    def line(self) -> str:
        """The stretch on one line, with single spaces."""
        return " ".join(self.words.split())

    @property
    def bullet(self) -> bool:
        """Is it an item of a list?"""
        return bool(self.mark) and self.mark[0] != "#"

    @property
    def heading(self) -> bool:
        """Is it marked as a heading?"""
        return self.mark[:1] == "#"


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Every paragraph of the text in order, front matter left out; blank ones are not."""
    rows = list(_rows(text, front_matter(text)))
    width = _width(rows)
    return tuple(_wrapped(text, rows, width) if width else rows)


def front_matter(text: str) -> int:
    """Where the front matter ends, in code points; 0 where a text has none.

    It is YAML between two lines `---`, TOML between two lines `+++`, or one JSON object at the very start.
    """
    opening = _FRONT.match(text)
    if not opening:
        return 0
    if opening.lastgroup == "json":
        return _json_end(text, opening.end())
    closing = _FRONT_ENDS[str(opening.lastgroup)].search(text, opening.end(), opening.end() + _MAX_FRONT)
    if not closing:
        return 0
    first = text[opening.end() : closing.start()].lstrip().partition("\n")[0]
    return closing.end() if re.match(r"[\w-]+[ \t]*[:=]|#|\[|\Z", first) else 0


def _json_end(text: str, start: int) -> int:
    try:
        values, end = json.JSONDecoder(strict=False).raw_decode(text[: start + _MAX_FRONT], start)
    except (ValueError, RecursionError):
        return 0
    line_end = _BREAK.match(text, end)
    return line_end.end() if line_end and isinstance(values, dict) else 0


def _rows(text: str, at: int) -> Iterator[Paragraph]:
    block, blank = 0, True
    while at < len(text):
        line_break = _BREAK.search(text, at)
        stop = line_break.start() if line_break else len(text)
        row = _row(text, at, stop, block + blank)
        if row:
            block, blank = row.block, False
            yield row
        else:
            blank = True
        at = line_break.end() if line_break else len(text)


def _row(text: str, line: int, end: int, block: int) -> Paragraph | None:
    begin = _skip(text, line, end)
    quoted = _QUOTED.match(text, begin, end)
    begin = _skip(text, quoted.end() if quoted else begin, end)
    mark = _BULLET.match(text, begin, end) or _HEADING.match(text, begin, end)
    begin = _skip(text, mark.end() if mark else begin, end)
    while end > begin and _blank(text[end - 1]):
        end -= 1
    if begin >= end:
        return None
    return Paragraph(begin, end, text[begin:end], block, mark[0].strip() if mark else "", begin - line)


def _skip(text: str, at: int, end: int) -> int:
    while at < end and _blank(text[at]):
        at += 1
    return at


def _blank(char: str) -> bool:
    return char.isspace() or char in _INVISIBLE


def _width(rows: Sequence[Paragraph]) -> int:
    """The column at which the text was wrapped, or 0 where it was not."""
    pairs = [(row, after) for row, after in zip(rows, rows[1:], strict=False) if row.block == after.block]
    lengths = sorted(row.column + row.end - row.start for row, _ in pairs)
    width = lengths[len(lengths) * 9 // 10] if len(pairs) >= 3 else 0
    if not _NARROWEST <= width <= _WIDEST:
        return 0
    full = sum(_full(row, after, width) for row, after in pairs)
    return width if full >= 0.7 * len(pairs) else 0


def _full(row: Paragraph, after: Paragraph, width: int) -> bool:
    """Would the first word of the line after have gone beyond the width?"""
    first = after.words[:_WIDEST].split(maxsplit=1)[0]
    return row.column + row.end - row.start + 1 + len(first) > width


def _wrapped(text: str, rows: Sequence[Paragraph], width: int) -> Iterator[Paragraph]:
    first = rows[0]
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        if after is None or not _goes_on(row, after, width):
            yield dataclasses.replace(first, end=row.end, words=text[first.start : row.end])
            first = after or row


def _goes_on(row: Paragraph, after: Paragraph, width: int) -> bool:
    if row.block != after.block or after.mark:
        return False
    indented = after.column > row.column and row.words[-1] in '.!?”"’'
    return _full(row, after, width) and not indented


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


def markdown_syntax(article: Article, start: int, end: int) -> tuple[Span, ...]:
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
