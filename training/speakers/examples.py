"""Annotated articles, short texts and sentences of news → examples that speakers are learned from and judged on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from retrieval import articles, passages
from retrieval.speakers import attribution, mentions
from retrieval.speakers.attribution import Analysis

_UNCLOSED = re.compile(r'(?:^|\s)"\S[^"]*$')


@dataclass
class Example:
    """One article taken apart, and for its annotated sentences the voice and the accepted names."""

    collection: str
    analysis: Analysis
    mentions: list[list[mentions.Mention]]
    gold: dict[int, tuple[str, list[str]]] = field(default_factory=dict)
    alone: bool = False  # without the sentences around, so that pronouns have no antecedents to learn from


def read(folder: Path) -> Iterator[Example]:
    """The annotated articles of one collection."""
    gold = json.loads((folder / "gold.json").read_text("utf-8"))["articles"]
    for article in articles.read(folder).articles:
        if article.file not in gold:
            continue
        spans = [span for passage in passages.split(article) for span in passage.sentences]
        analysis = attribution.analyse(article.text, spans)
        example = Example(folder.name, analysis, [list(row) for row in analysis.context.mentions])
        for statement in gold[article.file]["statements"]:
            start = article.text.index(statement["text"])
            for number in overlapping(spans, start, start + len(statement["text"])):
                example.gold[number] = (statement["voice"], statement["names"])
        yield example


def read_lines(statements: Path, folder: Path) -> Iterator[Example]:
    """Annotated articles whose gold is a file of lines (`file`, `line_no`, `statement`, `speaker` or null, …)."""
    lines = [json.loads(line) for line in statements.read_text("utf-8").splitlines() if line.strip()]
    for article in articles.read(folder).articles:
        spans = [span for passage in passages.split(article) for span in passage.sentences]
        analysis = attribution.analyse(article.text, spans)
        example = Example(article.file, analysis, [list(row) for row in analysis.context.mentions])
        for line in (line for line in lines if line["file"] == article.file):
            first = sum(len(row) + 1 for row in article.text.split("\n")[: line["line_no"] - 1])
            start = article.text.index(line["statement"], first)
            names = [line["speaker"], line["speaker_mention"], *line.get("speaker_accept", [])]
            for number in overlapping(spans, start, start + len(line["statement"])):
                example.gold[number] = ("speaker" if line["speaker"] else "unclear", [name for name in names if name])
        yield example


def read_sentences(path: Path) -> Iterator[Example]:
    """Short texts as agencies write them, a sentence a line: whose it is or nobody, a tab, the sentence.

    A line that starts with `+` goes on with the text of the line above. Whose it is stands as the sentence has it; `?` is
    somebody whom the text does not name.
    """
    texts: list[list[tuple[str, str]]] = []
    for line in path.read_text("utf-8").splitlines():
        name, _, sentence = line.partition("\t")
        if not name.startswith("+"):
            texts.append([])
        texts[-1].append((name.removeprefix("+"), sentence))
    for rows in texts:
        yield _example(rows)


def _example(rows: Sequence[tuple[str, str]]) -> Example:
    starts = [0, *accumulate(len(sentence) + 1 for _, sentence in rows)]
    spans = [(start, start + len(sentence)) for start, (_, sentence) in zip(starts, rows, strict=False)]
    analysis = attribution.analyse(" ".join(sentence for _, sentence in rows), spans)
    example = Example("sentences", analysis, [list(row) for row in analysis.context.mentions])
    names = list(dict.fromkeys(name for name, _ in rows if name not in {"", "?"}))
    for number, (name, _) in enumerate(rows):
        before = name.lower().startswith(("the ", "he", "she", "it", "they"))  # somebody of the sentences above
        accepted = [name, *names[: names.index(name)]] if name and before else [name]
        example.gold[number] = (
            ("unclear", []) if name == "?" else ("speaker" if name else "article", accepted if name else [])
        )
    return example


def read_news(path: Path) -> Iterator[Example]:
    """Sentences of news, each an article of its own, a JSON object a line.

    Each has `doc`, its article, `text`, `voice`, `source` (a stretch of the text, or null), `pronoun`, whether the source
    is one, and perhaps a `note`, in which others follow `two:` who speak in it as well. What a pronoun says is left
    out: whose it is stands in no sentence.
    """
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        if row["pronoun"]:
            continue
        text = row["text"] + (
            '"' if _UNCLOSED.search(row["text"]) else ""
        )  # a quotation that goes on in the next sentence
        analysis = attribution.analyse(text, [(0, len(text))])
        example = Example(row["doc"], analysis, [list(each) for each in analysis.context.mentions], alone=True)
        first, _, others = (row.get("note") or "").partition("two: ")
        others = "" if first else others.partition(";")[0]
        names = [name for name in (row["source"], *others.split(", ")) if name]
        example.gold[0] = (row["voice"], names if row["voice"] == "speaker" else [])
        yield example


def overlapping(spans: Sequence[tuple[int, int]], start: int, end: int) -> list[int]:
    """The spans of which (or of whose shorter side) more than half lies in `[start, end)`."""
    return [
        number
        for number, (low, high) in enumerate(spans)
        if min(high, end) - max(low, start) > 0.5 * min(high - low, end - start)
    ]
