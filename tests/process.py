"""The bot as a process: whole and from nothing, or with a fake index and forked off a server that has imported it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bot import serve

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["bot.chat", "bot.demo", "bot.telegram.application", "tests.bot.serve"])


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class BotProcess:
    """`python -m bot`, or with `fake` the same with a fake index, in a folder of its own."""

    def __init__(self, folder: Path, *arguments: str, fake: bool = True, **environment: str) -> None:
        self.gate = folder / "gate"
        self._output = folder / "output.txt"
        self._output.touch()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "INDEX_"))}
        own = {"PYTHONPATH": str(ROOT), "TEST_GATE": str(self.gate), "HF_HUB_OFFLINE": "1", "TMPDIR": str(folder)}
        self._start("tests.bot.serve" if fake else "bot", arguments, {**kept, **own, **environment}, folder)

    def _start(self, module: str, arguments: tuple[str, ...], environment: Mapping[str, str], folder: Path) -> None:
        with self._output.open("w") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        self.pid = self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code, `None` while it runs."""
        return self._process.poll()

    def wait(self, timeout: float = 60) -> int:
        """Its exit code, once it has ended. Raises `TimeoutError`."""
        until = time.monotonic() + timeout
        while (code := self.code) is None:
            if time.monotonic() > until:
                raise TimeoutError(f"it goes on after {timeout} s: {self.output!r}")
            time.sleep(0.01)
        return code

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Its exit code after a signal."""
        if self.code is None:
            os.kill(self.pid, number)
        return self.wait()

    def end(self) -> None:
        """Make sure that nothing of it is left."""
        self.stop(signal.SIGKILL)

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


class ForkedBot(BotProcess):
    """The same with its index faked always, and without the second that importing takes."""

    def _start(self, module: str, arguments: tuple[str, ...], environment: Mapping[str, str], folder: Path) -> None:
        del module
        self._fork = _SERVER.Process(target=serve.run, args=(arguments, environment, folder, self._output))
        self._fork.start()
        assert self._fork.pid
        self.pid = self._fork.pid

    @property
    def code(self) -> int | None:
        """Its exit code, `None` while it runs."""
        return self._fork.exitcode
