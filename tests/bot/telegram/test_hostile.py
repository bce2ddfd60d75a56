"""Three hundred updates of every kind, mangled with a seed: the bot outlives them and sends nothing that is refused."""

from __future__ import annotations

import copy
import random
from typing import Any

QUESTION = "Where did the ministers meet on Tuesday?"
ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        -1,
        2**63,
        1.5,
        "",
        "\x00",
        "\u202e\u2066",
        "🙂" * 4096,
        "x" * 5000,
        "/ask",
        "/start p",
        "@",
        "e\u0301" * 999,
    ),
    *([], {}, [[]], {"id": None}, ["x"], {"text": {}}),
)


def test_whatever_arrives_the_next_question_is_answered_and_nothing_sent_is_refused(api, run_bot):
    ana = api.private(api.user("Ana"))
    bot = run_bot(api, LOG_LEVEL="INFO")
    ana.say(QUESTION)
    ana.wait_message()
    seed = random.Random(5)  # the same three hundred each time
    for _ in range(300):
        kind, body = seed.choice(list(_updates(ana).items()))
        api.inject({kind: _mangled(body, seed)})
    last = api.private(api.user("Ben"))
    last.say("What closed the bridge at dawn?")
    assert "A storm closed the bridge" in last.wait_message(timeout=60).text
    assert bot.stop() == 0
    refused = [call for call in api.calls.all() if call.status == 400 and not _of_a_forged_place(call)]
    assert refused == []
    assert api.altered == ()
    assert "this should not have happened" not in bot.output
    assert QUESTION not in bot.output


def _updates(chat) -> dict[str, Any]:
    person = chat.people[0].json()
    message = {"message_id": 99, "date": 1, "chat": chat.chat_state.json(), "from": person, "text": QUESTION}
    status = {"user": {**person, "is_bot": True}, "status": "member"}
    return {
        "message": {
            **message,
            "reply_to_message": message,
            "entities": [{"type": "mention", "offset": 0, "length": 3}],
        },
        "edited_message": {**message, "edit_date": 2},
        "guest_message": {**message, "guest_query_id": "77"},
        "callback_query": {
            "id": "5",
            "from": person,
            "chat_instance": "1",
            "data": "page:abcdefghijk:0",
            "message": message,
        },
        "inline_query": {"id": "6", "from": person, "query": QUESTION, "offset": ""},
        "my_chat_member": {
            "chat": chat.chat_state.json(),
            "from": person,
            "date": 1,
            "old_chat_member": {**status, "status": "left"},
            "new_chat_member": status,
        },
        "channel_post": message,
        "poll": {"id": "1", "question": "?"},
        "telepathy": {"thought": "?"},
    }


def _mangled(body: Any, seed: random.Random) -> Any:
    """The update with one to three of its values replaced by odd ones, or taken out."""
    body = copy.deepcopy(body)
    for _ in range(seed.randint(1, 3)):
        place = body
        while True:
            name = seed.choice(list(place))
            if isinstance(place[name], dict) and place[name] and seed.random() < 0.7:
                place = place[name]
                continue
            if seed.random() < 0.2 and len(place) > 1:
                del place[name]
            else:
                place[name] = seed.choice(ODD)
            break
    return body


def _of_a_forged_place(call) -> bool:
    """Whether a call was refused for a chat, a message or a query that only the forged update names."""
    return any(
        told in call.error.lower() for told in ("not found", "too old", "query id is invalid", "chat_id", "message_id")
    )
