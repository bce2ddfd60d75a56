"""Question and candidates → what answers, which sentence does, and whether anything does.

Nothing else in Byline knows how a verdict comes about. `CrossReader` reads question and passage together; `RuleReader`
has no model and judges by the evidence of the search alone, which cannot tell a passage near the topic from one that
answers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol

import numpy as np

from retrieval.search.sparse import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from retrieval.search.cross_encoder import CrossEncoder
    from retrieval.search.hybrid import Candidate
    from retrieval.types import Passage, Span, Verdict

# `python -m benchmarks.fit_reader GOLD` fits such constants and prints their cross-validated measures. These of the
# cross-encoder are from a fit before the order was changed: later ones, with a bias about 0.7 higher, are as good on the
# gold questions and worse calibrated on four other sets.
_RULE = (-2.77, 1.75, 1.62, 2.54, 2.34)  # bias, then in the order of `Evidence`
_RULE_BARS = (0.15, 0.5)
_CROSS = (-2.84, 0.55, 1.34, 2.06, 2.40)  # bias, then as `CrossReader.evidence` has it
_CROSS_BARS = (0.05, 0.45)
WORDS_IN_SENTENCE = 0.5  # what a sentence's share of the question's rare words weighs beside its cosine
_READ = 16  # candidates that the cross-encoder reads; reading eight costs a point and a half of hit@1 on the gold set
_READ_CLOSELY = 3  # of them, those whose sentences it reads one by one
_SENTENCES = 3  # of each of these, the ones that the search likes best; more change nothing on the gold questions
_SURE = 1.0  # logit at which the reader's yes counts half
_SEARCH = 0.5  # what the fused score (0..1) of the search weighs beside the reader's two yeses in the order
_JUDGED_BY_SEARCH = 2.0  # and beside its two logits where it is judged whether anything answers


@dataclass(frozen=True, slots=True)
class Query:
    """A question, its words, and how rare each is in the collection: rarest is a word that no article has."""

    text: str
    rarities: Mapping[str, float]

    def share(self, found: Iterable[str]) -> float:
        """How much of the question's rarity these words make up, 0..1; 0 for a question without words."""
        whole = sum(self.rarities.values())
        return sum(self.rarities[word] for word in self.rarities.keys() & set(found)) / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the first passage, all in about 0..1."""

    words_found: float  # the question's rare words in the passage
    words_together: float  # the same in its best sentence
    sentence_similarity: float
    margin: float  # fused score above the second passage's


@dataclass(frozen=True, slots=True)
class Reading:
    """The verdict, the candidates' places in the input, best first, and the best sentence of those that were read so
    closely; for the others `highlight` finds it, once it is known that they are shown."""

    verdict: Verdict
    confidence: float
    ranking: tuple[int, ...]
    sentences: Mapping[int, Span]


class Reader(Protocol):
    """Judges candidates; `name` and `checksum` say which reader it is (both `None` without a model)."""

    @property
    def name(self) -> str | None:
        """What to ask for to get this reader again."""

    @property
    def checksum(self) -> str | None:
        """Differs where the verdicts would."""

    def read(self, query: Query, passages: Sequence[Passage], found: Sequence[Candidate]) -> Reading:
        """Judge the candidates (best first) and their passages; at least one of each."""


class RuleReader:
    """A logistic rule over the evidence of the search; no model."""

    name = None
    checksum = None

    def read(self, query: Query, passages: Sequence[Passage], found: Sequence[Candidate]) -> Reading:
        """Keep the order of the search and judge its first passage."""
        best = highlight(query, passages[0], found[0].sentence_similarities)
        first = evidence(query, passages, found, best)
        sides = (first.words_found, first.words_together, first.sentence_similarity, first.margin)
        confidence = _logistic(_RULE, sides)
        return Reading(_verdict(confidence, _RULE_BARS), confidence, tuple(range(len(found))), {0: best})


class CrossReader:
    """A cross-encoder over the best candidates, then over the sentences of the best of those."""

    def __init__(self, encoder: CrossEncoder) -> None:
        self.name, self.checksum, self.encoder = encoder.name, encoder.checksum, encoder

    def read(self, query: Query, passages: Sequence[Passage], found: Sequence[Candidate]) -> Reading:
        """Order the first candidates by what the reader and the search say of them; the others follow as they came.

        For the order a logit is taken as a yes or a no: how far apart two passages are that both do not answer says
        nothing, and would outweigh the search. Whether anything answers is judged by the passage whose logits, as they
        are, and search together say most; it is nearly always the first.
        """
        near = range(min(_READ, len(found)))
        whole = self.encoder.score([(query.text, passages[place].text) for place in near])
        searched = np.array([found[place].score for place in near], np.float32)
        worth = _yes(whole) + _SEARCH / 2 * searched
        closely = [int(place) for place in np.argsort(-worth, kind="stable")[:_READ_CLOSELY]]
        best = self._best_sentences(query, [(passages[place], found[place]) for place in closely])
        told = dict(zip(closely, best, strict=True))
        logits = np.array([told[place][0] for place in closely], np.float32)
        order = np.argsort(-(_yes(whole[closely]) + _yes(logits) + _SEARCH * searched[closely]), kind="stable")
        rest = sorted(set(near) - set(told), key=lambda place: (-worth[place], place))
        ranking = (*(closely[at] for at in order), *rest, *range(len(near), len(found)))
        most = int(np.argmax(whole[closely] + logits + _JUDGED_BY_SEARCH * searched[closely]))
        judged, said = closely[most], float(whole[closely[most]] + logits[most])
        confidence = _logistic(_CROSS, self.evidence(query, passages[judged], found[judged], said))
        sentences = {place: sentence for place, (_, sentence) in told.items()}
        return Reading(_verdict(confidence, _CROSS_BARS), confidence, ranking, sentences)

    def _best_sentences(self, query: Query, read: Sequence[tuple[Passage, Candidate]]) -> list[tuple[float, Span]]:
        """The highest logit among each passage's likeliest sentences, and that sentence; the first of equals."""
        spans = [_likeliest(query, passage, candidate.sentence_similarities) for passage, candidate in read]
        texts = [passage.article.text[a:b] for (passage, _), own in zip(read, spans, strict=True) for a, b in own]
        logits = iter(self.encoder.score([(query.text, text) for text in texts]).tolist())
        return [max(zip(islice(logits, len(own)), own, strict=True), key=lambda told: told[0]) for own in spans]

    @staticmethod
    def evidence(query: Query, passage: Passage, candidate: Candidate, logits: float) -> tuple[float, ...]:
        """What speaks for the passage that is judged.

        Its logit and its best sentence's together, the share of the question's rare words in it, the cosine of its
        nearest sentence, its fused score: a question far from the collection has low ones whatever the reader says.
        """
        found = query.share(words(passage.text))
        return logits, found, max(candidate.sentence_similarities), candidate.score


