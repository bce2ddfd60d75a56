"""Faults while an index is written, and files of it that are not what they were; for `benchmarks.faults`.

The calls of a write that change the disk are counted; from one of them on the process ends there, the disk is full or fails,
once or for good, and a file may be torn: half of it is written. Then writers that are processes are killed at any moment.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import pickle
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.testbed import PATIENCE, Line, Run
from retrieval import BylineError, Index, IndexFolderError, mapped
from retrieval.index import storage
from tests.fakes import TALKS, FakeEncoder

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

_STEPS = (
    (Path, "mkdir"),
    (Path, "write_bytes"),
    (Path, "write_text"),
    (Path, "hardlink_to"),
    (Path, "rename"),
    (Path, "replace"),
)
_LAST_STEP = 45  # a write has some forty
_CODES = (errno.ENOSPC, errno.EIO)
_WRITERS = multiprocessing.get_context("forkserver")


class Killed(BaseException):
    """The process ends here."""


@dataclass
class _Fault:
    """From a step on, once or for good: the process ends (no code), or the disk refuses with a code."""

    left: int
    code: int | None
    lasting: bool
    torn: bool

    def strike(self, call: Callable[..., Any], *args: Any, **named: Any) -> Any:
        self.left -= 1
        if self.left >= 0 or not (self.lasting or self.left == -1):
            return call(*args, **named)
        if self.torn and len(args) == 2 and isinstance(args[1], (bytes, str)):
            call(args[0], args[1][: len(args[1]) // 2])
        if self.code is None:
            raise Killed
        raise OSError(self.code, os.strerror(self.code))

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with ExitStack() as patches:
            for owner, name in _STEPS:
                call = getattr(owner, name)
                patches.enter_context(
                    patch.object(owner, name, lambda *args, call=call, **named: self.strike(call, *args, **named))
                )
            patches.enter_context(patch.object(os, "fsync", lambda _: self.strike(lambda: None)))
            yield


def writes(run: Run) -> list[Line]:
    """A write meets a fault, now and then the one after it too; the next one without a fault must be whole."""
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "index"
        _write(folder, 0)
        before, number = 0, 0
        while outcomes["faults"] < run.sizes.writes:
            for _ in range(run.random.choice([1, 1, 2])):
                number += 1
                outcomes["faults"] += 1
                outcome = _faulted(folder, number, run.random)
                held = _content(folder)
                outcomes["corrupt"] += held not in {before, number}
                outcomes["false"] += outcome == "done" and held != number
                outcomes[outcome] += 1
                before = held
            number += 1
            _write(folder, number)
            outcomes["not made again"] += _content(folder) != number
            before = number
    wrong = [outcomes[kind] for kind in ("corrupt", "false", "not made again")]
    kinds = ", ".join(f"{outcomes[kind]} {kind}" for kind in ("killed", "refused", "done"))
    return [
        Line(
            f"G1 {outcomes['faults']} faults while writing ({kinds}): corrupt, falsely done, not made again",
            ", ".join(map(str, wrong)),
            "0, 0, 0",
            not any(wrong),
        )
    ]


def writers(run: Run) -> list[Line]:
    """Processes that write one index after the other are killed at any moment."""
    corrupt = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "index"
        _write(folder, 0)
        for _ in range(run.sizes.writers):
            writer = _WRITERS.Process(target=_write_on, args=(folder,))
            writer.start()
            assert writer.pid
            _wait_changed(folder / "CURRENT")
            time.sleep(run.random.uniform(0, 0.05))
            writer.kill()
            writer.join()
            corrupt += _content(folder) is None
        last = _content(folder)
        _write(folder, -1)
        mended = _content(folder) == -1
    return [
        Line(
            f"G1 {run.sizes.writers} kill -9 while writing: corrupt; the next write",
            f"{corrupt}; {'whole' if mended else 'not whole'} ({last} writes before)",
            "0; whole",
            not corrupt and mended,
        )
    ]


def parsers(run: Run) -> list[Line]:
    """No file of an index is a pickle or holds one, and of a damaged one nothing is parsed."""
    calls: Counter[str] = Counter()

    def counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **named: calls.update([name]) or call(*args, **named)

    with tempfile.TemporaryDirectory() as name:
        articles, folder = Path(name) / "articles", Path(name) / "index"
        articles.mkdir()
        (articles / "talks.txt").write_text(TALKS.text, "utf-8")
        index = Index.build(articles, encoder=FakeEncoder(), reranker=None)
        with ExitStack() as patches:
            for each in ("dump", "dumps", "load", "loads"):
                patches.enter_context(patch.object(pickle, each, counted("pickles", getattr(pickle, each))))
            patches.enter_context(patch.object(mapped, "array", counted("arrays", mapped.array)))
            index.save(folder)
            Index.load(folder, encoder=FakeEncoder())
            files = [path for path in storage.load(folder).folder.rglob("*") if path.is_file()]
            inside = sum(_is_pickle(path.read_bytes()) for path in files)
            whole, calls["arrays"], missed = calls["arrays"], 0, 0
            for _ in range(run.sizes.flips // 10):
                missed += not _is_refused(folder, run.random.choice(files), run.random)
    flips = run.sizes.flips // 10
    return [
        Line(
            f"G3 pickles in {len(files)} files, pickled or read",
            f"{inside}, {calls['pickles']}",
            "0, 0",
            not inside and not calls["pickles"],
        ),
        Line(
            f"G3 {flips} files changed by a bit: not refused, arrays parsed before ({whole} in a whole index)",
            f"{missed}, {calls['arrays']}",
            "0, 0",
            not missed and not calls["arrays"] and whole > 0,
        ),
    ]


def _write(folder: Path, number: int) -> None:
    """An index that holds a number in two files and in a segment."""

    def fill(made: Path) -> None:
        (made / "rows").write_text(f"{number} " * 50)
        (made / "vectors").write_bytes(f"{number} ".encode() * 50)

    storage.write(folder, fill, {"number": number}, {f"s{number}": fill, "s0": fill})


def _write_on(folder: Path) -> None:
    """Write one index after the other until the process is killed."""
    number = _content(folder) or 0
    while True:
        number += 1
        _write(folder, number)


def _wait_changed(file: Path) -> None:
    before, until = file.stat().st_mtime_ns, time.monotonic() + PATIENCE
    while file.stat().st_mtime_ns == before and time.monotonic() < until:
        time.sleep(0.002)


def _faulted(folder: Path, number: int, chance: random.Random) -> str:
    """How a write with a fault went: "killed", "refused", or "done"."""
    code = chance.choice([None, *_CODES])
    fault = _Fault(chance.randrange(_LAST_STEP), code, lasting=chance.random() < 0.5, torn=chance.random() < 0.5)
    with fault.at_work():
        try:
            _write(folder, number)
        except Killed:
            return "killed"
        except IndexFolderError:
            return "refused"
    return "done"


def _content(folder: Path) -> int | None:
    """The number that an index holds everywhere; `None` where it is not whole."""
    try:
        generation = storage.load(folder)
    except IndexFolderError:
        return None
    number: int = generation.manifest["number"]
    paths = [generation.folder, generation.folder / storage.SEGMENTS / f"s{number}"]
    same = all((path / name).read_text() == f"{number} " * 50 for path in paths for name in ("rows", "vectors"))
    return number if same else None


def _is_pickle(content: bytes) -> bool:
    return (content[:1] == b"\x80" and content.endswith(b".")) or b"'descr': '|O'" in content[:200]


def _is_refused(folder: Path, file: Path, chance: random.Random) -> bool:
    whole = file.read_bytes()
    if not whole:
        return True
    at = chance.randrange(len(whole))
    file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
    try:
        Index.load(folder, encoder=FakeEncoder())
    except BylineError:
        return True
    finally:
        file.write_bytes(whole)
    return False
