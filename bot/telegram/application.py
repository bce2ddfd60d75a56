"""The bot on Telegram: which update goes to which handler, how it starts, what Telegram shows of it, and how it ends.

The bot starts when Telegram knows the token. It ends by a signal (exit code 0) or by an error that an operator has to mend.
Answers under way are finished first, within bounds; the rest is answered after the next start.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import httpx
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
    Update,
)
from telegram.error import InvalidToken, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot import strings
from bot.indexes import Refresher, on_hangup
from bot.lifecycle import Ending, Heartbeat, Watchdog, Workers
from bot.searching import Search
from bot.settings import Settings
from bot.state import State, owned
from bot.telegram import incoming
from bot.telegram.admin import Admin
from bot.telegram.delivery import UpdateProcessor, current
from bot.telegram.handlers import Callbacks, Handlers, Inline, Membership
from bot.telegram.inbox import Inbox
from bot.telegram.polling import ApiRequest, Poller, PollRequest, brief, persist
from bot.telegram.queueing import ChatQueue
from bot.telegram.responder import Responder
from bot.telegram.sending import Sender
from bot.translation import ENGLISH, TRANSLATED, speaking, tr
from bot.views import replies
from retrieval import BylineError, Index

if TYPE_CHECKING:
    from bot.telegram.webhook import Webhook

App = Application[Any, Any, Any, Any, Any, Any]
ALLOWED = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.GUEST_MESSAGE,
    Update.MY_CHAT_MEMBER,
)

_log = logging.getLogger(__name__)
# The client looks at all of its open connections, and at each of their sockets, with every call.
_CONNECTIONS = httpx.Limits(max_connections=256, max_keepalive_connections=8)
# The client looks for it on the disk twice a call: what failed to be imported is not remembered.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]
_TIDY = 30.0  # seconds between two looks for what is older than promised
_LOOK = 2.0  # seconds between two looks at the lock of the state folder
_FINISH = 2.0  # seconds that answers get at the end; what follows is bounded so that all of it takes less than five
_SETTLE = 0.5  # seconds more for a message that is being sent, and for each connection to close
_RETRY = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds between tries to reach Telegram at the start


class TokenError(BylineError):
    """Telegram does not know the token."""


def serve(settings: Settings, collections: Mapping[str, Index]) -> None:
    """Answer on Telegram until a signal ends it, and follow the folders of articles where `settings.watch` says so.

    `collections` have the names of `settings.indexes`. Raises `TokenError` for a token that Telegram does not know,
    `StateError` where another bot uses the state folder.
    """
    with owned(settings.state_dir) as check:
        state = State(settings.state_dir, settings.feedback, settings.feedback_days)
        try:
            asyncio.run(_serve(settings, collections, state, check))
        except InvalidToken:
            raise TokenError(
                f"{settings.api_root} does not know this token: copy it again from @BotFather in Telegram "
                "(/mybots, API Token) into TELEGRAM_BOT_TOKEN"
            ) from None
        finally:
            state.close()


async def _serve(settings: Settings, collections: Mapping[str, Index], state: State, check: Callable[[], None]) -> None:
    asyncio.get_running_loop().set_default_executor(_Lookups())
    inbox = Inbox(settings.state_dir)
    processor = UpdateProcessor(inbox)
    application = _application(settings, inbox, processor)
    ending, heartbeat = Ending(), Heartbeat(settings.state_dir)
    ending.on_signals()
    workers = Workers(ending.settle)
    search = Search(collections, state, workers, share=lambda: bool(application.bot.supports_inline_queries))
    refreshers = {
        name: Refresher(served, settings.indexes[name], watch=settings.watch) for name, served in search.served.items()
    }
    on_hangup(refreshers.values())
    _route(application, search, Admin(settings.admins, search, refreshers), ending, inbox)
    watchdog = Watchdog(settings.state_dir, processor.put_aside)
    works = [workers.warm(partial(_warm, collections)), watchdog.run(), *(each.run() for each in refreshers.values())]
    works += [_every(_TIDY, state.tidy, inbox.tidy), _every(_LOOK, check)]
    tasks = [ending.watch(work) for work in works]
    try:
        if await ending.completes_before_end(_connect(application, settings)):
            tasks.append(asyncio.create_task(introduce(application.bot, several=len(collections) > 1)))
            await _run(application, ending, _source(application, settings, inbox, heartbeat), inbox, processor)
    finally:
        heartbeat.stop()
        for task in tasks:
            task.cancel()
        workers.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(application.shutdown(), _SETTLE)
        inbox.close()


def _warm(collections: Mapping[str, Index]) -> None:
    for each in collections.values():
        each.warm()


async def _every(seconds: float, *works: Callable[[], object]) -> None:
    """Do the works again and again, with `seconds` between; raises what one of them raises."""
    while True:
        for work in works:
            work()
        await asyncio.sleep(seconds)


class _Lookups(ThreadPoolExecutor):
    """Threads that look up the names of hosts; one that gets no answer does not delay the end."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        """As the base class, without waiting."""
        super().shutdown(wait=False, cancel_futures=True)


def _source(application: App, settings: Settings, inbox: Inbox, heartbeat: Heartbeat) -> Poller | Webhook:
    """The source of updates: polling, or a webhook where the operator gives an address for it."""
    if settings.webhook is None:
        return Poller(application.bot, inbox, ALLOWED, heartbeat.beat)
    from bot.telegram.webhook import Webhook  # who polls needs no server

    return Webhook(application.bot, inbox, ALLOWED, heartbeat.beat, settings.webhook)


async def _run(
    application: App, ending: Ending, source: Poller | Webhook, inbox: Inbox, processor: UpdateProcessor
) -> None:
    """Answer what comes from `source` until `ending` is settled; raises what it was settled with."""
    await application.start()
    await inbox.resume(application.bot)
    updates = ending.watch(source.run())
    _log.info("@%s answers on Telegram; Ctrl-C ends it", application.bot.username)
    try:
        await ending.wait()
    finally:
        updates.cancel()
        with suppress(asyncio.CancelledError, TelegramError, BylineError):  # raised where `ending` is waited for
            await updates
        await _close(application, source, inbox, processor)


async def _close(application: App, source: Poller | Webhook, inbox: Inbox, processor: UpdateProcessor) -> None:
    if not await processor.close(_FINISH):
        _log.warning("some questions are not answered yet: they are answered after the next start")
    await inbox.settle(_SETTLE)
    with suppress(TimeoutError):
        await asyncio.wait_for(application.stop(), _SETTLE)
    await source.close()


def _application(settings: Settings, inbox: Inbox, processor: UpdateProcessor) -> App:
    root, test = settings.api_root, "/test" if settings.test_environment else ""
    return (
        ApplicationBuilder()
        .token(settings.token or "")
        .base_url(lambda token: f"{root}/bot{token}{test}")
        .base_file_url(lambda token: f"{root}/file/bot{token}{test}")
        .request(ApiRequest(httpx_kwargs={"limits": _CONNECTIONS}))
        .get_updates_request(PollRequest(inbox.admission.admitted))
        .update_queue(inbox)
        .concurrent_updates(processor)
        .updater(None)
        .build()
    )


def _route(application: App, search: Search, admin: Admin, ending: Ending, inbox: Inbox) -> None:
    """Send each kind of update to its handler."""
    sender, queue = Sender(application.bot, search.state), ChatQueue()
    responder = Responder(search, sender, queue)
    handlers, callbacks = Handlers(responder, admin), Callbacks(search, sender, responder)
    inline, membership = Inline(search, queue), Membership(sender, search.state, queue)
    new, edited, private = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE, filters.ChatType.PRIVATE
    commands = filters.Regex(incoming.COMMAND) & ~filters.Regex(r"(?i)^/ask(@|\s|$)")
    files = private & filters.Document.ALL & filters.CaptionRegex(r"(?i)^/add(@|\s|$)")
    application.add_handlers(
        [
            MessageHandler(new & (commands | files), handlers.command),
            MessageHandler((new | edited) & (filters.TEXT | filters.CAPTION) & ~commands, handlers.text),
            MessageHandler(new & private & ~filters.TEXT & ~filters.StatusUpdate.ALL, handlers.other),
            MessageHandler(new & filters.StatusUpdate.MIGRATE, membership.migrated),
            CallbackQueryHandler(callbacks.press),
            InlineQueryHandler(inline.query),
            MessageHandler(filters.UpdateType.GUEST_MESSAGE, inline.guest),
            ChatMemberHandler(membership.changed, ChatMemberHandler.MY_CHAT_MEMBER),
        ]
    )

    async def on_error(update: object, context: Any) -> None:
        delivery = current()
        if isinstance(context.error, InvalidToken):
            if delivery is not None:  # it is answered when the bot has a token again
                delivery.unanswered = True
            ending.settle(context.error)
        elif delivery is None or not isinstance(update, Update):
            _log.error("something could not be done", exc_info=context.error)
        elif inbox.retry(update):
            delivery.unanswered = True
        else:
            _log.error("update %s could not be handled and is put aside", update.update_id, exc_info=context.error)
            await _apologise(update, sender)

    application.add_error_handler(on_error)


async def _apologise(update: Update, sender: Sender) -> None:
    """Say to whoever asked in a private chat that there is no answer."""
    message = update.message
    if message is not None and getattr(message.chat, "type", None) == "private":  # malformed: no chat
        with speaking(incoming.language(message)):
            await sender.send(message.chat.id, replies.say(strings.FAILED), reply_to=message.message_id)


async def _connect(application: App, settings: Settings) -> None:
    """Wait until Telegram answers; raises `InvalidToken` when it does not know the token."""

    async def begin() -> None:
        await application.initialize()
        await application.bot.delete_webhook()  # a webhook from before would take the updates

    await persist(begin, f"Telegram cannot be reached at {settings.api_root}", _RETRY)


_SCOPES: tuple[tuple[BotCommandScope, frozenset[str]], ...] = (
    (BotCommandScopeDefault(), frozenset()),
    (BotCommandScopeAllPrivateChats(), frozenset()),
    (BotCommandScopeAllGroupChats(), frozenset({"start", "privacy"})),  # what nobody asks for in a group
)


async def introduce(bot: Bot, *, several: bool = False) -> None:
    """Set the commands, by kind of chat and by language, and the descriptions. `several` collections can be chosen from.

    Telegram limits how often they may be set, so each is set only where it differs. A refusal is told to the operator, and
    stops nothing.
    """
    for what, set_ in (("command menu", partial(_commands, several=several)), ("description", _descriptions)):
        try:
            for language in (ENGLISH, *TRANSLATED):
                with speaking(language):
                    await set_(bot, None if language == ENGLISH else language)  # English is what everybody else sees
        except Exception as error:  # a malformed answer raises whatever its parser trips over
            _log.warning("the %s could not be set (%s)", what, brief(error))


async def _commands(bot: Bot, code: str | None, *, several: bool) -> None:
    for scope, left_out in _SCOPES:
        menu = tuple(BotCommand(*each) for each in replies.menu(several=several) if each[0] not in left_out)
        if await bot.get_my_commands(scope=scope, language_code=code) != menu:
            await bot.set_my_commands(menu, scope=scope, language_code=code)


async def _descriptions(bot: Bot, code: str | None) -> None:
    description, short = tr(strings.DESCRIPTION), tr(strings.SHORT_DESCRIPTION)
    if (await bot.get_my_description(language_code=code)).description != description:
        await bot.set_my_description(description, language_code=code)
    if (await bot.get_my_short_description(language_code=code)).short_description != short:
        await bot.set_my_short_description(short, language_code=code)
