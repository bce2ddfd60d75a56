"""A little of the fault run, with a seed; `make faults` plays the whole of it."""

import pytest

from benchmarks import faults


@pytest.mark.parametrize("scene", ["kills", "damage"])
def test_a_little_of_the_fault_run_misses_no_goal(scene, capsys):
    assert faults.main(["--quick", "--seed", "7", "--only", scene]) == 0
    assert "MISSED" not in capsys.readouterr().out
