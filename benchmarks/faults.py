"""What may go wrong with the bot, played: `python -m benchmarks.faults [--seed N] [--quick] [--only NAME …]`.

The bot is a process on the emulated Telegram; its index answers by shared words, so that no model loads. Prints the goal sheet
with what was measured, and ends with 1 where a goal is missed. `--outage 60` is the whole network outage, `--soak 100000` the
whole soak; `--only` goes on where an earlier run ended.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import re
import signal
import socket
import sqlite3
import sys
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.disk_faults import damage, full
from benchmarks.stage import (
    PATIENCE,
    QUESTION,
    QUICK,
    Line,
    Run,
    Sizes,
    Stage,
    count_doubled,
    count_lost,
    rss,
    time_to_answer,
    used_cpu,
)
from emulator.faults import server_error, too_many, unauthorized
from emulator.params import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable


CANARY = "canary7f3a"
WARM_UP = 2000  # questions until every cache of the bot is full


def kills(run: Run) -> list[Line]:
    """The bot is killed again and again while people ask."""
    many, sizes = run.sizes.kills, run.sizes
    with run.stage() as stage:
        chats = stage.people(sizes.questions)
        for chat in chats:
            chat.say(QUESTION)
        for number in range(1, many + 1):
            bot = stage.start()
            due = len(chats) * number // (many + 1)
            stage.wait(lambda: sum(bool(chat.answers) for chat in chats) >= due)  # noqa: B023 - used at once
            time.sleep(run.random.uniform(0, 0.05))
            bot.stop(signal.SIGKILL)
        stage.start()
        stage.wait(lambda: all(chat.answers for chat in chats))
        time.sleep(1)
        lost, doubled = count_lost(chats), count_doubled(chats)
    return [
        Line("G4 kill -9: lost", f"{lost} of {len(chats)}, {many} kills", "0", not lost),
        Line(
            "G4 kill -9: doubled",
            f"{doubled / many:.2f} a kill",
            "≤ 1 a kill, ≤ 0.5 on average",
            doubled <= many / 2 + 1,
        ),
    ]


def deaths(run: Run) -> list[Line]:
    """The bot is killed at any moment, also while it starts and twice in a row; polling, then with a webhook."""
    lines = []
    for way in ("polling", "a webhook"):
        with run.stage() as stage:
            at = f"127.0.0.1:{_free_port()}"
            settings = {} if way == "polling" else {"WEBHOOK_URL": f"http://{at}", "WEBHOOK_LISTEN": at}
            chats = stage.people(run.sizes.questions)
            for number in range(run.sizes.kills):
                for chat in chats[number :: run.sizes.kills]:
                    chat.say(QUESTION)
                bot = stage.spawn(**settings)
                time.sleep(run.random.choice([0.05, 0.3, 1, 3]) * run.random.random())
                bot.stop(signal.SIGKILL)
            stage.spawn(**settings)
            stage.wait(lambda: all(chat.answers for chat in chats))  # noqa: B023 - used at once
            time.sleep(1)
            missing, twice = count_lost(chats), count_doubled(chats)
        lines.append(
            Line(
                f"G4 kill -9 at any moment, {way}: lost, doubled",
                f"{missing}, {twice} of {len(chats)}, {run.sizes.kills} kills",
                "0, ≤ 0.5 a kill",
                not missing and twice <= run.sizes.kills / 2 + 1,
            )
        )
    return lines


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stops(run: Run) -> list[Line]:
    """The bot is stopped while questions wait."""
    slowest = 0.0
    with run.stage() as stage:
        chats = stage.people(run.sizes.questions)
        for number in range(run.sizes.stops):
            bot = stage.start()
            for chat in chats:
                chat.say(f"{'' if number % 2 else 'slowly '}{QUESTION}")
            stage.wait(lambda: not stage.api.pending)
            begun = time.monotonic()
            bot.stop(signal.SIGTERM)
            slowest = max(slowest, time.monotonic() - begun)
        stage.start().gate.touch()
        wanted = run.sizes.stops
        stage.wait(lambda: all(len(chat.answers) >= wanted for chat in chats))
        time.sleep(1)
        lost, doubled = count_lost(chats, wanted), count_doubled(chats, wanted)
    many = len(chats) * wanted
    return [
        Line("G4 SIGTERM: lost, doubled", f"{lost}, {doubled} of {many}", "0, 0", not lost and not doubled),
        Line("G4 SIGTERM: slowest stop", f"{slowest:.2f} s", "≤ 5 s", slowest <= 5),
    ]


def outages(run: Run) -> list[Line]:
    """The network refuses, then swallows; people ask before and meanwhile."""
    lines = []
    for way in ("refuse", "swallow"):
        with run.stage(network=True) as stage:
            assert stage.network
            chats = stage.people(12)
            stage.start().gate.touch()
            for chat in chats[:6]:
                chat.say(QUESTION)
            getattr(stage.network, way)()
            for chat in chats[6:]:
                chat.say(QUESTION)
            time.sleep(run.sizes.outage)
            before = sum(len(chat.answers) for chat in chats)
            begun = time.monotonic()
            stage.network.restore()
            stage.wait(lambda: sum(len(chat.answers) for chat in chats) > before)  # noqa: B023 - used at once
            back = time.monotonic() - begun
            stage.wait(lambda: all(chat.answers for chat in chats))  # noqa: B023
            time.sleep(2)
            lost, doubled = count_lost(chats), count_doubled(chats)
        name, seconds = {"refuse": "refused", "swallow": "blackholed"}[way], run.sizes.outage
        lines += [
            Line(
                f"G4 network {name} {seconds:.0f} s: lost, doubled",
                f"{lost}, {doubled} of 12",
                "0, ≤ 1 a fault",
                not lost and doubled <= 6,
            ),
            Line(f"G4 network {name}: first answer after its return", f"{back:.2f} s", "≤ 2 s", back <= 2),
        ]
    return lines


def storms(run: Run) -> list[Line]:
    """Telegram refuses one chat eight times, in two ways; others are answered meanwhile."""
    with run.stage() as stage:
        slow, broken, *others = stage.people(6)
        stage.start()
        stage.api.faults.add(too_many(1), "sendMessage", chat=slow.id, times=8)
        stage.api.faults.add(server_error(500), "sendMessage", chat=broken.id, times=8)
        for chat in (slow, broken):
            chat.say(QUESTION)
        delay = max(time_to_answer(chat, QUESTION) for chat in others)
        stage.wait(lambda: slow.answers and broken.answers)
        time.sleep(1)
        lost, doubled = count_lost([slow, broken]), count_doubled([slow, broken])
    return [
        Line("G4 eight times 429, 500: lost, doubled", f"{lost}, {doubled} of 2", "0, 0", not lost and not doubled),
        Line("G8 others meanwhile, slowest", f"{delay:.2f} s", "≤ 1 s", delay <= 1),
    ]


def floods(run: Run) -> list[Line]:
    """Somebody floods in one of several ways, all at once; another chat, whose update comes last, asks for the start."""
    lines = []
    for name, flood in FLOODS.items():
        with run.stage() as stage:
            bot = stage.start("INFO")  # as by default: lines of every call cost more than the calls
            ana, *others = stage.people(6)
            time_to_answer(ana, "/start")
            with stage.api.state.changed:  # nothing is fetched before all of it is there
                flood(stage, run.sizes.flood)
                used, begun = used_cpu(bot.pid), time.monotonic()
                for chat in others:
                    chat.say("/start")
            for chat in others:
                chat.wait_message(PATIENCE)
            used, took = used_cpu(bot.pid) - used, time.monotonic() - begun
            later = time_to_answer(ana, "/start")
        lines.append(
            Line(
                f"G8 {run.sizes.flood} {name}: CPU of the bot until another chat's /start behind them is answered",
                f"{used:.2f} s, {took:.2f} s on the clock; the next one {later:.2f} s",
                "≤ 1 s of CPU",
                used <= 1,
            )
        )
    return lines


def _messages(text: str) -> Callable[[Stage, int], None]:
    def flood(stage: Stage, many: int) -> None:
        (chat,) = stage.people(1)
        for _ in range(many):
            chat.say(text)

    return flood


def _presses(stage: Stage, many: int) -> None:
    (chat,) = stage.people(1)
    body = {
        "from": chat.people[0].json(),
        "chat_instance": "1",
        "data": "page:abcdefghijk:0",
        "message": chat.say("/start").raw,
    }
    for number in range(many):
        stage.api.inject({"callback_query": {"id": str(number), **body}})


def _groups(stage: Stage, many: int) -> None:
    person = stage.api.user("Person")
    for number in range(many // 70 + 1):
        group = stage.api.group(f"Group {number}", person)
        for _ in range(70):
            group.say(f"/ask slowly {QUESTION}")


FLOODS: dict[str, Callable[[Stage, int], None]] = {
    "commands of one person": _messages("/help"),
    "questions of one person": _messages(f"slowly {QUESTION}"),
    "buttons pressed by one person": _presses,
    "questions of one person in many groups": _groups,
}


def deaf(run: Run) -> list[Line]:
    """A token that is revoked, an update that cannot be parsed, a state that is locked, a second bot."""
    with run.stage() as stage:
        stage.start()
        (ana,) = stage.people(1)
        stage.api.inject({"message": {"message_id": 1, "chat": {"id": 7}, "entities": [{"type": "bold"}]}})
        poison = time_to_answer(ana, QUESTION)
        with closing(sqlite3.connect(stage.state / "state.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            locked = time_to_answer(ana, "/start")
        try:
            second = stage.start().wait(30)
        except TimeoutError:
            second = stage._bots[-1].wait(1)
        begun = time.monotonic()
        stage.api.faults.add(unauthorized(), times=None)
        code = stage._bots[0].wait(60)
        ended = time.monotonic() - begun
    return [
        Line("G5 behind an update that cannot be parsed", f"{poison:.2f} s", "≤ 90 s", poison <= 90),
        Line("G5 /start while the state is locked", f"{locked:.2f} s", "≤ 1 s", locked <= 1),
        Line("G5 a second bot on the state folder: exit code", str(second), "1", second == 1),
        Line("G5 token revoked: exit code, after", f"{code}, {ended:.2f} s", "1, ≤ 10 s", code == 1 and ended <= 10),
    ]


def hostile(run: Run) -> list[Line]:
    """Random texts of hostile characters: nothing unhandled, nothing that Telegram would alter or refuse."""
    pieces = [
        "\u202e",
        "\u200b",
        "\ufeff",
        "\x00",
        "﷽",
        "🏳️‍🌈",
        "a\u0301" * 9,
        "/start@",
        "@x",
        "http://u:p@h",
        "“",
        "<b>",
        "who ",
        QUESTION,
    ]
    with run.stage() as stage:
        stage.start()
        chats = stage.people(20)
        for number in range(run.sizes.texts):
            text = "".join(run.random.choices(pieces, k=run.random.randint(1, 12))).replace("\x00", "").strip()
            with suppress(ApiError):  # nothing to see in it: Telegram lets nobody send that
                chats[number % 20].say(text[:4096])
        last = stage.people(1)[0]
        time_to_answer(last, QUESTION)
        calls = stage.api.calls.all()
        refused = [call for call in calls if call.status == 400 and "query is too old" not in call.error]
        altered = len(stage.api.altered)
        unhandled = sum(output.count("could not be handled") for output in stage.outputs())
    many = run.sizes.texts
    return [
        Line(
            "G6 hostile texts: refused, altered, unhandled",
            f"{len(refused)}, {altered}, {unhandled} of {many}",
            "0, 0, 0",
            not refused and not altered and not unhandled,
        )
    ]


def privacy(run: Run) -> list[Line]:
    """A question's words are in no file of the state once it is answered, though another one still waits."""
    with run.stage() as stage:
        stage.start()
        ana, ben = stage.people(2)
        ben.say(f"slowly {QUESTION}")
        ana.say(f"{QUESTION} {CANARY}")
        ana.wait_message(PATIENCE)
        begun, left = time.monotonic(), 1
        while left and time.monotonic() - begun < 60:
            left = sum(path.read_bytes().count(CANARY.encode()) for path in stage.state.iterdir())
            time.sleep(0.5)
        took = time.monotonic() - begun
    return [
        Line("G10 a question's words on disk after its answer", f"{left} after {took:.0f} s", "0 within 60 s", not left)
    ]


