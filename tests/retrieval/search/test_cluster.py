"""The machines of a cluster encode for a build: what comes back, what is refused, and what is said when there is none."""

from __future__ import annotations

import pickle
import shutil
import socket
import sys
from pathlib import Path
from threading import Event
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from retrieval import ClusterError, Index
from retrieval.__main__ import main
from retrieval.index import indexing
from retrieval.index.recipe import Recipe
from retrieval.search import cluster as clusters
from retrieval.search.cluster import Cluster
from retrieval.search.encoder import SentenceEncoder
from retrieval.speakers import attribution
from retrieval.types import Statement
from tests.process import free_port
from tests.tiny_models import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retrieval.types import Article, Span

BATCH = 4
ADDRESS = "first:6379"


class FakeRay(ModuleType):
    """What is used of Ray, in one process: everything goes through a pickle, and a batch is encoded when it is asked for.

    `python -m benchmarks.machines` runs the real one, which takes half a minute to start and end, or minutes beside other tests.
    """

    def __init__(self) -> None:
        super().__init__("ray")
        self.pending = self.most = 0
        self.failure: Exception | None = None
        self.exceptions = SimpleNamespace(
            RayError=_RayError, RayTaskError=_RayTaskError, GetTimeoutError=_GetTimeoutError
        )

    def init(self, *, address: str, **options: object) -> None:
        self.address = address

    def shutdown(self) -> None:
        self.address = None

    def nodes(self) -> list[dict[str, Any]]:
        machines = [(True, {"CPU": 1.0}), (True, {"CPU": 2.0}), (True, {}), (False, {"CPU": 64.0})]
        return [{"Alive": alive, "Resources": resources} for alive, resources in machines]

    def remote(self, function: Callable[..., Any]) -> FakeRay:
        self.function = function
        return SimpleNamespace(options=lambda **options: SimpleNamespace(remote=self.submit))  # type: ignore[return-value]

    def put(self, value: object) -> bytes:
        return pickle.dumps(value)

    def submit(self, shipped: bytes, *arguments: object) -> bytes:
        self.pending += 1
        self.most = max(self.most, self.pending)
        return pickle.dumps((pickle.loads(shipped), *arguments))

    def get(self, task: bytes, timeout: float) -> Any:
        self.pending -= 1
        if self.failure:
            raise self.failure
        try:
            return pickle.loads(pickle.dumps(self.function(*pickle.loads(task))))
        except Exception as error:
            raise _RayTaskError(error) from error


class _RayError(Exception):
    pass


class _GetTimeoutError(_RayError):
    pass


class _RayTaskError(_RayError):
    def __init__(self, cause: Exception) -> None:
        super().__init__(cause)
        self.cause = cause


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> FakeRay:
    fake = FakeRay()
    monkeypatch.setitem(sys.modules, "ray", fake)
    monkeypatch.setattr(socket, "create_connection", lambda *_: SimpleNamespace(close=lambda: None))
    return fake


@pytest.fixture
def articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Forty short articles, whose sentences are nobody's without a parser."""

    def attribute(article: Article, sentences: Sequence[Span]) -> tuple[Statement, ...]:
        return tuple(Statement(article, *span, "unclear") for span in sentences)

    monkeypatch.setattr(attribution, "attribute", attribute)
    monkeypatch.setattr(indexing, "_BATCH", BATCH)
    (tmp_path / "articles").mkdir()
    for number in range(40):
        words = " ".join(WORDS[at % len(WORDS)] for at in range(number, number + 8))
        (tmp_path / "articles" / f"{number:02}.txt").write_text(f"In {1900 + number} the mayor had seen {words}.\n")
    return tmp_path / "articles"


def stored(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("0*/segments/*/*vectors.npy"), key=lambda path: path.name)]


def test_machines_give_what_this_one_gives_and_are_not_flooded(
    ray: FakeRay, articles: Path, tiny_model: str, tmp_path: Path
):
    done, recipe = list[tuple[int, int]](), Recipe(articles, tiny_model, None)
    far = recipe.build(
        tmp_path / "far",
        lambda what, *counts: done.append(counts) if what == "encoding" else None,
        ray=ADDRESS,
    )
    total = done[-1][1]
    assert done == [(count, total) for count in (*range(BATCH, total, BATCH), total)]
    assert total > 10 * BATCH
    assert (ray.most, ray.pending, ray.address) == (6, 0, None)
    recipe.build(tmp_path / "near")
    assert stored(tmp_path / "far") == stored(tmp_path / "near")
    assert far.ask("What had the mayor seen in 1907?").hits


