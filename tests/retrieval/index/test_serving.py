"""What asking a saved index takes: no torch where the index keeps a graph of its encoder, else a line that says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from retrieval import Index, IndexFolderError
from retrieval.index import models
from retrieval.search.encoder import SentenceEncoder
from tests import tiny_models

ROOT = Path(__file__).parents[3]
TEXT = "The mayor opened the bridge on Monday. Plums and honey were sold. A storm tore the library."
QUESTION = "Who opened the bridge?"
FOR_BUILDING = {
    "torch",
    "transformers",
    "sentence_transformers",
    "onnx",
    "spacy",
    "trafilatura",
    "lxml",
    "scipy",
    "bm25s",
}


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text(TEXT)
    return tmp_path / "articles"


def manifest(index: Path) -> dict:
    return json.loads(max(index.glob("0*/manifest.json")).read_text())


@pytest.mark.parametrize("command", [["-m", "retrieval", "ask", QUESTION], ["-m", "bot", "chat"]], ids=["ask", "bot"])
def test_asking_imports_nothing_that_only_building_needs(seeds_index: Path, command: list[str]):
    index = {"INDEX_DIR": str(seeds_index)} if "bot" in command else {}
    option = [] if index else ["--index", str(seeds_index)]
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *command, *option],
        input=QUESTION,
        env={**os.environ, **index},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert run.stdout
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in run.stderr.splitlines() if "|" in line}
    assert "onnxruntime" in imported
    assert not imported & FOR_BUILDING


def test_the_library_asks_without_what_reads_articles_and_writes_indexes(seeds_index: Path):
    code = (
        "import sys; from retrieval import Index; "
        f"Index.load({str(seeds_index)!r}).ask({QUESTION!r}); print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    building = {"retrieval.articles.files", "retrieval.articles.layout", "retrieval.speakers.attribution", "filelock"}
    assert not building & set(run.stdout.split())


def test_a_small_installation_builds_and_answers_without_torch(articles: Path, tmp_path: Path):
    blocked = (
        "import sys; sys.modules.update(dict.fromkeys(['torch', 'transformers', 'sentence_transformers', 'sklearn']))"
    )
    commands = [["build", str(articles), "--index", "index"], ["ask", QUESTION, "--index", "index"]]
    for command in commands:
        code = f"{blocked}; sys.argv[1:] = {command}; from byline import run; run()"
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert "The mayor opened the bridge on Monday." in done.stdout
    assert manifest(tmp_path / "index")["encoder"]["queries"]["runtime"] == "onnxruntime"


def test_an_index_keeps_a_graph_of_its_encoder_and_answers_by_it(articles: Path, tmp_path: Path):
    built = Index.build(articles, encoder=tiny_models.save(tmp_path / "model"), reranker=None)
    built.save(tmp_path / "index")
    facts = manifest(tmp_path / "index")
    assert facts["encoder"]["queries"]["runtime"] == "onnxruntime"
    assert {"encoder/graph.onnx", "encoder/tokenizer.json"} < facts["files"].keys()
    loaded = Index.load(tmp_path / "index")
    assert loaded.ask(QUESTION) == built.ask(QUESTION)
    assert loaded.notices == ()
    loaded.save(tmp_path / "again")
    assert manifest(tmp_path / "again")["files"] == facts["files"]


def test_an_altered_graph_is_refused_before_it_is_parsed(articles: Path, tmp_path: Path):
    Index.build(articles, encoder=tiny_models.save(tmp_path / "model"), reranker=None).save(tmp_path / "index")
    (graph,) = (tmp_path / "index").glob("*/encoder/graph.onnx")
    graph.write_bytes(graph.read_bytes()[::-1])
    with pytest.raises(IndexFolderError, match=r"graph\.onnx is damaged: byline build"):
        Index.load(tmp_path / "index")


def test_a_model_without_a_graph_is_served_by_sentence_transformers_and_says_so(
    articles: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO", "retrieval")
    model = tiny_models.save(tmp_path / "model", "distilbert")
    built = Index.build(articles, encoder=model, reranker=None)
    built.save(tmp_path / "index")
    loaded = Index.load(tmp_path / "index")
    assert manifest(tmp_path / "index")["encoder"]["queries"]["runtime"] == "sentence-transformers"
    (line,) = built.notices
    assert line.startswith(f"{model} is not run by ONNX Runtime (its kind is distilbert, ")
    assert "sentence-transformers encodes the questions" in line
    assert loaded.notices == ()  # whoever asks cannot mend it
    assert caplog.messages == [line]
    assert loaded.ask(QUESTION) == built.ask(QUESTION)


def test_an_index_of_a_former_byline_still_answers_and_says_how_it_gets_faster(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO", "retrieval")
    identity = models.identity
    with monkeypatch.context() as former:
        former.setattr(SentenceEncoder, "export", lambda *_: None)
        former.setattr(models, "identity", lambda model: {k: v for k, v in identity(model).items() if k != "queries"})
        Index.build(articles, encoder=tiny_models.save(tmp_path / "model"), reranker=None).save(tmp_path / "index")
    assert not list((tmp_path / "index").glob("*/encoder"))
    index = Index.load(tmp_path / "index")
    assert "build it again" in caplog.text
    assert index.ask(QUESTION).verdict == "answer"
