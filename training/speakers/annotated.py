"""Annotated articles, short texts and sentences of news → texts with what is known of their sentences."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from retrieval import articles, passages
from training import labelled_pages
from training.speakers.pointer import FIELDS

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from pathlib import Path

    from retrieval.types import Span

# In front of somebody of the sentences above.
_OTHERS = frozenset(["the", "he", "she", "it", "they", "her", "its"])
_PARAGRAPH = "¶ "  # in front of a sentence that begins one
_UNCLOSED = re.compile(r'(?:^|\s)"\S[^"]*$')  # a quotation that goes on in the next sentence


@dataclass
class Gold:
    """What is known of a sentence: its voice, the names accepted, the fullest first, and those of the other fields that were annotated.

    Of two who speak in it each is right, so that the model is sure of neither. `perhaps` are those of the sentences above whom
    "the minister" may mean.
    """

    voice: str
    names: list[str] = field(default_factory=list)
    fields: dict[str, str | None] = field(default_factory=dict)
    two: bool = False
    perhaps: list[str] = field(default_factory=list)


@dataclass
class Example:
    """An article, its sentences, and what is known of some of them."""

    name: str
    text: str
    sentences: list[Span]
    gold: dict[int, Gold] = field(default_factory=dict)


def of_annotated(file: Path, gold: Path, pages: Sequence[Path]) -> Iterator[Example]:
    """Articles of which every sentence is annotated, a line each: article, start, end, voice, name, role, outlet, reporting words.

    An article is a file below `gold`, or a drawn page, `FILE#NUMBER`.
    """
    texts, known = drawn(pages), dict[str, Example]()
    for line in file.read_text("utf-8").rstrip("\n").split("\n")[1:]:
        article, start, end, *row = line.split("\t")
        if article not in known:
            text = texts[article] if "#" in article else (gold / article).read_bytes().decode()
            known[article] = Example(article, text, [])
        example = known[article]
        example.gold[len(example.sentences)] = of_fields(row)
        example.sentences.append((int(start), int(end)))
    yield from known.values()


def drawn(folders: Sequence[Path]) -> dict[str, str]:
    """The text of each drawn page by its file's stem and its number."""
    return {
        f"{file.stem}#{number}": labelled_pages.drawn(page).text
        for folder in folders
        for file in sorted(folder.glob("*.txt"))
        for number, page in enumerate(labelled_pages.pages_of(file))
    }


def of_collection(folder: Path, but: Container[str] = ()) -> Iterator[Example]:
    """The articles of a collection, `but` some by their names, with the statements of its `gold.json`."""
    gold = json.loads((folder / "gold.json").read_text("utf-8"))["articles"]
    for article in articles.read(folder).articles:
        if article.file not in gold or f"{folder.name}/{article.file}" in but:
            continue
        spans = [span for passage in passages.split(article) for span in passage.sentences]
        example = Example(f"{folder.name}/{article.file}", article.text, spans)
        for each in gold[article.file]["statements"]:
            start = article.text.index(each["text"])
            for number in overlapping(spans, start, start + len(each["text"])):
                example.gold[number] = Gold(
                    each["voice"], each["names"], {"via": each.get("via")} if each["voice"] == "speaker" else {}
                )
        yield example


def of_lines(statements: Path, folder: Path) -> Iterator[Example]:
    """Articles whose gold is a file of lines (`file`, `line_no`, `statement`, `speaker` or null, `speaker_mention`, `speaker_accept`)."""
    lines = [json.loads(line) for line in statements.read_text("utf-8").splitlines() if line.strip()]
    for article in articles.read(folder).articles:
        spans = [span for passage in passages.split(article) for span in passage.sentences]
        example = Example(article.file, article.text, spans)
        for line in (line for line in lines if line["file"] == article.file):
            first = sum(len(row) + 1 for row in article.text.split("\n")[: line["line_no"] - 1])
            start = article.text.index(line["statement"], first)
            names = [
                name for name in (line["speaker"], line["speaker_mention"], *line.get("speaker_accept", [])) if name
            ]
            for number in overlapping(spans, start, start + len(line["statement"])):
                example.gold[number] = Gold("speaker" if line["speaker"] else "unclear", names)
        yield example


