"""`python -m bot chat` as a process: on a terminal, in a pipe, and in a pipe that nobody reads any more."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.chat import SEPARATOR
from tests.fakes import EXAMPLES, TALKS
from tests.process import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = [sys.executable, "-m", "tests.bot.serve", "chat"]


class Terminal:
    """Somebody at a terminal, as far as a program can tell."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        self.process = subprocess.Popen(
            COMMAND,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - else Ctrl-C is a letter
        )
        os.close(theirs)
        self.shown = ""

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def wait_for(self, text: str, key: str = "") -> None:
        """Read on until `text` is shown, pressing `key` again and again: a prompt may not yet listen when it shows."""
        until = time.monotonic() + 60
        while text not in self.shown:
            assert time.monotonic() < until, f"no {text!r} in {self.shown!r}"
            self.type(key)
            if select.select([self._ours], [], [], 0.5)[0]:
                self.shown += os.read(self._ours, 65536).decode("utf-8", "replace")

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.fixture
def terminal(tmp_path) -> Iterator[Terminal]:
    started = Terminal()
    yield started
    started.close()


def test_at_a_terminal_a_question_is_answered_and_a_number_asks_an_example(terminal):
    terminal.wait_for("A number asks that question.")
    terminal.wait_for("> ")
    terminal.type("2\n")
    terminal.wait_for("A storm closed the bridge at dawn.")
    terminal.type(f"{EXAMPLES[0]}\n")
    terminal.wait_for("The ministers met in Port Alba on Tuesday.")
    terminal.wait_for("https://www.harbourpost.example/talks?id=7&part=1")
    assert "│ " in terminal.shown


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_ctrl_c_and_ctrl_d_end_it_with_0(terminal, key):
    terminal.wait_for("> ")
    terminal.wait_for("Goodbye.", key)
    assert terminal.process.wait(10) == 0
    assert "Traceback" not in terminal.shown


def run(lines: bytes, **more) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    return subprocess.run(COMMAND, input=lines, capture_output=True, env=environment, cwd=ROOT, check=False)


def test_piped_lines_are_answered_on_standard_output_alone():
    done = run(f"{EXAMPLES[0]}\nzebra\n".encode())
    assert done.returncode == 0
    assert TALKS.text in done.stdout.decode()
    assert done.stdout.decode().count("The articles say nothing on this.") == 1
    assert b"\x1b" not in done.stdout
    assert b"ministers met" not in done.stderr


@pytest.mark.parametrize(
    "lines", [[], [b"", b"\xff\xfe", b"\x00", "🙂".encode() * 5000, b"zebra"]], ids=["none", "odd"]
)
def test_odd_lines_are_answered_with_0_and_no_traceback(lines):
    done = run(b"\n".join(lines))
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert done.stdout.decode().count(SEPARATOR) == max(len(lines) - 1, 0)


def test_it_works_where_the_system_knows_no_utf_8():
    done = run(f"{EXAMPLES[0]}\n".encode(), LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0
    assert "“red line”" in done.stdout.decode()


def test_a_reader_that_has_seen_enough_is_no_error():
    many = f"{EXAMPLES[0]}\n" * 2000
    command = f"{' '.join(COMMAND)} < questions.txt | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = _in_bash(command, many)
    assert done.returncode == 0
    assert done.stdout.decode().startswith("The ministers met")
    assert b"Broken" not in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_full_disk_under_the_answers_is_one_line():
    done = _in_bash(f"{' '.join(COMMAND)} < questions.txt > /dev/full", f"{EXAMPLES[0]}\n")
    assert done.returncode == 1
    assert b"the answers cannot be written (No space left on device)" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"OSError" not in done.stderr


def test_a_wrong_token_is_nothing_to_a_chat():
    assert run(b"zebra\n", TELEGRAM_BOT_TOKEN="nonsense").returncode == 0


def _in_bash(command: str, questions: str) -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "questions.txt").write_text(questions)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(["bash", "-c", command], capture_output=True, env=environment, cwd=folder, check=False)
