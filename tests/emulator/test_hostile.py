"""Whatever a call holds, it works or it is refused with words, and the server goes on."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator import BotApi
from emulator.server import METHODS
from tests.emulator.conftest import Client

NAMES = (
    "chat_id text entities reply_markup reply_parameters link_preview_options message_id callback_query_id "
    "inline_query_id results result guest_query_id commands scope language_code action "
    "offset limit allowed_updates url secret_token button next_offset parse_mode message_thread_id user_id name"
).split()
KEYS = (
    "type offset length url user message_id inline_keyboard keyboard force_reply text callback_data copy_text "
    "command description chat_id emoji id title input_message_content message_text is_disabled start_parameter"
).split()
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 2**40)
    | st.text(max_size=6)
    | st.sampled_from(["bold", "chat", "article"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
FITTING = {
    "chat_id": 1001,
    "message_id": 2,
    "text": "x",
    "reply_markup": {"inline_keyboard": [[{"text": "b", "callback_data": "x"}]]},
}


@pytest.fixture(scope="module")
def bot():
    with BotApi() as api:
        ana = api.private(api.user("Ana"))
        ana.say("hello")
        client = Client(api)
        client.ask("sendMessage", chat_id=ana.id, text="answer")
        yield client


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    method=st.sampled_from(sorted(METHODS)),
    fitting=st.sets(st.sampled_from(sorted(FITTING))),
    params=st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5),
)
def test_whatever_a_call_holds_it_works_or_is_refused(bot, method, fitting, params):
    sent = {name: FITTING[name] for name in fitting} | params | {"timeout": 0}
    status, body = bot.send(method, **sent)
    assert status in {200, 400, 403, 404, 409, 500}, body
    assert body["ok"] == (status == 200)
    assert body["ok"] or body["description"]
    assert bot.send("getMe")[0] == 200
