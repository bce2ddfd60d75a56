"""A hit's card: the order of what is named, and where a quote is cut."""

import pytest

from bot.message import Message, Quote
from bot.views.cards import card, footline, headline
from retrieval import Article, Hit, Passage, Speaker
from tests.fakes import BARE, TALKS, TRIAL, spans

FOUR = Article("x", "x.txt", "One is here. Two is there. Three is far. Four is gone.", "0" * 64)


def hit(article=FOUR, sentence=0, speaker=None) -> Hit:
    sentences = spans(article.text)
    passage = Passage(article, sentences[0][0], sentences[-1][1], sentences)
    return Hit(passage, sentences[sentence], 1.0, 1.0, 1.0, 1.0, speaker=speaker)


def quoted(made) -> str:
    return "".join(run.text for part in made if isinstance(part, Quote) for run in part.runs)


def marked(made) -> list[str]:
    return [run.text for part in made if isinstance(part, Quote) for run in part.runs if run.style == "mark"]


def text(parts) -> str:
    return Message(parts).text


def test_publisher_source_title_then_the_quote_then_date_and_link():
    assert text(card(hit(TALKS), 4000)).split("\n") == [
        "Harbour Post · Coast Agency · Ministers meet over fishing treaty",
        *TALKS.text.split("\n"),
        "2031-05-06 · harbourpost.example",
    ]


@pytest.mark.parametrize(
    ("article", "head", "foot"),
    [
        (BARE, "notes/bare.txt", ""),
        (TRIAL, "The Daily Bell · Baker freed", "javascript:alert(1)"),
        (Article("x", "x.txt", "A b.", "0", publisher="P", date="2030-01-02"), "P", "2030-01-02"),
        (Article("x", "x.txt", "A b.", "0", source="S", url="https://s.example/1"), "S", "s.example"),
    ],
)
def test_what_is_missing_is_left_out_without_a_word(article, head, foot):
    assert (text(headline(article)), text(footline(article))) == (head, foot)


def test_a_fact_that_nobody_can_see_is_missing():
    unseen = Article("x", "x.txt", "A b.", "0", title="\u202e\r", publisher=" ", date="\x1b", url="\n")
    assert (text(headline(unseen)), text(footline(unseen))) == ("x.txt", "")


def test_the_title_stands_out_and_the_file_where_nothing_is_stated():
    assert [run.text for run in headline(TALKS) if run.style == "bold"] == ["Ministers meet over fishing treaty"]
    assert [run.text for run in headline(BARE) if run.style == "bold"] == ["notes/bare.txt"]


def test_a_speaker_stands_above_the_quote():
    speaker = Speaker("Ana Oduya", role="minister", via="Radio Alba")
    assert text(card(hit(speaker=speaker), 4000)).split("\n")[:2] == ["x.txt", "Ana Oduya, minister, via Radio Alba"]
    assert text(card(hit(speaker=Speaker("Ana Oduya")), 4000)).split("\n")[1] == "Ana Oduya"


def test_what_answers_is_marked_in_the_passage_word_for_word():
    made = card(hit(sentence=1), 4000, marked=True)
    assert quoted(made) == FOUR.text
    assert marked(made) == ["Two is there."]


@pytest.mark.parametrize(
    ("sentence", "room", "expected"),
    [
        (0, 60, "One is here. Two is there. Three is far. Four is gone."),
        (0, 53, "One is here. Two is there. Three is far. …"),
        (0, 35, "One is here. Two is there. …"),
        (1, 35, "… Two is there. Three is far. …"),
        (3, 35, "… Three is far. Four is gone."),
        (2, 20, "… Three is far. …"),
    ],
)
def test_a_quote_is_cut_at_the_ends_of_sentences_around_what_answers(sentence, room, expected):
    head = len("x.txt\n")
    assert quoted(card(hit(sentence=sentence), head + room)) == expected


def test_where_no_sentence_fits_there_is_no_card():
    assert card(hit(), len("x.txt\n") + 5) is None


def test_what_answers_is_shown_even_where_its_sentence_is_too_long():
    long = Article("x", "x.txt", "word " * 2000 + "end.", "0" * 64)
    made = card(hit(long), 200, marked=True)
    assert quoted(made) == "word " * 37 + "word …"
    assert len(text(made)) <= 200


def test_a_fact_that_is_no_fact_cannot_push_the_quote_out():
    made = card(hit(Article("x", "x.txt", "A b.", "0", title="t\n" * 9000, publisher="p" * 9000)), 4000)
    assert quoted(made) == "A b."
    assert len(text(made)) < 700
