"""What the benchmarks read does not flatter Byline, and they count right."""

from pathlib import Path

import pytest

from benchmarks import beside, codebase, growth, passages, search
from retrieval.text.sentences import split


def test_no_sentence_of_the_prose_stands_twice():
    made = passages.prose()
    sentences = [text[start:end] for text in made for start, end in split(text, 0, len(text))]
    assert len(made) > 200
    assert len(set(sentences)) == len(sentences)
    assert all(len(text) <= 800 for text in made)


def test_the_shape_of_a_codebase_counts_lines_of_modules_functions_and_tests(tmp_path: Path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "__init__.py").write_text('"""One line."""\n')  # no module of its own
    (tmp_path / "code" / "short.py").write_text("a = 1\nb = 2\n")
    (tmp_path / "code" / "long.py").write_text(
        "def one():\n    return 1\n\n\nasync def two():\n    x = 1\n    return x\n"
    )
    (tmp_path / "tests.py").write_text("a = 1\n" * 3)
    assert codebase.shape([tmp_path / "code"], tmp_path / "tests.py") == (2, 9, 4.5, 7, 3, 3 / 9)
    with pytest.raises(ValueError, match="no Python modules there"):
        codebase.shape([tmp_path / "nowhere"])


def test_every_module_that_came_since_is_there_and_counted_once():
    listed = [codebase.ROOT / file for files in codebase.SINCE.values() for file in files.split()]
    assert [file for file in listed if not file.exists()] == []
    assert len(listed) == len(set(listed))
    *groups, since, rest, every = codebase.parts()
    assert sum(group.lines for group in groups) == since.lines == every.lines - rest.lines


def test_beside_each_figure_stands_whether_it_is_met(capsys: pytest.CaptureFixture[str]):
    lines = [
        beside.Line("build s", [(10.0, 14.0), (10.0, 15.0), (10.0, 20.0)], 1.5),
        beside.Line("ask ms", [(2.0, 4.0)], 1),
    ]
    assert not beside.show("a title", ("script", "Byline"), lines)
    assert [line.split(maxsplit=5)[-1] for line in capsys.readouterr().out.splitlines()[2:]] == [
        "≤ 1.5: met",
        "≤ 1: MISSED",
    ]


def test_a_figure_beside_the_best_of_the_others_is_met_or_missed(capsys: pytest.CaptureFixture[str]):
    rounds = {
        search.SCRIPT: [{"p50": 20.0, "rate": 50.0, "right": 0.8}],
        "another": [{"p50": 10.0, "rate": 40.0, "right": 0.7}],
        search.OURS: [{"p50": 4.0, "rate": 140.0, "right": 0.9}],
    }
    figures = {name: each[0] | {"disk": 1.0} for name, each in rounds.items()}
    search._print(figures, rounds)
    printed = {line.split(" | ")[0]: line.split(" | ")[-1] for line in capsys.readouterr().out.splitlines()}
    assert printed["| question p50, ms"] == "≤ 0.45: met |"
    assert printed["| questions a second, eight askers"] == "≥ 3.0: MISSED |"
    assert printed["| the question's own passage first"] == " |"


def test_what_is_wanted_of_the_largest_collection_is_held_against_the_smallest(capsys: pytest.CaptureFixture[str]):
    first = {"load, CPU s": 0.1, "first question, CPU s": 0.1, growth._MEDIAN: 8.0, growth._MEMORY: 170.0}
    last = {"load, CPU s": 0.7, "first question, CPU s": 1.2, growth._MEDIAN: 25.0, growth._MEMORY: 560.0}
    growth._judge(1_000_000, first, last)
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in printed[2:]] == ["MISSED", "met", "met"]
    assert printed[2].split()[-4:] == ["3.12", "≤", "3:", "MISSED"]
