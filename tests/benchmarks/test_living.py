"""What the benchmark of a change makes is what an index would hold of its files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from benchmarks import living
from retrieval.articles import read
from retrieval.index.corpus import Corpus


def test_made_segments_are_of_the_files_that_are_written(tmp_path: Path):
    maker = living.Maker(tmp_path)
    corpus = Corpus((maker.segment(0, 2), maker.segment(2, 1)))
    files = read(tmp_path).articles
    assert [(each.id, each.text, each.sha256) for each in corpus.articles] == [
        (each.id, each.text, each.sha256) for each in files
    ]
    assert len(corpus.passages) == 3 * living._PASSAGES
    for passage in corpus.passages:
        assert " ".join(passage.article.text[start:end] for start, end in passage.sentences) == passage.text
    assert len(corpus.statements) == len(corpus.hybrid.sentences) == 3 * living._PASSAGES * living._SENTENCES
    assert all(each.text.endswith(".") for each in corpus.statements)
    word = corpus.statements[0].text.split()[1]
    assert corpus.hybrid.words.scores([word])[0] > 0
    assert hashlib.sha256(corpus.articles[0].text.encode()).hexdigest() == corpus.articles[0].sha256
