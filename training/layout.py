"""Fit the layout model of articles: `python -m training.layout gold/d* [--pages tests/pages] [--report]`.

Needs `python-crfsuite`, which Byline itself does not. What a collection's `gold.json` says of its articles becomes a
label for every line; with `--report` whole collections are held out in turn and the model is judged on them, else it is
written to the package.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import random
import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.articles import candidates, dates, headers, layout, line_classification, line_features
from retrieval.text.paragraphs import Paragraph, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LABELS_OF_FACTS = (
    ("byline", "author"),
    ("date", "date"),
    ("address", "url"),
    ("outlet", "publisher"),
    ("outlet", "source"),
)
OPTIONS = {"c1": 0.08, "c2": 0.02, "max_iterations": 150, "feature.possible_transitions": True}
SMALLEST = 0.02  # weights nearer to zero are left out of the file
SECTIONS = [
    "World",
    "News",
    "Politics",
    "Economy",
    "Business",
    "Science",
    "Health",
    "Culture",
    "Sport",
    "Opinion",
    "Local",
    "Europe",
    "Technology",
    "Energy",
    "Courts",
    "Weather",
    "Environment",
    "Defence",
    "Society",
    "Education",
    "Travel",
    "Security",
    "Law",
    "Markets",
    "Media",
    "Religion",
]
NAMELESS = 0.3  # the share of articles that are also learned from without their outlet's name
FOLDS = 5
RAREST = 2  # texts in which a feature of a candidate must stand
DECAY = 0.15  # how strongly weights are held near zero
# Held out (`--report`), about one in ten facts that are shown is then wrong: that costs more than a missing one.
BARS = {"title": 0.8, "publisher": 0.6, "author": 0.9, "date": 0.6}
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


Row = tuple[Example, tuple[Paragraph, ...], list[list[str]], list[str]]


def examples(folders: Sequence[Path], pages: Path | None) -> Iterator[Example]:
    """Every article of the collections, then of the drawn pages."""
    for folder in folders:
        for name, gold in json.loads((folder / "gold.json").read_text("utf-8"))["articles"].items():
            text = (folder / name).read_bytes().decode()
            lines = [line.strip() for stretch in gold["furniture"] for line in stretch.split("\n") if line.strip()]
            yield Example(folder.name, text, gold["metadata"], lines, [each["text"] for each in gold["statements"]])
    for page in sorted(pages.glob("*.txt")) if pages else ():
        head, _, body = page.read_text("utf-8").partition("===\n")
        stated = dict(line.split(": ", 1) for line in head.splitlines() if line)
        facts = {name: None if value == "null" else value.strip('"') for name, value in stated.items()}
        drawn = [(line[:1], line[2:].replace("⟦", "").replace("⟧", "")) for line in body.splitlines()]
        off = [line.strip() for sign, line in drawn if sign == "-" and line.strip() != facts.get("title")]
        yield Example(
            page.stem, "\n".join(line for _, line in drawn), facts, [line for line in off if line],
            [line.strip() for sign, line in drawn if sign == "+" and line.strip()],
        )  # fmt: skip


def made(example: Example, rng: random.Random) -> Iterator[Example]:
    """What one article teaches besides: a few of its paragraphs pasted alone, and its page without its outlet's name."""
    paragraphs_ = [line for line in example.text.splitlines() if any(text in line for text in example.statements)]
    start = rng.randrange(max(1, len(paragraphs_) - 2))
    alone = paragraphs_[start : start + rng.randint(2, 6)]
    yield dataclasses.replace(example, text=rng.choice(("\n", "\n\n")).join(alone), facts={}, boilerplate=[], made=True)
    outlet = (example.facts.get("publisher") or "").casefold()
    kept = [
        line for line in example.text.splitlines() if not outlet or outlet not in line.casefold() or line in paragraphs_
    ]
    if outlet and outlet not in "\n".join(paragraphs_)[:400].casefold() and rng.random() < NAMELESS:
        section = rng.choice(
            [*SECTIONS, *[word.title() for word in (example.facts.get("title") or "").split() if len(word) > 5] * 5]
        )
        top = rng.choice(([], [section], [section.upper()], [" ".join(rng.sample(SECTIONS, 4))]))
        facts = {**example.facts, "publisher": None, "source": None}
        facts = {
            name: value
            for name, value in facts.items()
            if value and (name == "date" or any(value in line for line in kept))
        }
        off = [*example.boilerplate, *top]
        yield dataclasses.replace(example, text="\n".join([*top, *kept]), facts=facts, boilerplate=off, made=True)


def labels(rows: Sequence[Paragraph], example: Example) -> list[str]:
    """The gold label of every line."""
    stated = [
        any(text in row.words or (len(row.words) > 40 and row.words in text) for text in example.statements)
        for row in rows
    ]
    first = stated.index(True) if True in stated else len(rows)
    last = len(rows) - 1 - stated[::-1].index(True) if True in stated else -1
    named = []
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
            named.append("body" if stated[at] or not _plain(row) else "heading")
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
    steps = [[round(info.transitions.get((one, other), 0.0), 3) for other in order] for one in order]
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


