"""A little of the fault run, with a seed; `make faults` plays the whole of it."""

import pytest

from benchmarks import faults
from benchmarks.stage import Line

SCENES = ["kills", "calls", "damage", "salvage", "writes", "writers", "parsers", "hidden", "supply", "errors"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(faults, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize("scene", SCENES)
def test_a_little_of_the_fault_run_misses_no_goal(scene, folder, capsys):
    code = faults.main(["--quick", "--seed", "7", "--only", scene])
    assert (code, "MISSED" in capsys.readouterr().out) == (0, False)


@pytest.fixture
def plays(folder, monkeypatch):
    """Which scenes were played; there are two, of which one misses its goal."""
    plays: list[str] = []

    def scene(name, measured):
        def play(run):
            plays.append(name)
            run.output.append(f"Traceback (most recent call last) {run.sizes.kills}")
            return [Line(f"goal of {name}", str(measured), "0", not measured)]

        play.__name__ = name
        return play

    monkeypatch.setattr(faults, "SCENES", (scene("good", 0), scene("bad", 3)))
    return plays


def test_what_was_played_is_not_played_again_until_the_code_changes_or_somebody_wants_it(plays, monkeypatch, capsys):
    assert faults.main(["--only", "good"]) == 1  # a log holds a traceback
    assert faults.main([]) == 1
    assert plays == ["good", "bad"]
    assert "met    goal of good: 0 (wanted 0)\nMISSED goal of bad: 3 (wanted 0)" in capsys.readouterr().out
    faults.main(["--again", "--only", "good"])
    faults.main(["--kills", "9", "--only", "good"])
    monkeypatch.setattr(faults, "_code", lambda: "another")
    faults.main(["--only", "good"])
    assert plays == ["good", "bad", "good", "good", "good"]


def test_where_the_time_is_over_it_says_what_is_left_and_the_next_run_goes_on(plays, capsys):
    assert faults.main(["--seconds", "-1"]) == 1
    assert "not played within -1 s: good, bad; the same command goes on" in capsys.readouterr().out
    assert plays == []
    faults.main([])
    assert plays == ["good", "bad"]
    assert "MISSED G14 tracebacks in 2 logs: 2 (wanted 0)" in capsys.readouterr().out
