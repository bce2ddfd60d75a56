"""Files become articles, text untouched; what cannot be read is named with the reason and the rest is indexed."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import Article, ArticlesError, articles, passages
from retrieval.articles import folder as folders
from retrieval.text import sentences

BODY = "The mayor opened the new bridge on Monday. It cost nine million crowns, the council said.\n"


def problems(folder: Path) -> dict[str, str]:
    return {problem.file: problem.reason for problem in articles.read(folder).problems}


def test_the_text_is_the_file_decoded_line_ends_untouched(tmp_path: Path):
    content = b"\xef\xbb\xbfThe mayor opened the bridge.\r\nIt cost nine million crowns.\r\n"
    (tmp_path / "a.txt").write_bytes(content)
    article = articles.read(tmp_path).articles[0]
    assert article.text == content.decode()
    assert article.sha256 == hashlib.sha256(content).hexdigest()
    assert article.id == hashlib.sha256(f"a.txt\0{article.sha256}".encode()).hexdigest()[:16]
    assert article.text_sha256 is None


def test_front_matter_states_facts_and_offsets_count_in_the_file(tmp_path: Path):
    front = "---\ntitle: A bridge\nauthor: Ada Finch\ndate: 2021-03-04\nurl: https://post.example/bridge\n---\n"
    (tmp_path / "a.md").write_text(front + BODY)
    article = articles.read(tmp_path).articles[0]
    assert (article.title, article.author, article.date) == ("A bridge", "Ada Finch", "2021-03-04")
    assert (article.url, article.publisher) == ("https://post.example/bridge", "post.example")
    assert passages.split(article)[0].start == len(front)


def test_a_saved_page_gives_its_text_and_what_it_states(tmp_path: Path):
    page = f"""<html lang="en"><head><title>A bridge | Post</title>
    <meta property="og:site_name" content="Harbour Post"><meta property="og:title" content="A bridge opens">
    <meta property="article:published_time" content="2021-03-04T10:00:00Z">
    <link rel="canonical" href="https://www.harbourpost.example/a-bridge"></head><body><nav>Home News Sport</nav>
    <article><h1>A bridge opens</h1><p>{BODY}</p><p>A brass band played until dusk, and nobody went home early that day.</p>
    </article><footer>Copyright 2021 Harbour Post</footer></body></html>"""
    (tmp_path / "a.html").write_text(page)
    article = articles.read(tmp_path).articles[0]
    assert (article.publisher, article.date) == ("Harbour Post", "2021-03-04")
    assert (article.title, article.url) == ("A bridge opens", "https://www.harbourpost.example/a-bridge")
    assert article.sha256 == hashlib.sha256(page.encode()).hexdigest()
    assert article.text_sha256 == hashlib.sha256(article.text.encode()).hexdigest()
    assert "It cost nine million crowns" in "".join(passage.text for passage in passages.split(article))


def test_half_a_character_of_a_record_is_read_as_a_replacement(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text(
        '{"text": "The ferry sails at noon \\ud83d\\ude00, and the last one at six \\ud83d in the evening."}'
    )
    assert [article.text for article in articles.read(tmp_path).articles] == [
        "The ferry sails at noon 😀, and the last one at six \ufffd in the evening."
    ]


def test_each_record_of_json_lines_is_an_article_and_a_bad_one_is_named(tmp_path: Path):
    good = json.dumps({"text": BODY, "title": "A bridge", "date": "2021-03-04", "publisher": "Post"})
    (tmp_path / "a.jsonl").write_text("\n".join([good, "{", "[]", '{"title": "no text"}', json.dumps({"text": "  "})]))
    found = articles.read(tmp_path).articles
    assert [(article.title, article.publisher, article.date) for article in found] == [
        ("A bridge", "Post", "2021-03-04")
    ]
    assert found[0].sha256 == hashlib.sha256(good.encode()).hexdigest()
    assert set(problems(tmp_path)) == {"a.jsonl:2", "a.jsonl:3", "a.jsonl:4", "a.jsonl:5"}


def test_files_that_cannot_be_read_are_named_and_the_rest_is_indexed(tmp_path: Path):
    folder = tmp_path / "in"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "good.txt").write_text(BODY)
    (folder / "latin.txt").write_bytes(b"caf\xe9 ferm\xe9")
    (folder / "empty.txt").touch()
    (tmp_path / "outside.txt").write_text(BODY)
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    os.mkfifo(folder / "pipe.txt")
    assert [article.file for article in articles.read(folder).articles] == ["deep/er/good.txt"]
    assert set(problems(folder)) == {"latin.txt", "empty.txt", "link.txt", "pipe.txt"}  # the first is two words alone
    assert all(reason and "\n" not in reason for reason in problems(folder).values())
    assert articles.fingerprint(folder) == dict(articles.read(folder).files)


def test_every_file_that_is_not_read_is_named_with_the_reason(tmp_path: Path):
    for name in ("good.txt", "a.zip", "b.log", "c.DOC", "d.zip", "noted", ".hidden"):
        (tmp_path / name).write_text(BODY)
    suffix = "files are not read: save their text as .txt, .md, .html or .jsonl"
    assert problems(tmp_path) == {
        "a.zip": f".zip {suffix}",
        "b.log": f".log {suffix}",
        "c.DOC": f".doc {suffix}",
        "d.zip": f".zip {suffix}",
        "noted": "its name says no kind: a text is read when it is called .txt",
    }
    assert next(articles.left_out(articles.read(tmp_path).problems)) == f"left out a.zip, d.zip: .zip {suffix}"


def test_a_file_of_ten_gigabytes_is_named_and_never_read(tmp_path: Path):
    (tmp_path / "good.txt").write_text(BODY)
    for name in ("huge.txt", "huge.html", "huge.jsonl", "huge.pdf"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(10 * 2**30)  # without a block on the disk
    collection = articles.read(tmp_path)
    assert [article.file for article in collection.articles] == ["good.txt"]
    assert all(problem.reason.startswith("10,737,418,240 bytes") for problem in collection.problems)
    assert len(collection.problems) == 4
    assert set(collection.files) == {"good.txt"}


def test_a_folder_of_very_many_other_files_gives_one_short_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "good.txt").write_text(BODY)
    (good,) = folders.files(tmp_path)
    others = [replace(good, file=f"{number}.png", fault="pictures are not read") for number in range(300_000)]
    monkeypatch.setattr(folders, "_walk", lambda _: iter([good, *others]))
    collection = articles.read(tmp_path)
    assert (len(collection.articles), len(collection.problems)) == (1, 300_000)
    (line,) = articles.left_out(collection.problems)
    assert line.endswith(" and 299,950 more (byline lint names them): pictures are not read")
    assert len(line) < 1_000


@pytest.mark.parametrize("name", ["a.txt", "a.TEXT", "a.md", "a.markdown", "a.rst"])
def test_plain_text_has_many_suffixes(tmp_path: Path, name: str):
    (tmp_path / name).write_text(BODY)
    assert [(article.file, article.text) for article in articles.read(tmp_path).articles] == [(name, BODY)]


def test_a_text_in_another_encoding_is_kept_as_it_was_read_with_a_sum_of_its_own(tmp_path: Path):
    text = BODY + "“Neuf millions, c’est trop”, a déclaré près de l’église un élève de São Paulo.\n"
    (tmp_path / "a.txt").write_bytes(text.encode("utf-16"))
    (tmp_path / "b.txt").write_bytes(text.encode("cp1252"))
    collection = articles.read(tmp_path)
    assert [article.text for article in collection.articles] == [text, text]
    for article in collection.articles:
        assert article.sha256 == hashlib.sha256((tmp_path / article.file).read_bytes()).hexdigest()
        assert article.text_sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert [(remark.file, remark.text.split(",")[0]) for remark in collection.remarks] == [("b.txt", "read as cp1252")]


def test_records_may_call_text_and_facts_by_other_usual_names(tmp_path: Path):
    wanted = ("A bridge", "Post", "Wire", "Ada Finch, Ida Brandt", "2021-03-04", "https://post.example/bridge")
    records = [
        {
            "body": BODY,
            "headline": "A bridge",
            "site": "Post",
            "source": "Wire",
            "authors": ["Ada Finch", "Ida Brandt"],
            "published": "2021-03-04",
            "link": "https://post.example/bridge",
        },
        {
            "text": None,
            "Content": BODY,
            "Title": "A bridge",
            "site_name": "Post",
            "source": {"id": 7, "name": "Wire"},
            "author": [{"name": "Ada Finch"}, {"name": "Ida Brandt"}],
            "publishedAt": "2021-03-04T08:00:00Z",
            "webUrl": "https://post.example/bridge",
        },
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)))
    found = articles.read(tmp_path).articles
    assert [article.text for article in found] == [BODY, BODY]
    for article in found:
        facts = (article.title, article.publisher, article.source, article.author, article.date, article.url)
        assert facts == wanted


def test_a_source_that_is_an_address_is_where_the_article_stands(tmp_path: Path):
    (tmp_path / "a.md").write_text(f"---\nsource: https://post.example/bridge\n---\n{BODY}")
    article = articles.read(tmp_path).articles[0]
    assert (article.url, article.source, article.publisher) == ("https://post.example/bridge", None, "post.example")


def test_a_record_without_text_says_what_it_has(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": BODY}) + "\n" + json.dumps({"summary": BODY, "id": 1}))
    assert problems(tmp_path) == {"a.jsonl:2": 'no text: a record has it in "text" or "body"; this one has summary, id'}


def test_a_line_of_ten_megabytes_neither_blocks_nor_hides_its_neighbours(tmp_path: Path):
    (tmp_path / "good.txt").write_text(BODY)
    (tmp_path / "long.txt").write_text("word " * 2_000_000)
    assert "good.txt" in [article.file for article in articles.read(tmp_path).articles]


@pytest.mark.parametrize("make", [lambda path: None, Path.touch, Path.mkdir])
def test_a_folder_with_nothing_to_index_is_named(tmp_path: Path, make):
    make(tmp_path / "in")
    with pytest.raises(ArticlesError, match="in"):
        articles.read(tmp_path / "in")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=400) | st.text(".!?\"“” \nAb1'", max_size=400))
def test_passages_of_any_text_are_ordered_spans_of_whole_sentences(text: str):
    article = Article("a", "a.txt", text, "0" * 64)
    edge = 0
    for passage in passages.split(article):
        assert edge <= passage.start < passage.end <= len(text)
        assert len(passage.text) <= passages.MAX_CHARS
        assert passage.sentences
        assert all(text[start:end] == text[start:end].strip() for start, end in passage.sentences)
        edge = passage.end


@pytest.mark.parametrize(
    "drawn",
    [
        "He left.|She stayed.",
        "J. F. Kennedy met the U.S. president.|They spoke.",
        "No. 1 is first.|No. 2 is next.",
        "Gen. Smith and Dr. Jones arrived at 5 p.m. on Monday.|Nobody came.",
        "He lives in the U.S.|She does not.",
        "“We will go.”|They went.",
        '"We will go," he said.|"Today."',
        "“Is it over?” she asked.|It was not.",
        "It cost 3.5 million.|That is a lot.",
        "Wait … there is more.|Go on.",
        "(He was wrong.)|She was right.",
        "He called it “good”.|The post shows it.",
        'She said "no".|"Yes," he said.',
        "It rose 5%.|Then it fell (by half).|Nobody knew.",
        "Wait . . . what?|He left.",
        "Mr. Brown of Acme Inc. resigned.|His deputy took over.",
    ],
)
def test_sentences_end_where_the_bar_is(drawn: str):
    text = drawn.replace("|", " ")
    assert [text[start:end] for start, end in sentences.split(text, 0, len(text))] == drawn.split("|")
