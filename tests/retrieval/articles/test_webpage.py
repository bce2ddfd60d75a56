"""Saved pages: whose JSON-LD counts, what tags and the page itself state, and what becomes of its elements."""

from __future__ import annotations

import json
from typing import Any

import pytest

from retrieval.articles import metadata, webpage

FIRST = "The council of Ardell voted on Tuesday to close the old tram line in June, after a debate of three hours."
LAST = "Engineers found cracks in the rails last winter, and the repair would cost two million crowns, the mayor said."
URL = "https://harrow.example/news/tram"
ARTICLE: dict[str, Any] = {
    "@type": "NewsArticle", "headline": "Ardell closes its tram", "url": URL, "datePublished": "2022-03-04T10:15:00Z",
    "author": {"@type": "Person", "name": "Rita Coyle"}, "publisher": {"@type": "Organization", "name": "Harrow Gazette"},
}  # fmt: skip
OTHER = {
    **ARTICLE,
    "headline": "Ferries late again",
    "url": "https://harrow.example/ferries",
    "author": {"name": "Ewan Price"},
}
STATED = {
    "title": "Ardell closes its tram",
    "author": "Rita Coyle",
    "date": "2022-03-04",
    "publisher": "Harrow Gazette",
    "url": URL,
}


def page(head: str = "", inner: str = "", top: str = "<h1>Ardell closes its tram</h1>", after: str = "") -> bytes:
    return (
        f"<html><head><meta charset=utf-8>{head}</head><body><article>{top}<p>{FIRST}</p>{inner}<p>{LAST}</p></article>{after}"
        "</body></html>"
    ).encode()


def scripts(*values: Any) -> str:
    texts = (value if isinstance(value, str) else json.dumps(value) for value in values)
    return f"<link rel=canonical href={URL}>" + "".join(
        f"<script type='application/ld+json'>{text}</script>" for text in texts
    )


@pytest.mark.parametrize(
    "values",
    [
        [ARTICLE],
        [OTHER, ARTICLE],
        [[OTHER, ARTICLE, OTHER]],
        [{"@type": "WebPage", "name": "Ardell closes its tram", "url": URL}, ARTICLE],
        [{"@graph": [{"@type": "WebSite", "name": "Harrow"}, ARTICLE]}],
        [{"@type": "WebPage", "mainEntity": ARTICLE, "relatedLink": [OTHER]}],
        [
            {"@type": "Person", "@id": "#rita", "name": "Rita Coyle"},
            {**ARTICLE, "author": [{"@id": "#rita"}], "publisher": {"@id": "#us"}},
            {"@type": "Organization", "@id": "#us", "name": "Harrow Gazette"},
        ],
        [json.dumps({**ARTICLE, "description": "one|two"}).replace("|", "\n")],
        [json.dumps(ARTICLE)[:-1] + ",}"],
        ["<!--" + json.dumps(ARTICLE) + "-->"],
        [json.dumps({**ARTICLE, "description": "say @no@ to it"}).replace("@no@", '"no"')],
        [json.dumps({**ARTICLE, "url": URL + "?from=feed", "headline": "Ardell closes its tram"})],
    ],
)
def test_the_json_ld_of_the_pages_own_article_states_its_facts(values: list[Any]):
    assert webpage.read(page(scripts(*values)))[1] == STATED


def test_the_json_ld_of_other_articles_states_nothing():
    for values in ([OTHER], [OTHER, OTHER], [{"@type": "ItemList", "itemListElement": [OTHER, OTHER]}]):
        facts = webpage.read(page(scripts(*values)))[1]
        assert facts == {"title": "Ardell closes its tram", "url": URL}


def test_an_outlet_behind_the_title_is_no_part_of_it():
    head = "<meta property=og:title content='Ardell – the end | Harrow Gazette'><meta property=og:site_name content='Harrow Gazette'>"
    facts = webpage.read(page(head))[1]
    assert (facts["title"], facts["publisher"]) == ("Ardell – the end", "Harrow Gazette")


