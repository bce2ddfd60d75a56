"""Whatever getUpdates answers, the good updates in it get through."""

import json

import pytest
from telegram.error import NetworkError

from bot.telegram.polling import Trouble, brief, legible

GOOD = {
    "update_id": 7,
    "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private", "first_name": "A"}, "text": "hi"},
}


def everything(origins):
    return [True for _ in origins]


def result(*updates: object, admitted=everything) -> list[object]:
    return json.loads(legible(json.dumps({"ok": True, "result": updates}).encode(), admitted))["result"]


@pytest.mark.parametrize(
    "poison",
    [
        {"message": {"message_id": 1}},
        {"message": {**GOOD["message"], "entities": [{"type": "bold"}]}},
        {"message": "text"},
        {"callback_query": {"id": "1"}},
        {"edited_message": {**GOOD["message"], "date": "yesterday"}},
    ],
)
def test_an_update_that_cannot_be_parsed_is_emptied_and_the_next_one_kept(poison):
    assert result({"update_id": 6, **poison}, GOOD) == [{"update_id": 6}, GOOD]


def test_kinds_that_do_not_exist_yet_pass():
    unknown = {"update_id": 6, "telepathy": {"x": 1}}
    assert result(unknown, GOOD) == [unknown, GOOD]


@pytest.mark.parametrize("update", [None, 5, "x", [], {}, {"update_id": "6"}, {"update_id": True}, {"update_id": 1.5}])
def test_what_has_no_number_is_left_out(update):
    assert result(update, GOOD) == [GOOD]


def test_what_is_not_admitted_is_left_out_but_the_number_of_the_last_one_confirms_it():
    updates = [{**GOOD, "update_id": number} for number in range(1, 6)]
    origins = []

    def only(*numbers: int):
        def admitted(coming):
            origins.append(tuple(coming))
            return [number in numbers for number in range(1, 6)]

        return admitted

    assert result(*updates, admitted=only(2, 5)) == [updates[1], updates[4]]
    assert result(*updates, admitted=only(2)) == [updates[1], {"update_id": 5}]
    assert result(*updates, admitted=only()) == [{"update_id": 5}]
    assert result(None, *updates, admitted=only(1, 2, 3, 4, 5)) == updates
    assert origins == [((1,),) * 5] * 4


@pytest.mark.parametrize(
    "payload",
    [b"", b"<html>", b"[]", b"null", b'{"ok":true}', b'{"result":5}', b"\xff\xfe", b'{"result":' + b"[" * 99999],
)
def test_an_answer_without_a_list_of_updates_is_a_failure_of_the_network(payload):
    with pytest.raises(NetworkError):
        legible(payload, everything)


def test_a_gateways_page_is_not_part_of_the_line():
    page = "Bad Gateway (502). Parsing the server response b'<html>\\r\\n' failed"
    assert brief(NetworkError(page)) == "Bad Gateway (502)"
    assert brief(ValueError()) == "ValueError"
    assert brief(ValueError("a\nb" + "x" * 999)) == "a b" + "x" * 197


def test_the_same_trouble_is_told_once_and_its_end_too(caplog):
    trouble = Trouble()
    with caplog.at_level("INFO", "bot.telegram.polling"):
        for _ in range(5):
            trouble.tell("no network")
        trouble.tell("another poller")
        trouble.over()
        trouble.over()
    assert [record.message for record in caplog.records] == ["no network", "another poller", "Telegram answers again"]
