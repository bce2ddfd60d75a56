"""What speaks for a passage, which sentence is marked, what the verdict is; with a model and without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from retrieval import Article, Passage
from retrieval.search import reranker
from retrieval.search.hybrid import Candidate
from retrieval.search.reranker import CrossReader, Query, RuleReader

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = "The mayor opened the bridge. Rain fell. The bridge cost nine million."
PASSAGE = Passage(Article("a", "a.txt", TEXT, "0" * 64), 0, len(TEXT), ((0, 28), (29, 39), (40, 69)))
QUERY = Query("What did the bridge cost?", {"bridg": 1.0, "cost": 3.0})


def candidate(score: float, *similarities: float) -> Candidate:
    return Candidate(0, score, 0.5, similarities, 1.0, 1, 1)


def test_the_share_of_words_is_weighed_by_their_rarity():
    assert QUERY.share(["bridg"]) == 1 / 4
    assert QUERY.share(["cost", "rain"]) == 3 / 4
    assert QUERY.share([]) == 0
    assert Query("", {}).share(["cost"]) == 0


def test_the_sentence_with_the_rarer_words_is_marked_where_vectors_do_not_decide():
    assert reranker.highlight(QUERY, PASSAGE, (0.5, 0.5, 0.5)) == (40, 69)


def test_a_much_nearer_sentence_is_marked_whatever_its_words():
    assert reranker.highlight(QUERY, PASSAGE, (0.1, 0.9, 0.1)) == (29, 39)


def test_the_first_of_equal_sentences_is_marked():
    assert reranker.highlight(Query("", {}), PASSAGE, (0.5, 0.5, 0.5)) == (0, 28)


def test_the_evidence_is_that_of_the_first_candidate():
    found = reranker.evidence(
        QUERY, [PASSAGE, PASSAGE], [candidate(0.9, 0.2, 0.1, 0.3), candidate(0.7, 0, 0, 0)], (40, 69)
    )
    assert found.words_found == 1
    assert found.words_together == 1
    assert found.sentence_similarity == 0.3
    assert found.margin == pytest.approx(0.9 - 0.7)


@pytest.mark.parametrize(
    ("query", "second", "similarity"),
    [
        (Query("?", {"bridg": 1.0, "cost": 3.0, "zebra": 9.0}), 0.7, 0.3),  # fewer of the question's words
        (Query("?", {"mayor": 1.0, "cost": 1.0}), 0.7, 0.3),  # its words in two sentences
        (QUERY, 0.9, 0.3),  # another passage is as good
        (QUERY, 0.7, 0.2),  # no sentence is as near
    ],
)
def test_the_confidence_falls_with_each_kind_of_evidence(query: Query, second: float, similarity: float):
    def confidence(query: Query, second: float, similarity: float) -> float:
        found = [candidate(0.9, 0.1, 0.1, similarity), candidate(second, 0, 0, 0)]
        return RuleReader().read(query, [PASSAGE, PASSAGE], found).confidence

    assert 0 < confidence(query, second, similarity) < confidence(QUERY, 0.7, 0.3) < 1


def test_without_a_model_the_order_of_the_candidates_is_kept():
    reading = RuleReader().read(QUERY, [PASSAGE, PASSAGE], [candidate(0.9, 0, 0, 1), candidate(0.7, 1.2, 0, 0)])
    assert reading.ranking == (0, 1)


@pytest.mark.parametrize(
    ("similarity", "rarities", "verdict"),
    [(0.9, {"cost": 1.0}, "answer"), (0.4, {"cost": 0.2, "zebra": 1.0}, "related"), (0.0, {"zebra": 1.0}, "nothing")],
)
def test_the_verdict_follows_the_evidence(similarity: float, rarities: dict[str, float], verdict: str):
    found = [candidate(1.0, 0, 0, similarity), candidate(1.0, 0, 0, 0)]
    assert RuleReader().read(Query("?", rarities), [PASSAGE, PASSAGE], found).verdict == verdict


class Scripted:
    """A cross-encoder that knows the logits of a few texts; all others get the lowest."""

    name = "scripted"
    checksum = "0"

    def __init__(self, logits: dict[str, float]) -> None:
        self._logits = logits
        self.asked: list[str] = []

    def score(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        self.asked += [text for _, text in pairs]
        return np.array([self._logits.get(text, -9) for _, text in pairs], np.float32)


def passages(*texts: str) -> list[Passage]:
    return [Passage(Article(text, f"{text}.txt", text, "0" * 64), 0, len(text), ((0, len(text)),)) for text in texts]


def test_the_passage_that_the_model_reads_as_an_answer_comes_first_whatever_the_search_says():
    model = CrossReader(Scripted({"yes": 8.0, "no": -6.0}))
    reading = model.read(QUERY, passages("no", "yes"), [candidate(1.0, 0.9), candidate(0.1, 0.1)])
    assert reading.ranking == (1, 0)
    assert reading.verdict == "answer"


def test_where_the_model_cannot_tell_the_search_decides():
    model = CrossReader(Scripted({"one": -5.0, "two": -5.0}))
    reading = model.read(QUERY, passages("one", "two"), [candidate(0.2, 0.9), candidate(0.9, 0.1)])
    assert reading.ranking == (1, 0)
    assert reading.verdict == "nothing"


def test_between_passages_that_do_not_answer_the_search_decides_however_far_apart_their_logits_are():
    model = CrossReader(Scripted({"one": -3.0, "two": -8.0}))
    assert model.read(QUERY, passages("one", "two"), [candidate(0.2, 0.5), candidate(0.9, 0.5)]).ranking == (1, 0)


def test_whether_anything_answers_is_judged_by_the_passage_whose_logits_say_most():
    model = CrossReader(Scripted({"one": -3.0, "two": -8.0}))
    both = model.read(QUERY, passages("one", "two"), [candidate(0.2, 0.5), candidate(0.9, 0.5)])
    one = model.read(QUERY, passages("one"), [candidate(0.2, 0.5)])
    two = model.read(QUERY, passages("two"), [candidate(0.9, 0.5)])
    assert both.confidence == one.confidence > two.confidence


def test_the_sentence_that_the_model_reads_as_the_answer_is_marked():
    model = CrossReader(Scripted({TEXT: 3.0, "Rain fell.": 2.0, "The bridge cost nine million.": 1.0}))
    assert model.read(QUERY, [PASSAGE], [candidate(1.0, 0.9, 0.1, 0.9)]).sentences == {0: (29, 39)}


def test_only_the_first_candidates_are_read_and_the_others_follow_as_they_came():
    scripted = Scripted({})
    many = passages(*(f"text {number}" for number in range(20)))
    reading = CrossReader(scripted).read(QUERY, many, [candidate(1 - n / 20, 0.5) for n in range(20)])
    assert "text 15" in scripted.asked
    assert "text 16" not in scripted.asked
    assert reading.ranking == tuple(range(20))


def test_a_reader_is_surer_where_the_words_of_the_question_stand_in_the_passage():
    def confidence(rarities: dict[str, float]) -> float:
        scripted = Scripted({TEXT: 0.0, "Rain fell.": 0.0})
        return CrossReader(scripted).read(Query("?", rarities), [PASSAGE], [candidate(1.0, 0, 0, 0)]).confidence

    assert confidence({"bridg": 1.0}) > confidence({"zebra": 1.0})