MARKED = [
    ("<time class='entry-date published' datetime=2022-03-04T10:15:00+00:00>x</time><time class=updated datetime=2022-03-09></time>"
    "<span class=byline> by <span class='author vcard'><a class='url fn n' href=/rita>Rita Coyle</a></span></span>"),
    "<p>By <a rel=author href=/rita>Rita Coyle</a> <time datetime=2022-03-04>today</time></p>",
    "<div class=h-entry><span class='p-author h-card'>Rita Coyle</span> <time class=dt-published datetime='2022-03-04 10:00'>x</time></div>",
    "<div><span itemprop=author><span itemprop=name>Rita Coyle</span></span><span itemprop=datePublished content=2022-03-04></span></div>",
    "<p>By Rita Coyle</p><p>Published 4 March 2022, 10:15</p>",
]  # fmt: skip


@pytest.mark.parametrize("top", MARKED)
def test_author_and_day_are_those_that_the_page_shows(top: str):
    facts = webpage.read(page(top=f"<h1>Ardell closes its tram</h1>{top}"))[1]
    assert (facts.get("author"), facts.get("date")) == ("Rita Coyle", "2022-03-04")


def test_comments_and_other_articles_date_nothing():
    comments = "<section id=comments><p>Joe</p><time datetime=2022-03-09>9 March 2022</time><p>All stolen, I say.</p></section>"
    aside = "<aside class=related><h3>Ferries</h3><time datetime=2022-02-01></time><span class=author>Ewan Price</span></aside>"
    text, facts = webpage.read(page(after=comments + aside))
    assert facts == {"title": "Ardell closes its tram"}
    assert "stolen" not in text


@pytest.mark.parametrize(
    ("inner", "lines"),
    [
        ("<p>She said <q>No money for <b>rails</b></q> and left the room at once.</p>", ["She said “No money for rails” and left the room at once."]),
        ("<blockquote><p>“The old stay at home.”</p><footer>— Felix Baum</footer></blockquote>", ["“The old stay at home.”", "— Felix Baum"]),
        ("<blockquote><p>The <b>old</b> stay</p><p>at <i>home</i></p><cite>Felix Baum</cite></blockquote>", ["> The old stay", "> at home", "— Felix Baum"]),
        ("<blockquote>No rails, <em>no</em> town.<cite>Felix Baum</cite></blockquote>", ["> No rails, no town.", "— Felix Baum"]),
        ("<p>It reads:</p><blockquote><p>No rails.</p></blockquote>", ["It reads:", "> No rails."]),
        ("<blockquote><p>No rails.</p></blockquote>", ["No rails."]),
        ("<blockquote class=post><p>No boats till noon.</p>&mdash; Ardell Rescue (@ardell) <a href=/1>March 4</a></blockquote>",
         ["> No boats till noon.", "— Ardell Rescue (@ardell) March 4"]),
        ("<dl><dt>Gazette</dt><dd>When did you see it?</dd><dt>Why?</dt><dd>It was dead.</dd></dl>", ["Gazette:", "When did you see it?", "Why?", "It was dead."]),
        ("<table><caption>Results</caption><tr><th>Club</th><th>Points</th></tr><tr><td>Rovers</td><td>12</td></tr><tr><td>Vale</td><td>9</td></tr></table>",
         ["Results", "Club: Rovers; Points: 12", "Club: Vale; Points: 9"]),
        ("<table><tr><td>Rovers</td><td>12</td></tr><tr><td>Vale</td><td>9</td></tr></table>", ["Rovers | 12", "Vale | 9"]),
    ],
)  # fmt: skip
def test_quotations_definitions_and_tables_stay_readable(inner: str, lines: list[str]):
    text = webpage.read(page(inner=inner))[0].split("\n")
    start = text.index(lines[0])
    assert text[start : start + len(lines)] == lines


