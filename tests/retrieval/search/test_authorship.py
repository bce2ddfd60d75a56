"""What somebody wrote as the author of an article, and when their article's own sentences are theirs."""

from __future__ import annotations

import pytest

from retrieval import Article, Index
from retrieval.search.authorship import written_by
from tests.fakes import FakeEncoder

LETTER = (
    "I keep bees behind the old dairy. My hives stood in the sun until the new hall was built.\n\n"
    "The hall was a gift to the town, said the mayor, Ada Rusk. I want the council to take two storeys off it."
)
OWN = ["I keep bees", "My hives st", "I want the "]


def article(text: str, author: str | None) -> Article:
    return Article(id="a", file="a.txt", text=text, sha256="5" * 64, author=author)


def beginnings(text: str, author: str | None) -> list[str]:
    """How the sentences begin that Nell Quist wrote."""
    index = Index.build([article(text, author)], encoder=FakeEncoder(), reranker=None)
    rows = written_by(index._corpus, "Quist")
    assert set(rows.values()) <= {author}
    return [index.statements[row].text[:11] for row in rows]


def test_the_own_sentences_of_an_article_in_the_first_person_are_its_authors():
    assert beginnings(LETTER, "Nell Quist") == OWN


@pytest.mark.parametrize(
    ("text", "author"),
    [
        (LETTER.replace("I keep", "She keeps"), "Nell Quist"),  # two sentences
        (LETTER, "Tom Birk"),
        (LETTER, "Nell Quist and Tom Birk"),
        (LETTER, None),
        ("How did you come to the hall?\n\n" + LETTER, "Nell Quist"),  # an interview
        (LETTER.replace("I ", "World War I "), "Nell Quist"),
    ],
)
def test_other_articles_have_sentences_of_the_outlet_and_none_of_its_reporter(text: str, author: str | None):
    assert not beginnings(text, author)


def test_where_an_authors_words_are_asked_for_what_they_wrote_answers_and_no_words_of_others_do():
    index = Index.build([article(LETTER, "Nell Quist")])
    answer = index.ask("What does Nell Quist want the council to do?")
    assert (answer.verdict, answer.author, answer.speaker, answer.maybe_others) == ("answer", "Nell Quist", None, False)
    assert answer.hits[0].marked == "I want the council to take two storeys off it."
    report = Index.build([article(LETTER.replace("I ", "Dee Orr ").replace("My", "Her"), "Nell Quist")])
    answer = report.ask("What does Nell Quist want the council to do?")
    assert answer.verdict != "answer"
    assert answer.author is None
