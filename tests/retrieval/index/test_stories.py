"""The same story in several files is shown once, with the others that have it; what only one of them says is not lost."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from retrieval import Article, Index
from retrieval.evaluation.evaluate import Gold, Outcome, Snippet
from retrieval.serialization import answer_object
from tests.fakes import FakeEncoder

STORY = (
    "The ferry Albatross ran aground off Port Alba on Monday night with 140 people on board. Lifeboats brought all of them "
    "to the harbour before dawn.\n\nCaptain Ilse Brandt said the steering had failed twice that week. The company had "
    "promised repairs in March, and nothing was done about it until the accident.\n\nDivers found a hole of two metres in "
    "the hull. The coast guard wants to tow the ship to the yard on Thursday if the weather allows it.\n"
)
LATE = "\nThe minister of transport called an inquiry on Friday and named the judge Tomas Rehn as its head.\n"
OTHER = "Farmers brought plums and honey to the market of Oldenmoor. Prices fell by a third since last autumn.\n"
QUESTION = "What did divers find in the hull?"


def article(file: str, text: str = STORY, date: str | None = None, publisher: str | None = None) -> Article:
    return Article(file, file, text, f"{hash(file) % 16**8:08x}" * 8, publisher=publisher, date=date)


def index(*articles: Article) -> Index:
    return Index.build(articles, encoder=FakeEncoder(), reranker=None)


def files(built: Index, question: str = QUESTION) -> list[tuple[str, list[str]]]:
    hits = built.ask(question, k=9).hits
    return [
        (hit.passage.article.file, [each.file for each in hit.also_in]) for hit in hits if "hole" in hit.passage.text
    ]


def test_a_story_of_several_outlets_is_shown_once_with_the_others():
    built = index(
        article("b.txt", date="2031-05-03", publisher="Bell"),
        article("a.txt", date="2031-05-04", publisher="Post"),
        article("c.txt", STORY.upper(), publisher="Crier"),  # the words count, not their case
        article("d.txt", OTHER),
    )
    assert files(built) == [("b.txt", ["a.txt", "c.txt"])]
    assert list(built.ask(QUESTION).hits[0].elsewhere) == ["Post", "Crier"]


def test_which_article_is_shown_does_not_depend_on_the_order_in_which_they_came():
    articles = [
        article("late.txt", STORY + LATE, "2031-05-04"),
        article("a.txt", date="2031-05-04"),
        article("undated.txt"),
    ]
    for order in itertools.permutations([*articles, article("d.txt", OTHER)]):
        assert files(index(*order)) == [("late.txt", ["a.txt", "undated.txt"])]  # of one day the most complete


def test_what_one_version_alone_says_is_found_in_it():
    built = index(
        article("a.txt", date="2031-05-03"), article("b.txt", STORY + LATE, "2031-05-06"), article("d.txt", OTHER)
    )
    hit = built.ask("Who was named head of the inquiry by the minister of transport?").hits[0]
    assert (hit.passage.article.file, hit.also_in) == ("b.txt", ())


def test_a_version_with_another_figure_is_shown_beside_the_first():
    built = index(
        article("a.txt"), article("b.txt", STORY.replace("two metres", "five metres")), article("d.txt", OTHER)
    )
    assert sorted(files(built)) == [("a.txt", []), ("b.txt", [])]


def test_two_reports_of_their_own_with_one_common_sentence_are_two_stories():
    shared = "Divers found a hole of two metres in the hull. "
    built = index(article("a.txt", shared + LATE.strip() + "\n"), article("b.txt", shared + OTHER))
    assert sorted(files(built)) == [("a.txt", []), ("b.txt", [])]


def test_stories_survive_saving_and_come_and_go_with_their_articles(tmp_path: Path):
    built = index(article("a.txt"), article("d.txt", OTHER))
    assert files(built) == [("a.txt", [])]
    built.add([article("b.txt")])
    built.save(tmp_path / "index")
    loaded = Index.load(tmp_path / "index", encoder=FakeEncoder())
    assert files(loaded) == [("a.txt", ["b.txt"])]
    hit = loaded.ask(QUESTION).hits[0]
    again = loaded.hit(f"{hit.passage.article.sha256[:16]}:{hit.passage.start}-{hit.passage.end}", hit.highlight)
    assert again.also_in == hit.also_in
    loaded.remove("a.txt")
    assert files(loaded) == [("b.txt", [])]


def test_json_lists_the_others_only_where_there_are_some():
    built = index(article("a.txt"), article("b.txt", publisher="Bell"), article("d.txt", OTHER))
    first, *others = answer_object(built.ask(QUESTION))["passages"]
    assert [each["publisher"] for each in first["also_in"]] == ["Bell"]
    assert all("also_in" not in each for each in others if each["article"]["file"] == "d.txt")


@pytest.mark.parametrize("file", ["a.txt", "b.txt"])
def test_an_evaluation_takes_the_file_of_any_version(file: str):
    answer = index(article("a.txt"), article("b.txt"), article("d.txt", OTHER)).ask(QUESTION, k=1)
    gold = Gold(None, QUESTION, "untyped", "any", (Snippet(file, "a hole of two metres", full=True),))
    assert Outcome(gold, answer).hit(1)
    assert not Outcome(Gold(None, QUESTION, "untyped", "any", (Snippet("d.txt", "a hole", full=True),)), answer).hit(1)


def test_the_answer_names_the_other_outlets_to_a_person(capsys: pytest.CaptureFixture[str]):
    from retrieval.cli import terminal

    built = index(
        article("a.txt", publisher="Post"), article("b.txt", publisher="Bell"), article("c.txt", publisher="Post")
    )
    terminal.show_answer(terminal.console(), built.ask(QUESTION))
    assert "also in: Bell, c.txt" in capsys.readouterr().out
