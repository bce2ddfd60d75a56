"""Fits the models of `retrieval/speakers/weights/linking.json` on annotated collections, leaving collections out.

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
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.collections import same_name
from retrieval.speakers import attribution, coreference, linking, mentions, model
from retrieval.speakers.model import Model, Tree
from training.speakers import examples as annotated
from training.speakers.examples import Example

OWN = 2  # how often a candidate counts for a sentence that is nobody's
BARS = (0.4, 0.5, 0.6, 0.7)
STRENGTH = {"coreference": 0.3, "cue": 0.5, "context": 0.3}  # inverse of the L2 penalty

TREES = 100
PARTS = 4  # of the collections, each taken by models that did not see it
KNOWN = 8  # candidates with a feature from which the trees may ask for it


def fit(examples: Sequence[Example]) -> dict[str, Model]:
    """All three models. What an earlier one gives a later one to learn from comes from articles that it did not see."""
    collections = sorted({example.collection for example in examples})
    parts = [[each for each in examples if each.collection in collections[part::PARTS]] for part in range(PARTS)]
    unseeing = [dict.fromkeys(("coreference", "cue", "context"), Model(0.0, {}, 0.0, ())) for _ in parts]
    models = {}
    for name, rows_of in (("coreference", _pronouns), ("cue", _cues), ("context", _neighbours)):
        rows = []
        for part, others in zip(parts, unseeing, strict=True):
            _use(others)
            rows.append([row for example in part for row in rows_of(example)])
        models[name] = _fitted(list(chain(*rows)), STRENGTH[name])
        for number, others in enumerate(unseeing if name != "context" else ()):
            others[name] = _fitted(list(chain(*rows[:number], *rows[number + 1 :])), STRENGTH[name])
    return models


def _fitted(rows: Sequence[tuple[Mapping[str, float], bool]], strength: float) -> Model:
    vectorizer = DictVectorizer(sparse=True)
    matrix = vectorizer.fit_transform([dict(features) for features, _ in rows])
    right = np.array([right for _, right in rows])
    regression = LogisticRegression(C=strength, max_iter=2000).fit(matrix, right)
    names = vectorizer.get_feature_names_out()
    weights = dict(zip(names.tolist(), regression.coef_[0].round(3).tolist(), strict=True))
    known = np.flatnonzero(np.asarray((matrix != 0).sum(0)).ravel() >= KNOWN)
    boosting = HistGradientBoostingClassifier(
        max_iter=TREES,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=1,
    ).fit(matrix[:, known].toarray(), right)
    return Model(
        round(float(regression.intercept_[0]), 3),
        {name: weight for name, weight in weights.items() if weight},
        round(float(boosting._baseline_prediction.item()), 3),  # scikit-learn has no public view of its trees
        [_tree(predictor.nodes, names[known].tolist()) for (predictor,) in boosting._predictors],
    )


def _tree(nodes: Any, names: Sequence[str], at: int = 0) -> Tree:
    node = nodes[at]
    if node["is_leaf"]:
        return round(float(node["value"]), 4)
    low, high = (_tree(nodes, names, int(node[side])) for side in ("left", "right"))
    return [names[node["feature_idx"]], round(float(node["num_threshold"]), 4), low, high]


def _use(models: dict[str, Model]) -> None:
    model.models = lambda: models  # type: ignore[assignment]


def _shown(example: Example, mention: mentions.Mention) -> str:
    return example.analysis.context.document.text[slice(*mention.span)]


def _pronouns(example: Example) -> Iterator[tuple[Mapping[str, float], bool]]:
    context = _fresh(example)
    if example.alone:
        return
    for number, (voice, names) in sorted(example.gold.items()):
        for cue in example.analysis.cues[number]:
            if voice == "article" or cue.source is None:
                continue
            mention = mentions.of(context.document, number, cue.source)
            if mention.kind != "pronoun":
                continue
            antecedents = coreference.antecedents(context, mention)
            pairs = [(each.features, same_name(_shown(example, each.mention), names)) for each in antecedents]
            yield from pairs
            right = [each.mention for each, (_, right) in zip(antecedents, pairs, strict=True) if right]
            if right:
                coreference.enter(context, right[0], mention)


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
    links, hints = attribution.propose(example.analysis)
    own = [each if each and each.origin == "cue" else None for each in links]
    for number, (voice, names) in sorted(example.gold.items()):
        if own[number] is not None or number in example.analysis.labels:
            continue
        for candidate in linking.of_neighbours(example.analysis.context, number, links, own, hints[number]):
            yield candidate.features, voice == "speaker" and same_name(_shown(example, candidate.speaker), names)


class Judgement(NamedTuple):
    """An annotated sentence: its number, the voice, the name shown (empty for nobody), and whether that is right."""

    number: int
    voice: str
    name: str
    right: bool


def judged(example: Example, bar: float = attribution.BAR) -> list[Judgement]:
    """What linking proposes for each annotated sentence where it proposes names from a probability of `bar` on."""
    _reset(example)
    usual, attribution.BAR = attribution.BAR, bar
    links, _ = attribution.propose(example.analysis)
    attribution.BAR = usual
    rows = []
    for number, (voice, names) in sorted(example.gold.items()):
        link = links[number]
        name = _shown(example, link.speaker) if link else ""
        rows.append(Judgement(number, voice, name, bool(name) and voice == "speaker" and same_name(name, names)))
    return rows


def line(rows: Sequence[Judgement]) -> str:
    """Precision of the names shown, recall of those there are, and the outlet's own sentences given away."""
    shown = [row for row in rows if row.name]
    right = sum(row.right for row in rows)
    speakers, own = (sum(row.voice == voice for row in rows) for voice in ("speaker", "article"))
    given = sum(row.voice == "article" for row in shown)
    return (
        f"precision {right / max(1, len(shown)):.3f} recall {right / max(1, speakers):.3f} of {speakers}, "
        f"given away {given / max(1, own):.3f} of {own}"
    )


