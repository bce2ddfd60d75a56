"""An emulated Telegram, and the bot as a process on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emulator import BotApi
from emulator.state import LIFETIMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]


class BotProcess:
    """`python -m bot`, or with `fake` the same with a fake index, in a folder of its own."""

    def __init__(self, folder: Path, arguments: tuple[str, ...] = (), *, fake: bool = True, **environment: str) -> None:
        self.gate = folder / "gate"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "INDEX_"))}
        self._output = folder / "output.txt"
        self._file = self._output.open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bot.serve" if fake else "bot", *arguments],
            env={**kept, "PYTHONPATH": str(ROOT), "TEST_GATE": str(self.gate), "HF_HUB_OFFLINE": "1", **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=self._file,
            stderr=subprocess.STDOUT,
        )

    def wait(self, timeout: float = 60) -> int:
        """Its exit code."""
        return self._process.wait(timeout)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Its exit code after a signal."""
        self._process.send_signal(number)
        return self.wait()

    def end(self) -> None:
        """Make sure that nothing of it is left."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._file.close()

    def wait_output(self, text: str, timeout: float = 60) -> None:
        """Wait until it has written `text`."""
        until = time.monotonic() + timeout
        while text not in self.output:
            if time.monotonic() > until:
                raise TimeoutError(f"no {text!r} in {self.output!r}")
            time.sleep(0.02)

    @property
    def output(self) -> str:
        """All it wrote so far, standard output and standard error together."""
        return self._output.read_text(encoding="utf-8", errors="replace")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[BotApi]:
    """An emulated Telegram that waits long for answers to what is typed, since a bot may start slowly."""
    monkeypatch.setitem(LIFETIMES, "inline", 600.0)
    with BotApi() as started:
        yield started


@pytest.fixture
def run_bot(tmp_path: Path) -> Iterator[Callable[..., BotProcess]]:
    """Starts the bot on the emulated Telegram that it is given; ends it after the test."""
    started: list[BotProcess] = []

    def run(api: BotApi | None = None, *arguments: str, fake: bool = True, **environment: str) -> BotProcess:
        folder = tmp_path / f"bot{len(started)}"
        folder.mkdir()
        if api is not None:
            environment = {
                "TELEGRAM_BOT_TOKEN": api.token,
                "TELEGRAM_API_BASE_URL": api.root,
                "LOG_LEVEL": "DEBUG",
                "STATE_DIR": str(tmp_path / "state"),
                **environment,
            }
        started.append(BotProcess(folder, arguments, fake=fake, **environment))
        return started[-1]

    yield run
    for process in started:
        process.end()
