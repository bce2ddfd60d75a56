"""PDF, Word, OpenDocument, RTF, EPUB and e-mail: their paragraphs are the text, offsets count in it, and broken files are named."""

from __future__ import annotations

import builtins
import hashlib
import io
import textwrap
import zipfile
from pathlib import Path
from typing import Any

import pytest

from retrieval import articles, passages
from retrieval.articles import documents
from tests.retrieval.articles.pdf import pdf

FIRST = "The council of Ardell voted on Tuesday to close the old tram line in June, after a debate of three hours."
LAST = "Engineers found cracks in the rails last winter, and the repair would cost two million crowns, the mayor said."
TEXT = f"{FIRST}\n\n{LAST}"


WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RUN = '<w:r><w:t xml:space="preserve">%s</w:t></w:r>'


def docx(*blocks: str) -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return zipped(
        {
            "_rels/.rels": f'<Relationships><Relationship Type="{kind}" Target="/word/main.xml"/></Relationships>',
            "docProps/core.xml": "<core><creator>Typist</creator><title>Draft 7</title></core>",
            "word/main.xml": f"<w:document {WORD}><w:body>{''.join(blocks)}</w:body></w:document>",
        }
    )


def odt(*blocks: str) -> bytes:
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "draw")
    )
    return packed(content_xml=f"<office:document{names}><office:text>{''.join(blocks)}</office:text></office:document>")


def word(*runs: str) -> str:
    return f"<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>{''.join(runs)}</w:p>"


def packed(**files: str) -> bytes:
    return zipped({name.replace("__", "/").replace("_", "."): text for name, text in files.items()})