def left_out(examples: Sequence[Example], folds: int, *, wrong: bool = False) -> Iterator[str]:
    """A line of figures for each bar, each collection judged by models that did not see it."""
    names = sorted({example.collection for example in examples})
    rows: dict[float, list[Judgement]] = {bar: [] for bar in BARS}
    for fold in range(min(folds, len(names))):
        held = set(names[fold::folds])
        _use(fit([example for example in examples if example.collection not in held]))
        for example in (each for each in examples if each.collection in held):
            for bar in BARS:
                rows[bar] += judged(example, bar)
            if wrong:
                _list(example)
    for bar, each in rows.items():
        yield f"bar {bar:.2f}: {line(each)}"


def main() -> None:
    """Print figures with collections left out; with `--write`, fit on all and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--lines", type=Path, nargs=2, metavar=("STATEMENTS", "ARTICLES"), help="more to train on")
    parser.add_argument("--sentences", type=Path, help="sentences to train on: speaker or nothing, tab, sentence")
    parser.add_argument("--news", type=Path, help="sentences of news to train on")
    parser.add_argument("--folds", type=int, default=8)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--wrong", action="store_true", help="list names that are wrong and names that are missed")
    options = parser.parse_args()
    examples = [example for folder in options.folders for example in annotated.read(folder)]
    examples += list(annotated.read_lines(*options.lines)) if options.lines else []
    examples += list(annotated.read_sentences(options.sentences)) if options.sentences else []
    examples += list(annotated.read_news(options.news)) if options.news else []
    print("\n".join(left_out(examples, options.folds, wrong=options.wrong)))
    if options.write:
        model.WEIGHTS.write_text(_written(fit(examples)), "utf-8")


def _written(models: Mapping[str, Model]) -> str:
    """The models as JSON, a tree a line."""

    def plain(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), sort_keys=True)

    rows = []
    for name, fitted in models.items():
        trees = ",\n".join(map(plain, fitted.trees))
        rows.append(f"{plain(name)}:[{fitted.bias},\n{plain(fitted.weights)},\n{fitted.base},\n[{trees}]]")
    return "{" + ",\n".join(rows) + "}\n"


def _list(example: Example) -> None:
    document = example.analysis.context.document
    for row in judged(example):
        kind = "WRONG" if row.name and not row.right else "MISSED" if row.voice == "speaker" and not row.right else ""
        sentence = document.sentences[row.number]
        text = document.text[sentence.start : sentence.end][:150]
        if kind:
            print(
                f"{kind} {example.collection} {row.name!r} want {example.gold[row.number][1][:2] or row.voice} | {text}"
            )


if __name__ == "__main__":
    main()
