"""Small changes of the code that no test notices: `python -m benchmarks.mutants [--seconds N] [NAME …]`.

mutmut, which uv adds to what is installed here, changes one thing at a time in what keeps questions, sends and shows answers and
stores indexes, and runs the tests of these modules that need no process of their own. Prints each module's score, the changes that are
noticed among those that were tried (SQL in other letters is none), and the names of those that are not. What was tried is kept in `.mutants/` until its function
changes, so that the next run goes on; `NAME` (`bot.database*`) tries some alone.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".mutants"
MODULES = [
    *(f"bot/telegram/{name}.py" for name in ("inbox", "delivery", "queueing", "sending", "polling")),
    *("bot/database.py", "bot/state.py", "bot/views/*.py", "retrieval/index/storage.py"),
]
TESTS = [
    *(
        f"tests/bot/telegram/test_{name}.py"
        for name in ("inbox", "delivery", "queueing", "sending", "polling", "calls")
    ),
    *(f"tests/bot/test_{name}.py" for name in ("database", "recent", "state")),
    *("tests/bot/views", "tests/retrieval/index/test_storage.py"),
]
COPIED = ("bot", "retrieval", "emulator", "tests")
NOTICED, MISSED, LEFT = ("killed", "timeout", "segfault"), ("survived", "no tests", "suspicious"), "not checked"
_SQL = re.compile("SELECT|INSERT|UPDATE|DELETE|PRAGMA|ORDER BY|BEGIN|COMMIT|ROLLBACK")
_GRACE = 20  # seconds to write down what was tried
_CONFIGURATION = f"""
[tool.mutmut]
source_paths = ["bot", "retrieval"]
also_copy = ["emulator"]
only_mutate = {MODULES}
pytest_add_cli_args_test_selection = {TESTS}
pytest_add_cli_args = ["-p", "no:cacheprovider"]
timeout_multiplier = 5.0
"""
_MUTMUT = ["uv", "run", "--quiet", "--no-project", "--python", sys.executable, "--with", "mutmut==3.8.1", "mutmut"]


def main() -> int:
    """Try what is asked for; ends with 1 where nothing could be tried."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="patterns of names of changes, all by default")
    parser.add_argument("--seconds", type=int, default=1800, help="after which it stops (default: 1800)")
    options = parser.parse_args()
    for name in COPIED:
        shutil.copytree(ROOT / name, FOLDER / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    (FOLDER / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8") + _CONFIGURATION, "utf-8")
    (FOLDER / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)  # else old tests are unknown to a new function
    try:
        _mutmut("run", *options.names, seconds=options.seconds)
    except subprocess.TimeoutExpired:
        print(f"stopped after {options.seconds} s; the next run goes on")
    lines = report(results())
    print("\n".join(lines) or "nothing was tried: mutmut did not run")
    return int(not lines)


def results() -> str:
    """What mutmut lists: each change with what became of it, without those that change nothing; empty where none was made yet."""
    lines = _mutmut("results", "--all", "true", seconds=600).splitlines() if FOLDER.exists() else []
    return "\n".join(line for line in lines if not is_same_sql(line.strip().rpartition(": ")[0], FOLDER / "mutants"))


def is_same_sql(name: str, folder: Path) -> bool:
    """Whether a change writes statements of SQL in other letters and nothing else: SQLite reads them alike."""
    module, _, function = name.partition(".x")
    path = folder / f"{module.replace('.', '/')}.py"
    functions = _functions(path) if path.exists() else {}
    before, after = functions.get(re.sub(r"\d+$", "orig", f"x{function}")), functions.get(f"x{function}")
    if before is None or after is None or len(before) != len(after):
        return False
    pairs = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    return all(old.lower() == new.lower() and _SQL.search(old) for old, new in pairs)


@cache
def _functions(path: Path) -> dict[str, list[str]]:
    """The bodies of a module's functions by name, line by line."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    functions = [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return {each.name: ast.unparse(each.body).splitlines() for each in functions}


def report(listed: str) -> list[str]:
    """What mutmut lists → a line for each module with its score, and one for each change that no test notices."""
    missed = [f"{status}: {name}" for name, status in _changes(listed) if status in MISSED]
    scores = []
    for module in sorted({"all", *(_module(name) for name, _ in _changes(listed))}):
        noticed, changes, left = score(listed, module)
        more = f", {left} are not tried yet" if left else ""
        scores += (
            [f"{module}: {100 * noticed / changes:.0f} % of {changes} changes are noticed{more}"] if changes else []
        )
    return missed + scores


def score(listed: str, module: str = "all") -> tuple[int, int, int]:
    """How many changes of a module are noticed, how many were tried, and how many were not."""
    counts = Counter(status for name, status in _changes(listed) if module in ("all", _module(name)))
    noticed = sum(counts[status] for status in NOTICED)
    return noticed, noticed + sum(counts[status] for status in MISSED), counts[LEFT]


def _changes(listed: str) -> list[tuple[str, str]]:
    changes = (line.strip().rpartition(": ") for line in listed.splitlines())
    return [(name, status) for name, _, status in changes if status in (*NOTICED, *MISSED, LEFT)]


def _module(name: str) -> str:
    return name.partition(".x")[0]


def _mutmut(*arguments: str, seconds: int) -> str:
    """What mutmut prints; after so many seconds it is interrupted, with the tests that it runs."""
    with subprocess.Popen(
        [sys.executable, "-m", *_MUTMUT, *arguments],
        cwd=FOLDER,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            return process.communicate(timeout=seconds)[0]
        except BaseException:
            os.killpg(process.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise


if __name__ == "__main__":
    sys.exit(main())
