"""More people and more questions than usual: floods that delay nobody else, and memory over many questions; for `benchmarks.faults`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import theilslopes

from benchmarks.testbed import PATIENCE, QUESTION, Line, Run, Testbed, handles, rss, time_to_answer, used_cpu

if TYPE_CHECKING:
    from collections.abc import Callable

_WARM_UP = 2000  # questions until every cache of the bot is full
_SAMPLES = 1000  # of its memory


def floods(run: Run) -> list[Line]:
    """Somebody floods in one of several ways, all at once; another chat, whose update comes last, asks for the start."""
    lines = []
    for name, flood in FLOODS.items():
        with run.testbed() as testbed:
            bot = testbed.start("INFO")  # as by default: lines of every call cost more than the calls
            ana, *others = testbed.people(6)
            time_to_answer(ana, "/start")
            with testbed.api.state.changed:  # nothing is fetched before all of it is there
                flood(testbed, run.sizes.flood)
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


def _messages(text: str) -> Callable[[Testbed, int], None]:
    def flood(testbed: Testbed, many: int) -> None:
        (chat,) = testbed.people(1)
        for _ in range(many):
            chat.say(text)

    return flood


def _presses(testbed: Testbed, many: int) -> None:
    (chat,) = testbed.people(1)
    body = {
        "from": chat.people[0].json(),
        "chat_instance": "1",
        "data": "page:abcdefghijk:0",
        "message": chat.say("/start").raw,
    }
    for number in range(many):
        testbed.api.inject({"callback_query": {"id": str(number), **body}})


def _groups(testbed: Testbed, many: int) -> None:
    person = testbed.api.user("Person")
    for number in range(many // 70 + 1):
        group = testbed.api.group(f"Group {number}", person)
        for _ in range(70):
            group.say(f"/ask slowly {QUESTION}")


FLOODS: dict[str, Callable[[Testbed, int], None]] = {
    "commands of one person": _messages("/help"),
    "questions of one person": _messages(f"slowly {QUESTION}"),
    "buttons pressed by one person": _presses,
    "questions of one person in many groups": _groups,
}


def soak(run: Run) -> list[Line]:
    """Memory while very many questions are asked: slope by Theil and Sen, once the bounded caches are full."""
    samples, took = [], []
    with run.testbed() as testbed:
        bot = testbed.start("INFO")
        chats = testbed.people(60)
        for at in range(0, run.sizes.soak, len(chats)):
            begun = used_cpu(bot.pid)
            for chat in chats:
                chat.say(f"{QUESTION} {at}")
            answers = 1 + at // len(chats)
            testbed.wait(lambda: all(len(chat.answers) >= answers for chat in chats))  # noqa: B023 - used at once
            took.append(used_cpu(bot.pid) - begun)
            samples.append((at, rss(bot.pid), handles(bot.pid)))
    steady = [sample for sample in samples if sample[0] >= min(_WARM_UP, run.sizes.soak // 2)]
    questions, memory, held = zip(*steady[:: 1 + len(steady) // _SAMPLES], strict=True)
    slope, _, _, most = theilslopes(memory, questions)
    tenth = max(1, len(took) // 10)
    pace = np.percentile(took[-tenth:], 90) / np.percentile(took[:tenth], 90)
    return [
        Line(
            f"G7 memory over {run.sizes.soak} questions",
            f"{slope:.3f} KiB a question, upper 95 % bound {most:.3f}",
            "bound ≤ 0.1",
            bool(most <= 0.1),
        ),
        Line(
            "G7 open files and threads, most after the start",
            f"{held[0]} → {max(held)}",
            "+ ≤ 8",
            max(held) <= held[0] + 8,
        ),
        Line("G7 CPU of a round, last tenth beside the first", f"{pace:.2f}", "≤ 1.1", bool(pace <= 1.1)),
    ]
