"""Where in a sentence the answer stands: the likeliest pair of tokens, what is no answer, and the shipped layers."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import Index, ModelError
from retrieval.search import cross_encoder, span_head
from retrieval.search.cross_encoder import OnnxCrossEncoder
from retrieval.search.span_head import LONGEST, Guess, likeliest, odds, says_something, sure
from retrieval.text.onnx_model import OnnxModel

WEIGHTS = Path(cross_encoder.__file__).parent / "weights"
MET = "The ministers met in Port Alba on Tuesday and spoke for three hours about the fishing treaty."
SECOND = np.array([0, 0, 0, 1, 1, 1, 1, 1], bool)  # [CLS] question [SEP] four tokens of a sentence [SEP]


@pytest.fixture(scope="module")
def model() -> OnnxCrossEncoder:
    return OnnxCrossEncoder()


def logits(**high: tuple[int, int]) -> np.ndarray:
    """Of eight tokens, 0 but where one is 5, as the first and as the last."""
    rows = np.zeros((8, 2), np.float32)
    for first, last in high.values():
        rows[first, 0] = rows[last, 1] = 5
    return rows


def test_the_likeliest_pair_of_the_sentence_wins_with_its_chance():
    guess = likeliest(logits(answer=(4, 5)), SECOND)
    assert guess.span == (4, 5)
    assert guess.chance == pytest.approx((np.exp(5) / (np.exp(5) + 4)) ** 2, abs=1e-5)  # of four tokens and [CLS]
    assert likeliest(logits(question=(1, 2), answer=(4, 5)), SECOND).span == (4, 5)
    assert likeliest(logits(mark=(7, 7), answer=(4, 5)), SECOND).span == (4, 5)


def test_no_pair_is_given_where_none_is_likelier_than_none():
    assert likeliest(logits(none=(0, 0)), SECOND) is None
    assert likeliest(np.zeros((8, 2), np.float32), SECOND) is None
    assert likeliest(logits(answer=(4, 5)), np.array([0, 0, 0, 0, 0, 0, 0, 1], bool)) is None


def test_a_span_does_not_end_before_it_begins_and_is_not_too_long():
    guess = likeliest(logits(backwards=(5, 4)), SECOND)
    assert guess is None or guess.span != (5, 4)
    rows = np.zeros((LONGEST + 6, 2), np.float32)
    rows[2, 0] = rows[2 + LONGEST - 1, 1] = 9
    inside = np.array([0, 0, *[1] * (LONGEST + 4)], bool)
    assert likeliest(rows, inside).span == (2, LONGEST + 1)
    rows[2 + LONGEST - 1, 1], rows[2 + LONGEST, 1] = 0, 9
    assert likeliest(rows, inside) is None or likeliest(rows, inside).span != (2, LONGEST + 2)


@pytest.mark.parametrize(
    ("sentence", "part", "expected"),
    [
        ("She met him on Tuesday.", "Tuesday", True),
        ("She met him on Tuesday.", "She", False),
        ("She met him on Tuesday.", "him", False),
        ("She met him on Tuesday.", "She met him on Tuesday", False),
        ("“She met him.”", "She met him", False),
        ("She met him on Tuesday.", "met him on Tuesday", True),
    ],
)
def test_a_pronoun_and_a_whole_sentence_say_nothing(sentence, part, expected):
    start = sentence.index(part)
    assert says_something(sentence, (start, start + len(part))) is expected


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Where did the ministers meet?", "Port Alba"),
        ("When did the ministers meet?", "Tuesday"),
        ("How long did the ministers speak?", "three hours"),
        ("What did the ministers speak about?", "fishing treaty"),
    ],
)
def test_the_shipped_layers_point_at_what_was_asked(model: OnnxCrossEncoder, question: str, answer: str):
    start, end = model.point(question, MET).span
    assert MET[start:end].removeprefix("the ") == answer


@pytest.mark.parametrize("question", ["How many people were hurt?", "What did the bridge cost?", "Who won the cup?"])
def test_what_a_sentence_does_not_say_is_not_pointed_at(model: OnnxCrossEncoder, question: str):
    guess = model.point(question, MET)
    assert guess is None or not sure(guess, 0.9)


def test_offsets_count_in_the_sentence_as_it_is_written(model: OnnxCrossEncoder):
    disguised = MET.replace("Tuesday", "T\u200bue\u0455day").replace("met", "m\u00adet")
    start, end = model.point("When did the ministers meet?", disguised).span
    assert disguised[start:end] == "T\u200bue\u0455day"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(st.characters(), max_size=200))
def test_whatever_is_asked_of_whatever_a_span_lies_in_its_sentence(
    model: OnnxCrossEncoder, question: str, sentence: str
):
    guess = model.point(question, sentence)
    assert guess is None or 0 <= guess.span[0] < guess.span[1] <= len(sentence)


def test_the_further_output_changes_no_bit_of_a_logit(model: OnnxCrossEncoder):
    plain = OnnxModel(WEIGHTS / "reader.onnx", WEIGHTS / "tokenizer.json", 320)
    pairs = [("Where did they meet?", MET), ("Why?", "Plums."), ("Who?", MET * 4)]
    assert model.score(pairs).tolist() == [each.item() for each in plain.run(pairs)]


def test_a_part_is_marked_where_its_chance_times_the_odds_of_the_answer_reach_the_bar(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(span_head, "_BAR", 4.0)
    assert odds(Guess((0, 1), 0.5), 0.9) == pytest.approx(4.5)
    assert [sure(Guess((0, 1), chance), 0.9) for chance in (0.5, 0.4)] == [True, False]
    assert [sure(Guess((0, 1), 0.5), confidence) for confidence in (0.85, 1.0)] == [False, True]


def test_altered_layers_are_refused(tmp_path: Path):
    shutil.copytree(WEIGHTS, tmp_path / "weights")
    (tmp_path / "weights" / span_head.GRAPH).write_bytes(b"other")
    with pytest.raises(ModelError, match=r"span\.onnx is not the span head"):
        OnnxCrossEncoder(tmp_path / "weights")


@pytest.fixture(scope="module")
def index(seeds_index: Path) -> Index:
    return Index.load(seeds_index)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("How many Russian troops have died?", "at least 7,000"),
        ("Who is the acting assistant secretary of state for near eastern affairs?", "David M. Satterfield"),
        ("Who is the Russian ambassador in Washington?", "Anatoly Antonov"),
        ("How high could the death toll be?", "15,000"),
        ("Why did Russia invade Ukraine?", None),
        ("Did Russia use chemical weapons?", None),
        ("Russia chemical weapons", None),
        ("What is the capital of France?", None),
    ],
)
def test_of_the_seeds_numbers_and_names_that_were_asked_for_are_marked_and_reasons_and_topics_are_not(
    index: Index, question: str, part: str | None
):
    spans = [hit.span and hit.passage.article.text[slice(*hit.span)] for hit in index.ask(question).hits]
    assert spans[:1] == ([part] if spans else [])
    assert not any(spans[1:])
