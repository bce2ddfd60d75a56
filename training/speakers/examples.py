"""Annotated texts → examples taken apart, which linking and its second reading learn from and are judged on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from retrieval.speakers import attribution, mentions
from retrieval.speakers.attribution import Analysis
from training.speakers import annotated


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
    return (_example(each, folder.name) for each in annotated.of_collection(folder))


def read_lines(statements: Path, folder: Path) -> Iterator[Example]:
    """Annotated articles whose gold is a file of lines."""
    return (_example(each, each.name) for each in annotated.of_lines(statements, folder))


def read_sentences(path: Path) -> Iterator[Example]:
    """Short texts as agencies write them."""
    return (_example(each, "sentences") for each in annotated.of_sentences(path))


def read_rows(rows: Sequence[tuple[str, str]]) -> Example:
    """One short text, as rows of whose a sentence is and the sentence."""
    return _example(annotated.of_rows("", rows), "sentences")


def read_news(path: Path) -> Iterator[Example]:
    """Sentences of news, each an article of its own."""
    return (_example(each, each.name, alone=True) for each in annotated.of_news(path))


def _example(text: annotated.Example, collection: str, *, alone: bool = False) -> Example:
    analysis = attribution.analyse(text.text, text.sentences)
    gold = {number: (each.voice, [*each.names, *each.perhaps]) for number, each in text.gold.items()}
    return Example(collection, analysis, [list(row) for row in analysis.context.mentions], gold, alone)
