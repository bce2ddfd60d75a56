"""An article on disk is as good as the one that was built, and none of it is read before it is looked at."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path

import pytest

from retrieval import records
from retrieval.records import Chain, Rows, StoredArticles
from retrieval.types import Article

ARTICLES = [
    Article("a", "a.txt", "Plums are cheap.", "0" * 64, title="Plums", date="2031-05-06"),
    Article("b", "b.txt", "Half a character: \ud800.", "1" * 64),
]


@pytest.fixture
def loaded(tmp_path: Path) -> StoredArticles:
    records.save_articles(tmp_path, ARTICLES)
    return StoredArticles(tmp_path)


def test_stored_articles_equal_those_that_were_saved(loaded: StoredArticles):
    assert loaded == ARTICLES
    assert [hash(article) for article in loaded] == [hash(article) for article in ARTICLES]
    assert [dataclasses.asdict(article) for article in loaded] == [dataclasses.asdict(each) for each in ARTICLES]
    assert loaded != ARTICLES[:1]
    assert ARTICLES[1] != loaded[0]


def test_an_article_is_one_object_and_knows_its_row(loaded: StoredArticles):
    assert loaded[-1] is loaded[1]
    assert [loaded.number(article) for article in loaded] == [0, 1]
    assert loaded.number(ARTICLES[0]) is None


def test_a_stored_article_is_copied_and_pickled_as_a_plain_one(loaded: StoredArticles):
    other = dataclasses.replace(loaded[0], title="Prunes")
    assert other == dataclasses.replace(ARTICLES[0], title="Prunes")
    copy = pickle.loads(pickle.dumps(loaded[0]))
    assert (type(copy), copy) == (Article, ARTICLES[0])


def test_a_text_is_read_when_it_is_looked_at(tmp_path: Path):
    records.save_articles(tmp_path, ARTICLES)
    (tmp_path / "texts.npy").write_bytes((tmp_path / "texts.npy").read_bytes().replace(b"cheap", b"dear!"))
    loaded = StoredArticles(tmp_path)
    assert loaded[0].title == "Plums"
    assert loaded[1].text == ARTICLES[1].text
    with pytest.raises(Exception, match="damaged"):
        _ = loaded[0].text


def test_a_chain_is_like_one_sequence():
    whole = [*range(10)]
    parts = Chain([whole[:4], Rows(0, str), Rows(6, lambda row: row + 4)])
    assert parts == whole
    assert [*parts] == whole
    assert (parts[-1], parts[3:6], parts[20:]) == (9, (3, 4, 5), ())
    for row in (10, -11):
        with pytest.raises(IndexError):
            parts[row]


def test_articles_and_texts_that_do_not_belong_together_are_refused(tmp_path: Path):
    for name, articles in (("both", ARTICLES), ("one", ARTICLES[:1])):
        (tmp_path / name).mkdir()
        records.save_articles(tmp_path / name, articles)
    for path in (tmp_path / "one").glob("texts*"):
        (tmp_path / "both" / path.name).write_bytes(path.read_bytes())
    with pytest.raises(ValueError, match="^texts and articles are of different texts$"):
        StoredArticles(tmp_path / "both")


def test_a_sequence_says_how_many_entries_it_has_and_equals_no_text_and_nothing_else(loaded: StoredArticles):
    assert repr(Rows(5, str)) == "<5 entries: '0', '1', '2', …>"
    assert repr(Rows(1200, lambda row: row)) == "<1,200 entries: 0, 1, 2, …>"
    assert repr(Rows(2, str)) == "<2 entries: '0', '1'>"
    assert Rows(2, str) != "01"
    assert Rows(2, str) != 2
    assert loaded[0] != "a.txt"