def zipped(files: dict[str, str]) -> bytes:
    with zipfile.ZipFile(stream := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            file.writestr(name, text)
    return stream.getvalue()


def epub() -> bytes:
    package = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
    <dc:title>Ardell closes its tram</dc:title><dc:creator>Rita Coyle</dc:creator><dc:date>2022-03-04</dc:date></metadata>
    <manifest><item id="b" href="b.xhtml"/><item id="a" href="a.xhtml"/></manifest><spine><itemref idref="a"/><itemref idref="b"/>
    </spine></package>"""
    return packed(
        **{
            "META-INF__container_xml": '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
            "OPS__book_opf": package,
            "OPS__b_xhtml": f"<html><body><p>{LAST}</p></body></html>",
            "OPS__a_xhtml": f"<html><body><p>{FIRST}</p></body></html>",
        }
    )


MAIL = f"""From: Harbour Letter <hello@harbour.example>
To: you@post.example
Subject: Fwd: =?utf-8?Q?Ardell_closes_its_tram_=E2=80=93_again?=
Date: Fri, 04 Mar 2022 10:15:00 +0000
List-Unsubscribe: <https://harbour.example/off>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=x

--x
Content-Type: text/plain; charset=utf-8

{FIRST}

{LAST}
--x
Content-Type: text/html; charset=utf-8

<p>{FIRST}</p><p>Only in tags.</p>
--x--
""".replace("\n", "\r\n").encode()


def test_a_pdf_gives_its_paragraphs_without_their_line_ends():
    pytest.importorskip("pdfminer")
    lines = [*textwrap.wrap(FIRST.split("bate", maxsplit=1)[0] + "-", 50), "bate" + FIRST.split("bate")[1]]
    text, facts = documents.read(".pdf", pdf(lines, textwrap.wrap(LAST, 60)))
    assert text == TEXT
    assert facts == {}


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        ("after a de-\nbate of three hours", "after a debate of three hours"),
        ("a de-  \n  bate", "a debate"),
        ("the soft\u00ad\nware", "the software"),
        ("a long-\nterm plan; the long-term plan", "a long-term plan; the long-term plan"),  # so elsewhere
        (
            "a long-\nterm plan for a long time; the term ends",
            "a long-term plan for a long time; the term ends",
        ),  # two words
        (
            "the car-\npet; the carpet in the car is no pet",
            "the carpet; the carpet in the car is no pet",
        ),  # whole elsewhere
        ("COVID-\n19 and Franco-\nGerman talks", "COVID-19 and Franco-German talks"),
        ("a pause -\nand on", "a pause -\nand on"),
    ],
)
def test_words_that_line_ends_part_are_whole_again(lines: str, whole: str):
    assert documents.unhyphenated(lines) == whole


def test_word_and_open_document_give_paragraphs_and_tables_and_no_facts_of_their_typist():
    row = "<w:tr>" + "".join(f"<w:tc>{word(RUN % cell)}</w:tc>" for cell in ("Rovers", "12")) + "</w:tr>"
    assert documents.read(".docx", docx(word(RUN % FIRST), f"<w:tbl>{row}</w:tbl>", word(RUN % LAST))) == (
        f"{FIRST}\n\nRovers | 12\n\n{LAST}",
        {},
    )
    cells = "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in ("Rovers", "12"))
    table = f"<table:table><table:table-row>{cells}</table:table-row></table:table>"
    assert documents.read(".odt", odt(f"<text:h>{FIRST}</text:h>", table, f"<text:p>{LAST}</text:p>")) == (
        f"{FIRST}\n\nRovers | 12\n\n{LAST}",
        {},
    )


def test_a_word_file_reads_as_it_does_with_its_changes_accepted():
    box = f"<w:txbxContent>{word(RUN % 'A pull quote.')}</w:txbxContent>"
    changed = word(
        RUN % "The pier of ",
        f"<w:smartTag>{RUN % 'Sel'}</w:smartTag>{RUN % 'mouth costs '}",
        "<w:del><w:r><w:delText>three</w:delText></w:r></w:del>",
        f"<w:ins>{RUN % 'four'}</w:ins><w:moveFrom>{RUN % 'five'}</w:moveFrom><w:hyperlink>{RUN % ' million'}</w:hyperlink>",
        '<w:r><w:rPr><w:vanish/></w:rPr><w:t> secret</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:br/><w:t>gui</w:t></w:r>',
        f"{RUN % 'lders.'}<w:r><w:drawing>{box}</w:drawing><w:pict><w:Fallback>{box}</w:Fallback></w:pict></w:r>",
    )
    inner = f"<w:tbl><w:tr><w:tc>{word(RUN % 'inner')}</w:tc></w:tr></w:tbl>"
    rows = f"<w:tr><w:tc>{word(RUN % 'Berth')}</w:tc><w:tc>{word(RUN % '1')}{inner}</w:tc></w:tr><w:tr><w:tc>{word()}</w:tc></w:tr>"
    controlled = f"<w:sdt><w:sdtContent>{word(RUN % LAST)}</w:sdtContent></w:sdt>"
    assert documents.read(".docx", docx(changed, f"<w:tbl>{rows}</w:tbl>", controlled))[0].split("\n\n") == [
        "The pier of Selmouth costs four million\nguilders.",
        "A pull quote.",
        "Berth | 1\ninner",
        LAST,
    ]


def test_an_open_document_has_neither_what_was_deleted_nor_comments_and_its_notes_behind_their_paragraph():
    deleted = "<text:tracked-changes><text:deletion><text:p>Nobody may read this.</text:p></text:deletion></text:tracked-changes>"
    comment = "<office:annotation><text:p>Check this!</text:p></office:annotation>"
    note = "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>In 1904.</text:p></text:note-body></text:note>"
    paragraph = f"<text:p>The pier\n  costs {comment}four<text:s/><text:span>million</text:span>{note}<text:tab/>guilders.</text:p>"
    assert documents.read(".odt", odt(deleted, paragraph)) == ("The pier costs four million\tguilders.\n\nIn 1904.", {})


def test_each_text_box_is_read_once_also_inside_another():
    inner = f"<w:txbxContent>{word(RUN % 'Inner.')}</w:txbxContent>"
    outer = f"<w:txbxContent>{word(RUN % 'Outer.', f'<w:pict>{inner}</w:pict>')}</w:txbxContent>"
    assert (
        documents.read(".docx", docx(word(RUN % "Text.", f"<w:pict>{outer}</w:pict>")))[0]
        == "Text.\n\nOuter.\n\nInner."
    )


def test_a_text_box_that_stands_on_a_page_and_what_follows_a_comment_of_the_markup_are_read():
    frame = "<draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box></draw:frame>"
    paragraph = "<text:p>The pier<!-- note --> costs<?page 2?> four.</text:p>"
    assert documents.read(".odt", odt(frame, paragraph))[0] == "In a box.\n\nThe pier costs four."


def test_rich_text_gives_its_paragraphs():
    pytest.importorskip("striprtf")
    data = (
        rb"{\rtf1\ansi{\fonttbl\f0 Arial;}\f0 "
        + FIRST.encode()
        + rb"\par {\b "
        + LAST.encode()
        + rb"}\par Caf\'e9 \u8211? end.\par}"
    )
    assert documents.read(".rtf", data) == (f"{TEXT}\n\nCafé – end.", {})


def test_a_book_is_read_in_the_order_of_its_spine_with_the_facts_of_its_package():
    facts = {"title": "Ardell closes its tram", "author": "Rita Coyle", "date": "2022-03-04"}
    assert documents.read(".epub", epub()) == (TEXT, facts)


def test_a_newsletter_by_mail_states_subject_day_and_sender():
    text, facts = documents.read(".eml", MAIL)
    assert text.strip() == TEXT
    assert facts == {"title": "Ardell closes its tram – again", "date": "2022-03-04", "publisher": "Harbour Letter"}
    private = documents.read(".eml", MAIL.replace(b"List-Unsubscribe", b"X-Other"))[1]
    assert "publisher" not in private


@pytest.mark.parametrize("encoding", ["x-unheard-of", "idna", "undefined"])
def test_a_mail_in_an_encoding_that_nobody_knows_is_read(encoding: str):
    head = (
        b"Subject: Tram\r\nContent-Type: text/plain; charset=%s\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        % encoding.encode()
    )
    assert documents.read(".eml", head + "Café – closed.".encode()) == ("Café – closed.", {"title": "Tram"})


def test_what_a_mail_does_not_draw_is_not_its_text():
    head = b"Subject: Tram\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    body = f"<div style='Display: NONE; color: red'>Preview only.</div><p>{FIRST}</p>"
    assert documents.read(".eml", head + body.encode())[0] == FIRST


def test_offsets_count_in_the_extracted_text_which_has_its_own_hash(tmp_path: Path):
    (tmp_path / "a.epub").write_bytes(data := epub())
    article = articles.read(tmp_path).articles[0]
    assert article.sha256 == hashlib.sha256(data).hexdigest()
    assert article.text_sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert [passage.text for passage in passages.split(article)] == [FIRST, LAST]


@pytest.mark.parametrize("kind", documents.READERS)
def test_a_broken_file_is_named_in_one_line(tmp_path: Path, kind: str):
    for number, data in enumerate((b"", b"\0\1\2 nothing", b"PK\3\4 cut off", packed(a_txt="x"), pdf(["x"])[:300])):
        (tmp_path / f"{number}{kind}").write_bytes(data)
    (tmp_path / "good.txt").write_text(TEXT)
    collection = articles.read(tmp_path)
    assert [article.file for article in collection.articles] == ["good.txt"]
    assert len(collection.problems) == 5
    assert all("\n" not in problem.reason and len(problem.reason) < 120 for problem in collection.problems)


def test_what_unpacks_to_more_than_any_article_is_not_unpacked():
    for kind in (".docx", ".odt", ".epub"):
        with pytest.raises(ValueError, match="60,000,000 bytes unpacked"):
            documents.read(kind, packed(a_xml="x" * 60_000_000))


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch):
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] in ("pdfminer", "striprtf"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    for kind in (".pdf", ".rtf"):
        with pytest.raises(ValueError, match=rf"\{kind} files need .*pip install -e '\.\[formats\]'"):
            documents.read(kind, packed(a_xml="x"))
