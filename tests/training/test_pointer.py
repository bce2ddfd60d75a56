"""The pointer at speakers: what it is given, what each window decides, and what it learns from."""

from __future__ import annotations

import json
import random

import pytest

from retrieval.text import sentences
from retrieval.text.wordpieces import CUT, LINE
from training import token_model
from training.speakers import annotated, pointer, reader

STORY = (
    "The harbour board has closed the north pier.\n\n“It can fall any day,” said Ines Palm, the harbour master.\n\n"
    "The fishermen’s union called the decision hasty. Its chairman, Tom Reed, said that nobody had asked the crews.\n"
)


@pytest.fixture(scope="module")
def tokenize():
    return token_model.tokenizer()


def pieces(text, tokenize):
    spans = sentences.split(text)
    return spans, pointer.pieces(text, spans, tokenize)


def test_each_sentence_has_a_mark_and_its_tokens_lie_in_it(tokenize):
    spans, rows = pieces(STORY, tokenize)
    assert [number for number, _ in rows] == list(range(len(spans)))
    for (start, end), (_, (mark, *tokens)) in zip(spans, rows, strict=True):
        assert (mark.id, mark.start) == (LINE, -1)
        assert start <= tokens[0].start
        assert tokens[-1].end <= end


def test_tokens_inside_a_quotation_look_so(tokenize):
    spans, rows = pieces(STORY, tokenize)
    quoted = [STORY[token.start : token.end] for _, row in rows for token in row if token.look & pointer.QUOTED]
    assert quoted[:3] == ["“", "It", "can"]
    assert "said" not in quoted
    assert len(spans) == 4


def test_what_stands_between_the_sentences_is_read_but_not_decided(tokenize):
    text = "A HEADLINE\n\nIt is late. She left."
    spans = [(text.index("It"), text.index(" She")), (text.index("She"), len(text))]
    rows = pointer.pieces(text, spans, tokenize)
    assert [number for number, _ in rows] == [-1, 0, 1]
    assert rows[0][1][0].id == CUT
    (window,) = pointer.windows(rows)
    assert list(window.marks) == [0, 1]


def test_a_long_sentence_is_read_by_its_first_and_last_words(tokenize):
    text = " ".join(f"word{number}" for number in range(400)) + "."
    ((_, tokens),) = pointer.pieces(text, [(0, len(text))], tokenize)
    assert len(tokens) < 130
    assert CUT in {token.id for token in tokens}
    assert tokens[-1].end == len(text)


def test_every_sentence_is_decided_once_with_what_stands_before_it(tokenize):
    text = "\n".join(f"Sentence {number} of a long article says something of the harbour." for number in range(150))
    spans, rows = pieces(text, tokenize)
    windows = list(pointer.windows(rows))
    assert len(windows) > 3
    assert all(len(window.tokens) <= pointer.WINDOW for window in windows)
    decided = [number for window in windows for number in window.marks]
    assert decided == list(range(len(spans)))
    for window in windows[1:]:
        first = min(token.piece for token in window.tokens[70:] if token.piece >= 0)
        assert first < min(window.marks)
    for window in windows:
        assert all(window.tokens[at].id == LINE for at in window.marks.values())


def test_the_beginning_of_the_article_stands_once_in_the_first_window_and_in_front_of_the_later_ones(tokenize):
    rows = [f"Menu {number}" for number in range(9)]
    rows += [f"Sentence {number} of a long article says something of the harbour." for number in range(60)]
    text = "\n".join(rows)
    spans = [(text.index(row), text.index(row) + len(row)) for row in rows[9:]]
    first, *later = pointer.windows(pointer.pieces(text, spans, tokenize))
    starts = [token.start for token in first.tokens if token.start >= 0]
    assert len(set(starts)) == len(starts)
    assert later
    assert all(window.tokens[2].start == starts[0] for window in later)


def test_a_stretch_lies_within_one_piece(tokenize):
    _, rows = pieces("It is late. She left.", tokenize)
    (window,) = pointer.windows(rows)
    pairs = [
        (window.tokens[first], window.tokens[last]) for first, last in zip(*pointer.spans(window.tokens), strict=True)
    ]
    assert all(first.piece == last.piece and 0 <= first.start < last.end for first, last in pairs)
    assert len(pairs) == 10 + 6


TEXT = "Ines Palm runs the harbour. “It is closed,” Palm told Radio Nord. It rained."
SPANS = [(0, 27), (28, 65), (66, 76)]


def windows(gold: dict[int, annotated.Gold]) -> list[reader.Window]:
    example = annotated.Example("a", TEXT, SPANS, gold)
    return list(reader.windows(example, token_model.tokenizer(), None))


def stretches(window: reader.Window, places: list[int] | None) -> set[str]:
    pairs = [divmod(at, pointer.LONGEST_SPAN) for at in places or [] if at >= 0]
    return {TEXT[window.tokens[first].start : window.tokens[first + more].end] for first, more in pairs}


