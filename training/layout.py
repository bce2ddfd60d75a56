"""Fit the layout model of articles: `python -m training.layout gold/d* [--pages tests/pages] [--report]`.

Needs `python-crfsuite`, which Byline itself does not. What a collection's `gold.json` says of its articles becomes a
label for every line; with `--report` whole collections are held out in turn and the model is judged on them, else it is
written to the package.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.articles import dates, headers, layout, line_classification, line_features
from retrieval.text.paragraphs import Paragraph, paragraphs
from training import facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LABELS_OF_FACTS = (
    ("byline", "author"),
    ("date", "date"),
    ("address", "url"),
    ("outlet", "publisher"),
    ("outlet", "source"),
)
OPTIONS = {"c1": 0.3, "c2": 1.0, "max_iterations": 100, "feature.possible_transitions": True}
SMALLEST = 0.02  # weights nearer to zero are left out of the file
SECTIONS = (
    "World News Politics Economy Business Science Health Culture Sport Opinion Local Europe Technology Energy Courts "
    "Weather Environment Defence Society Education Travel Security Law Markets Media Religion"
)
BARE, STRAY = 0.5, 0.4  # the share of articles that are also learned from without their page, and of stray lines
NAMELESS = 0.3  # the share of articles that are also learned from without their outlet's name
FOLDS = 5
TRIED = (0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # bars of which the report says what they would lose and show
COPIES = 4
MOST_PLAIN = 12  # words up to which a line without a full stop that nobody labelled is a heading


@dataclass(frozen=True)
class Example:
    """One article: the group it is held out with, its text, and what its gold says."""

    group: str
    text: str
    facts: dict[str, str | None]
    boilerplate: list[str]
    statements: list[str]
    made: bool = False  # out of another one, only to learn from
    drawn: bool = False  # a page of `training/pages` or `tests/pages`


Row = tuple[Example, tuple[Paragraph, ...], list[list[str]], list[str]]


def examples(folders: Sequence[Path], pages: Sequence[Path]) -> Iterator[Example]:
    """Every article of the collections, then of the drawn pages."""
    for folder in folders:
        for name, gold in json.loads((folder / "gold.json").read_text("utf-8"))["articles"].items():
            text = (folder / name).read_bytes().decode()
            lines = [line.strip() for stretch in gold["furniture"] for line in stretch.split("\n") if line.strip()]
            yield Example(folder.name, text, gold["metadata"], lines, [each["text"] for each in gold["statements"]])
    for file in (file for folder in pages for file in sorted(folder.glob("*.txt"))):
        names = re.split(r"^#### (.*)\n", file.read_text("utf-8"), flags=re.MULTILINE)
        for name, page in zip(names[1::2], names[2::2], strict=True) if names[1:] else [(file.stem, names[0])]:
            yield _drawn(f"{file.stem}: {name}", page)


def _drawn(name: str, page: str) -> Example:
    """A drawn page: `field: value` lines, `===`, then `+ ` before what belongs to a passage and `- ` before the rest."""
    head, _, body = page.partition("===\n")
    stated = dict(line.split(": ", 1) for line in head.splitlines() if line)
    facts = {field: None if value == "null" else value.strip('"') for field, value in stated.items()}
    drawn = [(line[:1], line[2:].replace("⟦", "").replace("⟧", "")) for line in body.splitlines()]
    off = [line.strip() for sign, line in drawn if sign == "-" and line.strip() != facts.get("title")]
    stating = [line.strip() for sign, line in drawn if sign == "+" and line.strip() not in ("", facts.get("title"))]
    return Example(
        name, "\n".join(line for _, line in drawn), facts, [line for line in off if line], stating, drawn=True
    )


def made(example: Example, rng: random.Random) -> Iterator[Example]:
    """What one article teaches besides: a few of its paragraphs pasted alone, and its page without its outlet's name."""
    paragraphs_ = [line for line in example.text.splitlines() if any(text in line for text in example.statements)]
    start = rng.randrange(max(1, len(paragraphs_) - 2))
    alone = paragraphs_[start : start + rng.randint(2, 6)]
    yield dataclasses.replace(example, text=rng.choice(("\n", "\n\n")).join(alone), facts={}, boilerplate=[], made=True)
    title = example.facts.get("title")
    if title and title in example.text.splitlines() and rng.random() < BARE:
        yield _bare(example, title, paragraphs_, rng)
    outlet = (example.facts.get("publisher") or "").casefold()
    kept = [
        line for line in example.text.splitlines() if not outlet or outlet not in line.casefold() or line in paragraphs_
    ]
    if outlet and outlet not in "\n".join(paragraphs_)[:400].casefold() and rng.random() < NAMELESS:
        section = rng.choice(
            [
                *SECTIONS.split(),
                *[word.title() for word in (example.facts.get("title") or "").split() if len(word) > 5] * 5,
            ]
        )
        top = rng.choice(([], [section], [section.upper()], [" ".join(rng.sample(SECTIONS.split(), 4))]))
        facts = {**example.facts, "publisher": None, "source": None}
        facts = {
            name: value
            for name, value in facts.items()
            if value and (name == "date" or any(value in line for line in kept))
        }
        off = [*example.boilerplate, *top]
        yield dataclasses.replace(example, text="\n".join([*top, *kept]), facts=facts, boilerplate=off, made=True)


