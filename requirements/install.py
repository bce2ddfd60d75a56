"""Installs Byline into the environment of the Python that runs this: `python requirements/install.py run|small|test|bench`.

`small` leaves out sentence-transformers and torch: the default encoder does without. With `peers` it installs instead what the
benchmarks hold Byline against.

Everything comes in the versions and with the hashes of the lock, except torch: its CPU builds and its CUDA builds have
one name and different hashes, so that it is installed first, a CPU build wherever one can be had.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "requirements"
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
UV = [sys.executable, "-m", "uv", "--quiet"]


def main(what: str) -> int:
    """Install what is locked in `what`.txt, and Byline itself, editable; the exit code of the step that failed, 130 where Ctrl-C stopped it, or 0."""
    try:
        _pip("install", "--require-hashes", "--no-deps", "-r", HERE / "install.txt")
        if what != "small":
            install_torch(torch_range((ROOT / "pyproject.toml").read_text(encoding="utf-8")))
        _tell(f"fetching what requirements/{what}.txt locks, each file checked against its hash")
        _pip("install", "--require-hashes", "--no-deps", "-r", HERE / f"{what}.txt")
        if what != "peers":  # which know nothing of Byline
            _pip("install", "--no-deps", "--no-build-isolation", "--editable", ROOT)
    except subprocess.CalledProcessError as error:
        return error.returncode
    except KeyboardInterrupt:
        _tell("stopped; the next start installs what is missing")
        return 130
    return 0


def install_torch(wanted: str) -> None:
    """Install torch unless one of the `wanted` range is there. Says what is fetched, before it is fetched.

    What pip would install is taken where it is a CPU build, which depends on the platform and on pip's configuration.
    Else uv, which knows where PyTorch keeps its CPU builds, is asked for one.
    """
    kind = build(json.loads(_pip("install", "--dry-run", "--report", "-", wanted)))
    if kind == "cpu":
        _tell("fetching torch for CPUs: 80 to 200 MB")
        _pip("install", "--no-deps", wanted)
    elif kind == "cuda":
        _tell("fetching torch for CPUs from PyTorch's own index: about 200 MB")
        from_pytorch = [
            *UV,
            "pip",
            "install",
            "--python",
            sys.executable,
            "--torch-backend",
            "cpu",
            "--no-deps",
            wanted,
        ]
        if subprocess.run(from_pytorch, check=False).returncode:
            _tell(
                "PyTorch's index cannot be reached, and the torch that pip finds brings NVIDIA's libraries: about 3 GB to "
                "fetch, 7 GB on disk. To avoid it, stop this (Ctrl-C), put a CPU wheel of torch into a folder, and start "
                "again with PIP_FIND_LINKS=FOLDER"
            )
            _pip("install", wanted)


def build(report: dict[str, Any]) -> str:
    """Which torch pip is about to install, by its report: "cpu", "cuda", or "none" where a fitting one is installed."""
    names = [package["metadata"]["name"].lower() for package in report["install"]]
    if "torch" not in names:
        return "none"
    return "cuda" if any(name.startswith(("nvidia", "cuda")) for name in names) else "cpu"


def torch_range(pyproject: str) -> str:
    """The requirement on torch of a pyproject.toml."""
    requirements: list[str] = tomllib.loads(pyproject)["project"]["dependencies"]
    return next(requirement for requirement in requirements if requirement.startswith("torch"))


def _pip(*arguments: str | Path) -> str:
    """What pip writes to standard output; raises `CalledProcessError` where it fails, which it explains itself."""
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}  # setuptools warns of every editable installation
    run = subprocess.run([*PIP, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True, env=quiet)
    return run.stdout


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["small"], ["test"], ["bench"], ["peers"]):
        sys.exit("usage: python requirements/install.py run|small|test|bench|peers")
    sys.exit(main(sys.argv[1]))
