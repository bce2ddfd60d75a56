"""A message that is asked in other words: what that may change, and what it may not."""

from __future__ import annotations

import numpy as np
import pytest

from retrieval import Article
from retrieval.index import corpus
from retrieval.search import answering
from retrieval.search.pipeline import Collection
from retrieval.search.span_head import Guess
from retrieval.types import Answer
from tests.fakes import FakeEncoder

TALKS = (
    "Minister Oduya signed the fishing treaty on Tuesday in the old customs house of Port Alba.\n\n"
    "A brass band from the next valley played until dusk, and the children danced.\n"
)
ASIDE = "I have been away for a while and my head is spinning, so please be kind to an old man and"
PART = "tell me who signed the fishing treaty"


class Reader:
    """A reranker with a logit for each of some questions where the text has a word, and a low one for all else."""

    name, checksum = "words", "0"

    def __init__(self, word: str, logits: dict[str, float]) -> None:
        self.word, self.logits = word, logits

    def score(self, pairs):
        logits = [self.logits.get(question, -9.0) if self.word in text else -9.0 for question, text in pairs]
        return np.array(logits, np.float32)


class Pointer(Reader):
    """One that points at a word, and notes what it was asked."""

    def __init__(self, word: str, logits: dict[str, float], pointed: str) -> None:
        super().__init__(word, logits)
        self.pointed, self.asked = pointed, list[tuple[str, str]]()

    def point(self, question, sentence):
        self.asked.append((question, sentence))
        start = sentence.find(self.pointed)
        return Guess((start, start + len(self.pointed)), 1.0) if start >= 0 else None


def ask(message: str, reader: Reader) -> Answer:
    made = corpus.make([Article("a", "a.txt", TALKS, "0" * 64)], FakeEncoder())
    return answering.ask(Collection(made, FakeEncoder(), reader), message, 2)


def test_a_part_of_a_message_does_not_raise_the_confidence_in_the_same_passage():
    message = f"{ASIDE}, {PART}"
    alone = ask(message, Reader("treaty", {message: -1.5}))
    assert alone.verdict == "related"
    assert ask(message, Reader("treaty", {message: -1.5, PART: 9.0})) == alone
    assert ask(PART, Reader("treaty", {PART: 9.0})).verdict == "answer"


def test_a_reranker_that_points_is_asked_once_for_the_first_marked_sentence_of_an_answer():
    reader = Pointer("treaty", {PART: 9.0}, "Minister Oduya")
    first, *others = ask(PART, reader).hits
    assert first.passage.article.text[slice(*first.span)] == "Minister Oduya"
    assert [hit.span for hit in others] == [None] * len(others)
    assert reader.asked == [(PART, first.marked)]
    assert ask(PART, Pointer("treaty", {PART: 9.0}, "nobody")).hits[0].span is None
    assert ask(PART, Reader("treaty", {PART: 9.0})).hits[0].span is None


def test_what_is_only_near_the_question_is_not_pointed_at():
    near = Pointer("treaty", {PART: -1.5}, "Minister Oduya")
    assert ask(PART, near).verdict == "related"
    assert near.asked == []


def test_a_part_that_asks_brings_a_passage_that_the_whole_message_does_not():
    message = (
        f"The brass band from the next valley played for the children, and all of them danced until dusk, but {PART}"
    )
    answer = ask(message, Reader("treaty", {f"but {PART}": 9.0}))
    assert answer.verdict == "answer"
    assert "treaty" in answer.hits[0].passage.text


def test_a_part_that_asks_nothing_never_takes_the_place_of_the_question():
    aside = "According to the fishing minister of Port Alba,"
    message = (
        f"{aside} the brass band of the next valley played for the children until dusk. Who was it that paid them?"
    )
    assert ask(message, Reader("treaty", {aside: 9.0})).verdict != "answer"


def test_a_misspelt_question_is_asked_mended_and_may_be_surer():
    answer = ask("who signed the fishing traety", Reader("treaty", {"who signed the fishing treaty": 9.0}))
    assert (answer.verdict, answer.searched) == ("answer", "who signed the fishing treaty")


TIDES = (
    "The Baltic Ferry Council paid for the mole.\n\nThe Baltic Ferry Council said on Monday that the tide was late.\n\n"
    "A pilot from the RSGT was seen on the quay.\n\nThe RSGT said that it was early.\n"
)


def asked_of_tides(question: str, reader: Reader | None = None) -> Answer:
    made = corpus.make([Article("a", "a.txt", TIDES, "0" * 64)], FakeEncoder())
    return answering.ask(Collection(made, FakeEncoder(), reader), question, 1)


def test_a_question_with_an_abbreviation_is_also_asked_with_its_long_form():
    answer = asked_of_tides(
        "Was the mole paid for by the BFC?",
        Reader("mole", {(written := "Was the mole paid for by the Baltic Ferry Council?"): 9.0}),
    )
    assert (answer.verdict, answer.searched, answer.unknown) == ("answer", written, ())
    assert asked_of_tides("Was the BFC fined for zebras?", Reader("mole", {})).unknown == ("fined", "zebras")


