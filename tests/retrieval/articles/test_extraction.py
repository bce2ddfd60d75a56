"""A file that takes too long or too much memory to read is named, and the others are read."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from retrieval import articles
from retrieval.articles import extraction
from retrieval.articles.extraction import Extractor
from tests.retrieval.articles.pdf import of_streams, pdf

BODY = "The council of Ardell voted on Tuesday to close the old tram line in June, after a debate of three hours."
PAGE = f"<html><body><article><p>{BODY}</p></article></body></html>".encode()
ENDLESS = of_streams(
    *(b"/X%d Do " % (number + 1) * 10 for number in range(9))
)  # nine levels of ten: a thousand million
HUGE = of_streams(zlib.compress(bytes(400_000_000)), packed="/Filter/FlateDecode")


def outcomes(seconds: int, memory: int, *files: tuple[str, bytes]) -> list[str]:
    read = []
    with Extractor(seconds, memory) as extractor:
        for kind, data in files:
            try:
                read.append(extractor.read(kind, data)[0])
            except ValueError as error:
                read.append(str(error))
    return read


def test_what_takes_too_long_is_cut_off_and_the_next_file_is_read():
    pytest.importorskip("pdfminer")
    assert outcomes(1, extraction.MEMORY, (".html", PAGE), (".pdf", ENDLESS), (".pdf", pdf([BODY]))) == [
        BODY,
        "more than 1 seconds are needed to read it: save its text as .txt",
        BODY,
    ]


def test_what_takes_too_much_memory_is_cut_off_and_the_next_file_is_read():
    pytest.importorskip("pdfminer")
    assert outcomes(60, 300_000_000, (".pdf", HUGE), (".html", PAGE)) == [
        "more than 0.3 GB of memory are needed to read it: save its text as .txt",
        BODY,
    ]


def test_the_build_names_the_file_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("pdfminer")
    monkeypatch.setattr(articles.files.extraction, "Extractor", lambda: Extractor(1))
    (tmp_path / "endless.pdf").write_bytes(ENDLESS)
    (tmp_path / "page.html").write_bytes(PAGE)
    collection = articles.read(tmp_path)
    assert [article.file for article in collection.articles] == ["page.html"]
    assert [problem.file for problem in collection.problems] == ["endless.pdf"]
    assert set(collection.files) == {"endless.pdf", "page.html"}  # so that a later change of either is seen


def test_a_folder_of_plain_texts_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Extractor, "_start", None)
    (tmp_path / "a.txt").write_text(BODY)
    (tmp_path / "b.jsonl").write_text(f'{{"text": "{BODY} Again."}}')
    assert len(articles.read(tmp_path).articles) == 2
