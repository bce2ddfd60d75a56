"""The order of documents, the sentence that answers and the evidence; with a reranker and without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from retrieval.search import reranker
from retrieval.search.hybrid import Candidate
from retrieval.search.reranker import Document, Query

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = "The mayor opened the bridge. Rain fell. The bridge cost nine million."
SPANS = ((0, 28), (29, 39), (40, 69))
QUERY = Query("What did the bridge cost?", {"bridg": 1.0, "cost": 3.0})
NO_WORDS = Query("", {})


def bridge(*cosines: float, score: float = 1.0) -> Document:
    return Document(Candidate(0, score, 0.5, cosines, 1.0), TEXT, SPANS, cosines, range(3))


def line(text: str, score: float, cosine: float = 0.5) -> Document:
    """A document of one sentence."""
    return Document(Candidate(0, score, 0.5, (cosine,), 1.0), text, [(0, len(text))], [cosine], [0])


def order(ranking: reranker.Ranking) -> list[str]:
    return [ranked.document.text for ranked in ranking.documents]


class Scripted:
    """A reranker that knows the logits of a few texts; all others get the lowest."""

    name = "scripted"
    checksum = "0"

    def __init__(self, logits: dict[str, float]) -> None:
        self._logits = logits
        self.texts: list[str] = []

    def score(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        self.texts += [text for _, text in pairs]
        return np.array([self._logits.get(text, -9) for _, text in pairs], np.float32)


def test_coverage_is_weighed_by_the_rarity_of_the_words():
    assert QUERY.coverage("A bridge.") == 1 / 4
    assert QUERY.coverage("The costs of rain.") == 3 / 4
    assert QUERY.coverage("") == 0
    assert NO_WORDS.coverage("The costs of rain.") == 0


def test_the_sentence_with_the_rarer_words_is_best_where_vectors_do_not_decide():
    assert reranker.best_sentence(QUERY, bridge(0.5, 0.5, 0.5)) == 2


def test_a_much_nearer_sentence_is_best_whatever_its_words():
    assert reranker.best_sentence(QUERY, bridge(0.1, 0.9, 0.1)) == 1


def test_the_first_of_equal_sentences_is_best():
    assert reranker.best_sentence(NO_WORDS, bridge(0.5, 0.5, 0.5)) == 0


def test_without_a_reranker_the_order_of_the_search_is_kept_and_its_first_document_judged():
    first, second = bridge(0.2, 0.1, 0.3, score=0.9), bridge(0, 0, 1.2, score=0.7)
    ranking = reranker.rank(None, QUERY, [first, second])
    assert [ranked.document for ranked in ranking.documents] == [first, second]
    assert [ranked.sentence for ranked in ranking.documents] == [2, None]
    evidence = ranking.evidence
    assert (evidence.coverage, evidence.logits) == (1, None)
    assert (evidence.sentence_similarity, evidence.score) == (0.3, 0.9)
    assert evidence.margin == pytest.approx(0.9 - 0.7)


def test_the_passage_that_the_reranker_reads_as_an_answer_comes_first_whatever_the_search_says():
    scripted = Scripted({"yes": 8.0, "no": -6.0})
    assert order(reranker.rank(scripted, QUERY, [line("no", 1.0), line("yes", 0.1)])) == ["yes", "no"]


def test_where_the_reranker_cannot_tell_the_search_decides():
    scripted = Scripted({"one": -5.0, "two": -5.0})
    assert order(reranker.rank(scripted, QUERY, [line("one", 0.2), line("two", 0.9)])) == ["two", "one"]


def test_logits_that_are_nearly_alike_are_outweighed_by_the_search_and_others_are_not():
    nearly, far = Scripted({"one": -3.0, "two": -4.0}), Scripted({"one": -3.0, "two": -8.0})
    documents = [line("one", 0.2), line("two", 0.9)]
    assert order(reranker.rank(nearly, QUERY, documents)) == ["two", "one"]
    assert order(reranker.rank(far, QUERY, documents)) == ["one", "two"]


def test_the_evidence_is_that_of_the_passage_that_comes_first():
    scripted = Scripted({"one": -3.0, "two": -8.0})
    evidence = reranker.rank(scripted, QUERY, [line("one", 0.2), line("two", 0.9)]).evidence
    assert (evidence.logits, evidence.score) == (-6.0, 0.2)  # logits of the passage and of its only sentence
    assert evidence.margin == pytest.approx(0.2 - 0.9)


def test_the_sentence_that_the_reranker_reads_as_the_answer_is_the_best_one():
    scripted = Scripted({TEXT: 3.0, "Rain fell.": 2.0, "The bridge cost nine million.": 1.0})
    ranking = reranker.rank(scripted, QUERY, [bridge(0.9, 0.1, 0.9)])
    assert ranking.documents[0].sentence == 1
    assert ranking.evidence.sentence_lead == 1.0  # 2 above 1


def test_a_sentence_without_another_has_the_whole_lead_and_no_lead_is_greater():
    alone = reranker.rank(Scripted({"one": 3.0}), QUERY, [line("one", 0.9)]).evidence
    far_ahead = reranker.rank(Scripted({"Rain fell.": 20.0}), QUERY, [bridge(0.9, 0.1, 0.9)]).evidence
    assert alone.sentence_lead == far_ahead.sentence_lead == 3.0


def test_only_the_first_candidates_are_read_and_the_others_follow_as_they_came():
    scripted = Scripted({})
    documents = [line(f"text {number}", 1 - number / 20) for number in range(20)]
    ranking = reranker.rank(scripted, QUERY, documents)
    assert "text 15" in scripted.texts
    assert "text 16" not in scripted.texts
    assert order(ranking) == [f"text {number}" for number in range(20)]


class Credited(Scripted):
    """A reranker that says what a passage and a sentence get at most."""

    credit = (1.0, 2.0)


def test_reading_ends_where_no_other_candidate_with_its_credit_would_come_first():
    scripted = Credited({"text 1": 4.0})
    documents = [line(f"text {number}", 1 - number / 20) for number in range(20)]
    ranking = reranker.rank(scripted, QUERY, documents)
    assert [text for text in scripted.texts if text != "text 1"] == ["text 0"]
    assert order(ranking) == ["text 1", "text 0", *(f"text {number}" for number in range(2, 20))]


def test_reading_goes_on_while_a_candidate_with_its_credit_would_come_first():
    scripted = Credited({"text 1": 0.9, "text 9": 3.0})
    documents = [line(f"text {number}", 1.0) for number in range(10)]
    assert order(reranker.rank(scripted, QUERY, documents))[:2] == ["text 9", "text 1"]


def test_sentences_of_a_document_are_not_read_where_they_cannot_put_it_first():
    scripted = Credited({"one": 5.0, "two": -1.0})
    ranking = reranker.rank(scripted, QUERY, [line("one", 1.0), line("two", 1.0)])
    assert scripted.texts == ["one", "two", "one"]
    assert [ranked.sentence for ranked in ranking.documents] == [0, None]


def test_sentences_of_a_document_are_read_where_they_may_put_it_first():
    class Sentences(Credited):
        def score(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
            return super().score(pairs) if len(self.texts) < 2 else self.sentence(pairs)

        def sentence(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
            self.texts += [text for _, text in pairs]
            return np.array([{"one": -2.0, "two": 2.0}[text] for _, text in pairs], np.float32)

    scripted = Sentences({"one": 0.5, "two": 0.0})
    assert order(reranker.rank(scripted, QUERY, [line("one", 1.0), line("two", 1.0)])) == ["two", "one"]