def test_each_form_of_a_name_is_right_wherever_it_stands():
    told = {"role": None, "via": "Radio Nord", "cue": "told"}
    (window,) = windows({0: annotated.Gold("article"), 1: annotated.Gold("speaker", ["Ines Palm", "she"], told)})
    article, spoken = window.right
    assert article == [[-2], None, None, None]
    assert stretches(window, spoken[0]) == {"Ines Palm", "Palm"}
    assert spoken[1] == [-1]
    assert stretches(window, spoken[2]) == {"Radio Nord"}
    assert stretches(window, spoken[3]) == {"told"}


def test_a_name_that_the_window_does_not_have_is_not_learned():
    assert windows({1: annotated.Gold("speaker", ["Tom Reed"])}) == []
    (window,) = windows({0: annotated.Gold("article"), 1: annotated.Gold("speaker", ["Tom Reed"])})
    assert window.right[1] == [None, None, None, None]


def test_a_pronoun_is_right_only_where_nothing_else_is():
    (window,) = windows({1: annotated.Gold("speaker", ["It"]), 2: annotated.Gold("unclear")})
    assert stretches(window, window.right[0][0]) == {"It"}
    assert window.right[1][0] == [-1]


def test_other_marks_of_quotation_keep_every_place():
    text = '"It is closed," said Ines Palm. "It isn’t."'
    other = reader.requoted(text, random.Random(1))
    assert len(other) == len(text)
    assert other != text
    assert other.replace("«", '"').replace("»", '"').replace("“", '"').replace("”", '"') == text


def test_short_texts_are_read_with_their_fields(tmp_path):
    file = tmp_path / "short.txt"
    rows = ["s\tInes Palm\tmayor\t-\tsaid\tInes Palm, the mayor, said no.", "a\t-\t-\t-\t-\tIt rained."]
    file.write_text("\n".join(rows) + "\n\n" + rows[1] + "\n")
    first, second = annotated.of_short(file)
    assert first.gold[0] == annotated.Gold("speaker", ["Ines Palm"], {"role": "mayor", "via": None, "cue": "said"})
    assert [first.text[slice(*span)] for span in first.sentences] == [row.split("\t")[5] for row in rows]
    assert second.gold == {0: annotated.Gold("article")}


def test_a_surname_behind_another_name_may_be_somebody_elses():
    text = "Ines Palm spoke. Tom Palm was silent. Mr Palm left, and Palm came back."
    example = annotated.Example("a", text, [(0, 16)], {0: annotated.Gold("speaker", ["Ines Palm"])})
    (window,) = reader.windows(example, token_model.tokenizer(), None)
    places = [divmod(at, pointer.LONGEST_SPAN)[0] for at in window.right[0][0] or []]
    assert [window.tokens[at].start for at in places] == [0, text.index("Palm left"), text.index("Palm came")]


@pytest.mark.parametrize("name", ["A spokeswoman for Mayor Ines Palm", "Delft University", "The Palms", "Palm"])
def test_what_is_no_persons_full_name_has_no_surname(name: str):
    assert reader._surname(name) == []


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Prime Minister Ines Palm", "Ines Palm"),
        ("A spokeswoman for Prime Minister Ines Palm", "A spokeswoman for Prime Minister Ines Palm"),
        ("Secretary of the union", "Secretary of the union"),
        ("Mr Palm", "Mr Palm"),
    ],
)
def test_titles_belong_to_a_persons_name_alone(name: str, plain: str):
    assert reader.without_titles(name) == plain


def test_lines_that_are_no_sentences_stand_between_and_paragraphs_begin_where_they_are_marked(tmp_path):
    rows = [
        "x\t-\t-\t-\t-\tPALM:",
        "s\tPALM\t-\t-\t-\tIt is late.",
        "s\tPALM\t-\t-\t-\tVery.",
        "a\t-\t-\t-\t-\t¶ She left.",
    ]
    (tmp_path / "turns.txt").write_text("\n".join(rows) + "\n")
    (example,) = annotated.of_short(tmp_path / "turns.txt")
    assert example.text == "PALM:\nIt is late. Very.\nShe left."
    assert [example.text[slice(*span)] for span in example.sentences] == ["It is late.", "Very.", "She left."]
    assert [example.gold[number].voice for number in range(3)] == ["speaker", "speaker", "article"]


def test_a_sentence_of_news_is_an_article_of_its_own_and_either_of_two_speakers_is_right(tmp_path):
    row = {"doc": "a", "voice": "speaker", "pronoun": False}
    two = row | {
        "text": "Ines Palm said it was late and Jo Tan denied it.",
        "source": "Ines Palm",
        "note": "two: Jo Tan; short",
    }
    rows = [
        two,
        row | {"text": "He said that it was late.", "source": "He", "pronoun": True},
        row | {"text": "The harbour is closed.", "source": None, "voice": "article", "note": "arguable"},
    ]
    (tmp_path / "news.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in rows), "utf-8")
    golds = [(each.name, each.gold) for each in annotated.of_news(tmp_path / "news.jsonl")]
    assert golds == [
        ("a", {0: annotated.Gold("speaker", ["Ines Palm", "Jo Tan"], two=True)}),
        ("a", {0: annotated.Gold("article")}),
    ]
