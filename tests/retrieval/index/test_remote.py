"""An index whose vectors and files an engine keeps, the embedded form of Milvus: the same answers, one generation or another."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from retrieval import EngineError, Index, IndexFolderError
from retrieval.__main__ import main
from retrieval.index import milvus, remote, storage
from retrieval.index.milvus import Address, Milvus
from retrieval.index.recipe import Recipe
from tests.conftest import ROOT
from tests.fakes import FakeEncoder

_HOSTILE = json.dumps({"generations": [], "pending": [['" or id != "'], []]})
QUESTIONS = ("Who opened the new bridge?", "What did the storm tear off?", "Was anybody hurt?", "Who sold the ferry?")


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No connection is left to the next test."""
    yield
    milvus._client.cache_clear()


@pytest.fixture
def place(tmp_path: Path) -> str:
    return f"milvus:{tmp_path}/engine/news.db"


def load(place: str) -> Index:
    return Index.load(place, encoder=FakeEncoder())


def answers(index: Index) -> list[object]:
    return [[(hit.passage, hit.highlight, hit.score) for hit in index.ask(question).hits] for question in QUESTIONS]


def engine(place: str) -> Milvus:
    return Milvus(Address.parse(place))


def test_it_answers_as_the_same_index_in_a_folder(index: Index, place: str, tmp_path: Path):
    index.save(tmp_path / "files")
    index.save(place)
    there, here = load(place), Index.load(tmp_path / "files", encoder=FakeEncoder())
    assert answers(there) == answers(here)
    assert there.timeline("the storm") == here.timeline("the storm")
    assert there.check("It cost nine million crowns.") == here.check("It cost nine million crowns.")
    assert there.verify() == ()
    assert there.examples == here.examples
    names = {path.name for path in Path(f"{place.removeprefix('milvus:')}.files").rglob("*.npy")}
    assert "spans.npy" in names
    assert not {"vectors.npy", "sentence_vectors.npy"} & names


def test_it_comes_back_into_a_folder_without_encoding(index: Index, place: str, tmp_path: Path):
    index.save(place)

    class Silent(FakeEncoder):
        def encode_passages(self, texts: object) -> np.ndarray:
            raise AssertionError("encoded again")

    silent = Silent()
    silent.encode_queries = FakeEncoder().encode_queries
    segment = load(place)._corpus.segments[0]
    back = tmp_path / "back"
    load(place).save(back)
    again = Index.load(back, encoder=FakeEncoder())
    assert np.array_equal(again._corpus.segments[0].vectors, index._corpus.segments[0].vectors)
    assert np.array_equal(np.asarray(segment.sentence_vectors), index._corpus.segments[0].sentence_vectors)
    assert answers(again) == answers(index)


def test_articles_come_and_go_and_the_last_state_serves(index: Index, folder: Path, place: str):
    index.save(place)
    served = load(place)
    (folder / "ferry.txt").write_text("The town sold the ferry to a museum. Nobody had used it for years.\n")
    now = served.refreshed()
    assert answers(now) == answers(Index.build(folder, encoder=FakeEncoder(), reranker=None))  # before it is saved
    now.save(place)
    assert answers(load(place)) == answers(now)
    ferry = next(article.id for article in now.articles if article.file == "ferry.txt")
    now.remove(ferry)
    now.save(place)
    assert answers(load(place)) == answers(index)
    assert {article.file for article in load(place).articles} == {"bridge.txt", "storm.txt"}


def test_whoever_serves_loads_what_another_process_has_published(index: Index, folder: Path, place: str):
    index.save(place)
    serving, builder = load(place), load(place)
    assert serving.refreshed() is serving
    (folder / "ferry.txt").write_text("The town sold the ferry to a museum. Nobody had used it for years.\n")
    builder.refreshed().save(place)
    assert answers(serving) == answers(index)  # what it serves stays for a while
    newer = serving.refreshed()
    assert {article.file for article in newer.articles} == {"bridge.txt", "ferry.txt", "storm.txt"}
    before = engine(place).generations()
    newer.save(place)  # as a bot does with what is new to it
    assert engine(place).generations() == before


def test_a_reader_far_from_the_articles_serves_on(index: Index, folder: Path, place: str, tmp_path: Path):
    index.save(place)
    serving = load(place)
    folder.rename(tmp_path / "elsewhere")
    assert serving.refreshed() is serving