def test_a_build_that_is_stopped_goes_on_from_what_the_machines_had_encoded(
    ray: FakeRay, articles: Path, tiny_model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    total = 0

    def progress(what: str, count: int, of: int) -> None:
        nonlocal total
        total = of
        if what == "encoding" and count == 3 * BATCH:
            raise KeyboardInterrupt

    recipe = Recipe(articles, tiny_model, None)
    with pytest.raises(KeyboardInterrupt):
        recipe.build(tmp_path / "index", progress, ray=ADDRESS)
    here, encoded = SentenceEncoder.encode_here, []
    monkeypatch.setattr(
        SentenceEncoder, "encode_here", lambda self, texts: (encoded.extend(texts), here(self, texts))[1]
    )
    assert len(recipe.build(tmp_path / "index").passages) == 40
    assert len(encoded) == total - 3 * BATCH


def test_another_model_another_byline_and_other_vectors_are_refused(
    ray: FakeRay, tiny_model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    model = SentenceEncoder(str(folder))
    host = socket.gethostname()
    with Cluster(ADDRESS) as cluster:
        (first,) = cluster.encode(model, [["the mayor", "a bridge"]])
        assert (first == model.encode_here(["the mayor", "a bridge"])).all()
        with monkeypatch.context() as patch:
            rows = iter([first[:1], -first[:1]])  # there, then here
            patch.setattr(SentenceEncoder, "encode_here", lambda *_: next(rows))
            with pytest.raises(ClusterError, match=rf"{host} gives other vectors than this machine \(cosine -1.0000\)"):
                list(cluster.encode(model, [["the mayor"]]))
        with monkeypatch.context() as patch:
            patch.setattr(clusters, "_code", iter(["that of here", "that of there"]).__next__)
            with pytest.raises(ClusterError, match=f"{host} has another Byline than this machine.*is kept"):
                list(cluster.encode(model, [["the mayor"]]))
        for failure, reason in (
            (_GetTimeoutError(), "no machine has encoded a batch for 10 minutes"),
            (_RayError("The head is gone.\nLong story."), r"the cluster is lost \(The head is gone.\)"),
            (_RayTaskError(ImportError("no retrieval")), r"a machine fails \(no retrieval\): the same Byline"),
        ):
            ray.failure = failure
            with pytest.raises(ClusterError, match=f"{ADDRESS}: {reason}"):
                list(cluster.encode(model, [["the mayor"]]))
        ray.failure = None
        model.checksum = "other"
        with pytest.raises(ClusterError, match=f"{host}: {folder} holds other files of the model"):
            list(cluster.encode(model, [["the mayor"]]))


def test_no_cluster_is_one_line_and_leaves_the_index_as_it_was(
    articles: Path, tiny_model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    ray, over = FakeRay(), Event()
    Recipe(articles, tiny_model, None).build(tmp_path / "index")
    before = stored(tmp_path / "index")
    (articles / "new.txt").write_text("The mayor had seen a ferry.\n")

    def line(address: str) -> str:
        capsys.readouterr()
        assert main(["build", "--index", str(tmp_path / "index"), "--ray", address]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        return line

    monkeypatch.setitem(sys.modules, "ray", ray)
    closed = f"127.0.0.1:{free_port()}"
    assert f"{closed}: no Ray cluster that this machine is part of ([Errno 111]" in line(closed)
    assert "nowhere: no Ray cluster that this machine is part of" in line("nowhere")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(clusters, "_CONNECT", 0.2)
        monkeypatch.setattr(ray, "init", lambda **_: over.wait(60))
        assert "no answer within 0.2 seconds" in line(f"127.0.0.1:{silent.getsockname()[1]}")
        over.set()
    monkeypatch.setitem(sys.modules, "ray", None)
    assert "Ray is not installed here" in line("local")
    assert stored(tmp_path / "index") == before
    assert len(Index.load(tmp_path / "index").passages) == 40
