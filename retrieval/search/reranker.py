"""Candidates of the search → the same, best first, each with the sentence that answers, and the evidence for a verdict.

With a cross-encoder (Nogueira and Cho 2019), which reads the question together with a passage, then with the sentences
of the best passages; without one, in the order of the search. Reading takes nearly all the time of a question, so it
goes on only while what is not read yet may still come first. Texts come in as `Document`: what is read of a candidate
need not be its passage.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.records import Rows
from retrieval.search.hybrid import Candidate
from retrieval.search.sparse import SparseIndex, words
from retrieval.search.verdict import Evidence
from retrieval.types import Reranker, Span

Scores = NDArray[np.float32]


COVERAGE_WEIGHT = 0.5  # what a sentence's share of the question's rare words weighs beside its cosine
_READ = 16  # candidates that the cross-encoder reads at most; never more than eight cost a point and a half of hit@1
_AT_ONCE = 2  # candidates read before it is asked whether others are needed: one for each core of a small machine
_READ_CLOSELY = 3  # of them, those whose sentences it reads one by one
_SENTENCES = 3  # of each of these, the ones that the search likes best; more change nothing on the gold questions
_LEAD = 3.0  # of a sentence above the second: more says no more
_SEARCH = 4.0  # what the fused score (0..1) weighs beside both logits; best of 0 to 8 on `gold/v*`


@dataclass(frozen=True, slots=True)
class Query:
    """A question, its words, and how rare each is in the collection: rarest is a word that no article has."""

    text: str
    rarities: Mapping[str, float]

    @classmethod
    def of(cls, text: str, index: SparseIndex) -> Query:
        """The query of a text; its words are stems without stop words."""
        return cls(text, {stem: index.rarity(stem) for stem in words(text)})

    def coverage(self, text: str) -> float:
        """Σ rarity of the query's words that the text has / Σ rarity of all, 0..1; 0 for a query without words."""
        total = sum(self.rarities.values())
        shared = set(words(text))
        return sum(rarity for word, rarity in self.rarities.items() if word in shared) / total if total else 0.0

    def relevance(self, sentence: str, cosine: float) -> float:
        """How much the search has to say for a sentence, 0 to about 1.5."""
        return cosine + COVERAGE_WEIGHT * self.coverage(sentence)


@dataclass(frozen=True, slots=True)
class Document:
    """What is read of a candidate: a text and its sentences, in parallel their spans in it, cosines and statement rows."""

    candidate: Candidate
    text: str
    spans: Sequence[Span]
    cosines: Sequence[float]
    statements: Sequence[int]

    @property
    def sentences(self) -> list[str]:
        """The texts of the sentences."""
        return [self.text[start:end] for start, end in self.spans]


class Ranked(NamedTuple):
    """A document and the number of its sentence that answers; `None` where the reranker has not read its sentences."""

    document: Document
    sentence: int | None = None


class Ranking(NamedTuple):
    """Documents, best first, and the evidence for the first."""

    documents: Sequence[Ranked]
    evidence: Evidence


def rank(reranker: Reranker | None, query: Query, documents: Sequence[Document]) -> Ranking:
    """Rank the documents of the candidates (at least one, best fused score first)."""
    return rerank(reranker, query, documents) if reranker else keep_order(query, documents)


def keep_order(query: Query, documents: Sequence[Document]) -> Ranking:
    """The order of the search, judged by its first document."""
    sentence = best_sentence(query, documents[0])
    ranked = Rows(len(documents), lambda at: Ranked(documents[at], None if at else sentence))  # few of them are shown
    return Ranking(ranked, _evidence(query, documents, 0))


