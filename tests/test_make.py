"""What `make` hands on to the commands."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("folder", ["mine", "my news", "it's $HOME", ""])
@pytest.mark.parametrize("target", ["run", "demo"])
def test_a_folder_of_articles_reaches_the_bot_whatever_its_name(tmp_path: Path, target: str, folder: str):
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    command = ["make", "--silent", f"--assume-old={tmp_path}/run", target, f"VENV={tmp_path}", f"PY={python}"]
    environment = {**os.environ, "ARTICLES": folder, "MAKEFLAGS": ""}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["-m", "bot", target, *([f"--articles={folder}"] if folder else [])]