def _bare(example: Example, title: str, body: Sequence[str], rng: random.Random) -> Example:
    """An article as people copy it: its title, sometimes its deck, its text, and a stray line of the page."""
    lines = [line.strip() for line in example.text.splitlines() if line.strip()]
    behind = lines[lines.index(title) + 1 : lines.index(title) + 2] if title in lines else []
    deck = [line for line in behind if line not in (*example.boilerplate, *body) and not dates.find(line)]
    facts = [value.casefold() for value in example.facts.values() if value]
    stray = [line for line in example.boilerplate if not any(value in line.casefold() for value in facts)]
    above, below = (rng.sample(stray, 1) if stray and rng.random() < STRAY else [] for _ in range(2))
    text = rng.choice(("\n", "\n\n")).join([*above, title, *deck, *below, *body[: rng.randint(3, 12)]])
    return dataclasses.replace(example, text=text, facts={"title": title}, boilerplate=[*above, *below], made=True)


def swapped(example: Example, other: Example) -> Example:
    """The same page of another outlet, by another author, under another title: what a name is, is not learned by heart."""
    pairs = [
        (own, new)
        for field in ("title", "publisher", "author")
        if (own := example.facts.get(field)) and (new := other.facts.get(field)) and len(own) > 3
    ]

    def renamed(text: str) -> str:
        for own, new in pairs:
            text = text.replace(own, new)
        return text

    facts = {field: value and renamed(value) for field, value in example.facts.items()}
    off, stated = [*map(renamed, example.boilerplate)], [*map(renamed, example.statements)]
    return Example(example.group, renamed(example.text), facts, off, stated, made=True)


def swapped_often(example: Example, others: Sequence[Example], rng: random.Random) -> Iterator[Example]:
    """One such copy of a collection's article, more of a drawn page, of which there are fewer."""
    for _ in range(COPIES if example.drawn else 1):
        yield swapped(example, rng.choice(others))


def labels(rows: Sequence[Paragraph], example: Example) -> list[str]:
    """The gold label of every line."""
    stated = [
        any(text in row.words or (len(row.words) > 40 and row.words in text) for text in example.statements)
        for row in rows
    ]
    first = stated.index(True) if True in stated else len(rows)
    last = len(rows) - 1 - stated[::-1].index(True) if True in stated else -1
    named: list[str] = []
    for at, row in enumerate(rows):
        off = not stated[at] and _covered(row.words, example.boilerplate) > 0.5
        outside = off or (not stated[at] and not first < at < last and len(row.words) <= 200)
        if _is_title(row.words, example.facts.get("title")) and not headers.dated(row.words):
            named.append("title")
        elif outside and (label := _label_of_fact(row.words, example.facts)):
            named.append(label)
        elif off:
            named.append("aside")
        else:
            deck = "title" in named and at < first
            named.append("body" if stated[at] or not _plain(row) else "deck" if deck else "heading")
    return named


def _plain(row: Paragraph) -> bool:
    """A heading or a deck: short, no full stop, no figures."""
    short = line_classification.count(row.words) <= MOST_PLAIN and not row.bullet
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


