"""Faults of the disk, for `benchmarks.faults`: files that are damaged, locked, or cannot grow."""

from __future__ import annotations

import asyncio
import random
import resource
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from telegram import Chat, Message, Update, User

from benchmarks.testbed import QUESTION, Line, Run, count_doubled, count_lost
from bot.database import StateError
from bot.state import AnswerMessage, AnswerRecord, State
from bot.telegram.inbox import Inbox
from retrieval import IndexFolderError
from retrieval.index import storage


def damage(run: Run) -> list[Line]:
    """Bits of the state are changed: it opens, or is set aside; nothing raises. Bits of an index: it is refused."""
    shown = AnswerRecord("answer", (("a" * 16 + ":0-40", 0, 20),))
    raised = refused = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        state = State(folder / "whole")
        keys = [state.keep(shown) for _ in range(50)]
        for number, key in enumerate(keys):
            state.answer(7, number, AnswerMessage(number, number, key))
            state.record(key, shown, up=1)
        state.close()
        content = (folder / "whole" / "state.sqlite3").read_bytes()
        for number in range(run.sizes.damaged):
            raised += _raises(folder / str(number), _damaged(content, run.random), keys)
        storage.write(
            folder / "index", lambda aside: (aside / "rows").write_bytes(run.random.randbytes(5000)) and None, {}
        )
        generation = storage.load(folder / "index").folder
        files = [*generation.iterdir(), folder / "index" / "CURRENT"]
        for _ in range(run.sizes.flips):
            refused += _notices(folder / "index", run.random.choice(files), run.random)
    flips, many = run.sizes.flips, run.sizes.damaged
    return [
        Line("G5 damaged state files that raise", f"{raised} of {many}", "0", not raised),
        Line("G2 damaged index files that are seen", f"{refused} of {flips}", "all", refused == flips),
    ]


def salvage(run: Run) -> list[Line]:
    """Bits of an inbox are changed in which questions wait: those that can still be read wait on."""
    raised, kept, many = 0, Counter[bool](), 100
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(_fill_inbox(folder / "whole", many))
        content = (folder / "whole" / "inbox.sqlite3").read_bytes()
        for number in range(run.sizes.damaged):
            damaged = folder / str(number)
            damaged.mkdir()
            (damaged / "inbox.sqlite3").write_bytes(_damaged(content, run.random))
            try:
                waiting = asyncio.run(_waiting(damaged))
            except Exception as error:
                print(f"       raised {error!r}")
                raised += 1
            else:
                kept.update(each in waiting for each in range(many))
    share = kept[True] / max(1, kept.total())
    return [
        Line(
            f"G5 {run.sizes.damaged} damaged inboxes of {many} questions: raised, kept",
            f"{raised}, {100 * share:.1f} %",
            "0, most of them (a file that is cut off has lost what is behind the cut)",
            not raised and share > 0.5,
        )
    ]


async def _fill_inbox(folder: Path, many: int) -> None:
    inbox = Inbox(folder)
    person, date = User(7, "Person", is_bot=False), datetime.now(UTC)
    messages = [Message(number, date, Chat(7, "private"), from_user=person, text=QUESTION) for number in range(many)]
    await inbox.take([Update(message.message_id, message) for message in messages])
    inbox.close()


async def _waiting(folder: Path) -> set[int]:
    """The numbers of the updates that wait in an inbox whose words are as they were."""
    inbox = Inbox(folder)
    await inbox.resume(None)  # type: ignore[arg-type]
    inbox.close()
    waiting = [inbox.get_nowait() for _ in range(inbox.qsize())]
    return {each.update_id for each in waiting if each.message and each.message.text == QUESTION}


def full(run: Run) -> list[Line]:
    """No file of the bot may grow for a while, and then the inbox is locked by another process; people ask before and meanwhile."""
    lines = []
    for name in ("that is full for 5 s", "whose inbox is locked for 5 s"):
        with run.testbed() as testbed:
            bot = testbed.start("INFO")  # its output is a file, too
            chats = testbed.people(20)
            for chat in chats[:5]:
                chat.say(QUESTION)
            with closing(sqlite3.connect(testbed.state / "inbox.sqlite3", isolation_level=None)) as other:
                if name.startswith("that"):
                    size = max(path.stat().st_size for path in testbed.state.iterdir())
                    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
                else:
                    other.execute("BEGIN IMMEDIATE")
                for chat in chats[5:]:
                    chat.say(QUESTION)
                time.sleep(5)
                resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            testbed.wait(lambda: all(chat.answers for chat in chats))  # noqa: B023 - used at once
            time.sleep(1)
            missing, twice = count_lost(chats), count_doubled(chats)
        lines.append(
            Line(f"G4 a disk {name}: lost, doubled", f"{missing}, {twice} of 20", "0, 0", not missing and not twice)
        )
    return lines


def _damaged(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    kind = chance.choice(["bit", "bytes", "zeros", "cut"])
    at = chance.randrange(len(changed))
    if kind == "bit":
        changed[at] ^= 1 << chance.randrange(8)
    elif kind == "bytes":
        changed[at : at + 64] = chance.randbytes(64)
    elif kind == "zeros":
        changed[at : at + 512] = bytes(512)
    else:
        del changed[at:]
    return bytes(changed)


def _raises(folder: Path, content: bytes, keys: list[str]) -> bool:
    """Whether a state with this content raises anything but a refusal to open it."""
    folder.mkdir()
    (folder / "state.sqlite3").write_bytes(content)
    try:
        with closing(State(folder)) as state:
            for number, key in enumerate(keys):
                state.recall(key).result()
                state.answered(7, number).result()
            state.ledger().result()
            state.tidy()
    except StateError:
        return False
    except Exception as error:
        print(f"       raised {error!r}")
        return True
    return False


def _notices(folder: Path, file: Path, chance: random.Random) -> bool:
    """Whether a change of one file of an index is seen; the file is as before then."""
    content = file.read_bytes()
    changed = _damaged(content, chance)
    if changed == content:
        return True
    file.write_bytes(changed)
    try:
        generation = storage.load(folder)
    except IndexFolderError:
        return True
    else:
        return bool(generation.notices) or file.name == "CURRENT"
    finally:
        file.write_bytes(content)