def test_a_list_of_sentences_outside_of_an_article_element_stays():
    items = "<li>The rails are sold to a mill by the lake.<li><span>The drivers keep their pay until spring.</span>"
    links = "<ul><li><a href=/a>Ferries are late again, the operator says.</a></ul>"
    text = webpage.read(
        f"<html><body><h1>Tram</h1><p>{FIRST}</p><ul>{items}</ul>{links}<p>{LAST}</p></body></html>".encode()
    )[0]
    listed = "- The rails are sold to a mill by the lake.\n- The drivers keep their pay until spring."
    assert text.removeprefix("Tram\n") == f"{FIRST}\n{listed}\n{LAST}"


@pytest.mark.parametrize(
    "hidden", ["<template>{}</template>", "<div hidden>{}</div>", "<section hidden=''>{}</section>"]
)
def test_what_a_page_hides_is_no_text_but_what_a_search_in_it_finds(hidden: str):
    unseen = "<p>Nobody who looks at the page sees this sentence.</p>"
    assert "Nobody" not in webpage.read(page(inner=hidden.format(unseen)))[0]
    assert "Nobody" in webpage.read(page(inner=f"<div hidden=until-found>{unseen}</div>"))[0]


def test_a_form_that_asks_the_reader_for_something_is_no_text_but_a_page_in_a_form_is():
    form = "<form><p>News of the tram by mail every day. Enter your address.</p><input></form>"
    assert "address" not in webpage.read(page(inner=form))[0]
    whole = f"<form><input type=hidden><article><p>{FIRST}</p><p>{FIRST.replace('June', 'May')}</p><p>{LAST}</p><p>{LAST.replace('last', 'this')}</p></article></form>"
    assert LAST in webpage.read(f"<html><body>{whole}</body></html>".encode())[0]


def test_a_byline_states_the_name_in_front_of_its_date():
    byline = "<div class=byline>By Rita Coyle | <b>March 4, 2022</b></div>"
    assert webpage.read(page(top=f"<h1>Ardell closes its tram</h1>{byline}"))[1]["author"] == "Rita Coyle"


def test_whom_a_block_of_quotation_names_is_no_author():
    block = "<blockquote><p>The old will stay at home from now on.</p><footer>— Felix Baum</footer></blockquote>"
    text = webpage.read(page(inner=block))[0]
    assert metadata.read(text).get("author") is None


def test_an_object_without_headline_and_address_is_the_pages():
    bare = {key: value for key, value in ARTICLE.items() if key not in ("headline", "url")}
    facts = webpage.read(
        page(f"<title>Ardell closes its tram</title><script type='application/ld+json'>{json.dumps(bare)}</script>")
    )[1]
    assert (facts["author"], facts["date"]) == ("Rita Coyle", "2022-03-04")


@pytest.mark.parametrize("tag", ["div", "span", "b"])
def test_deeply_nested_tags_lose_nothing_in_silence(tag: str):
    nested = page(inner=f"<{tag}>" * 1900 + "<p>In the deep it was seen by nobody at all.</p>" + f"</{tag}>" * 1900)
    text = webpage.read(nested)[0]
    assert "In the deep" in text
    assert LAST in text
    with pytest.raises(ValueError, match="nested too deeply"):
        webpage.read(page(inner=f"<{tag}>" * 5000))


def test_what_only_a_browser_without_scripts_shows_is_no_article():
    assert (
        webpage.read(
            b"<html><body><div id=root></div><noscript>You need JavaScript to run this app.</noscript></body>"
        )[0]
        == ""
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<p>One is here.</p><p>Two &amp; three.<br>Four.</p>", "One is here.\n\nTwo & three.\nFour."),
        ("Ada &amp; Ben\n\n&#8220;No,&#8221; she said.", "Ada & Ben\n\n“No,” she said."),
        ("If a < b and b > c, then R&D & all.\n\nTwo.", "If a < b and b > c, then R&D & all.\n\nTwo."),
    ],
)
def test_markup_in_a_record_is_no_part_of_its_text(text: str, shown: str):
    assert webpage.from_markup(text, webpage.of_markup) == shown