def of_sentences(path: Path) -> Iterator[Example]:
    """Short texts, a sentence a line: whose it is or nobody, a tab, the sentence; `+` goes on with the text above, `?` is nobody named."""
    texts: list[list[tuple[str, str]]] = []
    for line in path.read_text("utf-8").splitlines():
        name, _, sentence = line.partition("\t")
        if not name.startswith("+"):
            texts.append([])
        texts[-1].append((name.removeprefix("+"), sentence))
    for number, rows in enumerate(texts):
        yield of_rows(f"{path.stem}#{number}", rows)


def of_rows(name: str, rows: Sequence[tuple[str, str]]) -> Example:
    """One short text, as rows of whose a sentence is and the sentence."""
    names = list(dict.fromkeys(speaker for speaker, _ in rows if speaker not in {"", "?"}))
    gold = []
    for speaker, _ in rows:
        voice = "unclear" if speaker == "?" else "speaker" if speaker else "article"
        above = names[: names.index(speaker)] if speaker.lower().partition(" ")[0] in _OTHERS else []
        gold.append(Gold(voice, [speaker] if voice == "speaker" else [], perhaps=above))
    return _joined(name, [sentence for _, sentence in rows], gold)


def of_short(path: Path) -> Iterator[Example]:
    """Texts with an empty line between them, a sentence a line: voice, name, role, outlet, reporting words and the sentence, with tabs between.

    "¶ " in front of a sentence begins a paragraph; the voice `x` is that of a line of the page that is no sentence.
    """
    for at, block in enumerate(path.read_text("utf-8").strip().split("\n\n")):
        rows = [[part.strip() for part in line.split("\t")] for line in block.split("\n")]
        gold = [None if row[0] == "x" else of_fields(row) for row in rows]
        yield _joined(f"{path.stem}#{at}", [row[5] for row in rows], gold, " \n"[at % 3 == 0])


def _joined(name: str, lines: Sequence[str], gold: Sequence[Gold | None], joint: str = " ") -> Example:
    """The text that sentences, and lines without gold, make; `joint` stands between sentences where none begins a paragraph."""
    if None in gold or any(line.startswith(_PARAGRAPH) for line in lines):
        joint = " "
    example, text = Example(name, "", []), ""
    for number, (line, own) in enumerate(zip(lines, gold, strict=True)):
        apart = own is None or gold[number - 1] is None or line.startswith(_PARAGRAPH)
        text += ("\n" if apart else joint) * bool(text)
        words = line.removeprefix(_PARAGRAPH)
        if own is not None:
            example.gold[len(example.sentences)] = own
            example.sentences.append((len(text), len(text) + len(words)))
        text += words
    example.text = text
    return example


def of_fields(row: Sequence[str]) -> Gold:
    """Voice, name, role, outlet and reporting words as annotators write them."""
    voice, name, *others = row[:5]
    fields = {key: None if value == "-" else value for key, value in zip(FIELDS[1:], others, strict=True)}
    return Gold(
        {"a": "article", "u": "unclear", "s": "speaker"}[voice],
        [] if name == "-" else name.split(" | "),
        fields if voice == "s" else {},
        two=" | " in name,
    )


def of_news(path: Path) -> Iterator[Example]:
    """Sentences of news, each alone, a JSON object a line.

    Each has `doc`, its article, `text`, `voice`, `source` (a stretch of the text, or null), `pronoun`, whether the source
    is one, and perhaps a `note`, in which others follow `two:` who speak in it as well. What a pronoun says is left
    out: whose it is stands in no sentence.
    """
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        if row["pronoun"]:
            continue
        first, _, others = (row.get("note") or "").partition("two: ")
        others = "" if first else others.partition(";")[0]
        names = [name for name in (row["source"], *others.split(", ")) if name]
        gold = Gold(row["voice"], names if row["voice"] == "speaker" else [], two=bool(others))
        text = row["text"] + '"' * bool(_UNCLOSED.search(row["text"]))
        yield Example(row["doc"], text, [(0, len(text))], {0: gold})


def overlapping(spans: Sequence[Span], start: int, end: int) -> list[int]:
    """The spans of which (or of whose shorter side) more than half lies in `[start, end)`."""
    return [
        number
        for number, (low, high) in enumerate(spans)
        if min(high, end) - max(low, start) > 0.5 * min(high - low, end - start)
    ]
