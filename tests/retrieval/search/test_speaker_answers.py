"""Questions for somebody's words, with the real models, of the seeds and of a page written for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from retrieval import Index

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def index(seeds_index: Path) -> Index:
    return Index.load(seeds_index)


@pytest.mark.parametrize(
    ("question", "speaker", "words"),
    [
        ("What did Jake Sullivan say Russia is laying the groundwork for?", "Jake Sullivan", "fabricating a pretext"),
        ("what does biden say about giving intelligence data", "Joe Biden", "intelligence data"),
        ("According to Maloof, what is the whole idea?", "Michael Maloof", "to embarrass Moscow"),
        ("Stoltenberg on deterrence and defense?", "Jens Stoltenberg", "strong deterrence and defense"),
        ("What did Stoltenburg say about the talks breaking down?", "Jens Stoltenberg", "the talks break down"),
    ],
)
def test_the_answer_is_in_the_words_of_the_one_who_was_asked_for(index: Index, question: str, speaker: str, words: str):
    answer = index.ask(question)
    hit = answer.hits[0]
    assert answer.verdict == "answer"
    assert hit.speaker is not None
    assert hit.speaker.name == speaker
    assert words in hit.passage.article.text[slice(*hit.highlight)]


@pytest.mark.parametrize(
    ("question", "speaker", "silent"),
    [
        ("What did Sullivan say about payment for gas in rubles?", "Jake Sullivan", "on this"),
        ("What did Antonov say about the drumbeat of war?", "Anatoly Antonov", "on this"),
        ("What did Angela Merkel say about the drumbeat of war?", "Angela Merkel", "throughout"),
    ],
)
def test_others_words_are_near_it_and_no_answer(index: Index, question: str, speaker: str, silent: str):
    answer = index.ask(question)
    assert answer.verdict != "answer"
    assert (answer.speaker, answer.silent) == (speaker, silent)


@pytest.fixture(scope="module")
def quay(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("quay")
    (folder / "quay.txt").write_text(
        "Quay closed after crane topples\n\nTARN HARBOUR, 4 May 2031 - A crane toppled on to the coal quay on Sunday night.\n\n"
        "Police said that nobody was under the crane when it fell.\n\n"
        "“The wind was at nine, and we had asked for the crane to be tied down,” said Moyra Denholm, the harbour master.\n\n"
        "Denholm said that ships with coal would be sent to Port Evie until the wreck was cleared.\n"
    )
    return Index.build(folder)


@pytest.mark.parametrize(
    "question",
    [
        "What did the police say about chess?",
        "what did denholm say about vaccines",
        "What did Moyra Denholm say about bitcoin?",
    ],
)
def test_of_a_topic_that_no_article_comes_near_nobody_has_words(quay: Index, question: str):
    answer = quay.ask(question)
    assert answer.verdict == "nothing"
    assert answer.hits == ()
    assert answer.unknown == (question.rstrip("?").split()[-1],)


def test_a_topic_in_other_words_than_the_articles_is_still_answered(quay: Index):
    answer = quay.ask("What did Denholm say about the vessels?")  # "ships"
    assert "vessels" not in " ".join(article.text for article in quay.articles)
    assert [hit.speaker.name for hit in answer.hits[:1] if hit.speaker] == ["Moyra Denholm"]


def test_of_ones_few_statements_all_that_are_near_the_topic_are_shown(tmp_path: Path):
    (tmp_path / "lake.txt").write_text(
        "Council argues over the lake\n\nLINDAU, 4 May 2031 - The council argued over the lake on Sunday.\n\n"
        "“A lake without a lifeguard is a danger to every child,” said Ida Brandt, a teacher.\n\n"
        "The teacher Ida Brandt of Lindau said that the gates to the water should be closed at night.\n\n"
        "Brandt said that the lake was dirty.\n\n“I have never baked a cake in my life,” Brandt said.\n\n"
        "The fire brigade said that it had no boat.\n"
    )
    shown = [hit.marked for hit in Index.build(tmp_path).ask("What does Brandt think about the lake?", 9).relevant]
    assert len(shown) == 2
    assert all("lake" in sentence for sentence in shown)
