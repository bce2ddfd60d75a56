"""Fits the order of `retrieval/search/reranker.py` on whole collections, leaving collections out.

A listwise logistic regression: a softmax over one question's candidates, whose answering ones share the likelihood. It
is printed as the constant `_ORDER`, with figures of collections that it was not fitted on.

    python -m training.order gold/d1 gold/d2 … [--folds 6]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from retrieval import articles as files
from retrieval.index import corpus as corpora
from retrieval.search import cross_encoder, hybrid, reranker
from retrieval.search.encoder import DEFAULT, SentenceEncoder
from retrieval.search.reranker import Query
from retrieval.search.sparse import words
from training.collections import NEAR, answers_it

Array = NDArray[np.float64]
CLOSELY = 4  # candidates whose sentences are read as well
RIDGE = 0.005


class Question(NamedTuple):
    """One question: its candidates' evidence `(n, 5)` in the order of `_ORDER`, which of them answer, whether any does."""

    collection: str
    evidence: Array
    answering: NDArray[np.bool_]
    answerable: bool


def read(folder: Path, encoder: SentenceEncoder, model: cross_encoder.OnnxCrossEncoder) -> list[Question]:
    """Every gold question of a collection with the evidence of its candidates."""
    gold = json.loads((folder / "gold.json").read_text("utf-8"))
    collection = [article for article in files.read(folder).articles if article.file in gold["articles"]]
    corpus = corpora.make(collection, encoder, None)
    made = []
    for record in gold["questions"]:
        query = _query(record["question"], corpus)
        vector = encoder.encode_queries([query.text])[0]
        candidates = hybrid.find(corpus.sides, vector, words(query.text))[:NEAR]
        passages = [corpus.passages[candidate.row] for candidate in candidates]
        if not candidates:
            continue
        whole = model.score([(query.text, passage.text) for passage in passages])
        sentence = whole - reranker._UNREAD
        fused = np.array([candidate.score for candidate in candidates])
        for place in np.argsort(-(whole + 2 * fused), kind="stable")[:CLOSELY]:
            spans = reranker._likeliest(query, passages[place], candidates[place].sentence_similarities)
            texts = [passages[place].article.text[start:end] for start, end in spans]
            sentence[place] = model.score([(query.text, text) for text in texts]).max()
        evidence = np.column_stack(
            [
                whole,
                sentence,
                fused,
                [max(candidate.sentence_similarities) for candidate in candidates],
                [candidate.similarity for candidate in candidates],
            ]
        )
        answering = np.array([answers_it(passage, record["answers"]) for passage in passages])
        made.append(Question(folder.name, evidence.astype(float), answering, bool(record["answers"])))
    return made


def _query(text: str, corpus: corpora.Corpus) -> Query:
    return Query(text, {stem: corpus.sides.words.rarity(stem) for stem in words(text)})


def fit_order(questions: Sequence[Question]) -> Array:
    """The weights of the evidence, by maximum likelihood with a ridge."""
    usable = [question for question in questions if question.answering.any()]

    def loss(weights: Array) -> tuple[float, Array]:
        total, slope = RIDGE * float(weights @ weights) / 2, RIDGE * weights
        for question in usable:
            scores = question.evidence @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            right = chances * question.answering
            total -= float(np.log(right.sum() + 1e-12)) / len(usable)
            slope = slope - question.evidence.T @ (right / right.sum() - chances) / len(usable)
        return total, slope

    weights: Array = minimize(loss, np.zeros(usable[0].evidence.shape[1]), jac=True, method="L-BFGS-B").x
    return weights


def figures(questions: Sequence[Question], folds: int) -> None:
    """Print how often the right passage comes first, and among three, in collections that the order was not fitted on."""
    names = sorted({question.collection for question in questions})
    right, three = [], []
    for fold in range(folds):
        held = set(names[fold::folds])
        order = fit_order([question for question in questions if question.collection not in held])
        for question in (each for each in questions if each.collection in held and each.answerable):
            ranking = np.argsort(-(question.evidence @ order), kind="stable")
            right.append(bool(question.answering[ranking[0]]))
            three.append(bool(question.answering[ranking[:3]].any()))
    print(f"{len(right)} answerable questions: right first {np.mean(right):.3f}, among three {np.mean(three):.3f}")


def main() -> None:
    """Print the constant and the figures of collections left out."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--folds", type=int, default=6)
    given = parser.parse_args()
    encoder, model = SentenceEncoder(DEFAULT), cross_encoder.OnnxCrossEncoder()
    questions = [question for folder in given.folders for question in read(folder, encoder, model)]
    order = fit_order(questions)
    print(f"_ORDER = ({', '.join(f'{weight:.2f}' for weight in order)})")
    figures(questions, min(given.folds, len({question.collection for question in questions})))


if __name__ == "__main__":
    main()
