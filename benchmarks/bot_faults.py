"""The bot dies, is stopped, cut off, refused, locked out, and asked in hostile letters; for `benchmarks.faults`."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing, suppress

from benchmarks.testbed import PATIENCE, QUESTION, Line, Run, count_doubled, count_lost, time_to_answer
from emulator.params import ApiError
from emulator.updates import garbage, lost_after, lost_before, server_error, too_many, unauthorized
from tests.process import free_port

CANARY = "canary7f3a"


def kills(run: Run) -> list[Line]:
    """The bot is killed again and again while people ask."""
    many, sizes = run.sizes.kills, run.sizes
    with run.testbed() as testbed:
        chats = testbed.people(sizes.questions)
        for chat in chats:
            chat.say(QUESTION)
        for number in range(1, many + 1):
            bot = testbed.start()
            due = len(chats) * number // (many + 1)
            testbed.wait(lambda: sum(bool(chat.answers) for chat in chats) >= due)  # noqa: B023 - used at once
            time.sleep(run.random.uniform(0, 0.05))
            bot.stop(signal.SIGKILL)
        testbed.start()
        testbed.wait(lambda: all(chat.answers for chat in chats))
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
        with run.testbed() as testbed:
            at = f"127.0.0.1:{free_port()}"
            settings = {} if way == "polling" else {"WEBHOOK_URL": f"http://{at}", "WEBHOOK_LISTEN": at}
            chats = testbed.people(run.sizes.questions)
            for number in range(run.sizes.kills):
                for chat in chats[number :: run.sizes.kills]:
                    chat.say(QUESTION)
                bot = testbed.spawn(**settings)
                time.sleep(run.random.choice([0.05, 0.3, 1, 3]) * run.random.random())
                bot.stop(signal.SIGKILL)
            testbed.spawn(**settings)
            testbed.wait(lambda: all(chat.answers for chat in chats))  # noqa: B023 - used at once
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


def stops(run: Run) -> list[Line]:
    """The bot is stopped while questions wait."""
    slowest = 0.0
    with run.testbed() as testbed:
        chats = testbed.people(run.sizes.questions)
        for number in range(run.sizes.stops):
            bot = testbed.start()
            for chat in chats:
                chat.say(f"{'' if number % 2 else 'slowly '}{QUESTION}")
            testbed.wait(lambda: not testbed.api.pending)
            begun = time.monotonic()
            bot.stop(signal.SIGTERM)
            slowest = max(slowest, time.monotonic() - begun)
        testbed.start().gate.touch()
        wanted = run.sizes.stops
        testbed.wait(lambda: all(len(chat.answers) >= wanted for chat in chats))
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
        with run.testbed(network=True) as testbed:
            assert testbed.network
            chats = testbed.people(12)
            testbed.start().gate.touch()
            for chat in chats[:6]:
                chat.say(QUESTION)
            getattr(testbed.network, way)()
            for chat in chats[6:]:
                chat.say(QUESTION)
            time.sleep(run.sizes.outage)
            before = sum(len(chat.answers) for chat in chats)
            begun = time.monotonic()
            testbed.network.restore()
            testbed.wait(lambda: sum(len(chat.answers) for chat in chats) > before)  # noqa: B023 - used at once
            back = time.monotonic() - begun
            testbed.wait(lambda: all(chat.answers for chat in chats))  # noqa: B023
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
    with run.testbed() as testbed:
        slow, broken, *others = testbed.people(6)
        testbed.start()
        testbed.api.faults.add(too_many(1), "sendMessage", chat=slow.id, times=8)
        testbed.api.faults.add(server_error(500), "sendMessage", chat=broken.id, times=8)
        for chat in (slow, broken):
            chat.say(QUESTION)
        delay = max(time_to_answer(chat, QUESTION) for chat in others)
        testbed.wait(lambda: slow.answers and broken.answers)
        time.sleep(1)
        lost, doubled = count_lost([slow, broken]), count_doubled([slow, broken])
    return [
        Line("G4 eight times 429, 500: lost, doubled", f"{lost}, {doubled} of 2", "0, 0", not lost and not doubled),
        Line("G8 others meanwhile, slowest", f"{delay:.2f} s", "≤ 1 s", delay <= 1),
    ]


_FAILS = {"refused": too_many(1), "500": server_error(500), "502": server_error(502), "cut": lost_before()}
_ARRIVES = {"cut after": lost_after(), "garbled": garbage()}  # Telegram has the message, and the bot does not know it


def calls(run: Run) -> list[Line]:
    """Calls fail at random, several in a row for one message; those for updates too."""
    arrived = Counter[int]()
    with run.testbed() as testbed:
        chats = testbed.people(run.sizes.questions)
        for number in range(run.sizes.calls):
            chat = chats[number % len(chats)].id
            name, fault = run.random.choice([*_FAILS.items(), *_ARRIVES.items()])
            arrived[chat] += name in _ARRIVES
            testbed.api.faults.add(fault, "sendMessage", chat=chat)
        for first in range(2, 12, 2):
            testbed.api.faults.add(run.random.choice([*_FAILS.values(), *_ARRIVES.values()]), "getUpdates", first=first)
        testbed.start()
        for chat in chats:
            chat.say(QUESTION)
        testbed.wait(lambda: all(chat.answers for chat in chats))
        time.sleep(1)
        lost = count_lost(chats)
        needless = sum(count_doubled([chat], 1 + arrived[chat.id]) for chat in chats)
        doubled = count_doubled(chats)
    many = run.sizes.calls
    return [
        Line(f"G4 {many} calls fail: lost", f"{lost} of {len(chats)}", "0", not lost),
        Line(
            f"G4 {many} calls fail: doubled",
            f"{doubled} by {arrived.total()} answers that were lost after Telegram had the message, {needless} by others",
            "≤ 1 each, 0",
            not needless,
        ),
    ]


def deaf(run: Run) -> list[Line]:
    """A token that is revoked, an update that cannot be parsed, a state that is locked, a second bot."""
    with run.testbed() as testbed:
        testbed.start()
        (ana,) = testbed.people(1)
        testbed.api.inject({"message": {"message_id": 1, "chat": {"id": 7}, "entities": [{"type": "bold"}]}})
        poison = time_to_answer(ana, QUESTION)
        with closing(sqlite3.connect(testbed.state / "state.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            locked = time_to_answer(ana, "/start")
        try:
            second = testbed.start().wait(30)
        except TimeoutError:
            second = testbed._bots[-1].wait(1)
        begun = time.monotonic()
        testbed.api.faults.add(unauthorized(), times=None)
        code = testbed._bots[0].wait(60)
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
        "\u202e", "\u200b", "\ufeff", "\x00", "﷽", "🏳️‍🌈", "a\u0301" * 9,
        "/start@", "@x", "http://u:p@h", "“", "<b>", "who ", QUESTION,
    ]  # fmt: skip
    with run.testbed() as testbed:
        testbed.start()
        chats = testbed.people(20)
        for number in range(run.sizes.texts):
            text = "".join(run.random.choices(pieces, k=run.random.randint(1, 12))).replace("\x00", "").strip()
            with suppress(ApiError):  # nothing to see in it: Telegram lets nobody send that
                chats[number % 20].say(text[:4096])
        last = testbed.people(1)[0]
        time_to_answer(last, QUESTION)
        calls = testbed.api.calls.all()
        refused = [call for call in calls if call.status == 400 and "query is too old" not in call.error]
        altered = len(testbed.api.altered)
        unhandled = sum(output.count("could not be handled") for output in testbed.outputs())
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
    with run.testbed() as testbed:
        testbed.start()
        ana, ben = testbed.people(2)
        ben.say(f"slowly {QUESTION}")
        ana.say(f"{QUESTION} {CANARY}")
        ana.wait_message(PATIENCE)
        begun, left = time.monotonic(), 1
        while left and time.monotonic() - begun < 60:
            left = sum(path.read_bytes().count(CANARY.encode()) for path in testbed.state.iterdir())
            time.sleep(0.5)
        took = time.monotonic() - begun
    return [
        Line("G10 a question's words on disk after its answer", f"{left} after {took:.0f} s", "0 within 60 s", not left)
    ]