def rerank(reranker: Reranker, query: Query, documents: Sequence[Document]) -> Ranking:
    """Order the first documents by what reranker and search say of them; the others follow as they came.

    The best are ordered by logit of the text + logit of its best sentence + 4 · fused score, the rest by twice the
    logit of the text + 4 · fused score.
    """
    searched = np.array([document.candidate.score for document in documents[:_READ]], np.float32)
    logits = _read(reranker, query, documents[:_READ], _SEARCH / 2 * searched)  # one logit of two, so half the search
    searched, others = searched[: len(logits)], documents[len(logits) :]
    order = np.argsort(-(logits + _SEARCH / 2 * searched), kind="stable").tolist()
    closely = _read_closely(reranker, query, documents, order[:_READ_CLOSELY], logits + _SEARCH * searched)
    best = sorted(closely, key=lambda at: -closely[at].total)  # equal ones stay in their order
    ranked = (
        *(Ranked(documents[at], closely[at].sentence) for at in best),
        *(Ranked(documents[at]) for at in order if at not in closely),
        *(Ranked(document) for document in others),
    )
    first = best[0]
    evidence = _evidence(query, documents, first)
    close = closely[first]
    return Ranking(ranked, replace(evidence, logits=float(logits[first]) + close.logit, sentence_lead=close.lead))


def best_sentence(query: Query, document: Document) -> int:
    """The number of the sentence for which the search has most to say, the first of equals."""
    return int(np.argmax(_relevances(query, document)))


class _Close(NamedTuple):
    """Of a document whose sentences were read the likeliest, its logit, how far it leads, and what orders the document."""

    sentence: int
    logit: float
    lead: float
    total: float


def _read(reranker: Reranker, query: Query, documents: Sequence[Document], searched: Scores) -> Scores:
    """The logits of the first documents: of all, or so many that no other with its credit would come before the best."""
    credit, best = _credit(reranker, 0), -math.inf
    logits = np.zeros(0, np.float32)
    while (at := len(logits)) < len(documents) and best < credit + searched[at]:
        texts = [document.text for document in documents[at : at + _AT_ONCE]]
        logits = np.concatenate([logits, _logits(reranker, query, texts)])
        best = max(logits + searched[: len(logits)])
    return logits


def _read_closely(
    reranker: Reranker, query: Query, documents: Sequence[Document], order: Sequence[int], scores: Scores
) -> dict[int, _Close]:
    """The sentences of the documents in this order, as long as one more with its credit would come first."""
    credit, closely = _credit(reranker, 1), dict[int, _Close]()
    for at in order:
        if any(each.total >= scores[at] + credit for each in closely.values()):
            break
        numbers, sentences = _likely_sentences(query, documents[at]), documents[at].sentences
        logits = _logits(reranker, query, [sentences[number] for number in numbers]).tolist()
        logit, sentence = max(zip(logits, numbers, strict=True), key=lambda pair: pair[0])  # the first of equals
        others = [each for each, number in zip(logits, numbers, strict=True) if number != sentence]
        lead = min(_LEAD, logit - max(others, default=-math.inf))
        closely[at] = _Close(sentence, logit, lead, float(scores[at]) + logit)
    return closely


def _credit(reranker: Reranker, at: int) -> float:
    """The highest logit that is expected of an unread passage (0) or sentence (1); infinite without a `credit`."""
    credit: float = getattr(reranker, "credit", (math.inf, math.inf))[at]
    return credit


def _likely_sentences(query: Query, document: Document) -> list[int]:
    """The few sentences for which the search has most to say, in the order of the text."""
    return sorted(np.argsort(-np.array(_relevances(query, document)), kind="stable")[:_SENTENCES].tolist())


def _relevances(query: Query, document: Document) -> list[float]:
    return [query.relevance(*pair) for pair in zip(document.sentences, document.cosines, strict=True)]


def _evidence(query: Query, documents: Sequence[Document], at: int) -> Evidence:
    """The evidence for one of the documents, which are in the order of their fused scores."""
    document = documents[at]
    score = document.candidate.score
    best_other = documents[0 if at else 1].candidate.score if len(documents) > 1 else None
    return Evidence(
        coverage=query.coverage(document.text),
        similarity=document.candidate.similarity,
        sentence_similarity=max(document.cosines),
        score=score,
        margin=1.0 if best_other is None else score - best_other,
    )


def _logits(reranker: Reranker, query: Query, texts: Sequence[str]) -> Scores:
    return np.asarray(reranker.score([(query.text, text) for text in texts]), np.float32)
