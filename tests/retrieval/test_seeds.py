"""The five given articles: every passage word for word, no furniture in any, and every fact that they state."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval import Article, Passage, articles, passages

FURNITURE = [
    "Join our brand new verified AMN Telegram channel",
    "(Marcus Yam/Los Angeles Times/TNS)",
    "© 2022 Bloomberg L.P",
    "Distributed by Tribune Content Agency",
    "RUSSIA ‘NOT BLUFFING’",
    "CLICK HERE TO READ MORE",
    "Top News Conspiracy Government",
    "Russia’s ambassador to the US Anatoly Antonov",
    "RT News continues:",
    "the meeting, RT reports:",
    "Source: www.zerohedge.com",
    "Leave a Reply",
    "Your email address will not be published",
    "La Conversación del Hearth",
    "— Poland's Deputy Prime Minister Radek Sikorski",
    "Quieres la nota completa?",
    "Contáctanos FAQ",
    "https://www.businessinsider.com",
    "20220114",
]
CONTENT = [
    "Volunteers fill and stack bags Thursday, March 24, 2022, to protect the Taras Shevchenko Monument in Kharkiv, Ukraine.",
    "attempt to calm the fast intensifying situation",
    "due to its being controlled by al-Qaeda forces",
    "Russia could launch a false flag operation to justify an attack on a NATO state",
    "Intelligence officials across NATO are raising an alarm",
    "Precisely. Russia knows it can't defeat NATO in a direct fight.",
]
FACTS = {
    "000": {
        "title": "US intelligence suggests Russia has operatives in place for a possible falseflag operation to justify "
        "invading Ukraine",
        "publisher": "businessinsider.com",
        "date": "2022-01-14",
        "url": "https://www.businessinsider.com/russia-planning-false-flag-operation-in-ukraine-us-intel-suggests-2022-1",
    },
    "001": {"publisher": "WASHINGTON EXAMINER"},
    "002": {
        "title": "Putin stirs US concern that he feels cornered and may lash out",
        "publisher": "AMN",
        "source": "Bloomberg L.P",
        "distributor": "Tribune Content Agency, LLC",
    },
    "003": {
        "title": "In Rare Meeting, Russia Delivers Intel To US Officials Showing “Planned Chemical Provocation” In Syria",
        "source": "www.zerohedge.com",
    },
    "004": {"title": "Russia May Stage Provocations Near Moscow as War Front Advances, NATO Warned"},
}


@pytest.fixture(scope="module")
def found(seeds: Path) -> tuple[Article, ...]:
    return articles.read(seeds).articles


@pytest.fixture(scope="module")
def cut(found: tuple[Article, ...]) -> list[Passage]:
    return [passage for article in found for passage in passages.split(article)]


def test_every_passage_is_word_for_word_in_its_file_and_at_most_800_characters(cut: list[Passage], seeds: Path):
    assert len(cut) > 90
    for passage in cut:
        text = (seeds / passage.article.file).read_bytes().decode()
        assert text[passage.start : passage.end] == passage.text
        assert len(passage.text) <= 800
        assert passage.sentences[0][0] == passage.start
        assert passage.sentences[-1][1] == passage.end


@pytest.mark.parametrize("line", FURNITURE)
def test_no_passage_holds_furniture(cut: list[Passage], line: str):
    assert not [passage.text for passage in cut if line in passage.text]


@pytest.mark.parametrize("line", ["Inventor", "Model", "Chemical"])
def test_no_passage_is_or_begins_with_a_label(cut: list[Passage], line: str):
    assert not [passage.text for passage in cut if passage.text.split("\n")[0].strip() == line]


@pytest.mark.parametrize("line", CONTENT)
def test_what_the_article_says_is_in_one_passage(cut: list[Passage], line: str):
    assert [passage for passage in cut if line in passage.text]


@pytest.mark.parametrize("number", FACTS)
def test_a_seed_states_these_facts_and_no_others(found: tuple[Article, ...], number: str):
    article = next(article for article in found if article.file.startswith(number))
    names = ("title", "publisher", "source", "distributor", "author", "date", "url")
    assert {name: value for name in names if (value := getattr(article, name))} == FACTS[number]


def test_passages_come_in_the_order_of_the_text_and_do_not_overlap(cut: list[Passage]):
    for one, other in zip(cut, cut[1:], strict=False):
        assert one.article is not other.article or one.end <= other.start
