"""Collections and drawn pages → examples with a label for every line: what the page reader learns from and is judged on."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.articles import dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from retrieval.text.paragraphs import Paragraph

LABELS_OF_FACTS = (
    ("byline", "author"),
    ("date", "date"),
    ("address", "url"),
    ("outlet", "publisher"),
    ("outlet", "source"),
)
MOST_LINES = 4  # of a title that is broken
MOST_PLAIN = 12  # words up to which a line without a full stop that nobody labelled is a heading


@dataclass(frozen=True)
class Example:
    """One article: its text, and what its gold says."""

    text: str
    facts: dict[str, str | None]
    boilerplate: list[str]
    statements: list[str]
    drawn: bool = False  # a page of `training/pages` or `tests/pages`


def examples(folders: Sequence[Path], pages: Sequence[Path]) -> Iterator[Example]:
    """Every article of the collections, then of the drawn pages."""
    for folder in folders:
        for name, gold in json.loads((folder / "gold.json").read_text("utf-8"))["articles"].items():
            text = (folder / name).read_bytes().decode()
            lines = [line.strip() for stretch in gold["furniture"] for line in stretch.split("\n") if line.strip()]
            yield Example(text, gold["metadata"], lines, [each["text"] for each in gold["statements"]])
    for file in (file for folder in pages for file in sorted(folder.glob("*.txt"))):
        yield from map(drawn, pages_of(file))


def pages_of(file: Path) -> list[str]:
    """The drawn pages of a file, one behind each line that begins with `####`, or the one that it is."""
    parts = re.split(r"^#### .*\n", file.read_text("utf-8"), flags=re.MULTILINE)
    return parts[1:] or parts


def drawn(page: str) -> Example:
    """A drawn page: `field: value` lines, `===`, then `+ ` before what belongs to a passage and `- ` before the rest."""
    head, _, body = page.partition("===\n")
    stated = dict(line.split(": ", 1) for line in head.splitlines() if line)
    facts = {field: None if value == "null" else re.sub('^"(.*)"$', r"\1", value) for field, value in stated.items()}
    drawn = [(line[:1], line[2:].replace("⟦", "").replace("⟧", "")) for line in body.splitlines()]
    rows = [(sign, line.strip()) for sign, line in drawn if line.strip()]
    titles = {at for run in title_lines([line for _, line in rows], facts.get("title")) for at in run}
    stating, off = (
        [
            line
            for at, (sign, line) in enumerate(rows)
            if sign == own and at not in titles and line != facts.get("title")
        ]
        for own in "+-"
    )
    return Example("\n".join(line for _, line in drawn), facts, off, stating, drawn=True)


def labels(rows: Sequence[Paragraph], example: Example) -> list[str]:
    """The gold label of every line."""
    stated = [
        any(text in row.words or (len(row.words) > 40 and row.words in text) for text in example.statements)
        for row in rows
    ]
    first = stated.index(True) if True in stated else len(rows)
    last = len(rows) - 1 - stated[::-1].index(True) if True in stated else -1
    titles = {at for run in title_lines([row.words for row in rows], example.facts.get("title")) for at in run}
    named: list[str] = []
    for at, row in enumerate(rows):
        off = not stated[at] and _covered(row.words, example.boilerplate) > 0.5
        outside = off or (not stated[at] and not first < at < last and len(row.words) <= 200)
        if at in titles or _is_title(row.words, example.facts.get("title")):
            named.append("title")
        elif outside and (label := _label_of_fact(row.words, example.facts)):
            named.append(label)
        elif off:
            named.append("aside")
        else:
            deck = "title" in named and at < first
            named.append("body" if stated[at] or not _plain(row) else "deck" if deck else "heading")
    return named


def title_lines(lines: Sequence[str], title: str | None) -> list[range]:
    """Where a title is broken over several lines, as runs of their numbers."""
    whole = " ".join((title or "").split()).casefold()
    parts = [" ".join(line.split()).casefold() for line in lines]
    runs = (range(at, at + more) for at in range(len(parts)) for more in range(2, min(MOST_LINES, len(parts) - at) + 1))
    return [run for run in runs if whole.startswith(parts[run[0]]) and " ".join(parts[run.start : run.stop]) == whole]


def whole_words(value: str) -> str:
    """The pattern of a stretch of whole words, with any white space between them."""
    edges = [r"(?<!\w)" * value[0].isalnum(), r"(?!\w)" * value[-1].isalnum()]
    return edges[0] + r"\s+".join(map(re.escape, value.split())) + edges[1]


def _plain(row: Paragraph) -> bool:
    """A heading or a deck: short, no full stop, no figures."""
    short = len(row.words.split()) <= MOST_PLAIN and not row.bullet
    return short and row.words[-1] not in ".!…”\"'’" and not any(map(str.isdigit, row.words))


def _covered(line: str, stretches: Sequence[str]) -> float:
    return max((min(len(part), len(line)) for part in stretches if part in line or line in part), default=0) / len(line)


def _is_title(line: str, title: str | None) -> bool:
    short, long = " ".join((title or "").split()).casefold(), " ".join(line.split()).casefold()
    return bool(short) and short in long and len(long) <= 1.6 * len(short) + 10


def _label_of_fact(line: str, facts: dict[str, str | None]) -> str | None:
    for label, fact in LABELS_OF_FACTS:
        value = facts.get(fact)
        day = dates.find(line) if label == "date" else None
        if value and ((day and day[0] == value) or value.casefold() in line.casefold()):
            return label
    return None