def test_a_question_with_a_long_form_is_also_asked_with_its_abbreviation():
    answer = asked_of_tides(
        "Who saw the pilot of the Royal Society of Gulls and Terns?",
        Reader("pilot", {(short := "Who saw the pilot of the RSGT?"): 9.0}),
    )
    assert (answer.verdict, answer.searched) == ("answer", short)
    assert asked_of_tides("Does the Royal Society of Gulls and Terns keep zebras?", Reader("pilot", {})).unknown == (
        "zebras",
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [("BFC", "the tide was late"), ("bfc", "the tide was late"), ("Royal Society of Gulls and Terns", "it was early")],
)
def test_a_speaker_is_found_by_abbreviation_and_by_long_form(name: str, words: str):
    answer = asked_of_tides(f"What did the {name} say about the time?")
    assert words in answer.hits[0].marked
    assert answer.silent is None


MOLE = "Die Mole von Tarn bleibt bis zum Herbst gesperrt.\n\nDie Arbeiter haben auf der Mole einen Riss gefunden."
LANGUAGES = [
    *(
        Article(f"e{at}", f"{at}.txt", f"{TALKS}\nThe tide was {at} feet high, and that was all.", "0" * 64)
        for at in range(5)
    ),
    Article("g", "g.txt", MOLE, "0" * 64),
]


def asked_of_two_languages(question: str, logit: float) -> Answer:
    made = corpus.make(LANGUAGES, FakeEncoder())
    return answering.ask(Collection(made, FakeEncoder(), Reader("Mole", {question: logit})), question, 1)


def test_nobody_is_told_to_ask_in_another_language_than_that_of_the_article_that_comes_nearest():
    answer = asked_of_two_languages("Wie lange ist die Mole von Tarn noch gesperrt?", -4.0)
    assert (answer.verdict, answer.language) == ("related", None)
    assert "Mole" in answer.hits[0].marked


def test_a_question_in_another_language_than_english_is_not_answered_where_no_article_has_its_nouns():
    known, unknown = "Wer hat auf der Mole den Riss gefunden?", "Wer hat auf der Mole den Pokal gefunden?"
    assert asked_of_two_languages(known, 9.0).verdict == "answer"
    answer = asked_of_two_languages(unknown, 9.0)
    assert (answer.verdict, answer.unknown) == ("related", ("Pokal",))


def test_a_misspelt_speaker_is_the_one_whose_words_are_asked_for():
    text = "The union said the ferry would sail.\n\nThe harbour master said the ferry would stay."
    article = Article("a", "a.txt", text, "0" * 64)
    sentences = [(0, 36, "The union"), (38, len(text), "The harbour master")]
    made = corpus.make([article], FakeEncoder())
    assert [each.text for each in made.statements] == [text[start:end] for start, end, _ in sentences]
    assert made.speakers.meant("union")
    question = "what did the unoin say about the ferry"
    answer = answering.ask(Collection(made, FakeEncoder(), None), question, 2)
    assert answer.speaker in {None, "The union"}
    assert [hit.speaker.name for hit in answer.hits if hit.speaker][:1] == ["The union"]


def test_words_of_nobody_certain_may_answer_what_somebody_wrote_but_never_those_of_another():
    text = "The ferry sails again.\n\n“We asked for a pilot in May,” they wrote.\n\nThe harbour master said the ferry would stay."
    made = corpus.make([Article("a", "a.txt", text, "0" * 64)], FakeEncoder())
    assert [each.speaker and each.speaker.name for each in made.statements] == [None, None, "The harbour master"]

    def asked(question: str, word: str) -> Answer:
        return answering.ask(Collection(made, FakeEncoder(), Reader(word, {question: 9.0})), question, 1)

    answer = asked("What did Ann Oduya write about the pilot?", "pilot")
    assert (answer.verdict, answer.silent, answer.speaker) == ("answer", "throughout", "Ann Oduya")
    assert answer.maybe_others
    other = asked("What did Ann Oduya write about the ferry?", "stay")
    assert (other.verdict, other.silent, other.speaker) == ("related", "throughout", "Ann Oduya")


def test_a_disguised_question_is_asked_as_it_reads():
    disguised = "Ｗｈｏ si\u00adgned the fi\u200bshing tr\u0435aty?"
    answer = ask(disguised, Reader("treaty", {"Who signed the fishing treaty?": 9.0}))
    assert (answer.question, answer.verdict, answer.searched) == (disguised, "answer", None)


def test_a_contraction_without_its_apostrophe_is_searched_like_the_one_with_it_and_is_no_other_wording():
    answer = ask("why wasnt the treaty signed", Reader("treaty", {"why wasn't the treaty signed": 9.0}))
    assert (answer.verdict, answer.searched) == ("answer", None)