def evidence(query: Query, passages: Sequence[Passage], found: Sequence[Candidate], best: Span) -> Evidence:
    """What the search says for its first candidate and the `best` sentence of that."""
    first, text = found[0], passages[0].article.text
    return Evidence(
        words_found=query.share(words(passages[0].text)),
        words_together=query.share(words(text[best[0] : best[1]])),
        sentence_similarity=max(first.sentence_similarities),
        margin=first.score - found[1].score if len(found) > 1 else 1.0,
    )


def highlight(query: Query, passage: Passage, similarities: Sequence[float]) -> Span:
    """The sentence for which the search has most to say, the first of equals."""
    return passage.sentences[int(np.argmax(_worth(query, passage, similarities)))]


def _likeliest(query: Query, passage: Passage, similarities: Sequence[float]) -> list[Span]:
    """The few sentences for which the search has most to say, in the order of the text."""
    if len(passage.sentences) <= _SENTENCES:
        return list(passage.sentences)
    best = np.argsort(-np.array(_worth(query, passage, similarities)), kind="stable")[:_SENTENCES]
    return [passage.sentences[at] for at in sorted(best)]


def _worth(query: Query, passage: Passage, similarities: Sequence[float]) -> list[float]:
    text = passage.article.text
    return [
        similarity + WORDS_IN_SENTENCE * query.share(words(text[start:end]))
        for (start, end), similarity in zip(passage.sentences, similarities, strict=True)
    ]


def _yes(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits → how far the reader says yes, 0..1."""
    yes = 0.5 + 0.5 * np.tanh((logits - _SURE) / 2)  # the logistic function, written so that nothing overflows
    return yes.astype(np.float32)


def _logistic(weights: Sequence[float], sides: Sequence[float]) -> float:
    bias, *rest = weights
    return 1 / (1 + math.exp(-bias - sum(weight * side for weight, side in zip(rest, sides, strict=True))))


def _verdict(confidence: float, bars: tuple[float, float]) -> Verdict:
    near, answered = bars
    if confidence >= answered:
        return "answer"
    return "related" if confidence >= near else "nothing"
