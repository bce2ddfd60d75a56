"""What is locked, and in which order it is installed: torch for CPUs wherever one can be had, the rest by its hash."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from requirements import install

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = {"run": (), "test": ("report", "test"), "bench": ("report", "test", "bench")}
CPU = {"install": [{"metadata": {"name": "torch"}}, {"metadata": {"name": "sympy"}}]}
CUDA = {"install": [*CPU["install"], {"metadata": {"name": "nvidia-cublas"}}]}


def pins(name: str) -> list[tuple[Requirement, list[str]]]:
    """Each requirement of a lock file with its hashes."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "requirements" / f"{name}.txt").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", "").splitlines()
    parts = [re.split(r"\s+--hash=", line.strip()) for line in lines]
    return [(Requirement(requirement), hashes) for requirement, *hashes in parts]


@pytest.mark.parametrize("name", [*EXTRAS, "install"])
def test_each_line_of_a_lock_is_one_version_with_its_hashes(name: str):
    for requirement, hashes in pins(name):
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), requirement
        assert hashes, requirement
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in hashes), requirement


@pytest.mark.parametrize("name", EXTRAS)
def test_a_lock_holds_whatever_the_project_asks_for_in_its_range(name: str):
    locked = {canonicalize_name(pin.name): pin for pin, _ in pins(name)}
    wanted = [*PROJECT["project"]["dependencies"]]
    for extra in EXTRAS[name]:
        wanted += PROJECT["project"]["optional-dependencies"][extra]
    for requirement in map(Requirement, wanted):
        if requirement.name in {"torch", "byline"}:
            continue
        pin = locked[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(str(pin.specifier).removeprefix("==")), f"{requirement}: run make lock"


@pytest.mark.parametrize("name", EXTRAS)
def test_no_lock_brings_torch_or_what_only_gpus_need(name: str):
    assert [str(pin) for pin, _ in pins(name) if re.match("torch$|nvidia|cuda|triton", pin.name)] == []


def test_the_locks_agree_on_every_version():
    bench = {str(pin) for pin, _ in pins("bench")}
    assert {str(pin) for pin, _ in pins("run")} < {str(pin) for pin, _ in pins("test")} < bench


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch):
    """What the installer runs, given what pip plans and whether PyTorch's index can be reached."""

    def install_torch(plan: dict, *, index: bool = True) -> list[str]:
        done = []

        def run(command: list[str], **_: object) -> SimpleNamespace:
            done.append(" ".join(command[2:]).replace(install.sys.executable, "PYTHON"))
            return SimpleNamespace(returncode=int("uv" in command and not index), stdout=json.dumps(plan))

        monkeypatch.setattr(subprocess, "run", run)
        install.install_torch("torch<9")
        return [re.sub(r"--(quiet|disable-pip-version-check|no-input) ", "", step) for step in done[1:]]

    return install_torch


def test_a_torch_that_is_there_stays(steps, capsys):
    assert steps({"install": []}) == []
    assert capsys.readouterr().err == ""


def test_a_cpu_build_that_pip_finds_is_taken(steps, capsys):
    assert steps(CPU) == ["pip install --no-deps torch<9"]
    assert "torch for CPUs" in capsys.readouterr().err


def test_where_pip_finds_cuda_the_cpu_build_comes_from_pytorchs_index(steps, capsys):
    assert steps(CUDA) == ["uv pip install --python PYTHON --torch-backend cpu --no-deps torch<9"]
    assert "200 MB" in capsys.readouterr().err


def test_where_no_cpu_build_can_be_had_it_says_how_much_comes_and_how_to_avoid_it(steps, capsys):
    assert steps(CUDA, index=False)[1:] == ["pip install torch<9"]
    told = capsys.readouterr().err
    assert "3 GB" in told
    assert "PIP_FIND_LINKS" in told


def test_the_range_of_torch_is_the_projects():
    assert install.torch_range((ROOT / "pyproject.toml").read_text()).startswith("torch>=")


def test_a_step_that_fails_ends_the_installation_with_its_exit_code(monkeypatch: pytest.MonkeyPatch):
    done = []

    def run(command: list[str], **_: object) -> SimpleNamespace:
        done.append(command)
        raise subprocess.CalledProcessError(3, command)

    monkeypatch.setattr(subprocess, "run", run)
    assert install.main("run") == 3
    assert len(done) == 1


def test_ctrl_c_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys):
    def run(command: list[str], **_: object) -> SimpleNamespace:
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", run)
    assert install.main("run") == 130
    assert capsys.readouterr().err == "stopped; the next start installs what is missing\n"


def test_an_environment_that_was_stopped_on_its_way_is_made_again(tmp_path: Path):
    """A stand-in for Python stops while it makes the environment, the first time."""
    python = tmp_path / "python"
    python.write_text(
        f"""#!/bin/sh
case "$1 $2" in
"-m venv") mkdir -p {tmp_path}/venv/bin; ln -sf {python} {tmp_path}/venv/bin/python
           [ -e {tmp_path}/second ] || {{ touch {tmp_path}/second; exit 1; }}; echo made >>{tmp_path}/log;;
"-c"*) exec {sys.executable} -c "pass";;
*) echo "$*" >>{tmp_path}/log;;
esac
"""
    )
    python.chmod(0o755)
    command = ["make", "install", f"PYTHON={python}", f"VENV={tmp_path / 'venv'}"]
    codes = [subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode for _ in range(3)]
    assert codes == [2, 0, 0]
    assert (tmp_path / "log").read_text().splitlines() == ["made", "requirements/install.py run"]


def test_a_small_installation_stays_small_until_the_whole_is_asked_for(tmp_path: Path):
    """A stand-in for Python writes down what it is asked to run."""
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/log\n')
    python.chmod(0o755)
    (tmp_path / "venv" / "made").touch()
    for target in ("small", f"{tmp_path / 'venv'}/run", "install", "install"):
        subprocess.run(["make", target, f"VENV={tmp_path / 'venv'}"], cwd=ROOT, capture_output=True, check=True)
        if target != "install":
            (tmp_path / "venv" / "run").unlink()  # as where the lock is newer
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines == [f"requirements/install.py {kind}" for kind in ("small", "small", "run")]


def test_the_small_lock_is_the_whole_one_without_torch_and_all_that_it_alone_needs():
    whole, small = (
        {
            line.split("==")[0]: line.split(" \\")[0]
            for line in (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
            if "==" in line
        }
        for name in ("run", "small")
    )
    installed = {name for name, pin in small.items() if "sys_platform == 'none'" not in pin}
    assert {pin for name, pin in small.items() if name in installed} <= set(whole.values())
    assert {"faiss-cpu", "onnxruntime", "python-telegram-bot", "spacy"} <= installed
    assert not {"sentence-transformers", "torch", "transformers", "scikit-learn", "sympy"} & installed


def test_make_alone_says_what_can_be_done_and_how_to_call_the_command():
    told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert [target for target in targets if target != "help" and f"make {target} " not in told] == []
    assert ".venv/bin/byline --help" in told
