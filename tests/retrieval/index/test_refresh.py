"""A folder that changes: what is new is taken in, what is gone is left out, and nothing else is made again."""

from __future__ import annotations

import itertools
import json
import os
import pickle
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval import Article, ArticlesError, Index, ModelError, Recipe
from retrieval.index import corpus, indexing, refresh
from retrieval.index.refresh import RefreshError
from retrieval.search.encoder import SentenceEncoder
from tests import tiny_models
from tests.fakes import CountingEncoder, FakeEncoder
from tests.retrieval.index.conftest import BRIDGE, STORM

MARKET = "Farmers brought plums and honey to the market. Prices fell by a third since last autumn.\n"


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def index(folder: Path, encoder: CountingEncoder) -> Index:
    built = Index.build(folder, encoder=encoder, reranker=None)
    encoder.texts.clear()
    return built


def names(index: Index) -> list[str]:
    return [article.file for article in index.articles]


def test_where_nothing_changed_the_index_itself_comes_back(index: Index, encoder: CountingEncoder):
    assert index.refreshed() is index
    assert encoder.texts == []


def test_a_new_file_is_taken_in_and_nothing_else_is_encoded(index: Index, folder: Path, encoder: CountingEncoder):
    (folder / "market.txt").write_text(MARKET)
    grown = index.refreshed()
    assert names(grown) == ["bridge.txt", "market.txt", "storm.txt"]
    assert grown.ask("Who brought plums to the market?").hits[0].passage.article.file == "market.txt"
    assert sorted(encoder.texts) == sorted({MARKET.strip(), *MARKET.strip().replace(". P", ".\nP").split("\n")})
    assert grown.changes() == ()
    assert names(index) == ["bridge.txt", "storm.txt"]


def test_a_changed_file_replaces_its_article_and_a_vanished_one_is_gone(
    index: Index, folder: Path, encoder: CountingEncoder
):
    (folder / "bridge.txt").write_text(BRIDGE.replace("nine", "twelve"))
    (folder / "storm.txt").unlink()
    changed = index.refreshed()
    assert names(changed) == ["bridge.txt"]
    assert "twelve million" in changed.ask("How many million crowns did the bridge cost?").hits[0].passage.text
    assert {hit.passage.article.file for hit in changed.ask("What tore the library roof?", k=9).hits} <= {"bridge.txt"}
    assert [one.article.file for one in changed.statements] == ["bridge.txt"] * 3


def test_only_the_new_records_of_a_file_are_encoded(index: Index, folder: Path, encoder: CountingEncoder):
    lines = [json.dumps({"text": text}) for text in (BRIDGE, STORM)]
    (folder / "feed.jsonl").write_text(f"{lines[0]}\n")
    once = index.refreshed()
    encoder.texts.clear()
    (folder / "feed.jsonl").write_text("\n".join(lines))
    twice = once.refreshed()
    assert STORM.strip() in encoder.texts
    assert BRIDGE.strip() not in encoder.texts
    assert names(twice) == ["bridge.txt", "feed.jsonl", "feed.jsonl", "storm.txt"]


def test_a_damaged_file_is_named_until_it_is_mended_and_others_are_served(index: Index, folder: Path):
    (folder / "half.jsonl").write_text('{"text": "A storm tore')
    (folder / "market.txt").write_text(MARKET)
    damaged = index.refreshed()
    assert [problem.file for problem in damaged.problems] == ["half.jsonl:1"]
    assert names(damaged) == ["bridge.txt", "market.txt", "storm.txt"]
    (folder / "market.txt").unlink()
    later = damaged.refreshed()
    assert [problem.file for problem in later.problems] == ["half.jsonl:1"]
    (folder / "half.jsonl").write_text(json.dumps({"text": STORM}))
    mended = later.refreshed()
    assert mended.problems == ()
    assert "half.jsonl" in names(mended)


def test_a_folder_that_is_gone_or_has_nothing_left_is_an_error_and_the_index_serves_on(index: Index, folder: Path):
    for name in ("bridge.txt", "storm.txt"):
        (folder / name).unlink()
    with pytest.raises(ArticlesError, match="no article can be read in .*: it holds no file"):
        index.refreshed()
    folder.rmdir()
    with pytest.raises(ArticlesError, match="is not there"):
        index.refreshed()
    assert index.ask("Who opened the bridge?").verdict == "answer"
    with pytest.raises(ArticlesError, match="handed in"):
        Index.build([Article("a", "a.txt", STORM, "0" * 64)], encoder=FakeEncoder(), reranker=None).refreshed()