def rows_of(text: str) -> tuple[tuple[Paragraph, ...], list[list[str]]]:
    """A text's lines and their features."""
    rows = paragraphs(text)
    return rows, line_features.features(rows, line_classification.page_of(text, rows)) if rows else []


def fit(chains: Sequence[tuple[list[list[str]], list[str]]]) -> dict[str, Any]:
    """The model's file (`layout.parse` reads it) from chains of features and labels."""
    import pycrfsuite  # type: ignore[import-not-found, import-untyped, unused-ignore]

    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(OPTIONS)
    for named, gold in chains:
        trainer.append(named, gold)
    with tempfile.NamedTemporaryFile() as file:
        trainer.train(file.name)
        tagger = pycrfsuite.Tagger()
        tagger.open(file.name)
        info = tagger.info()
    order = sorted(info.labels)
    weights: dict[str, list[tuple[int, float]]] = {}
    for (name, label), weight in info.state_features.items():
        if abs(weight) >= SMALLEST:
            weights.setdefault(name, []).append((order.index(label), round(weight, 3)))
    steps = [[round(info.transitions.get((label, following), 0.0), 3) for following in order] for label in order]
    return {"labels": order, "weights": dict(sorted(weights.items())), "steps": steps}


def held_out(data: Sequence[Row]) -> list[tuple[layout.Line, ...]]:
    """The lines of every example, labelled by a model that has not seen its group."""
    groups = sorted({example.group for example, *_ in data})
    chains = [
        layout.parse(
            fit([(named, gold) for example, _, named, gold in data if example.group not in groups[fold::FOLDS]])
        )
        for fold in range(FOLDS)
    ]
    return [
        layout.labelled(chains[groups.index(example.group) % FOLDS], rows, named) for example, rows, named, _ in data
    ]


def report(data: Sequence[Row], labelled: Sequence[tuple[layout.Line, ...]]) -> None:
    """How often each label was given to the lines of each."""
    counts = Counter(
        pair
        for (example, *_, gold), lines in zip(data, labelled, strict=True)
        if not example.made
        for pair in zip(gold, (line.label for line in lines), strict=True)
    )
    print("\n".join(f"{gold:8} {shown:8} {times}" for (gold, shown), times in sorted(counts.items())))
    for (place, bar), (lost, shown) in sorted(_kept(data, labelled).items()):
        print(f"{place} from {bar}: {lost} of the article's lost, {shown} of boilerplate shown")


def _kept(data: Sequence[Row], labelled: Sequence[tuple[layout.Line, ...]]) -> dict[tuple[str, float], tuple[int, int]]:
    """What each bar of `layout.BARS` would lose and show, by place."""
    counts: Counter[tuple[str, float, bool]] = Counter()
    for (example, *_, gold), lines in zip(data, labelled, strict=True):
        for at, (line, label) in enumerate(zip(lines, gold, strict=True)):
            if not example.made and label in ("body", "aside") and not line_features.doubted(line.features):
                place, chance = layout.place(lines, at), layout.chance(line)
                counts.update(
                    (str(place), bar, label == "body") for bar in TRIED if (chance >= bar) != (label == "body")
                )
    places = {place for place, *_ in counts}
    return {(place, bar): (counts[place, bar, True], counts[place, bar, False]) for place in places for bar in TRIED}


def main() -> None:
    """Read the command line, fit, and write or report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--pages", type=Path, nargs="+", default=[])
    parser.add_argument(
        "--report", action="store_true", help="judge on held-out collections instead of writing the model"
    )
    options = parser.parse_args()
    data = []
    rng = random.Random(0)
    given = list(examples(options.folders, options.pages))
    for example in (copy for page in given for copy in (page, *made(page, rng), *swapped_often(page, given, rng))):
        rows, named = rows_of(example.text)
        data.append((example, rows, named, labels(rows, example)))
    labelled = held_out(data)
    if options.report:
        report(data, labelled)
    weights = facts.fit([(example, lines) for (example, *_), lines in zip(data, labelled, strict=True)])
    if options.report:
        return
    stored = {"lines": fit([(named, gold) for *_, named, gold in data]), "facts": weights}
    target = Path(layout.__file__).parent / layout.WEIGHTS
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(stored, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