def test_what_was_replaced_is_removed_after_a_while(
    index: Index, folder: Path, place: str, monkeypatch: pytest.MonkeyPatch
):
    index.save(place)
    serving, first = load(place), index._corpus.segments[0].name
    serving.warm()
    (folder / "bridge.txt").write_text("The mayor closed the new bridge on Tuesday.\n")
    load(place).refreshed().save(place)
    assert engine(place).count("passages", [first]) > 0
    monkeypatch.setattr(remote, "_GRACE", -1)
    (folder / "bridge.txt").write_text("The mayor opened the new bridge again on Friday.\n")
    load(place).refreshed().save(place)
    assert engine(place).count("passages", [first]) == 0
    monkeypatch.setattr(remote, "_LOOKED", -1)
    with pytest.raises(EngineError, match="another process has replaced the index that serves here"):
        serving.ask(QUESTIONS[0])
    assert serving.check("It cost nine million crowns.").status == "verbatim"  # what needs no vectors is served


def test_rows_of_a_writer_that_failed_are_removed_by_the_next(
    index: Index, folder: Path, place: str, monkeypatch: pytest.MonkeyPatch
):
    index.save(place)
    (folder / "ferry.txt").write_text("The town sold the ferry to a museum. Nobody had used it for years.\n")
    now = load(place).refreshed()
    with monkeypatch.context() as broken:
        broken.setattr(Milvus, "flush", lambda self: (_ for _ in ()).throw(EngineError("no room")))
        with pytest.raises(EngineError, match="no room"):
            now.save(place)
    left = [now._corpus.segments[-1].name]
    assert engine(place).count("passages", left) > 0
    assert answers(load(place)) == answers(index)  # the old one serves
    assert {article.file for article in load(place).articles} == {"bridge.txt", "storm.txt"}
    load(place).refreshed().save(place)
    assert engine(place).count("passages", left) == 0
    assert {article.file for article in load(place).articles} == {"bridge.txt", "ferry.txt", "storm.txt"}


def test_vectors_that_are_lost_are_an_error_and_a_build_makes_them_again(
    folder: Path, place: str, tiny_model: str, tmp_path: Path
):
    made = Recipe.choose(Path(place), folder, encoder=tiny_model, reranker=None).build(Path(place))
    engine(place).delete([made._corpus.segments[0].name])
    with pytest.raises(
        EngineError, match=r"has 0 of 2 vectors of passages: .* byline build --index '?milvus:.*news\.db"
    ):
        Index.load(place)
    again = Recipe.choose(Path(place)).build(Path(place))
    assert answers(Index.load(place)) == answers(again)
    assert len(again.passages) == 2


def test_an_engine_that_gives_half_of_the_rows_gives_no_answer(
    index: Index, place: str, monkeypatch: pytest.MonkeyPatch
):
    index.save(place)
    served, nearest = load(place), Milvus.nearest
    monkeypatch.setattr(Milvus, "nearest", lambda *a, **k: nearest(*a, **k)[::2])
    with pytest.raises(EngineError, match="gave 1 rows where 2 were due"):
        served.ask(QUESTIONS[0])


def test_an_engine_that_is_slow_or_down_is_an_error_of_one_line(
    index: Index, place: str, monkeypatch: pytest.MonkeyPatch
):
    index.save(place)
    served = load(place)
    client = served._remote.engine._client

    def late(*_: object, timeout: float, **__: object) -> None:
        raise TimeoutError(f"no answer within {timeout} s\nTraceback: …")

    monkeypatch.setattr(client, "search", late)
    with pytest.raises(EngineError) as error:
        served.ask(QUESTIONS[0])
    assert "the engine does not answer (no answer within 30.0 s Traceback: …)" in str(error.value)
    assert "\n" not in str(error.value)
    monkeypatch.undo()
    assert served.ask(QUESTIONS[0]).hits  # and serves when it is back


def test_a_server_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(milvus, "_CONNECTING", 0.2)
    monkeypatch.setenv(milvus.TOKEN, "root:secret")
    with caplog.at_level(logging.DEBUG), pytest.raises(EngineError) as error:
        Index.load("milvus://127.0.0.1:1/news")
    assert str(error.value).startswith("milvus://127.0.0.1:1/news: the engine does not answer (")
    assert "byline doctor milvus://127.0.0.1:1/news" in str(error.value)
    assert "secret" not in str(error.value) + caplog.text


