"""Fits the logistic models of `training/speakers/weights.json` on annotated collections, leaving collections out.

A collection is a folder with articles and a `gold.json` that names, for some sentences of each article, the voice
(`speaker`, `article`, `unclear`) and the accepted names. Three models are fitted one after the other, since each needs
the one before: coreference (pronoun and antecedent), cue (a cue's source and its sentence), context (a neighbour's
speaker and a sentence without a cue of its own).

    python -m training.speakers.fit FOLDER... [--folds 8] [--write]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.collections import same_name
from retrieval import articles, passages
from retrieval.speakers import attribution, coreference, linking, mentions, model
from retrieval.speakers.attribution import Analysis

OWN = 2  # how often a candidate counts for a sentence that is nobody's
BARS = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
STRENGTH = {"coreference": 0.3, "cue": 0.5, "context": 0.3}  # inverse of the L2 penalty

Weights = dict[str, dict[str, float]]


@dataclass
class Example:
    """One article taken apart, and for its annotated sentences the voice and the accepted names."""

    collection: str
    analysis: Analysis
    mentions: list[list[mentions.Mention]]
    gold: dict[int, tuple[str, list[str]]] = field(default_factory=dict)


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

    A line that starts with `+` goes on with the text of the line above. Whose it is stands as the sentence has it.
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
    names = list(dict.fromkeys(name for name, _ in rows if name))
    for number, (name, _) in enumerate(rows):
        before = name.lower().startswith(("the ", "he", "she", "it", "they"))  # somebody of the sentences above
        accepted = [name, *names[: names.index(name)]] if name and before else [name]
        example.gold[number] = ("speaker" if name else "article", accepted if name else [])
    return example


def overlapping(spans: Sequence[tuple[int, int]], start: int, end: int) -> list[int]:
    """The spans of which (or of whose shorter side) more than half lies in `[start, end)`."""
    return [
        number
        for number, (low, high) in enumerate(spans)
        if min(high, end) - max(low, start) > 0.5 * min(high - low, end - start)
    ]


def fit(examples: Sequence[Example]) -> Weights:
    """All three models, fitted on these articles."""
    weights: Weights = {"coreference": {"bias": 0.0}, "cue": {"bias": 0.0}, "context": {"bias": 0.0}}
    for name, rows in (
        ("coreference", _pronouns),
        ("cue", _cues),
        ("context", _neighbours),
    ):
        _use(weights)
        weights[name] = _fitted([row for example in examples for row in rows(example)], STRENGTH[name])
    return weights


def _fitted(rows: Sequence[tuple[Mapping[str, float], bool]], strength: float) -> dict[str, float]:
    vectorizer = DictVectorizer(sparse=True)
    matrix = vectorizer.fit_transform([dict(features) for features, _ in rows])
    regression = LogisticRegression(C=strength, max_iter=2000).fit(matrix, [right for _, right in rows])
    named = dict(zip(vectorizer.feature_names_, regression.coef_[0].round(3).tolist(), strict=True))
    return {
        "bias": round(float(regression.intercept_[0]), 3),
        **{name: weight for name, weight in named.items() if weight},
    }


def _use(weights: Weights) -> None:
    model.weights = lambda: weights  # type: ignore[assignment]


def _shown(example: Example, mention: mentions.Mention) -> str:
    return example.analysis.context.document.text[slice(*mention.span)]


def _pronouns(example: Example) -> Iterator[tuple[Mapping[str, float], bool]]:
    context = _fresh(example)
    for number, (voice, names) in sorted(example.gold.items()):
        for cue in example.analysis.cues[number]:
            if voice != "speaker" or cue.source is None:
                continue
            mention = mentions.of(context.document, number, cue.source)
            if mention.kind != "pronoun":
                continue
            pairs = [
                (each.features, same_name(_shown(example, each.mention), names))
                for each in coreference.antecedents(context, mention)
            ]
            if any(right for _, right in pairs):
                yield from pairs


def _reset(example: Example) -> None:
    context = example.analysis.context
    context.mentions[:] = [list(row) for row in example.mentions]
    context.speakers[:] = [None] * len(context.speakers)


def _fresh(example: Example) -> coreference.Context:
    """The context anew, with the speakers that the sentences' own cues give, where they name somebody."""
    _reset(example)
    context = example.analysis.context
    for number, cues in enumerate(example.analysis.cues):
        sources = [mentions.of(context.document, number, cue.source) for cue in cues if cue.source is not None]
        named = [
            context.people.fullest(each.words) or each for each in sources if each.kind in {"person", "role", "body"}
        ]
        context.speakers[number] = named[0] if named else None
    return context


