"""`python -m bot` as a process, whole but for its index, which is a fake: no model has to load."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bot import __main__, indexes
from bot.telegram import incoming
from retrieval import Index
from tests.fakes import BARE, TALKS, TRIAL, FakeEncoder, FakeIndex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def run(arguments: Sequence[str], environment: Mapping[str, str], folder: Path, output: Path) -> None:
    """Be the bot in a process that was forked: with this environment, in this folder, writing to this file."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, path, flags in ((0, os.devnull, os.O_RDONLY), (1, output, os.O_WRONLY | os.O_APPEND)):
        os.dup2(os.open(path, flags), number)
    os.dup2(1, 2)
    tempfile.tempdir = None  # the server that forks has made up its mind
    main(arguments)


def main(arguments: Sequence[str]) -> None:
    """Run the bot and end the process."""
    raising = os.environ.get("TEST_RAISES")
    if raising:  # a message with this word trips a bug
        asked = incoming.asked
        incoming.asked = lambda message, me: 1 / 0 if raising in (message.text or "") else asked(message, me)
    indexes.load = lambda folder, tell: _index(folder)
    indexes.load_or_build = lambda folder, articles, tell: _index(folder)
    __main__.leave(__main__.main(arguments))


def _index(folder: Path) -> Index | FakeIndex:
    gate = os.environ.get("TEST_GATE")
    articles = os.environ.get("TEST_ARTICLES")  # a folder that is really indexed, by an encoder that needs no model
    if articles:
        return Index.build(articles, encoder=FakeEncoder(), reranker=None)
    of_collections = {"harbour": (TALKS,), "weather": (BARE,)}  # by the names of their folders
    return FakeIndex(of_collections.get(folder.name, (TALKS, BARE, TRIAL)), Path(gate) if gate else None)


if __name__ == "__main__":
    main(sys.argv[1:])
