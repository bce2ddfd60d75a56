"""One search: what the reranker is given to read, what is shown, and the verdict."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval import Article
from retrieval.index import corpus
from retrieval.search.pipeline import Collection, Scope, search
from tests.fakes import FakeEncoder

TALKS = (
    "The mayor opened the new bridge on Monday before a crowd of thousands of people.\n\n"
    "“The bridge is far too dear for a small town like ours,” said Ida Brandt, who leads the council.\n\n"
    "A brass band from the next valley played until dusk, and the children danced.\n"
)


class Reader:
    """A reranker that gives one logit to texts with a word, a low one to others; it notes what it reads."""

    name, checksum = "words", "0"

    def __init__(self, word: str, logit: float = 9.0) -> None:
        self.word, self.logit = word, logit
        self.texts: list[str] = []

    def score(self, pairs):
        self.texts += [text for _, text in pairs]
        return np.array([self.logit if self.word in text else -9.0 for _, text in pairs], np.float32)


def collection(reranker: Reader | None, *texts: str) -> Collection:
    articles = [Article(f"{at}", f"{at}.txt", text, "0" * 64) for at, text in enumerate(texts or (TALKS,))]
    return Collection(corpus.make(articles, FakeEncoder()), FakeEncoder(), reranker)


def test_the_reranker_reads_passages_and_then_the_sentences_of_the_best():
    reader = Reader("band")
    made = collection(reader)
    search(made, "Who played at the bridge?", 1)
    assert set(reader.texts) == {passage.text for passage in made.corpus.passages} | {
        statement.text for statement in made.corpus.statements
    }


def test_in_a_scope_of_statements_the_reranker_reads_these_alone_as_in_a_transcript():
    reader = Reader("dear")
    made = collection(reader)
    (row,) = (at for at, statement in enumerate(made.corpus.statements) if statement.speaker)
    (passage,) = made.corpus.hybrid.passages_of(np.array([row]))
    result = search(made, "Is the bridge dear?", 3, Scope(np.array([passage]), frozenset([row])))
    assert set(reader.texts) == {f"Ida Brandt: {made.corpus.statements[row].text}"}
    assert result.verdict == "answer"
    (hit,) = result.hits
    assert hit.passage == made.corpus.passages[passage]
    assert "far too dear" in TALKS[slice(*hit.highlight)]


def test_what_nothing_speaks_for_is_nothing_and_what_comes_nearest_is_related_where_that_is_asked_for():
    made = collection(Reader("nowhere"))
    assert search(made, "quarrelling zebras", 3).hits == ()
    assert search(made, "quarrelling zebras", 3).verdict == "nothing"
    near = search(made, "quarrelling zebras", 3, near=True)
    assert (near.verdict, len(near.hits)) == ("related", len(made.corpus.passages))


@pytest.mark.parametrize("wording", ["the of", "", "?!"])
def test_a_wording_without_a_word_to_look_for_is_not_searched(wording: str):
    result = search(collection(None), wording, 3)
    assert (result.verdict, result.confidence, result.evidence) == ("nothing", 0.0, None)


def test_an_empty_scope_has_nothing():
    assert search(collection(None), "bridge", 3, Scope(np.zeros(0, np.int64))).verdict == "nothing"


def test_the_statement_that_supersedes_the_best_one_is_shown_before_it():
    page = (
        "Storm: what we know\n\n"
        "08:10 Rescuers say that 12 people were killed by the storm in Port Alba this night.\n\n"
        "10:45 Rescuers say that 19 people were killed by the storm in Port Alba this night.\n\n"
        "12:00 The harbour of Port Alba is open for ships again, its master says on the radio.\n"
    )
    result = search(collection(Reader("12 people"), page), "How many people were killed by the storm?", 3)
    assert ["19 people" in page[slice(*hit.highlight)] for hit in result.hits[:2]] == [True, False]
    assert "12 people" in page[slice(*result.hits[1].highlight)]


def test_a_result_holds_the_evidence_that_it_was_judged_by():
    result = search(collection(Reader("mayor")), "Who opened the bridge?", 3)
    assert result.evidence is not None
    assert result.evidence.logits == 18.0  # 9 for the passage, 9 for its best sentence
    assert result.evidence.coverage == 1.0


def test_a_sentence_that_asks_the_very_question_is_not_read_for_its_answer():
    reader = Reader("bridge opened")
    stuffed = "Who opened the new bridge on Monday? Come to our shop, which has the best lamps of all.\n"
    asked = collection(reader, TALKS, stuffed)
    result = search(asked, "Who opened the new bridge on Monday?", 2)
    assert not any("Who opened" in text for text in reader.texts)
    assert any(text.startswith("Come to our shop") for text in reader.texts)
    assert {hit.passage.article.file for hit in result.hits} <= {"0.txt", "1.txt"}


def test_a_sentence_that_asks_the_very_question_does_not_raise_its_passage():
    stuffed = "Who opened the new bridge on Monday? Come to our shop, which has the best lamps of all.\n"
    result = search(collection(None, stuffed, TALKS), "Who opened the new bridge on Monday?", 4)
    assert next(hit.passage.article.file for hit in result.hits) == "1.txt"
    assert result.hits[0].score > result.hits[-1].score


def test_a_passage_of_nothing_but_the_question_answers_nothing():
    reader = Reader("opened")
    question = "Who opened the new bridge on Monday?"
    assert search(collection(reader, f"{question}\n"), question, 2).verdict == "nothing"
    assert all(
        hit.passage.article.file == "1.txt" for hit in search(collection(reader, question, TALKS), question, 9).hits
    )


def test_the_question_in_somebodys_mouth_does_not_answer_what_was_asked_of_them():
    question = "What does Ida Brandt say about the bridge?"
    made = collection(Reader("bridge"), f"{question[:-1]}.\n")
    assert search(made, question, 3, Scope(np.zeros(1, np.int64), frozenset([0]))).verdict == "nothing"
