"""What `make` hands on to the commands."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("folder", ["mine", "my news", "it's $HOME", ""])
@pytest.mark.parametrize("target", ["run", "demo"])
def test_a_folder_of_articles_reaches_the_bot_whatever_its_name(tmp_path: Path, target: str, folder: str):
    assert handed_on(tmp_path, target, ARTICLES=folder) == [target, *([f"--articles={folder}"] if folder else [])]


def test_a_port_reaches_the_demo(tmp_path: Path):
    assert handed_on(tmp_path, "demo", PORT="8643") == ["demo", "--port=8643"]


def handed_on(tmp_path: Path, target: str, **variables: str) -> list[str]:
    """What `make` gives `python -m byline`."""
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    command = ["make", "--silent", f"--assume-old={tmp_path}/run", target, f"VENV={tmp_path}", f"PY={python}"]
    environment = {name: value for name, value in os.environ.items() if name not in {"ARTICLES", "PORT"}}
    environment |= {"MAKEFLAGS": "", **variables}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    module, name, *arguments = done.stdout.splitlines()
    assert (module, name) == ("-m", "byline")
    return arguments