def _cues(example: Example) -> Iterator[tuple[Mapping[str, float], bool]]:
    context = _fresh(example)
    for number, (voice, names) in sorted(example.gold.items()):
        if example.analysis.labels.get(number) or context.document.sentences[number].inside:
            continue
        for candidate in linking.of_cues(context, number, example.analysis.cues[number]):
            row = candidate.features, voice == "speaker" and same_name(_shown(example, candidate.speaker), names)
            yield from [row] * (1 if voice == "speaker" else OWN)


def _neighbours(example: Example) -> Iterator[tuple[Mapping[str, float], bool]]:
    """Candidates with the neighbours' speakers as they are, where those are annotated, else as they are found."""
    _reset(example)
    links, hints = attribution.link(example.analysis)
    own = [each if each and each.origin == "cue" else None for each in links]
    for number, (voice, names) in sorted(example.gold.items()):
        if own[number] is not None or number in example.analysis.labels:
            continue
        for candidate in linking.of_neighbours(example.analysis.context, number, links, own, hints[number]):
            yield candidate.features, voice == "speaker" and same_name(_shown(example, candidate.speaker), names)


def judged(example: Example) -> Iterator[tuple[str, bool, float, str, int]]:
    """For each annotated sentence: voice, whether the likeliest name is right, its probability, the name, the sentence."""
    _reset(example)
    attribution.BAR, bar = 0.35, attribution.BAR
    links, _ = attribution.link(example.analysis)
    attribution.BAR = bar
    for number, (voice, names) in sorted(example.gold.items()):
        link = links[number]
        name = _shown(example, link.speaker) if link else ""
        yield (
            voice,
            bool(link) and voice == "speaker" and same_name(name, names),
            link.probability if link else 0.0,
            name,
            number,
        )


def table(rows: Sequence[tuple[str, bool, float, str, int]]) -> list[str]:
    """Precision of the names shown, recall of those there are, and the outlet's own sentences given away, by bar."""
    lines = []
    for bar in BARS:
        shown = [row for row in rows if row[2] >= bar]
        right = sum(row[1] for row in shown)
        speakers = sum(row[0] == "speaker" for row in rows)
        given = sum(row[0] == "article" for row in shown)
        lines.append(
            f"bar {bar:.2f}: precision {right / max(1, len(shown)):.3f} recall {right / max(1, speakers):.3f} article {given}"
        )
    return lines


def main() -> None:
    """Print figures with collections left out; with `--write`, fit on all and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--lines", type=Path, nargs=2, metavar=("STATEMENTS", "ARTICLES"), help="more to train on")
    parser.add_argument("--sentences", type=Path, help="sentences to train on: speaker or nothing, tab, sentence")
    parser.add_argument("--folds", type=int, default=8)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--wrong", action="store_true", help="list names that are wrong and names that are missed")
    given = parser.parse_args()
    examples = [example for folder in given.folders for example in read(folder)]
    examples += list(read_lines(*given.lines)) if given.lines else []
    examples += list(read_sentences(given.sentences)) if given.sentences else []
    names = sorted({example.collection for example in examples})
    rows: list[Any] = []
    for fold in range(min(given.folds, len(names))):
        held = set(names[fold :: given.folds])
        _use(fit([example for example in examples if example.collection not in held]))
        for example in (each for each in examples if each.collection in held):
            judgements = list(judged(example))
            rows += judgements
            if given.wrong:
                _list(example, judgements)
    print("\n".join(table(rows)))
    if given.write:
        model.WEIGHTS.write_text(json.dumps(fit(examples), indent=1, sort_keys=True) + "\n", "utf-8")


def _list(example: Example, rows: Sequence[tuple[str, bool, float, str, int]]) -> None:
    for voice, right, probability, name, number in rows:
        sentence = example.analysis.context.document.sentences[number]
        text = example.analysis.context.document.text[sentence.start : sentence.end][:150]
        kind = "WRONG" if name and not right and probability >= attribution.BAR else ""
        kind = kind or ("MISS" if voice == "speaker" and not (right and probability >= attribution.BAR) else "")
        if kind:
            print(
                f"{kind} {example.collection} {probability:.2f} {name!r} want {example.gold[number][1][:2] or voice} | {text}"
            )


if __name__ == "__main__":
    main()