def test_a_file_that_is_still_being_written_is_left_as_it_was(index: Index, folder: Path, monkeypatch):
    naps: list[float] = []
    monkeypatch.setattr(time, "sleep", naps.append)
    (folder / "bridge.txt").write_text(BRIDGE[:42])
    (folder / "market.txt").write_text(MARKET)
    assert index.refreshed(settle=60) is index
    assert all(0 < nap <= 60 for nap in naps)
    assert naps
    old = time.time() - 100
    os.utime(folder / "market.txt", (old, old))
    assert names(index.refreshed(settle=60)) == ["bridge.txt", "market.txt", "storm.txt"]
    ahead = time.time() + 10_000  # a clock that jumped is not waited for
    os.utime(folder / "bridge.txt", (ahead, ahead))
    assert index.refreshed(settle=60).articles[0].text == BRIDGE[:42]


def test_what_is_made_by_other_code_is_made_again(index: Index, encoder: CountingEncoder, monkeypatch):
    monkeypatch.setattr(indexing, "code", lambda: "another")
    again = index.refreshed()
    assert again is not index
    assert names(again) == names(index)
    assert BRIDGE.strip() in encoder.texts
    assert again.refreshed() is again


def test_when_an_article_was_taken_in_stays(index: Index, folder: Path, tmp_path: Path, monkeypatch):
    first = [index.taken_in(article) for article in index.articles]
    (folder / "market.txt").write_text(MARKET)
    grown = index.refreshed()
    grown.save(tmp_path / "index")
    loaded = Index.load(tmp_path / "index", encoder=FakeEncoder())
    assert [loaded.taken_in(article) for article in loaded.articles if article.file != "market.txt"] == first
    assert loaded.taken_in(loaded.articles[1]) == grown.taken_in(grown.articles[1]) >= max(first)


def test_another_byline_reads_all_again_and_keeps_when_what_came_except_what_changed(
    index: Index, folder: Path, monkeypatch
):
    old = {article.file: "2031-05-07T08:09:10+00:00" for article in index.articles}
    (first,) = index._corpus.segments
    index._corpus = corpus.Corpus((replace(first, taken=tuple(old.values())),))
    monkeypatch.setattr(indexing, "code", lambda: "another")
    (folder / "storm.txt").write_text(STORM.replace("roof", "door"))
    again = index.refreshed()
    taken = {article.file: again.taken_in(article) for article in again.articles}
    assert taken["bridge.txt"] == old["bridge.txt"]
    assert taken["storm.txt"] != old["storm.txt"]


def test_quotes_are_indexed_anew_only_in_the_segment_that_changed(folder: Path, monkeypatch):
    monkeypatch.setattr(corpus, "_FULL", 1)  # a segment an article
    index = Index.build(folder, encoder=FakeEncoder(), reranker=None)
    before = [each.word_tables for each in index._corpus.segments]
    (folder / "market.txt").write_text(MARKET)
    grown = index.refreshed()
    assert grown.check("Farmers brought plums and honey to the market.").status == "verbatim"
    assert grown.check("A storm tore the roof off the town library.").matches[0].article.file == "storm.txt"
    assert grown.mentions("plums")[0].statement.article.file == "market.txt"
    assert [each.word_tables for each in grown._corpus.segments[: len(before)]] == before


def test_a_short_change_makes_a_short_segment_and_these_stay_few(index: Index):
    for number in range(20):
        index.add([Article(f"{number}", f"{number}.txt", f"{MARKET}It was fair {number}.", f"{number:064}")])
        sizes = [len(each.passages) for each in index._corpus.segments]
        assert all(one >= 2 * other for one, other in itertools.pairwise(sizes))
        assert len(sizes) <= 5
    assert sorted(each.file for each in index.articles) == sorted(
        ["bridge.txt", "storm.txt", *(f"{n}.txt" for n in range(20))]
    )


