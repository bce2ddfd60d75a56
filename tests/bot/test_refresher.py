"""The bot follows its folder: what comes, changes or goes is served and saved; what fails leaves the old index serving."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from bot import indexes as module
from bot.indexes import Refresher, on_hangup
from retrieval import Index
from retrieval.index import storage
from tests.fakes import FakeEncoder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BRIDGE = "The mayor opened the new bridge on Monday. It cost nine million crowns.\n"
STORM = "A storm tore the roof off the town library. Nobody was hurt.\n"
PATIENCE = 60.0  # seconds until a test gives up


class Served:
    """What answers, in the place of `bot.indexes.Served`."""

    def __init__(self, collection: Index) -> None:
        self.collection = collection
        self.changes = asyncio.Event()

    def serve(self, collection: Index) -> None:
        self.collection = collection
        self.changes.set()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    articles = tmp_path / "articles"
    articles.mkdir()
    write(articles / "bridge.txt", BRIDGE)
    return articles


def write(path: Path, text: str) -> None:
    """A file that was written to some time ago, so that nobody waits for more of it."""
    path.write_text(text)
    os.utime(path, (time.time() - 60,) * 2)


def refreshed(folder: Path, change: Callable[[Refresher], None], *, watch: bool = False) -> tuple[Served, Path]:
    """Make a change of the folder while the bot runs, wait until it serves another collection and has saved it."""
    index_dir = folder.parent / "index"
    index = Index.build(folder, encoder=FakeEncoder(), reranker=None)
    index.save(index_dir)

    async def follow() -> Served:
        served = Served(index)
        refresher = Refresher(served, index_dir, watch=watch)  # type: ignore[arg-type]
        on_hangup([refresher])
        work = asyncio.ensure_future(refresher.run())
        await asyncio.sleep(0)
        change(refresher)
        async with asyncio.timeout(PATIENCE):
            await served.changes.wait()
            while len(Index.load(index_dir, encoder=FakeEncoder()).articles) != len(served.collection.articles):
                await asyncio.sleep(0.05)
        work.cancel()
        return served

    return asyncio.run(follow()), index_dir


def test_a_new_file_is_served_and_saved_once_somebody_asks_for_it(folder: Path):
    def change(refresher: Refresher) -> None:
        write(folder / "storm.txt", STORM)
        refresher.reload()

    served, index_dir = refreshed(folder, change)
    assert served.collection.ask("library roof").hits[0].passage.article.file == "storm.txt"
    assert [article.file for article in Index.load(index_dir, encoder=FakeEncoder()).articles] == [
        "bridge.txt",
        "storm.txt",
    ]


def test_a_new_file_is_seen_by_itself_where_the_folder_is_watched(folder: Path):
    served, _ = refreshed(folder, lambda _: write(folder / "storm.txt", STORM), watch=True)
    assert {article.file for article in served.collection.articles} == {"bridge.txt", "storm.txt"}


def test_a_hangup_makes_the_bot_look(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", None)  # a service has no terminal

    def change(_: Refresher) -> None:
        write(folder / "storm.txt", STORM)
        os.kill(os.getpid(), signal.SIGHUP)

    served, _ = refreshed(folder, change)
    assert len(served.collection.articles) == 2


def test_what_came_changed_and_went_is_one_line_of_the_log(folder: Path, caplog: pytest.LogCaptureFixture):
    write(folder / "old.txt", "The ferry stopped on Sunday. Nobody will miss it.\n")

    def change(refresher: Refresher) -> None:
        (folder / "old.txt").unlink()
        write(folder / "bridge.txt", BRIDGE + "It will be repaired in May.\n")
        write(folder / "storm.txt", STORM)
        refresher.reload()

    with caplog.at_level(logging.INFO, "bot.indexes"):
        refreshed(folder, change)
    assert caplog.messages == ["the articles are 2 now; new: storm.txt; changed: bridge.txt; gone: old.txt"]


def test_what_was_left_out_before_is_not_named_again(folder: Path, caplog: pytest.LogCaptureFixture):
    (folder / "photo.jpg").write_bytes(b"")

    def change(refresher: Refresher) -> None:
        write(folder / "storm.txt", STORM)
        write(folder / "empty.txt", "")
        refresher.reload()

    refreshed(folder, change)
    assert caplog.messages == ["left out empty.txt: empty"]


def test_a_folder_without_articles_leaves_the_old_ones_serving(folder: Path, caplog: pytest.LogCaptureFixture):
    def change(refresher: Refresher) -> None:
        (folder / "bridge.txt").unlink()
        refresher.reload()
        asyncio.get_running_loop().call_later(1.0, lambda: (write(folder / "storm.txt", STORM), refresher.reload()))

    served, _ = refreshed(folder, change)
    assert [article.file for article in served.collection.articles] == ["storm.txt"]
    assert any("articles" in message and "Traceback" not in message for message in caplog.messages)


def test_a_full_disk_in_the_middle_of_saving_is_named_and_the_new_articles_serve(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    fsync, refusals = storage._fsync, ["first", "second"]

    def no_room(path: Path) -> None:
        if path.name == "manifest.json" and refusals:
            refusals.pop()
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        fsync(path)

    def change(refresher: Refresher) -> None:
        monkeypatch.setattr(module, "_AGAIN", 0.1)
        monkeypatch.setattr(storage, "_fsync", no_room)
        write(folder / "storm.txt", STORM)

    served, index_dir = refreshed(folder, change, watch=True)
    assert len(served.collection.articles) == 2
    assert sum("No space left on device" in message for message in caplog.messages) == 1
    assert not list(index_dir.glob(".aside-*"))
