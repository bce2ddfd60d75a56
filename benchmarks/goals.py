"""Goals that no fault of the bot or of the disk shows: poisoned articles, the supply chain, the tests, plain errors; for `benchmarks.faults`."""

from __future__ import annotations

import io
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import byline
from benchmarks import mutants, poison
from benchmarks.testbed import Line, Run
from retrieval.lint import lint
from tests.fakes import TALKS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
# What shows nothing or turns what follows, by UTS 36 and 39: soft hyphen, marks of direction, zero widths, joiners, tags.
_HIDDEN = "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
_HIDDEN += "\u2066\u2067\u2068\u2069\ufeff\U000e0001" + "".join(map(chr, range(0xE0020, 0xE0080)))


def hidden(_: Run) -> list[Line]:
    """Each character that shows nothing stands once in a word of an article; a check of the articles counts them."""
    with tempfile.TemporaryDirectory() as folder:
        words = " ".join(f"wo{char}rd" for char in _HIDDEN)
        (Path(folder) / "talks.txt").write_text(f"{TALKS.text}\n\n{words}\n", "utf-8")
        seen = sum(int(each.value or 0) for each in lint(Path(folder)).findings if each.kind == "hidden")
    many = len(_HIDDEN)
    return [Line("G11 hidden and turning characters that are named", f"{seen} of {many}", "all", seen == many)]


def poisoned(run: Run) -> list[Line]:
    """Collections with stuffed passages and in disguised letters, asked with the real models."""
    if not run.sizes.poisoned:
        return []
    counts = poison.measure([ROOT / "gold" / f"d{number}" for number in (1, 4, 9, 20)[: run.sizes.poisoned]])
    share = counts["stuffed first"] / counts["stuffed"]
    right = {name: counts["three", name] / counts["asked", name] for name in poison.DISGUISES}
    loss = max(right["untouched"] - value for value in right.values())
    shares = ", ".join(f"{name} {value:.2f}" for name, value in right.items())
    return [
        Line(
            "G11 stuffed passages that come first",
            f"{counts['stuffed first']} of {counts['stuffed']}",
            "≤ 5 %",
            share <= 0.05,
        ),
        Line("G11 most passages of one article among five", str(counts["most"]), "≤ 2", counts["most"] <= 2),
        Line(
            f"G11 among three, of {counts['asked', 'untouched']} questions: {shares}",
            f"{100 * loss:.1f} points lost",
            "≤ 2",
            loss <= 0.02,
        ),
    ]


def supply(run: Run) -> list[Line]:
    """The locks, the bill of materials, and the advisories as far as they can be reached from here."""
    pins = [
        line
        for name in ("run", "small", "test", "bench", "install")
        for line in _pins(ROOT / "requirements" / f"{name}.txt")
    ]
    hashed = sum("--hash=sha256:" in pin and re.search(r"==[^*]+$", pin.partition(" ")[0]) is not None for pin in pins)
    lines = [
        Line("G12 locked packages with version and hashes", f"{hashed} of {len(pins)}", "all", hashed == len(pins))
    ]
    if run.sizes.poisoned:  # both ask the package index
        with tempfile.TemporaryDirectory() as folder:
            code, output = _ran("requirements/sbom.py", f"{folder}/sbom.json")
        lines.append(
            Line("G12 bill of materials", f"{len(output)} components" if not code else output[-1], "written", not code)
        )
        code, output = _ran("requirements/audit.py")
        audited = not output[-1].startswith("nothing was audited")
        lines.append(Line("G12 known weaknesses", output[-1], "0 packages", code == 0 if audited else None))
    return lines


def mutations(_: Run) -> list[Line]:
    """How many small changes of the code the tests notice, as far as `make mutants` has tried them."""
    noticed, tried, left = mutants.score(mutants.results())
    if not tried:
        return [Line("G13 changes that a test notices", "none was tried: make mutants", "≥ 85 %", met=None)]
    share = noticed / tried
    return [
        Line(
            "G13 changes that a test notices",
            f"{100 * share:.0f} % of {tried}, {left} are not tried yet",
            "≥ 85 %",
            share >= 0.85,
        )
    ]


def errors(_: Run) -> list[Line]:
    """Commands that cannot be carried out: what they say, and how they end."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("forkserver")) as pool:  # signals and logs of its own
        wrong = pool.submit(_wrong_errors).result()
    return [
        Line(
            f"G14 {len(_TROUBLES)} commands that cannot be carried out, without a plain line of one or two",
            "; ".join(wrong) or "0",
            "0",
            not wrong,
        )
    ]


_TROUBLES = (
    (["ask", "Who met whom?", "--index", "missing"], 1),
    (["ask", "Who met whom?", "--index", "file"], 1),
    (["ask", "Who met whom?", "--index", "empty"], 1),
    (["ask", "--index", "missing", "--questions", "nowhere.jsonl"], 1),
    (["ask", "x", "-k", "0"], 2),
    (["quote", "a sentence", "--index", "missing"], 1),
    (["build", "missing", "--index", "new"], 1),
    (["build", "empty", "--index", "new"], 1),
    (["build", "file", "--index", "new"], 1),
    (["verify", "--index", "missing"], 1),
    (["cite", "none", "--index", "missing"], 1),
    (["lint", "missing"], 1),
    (["sources", "--index", "missing"], 1),
    (["evaluate", "missing.jsonl", "--index", "missing"], 1),
    (["fetch", "ftp://example.com/feed", "--to", "pages"], 1),
    (["bot"], 1),
    (["health"], 1),
    (["demo", "--port", "70000"], 2),
    (["dance"], 2),
)


def _wrong_errors() -> list[str]:
    """The commands that do not end with their code and a plain line, with what they say."""
    wrong = []
    for name in [name for name in os.environ if name.startswith(("TELEGRAM_", "INDEX_", "STATE_"))]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        Path("file").write_text("no index")
        Path("empty").mkdir()
        for arguments, code in _TROUBLES:
            ended, words = _said(arguments)
            shown = [line for line in words.splitlines() if line.strip() and not line.startswith(("usage:", " "))]
            if ended != code or not 1 <= len(shown) <= 2 or "Traceback" in words:
                wrong.append(f"{' '.join(arguments)} ({ended}: {words.strip()[-200:]})")
    return wrong


def _said(arguments: list[str]) -> tuple[int, str]:
    """The exit code of a command in this process, and what it wrote to standard error."""
    errors = io.StringIO()
    with redirect_stderr(errors), redirect_stdout(io.StringIO()):
        try:
            code = byline.main(arguments)
        except SystemExit as end:  # wrong usage
            code = int(end.code or 0)
    return code, errors.getvalue()


def _pins(lock: Path) -> Iterator[str]:
    """Each package of a lock on one line, with its hashes."""
    lines = lock.read_text("utf-8").replace("\\\n", "").splitlines()
    return (line for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _ran(*command: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    return done.returncode, (done.stdout + done.stderr).strip().splitlines() or ["nothing was written"]
