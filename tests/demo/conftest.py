"""A headless Chromium, the page in it, and the bot behind it: a scripted one, or the real one as a process."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from bot import demo as demonstration
from tests.emulator.conftest import Client
from tests.process import BotProcess, ForkedBot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Playwright

    from emulator import BotApi, Chat

PHONE, DESKTOP = (360, 740), (1280, 800)


def chromium() -> str | None:
    """Where a Chromium of the machine lies."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def launch(driver: Playwright) -> Browser:
    """Start it without a screen; it keeps no sandbox where root starts it."""
    return driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"] if os.getuid() == 0 else [])


@pytest.fixture(scope="module")  # its driver holds this thread's event loop, which other tests need
def browser() -> Iterator[Browser]:
    if chromium() is None:
        pytest.skip("needs Chromium, as Debian's package chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, launch(driver) as started:
        yield started


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the page of an address; what its scripts complain of fails the test."""
    contexts, complaints = [], []

    def opened(root: str, size: tuple[int, int] = DESKTOP, *, touch: bool = False) -> Page:
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height},
            has_touch=touch,
            is_mobile=touch,
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        page.goto(f"{root}/")
        page.locator("#title:not(:empty)").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def api() -> Iterator[BotApi]:
    with demonstration.emulated(0) as started:
        yield started


@pytest.fixture
def bot(api: BotApi) -> Client:
    """A bot that says what the test wants."""
    return Client(api)


@pytest.fixture
def ana(api: BotApi) -> Chat:
    """Ana's own chat with the bot, begun."""
    chat = next(api.chat(number) for number in api.state.chats if number > 0)
    chat.say("hello")
    return chat


@pytest.fixture
def group(api: BotApi) -> Chat:
    return next(api.chat(number) for number in api.state.chats if number < 0)


@pytest.fixture
def page(open_page: Callable[..., Page], api: BotApi, ana: Chat) -> Page:
    return open_page(api.root)


def page_root(process: BotProcess) -> str:
    """The address of the demo's page, once it is printed."""
    until = time.monotonic() + 60
    while not (address := re.search(r"http://127\.0\.0\.1:\d+", process.output)):
        assert process.code is None, process.output
        assert time.monotonic() < until, process.output
        time.sleep(0.02)
    return address[0]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., BotProcess]]:
    """Starts the demo, without `fake` with the real model; ends it after the test."""
    started: list[BotProcess] = []

    def start(*arguments: str, fake: bool = True, **environment: str) -> BotProcess:
        folder = tmp_path / f"demo{len(started)}"
        folder.mkdir()
        kind = ForkedBot if fake else BotProcess
        started.append(kind(folder, "demo", *(arguments or ("--port", "0")), fake=fake, **environment))
        return started[-1]

    yield start
    for process in started:
        process.end()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, which finds what keeps people with a screen reader or a keyboard out."""
    if not shutil.which("npm"):
        pytest.skip("needs npm, for axe-core")
    folder = tmp_path_factory.mktemp("axe")
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "axe-core@4.14.1"]
    try:
        done = subprocess.run(install, check=False, cwd=folder, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        pytest.skip("npm reaches no registry here")
    if done.returncode:
        pytest.skip(f"axe-core could not be installed: {done.stderr[-200:]}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
