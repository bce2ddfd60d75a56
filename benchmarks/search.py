"""The search alone beside what others build in a few lines: `make bench PART=search`; a table and a plot for README.

Every side has the same model, passages and questions; sides take turns, each in a process of its own, and a figure is
the median of the rounds. The others live in `.venv/peers`, which is made at the first run; what cannot be installed is named.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.beside import answer_figures, timed, verdict
from benchmarks.stacks import STACKS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".venv" / "peers"
PLOT = ROOT / "docs" / "speed.svg"
ROUNDS, MINUTES = 3, 8  # rounds that are run unless the minutes are over before
IN_MEMORY = 20_000  # passages up to which Haystack's store in memory is asked
SCRIPT, OURS = "plain script", "Byline, search"
FIGURES = {  # what is measured, its name, the ratio to the best of the others that is wanted, and whether more is better
    "first": ("cold start to first answer, s", 0.1, False),
    "p50": ("question p50, ms", 0.45, False),
    "p95": ("question p95, ms", 0.6, False),
    "rate": ("questions a second, eight askers", 3.0, True),
    "mib": ("peak memory, MiB", 0.45, False),
    "built": ("passages built a second", 1.5, True),
    "disk": ("index on disk, MiB", None, False),
    "right": ("the question's own passage first", None, True),
}


class Given(NamedTuple):
    """What every side is given: the model's folder, JSON lists of passages and questions, and perhaps the passages' vectors."""

    model: str
    passages: Path
    questions: Path
    vectors: Path | None = None


def compare(folder: Path, given: Given, rounds: int = ROUNDS) -> bool:
    """Print the table in Markdown, draw the plot; whether every ratio to the best of the others is what is wanted.

    With vectors, builds take these for the passages, so nothing is said of how fast they are, and no plot is drawn.
    """
    sides = {SCRIPT: ("plain",), OURS: ("ours",), **_peers()}
    if given.vectors:
        sides = {name: side for name, side in sides.items() if name != "txtai"}  # it does not encode by what takes them
        if len(json.loads(given.passages.read_text())) > IN_MEMORY:
            print(f"Haystack is not measured above {IN_MEMORY:,}: half a second a question at 10,000", file=sys.stderr)
            sides.pop("Haystack", None)
    built = _build(folder, given, sides)
    answered = _ask(folder, given, sides, rounds)
    figures = {name: _medians(answered[name]) | {"disk": _mib(folder / name)} for name in sides}
    if not given.vectors:
        for name, each in figures.items():
            each["built"] = built[name]
    _print(figures, answered)
    if not given.vectors:
        _draw(figures)
    return all(_reached(figures, key) is not False for key in FIGURES)


def _build(folder: Path, given: Given, sides: dict[str, tuple[str, ...]]) -> dict[str, float]:
    """Let each side keep the passages in a folder of its own; how many a second."""
    count, rates = len(json.loads(given.passages.read_text())), {}
    for name in list(sides):
        (folder / name).mkdir()
        command = _command(sides[name], "build", given, folder / name)
        if given.vectors:
            command = [*(["sizes", *command[1:]] if name == OURS else command), str(given.vectors)]
        with _named(name, sides):
            rates[name] = count / timed(*command, python=_python(name))
    return rates


def _ask(
    folder: Path, given: Given, sides: dict[str, tuple[str, ...]], count: int
) -> dict[str, list[dict[str, float]]]:
    """Each side's figures, round by round."""
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
    start = time.monotonic()
    for _ in range(count):
        if time.monotonic() - start > 60 * MINUTES:
            break
        for name in list(sides):
            command = _command(sides[name], "ask", given, folder / name)
            with _named(name, sides):
                rounds[name].append(answer_figures(*command, str(given.questions), python=_python(name)))
    return rounds


@contextmanager
def _named(name: str, sides: dict[str, tuple[str, ...]]) -> Iterator[None]:
    """Leave one of the other stacks out when it fails (txtai's SQLite may, under several askers), with a line that says so."""
    try:
        yield
    except SystemExit as failure:
        if name not in STACKS:
            raise
        print(f"{name} is not measured: {failure}", file=sys.stderr, flush=True)
        del sides[name]