def soak(run: Run) -> list[Line]:
    """Memory while very many questions are asked: slope by Theil and Sen, once the bounded caches are full."""
    if not run.sizes.soak:
        return []
    samples, took = [], []
    with run.stage() as stage:
        bot = stage.start()
        chats = stage.people(20)
        for at in range(0, run.sizes.soak, len(chats)):
            begun = time.monotonic()
            for chat in chats:
                chat.say(f"{QUESTION} {at}")
            answers = 1 + at // len(chats)
            stage.wait(lambda: all(len(chat.answers) >= answers for chat in chats))  # noqa: B023 - used at once
            took.append(time.monotonic() - begun)
            samples.append((at, rss(bot.pid)))
    steady = [sample for sample in samples if sample[0] >= WARM_UP][:: max(1, len(samples) // 300)]
    slopes = [(b - a) / (j - i) for at, (i, a) in enumerate(steady) for j, b in steady[at + 1 :]]
    slope = float(np.median(slopes))
    tenth = max(1, len(took) // 10)
    pace = max(took[-tenth:]) / max(took[:tenth])
    return [
        Line(f"G7 memory over {run.sizes.soak} questions, slope", f"{slope:.3f} KiB a question", "≤ 0.1", slope <= 0.1),
        Line("G7 slowest round, last tenth beside the first", f"{pace:.2f}", "≤ 1.1", pace <= 1.1),
    ]


def outputs(run: Run) -> list[Line]:
    """What the bots of this run wrote."""
    token = re.compile(r"\d{6,}:[\w-]{30,}|emulated-bot-api-token")
    hits = sum(len(token.findall(output)) for output in run.output)
    words = sum(output.count(CANARY) + output.count("ministers meet on") for output in run.output)
    return [
        Line(f"G9 tokens in {len(run.output)} logs at DEBUG", str(hits), "0", not hits),
        Line("G10 words of questions in them", str(words), "0", not words),
    ]


SCENES = (kills, deaths, stops, outages, storms, floods, damage, full, deaf, hostile, privacy, soak)
ELSEWHERE = (
    ("G1 kills and full disks while an index is written", "tests/retrieval/index/test_storage.py"),
    ("G3 no pickle, no index parsed before its hash", "tests/retrieval/index/test_storage.py, test_models.py"),
    ("G5 a search or the event loop that hangs", "tests/bot/test_lifecycle.py"),
    ("G11 stuffed passages, lookalike letters", "python -m benchmarks.poison"),
    ("G12 hashes, licences, bill of materials, advisories", "make sbom; make audit; tests/test_install.py"),
    ("G13 tests that bite", "make mutants; figures of branches in DECISIONS.md"),
    ("G14 one line for each trouble", "tests/bot/test_process.py, tests/test_byline.py"),
)


def main(arguments: list[str] | None = None) -> int:
    """Play what is asked for, and print the sheet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a little of each")
    parser.add_argument("--only", nargs="+", choices=[scene.__name__ for scene in SCENES], help="these faults alone")
    for name, what in (("outage", float), ("soak", int), ("kills", int), ("stops", int), ("flood", int)):
        parser.add_argument(f"--{name}", type=what)
    options = parser.parse_args(arguments)
    logging.getLogger("bot.database").setLevel(logging.CRITICAL)  # of every damaged file a line
    sizes = QUICK if options.quick else Sizes()
    chosen = {name: value for name, value in vars(options).items() if name in vars(sizes) and value is not None}
    run = Run(random.Random(options.seed), Sizes(**{**vars(sizes), **chosen}))
    print(f"seed {options.seed}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    lines = []
    for scene in (*(scene for scene in SCENES if not options.only or scene.__name__ in options.only), outputs):
        for line in scene(run):
            lines.append(line)
            print(
                f"{'met   ' if line.met else 'MISSED'} {line.goal}: {line.measured} (wanted {line.wanted})", flush=True
            )
    for goal, where in ELSEWHERE:
        print(f"       {goal}: {where}")
    return 0 if all(line.met for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
