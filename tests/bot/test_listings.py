"""A list of sentences on its pages: word for word, whose they are, and from where."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import listings
from bot.message import LIMIT, Message
from bot.state import AnswerRecord
from bot.views.answers import GivenAnswer
from retrieval import Article, Hit, Passage, Speaker, parse_passage_id, passage_id
from tests.fakes import BARE, TALKS, FakeIndex


class Spoken(FakeIndex):
    """An index of one article, each of whose sentences has a speaker or none."""

    def __init__(self, article: Article, speakers: list[str | None]) -> None:
        super().__init__([article])
        self._speakers = speakers

    def hit(self, id_: str, highlight: tuple[int, int], span: tuple[int, int] | None = None) -> Hit:
        wanted, (article,) = parse_passage_id(id_), self.articles
        name = self._speakers[article.text.count("\n", 0, highlight[0])]
        passage = Passage(article, wanted.start, wanted.end)
        return Hit(passage, highlight, 0, speaker=Speaker(name) if name else None)


def listed(sentences: list[str], speakers: list[str | None], **facts) -> str:
    article = replace(TALKS, text="\n".join(sentences), **facts)
    ends = [article.text.find("\n", at) for at in range(len(article.text)) if at == 0 or article.text[at - 1] == "\n"]
    starts = [0, *(end + 1 for end in ends if end >= 0)]
    spans = [(start, start + len(sentence)) for start, sentence in zip(starts, sentences, strict=True)]
    places = tuple((passage_id(Passage(article, *span)), *span) for span in spans)
    page = listings.page(GivenAnswer(AnswerRecord("statements", places), Spoken(article, speakers), "k" * 11), 0)
    assert page is not None
    return page.text


def test_one_name_stands_under_sentences_in_a_row_unless_one_of_them_is_nobodys():
    sentences = ["I left.", "I came back.", "She saw it."]
    text = listed(sentences, ["Ann", "Ann", "Bo"])
    assert text.startswith("I left.\nI came back.\n— Ann\n\nShe saw it.\n— Bo\nHarbour Post")
    text = listed(["It rained.", *sentences], [None, "Ann", "Ann", "Bo"])
    assert text.startswith("It rained.\n\nI left.\n— Ann\n\nI came back.\n— Ann\n\nShe saw it.\n— Bo\nHarbour Post")


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 3000), min_size=1, max_size=12), st.integers(1, 400), st.booleans())
def test_a_page_fits_a_message_however_long_its_sentences_names_and_sources_are(lengths, title, alone):
    sentences = [f"{n} " + "word " * (length // 5) + "end." for n, length in enumerate(lengths)]
    speakers = [f"{n} " + "Somebody " * 30 if alone else "Ann" for n in range(len(sentences))]
    text = listed(sentences, speakers, title="t" * title, publisher="p" * title)
    assert len(text) <= LIMIT - 500
    assert all(f"{n} word" in text or f"{n} end." in text for n in range(min(len(lengths), listings.PAGE)))


def test_a_page_of_many_articles_with_endless_titles_fits_a_message():
    articles = [
        replace(
            TALKS, id=f"{n}", text=f"{n} " + "word " * 200, sha256=f"{n}" * 64, title="t" * 900, publisher="p" * 900
        )
        for n in range(6)
    ]
    places = tuple((passage_id(Passage(article, 0, 900)), 0, 900) for article in articles)
    page = listings.page(GivenAnswer(AnswerRecord("mentions", places), FakeIndex(articles), "k" * 11), 0)
    assert len(page.text) <= LIMIT - 500
    assert [f"{n} word" in page.text for n in range(6)] == [True] * 6


def test_a_page_of_a_list_of_which_one_article_is_gone_has_the_others():
    hits = FakeIndex([TALKS, BARE]).ask("ministers storm").hits
    shown = AnswerRecord("mentions", tuple((passage_id(hit.passage), *hit.highlight) for hit in hits))
    page = listings.page(GivenAnswer(shown, FakeIndex([TALKS]), "k" * 11), 0)
    assert page is not None
    assert page.text.startswith("1 passage is left out: its article has changed or gone since.\n\n")
    assert "Harbour Post" in page.text
    assert "storm" not in page.text


def test_a_page_of_a_list_whose_article_is_gone_is_none():
    places = ((f"{'9' * 16}:0-4", 0, 4),)
    assert listings.page(GivenAnswer(AnswerRecord("mentions", places), FakeIndex(), "k" * 11), 0) is None
    assert listings.page(GivenAnswer(AnswerRecord("mentions", places), FakeIndex(), "k" * 11), 7) is None


@pytest.mark.parametrize(
    ("kind", "about", "count", "expected"),
    [
        ("statements", "Ana\nOduya", 3, "Words of Ana Oduya (3)"),
        ("mentions", "Port Alba", 90, "Where the articles mention: Port Alba (90)"),
        ("mentions", "Port Alba", 91, "Where the articles mention: Port Alba (90/91)"),
        ("compare", "", 3, "Who says what: 3 articles"),
        ("compare", "", 91, "Who says what: 91 articles (90/91)"),
    ],
)
def test_the_title_says_of_what_the_list_is_and_how_many_of_how_many_it_has(kind, about, count, expected):
    message = Message(listings.title(kind, about, count))
    assert message.text == expected
    assert [(entity.kind, entity.start, entity.end) for entity in message.entities] == [("bold", 0, len(expected))]


def test_a_list_turns_its_pages_and_says_how_many_sentences_are_gone():
    passage = passage_id(Passage(TALKS, 0, 42))
    record = AnswerRecord("statements", (*[(passage, 0, 42)] * 12, ("f" * 16 + ":0-5", 0, 5)))
    pages = [listings.page(GivenAnswer(record, FakeIndex(), "k" * 11), number) for number in (0, 1, 2, 3)]
    assert pages[2:] == [None, None]  # nothing of the third one is left
    labels = [[(button.label, button.data) for row in page.buttons for button in row] for page in pages[:2]]
    earlier, later = ("‹ 1/3", f"page:{'k' * 11}:0"), ("3/3 ›", f"page:{'k' * 11}:2")
    assert labels == [[("2/3 ›", f"page:{'k' * 11}:1")], [earlier, later]]
    gone = AnswerRecord("statements", record.places[11:])
    page = listings.page(GivenAnswer(gone, FakeIndex(), "k" * 11), 0)
    assert page.text.split("\n")[:3] == [
        "1 passage is left out: its article has changed or gone since.",
        "",
        "The ministers met in Port Alba on Tuesday.",
    ]
    assert page.buttons == ()


def test_a_sentence_without_a_space_that_is_too_long_is_cut_all_the_same():
    text = listed(["x" * 9000], [None])
    assert text.startswith("xxx")
    assert " …\nHarbour Post" in text
    assert len(text) <= LIMIT - 500
