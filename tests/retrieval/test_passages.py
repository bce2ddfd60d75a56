"""How an article is cut: what a short paragraph belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.poison import DISGUISES
from retrieval import Article, passages
from retrieval.text.normalize import searchable

if TYPE_CHECKING:
    from collections.abc import Callable

ANSWER = "We counted every sheet twice, on two evenings, and the second count agreed with the first to the last sheet."
OTHER = "Nobody asked the clerk, and the clerk would have known, since it was his signature on all of the envelopes."


def cut(*paragraphs: str, between: str = "\n\n") -> list[str]:
    article = Article(id="a", file="a.txt", text=between.join(paragraphs) + "\n", sha256="0" * 64)
    return [passage.text for passage in passages.split(article)]


@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.parametrize("question", ["Who signed for it?", "**Who signed for it?**"])
def test_a_short_question_stands_before_its_answer_and_not_behind_the_one_before(between: str, question: str):
    assert [text.replace("*", "") for text in cut(ANSWER, question, OTHER, between=between)] == [
        ANSWER,
        between.join([question.replace("*", ""), OTHER]),
    ]


def test_a_short_answer_stays_with_its_question():
    assert cut(ANSWER, "Did you pay?", "We paid nobody.", "And later?", OTHER) == [
        ANSWER,
        "Did you pay?\n\nWe paid nobody.",
        f"And later?\n\n{OTHER}",
    ]


def test_what_an_interviewer_says_belongs_to_the_answer_though_it_is_no_question():
    talk = [
        f"MIRA OSEI: {ANSWER}",
        "PLATE: Who signed for it?",
        f"MIRA OSEI: {OTHER}",
        "PLATE: Was that wise?",
        "MIRA OSEI: It was late.",
        "PLATE: The clerk calls it a lie.",
        f"MIRA OSEI: {ANSWER}",
    ]
    assert cut(*talk) == [talk[0], "\n\n".join(talk[1:3]), "\n\n".join(talk[3:5]), "\n\n".join(talk[5:])]


def test_answers_without_a_label_follow_the_interviewer_who_has_one():
    talk = ["PLATE: Who signed for it?", ANSWER, "PLATE: And why?", OTHER, "PLATE: The clerk calls it a lie.", ANSWER]
    assert cut(ANSWER, *talk) == [ANSWER, *("\n\n".join(talk[at : at + 2]) for at in (0, 2, 4))]


def test_a_long_answer_is_cut_with_its_question_in_the_first_part():
    first, *others = cut(ANSWER, "Why did it take so long?", " ".join([ANSWER, OTHER] * 6))[1:]
    assert first.startswith("Why did it take so long?\n\nWe counted")
    assert others
    assert all(len(text) <= passages.MAX_CHARS for text in [first, *others])


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_heading_stands_with_what_it_is_about(between: str):
    assert cut(ANSWER, "If you paid in cash", OTHER, between=between) == [
        ANSWER,
        between.join(["If you paid in cash", OTHER]),
    ]


def test_a_signature_stays_with_what_it_signs():
    signature = "Mira Osei, who keeps the court's old ledgers"
    assert cut(ANSWER, f"“{OTHER}”", f"- {signature}", ANSWER)[1] == f"“{OTHER}”\n\n- {signature}"


def test_the_items_of_a_list_are_no_headings():
    assert cut(ANSWER, "- Two tons of salt", "- A new roof", OTHER) == [
        f"{ANSWER}\n\n- Two tons of salt\n\n- A new roof",
        OTHER,
    ]


def test_a_short_paragraph_that_states_something_stays_with_the_one_before():
    assert cut(ANSWER, "She did.", OTHER) == [f"{ANSWER}\n\nShe did.", OTHER]


def test_a_question_at_the_very_end_stays_with_what_it_ends():
    assert cut(ANSWER, OTHER, "And who will pay?") == [ANSWER, f"{OTHER}\n\nAnd who will pay?"]


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_a_text_in_disguise_is_cut_as_the_plain_one_is(disguise: Callable[[str], str]):
    text = f"{ANSWER} It was “a mistake”, he said.\n\n{OTHER}\n\nWho signed for it?\n\n{OTHER} Why? It cost 20,000."
    articles = [Article(id="a", file="a.txt", text=each, sha256="0" * 64) for each in (text, disguise(text))]
    plain, disguised = (
        [[searchable(article.text[slice(*span)]) for span in row.sentences] for row in passages.split(article)]
        for article in articles
    )
    assert disguised == plain
    assert [len(sentences) for sentences in plain] == [2, 1, 4]


def test_hidden_characters_count_in_the_length_of_a_passage():
    hidden = "\u200b" * 300
    texts = cut(" ".join(f"The {word} of the valley met {hidden} the ministers on Tuesday." for word in "abcdef"))
    assert len(texts) == 3
    assert max(map(len, texts)) <= passages.MAX_CHARS


def test_a_long_question_stands_with_its_answer_as_well():
    question = "You counted the sheets on two evenings, so why did the clerk say that nobody had ever seen one of them?"
    assert cut(ANSWER, question, OTHER) == [ANSWER, f"{question}\n\n{OTHER}"]
    assert cut(ANSWER, f"{ANSWER} {question}", OTHER) == [ANSWER, f"{ANSWER} {question}", OTHER]  # it says something
