"""The bot under people: `python -m benchmarks.chats [ARTICLES or INDEX]`, the real bot as a process on the emulated Bot API.

A question waits while the bot starts; then eight chats ask some questions each at once, another one says `/start` meanwhile,
and buttons are pressed. Prints the slowest of each, how long the bot's event loop is held, and the memory before and after
the eight chats, with what is wanted; exit code 1 where that is not met or anything was refused, unanswered or answered twice.
With `--cgroup FOLDER` the bot runs in a memory cgroup, which has to be there with its limit; that takes an administrator's rights.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import passages
from benchmarks.beside import verdict
from benchmarks.clock import memory
from bot import strings
from emulator import BotApi
from retrieval import Index
from retrieval.index import storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator import Chat

CHATS, PRESSES = 8, 10
FIRST_S, START_S, PRESS_S, LAG_MS, MIB = 2.0, 1.0, 0.3, 50.0, 250
ASKED = (
    "Who warned of a false flag operation?",
    "What did the ambassador say?",
    "How many troops are at the border?",
    "Who met in Washington?",
    "What could be used as a pretext?",
)


def main() -> int:
    """Play it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", nargs="?", default="seeds", help="articles, or an index of some")
    parser.add_argument("--questions", type=int, default=len(ASKED), help="of each chat")
    parser.add_argument("--cgroup", type=Path, help="such as /sys/fs/cgroup/small")
    options = parser.parse_args()
    asked = [*ASKED, *passages.questions(max(0, options.questions - len(ASKED)))][: options.questions]
    with tempfile.TemporaryDirectory() as folder, BotApi() as api:
        index = options.source
        if not storage.exists(Path(index)):
            Index.build(options.source).save(index := f"{folder}/index")
        first, begun = _chat(api, "first"), time.monotonic()
        first.say(ASKED[0])
        with _bot(api, folder, index, options.cgroup) as process:
            first.wait_message(timeout=120)
            waited = time.monotonic() - begun
            pressed = _presses(first)
            idle = memory("VmRSS", process.pid)
            started, answered = _together(api, asked)
            after = memory("VmRSS", process.pid)
            bounded = _bounded(options.cgroup) if options.cgroup else ""
        refused = [call for call in api.calls.all() if call.status == 400]
        lag = float(Path(f"{folder}/lag").read_text())
    print(f"{CHATS} chats of {len(asked)} questions at once: {answered} answers; {len(refused)} calls refused")
    print(f"memory after the {CHATS} chats: {after:.0f} MiB{bounded}")
    figures = (
        ("from the bot's start to its first answer, s", waited, FIRST_S),
        ("another chat's /start meanwhile, slowest, s", started, START_S),
        (f"a pressed button until it is answered, slowest of {PRESSES}, s", pressed, PRESS_S),
        ("event loop held by something else, 99th of a hundred looks, ms", lag, LAG_MS),
        (f"memory before the {CHATS} chats, MiB", idle, MIB),
    )
    for name, value, wanted in figures:
        print(f"{name}: {value:.4g} (wanted ≤ {wanted:g}: {verdict(met=value <= wanted)})")
    whole = answered == CHATS * len(asked) and not refused
    return 0 if whole and all(value <= wanted for _, value, wanted in figures) else 1


def _together(api: BotApi, asked: Sequence[str]) -> tuple[float, int]:
    """The slowest `/start`, and how many answers came while a second more was waited for."""
    chats = [_chat(api, f"chat {number}") for number in range(CHATS)]
    for question in asked:
        for chat in chats:
            chat.say(question)
    slowest, other = 0.0, _chat(api, "other")
    until = time.monotonic() + 120
    while time.monotonic() < until and any(len(chat.answers) < len(asked) for chat in chats):
        begun = time.monotonic()
        other.say("/start")
        other.wait_message(timeout=30)
        slowest = max(slowest, time.monotonic() - begun)
        time.sleep(1.0)
    time.sleep(1.0)  # for answers that should not come
    return slowest, sum(len(chat.answers) for chat in chats)


def _presses(chat: Chat) -> float:
    """The slowest answer to a press of the latest answer's buttons, context and back in turns."""
    answer, slowest = chat.answers[-1], 0.0
    for number in range(PRESSES):
        begun = time.monotonic()
        chat.press(answer, strings.BACK if number % 2 else strings.CONTEXT).wait(timeout=30)
        slowest = max(slowest, time.monotonic() - begun)
        time.sleep(0.3)  # the page is turned by then
    return slowest


def _chat(api: BotApi, name: str) -> Chat:
    return api.private(api.user(name))


def _bounded(cgroup: Path) -> str:
    """The most that a cgroup, of version 2 or 1, has held so far, the system's copies of files included."""
    peak = next(filter(Path.exists, (cgroup / "memory.peak", cgroup / "memory.max_usage_in_bytes")))
    return f", the most with copies of files {int(peak.read_text()) / 2**20:.0f} MiB"


@contextmanager
def _bot(api: BotApi, folder: str, index: str, cgroup: Path | None) -> Iterator[subprocess.Popen[bytes]]:
    given = {"TELEGRAM_BOT_TOKEN": api.token, "TELEGRAM_API_BASE_URL": api.root, "INDEX_DIR": index}
    command = [sys.executable, "-m", "benchmarks.lag", f"{folder}/lag"]
    if cgroup:  # it joins before it takes any memory
        command = ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(cgroup / "cgroup.procs"), *command]
    environment = {**os.environ, **given, "STATE_DIR": f"{folder}/state", "LOG_LEVEL": "ERROR"}
    with subprocess.Popen(command, cwd=Path(__file__).parents[1], env=environment) as process:
        try:
            yield process
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(main())
