"""The command `byline`: what `python -m retrieval` and `python -m bot` do, under one name and on one page."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import byline
from bot.__main__ import main as bot
from retrieval.__main__ import main as retrieval

ROOT = Path(__file__).parent.parent


def usage(main, arguments: list[str], capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    """What a command line that ends in `SystemExit` writes."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == code
    return "".join(capsys.readouterr())


def names(page: str) -> set[str]:
    """The commands that a help page lists."""
    return set(re.findall(r"^    (\w+)(?:  |\n)", page, flags=re.MULTILINE))


def test_one_page_lists_every_command(capsys):
    listed = names(usage(byline.main, ["--help"], capsys))
    wanted = names(usage(retrieval, ["--help"], capsys)) | names(usage(bot, ["--help"], capsys))
    assert {"ask", "quote", "evaluate", "chat", "demo", "health"} < wanted
    assert listed == wanted - {"telegram"} | {"bot"}
    assert names(usage(byline.main, ["bot", "--help"], capsys)) == names(usage(bot, ["--help"], capsys))


@pytest.mark.parametrize(
    ("main", "arguments", "name"),
    [
        (byline.main, ["ask"], "byline ask"),
        (byline.main, ["demo", "--port", "x"], "byline demo"),
        (byline.main, ["bot", "demo", "--port", "x"], "byline bot demo"),
        (byline.main, [], "byline"),
        (byline.main, ["dance"], "byline"),
        (retrieval, ["ask"], "python -m retrieval ask"),
        (bot, ["demo", "--port", "x"], "python -m bot demo"),
    ],
)
def test_wrong_usage_is_told_by_the_name_that_was_called(main, arguments, name, capsys):
    assert usage(main, arguments, capsys, 2).startswith(f"usage: {name} ")


def test_a_question_is_answered_as_by_python_m_retrieval(seeds_index, capsys):
    command = ["ask", "Who said the drumbeat of war is sounding loud?", "--json", "--index", str(seeds_index)]
    assert byline.main(command) == retrieval(command) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert '"verdict": "answer"' in first


@pytest.mark.parametrize("arguments", [["health"], ["bot", "health"]])
def test_the_bots_commands_are_run_with_and_without_bot_before_them(arguments, tmp_path):
    run = call([*arguments], tmp_path)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("no bot runs with the state folder .state")


def test_bot_alone_is_telegram(tmp_path):
    run = call(["bot"], tmp_path)
    assert run.returncode == 1
    assert "@BotFather" in run.stderr


def test_an_interrupt_while_it_is_still_imported_ends_it_without_a_word(tmp_path):
    (tmp_path / "numpy.py").write_text("raise KeyboardInterrupt")
    run = call(["run"], tmp_path)
    assert (run.returncode, run.stdout, run.stderr) == (130, "", "")


def call(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """The command as a process."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    command = [sys.executable, "-m", "byline", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_package_installs_the_command():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"] == {"byline": "byline:run"}


def test_importing_it_imports_neither_bot_nor_library():
    code = "import sys, byline; print(*{name.split('.')[0] for name in sys.modules} & {'bot', 'retrieval', 'numpy'})"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.strip() == ""


def test_whatever_a_package_holds_beside_its_code_is_installed_with_it():
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    declared = {file for package, globs in patterns.items() for glob in globs for file in files_of(package).glob(glob)}
    held = {
        path
        for package in ("retrieval", "bot", "emulator")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert held - declared == set()


def files_of(package: str) -> Path:
    return ROOT / package.replace(".", "/")
