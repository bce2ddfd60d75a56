"""An emulated Telegram, and the bot as a process on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulator import BotApi
from emulator.state import LIFETIMES
from tests.process import BotProcess, ForkedBot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[BotApi]:
    """An emulated Telegram that waits long for answers to what is typed, since a bot may start slowly."""
    monkeypatch.setitem(LIFETIMES, "inline", 600.0)
    with BotApi() as started:
        yield started


@pytest.fixture
def run_bot(tmp_path: Path) -> Iterator[Callable[..., BotProcess]]:
    """Starts the bot on the emulated Telegram that it is given; ends it after the test."""
    started: list[BotProcess] = []

    def run(api: BotApi | None = None, *arguments: str, fake: bool = True, **environment: str) -> BotProcess:
        folder = tmp_path / f"bot{len(started)}"
        folder.mkdir()
        if api is not None:
            environment = {
                "TELEGRAM_BOT_TOKEN": api.token,
                "TELEGRAM_API_BASE_URL": api.root,
                "LOG_LEVEL": "DEBUG",
                "STATE_DIR": str(tmp_path / "state"),
                **environment,
            }
        kind = ForkedBot if fake else BotProcess
        started.append(kind(folder, *arguments, fake=fake, **environment))
        return started[-1]

    yield run
    for process in started:
        process.end()