def test_nothing_there_is_said_with_the_command_that_builds_it(place: str):
    with pytest.raises(IndexFolderError, match=r"news\.db: there is no index: byline build ARTICLES --index milvus:"):
        Index.load(place)


def test_vectors_of_another_model_need_another_name(index: Index, folder: Path, place: str):
    index.save(place)
    other = Index.build(folder, encoder=FakeEncoder(32), reranker=None)
    with pytest.raises(EngineError, match="made for vectors of 64 numbers, not 32: choose another name"):
        other.save(place)
    assert answers(load(place)) == answers(index)


def test_files_are_fetched_where_they_are_missing_or_damaged(index: Index, place: str):
    index.save(place)
    files = remote.local(Path(place))
    name = next(files.rglob("texts.npy"))
    name.write_bytes(b"x" * name.stat().st_size)
    assert answers(load(place)) == answers(index)
    assert Index.load(place, encoder=FakeEncoder()).verify() == ()
    for path in sorted(files.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert answers(load(place)) == answers(index)


def test_a_file_that_is_damaged_in_the_engine_never_serves(index: Index, place: str):
    index.save(place)
    files = remote.local(Path(place))
    manifest = storage.load(files).manifest["files"]
    sha256 = next(facts["sha256"] for name, facts in manifest.items() if name.endswith("/texts.npy"))
    engine(place).add_file(sha256, b"another text")
    for path in sorted(files.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    with pytest.raises(EngineError, match=f"file {sha256[:12]}… is damaged there"):
        load(place)


def test_what_is_there_and_is_no_index_is_left_alone(index: Index, place: str):
    index.save(place)
    index.remove(index.articles[0].id)
    for text in ("[]", '{"generations": [{"name": "../../etc"}], "pending": [[], []]}', "{", _HOSTILE):
        engine(place).set_generations(text)
        for act in (lambda: load(place), lambda: index.save(place)):
            with pytest.raises(EngineError, match="what is there is no index of this Byline"):
                act()


def test_the_commands_take_an_address(
    folder: Path, place: str, tiny_model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["build", str(folder), "--index", place, "--model", tiny_model, "--no-reranker"]) == 0
    assert f"{place}: 2 articles, 2 passages" in capsys.readouterr().err
    assert main(["copy", place, str(tmp_path / "files")]) == 0
    assert main(["copy", str(tmp_path / "files"), place]) == 0
    capsys.readouterr()
    printed = []
    for index in (place, str(tmp_path / "files")):
        assert main(["ask", QUESTIONS[0], "--json", "--index", index]) == 0
        assert main(["timeline", "the storm", "--json", "--index", index]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] != ""
    assert main(["verify", "--index", place]) == 0
    assert main(["ask", "x", "--index", "milvus://nowhere"]) == 1
    assert "no address of an engine" in capsys.readouterr().err


def test_an_embedded_file_takes_one_process(index: Index, place: str):
    index.save(place)
    load(place)
    command = [sys.executable, "-m", "retrieval", "ask", "x", "--index", place]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert run.returncode == 1
    assert "one process at a time may use an embedded file" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("text", "uri", "name"),
    [
        ("milvus://127.0.0.1:19530/news", "http://127.0.0.1:19530", "news"),
        ("milvus:/127.0.0.1:19530/news", "http://127.0.0.1:19530", "news"),  # what is left of it in a `Path`
        ("milvus+tls://db.example.org:443/n_1", "https://db.example.org:443", "n_1"),
        ("milvus:data/news.db", "data/news.db", "byline"),
        ("milvus:/data/news.db", "/data/news.db", "byline"),
    ],
)
def test_addresses(text: str, uri: str, name: str):
    where = Address.parse(text)
    assert where == (uri, name)
    assert Address.parse(str(where)) == where
    assert where.embedded is not uri.startswith("http")


def test_a_folder_is_no_address():
    assert Address.parse(".index") is None
    assert Address.parse(Path("milvus/news.db")) is None


@pytest.mark.parametrize(
    "text", ["milvus:", "milvus://host/news", "milvus://user:secret@host:1/news", "milvus://h:1/a-b"]
)
def test_what_begins_as_an_address_and_is_none_is_refused(text: str):
    with pytest.raises(EngineError, match="no address of an engine: milvus://HOST:PORT/NAME"):
        Address.parse(text)
