"""What records show of themselves in a terminal and in a notebook."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources

import pytest

from retrieval import Answer, Article, Hit, Passage, Speaker, Statement

TEXT = "The mayor opened the bridge. “It is <b>dear</b> & late,” said Ida Brandt.\nSwans watched. " + "More. " * 2000
ARTICLE = Article(
    "a", "a.txt", TEXT, "0" * 64, title='A "bridge"', publisher="Post", url="https://post.example/a?b=1&c"
)
MARKED = (29, TEXT.index("\n"))
PASSAGE = Passage(ARTICLE, 0, TEXT.index(" More."))
BRANDT = Speaker("Ida Brandt")


def hit(article: Article = ARTICLE) -> Hit:
    return Hit(Passage(article, 0, PASSAGE.end), MARKED, 0.876, speaker=BRANDT, voice="speaker")


def test_records_show_what_they_are_on_one_short_line():
    assert repr(ARTICLE) == "<Article 'a.txt': 'A \"bridge\"', 12,089 characters>"
    assert repr(PASSAGE) == "<Passage 'a.txt' [0, 88): 'The mayor opened the bridge. “It is <b>dear</b> & late,” sai…'>"
    statement = Statement(ARTICLE, *MARKED, "speaker", BRANDT)
    assert repr(statement) == "<Statement 'a.txt' [29, 73), Ida Brandt: '“It is <b>dear</b> & late,” said Ida Brandt.'>"
    assert repr(hit()) == "<Hit 'a.txt' [29, 73), score 0.88: '“It is <b>dear</b> & late,” said Ida Brandt.'>"
    answer = Answer("How dear is it?", "answer", 0.934, (hit(), hit()))
    assert repr(answer) == f"<Answer to 'How dear is it?': answer, confidence 0.93\n  {hit()!r}\n  {hit()!r}>"


def test_a_span_lies_in_its_highlight():
    assert replace(hit(), span=(38, 42)).span == (38, 42)
    for span in ((28, 42), (38, MARKED[1] + 1), (42, 42)):
        with pytest.raises(ValueError, match="outside its highlight"):
            replace(hit(), span=span)


def test_a_notebook_shows_the_quote_first_then_whose_it_is_then_the_source_as_a_link():
    assert Answer("How dear?", "answer", 0.9, (hit(),))._repr_html_() == (
        '<div><blockquote style="white-space: pre-line">The mayor opened the bridge. '
        "<mark>“It is &lt;b&gt;dear&lt;/b&gt; &amp; late,” said Ida Brandt.</mark>\nSwans watched.</blockquote>"
        '<p>Ida Brandt<br><small><a href="https://post.example/a?b=1&amp;c">Post · A &quot;bridge&quot;</a></small></p></div>'
    )


def test_a_notebook_says_where_nothing_answers_and_links_to_nothing_but_pages():
    assert Answer("Why?", "nothing", 0.1)._repr_html_() == "<div><p>The articles say nothing on this.</p></div>"
    odd = Article("b", "b.txt", TEXT, "0" * 64, url="javascript:alert(1)")
    shown = Answer("Why?", "related", 0.3, (hit(odd),))._repr_html_()
    assert shown.startswith("<div><p>These passages come nearest.</p><blockquote")
    assert "href" not in shown
    assert "<small>b.txt</small>" in shown


def test_a_source_that_is_the_publisher_is_not_named_twice():
    named = Article("c", "c.txt", TEXT, "0" * 64, publisher="North Star", source="NORTH STAR", date="2031-03-20")
    assert named.attribution == ("North Star", "2031-03-20")
    shorter = Article("f", "f.txt", TEXT, "0" * 64, publisher="The North Star", source="North Star Ltd")
    assert shorter.attribution == ("The North Star",)
    assert Article("d", "d.txt", TEXT, "0" * 64, publisher="Post", source="AP").attribution == ("Post", "AP")
    assert Article("e", "e.txt", TEXT, "0" * 64, source="AP", title="A bridge").attribution == ("AP", "A bridge")


def test_type_checkers_may_trust_the_librarys_types():
    assert resources.files("retrieval").joinpath("py.typed").is_file()
