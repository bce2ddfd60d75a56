"""What may go wrong, provoked: `python -m benchmarks.faults [--seed N] [--quick] [--only NAME …] [--again]`.

The bot is a process on the emulated Telegram; its index answers by shared words, so that no model loads but for the poisoned
articles. Prints the goal sheet with what was measured, and ends with 1 where a goal is missed or something was not run. What was
measured is kept in `.faults/` until the code changes, so that a run that ended goes on; `--seconds` bounds it between two scenarios.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import random
import re
import sys
import time
from collections import Counter
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from benchmarks import bot_faults, disk_faults, goals, index_faults, load_faults
from benchmarks.bot_faults import CANARY
from benchmarks.testbed import QUICK, Line, Run, Sizes

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".faults"
SCENARIOS = (
    *(bot_faults.kills, bot_faults.deaths, bot_faults.stops, bot_faults.outages, bot_faults.storms, bot_faults.calls),
    *(bot_faults.deaf, bot_faults.hostile, bot_faults.privacy, load_faults.floods, load_faults.soak),
    *(disk_faults.damage, disk_faults.salvage, disk_faults.full),
    *(index_faults.writes, index_faults.writers, index_faults.parsers),
    *(goals.hidden, goals.poisoned, goals.supply, goals.mutations, goals.errors),
)
_CODE = ("bot", "retrieval", "emulator", "benchmarks")
_TOKEN = re.compile(r"\d{6,}:[\w-]{30,}|emulated-bot-api-token")
_TRACEBACK = "Traceback (most recent call last)"


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for, and print the sheet."""
    options = _options(arguments)
    for name in ("bot.database", "bot.telegram.inbox"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # of every damaged file a line
    sizes = QUICK if options.quick else Sizes()
    chosen = {name: value for name, value in vars(options).items() if name in vars(sizes) and value is not None}
    sizes = Sizes(**{**vars(sizes), **chosen})
    print(f"seed {options.seed}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    kind = "-quick" if options.quick else ""
    record = Record(
        FOLDER / f"{options.seed}{kind}.json", {"code": _code(), "sizes": asdict(sizes)}, again=options.again
    )
    until, missed, left = time.monotonic() + options.seconds, False, []
    for scenario in [scenario for scenario in SCENARIOS if not options.only or scenario.__name__ in options.only]:
        name = scenario.__name__
        if name not in record.scenarios:
            if time.monotonic() > until:
                left.append(name)
                continue
            run = Run(random.Random(f"{options.seed} {name}"), sizes)
            lines = scenario(run)
            record.add(name, lines, written(run.output))
        missed |= _show([Line(**each) for each in record.scenarios[name]["lines"]])
    missed |= _show(outputs(record))
    if left:
        print(f"not run within {options.seconds} s: {', '.join(left)}; the same command goes on")
    return int(missed or bool(left))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a little of each")
    parser.add_argument(
        "--only", nargs="+", choices=[scenario.__name__ for scenario in SCENARIOS], help="these faults alone"
    )
    parser.add_argument("--again", action="store_true", help="run also what was run before")
    parser.add_argument("--seconds", type=int, default=3600, help="after which no scenario begins (default: 3600)")
    for size in fields(Sizes):
        parser.add_argument(f"--{size.name}", type=type(size.default))
    return parser.parse_args(arguments)


class Record:
    """What was measured with one seed, in a file; what was measured of other code or in other sizes does not count."""

    def __init__(self, path: Path, conditions: dict[str, Any], *, again: bool) -> None:
        self._path, self._conditions = path, conditions
        content = json.loads(path.read_text("utf-8")) if path.exists() else {}
        valid = not again and content.get("conditions") == conditions
        self.scenarios: dict[str, dict[str, Any]] = content["scenarios"] if valid else {}

    def add(self, name: str, lines: list[Line], output: Counter[str]) -> None:
        """Keep what one scenario measured, and what its bots wrote."""
        self.scenarios[name] = {"lines": [asdict(line) for line in lines], "output": output}
        self._path.parent.mkdir(exist_ok=True)
        aside = self._path.with_suffix(".aside")
        aside.write_text(json.dumps({"conditions": self._conditions, "scenarios": self.scenarios}, indent=1), "utf-8")
        aside.replace(self._path)


def written(logs: list[str]) -> Counter[str]:
    """What must not stand in the logs of bots, counted."""
    return Counter(
        logs=len(logs),
        tokens=sum(len(_TOKEN.findall(log)) for log in logs),
        words=sum(log.count(CANARY) + log.count("ministers meet on") for log in logs),
        tracebacks=sum(log.count(_TRACEBACK) for log in logs),
    )


def outputs(record: Record) -> list[Line]:
    """What the bots of all scenarios wrote."""
    counts: Counter[str] = Counter()
    for scenario in record.scenarios.values():
        counts.update(scenario["output"])
    return [
        Line(f"{goal} in {counts['logs']} logs", str(counts[kind]), "0", not counts[kind])
        for goal, kind in (
            ("G9 tokens", "tokens"),
            ("G10 words of questions", "words"),
            ("G14 tracebacks", "tracebacks"),
        )
    ]


def _show(lines: list[Line]) -> bool:
    """Print each line; whether a goal is missed."""
    for line in lines:
        verdict = {True: "met   ", False: "MISSED", None: "OPEN  "}[line.met]
        print(f"{verdict} {line.goal}: {line.measured} (wanted {line.wanted})", flush=True)
    return not all(line.met for line in lines)


def _code() -> str:
    """A hash of the code that is tested and that tests."""
    paths = sorted(path for name in _CODE for path in (ROOT / name).rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
