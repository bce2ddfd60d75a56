"""Which words of a question are said to stand in no article: names and content words that truly stand in none."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from retrieval import Article
from retrieval.search.query_words import KnownWords, Speller, nonsense, unknown

TEXTS = {
    "orchard.txt": "PLUM HARVEST FAILS\n\nPort Alba, January 4 – Growers in the Łomna valley lost their plums to frost.\n"
    "Ines Palm writes for the Harbour Post.\n\nRead more: Beekeepers fear the winter\n",
    "council.txt": "Cyber attack stops the council\n\nThe clerk's screens went dark. Rainstorms had cut the line before.\n",
    "heath.txt": "Die Heide brennt\n\nDie Feuerwehr löschte am Abend die letzten Flammen, sagte der Förster.\n",
}


def speller() -> Speller:
    return Speller(Counter(re.findall(r"[^\W\d_]+", " ".join(TEXTS.values()).casefold())))


def missing(question: str, **facts: str) -> tuple[str, ...]:
    articles = [Article(name, name, text, "0" * 64, **facts) for name, text in TEXTS.items()]
    return unknown(question, KnownWords(articles, speller()))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("asdfghjkl", True),
        ("what is qwrtz xzzyvk?", True),
        ("asdfghjkl plum", False),  # a word of the articles
        ("volcano", False),  # a word of English may be near one of the articles
        ("harvsets", False),  # misspelt
        ("what about it?", False),  # no content word at all: other rules judge it
        ("вулкан", False),
    ],
)
def test_nonsense_is_what_neither_the_articles_nor_english_has(question: str, expected: bool):
    articles = [Article(name, name, text, "0" * 64) for name, text in TEXTS.items()]
    assert nonsense(question, KnownWords(articles, speller())) is expected


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What did Minister Oduya say about the zebras?", ("Minister", "Oduya", "zebras")),
        ("Which growers keep llamas, and where are the llamas?", ("llamas",)),
        ("Quince", ("Quince",)),
        ("What is Ms Quince’s job, or Herr Quince’s?", ("Quince", "job")),  # courtesies are no topics
        ("Ottilie?", ("Ottilie",)),
        ("Which outlet reported it, and when did the treaty begin?", ("treaty",)),  # words for asking
        ("How young were the zebras, and how meny?", ("zebras",)),  # a degree; a misspelt word for asking
        ("Is the mayor’s bridge open?", ("mayor", "bridge", "open")),
    ],
)
def test_names_and_content_words_that_stand_nowhere_are_listed_as_they_were_typed(
    question: str, words: tuple[str, ...]
):
    assert missing(question) == words


@pytest.mark.parametrize(
    "question",
    [
        "What harvests failed in January?",  # a headline in capitals, a dateline
        "Do beekeepers fear winters?",  # a line to another article
        "Who is Inès Palm of the Harbour Post?",  # boilerplate, another accent
        "Is there a cyberattack, a storm, or a Lomna?",  # two words, inside a word, without a stroke
        "Did the councils lose plums?",  # inflection
        "Did the harvset fail?",  # misspelt
        "Was löschte die Feuerwehr?",
    ],
)
def test_what_stands_anywhere_in_the_texts_is_never_denied(question: str):
    assert missing(question) == ()


@pytest.mark.parametrize(
    "question",
    [
        "hi",
        "Hello, and many thanks for everything!",
        "Please tell me what you know about that?",
        "What happened on Friday, 3 March 2022?",
        "Summarise the plum harvest",
        "Explain frost",
        "what's up with the clerk, isn't he there?",
        "🔥 ??? 100%",
        "",
    ],
)
def test_courtesies_function_words_commands_dates_and_figures_are_never_listed(question: str):
    assert missing(question) == ()


def test_metadata_counts_as_the_article():
    assert missing("Does Marlow write for the Northern Gazette?") == ("Marlow", "Northern", "Gazette")
    assert (
        missing("Does Marlow write for the Northern Gazette?", author="T. Marlow", publisher="Northern Gazette") == ()
    )


def test_of_a_long_message_and_of_another_language_only_names_are_listed():
    talk = "I was on the sofa with my kettle last night when somebody told me over the phone that Rehn had lost all of his plums"
    assert missing(talk) == ("Rehn",)
    assert missing("Wer hat die Burg und das Schloss von Rehn gelöscht?") == ("Burg", "Schloss", "Rehn")
    assert missing("Wo wohnt Rehn?") == ("Rehn",)


def test_a_question_in_capitals_has_no_names_but_words():
    assert missing("WHO SAW ZEBRAS NEAR THE VALLEY?") == ("ZEBRAS",)