def fit_facts(data: Sequence[Row], labelled: Sequence[tuple[layout.Line, ...]]) -> dict[str, Any]:
    """The weights and the bar of every field."""
    return {
        field: fit_field(field, [(example, lines) for (example, *_), lines in zip(data, labelled, strict=True)])
        for field in candidates.FIELDS
    }


def fit_field(field: str, texts: Sequence[tuple[Example, tuple[layout.Line, ...]]]) -> dict[str, Any]:
    """The weights that make the right candidate, or none, the likeliest: gradient descent on the log-likelihood."""
    groups = []
    for example, lines in texts:
        found = candidates.of(field, lines)
        right = [plain(each.value) == plain(example.facts.get(field) or "") for each in found]
        if found and (any(right) or not example.facts.get(field)):
            groups.append((found, right))
    times = Counter(name for found, _ in groups for name in {name for each in found for name in each.features})
    number = {name: at for at, name in enumerate(sorted(name for name, each in times.items() if each >= RAREST))}
    weights = _descend(
        [([[number[n] for n in each.features if n in number] for each in f], r) for f, r in groups], len(number)
    )
    kept = {name: round(weights[at], 3) for name, at in number.items() if abs(weights[at]) >= SMALLEST}
    return {"bar": BARS[field], "weights": kept}


def _descend(groups: Sequence[tuple[list[list[int]], list[bool]]], size: int) -> list[float]:
    import torch

    flat = [names for found, _ in groups for names in found]
    ids = torch.tensor([name for names in flat for name in names])
    offsets = torch.tensor([0, *itertools.accumulate(len(names) for names in flat)][:-1])
    text = torch.tensor([at for at, (found, _) in enumerate(groups) for _ in found])
    right = torch.tensor([each for _, rights in groups for each in rights])
    none = torch.tensor([not any(rights) for _, rights in groups])
    weights = torch.zeros(size, 1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=120, line_search_fn="strong_wolfe")

    def loss() -> Any:
        optimizer.zero_grad()
        scores = torch.nn.functional.embedding_bag(ids, weights, offsets, mode="sum")[:, 0].clamp(max=50).exp()
        total = 1 + torch.zeros(len(groups)).index_add(0, text, scores)
        good = none.float() + torch.zeros(len(groups)).index_add(0, text, scores * right)
        value = -(good / total).clamp(min=1e-9).log().sum() + DECAY * weights.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return [float(each) for each in weights.detach()[:, 0]]


def plain(fact: str) -> str:
    """A fact without case and punctuation."""
    return re.sub(r"\W+", " ", fact.casefold()).strip()


def report(data: Sequence[Row], labelled: Sequence[tuple[layout.Line, ...]]) -> None:
    """Held-out labels and facts, on the terminal."""
    given = [
        (example, gold, lines) for (example, *_, gold), lines in zip(data, labelled, strict=True) if not example.made
    ]
    counts = Counter(
        pair for _, gold, lines in given for pair in zip(gold, (line.label for line in lines), strict=True)
    )
    print("\n".join(f"{gold:8} {shown:8} {times}" for (gold, shown), times in sorted(counts.items())))
    texts = [(example, lines) for (example, *_), lines in zip(data, labelled, strict=True)]
    for field in candidates.FIELDS:
        rows = list(_held_out_facts(field, texts))
        stated = sum(bool(want) for *_, want in rows)
        for bar in (0.3, 0.5, 0.6, 0.7, 0.8, 0.9):
            shown = [(value, want) for value, chance, want in rows if chance >= bar]
            good = sum(plain(value) == plain(want or "") for value, want in shown)
            wrong = (len(shown) - good) / max(1, len(shown))
            print(
                f"{field}, bar {bar}: recovered {good / max(1, stated):.3f} of {stated}, wrong {wrong:.3f} of {len(shown)}"
            )


def _held_out_facts(
    field: str, texts: Sequence[tuple[Example, tuple[layout.Line, ...]]]
) -> Iterator[tuple[str, float, str | None]]:
    """The likeliest value of every given text, its probability, and the stated one."""
    groups = sorted({example.group for example, _ in texts})
    for fold in range(FOLDS):
        out = set(groups[fold::FOLDS])
        weights = fit_field(field, [pair for pair in texts if pair[0].group not in out])["weights"]
        for example, lines in texts:
            if example.group in out and not example.made:
                ranked = candidates.chances(weights, candidates.of(field, lines))
                yield (*max(ranked, key=lambda pair: pair[1], default=("", 0.0)), example.facts.get(field))


def main() -> None:
    """Read the command line, fit, and write or report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--pages", type=Path)
    parser.add_argument(
        "--report", action="store_true", help="judge on held-out collections instead of writing the model"
    )
    options = parser.parse_args()
    data = []
    rng = random.Random(0)
    given = list(examples(options.folders, options.pages))
    for example in (each for one in given for each in (one, *made(one, rng))):
        rows, named = rows_of(example.text)
        data.append((example, rows, named, labels(rows, example)))
    labelled = held_out(data)
    if options.report:
        report(data, labelled)
        return
    stored = {"lines": fit([(named, gold) for *_, named, gold in data]), "facts": fit_facts(data, labelled)}
    target = Path(layout.__file__).parent / layout.WEIGHTS
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(stored, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
