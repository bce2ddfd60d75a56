"""What a build has encoded is kept until the build is done, and never trusted blindly."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from retrieval.index.recipe import Recipe
from retrieval.search.encoder import SentenceEncoder
from retrieval.search.vector_cache import VectorCache
from retrieval.types import Vectors

FILE = "unfinished.sqlite3"


class Counted:
    """Texts → rows, each text once: what it was asked for is remembered."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, batches: Iterable[list[str]]) -> Iterator[Vectors]:
        for texts in batches:
            self.asked += texts
            yield rows(texts)


def rows(texts: list[str]) -> Vectors:
    return np.array([[len(text), *map(ord, text[:2])] for text in texts], np.float32)


def test_a_text_is_encoded_once_and_by_the_next_build_not_at_all(tmp_path: Path):
    first, second = Counted(), Counted()
    (once,) = VectorCache(tmp_path, "model").encode([["one", "two", "one"]], first)
    (again,) = VectorCache(tmp_path, "model").encode([["two", "three", "one"]], second)
    assert (first.asked, second.asked) == (["one", "two"], ["three"])
    assert (again == rows(["two", "three", "one"])).all()
    assert (once == rows(["one", "two", "one"])).all()


def test_batches_come_in_their_order_also_where_the_encoder_reads_ahead(tmp_path: Path):
    def eager(batches: Iterable[list[str]]) -> Iterator[Vectors]:
        return iter([rows(texts) for texts in [*batches]])

    list(VectorCache(tmp_path, "model").encode([["one"], ["two"]], Counted()))
    batches = [["one"], ["three", "two"], ["one", "two"], ["four"], ["two"]]
    for encode in (Counted(), eager):
        cache = VectorCache(tmp_path / "copy", "model")
        shutil.copytree(tmp_path, tmp_path / "copy", ignore=shutil.ignore_patterns("copy"))
        assert [each.tolist() for each in cache.encode(batches, encode)] == [rows(each).tolist() for each in batches]
        shutil.rmtree(tmp_path / "copy")


def test_another_encoder_takes_nothing_over(tmp_path: Path):
    encode = Counted()
    list(VectorCache(tmp_path, "model").encode([["one"]], Counted()))
    list(VectorCache(tmp_path, "another").encode([["one"]], encode))
    assert encode.asked == ["one"]


def test_an_altered_vector_is_encoded_again(tmp_path: Path):
    encode = Counted()
    list(VectorCache(tmp_path, "model").encode([["one"]], Counted()))
    content = (tmp_path / FILE).read_bytes()
    at = content.index(rows(["one"]).tobytes())
    (tmp_path / FILE).write_bytes(content[:at] + b"\x01" + content[at + 1 :])
    assert (next(VectorCache(tmp_path, "model").encode([["one"]], encode)) == rows(["one"])).all()
    assert encode.asked == ["one"]


@pytest.mark.parametrize("content", [b"no database at all" * 99, b""])
def test_a_damaged_file_costs_only_what_it_held(tmp_path: Path, content: bytes):
    (tmp_path / FILE).write_bytes(content)
    cache = VectorCache(tmp_path, "model")
    assert (next(cache.encode([["one"]], Counted())) == rows(["one"])).all()
    cache.remove()
    assert not (tmp_path / FILE).exists()


def test_a_folder_in_the_place_of_the_file_is_no_fault_of_the_build(tmp_path: Path):
    (tmp_path / FILE).mkdir()
    assert (next(VectorCache(tmp_path, "model").encode([["one"]], Counted())) == rows(["one"])).all()


def test_a_build_that_is_stopped_goes_on_from_what_it_had_encoded(
    tmp_path: Path, tiny_model: str, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.txt").write_text(
        "The mayor opened the new bridge on Monday. It cost nine million crowns.\n"
    )
    recipe, folder = Recipe(tmp_path / "mine", tiny_model, None), tmp_path / "index"
    encoded: list[str] = []
    plain = SentenceEncoder.encode_here

    def counted(self: SentenceEncoder, texts: list[str]) -> Vectors:
        encoded.extend(texts)
        return plain(self, texts)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(SentenceEncoder, "encode_here", counted)
    with monkeypatch.context() as patched:
        patched.setattr("retrieval.index.indexing._attribute", stopped)
        with pytest.raises(KeyboardInterrupt):
            recipe.build(folder)
    assert encoded
    assert [path.name for path in folder.iterdir()] == [FILE]
    encoded.clear()
    index = recipe.build(folder)
    assert not encoded
    assert not (folder / FILE).exists()
    assert index.ask("What did the bridge cost?").hits
