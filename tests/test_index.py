"""An index of made-up articles: what is asked, added, removed, saved and loaded."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest

from retrieval import ArticlesError, Index, IndexFolderError, ModelError, crossencoder
from tests.fakes import FakeEncoder

BRIDGE = "The mayor opened the new bridge on Monday. It cost nine million crowns. A brass band played until dusk.\n"
STORM = "A storm tore the roof off the town library. Nobody was hurt. The books were carried to the school.\n"
MARKET = "Farmers brought plums and honey to the market. Prices fell by a third since last autumn.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "bridge.txt").write_text(BRIDGE)
    (articles / "storm.txt").write_text(STORM)
    return articles


@pytest.fixture
def index(folder: Path) -> Index:
    return Index.build(folder, encoder=FakeEncoder(), reader=None)


def first(index: Index, question: str) -> str:
    return index.ask(question).hits[0].passage.article.file


def test_a_question_gets_the_passage_word_for_word_and_the_sentence_that_answers(index: Index):
    answer = index.ask("How many million crowns did the bridge cost?")
    hit = answer.hits[0]
    assert hit.passage.text == BRIDGE.strip()
    start, end = hit.highlight
    assert BRIDGE[start:end] == "It cost nine million crowns."
    assert answer.verdict == "answer"


def test_hits_say_why_they_were_found(index: Index):
    hit = index.ask("How many million crowns did the bridge cost?").hits[0]
    assert (hit.dense_rank, hit.sparse_rank) == (1, 1)
    assert hit.lexical > 0
    assert -1 <= hit.similarity <= 1


@pytest.mark.parametrize("question", ["", "   \n\t", "🔥" * 4096, "the of and", "\0", "zzzz qqqq xxxx"])
def test_what_is_no_question_gets_nothing_and_no_exception(index: Index, question: str):
    answer = index.ask(question)
    assert (answer.verdict, answer.hits) == ("nothing", ())


def test_k_is_the_most_that_comes(index: Index):
    question = "the storm, the bridge, the mayor, the library"
    assert len(index.ask(question, k=1).hits) == 1
    assert len(index.ask(question, k=9).hits) == len(index.passages)
    with pytest.raises(ValueError, match="at least 1"):
        index.ask(question, k=0)


def test_a_saved_index_answers_alike(index: Index, tmp_path: Path):
    index.save(tmp_path / "index")
    loaded = Index.load(tmp_path / "index", encoder=FakeEncoder())
    for question in ("Who opened the bridge?", "What happened to the library roof?", "plums"):
        assert loaded.ask(question) == index.ask(question)
    assert loaded.passages == index.passages
    assert loaded.examples == index.examples
    assert (loaded.folder, loaded.changes()) == (index.folder, ())


def test_an_index_refuses_another_encoder(index: Index, tmp_path: Path):
    index.save(tmp_path / "index")
    with pytest.raises(IndexFolderError, match="made with the encoder fake-64 .* not with fake-32"):
        Index.load(tmp_path / "index", encoder=FakeEncoder(32))


def test_added_articles_are_found_and_nothing_is_encoded_twice(index: Index, tmp_path: Path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "market.txt").write_text(MARKET)
    before = index.passages
    index.add(tmp_path / "more")
    assert first(index, "Who brought plums to the market?") == "market.txt"
    assert first(index, "Who opened the bridge?") == "bridge.txt"
    assert index.passages[: len(before)] == before


def test_articles_of_a_file_that_is_already_there_are_replaced(index: Index, folder: Path):
    (folder / "bridge.txt").write_text(BRIDGE.replace("nine", "twelve"))
    index.add(folder)
    assert [article.file for article in index.articles] == ["bridge.txt", "storm.txt"]
    assert "twelve million" in index.ask("How many million crowns did the bridge cost?").hits[0].passage.text
    assert index.changes() == ()


def test_removed_articles_are_gone_to_the_last_one(index: Index, tmp_path: Path):
    bridge, storm = index.articles
    index.remove(bridge.id)
    assert {passage.article.file for passage in index.passages} == {"storm.txt"}
    assert first(index, "What happened to the library roof?") == "storm.txt"
    index.remove(storm.id)
    assert index.ask("What happened to the library roof?").verdict == "nothing"
    index.save(tmp_path / "index")
    assert Index.load(tmp_path / "index", encoder=FakeEncoder()).articles == ()
    with pytest.raises(ValueError, match="no article"):
        index.remove(bridge.id)


def test_building_adding_and_removing_lead_to_the_same_index(folder: Path, tmp_path: Path):
    whole = Index.build(folder, encoder=FakeEncoder(), reader=None)
    grown = Index.build([whole.articles[0]], encoder=FakeEncoder(), reader=None)
    grown.add([whole.articles[1]])
    shrunk = Index.build(
        [*whole.articles, Index.build(folder, encoder=FakeEncoder(), reader=None).articles[0]][:2],
        encoder=FakeEncoder(),
        reader=None,
    )
    for other in (grown, shrunk):
        assert other.passages == whole.passages
        assert np.array_equal(other._corpus.sides.passages.vectors, whole._corpus.sides.passages.vectors)
        assert np.array_equal(other._corpus.sides.bounds, whole._corpus.sides.bounds)
        assert other.ask("Who opened the bridge?") == whole.ask("Who opened the bridge?")


def test_a_stale_index_serves_what_it_knows_and_says_which_files_changed(index: Index, folder: Path):
    (folder / "bridge.txt").write_text(BRIDGE.replace("nine", "twelve"))
    (folder / "storm.txt").unlink()
    (folder / "market.txt").write_text(MARKET)
    assert index.changes() == (
        "bridge.txt: changed since the index was built",
        "market.txt: new since the index was built",
        "storm.txt: vanished since the index was built",
    )
    assert "nine million" in index.ask("How many million crowns did the bridge cost?").hits[0].passage.text


def test_verify_names_each_passage_that_is_not_where_it_was(index: Index, folder: Path):
    assert index.verify() == ()
    (folder / "bridge.txt").write_text("Lo! " + BRIDGE)
    assert index.verify() == (
        "bridge.txt: changed since the index was built",
        f"bridge.txt: [0, {len(BRIDGE) - 1}) is not there as it was indexed",
    )


def test_a_question_sees_one_state_while_the_collection_changes(index: Index):
    storm = index.articles[1]
    stop = threading.Event()
    faults: list[BaseException] = []

    def ask() -> None:
        while not stop.is_set():
            try:
                assert index.ask("Who opened the bridge?").hits[0].passage.article.file == "bridge.txt"
            except BaseException as fault:
                faults.append(fault)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        index.remove(storm.id)
        index.add([storm])
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []


def test_a_folder_that_is_not_there_is_named():
    with pytest.raises(ArticlesError, match="nowhere"):
        Index.build("nowhere", encoder=FakeEncoder(), reader=None)


def test_a_model_that_is_not_there_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="no model 'no/such-model'.*--model"):
        Index.build(folder, encoder="no/such-model", reader=None)


def test_a_folder_without_safe_weights_is_refused(folder: Path, tmp_path: Path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(ModelError, match=r"no \.safetensors weights"):
        Index.build(folder, encoder=str(tmp_path / "model"), reader=None)


def test_an_index_keeps_its_reader_and_refuses_another(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    Index.build(folder, encoder=FakeEncoder()).save(tmp_path / "index")
    manifest = json.loads(next((tmp_path / "index").glob("0*/manifest.json")).read_text())
    assert manifest["reader"]["name"] == crossencoder.DEFAULT
    monkeypatch.setattr(crossencoder, "load", lambda name: Other())
    with pytest.raises(IndexFolderError, match="made with the reader byline .* not with other"):
        Index.load(tmp_path / "index", encoder=FakeEncoder())


class Other:
    name = "other"
    checksum = "f" * 64

    def score(self, pairs: object) -> object:
        raise AssertionError("a reader that was refused is not asked")


def test_an_index_without_a_reader_says_so_and_answers_by_the_rule(index: Index, tmp_path: Path):
    index.save(tmp_path / "index")
    manifest = json.loads(next((tmp_path / "index").glob("0*/manifest.json")).read_text())
    assert manifest["reader"] == {"name": None, "checksum": None}


def test_a_misspelt_question_says_what_was_searched_for(index: Index):
    answer = index.ask("how many crouwns did the bridje cost")
    assert answer.question == "how many crouwns did the bridje cost"
    assert answer.searched == "how many crowns did the bridge cost"
    assert answer.hits[0].passage.article.file == "bridge.txt"


def test_a_question_that_is_found_as_it_stands_is_not_rewritten(index: Index):
    assert index.ask("How many million crowns did the bridge cost?").searched is None
