"""What becomes of a message when Telegram takes it, refuses it, asks for patience, or leaves it in doubt."""

from __future__ import annotations

import asyncio
import warnings
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest
from telegram import Chat, CopyTextButton, ForceReply, MessageEntity, Update, User
from telegram import Message as Incoming
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.message import Button, Message, Quote, Run
from bot.telegram import queueing, sending
from bot.telegram.delivery import Delivery
from bot.telegram.inbox import Inbox
from bot.telegram.sending import Sender, content, entities, keyboard

pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after")  # it becomes a timedelta one day

HELLO = Message((Run("hello"),))


def patience(wanted: float | timedelta) -> RetryAfter:
    """A server's request to wait for so many seconds."""
    with warnings.catch_warnings(action="ignore"):
        return RetryAfter(wanted)


def caused(error: NetworkError, cause: Exception) -> NetworkError:
    """An error as the library raises it of one of its client's."""
    error.__cause__ = cause
    return error


NEVER_ARRIVED = caused(NetworkError("httpx.ConnectError"), httpx.ConnectError("no"))
CUT = caused(NetworkError("httpx.ReadError"), httpx.ReadError("no"))
BAD_GATEWAY = NetworkError("Bad Gateway")
UNREADABLE = TelegramError("Invalid server response")


class FakeBot:
    """Answers each call with the next of `outcomes`, and with success when they are used up; `calls` are what was asked."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes = list(outcomes)
        self.calls: list[tuple[str, dict[str, object]]] = []
        self.edit_message_reply_markup = self.edit_message_text

    async def send_message(self, **fields: object) -> SimpleNamespace:
        self._next("send", fields)
        return SimpleNamespace(message_id=100 + len(self.calls))

    async def edit_message_text(self, **fields: object) -> None:
        self._next("edit", fields)

    async def get_me(self) -> None:
        self.calls.append(("me", {}))

    async def send_chat_action(self, chat: int, action: str, *, message_thread_id: int | None) -> None:
        self._next("action", {"chat": chat, "action": action, "thread": message_thread_id})

    def _next(self, name: str, fields: dict[str, object]) -> None:
        self.calls.append((name, fields))
        if self.outcomes and (error := self.outcomes.pop(0)):
            raise error

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.calls]


class FakeState:
    """Notes which chats moved, and which are to be forgotten."""

    def __init__(self) -> None:
        self.moves: list[tuple[int, int]] = []
        self.forgotten: list[int] = []

    def move(self, old: int, new: int) -> None:
        self.moves.append((old, new))

    def forget(self, chat: int) -> None:
        self.forgotten.append(chat)


@pytest.fixture
def naps(monkeypatch):
    """How long was slept each time; the clock goes on by that, and nobody waits."""
    naps, sleep, now = [], asyncio.sleep, [1000.0]

    async def nap(delay: float) -> None:
        naps.append(delay)
        now[0] += delay
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", nap)
    monkeypatch.setattr(queueing, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(sending.random, "uniform", lambda low, high: low)
    return naps


def sent(bot: FakeBot, state: FakeState | None = None, **options: object) -> int | None:
    sender = Sender(bot, state or FakeState())
    return asyncio.run(sender.send(7, HELLO, **options))


def test_a_message_goes_with_its_styles_to_its_topic_as_a_reply_and_without_a_preview():
    bot = FakeBot()
    message = Message((Run("a🙂 "), Run("bold", "bold"), Run(" and plain")))
    assert asyncio.run(Sender(bot, FakeState()).send(7, message, reply_to=5, thread=3)) == 101
    ((_, fields),) = bot.calls
    assert (fields["chat_id"], fields["text"], fields["message_thread_id"]) == (7, "a🙂 bold and plain", 3)
    assert [(each.type, each.offset, each.length) for each in fields["entities"]] == [("bold", 4, 4)]
    assert fields["link_preview_options"].is_disabled
    assert (fields["reply_parameters"].message_id, fields["reply_parameters"].allow_sending_without_reply) == (5, True)
    assert fields["reply_markup"] is None


def test_the_sentence_that_answers_is_bold_and_a_long_one_underlined():
    before = Run("What stands before it counts for nothing. " * 4)
    kinds = [entities(Message((Quote((before, Run("x" * length, "mark"))),))) for length in (140, 141)]
    assert [[entity.type for entity in each] for each in kinds] == [["blockquote", "bold"], ["blockquote", "underline"]]
    (link,) = entities(Message((Run("words", "link", "https://a.example/"),)))
    assert (link.type, link.url, link.offset, link.length) == ("text_link", "https://a.example/", 0, 5)
    assert entities(Message((Quote((Run("x"),), collapsed=True),)))[0].type == "expandable_blockquote"


def test_what_was_asked_is_bold_and_the_sentence_around_it_underlined():
    runs = Run("On ", "mark"), Run("Monday", "span"), Run(".", "mark")
    styles = [(each.type, each.offset, each.length) for each in entities(Message((Quote(runs),)))]
    assert styles == [("blockquote", 0, 10), ("underline", 0, 10), ("bold", 3, 6)]


def test_each_button_does_its_one_thing_and_a_prompt_asks_for_a_reply():
    row = (
        Button("a", data="d"),
        Button("b", url="https://a.example"),
        Button("c", copy="words"),
        Button("d", share="q"),
    )
    ((data, url, copy, share),) = keyboard((row,)).inline_keyboard
    assert [button.text for button in (data, url, copy, share)] == ["a", "b", "c", "d"]
    assert (data.callback_data, data.url, data.copy_text) == ("d", None, None)
    assert (url.callback_data, url.url) == (None, "https://a.example")
    assert {each.switch_inline_query_chosen_chat for each in (data, url, copy)} == {None}
    assert copy.copy_text == CopyTextButton("words")
    chosen = share.switch_inline_query_chosen_chat
    assert (chosen.query, chosen.allow_user_chats, chosen.allow_group_chats, chosen.allow_channel_chats) == (
        *("q", True, True, True),
    )
    assert chosen.allow_bot_chats is None
    assert keyboard(()) is None
    bot = FakeBot()
    asyncio.run(Sender(bot, FakeState()).send(7, Message((Run("what?"),), prompt="a quote")))
    asked = bot.calls[0][1]["reply_markup"]
    assert (type(asked), asked.selective, asked.input_field_placeholder) == (ForceReply, True, "a quote")


def test_an_inline_result_has_the_same_words_styles_and_no_preview():
    made = content(Message((Run("bold", "bold"),)))
    assert (made.message_text, made.entities) == ("bold", (MessageEntity("bold", 0, 4),))
    assert made.link_preview_options.is_disabled


@pytest.mark.parametrize("error", [NEVER_ARRIVED, BAD_GATEWAY], ids=["refused", "gateway"])
def test_what_was_surely_not_done_is_asked_for_again_with_growing_pauses_for_ever(naps, error):
    bot = FakeBot(*[error] * 7)
    assert sent(bot) == 108
    assert bot.names == ["send"] * 8
    assert naps == [0.25, 0.5, 1.0, 1.5, *[1.5 * 0.7] * 3]
    assert {fields["reply_parameters"] for _, fields in bot.calls} == {None}


@pytest.mark.parametrize("error", [TimedOut(), CUT, UNREADABLE], ids=["timeout", "cut", "unreadable"])
def test_what_may_have_arrived_is_sent_ten_times_at_most_each_time_once_telegram_answers(naps, caplog, error):
    bot = FakeBot(*[error] * 9)
    assert sent(bot) == 119
    assert bot.names == ["send", *["me", "send"] * 9]
    assert naps == [0.25, 0.5, 1.5, 3.0, *(pytest.approx(1.05 * doubts / 2) for doubts in range(5, 10))]
    bot = FakeBot(*[error] * 10)
    assert sent(bot) is None
    assert bot.names == ["send", *["me", "send"] * 9]
    assert caplog.messages.count("a message may have arrived or not: it is sent again, as a reply") == 18
    assert caplog.messages[-1] == "a message may have arrived 10 times: it is not sent again"


def test_a_server_that_asks_for_patience_holds_up_its_own_chat_alone_and_at_most_a_quarter_of_an_hour(naps):
    bot, sender = FakeBot(patience(30), patience(timedelta(days=2))), None

    async def scenario() -> list[int | None]:
        nonlocal sender
        sender = Sender(bot, FakeState())
        first = asyncio.ensure_future(sender.send(7, HELLO))
        while len(bot.calls) < 1:
            await asyncio.sleep(0)
        bot.outcomes.insert(0, None)
        other = await sender.send(8, HELLO)
        return [other, await first]

    assert asyncio.run(scenario()) == [102, 104]
    assert [fields["chat_id"] for _, fields in bot.calls] == [7, 8, 7, 7]
    assert [round(nap) for nap in naps if nap >= 1] == [30, 900]


def test_whoever_cannot_be_written_to_is_forgotten_and_a_group_that_moved_is_followed():
    bot, state = FakeBot(Forbidden("blocked")), FakeState()
    assert sent(bot, state) is None
    assert (bot.names, state.forgotten) == (["send"], [7])
    bot, state = FakeBot(ChatMigrated(-100)), FakeState()
    assert sent(bot, state, reply_to=5) == 102
    assert [fields["chat_id"] for _, fields in bot.calls] == [7, -100]
    assert bot.calls[1][1]["reply_parameters"].message_id == 5
    assert (state.moves, state.forgotten) == ([(7, -100)], [])


def test_what_telegram_refuses_goes_once_as_plain_text_and_is_then_given_up(caplog):
    bot = FakeBot(BadRequest("entities"))
    assert asyncio.run(Sender(bot, FakeState()).send(7, Message((Run("bold", "bold"),)), reply_to=5)) == 102
    plain = bot.calls[1][1]
    assert (plain["text"], plain["reply_parameters"], plain.keys() & {"entities", "reply_markup"}) == (
        "bold",
        None,
        set(),
    )
    assert plain["link_preview_options"].is_disabled
    for second in (BadRequest("again"), Forbidden("gone")):
        bot = FakeBot(BadRequest("entities"), second)
        assert sent(bot) is None
        assert bot.names == ["send", "send"]
    first = "Telegram refused a message (entities); it goes as plain text"
    too = "Telegram refused it as plain text too ({})"
    assert caplog.messages == [first, first, too.format("again"), first, too.format("gone")]


def test_a_token_that_is_unknown_ends_the_send():
    with pytest.raises(InvalidToken):
        sent(FakeBot(InvalidToken()))


def asked(number: int = 5, age: float = 0) -> Update:
    ana = User(7, "Ana", is_bot=False)
    date = datetime.now(UTC) - timedelta(seconds=age)
    return Update(number, Incoming(55, date, Chat(7, "private"), from_user=ana, text="Who?"))


def delivered(folder, bot: FakeBot, update: Update | None = None, before: str | None = None) -> list[object]:
    """The number of what was sent for an update, and how far the disk says it got, when it was `before` at first."""

    async def scenario() -> list[object]:
        inbox, update_ = Inbox(folder), update or asked()
        await inbox.take([update_])
        if before:
            await inbox.mark(update_.update_id, 1, before, 77 if before == "sent" else None)
        delivery = Delivery(inbox, update_)
        delivery.unanswered = True
        with delivery.under_way():
            number = await Sender(bot, FakeState()).send(7, HELLO)
        stage = await inbox.stage(update_.update_id, 1)
        inbox.close()
        return [number, stage]

    return asyncio.run(scenario())


def replies(bot: FakeBot) -> list[int | None]:
    given = [fields["reply_parameters"] for name, fields in bot.calls if name == "send"]
    return [each and each.message_id for each in given]


def test_what_an_earlier_life_sent_is_not_sent_again_and_what_it_left_in_doubt_goes_as_a_reply(tmp_path):
    for number, (before, expected, answers) in enumerate(
        [
            (None, [101, ("sent", 101)], [None]),
            ("pending", [101, ("sent", 101)], [None]),
            ("sent", [77, ("sent", 77)], []),
            ("sending", [101, ("sent", 101)], [55]),
        ]
    ):
        bot = FakeBot()
        assert delivered(tmp_path / str(number), bot, before=before) == expected
        assert replies(bot) == answers


def test_what_comes_late_says_which_message_it_answers(tmp_path):
    for age, expected in ((20, [None]), (40, [55])):
        bot = FakeBot()
        delivered(tmp_path / str(age), bot, asked(age=age))
        assert replies(bot) == expected


@pytest.mark.parametrize(
    ("outcomes", "expected", "answers"),
    [
        ([BAD_GATEWAY, NEVER_ARRIVED], ("sent", 103), [None] * 3),
        ([patience(2)], ("sent", 102), [None] * 2),
        ([TimedOut()], ("sent", 103), [None, 55]),
        ([TimedOut()] * 10, ("sending", None), [None, *[55] * 9]),
        ([Forbidden("blocked")], ("pending", None), [None]),
        ([BadRequest("no"), BadRequest("no")], ("pending", None), [None, None]),
    ],
    ids=["undone", "patience", "doubt", "ten doubts", "blocked", "refused"],
)
def test_the_disk_knows_after_each_try_whether_the_message_may_have_arrived(
    tmp_path, naps, outcomes, expected, answers
):
    bot = FakeBot(*outcomes)
    assert delivered(tmp_path, bot)[1] == expected
    assert replies(bot) == answers


@pytest.mark.parametrize(
    ("outcomes", "expected", "calls"),
    [
        ([], True, 1),
        ([BadRequest("Message is not modified: same")], True, 1),
        ([BadRequest("message to edit not found")], False, 1),
        ([Forbidden("blocked")], False, 1),
        ([ChatMigrated(-100)], False, 1),
        ([TimedOut(), CUT, BAD_GATEWAY, UNREADABLE, NEVER_ARRIVED], True, 6),
        ([patience(3), patience(5000)], True, 3),
    ],
)
def test_an_edit_may_be_done_twice_and_says_whether_there_was_a_message(naps, outcomes, expected, calls):
    bot = FakeBot(*outcomes)
    assert asyncio.run(Sender(bot, FakeState()).edit(7, 9, HELLO)) is expected
    assert len(bot.calls) == calls
    assert {(fields["chat_id"], fields["message_id"], fields["text"]) for _, fields in bot.calls} == {(7, 9, "hello")}
    if isinstance((outcomes or [None])[0], RetryAfter):
        assert naps == [3, 900]


def test_an_edited_message_keeps_its_styles_and_has_its_own_buttons():
    bot = FakeBot()
    message = Message((Run("bold", "bold"),), ((Button("a", data="d"),),))
    assert asyncio.run(Sender(bot, FakeState()).edit(7, 9, message))
    ((_, fields),) = bot.calls
    assert [each.type for each in fields["entities"]] == ["bold"]
    assert fields["reply_markup"].inline_keyboard[0][0].callback_data == "d"
    assert fields["link_preview_options"].is_disabled


def test_plain_text_is_patient_too_and_the_disk_knows_that_it_was_sent(tmp_path, naps):
    bot = FakeBot(BadRequest("entities"), BAD_GATEWAY)
    assert delivered(tmp_path, bot) == [103, ("sent", 103)]
    assert [fields["chat_id"] for _, fields in bot.calls] == [7, 7, 7]


def test_buttons_are_put_in_the_place_of_others():
    bot = FakeBot()
    assert asyncio.run(Sender(bot, FakeState()).edit_buttons(7, 9, [[Button("a", data="d")]]))
    ((_, fields),) = bot.calls
    assert (fields["chat_id"], fields["message_id"]) == (7, 9)
    assert fields["reply_markup"].inline_keyboard[0][0].callback_data == "d"


def test_a_sign_of_life_is_given_where_work_takes_long_and_is_tried_once(monkeypatch):
    naps, go_on = [], asyncio.sleep

    async def nap(delay: float) -> None:
        naps.append(delay)
        await go_on(0)

    async def scenario(bot: FakeBot, looks: int) -> list[str]:
        async with Sender(bot, FakeState()).typing(7, 3):
            for _ in range(looks):
                await go_on(0)
        return bot.names

    monkeypatch.setattr(asyncio, "sleep", nap)
    bot = FakeBot()
    assert asyncio.run(scenario(bot, 0)) == []
    assert len(asyncio.run(scenario(bot, 20))) > 2
    assert set(map(str, (fields for _, fields in bot.calls))) == {
        "{'chat': 7, 'action': <ChatAction.TYPING>, 'thread': 3}"
    }
    assert naps[:1] == [0.6]
    assert set(naps[1:]) == {4.5}
    assert asyncio.run(scenario(FakeBot(BAD_GATEWAY), 20)) == ["action"]


def test_the_pauses_are_never_longer_than_a_second_and_a_half(naps, monkeypatch):
    monkeypatch.setattr(sending.random, "uniform", lambda low, high: high)
    assert sent(FakeBot(*[BAD_GATEWAY] * 6)) == 107
    assert naps == [0.25, 0.5, 1.0, 1.5, 1.5, 1.5]


def test_the_time_that_a_server_asks_for_may_come_as_a_number_or_as_a_span():
    wishes = [SimpleNamespace(retry_after=wish) for wish in (5, timedelta(seconds=6), timedelta(days=2))]
    assert [sending.seconds(wish) for wish in wishes] == [5, 6, 900]


def test_an_answer_to_a_group_that_moved_is_known_to_be_sent(tmp_path):
    bot = FakeBot(ChatMigrated(-100))
    assert delivered(tmp_path, bot) == [102, ("sent", 102)]


def test_between_two_tries_of_what_never_arrived_the_disk_says_that_nothing_is_in_doubt(tmp_path, monkeypatch):
    async def scenario() -> list[object]:
        inbox, sleep, stages = Inbox(tmp_path), asyncio.sleep, []
        await inbox.take([asked()])

        async def nap(delay: float) -> None:
            stages.append(await inbox.stage(5, 1))
            await sleep(0)

        monkeypatch.setattr(asyncio, "sleep", nap)
        with Delivery(inbox, asked()).under_way():
            await Sender(FakeBot(NEVER_ARRIVED, BAD_GATEWAY, CUT), FakeState()).send(7, HELLO)
        return stages

    assert asyncio.run(scenario()) == [("pending", None), ("pending", None), ("sending", None)]


def test_a_message_that_is_on_its_way_is_seen_through_where_its_update_is_given_up(tmp_path, monkeypatch):
    async def scenario() -> list[object]:
        inbox, bot, arrived = Inbox(tmp_path), FakeBot(), asyncio.Event()
        await inbox.take([asked()])

        async def slow(**fields: object) -> SimpleNamespace:
            bot.calls.append(("send", fields))
            await arrived.wait()
            return SimpleNamespace(message_id=9)

        monkeypatch.setattr(bot, "send_message", slow)
        delivery = Delivery(inbox, asked())
        delivery.unanswered = True
        with delivery.under_way():
            sending = asyncio.ensure_future(Sender(bot, FakeState()).send(7, HELLO))
        while not bot.calls:
            await asyncio.sleep(0)
        sending.cancel()
        arrived.set()
        await inbox.settle(5)
        return [sending.cancelled(), await inbox.stage(5, 1)]

    assert asyncio.run(scenario()) == [True, ("sent", 9)]
