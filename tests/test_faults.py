"""A little of the fault run, with a seed; `make faults` runs the whole of it."""

import pytest

from benchmarks import faults
from benchmarks.testbed import Line

SCENARIOS = ["kills", "calls", "damage", "salvage", "writes", "writers", "parsers", "hidden", "supply", "errors"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(faults, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_little_of_the_fault_run_misses_no_goal(scenario, folder, capsys):
    code = faults.main(["--quick", "--seed", "7", "--only", scenario])
    assert (code, "MISSED" in capsys.readouterr().out) == (0, False)


@pytest.fixture
def runs(folder, monkeypatch):
    """Which scenarios were run; there are two, of which one misses its goal."""
    runs: list[str] = []

    def scenario(name, measured):
        def measure(run):
            runs.append(name)
            run.output.append(f"Traceback (most recent call last) {run.sizes.kills}")
            return [Line(f"goal of {name}", str(measured), "0", not measured)]

        measure.__name__ = name
        return measure

    monkeypatch.setattr(faults, "SCENARIOS", (scenario("good", 0), scenario("bad", 3)))
    return runs


def test_what_was_measured_is_not_run_again_until_the_code_changes_or_somebody_wants_it(runs, monkeypatch, capsys):
    assert faults.main(["--only", "good"]) == 1  # a log holds a traceback
    assert faults.main([]) == 1
    assert runs == ["good", "bad"]
    assert "met    goal of good: 0 (wanted 0)\nMISSED goal of bad: 3 (wanted 0)" in capsys.readouterr().out
    faults.main(["--again", "--only", "good"])
    faults.main(["--kills", "9", "--only", "good"])
    monkeypatch.setattr(faults, "_code", lambda: "another")
    faults.main(["--only", "good"])
    assert runs == ["good", "bad", "good", "good", "good"]


def test_where_the_time_is_over_it_says_what_is_left_and_the_next_run_goes_on(runs, capsys):
    assert faults.main(["--seconds", "-1"]) == 1
    assert "not run within -1 s: good, bad; the same command goes on" in capsys.readouterr().out
    assert runs == []
    faults.main([])
    assert runs == ["good", "bad"]
    assert "MISSED G14 tracebacks in 2 logs: 2 (wanted 0)" in capsys.readouterr().out
