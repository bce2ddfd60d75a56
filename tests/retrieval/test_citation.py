"""A citation says what the file states and nothing else, and other people's software reads it back."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import bibtexparser
import pytest
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import given
from hypothesis import strategies as st

from retrieval.citation import FORMATS, Format, PassageId, cite, parse_passage_id, passage_id, titled
from retrieval.types import Article, Hit, Passage, Speaker

FULL = Article(
    id="bridge",
    file="bridge.txt",
    text="Head\nThe bridge will close, the mayor said. More.",
    sha256="3a0ad74a8ee5838f" + "0" * 48,
    title="Bridge to close & “reopen”: 50% of it",
    publisher="Harbour Times",
    source="www.wire.example",
    distributor="News & Co_Agency",
    author="Ada de Berg and Co.",
    date="2022-03-05",
    url="https://harbour.example/a_(b)?q=1&r=50%25#x",
)
BARE = Article(id="bare", file="002_bare.txt", text=FULL.text, sha256=FULL.sha256)
SPEAKER = Speaker(name="Ada Lindqvist", role="Mayor", via="Wire")


def passage(article: Article) -> Passage:
    return Passage(article, 5, 43, ((5, 43),))


def hit(article: Article) -> Hit:
    return Hit(passage(article), (5, 43), 1.0, speaker=SPEAKER)


def bibtex(text: str) -> dict[str, str]:
    library = bibtexparser.parse_string(text)
    assert library.failed_blocks == []
    (entry,) = library.entries
    return {"": entry.key, **{field.key: str(field.value) for field in entry.fields}}


def csl(text: str) -> dict[str, object]:
    (item,) = json.loads(text)
    return item


def bibliography(text: str) -> str:
    """What citeproc makes of CSL-JSON in the style that it ships."""
    data = json.loads(text)
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    made = CitationStylesBibliography(style, CiteProcJSON(data), formatter.plain)
    made.register(Citation([CitationItem(data[0]["id"])]))
    return str(made.bibliography()[0])


def test_a_passage_is_known_by_its_articles_hash_and_its_offsets() -> None:
    assert passage_id(passage(FULL)) == "3a0ad74a8ee5838f:5-43"
    assert parse_passage_id("3a0ad74a8ee5838f:5-43") == PassageId("3a0ad74a8ee5838f", 5, 43)


def test_an_identifier_names_the_article_only_while_its_file_is_the_same() -> None:
    name = parse_passage_id(passage_id(passage(FULL)))
    assert name.of(FULL)
    assert not name.of(replace(FULL, sha256="f" * 64))
    assert not name.of(replace(FULL, text="Short"))


@pytest.mark.parametrize(
    "text", ["", "3a0ad74a8ee5838f", "3a0ad74a8ee5838f:5", "3a0ad74a8ee5838f:43-5", "3A0AD74A8EE5838F:5-43", "x:1-2"]
)
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no passage's identifier"):
        parse_passage_id(text)


def test_plain_says_all_that_the_file_states_in_order() -> None:
    assert cite(passage(FULL), "plain") == (
        "Ada de Berg and Co., “Bridge to close & “reopen”: 50% of it”, Harbour Times, source: www.wire.example, "
        "distributed by News & Co_Agency, 2022-03-05, https://harbour.example/a_(b)?q=1&r=50%25#x, "
        "[3a0ad74a8ee5838f:5-43]"
    )


def test_plain_leaves_out_what_is_not_stated() -> None:
    assert cite(passage(BARE), "plain") == "002_bare.txt, [3a0ad74a8ee5838f:5-43]"
    assert cite(passage(replace(BARE, title="T", date="2022-03-05"))) == "“T”, 2022-03-05, [3a0ad74a8ee5838f:5-43]"


def test_a_hit_is_cited_with_whose_words_it_is() -> None:
    assert cite(hit(BARE), "plain").startswith("Mayor Ada Lindqvist, via Wire, in: 002_bare.txt")
    assert cite(hit(BARE), "markdown").startswith("Mayor Ada Lindqvist, via Wire, in: 002\\_bare.txt")
    assert bibtex(cite(hit(BARE), "bibtex"))["note"].startswith("Mayor Ada Lindqvist, via Wire; ")


def test_markdown_links_the_title_and_escapes_what_would_be_markup() -> None:
    article = replace(FULL, title="A [b] *c* <d>")
    assert cite(passage(article), "markdown") == (
        "Ada de Berg and Co., [A \\[b\\] \\*c\\* \\<d\\>](https://harbour.example/a_%28b%29?q=1&r=50%25#x), "
        "Harbour Times, source: www.wire.example, distributed by News & Co\\_Agency, 2022-03-05, `3a0ad74a8ee5838f:5-43`"
    )
    assert cite(passage(replace(BARE, title="T_1")), "markdown") == "*T\\_1*, `3a0ad74a8ee5838f:5-43`"
    assert cite(passage(BARE), "markdown") == "002\\_bare.txt, `3a0ad74a8ee5838f:5-43`"


def test_bibtex_is_read_back_by_bibtexparser_field_by_field() -> None:
    assert bibtex(cite(passage(FULL), "bibtex")) == {
        "": "3a0ad74a8ee5838f-5-43",
        "author": "{Ada de Berg and Co.}",
        "title": "{Bridge to close \\& “reopen”: 50\\% of it}",
        "howpublished": "Harbour Times",
        "year": "2022",
        "month": "mar",
        "day": "5",
        "url": "https://harbour.example/a_(b)?q=1&r=50%25#x",
        "note": "source: www.wire.example; distributed by News \\& Co\\_Agency; characters 5–43 of bridge.txt, "
        f"SHA-256 {FULL.sha256}",
    }


def test_bibtex_has_no_field_for_what_is_not_stated() -> None:
    assert set(bibtex(cite(passage(BARE), "bibtex"))) == {"", "note"}


def test_csl_is_read_back_by_citeproc() -> None:
    read = bibliography(cite(passage(FULL), "csl-json"))
    for part in ("Ada de Berg and Co.", "2022", "Bridge to close", "Harbour Times"):
        assert part in read


def test_csl_states_each_fact_in_the_variable_for_it() -> None:
    assert csl(cite(passage(FULL), "csl-json")) == {
        "id": "3a0ad74a8ee5838f:5-43",
        "type": "article-newspaper",
        "title": FULL.title,
        "author": [{"literal": "Ada de Berg and Co."}],
        "container-title": "Harbour Times",
        "original-publisher": "www.wire.example",
        "issued": {"date-parts": [[2022, 3, 5]]},
        "URL": FULL.url,
        "note": "source: www.wire.example; distributed by News & Co_Agency; characters 5–43 of bridge.txt, "
        f"SHA-256 {FULL.sha256}",
    }


def test_csl_without_facts_has_no_variables_for_them_and_is_still_read() -> None:
    written = cite(passage(BARE), "csl-json")
    assert set(csl(written)) == {"id", "type", "note"}
    assert not re.search(r"\b(?:19|20)\d\d\b", bibliography(written))


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_filled_in(name: Format) -> None:
    written = cite(passage(BARE), name)
    assert not re.search(r"n\.d\.|None|null|unknown|anonymous|accessed", written, re.IGNORECASE)


def test_another_format_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no format of a citation: 'ris'; there are plain, markdown, bibtex, csl-json"):
        cite(passage(BARE), "ris")  # type: ignore[arg-type]


@given(st.text(min_size=1, max_size=40), st.text(alphabet='\\{}%$&#_~^"@,= a\n', min_size=1, max_size=30))
def test_hostile_titles_and_names_break_no_format(title: str, author: str) -> None:
    article = replace(FULL, title=title, author=author, publisher=author, url=f"https://x.example/{author}")
    read = bibtex(cite(passage(article), "bibtex"))
    assert {"url", "note", "year"} <= set(read)
    assert csl(cite(passage(article), "csl-json"))["id"] == "3a0ad74a8ee5838f:5-43"
    assert len(cite(passage(article), "plain").splitlines()) <= 1 + len(
        re.findall("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", title)
    )


def test_a_role_behind_the_name_begins_with_a_small_letter_where_a_sentence_began_with_it():
    assert titled(Speaker("Ines Palm", "The harbour master")) == ("Ines Palm", "the harbour master")
    assert titled(Speaker("Ines Palm", "Harbour master")) == ("Ines Palm", "Harbour master")
    assert titled(Speaker("Ines Palm", "Dr")) == ("Dr Ines Palm",)
