"""Questions for somebody's words, with the real models, of the seeds."""

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
