"""A small folder of mixed files, changed while it is asked: no answer mixes two states, and every planted fault is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import changing, mixed_files
from retrieval import Index
from tests.fakes import BARE, TALKS, FakeEncoder, FakeIndex


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mixed")


def test_files_that_are_planted_changed_and_asked_keep_one_state_and_lint_names_what_is_wrong(folder: Path):
    planted = mixed_files.plant(folder, 26, every=2)
    assert {kind for kind, *_ in mixed_files._OTHERS} == set(planted.others.values())
    index = Index.build(folder, encoder=FakeEncoder(), reranker=None)
    assert {article.file for article in index.articles} >= set(planted.articles.values())
    faults = changing.change_while_asked(folder, index, planted, rounds=2)
    assert faults.pop("asked")
    assert faults == {"mixed": [], "unreal": [], "missing": [], "unchanged": []}
    assert changing.unnamed(folder, planted) == []


def test_the_same_seed_plants_the_same_files(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        mixed_files.plant(tmp_path / name, 30)
    files = [
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.txt")}
        for name in ("one", "two")
    ]
    assert files[0] == files[1] != {}
    assert len({mixed_files.place(number) for number in range(2_000)}) == 2_000


def test_an_answer_of_two_states_and_a_count_that_never_was_are_seen():
    later = replace(BARE, sha256="8" * 64)
    watched = changing.Watched(FakeIndex([TALKS, BARE]))  # type: ignore[arg-type]
    watched.serve(FakeIndex([replace(TALKS, sha256="9" * 64), later]))  # type: ignore[arg-type]
    one = FakeIndex([TALKS, BARE]).ask("The ministers met, a storm closed the bridge", 5)
    two = FakeIndex([TALKS, later]).ask("The ministers met, a storm closed the bridge", 5)
    assert watched.of_one_state(one, watched.states[0][0])
    assert not watched.of_one_state(one, watched.states[1][0])
    assert not watched.of_one_state(two, watched.states[0][0])
    planted = mixed_files.Planted({5: "a.txt"}, {5: 1})
    assert not changing._unreal(mixed_files.fact(5, 1), 5, planted)
    assert changing._unreal(mixed_files.fact(5, 7), 5, planted)
