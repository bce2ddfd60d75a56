"""Whether the bot of a state folder is well, as another process sees it."""

from __future__ import annotations

import os
import time

import pytest

from bot import heartbeat
from bot.heartbeat import HealthError, Heartbeat
from emulator.faults import server_error
from tests.bot.telegram.test_webhook import free_port


def test_a_bot_that_heard_from_telegram_just_now_is_well(tmp_path):
    Heartbeat(tmp_path).beat()
    assert heartbeat.read(tmp_path).endswith("heard from Telegram 0 s ago")


def test_a_bot_that_has_heard_nothing_for_a_minute_is_not_and_its_next_beat_mends_it(tmp_path):
    Heartbeat(tmp_path).beat()
    (file,) = tmp_path.iterdir()
    old = time.time() - 61
    os.utime(file, (old, old))
    with pytest.raises(HealthError, match=r"last heard from Telegram 61 s ago: its log says what is wrong"):
        heartbeat.read(tmp_path)
    Heartbeat(tmp_path).beat()
    assert "heard from Telegram 0 s ago" in heartbeat.read(tmp_path)


def test_where_no_bot_runs_it_says_so(tmp_path):
    stopped = Heartbeat(tmp_path)
    stopped.beat()
    stopped.stop()
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(HealthError, match="no bot runs with the state folder"):
            heartbeat.read(folder)


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
