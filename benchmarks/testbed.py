"""An emulated Telegram and bots on it that die, hang and come back, for `benchmarks.faults`; and what is counted there."""

from __future__ import annotations

import os
import random
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks.network import Network
from emulator import BotApi
from emulator.updates import wait_until
from tests.fakes import EXAMPLES
from tests.process import ForkedBot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator import Chat

QUESTION = EXAMPLES[0]
ANSWER = "The ministers met in Port Alba"
PATIENCE = 120.0  # seconds without anything new, on a machine that others use too


@dataclass
class Sizes:
    """How much of each fault is provoked."""

    kills: int = 20
    stops: int = 10
    questions: int = 60
    calls: int = 300
    outage: float = 60.0
    flood: int = 4300
    writes: int = 2000
    writers: int = 200
    flips: int = 2000
    damaged: int = 300
    texts: int = 400
    soak: int = 10_000
    poisoned: int = 2  # collections


QUICK = Sizes(
    *(2, 1, 10, 20, 1.0, 120),  # of the bot
    *(60, 5, 100, 20),  # of the disk
    *(20, 400, 0),
)


@dataclass
class Line:
    """A line of the goal sheet."""

    goal: str
    measured: str
    wanted: str
    met: bool | None  # `None` where it could not be measured


@dataclass
class Run:
    """One run: its seed, its sizes, and what the bots wrote."""

    random: random.Random
    sizes: Sizes
    output: list[str] = field(default_factory=list)

    @contextmanager
    def testbed(self, *, network: bool = False) -> Iterator[Testbed]:
        """An emulated Telegram, and bots on it with one state folder."""
        with tempfile.TemporaryDirectory() as folder, BotApi() as api, Network(urlsplit(api.root).port or 0) as between:
            testbed = Testbed(api, Path(folder), between if network else None)
            try:
                yield testbed
            finally:
                testbed.end()
                self.output += testbed.outputs()


class Testbed:
    """Bots, one after the other, and the people who talk to them."""

    def __init__(self, api: BotApi, folder: Path, network: Network | None) -> None:
        self.api, self.network = api, network
        self.state = folder / "state"
        self._folder = folder
        self._root = f"http://127.0.0.1:{network.port}" if network else api.root
        self._bots: list[ForkedBot] = []

    def start(self, level: str = "DEBUG", **more: str) -> ForkedBot:
        """Start a bot, and wait until it answers."""
        bot = self.spawn(level, **more)
        bot.wait_output("answers on Telegram", PATIENCE)
        return bot

    def spawn(self, level: str = "DEBUG", **more: str) -> ForkedBot:
        """Start a bot."""
        folder = self._folder / str(len(self._bots))
        folder.mkdir()
        settings = {"TELEGRAM_BOT_TOKEN": self.api.token, "TELEGRAM_API_BASE_URL": self._root, "LOG_LEVEL": level}
        self._bots.append(ForkedBot(folder, STATE_DIR=str(self.state), **settings, **more))
        return self._bots[-1]

    def people(self, many: int) -> list[Chat]:
        """Chats of as many people."""
        return [self.api.private(self.api.user("Person")) for _ in range(many)]

    def wait(self, met: Callable[[], object]) -> None:
        """Wait until something holds that changes with the chats, or no call of the bot brings anything new any more."""
        calls = -1
        while calls != (calls := len(self.api.calls.all("sendMessage"))):
            with suppress(TimeoutError):
                return wait_until(self.api.state.changed, met, PATIENCE, lambda: "")
        return None

    def outputs(self) -> list[str]:
        """What each bot wrote."""
        return [bot.output for bot in self._bots]

    def end(self) -> None:
        """Make sure that no bot is left."""
        for bot in self._bots:
            bot.end()


def count_lost(chats: list[Chat], wanted: int = 1) -> int:
    """How many answers are missing."""
    return sum(max(wanted - sum(ANSWER in message.text for message in chat.answers), 0) for chat in chats)


def count_doubled(chats: list[Chat], wanted: int = 1) -> int:
    """How many answers are more than wanted."""
    return sum(max(len(chat.answers) - wanted, 0) for chat in chats)


def time_to_answer(chat: Chat, text: str) -> float:
    """Seconds until a text is answered."""
    begun = time.monotonic()
    chat.say(text)
    chat.wait_message(PATIENCE)
    return time.monotonic() - begun


def used_cpu(process: int) -> float:
    """Seconds of processor time."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def handles(process: int) -> int:
    """How many files are open, and threads at work."""
    return sum(len(list(Path(f"/proc/{process}/{kind}").iterdir())) for kind in ("fd", "task"))


def rss(process: int) -> float:
    """KiB."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024
