"""python-telegram-bot, which the emulator knows nothing of, reads every answer and every update of it."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
)
from telegram.constants import ChatAction
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from emulator import people
from emulator.updates import garbage, lost_after, server_error, too_many


@contextlib.asynccontextmanager
async def client(api, token=None):
    async with Bot(
        token or api.token, base_url=f"{api.root}/bot", request=HTTPXRequest(), get_updates_request=HTTPXRequest()
    ) as bot:
        yield bot


def test_it_reads_every_answer(api, ana):
    group = api.group("Desk", api.user("Ben"), topics=("News",))

    async def talk():
        async with client(api) as bot:
            assert (bot.username, bot.supports_inline_queries, bot.can_read_all_group_messages) == (
                api.bot.username,
                True,
                False,
            )
            commands = [BotCommand("start", "Begin")]
            await bot.set_my_commands(commands, scope=BotCommandScopeAllPrivateChats(), language_code="de")
            assert await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "de") == tuple(commands)
            await bot.set_my_description("d", "de")
            await bot.set_my_short_description("s")
            read = await bot.get_my_description("de"), await bot.get_my_short_description()
            assert [read[0].description, read[1].short_description] == ["d", "s"]
            asked = ana.say("who met in Port Alba?")
            await bot.send_chat_action(ana.id, ChatAction.TYPING)
            text = "😀 Title\nThe passage"
            entities = [MessageEntity("bold", 2, 5), MessageEntity("expandable_blockquote", 8, 11)]
            rows = [[InlineKeyboardButton("More", callback_data="more")]]
            rows += [
                [
                    InlineKeyboardButton("Copy", copy_text=CopyTextButton("x")),
                    InlineKeyboardButton("Go", url="http://x.com"),
                ]
            ]
            sent = await bot.send_message(
                ana.id,
                text,
                entities=MessageEntity.adjust_message_entities_to_utf_16(text, entities),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_parameters=ReplyParameters(asked.id, allow_sending_without_reply=True),
                reply_markup=InlineKeyboardMarkup(rows),
            )
            assert list(sent.parse_entities().values()) == ["Title", "The passage"]
            assert sent.reply_to_message.text == asked.text
            assert sent.reply_markup == InlineKeyboardMarkup(rows)
            assert isinstance(await sent.edit_text("edited"), Message)
            assert isinstance(await sent.edit_reply_markup(InlineKeyboardMarkup(rows)), Message)
            posted = await bot.send_message(group.id, "x", message_thread_id=group.topic("News"))
            assert posted.is_topic_message
            assert posted.chat.is_forum
            assert await bot.set_webhook("https://example.com/x", secret_token="s")
            assert await bot.delete_webhook()

    asyncio.run(talk())
    assert api.altered == ()


def test_it_reads_every_kind_of_update(api, ana):
    async def talk():
        async with client(api) as bot:
            allowed = [
                "message",
                "edited_message",
                "callback_query",
                "inline_query",
                "guest_message",
                "my_chat_member",
            ]
            await bot.get_updates(allowed_updates=allowed, timeout=0)
            button = InlineKeyboardMarkup([[InlineKeyboardButton("b", callback_data="x")]])
            sent = await bot.send_message(ana.id, "x", reply_markup=button)
            asked = ana.say("/start me@x.com", reply_to=ana.message(sent.message_id))
            ana.edit(asked, "/help")
            press = ana.press(ana.message(sent.message_id), "b")
            typed = api.inline(ana.people[0], "q")
            guest = api.foreign("Elsewhere", ana.people[0]).call_guest("@byline_demo_bot who?")
            people.remove_bot(api.group("Desk", api.user("Ben")))
            updates = {kind: u for u in await bot.get_updates(timeout=0) for kind in allowed if getattr(u, kind)}
            assert list(updates) == [
                "message",
                "edited_message",
                "callback_query",
                "inline_query",
                "guest_message",
                "my_chat_member",
            ]
            assert updates["message"].message.reply_to_message.message_id == sent.message_id
            assert updates["my_chat_member"].my_chat_member.new_chat_member.status == "kicked"
            await updates["callback_query"].callback_query.answer("ok", show_alert=True)
            content = InputTextMessageContent("passage", entities=[MessageEntity("blockquote", 0, 7)])
            article = InlineQueryResultArticle("1", "Title", content, description="d", reply_markup=button)
            help_button = InlineQueryResultsButton("Help", start_parameter="inline")
            await updates["inline_query"].inline_query.answer(
                [article], cache_time=300, is_personal=False, button=help_button
            )
            await updates["guest_message"].guest_message.answer_guest_query(article)
            assert press.wait(0)["text"] == "ok"
            assert guest.wait(0)["title"] == "Title"
            ana.choose(typed.cards(0)[0])
            *_, sent = await bot.get_updates(timeout=0)
            assert (sent.message.via_bot.id, sent.message.text) == (bot.id, "passage")

    asyncio.run(talk())


def test_its_errors_are_those_that_the_real_server_causes(api, ana, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    group = api.group("Desk", api.user("Ben"), kind="group")
    moved = people.migrate(group, -1_009_999_999_999)
    blocked = api.private(api.user("Eve"))
    people.block(blocked)

    async def talk():
        async with client(api) as bot:
            with pytest.raises(BadRequest, match="Chat not found"):
                await bot.send_message(5, "x")
            with pytest.raises(Forbidden, match="blocked"):
                await bot.send_message(blocked.id, "x")
            with pytest.raises(ChatMigrated) as migrated:
                await bot.send_message(group.id, "x")
            assert migrated.value.new_chat_id == moved.id
            for fault, error in (
                (too_many(3), RetryAfter),
                (server_error(), NetworkError),
                (lost_after(), NetworkError),
                (garbage(), TelegramError),
            ):
                api.faults.add(fault, "sendMessage")
                with pytest.raises(error):
                    await bot.send_message(ana.id, "x")
            await bot.set_webhook("https://example.com/x")
            with pytest.raises(Conflict):
                await bot.get_updates(timeout=0)
        for token in ("123456789:another", "nonsense"):
            with pytest.raises(InvalidToken):
                async with client(api, token):
                    raise AssertionError("it came in")

    asyncio.run(talk())
