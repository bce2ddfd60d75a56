"""When messages may go: bursts at once, then at Telegram's pace, each chat by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram import rate_limit
from bot.telegram.rate_limit import Pace


@pytest.mark.parametrize(("chat", "most", "within"), [(7, 3, 3.0), (-7, 20, 60.0)])
@given(gaps=st.lists(st.floats(0, 10), max_size=60))
def test_no_window_of_time_has_more_messages_than_it_may_and_none_waits_longer_than_that_takes(
    chat, most, within, gaps
):
    pace, now, sent = Pace(), 0.0, []
    for gap in gaps:
        now += gap
        sent.append(now + pace.delay(chat, now))
    assert sent == sorted(sent)
    for first, later in zip(sent, sent[most:], strict=False):
        assert later - first >= within - 1e-6
    assert pace.delay(chat * 1000, 0) == 0


def test_the_chat_that_was_silent_longest_is_forgotten(monkeypatch):
    monkeypatch.setattr(rate_limit, "_CHATS", 2)
    pace = Pace()
    for _ in range(3):
        pace.delay(1, 0)
    pace.delay(2, 0)
    assert pace.delay(1, 0) == 3
    pace.delay(3, 0)
    assert pace.delay(2, 0) == 0