def test_an_index_that_grew_and_shrank_by_files_answers_as_one_built_at_once(folder: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(corpus, "_FULL", 3)  # segments of a passage or two
    index = Index.build(folder, encoder=FakeEncoder(), reranker=None)
    for number in range(12):
        (folder / f"{number:02}.txt").write_text(f"Number {number}. {MARKET} {STORM if number % 2 else BRIDGE}")
        if number % 3 == 2:
            (folder / f"{number - 1:02}.txt").unlink()
            index.save(tmp_path / "index")
            index = Index.load(tmp_path / "index", encoder=FakeEncoder())
        index = index.refreshed()
    assert len(index._corpus.segments) > 3
    index.save(tmp_path / "index")
    whole = Index.build(folder, encoder=FakeEncoder(), reranker=None)
    loaded = Index.load(tmp_path / "index", encoder=FakeEncoder())
    for other in (index, loaded):
        assert names(other) == names(whole)
        assert sorted(other.passages, key=lambda passage: passage.article.file) == list(whole.passages)
        for question in ("Who brought plums?", "library roof", "What did the bridge cost?", "Number 7"):
            ours, theirs = ({(h.passage, h.highlight) for h in i.ask(question, k=30).hits} for i in (other, whole))
            assert ours == theirs
            assert other.ask(question).confidence == pytest.approx(whole.ask(question).confidence, abs=1e-4)


def test_examples_of_articles_that_are_gone_go_with_them(folder: Path):
    (folder / "bridge.txt").write_text("“The bridge is far too dear,” said Mayor Ida Brandt.\n")
    (folder / "storm.txt").write_text("“The roof will be mended soon,” said Pastor Olaf Berg.\n")
    index = Index.build(folder, encoder=FakeEncoder(), reranker=None)
    assert len(index.examples) == 2
    (folder / "bridge.txt").unlink()
    assert index.refreshed().examples == index.examples[1:]


def test_new_articles_are_read_by_another_process_with_the_same_result(folder: Path, tiny_model: str):
    index = Index.build(folder, encoder=tiny_model, reranker=None)
    (folder / "market.txt").write_text(MARKET)
    (folder / "half.jsonl").write_text("{")
    here, apart = index.refreshed(), index.refreshed(apart=True)
    assert apart.articles == here.articles
    assert apart.statements == here.statements
    assert apart.problems == here.problems
    question = "Who brought plums to the market?"
    assert apart.ask(question).hits[0].passage == here.ask(question).hits[0].passage


def test_a_process_that_dies_is_an_error(folder: Path, monkeypatch):
    monkeypatch.setattr(refresh.sys, "executable", "/bin/false")
    with (
        refresh.reader(FakeEncoder(), apart=True) as read,
        pytest.raises(RefreshError, match="ended with code 1"),
    ):
        read(folder, {"storm.txt"}, [])


@pytest.mark.parametrize("content", [b"", pickle.dumps("a model" * 100)[:50]], ids=["nothing", "half a model"])
def test_a_process_whose_parent_ends_before_it_gave_the_task_ends_without_a_word(content: bytes):
    command = [sys.executable, "-c", f"from {refresh.__name__} import serve; serve()"]
    run = subprocess.run(command, input=content, capture_output=True, check=True)
    assert (run.stdout, run.stderr) == (b"", b"")


def test_a_model_that_the_process_cannot_load_is_named(folder: Path, tmp_path: Path, tiny_model: str):
    gone = shutil.copytree(tiny_model, tmp_path / "gone")
    encoder = SentenceEncoder(str(gone))
    shutil.rmtree(gone)
    with (
        refresh.reader(encoder, apart=True) as read,
        pytest.raises(ModelError, match="gone does not load as a Sentence Transformers model"),
    ):
        read(folder, {"storm.txt"}, [])


def test_a_removal_needs_no_model(index: Index, folder: Path, encoder: CountingEncoder):
    (folder / "storm.txt").unlink()
    assert names(index.refreshed()) == ["bridge.txt"]
    assert encoder.texts == []


def test_that_process_needs_no_torch_where_the_model_puts_nothing_before_a_text(tmp_path: Path, tiny_model: str):
    plain = SentenceEncoder(tiny_model)
    rows = plain.encode_passages([BRIDGE])
    plain.export(["the mayor opened the bridge"])
    apart = pickle.loads(pickle.dumps(plain))
    assert apart.lean
    np.testing.assert_allclose(apart.encode_passages([BRIDGE]), rows, atol=1e-5)
    assert apart._model is None
    asking = SentenceEncoder(str(tiny_models.save(tmp_path / "asking", prompt="query: ")))
    asking.export(["the mayor opened the bridge"])
    assert not pickle.loads(pickle.dumps(asking)).lean
    assert not pickle.loads(pickle.dumps(SentenceEncoder(tiny_model))).lean


def test_building_again_takes_over_what_did_not_change(folder: Path, tmp_path: Path, tiny_model: str):
    recipe = Recipe.choose(tmp_path / "index", folder, encoder=tiny_model, reranker=None)
    first = recipe.build(tmp_path / "index")
    (folder / "market.txt").write_text(MARKET)
    again = Recipe.choose(tmp_path / "index", folder)
    second = again.build(tmp_path / "index")
    assert names(second) == ["bridge.txt", "market.txt", "storm.txt"]
    taken = [second.taken_in(article) for article in first.articles]
    assert taken == [first.taken_in(article) for article in first.articles]
    generations = sorted(path.name for path in (tmp_path / "index").glob("0*"))
    assert again.build(tmp_path / "index").articles == second.articles
    assert sorted(path.name for path in (tmp_path / "index").glob("0*")) == generations
