"""Pages and documents → their text and what they state, read by a process of its own with limited time and memory.

Large libraries parse such files, and a hostile or broken one may keep them busy for ever or fill the memory. The process gets
one file after the other on standard input, answers with a line of JSON each, and a new one takes the place of one that ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from retrieval.articles import documents, folder, webpage
from retrieval.articles.documents import Read

SECONDS = 60  # of processor time for one file: a long PDF takes 20
MEMORY = 1_500_000_000  # bytes for one file, besides what the process takes by itself: a PDF of 30 MB takes a third
MARKUP = "markup"  # the kind of a text that has tags in it
_OUT_OF_MEMORY = 77  # how the process ends then; no other end has this code


class Extractor:
    """The process, which begins with the first file and ends with the `with` block."""

    def __init__(self, seconds: int = SECONDS, memory: int = MEMORY) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._limits = (seconds, memory)

    def __enter__(self) -> Extractor:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._child:
            self._end(self._child)

    def read(self, kind: str, data: bytes) -> Read:
        """The text and the facts of a file by its suffix, or of `MARKUP`.

        Raises `ValueError` with the reason where it cannot be read, or not within the limits.
        """
        child = self._child = self._child or self._start()
        assert child.stdin  # noqa: S101 (both are pipes)
        assert child.stdout  # noqa: S101
        answer = b""
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(json.dumps([kind, len(data)]).encode() + b"\n")
            child.stdin.write(data)
            child.stdin.flush()
            answer = child.stdout.readline()
        if not answer.endswith(b"\n"):
            raise ValueError(self._reason(self._end(child)))
        text, facts, fault = json.loads(answer)
        if fault:
            raise ValueError(fault)
        return text, facts

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", f"from {__name__} import serve; serve()", *map(str, self._limits)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603

    def _end(self, child: subprocess.Popen[bytes]) -> int:
        """How the process ended; one that goes on is killed."""
        self._child = None
        with contextlib.suppress(BrokenPipeError), child:
            if child.stdin:
                child.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(1)
            child.kill()
        return child.returncode

    def _reason(self, code: int) -> str:
        seconds, memory = self._limits
        if code == -signal.SIGXCPU:
            why = f"more than {seconds} seconds are needed to read it"
        elif code == _OUT_OF_MEMORY:
            why = f"more than {memory / 1e9:g} GB of memory are needed to read it"
        else:
            why = f"whoever reads it crashes (code {code})"
        return f"{why}: save its text as .txt"


def serve() -> None:
    """Be the process: read what standard input brings, within the limits that the arguments name."""
    seconds, memory = map(int, sys.argv[1:])
    with os.fdopen(os.dup(1), "wb") as output:
        os.dup2(2, 1)  # what a library prints is no answer
        _limit_memory(memory)
        while task := sys.stdin.buffer.readline():
            kind, size = json.loads(task)
            data = sys.stdin.buffer.read(size)
            _limit_time(seconds)
            try:
                output.write(json.dumps(_answer(kind, data)).encode() + b"\n")
            except MemoryError:
                os._exit(_OUT_OF_MEMORY)
            output.flush()


def _answer(kind: str, data: bytes) -> tuple[str, dict[str, str], str]:
    """The text, the facts, and why there are none."""
    try:
        if kind == MARKUP:
            return webpage.of_markup(data), {}, ""
        text, facts = webpage.read(data) if kind in folder.PAGES else documents.read(kind, data)
    except ValueError as error:
        return "", {}, str(error)
    return text, facts, ""


def _limit_memory(size: int) -> None:
    """Also what is shared and reserved counts, so that the limit is what is there now and `size` more."""
    with contextlib.suppress(OSError, ValueError):  # a system that does not tell, or does not limit
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + size, resource.RLIM_INFINITY))


def _limit_time(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limit = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