def _peers() -> dict[str, tuple[str, ...]]:
    """Those of the other stacks that can be run here; a line for each that cannot."""
    if not PEERS.exists():
        print(f"installing what Byline is held against into {PEERS}: some minutes", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        subprocess.run([str(PEERS / "bin" / "python"), str(ROOT / "requirements" / "install.py"), "peers"], check=False)
    present = {}
    for name, stack in STACKS.items():
        probe = f"import importlib; [importlib.import_module(name) for name in {stack.modules!r}]"
        if subprocess.run([str(PEERS / "bin" / "python"), "-W", "ignore", "-c", probe], check=False).returncode:
            print(f"{name} is not measured: it cannot be installed here (its message stands above)", file=sys.stderr)
        else:
            present[name] = ("stacks", name)
    return present


def _python(name: str) -> str:
    return str(PEERS / "bin" / "python") if name in STACKS else sys.executable


def _command(side: tuple[str, ...], what: str, given: Given, folder: Path) -> list[str]:
    if side[0] == "stacks":
        texts = [str(given.passages)] if what == "build" else []
        return ["stacks", what, side[1], given.model, *texts, str(folder)]
    return [side[0], what, given.model, str(given.passages), str(folder)]


def _medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    figures = {name: median(each[name] for each in rounds) for name in rounds[0]}
    return figures | {"rate": 1000 / figures["ms"]}


def _best(figures: dict[str, dict[str, float]], key: str) -> float:
    others = [each[key] for name, each in figures.items() if name != OURS]
    return max(others) if FIGURES[key][2] else min(others)


def _reached(figures: dict[str, dict[str, float]], key: str) -> bool | None:
    """Whether the ratio of a figure to the best of the others is what is wanted; `None` where nothing is wanted of it."""
    _, limit, more = FIGURES[key]
    if limit is None or key not in figures[OURS]:
        return None
    ratio = figures[OURS][key] / _best(figures, key)
    return ratio >= limit if more else ratio <= limit


def _print(figures: dict[str, dict[str, float]], rounds: dict[str, list[dict[str, float]]]) -> None:
    """One line a figure, one column a side, then Byline's ratio to the best of the others, its spread, and whether it is what is wanted."""
    print(f"\n| | {' | '.join(figures)} | ratio to the best of the others | wanted |")
    print("|---" * (len(figures) + 3) + "|")
    for key, (title, limit, more) in FIGURES.items():
        if key not in figures[OURS]:
            continue
        values = " | ".join(f"{each[key]:.3g}" for each in figures.values())
        ratio = f"{figures[OURS][key] / _best(figures, key):.2f}"
        if key in rounds[OURS][0]:
            spread = [ours[key] / _best({**figures, OURS: ours}, key) for ours in rounds[OURS]]
            ratio += f" ({min(spread):.2f}–{max(spread):.2f})"
        reached = _reached(figures, key)
        wanted = "" if reached is None else f"{'≥' if more else '≤'} {limit}: {verdict(met=reached)}"
        print(f"| {title} | {values} | {ratio} | {wanted} |", flush=True)


def _draw(figures: dict[str, dict[str, float]]) -> None:
    """Bars of four figures into `PLOT`."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "byline"  # the same figures make the same file
    from matplotlib import pyplot as plt

    keys = ("first", "p50", "rate", "mib")
    plot, axes = plt.subplots(1, len(keys), figsize=(12, 2.6), sharey=True)
    for axis, key in zip(axes, keys, strict=True):
        names = list(figures)[::-1]
        bars = axis.barh(
            names, [figures[name][key] for name in names], color=["#2a6" if n == OURS else "#99a" for n in names]
        )
        axis.bar_label(bars, fmt="%.3g", padding=2, fontsize=8)
        axis.set_title(FIGURES[key][0], fontsize=9)
        axis.margins(x=0.25)
        axis.set_xticks([])
        axis.spines[["top", "right", "bottom"]].set_visible(False)
    plot.tight_layout()
    plot.savefig(PLOT, metadata={"Date": None})
    print(f"\n{PLOT.relative_to(ROOT)} shows it", flush=True)


def _mib(folder: Path) -> float:
    """What lies in a folder, MiB; a file with two names once."""
    files = {
        (stated.st_ino): stated.st_size for path in folder.rglob("*") if (stated := path.lstat()) and path.is_file()
    }
    return sum(files.values()) / 2**20
