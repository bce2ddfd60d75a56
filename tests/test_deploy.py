"""What operators install, as far as a machine without an init system and a container engine can tell."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import byline
from bot.settings import read

ROOT = Path(__file__).parent.parent
UNIT = ROOT / "deploy" / "byline.service"
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text()
GUIDE = (ROOT / "docs" / "deploy.md").read_text()

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


def service() -> dict[str, str]:
    """The unit's settings; of one that stands more than once, the last."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read(UNIT)
    return dict(parser["Service"])


def command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The help page of a command line's command, which there is."""
    with pytest.raises(SystemExit) as ended:
        byline.main([arguments[0], "--help"])
    assert ended.value.code == 0
    page = capsys.readouterr().out
    assert [option for option in arguments[1:] if option.startswith("-") and option not in page] == []
    return page


@needs_systemd
def test_the_unit_is_what_systemd_takes(tmp_path):
    unit = tmp_path / "byline.service"  # the installed program is not here
    unit.write_text(UNIT.read_text().replace(service()["ExecStart"].split()[0], sys.executable))
    run = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    about = [line for line in run.stderr.splitlines() if "byline" in line]
    assert (run.returncode, about) == (0, [])


@needs_systemd
def test_the_unit_leaves_little_open():
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(UNIT)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-400:]


def test_the_unit_starts_a_command_that_there_is_with_settings_that_are_read(tmp_path, capsys):
    program, *arguments = service()["ExecStart"].split()
    assert program.endswith("/.venv/bin/byline")
    command(arguments, capsys)
    (tmp_path / "token").write_text("1:abc\n")
    given = re.findall(r"^Environment=(.*)", UNIT.read_text(), flags=re.MULTILINE)
    pairs = dict(pair.split("=") for line in given for pair in line.split())
    settings = read({name: value.replace("%d", str(tmp_path)) for name, value in pairs.items()})
    assert settings.token == "1:abc"
    assert str(settings.index_dir).startswith("%S/byline/")
    assert str(settings.state_dir).startswith("%S/byline/")


@pytest.mark.parametrize("keyword", ["CMD", "HEALTHCHECK"])
def test_the_container_starts_and_asks_commands_that_there_are(keyword, capsys):
    words = re.findall(r'"([^"]+)"', re.search(rf"^{keyword}.*\[(.*)\]", CONTAINER, flags=re.MULTILINE)[1])
    command([word for word in words if not word.endswith("/byline")], capsys)


def test_the_container_holds_what_is_installed_and_no_secret():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    taken = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert "*" in ignored
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks", "training"}
    assert packages | {"byline.py", "requirements", "pyproject.toml", "README.md", "LICENSE"} == taken


def test_the_guide_names_files_and_commands_that_there_are(capsys):
    for file in re.findall(r"\b(deploy/[\w.]+)", GUIDE):
        assert (ROOT / file).is_file()
    called = re.findall(r"(?:bin/byline|byline byline|/data byline) (\w+)", GUIDE)
    assert {"health", "ask"} <= set(called)
    for name in called:
        command([name], capsys)
    assert {"install"} <= set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for line in re.findall(r"^(?:sudo|docker) .*", GUIDE.replace("\\\n", ""), flags=re.MULTILINE):
        assert shlex.split(line, comments=True)
