"""What hangs is named and given up, and the sign of life tells whether the bot hears from Telegram."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import lifecycle, strings
from bot.exchange import FrontEnd, Request
from bot.indexes import on_hangup
from bot.lifecycle import HangError, HealthError, Heartbeat, Watchdog, Workers
from bot.searching import Search
from bot.state import State
from emulator.updates import server_error
from tests.bot.telegram.test_webhook import free_port
from tests.fakes import FakeIndex
from tests.process import ROOT


@pytest.fixture
def gate():
    opened = threading.Event()
    yield opened
    opened.set()


def test_a_search_that_hangs_is_named_and_the_next_one_is_answered(gate):
    async def scenario() -> tuple[str, int]:
        workers = Workers(lambda error: None, deadline=0.05)
        await workers.warm(lambda: None)
        with pytest.raises(HangError) as raised:
            await workers.run(gate.wait, nullcontext())
        return str(raised.value), await workers.run(lambda: 7, nullcontext())

    words, answer = asyncio.run(scenario())
    assert words.startswith("a search hangs at ")
    assert "threading.py" in words
    assert answer == 7


def test_when_too_many_hang_the_bot_ends(gate):
    ends: list[HangError] = []

    async def scenario() -> None:
        workers = Workers(ends.append, deadline=0.05)
        await workers.warm(lambda: None)
        hung = [workers.run(gate.wait, nullcontext()) for _ in range(5)]
        await asyncio.gather(*hung, return_exceptions=True)

    asyncio.run(scenario())
    assert "like 3 others: the bot ends; start it again" in str(ends[0])


def test_a_search_that_comes_back_late_hangs_no_more(gate):
    ends: list[HangError] = []

    async def scenario() -> None:
        workers = Workers(ends.append, deadline=0.05)
        await workers.warm(lambda: None)
        hung = [workers.run(gate.wait, nullcontext()) for _ in range(3)]
        await asyncio.gather(*hung, return_exceptions=True)
        gate.set()
        while workers._hung:
            await asyncio.sleep(0.01)

    asyncio.run(scenario())
    assert ends == []


def test_a_search_that_waits_for_the_models_to_load_does_not_hang(gate):
    async def scenario() -> str:
        workers = Workers(lambda error: None, deadline=0.05)
        warming = asyncio.ensure_future(workers.warm(gate.wait))
        searching = asyncio.ensure_future(workers.run(lambda: gate.wait() and "found", nullcontext()))
        await asyncio.sleep(0.2)
        gate.set()
        await warming
        return await searching

    assert asyncio.run(scenario()) == "found"


def test_the_sign_of_work_is_given_by_those_at_work_and_not_by_those_who_wait(gate):
    signs: list[int] = []

    class Sign:
        async def __aenter__(self) -> None:
            signs.append(1)

        async def __aexit__(self, *_: object) -> None:
            signs.append(-1)

    async def scenario() -> int:
        workers = Workers(lambda error: None)
        work = [asyncio.ensure_future(workers.run(gate.wait, Sign())) for _ in range(5)]
        while len(signs) < 2:
            await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0)
        waiting = sum(signs)
        gate.set()
        await asyncio.gather(*work)
        return waiting

    assert asyncio.run(scenario()) == 2
    assert (len(signs), sum(signs)) == (10, 0)


def test_an_event_loop_that_hangs_is_named_with_its_task_and_the_process_ends(tmp_path, monkeypatch, caplog):
    ended = threading.Event()
    codes, blamed = [], []
    monkeypatch.setattr(lifecycle, "end", lambda code: (codes.append(code), ended.set()))

    async def scenario() -> None:
        watching = asyncio.ensure_future(Watchdog(tmp_path, blamed.append, tick=0.01).run())
        await asyncio.sleep(0.05)
        ended.wait(20)  # the loop hangs here
        blamed.append(asyncio.current_task())
        watching.cancel()

    with caplog.at_level(logging.CRITICAL):
        asyncio.run(scenario())
    assert codes == [1]
    assert blamed[0] is blamed[1]
    assert "the bot hangs at " in caplog.text


def test_where_an_earlier_run_hung_is_told_at_the_next_start(tmp_path, caplog):
    (tmp_path / "hang.txt").write_text("Thread 0x1\n")

    async def scenario() -> None:
        Watchdog(tmp_path, print)

    asyncio.run(scenario())
    assert "an earlier run of the bot hung and was ended" in caplog.text
    assert (tmp_path / "hang-before.txt").read_text() == "Thread 0x1\n"


@pytest.mark.parametrize(
    "make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/full")], ids=["pipe", "folder", "link"]
)
def test_what_stands_in_the_place_of_the_file_for_hangs_holds_up_nothing(tmp_path, make):
    async def scenario() -> bool:
        watching = asyncio.ensure_future(Watchdog(tmp_path, print, tick=0.01).run())
        make(tmp_path / "hang.txt")
        await asyncio.sleep(0.05)
        watching.cancel()
        await asyncio.wait([watching])
        return watching.cancelled()

    assert asyncio.run(scenario())
    assert (tmp_path / "hang.txt").is_dir() or (tmp_path / "hang.txt").is_file()


def test_a_bot_that_heard_from_telegram_just_now_is_well(tmp_path):
    Heartbeat(tmp_path).beat()
    assert lifecycle.health(tmp_path).endswith("heard from Telegram 0 s ago")


def test_a_bot_that_has_heard_nothing_for_a_minute_is_not_and_its_next_beat_mends_it(tmp_path):
    Heartbeat(tmp_path).beat()
    (file,) = tmp_path.iterdir()
    old = time.time() - 61
    os.utime(file, (old, old))
    with pytest.raises(HealthError, match=r"last heard from Telegram 61 s ago: its log says what is wrong"):
        lifecycle.health(tmp_path)
    Heartbeat(tmp_path).beat()
    assert "heard from Telegram 0 s ago" in lifecycle.health(tmp_path)


def test_where_no_bot_runs_it_says_so(tmp_path):
    stopped = Heartbeat(tmp_path)
    stopped.beat()
    stopped.stop()
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(HealthError, match="no bot runs with the state folder"):
            lifecycle.health(folder)


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path):
    gone = Heartbeat(tmp_path / "none")
    gone.beat()
    gone.stop()


def test_a_bot_that_polls_is_well_and_a_stopped_one_is_not(api, run_bot, tmp_path):
    state = str(tmp_path / "state")
    bot, ana = run_bot(api), api.private(api.user("Ana"))
    ana.say("/start")
    ana.wait_message()
    healthy = run_bot(None, "health", fake=False, STATE_DIR=state)
    assert healthy.wait() == 0
    assert f"the bot of {state} heard from Telegram" in healthy.output
    assert bot.stop() == 0
    ended = run_bot(None, "health", fake=False, STATE_DIR=state)
    assert ended.wait() == 1
    (line,) = ended.output.splitlines()
    assert line.startswith(f"no bot runs with the state folder {state}")


def test_a_bot_that_listens_for_updates_is_well(api, run_bot, tmp_path):
    port = free_port()
    bot = run_bot(api, WEBHOOK_URL=f"http://127.0.0.1:{port}", WEBHOOK_LISTEN=f"127.0.0.1:{port}")
    bot.wait_output("updates are delivered")
    assert run_bot(None, "health", fake=False, STATE_DIR=str(tmp_path / "state")).wait() == 0


def test_a_bot_that_never_reached_telegram_is_not_well(api, run_bot, tmp_path):
    api.faults.add(server_error(502), "getMe", times=None)
    run_bot(api).wait_output("Telegram cannot be reached")
    assert run_bot(None, "health", fake=False, STATE_DIR=str(tmp_path / "state")).wait() == 1


def test_a_question_whose_search_hangs_gets_an_apology_and_a_line(tmp_path, caplog):
    async def scenario() -> str:
        search = Search(
            {"": FakeIndex(gate=tmp_path / "gate")}, State(tmp_path), Workers(print, deadline=0.05), share=lambda: False
        )
        await search._workers.warm(lambda: None)
        reply = await search.respond(Request("slowly, who asked?", FrontEnd("private", "byline_bot")))
        (tmp_path / "gate").touch()
        return reply.messages[0].text

    assert asyncio.run(scenario()) == strings.FAILED
    assert "a search hangs at " in caplog.text
    assert "who asked" not in caplog.text


def test_a_command_that_fails_gets_an_apology_and_waits_for_no_search(tmp_path, caplog):
    index = FakeIndex()
    del index.articles

    async def scenario() -> str:
        workers = Workers(print)
        search = Search({"": index}, State(tmp_path), workers, share=lambda: False)
        async with asyncio.timeout(60), workers._free, workers._free:  # as many searches as may run are at work
            reply = await search.respond(Request("", FrontEnd("private", "byline_bot"), "sources"))
        return reply.messages[0].text

    assert asyncio.run(scenario()) == strings.FAILED
    assert "AttributeError" in caplog.text


def test_a_hang_that_lets_no_thread_run_ends_the_process_and_leaves_where_it_was(tmp_path):
    script = (
        "import asyncio, pathlib, re, sys\n"
        "from bot import lifecycle\n"
        "lifecycle._LAST = 0.5\n"
        "async def hang():\n"
        "    watching = asyncio.ensure_future(lifecycle.Watchdog(pathlib.Path(sys.argv[1]), print).run())\n"
        "    await asyncio.sleep(0.1)\n"
        "    re.match('(a|a)*b', 'a' * 60)\n"
        "asyncio.run(hang())\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, timeout=60, check=False)
    assert ended.returncode == 1
    assert " in hang\n" in (tmp_path / "hang.txt").read_text()


@pytest.mark.parametrize(("terminal", "ends"), [(True, True), (False, False)], ids=["in a terminal", "as a service"])
def test_a_hangup_ends_the_bot_where_its_terminal_was_closed_and_a_service_looks_at_its_articles(
    terminal, ends, monkeypatch, request
):
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored
    request.addfinalizer(lambda: signal.signal(signal.SIGHUP, before))
    looks: list[int] = []
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: terminal))

    async def scenario() -> bool:
        ending = lifecycle.Ending()
        ending.on_signals()
        on_hangup([SimpleNamespace(reload=lambda: looks.append(1))])
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.wait({asyncio.ensure_future(ending.wait())}, timeout=0 if looks else 0.2)
        return ending._settled.done()

    assert asyncio.run(scenario()) == ends
    assert len(looks) == (not ends)
