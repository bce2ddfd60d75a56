"""The bot on Telegram: which update goes to which handler, how it starts, and how it ends.

It alone knows the lifetime: started when Telegram knows the token, ended by a signal (0) or by what an operator has to
mend (an error); what was being answered is finished first, within bounds.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from telegram import BotCommand, Update
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, MessageHandler, filters

from bot import asking, words
from bot.ending import Ending
from bot.handlers import Handlers
from bot.polling import Poller, PollRequest, Trouble, brief
from bot.sending import Sender, seconds
from retrieval import BylineError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telegram import Bot

    from bot.replies import Collection
    from bot.settings import Settings

    App = Application[Any, Any, Any, Any, Any, Any]

ALLOWED = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY)

_log = logging.getLogger(__name__)
_AT_ONCE = 4096  # updates at work or waiting for their chat's turn; a waiting one costs a few hundred bytes
_SEARCHES = 2  # threads
_FINISH = 5.0  # seconds that answers get at the end
_RETRY = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds between tries to reach Telegram at the start


class TokenError(BylineError):
    """Telegram does not know the token."""


def serve(settings: Settings, collection: Collection) -> None:
    """Answer on Telegram until a signal ends it. Raises `TokenError` for a token that Telegram does not know."""
    asyncio.run(_serve(settings, collection))


async def _serve(settings: Settings, collection: Collection) -> None:
    application = _application(settings)
    ending = Ending()
    ending.on_signals()
    search = ThreadPoolExecutor(_SEARCHES, "search")
    _route(application, Handlers(collection, Sender(application.bot), search), ending)
    warm = ending.watch(_warm(collection, search))
    try:
        if await ending.comes_after(_connect(application, settings)):
            await _run(application, ending)
    except InvalidToken:
        raise _unknown_token(settings) from None
    finally:
        warm.cancel()
        search.shutdown(wait=False, cancel_futures=True)
        await application.shutdown()


async def _run(application: App, ending: Ending) -> None:
    """Poll and answer until `ending` is settled; raises what it was settled with."""
    poller = Poller(application.bot, application.update_queue, ALLOWED)
    await application.start()
    polling = ending.watch(poller.run())
    menu = asyncio.create_task(_set_menu(application.bot))
    _log.info("@%s answers on Telegram; Ctrl-C ends it", application.bot.username)
    try:
        await ending.wait()
    finally:
        for task in (polling, menu):
            task.cancel()
            with suppress(asyncio.CancelledError, TelegramError):
                await task
        await _close(application, poller)


async def _close(application: App, poller: Poller) -> None:
    try:
        await asyncio.wait_for(application.stop(), _FINISH)
    except TimeoutError:
        _log.warning("some questions are left unanswered: they took longer than %s s to finish", _FINISH)
    await poller.close()


def _application(settings: Settings) -> App:
    root = settings.api_root
    return (
        ApplicationBuilder()
        .token(settings.token or "")
        .base_url(lambda token: f"{root}/bot{token}")
        .base_file_url(lambda token: f"{root}/file/bot{token}")
        .get_updates_request(PollRequest())
        .concurrent_updates(_AT_ONCE)
        .updater(None)
        .build()
    )


def _route(application: App, handlers: Handlers, ending: Ending) -> None:
    """Which update goes to which handler."""
    new, edited, private = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE, filters.ChatType.PRIVATE
    told = filters.Regex(asking.COMMAND) & ~filters.Regex(r"(?i)^/ask(@|\s|$)")
    application.add_handlers(
        [
            MessageHandler(new & told, handlers.command),
            MessageHandler((new | edited) & filters.TEXT & ~told, handlers.text),
            MessageHandler(new & private & ~filters.TEXT & ~filters.StatusUpdate.ALL, handlers.other),
            CallbackQueryHandler(handlers.press),
        ]
    )

    async def on_error(update: object, context: Any) -> None:
        if isinstance(context.error, InvalidToken):
            ending.settle(context.error)
            return
        number = update.update_id if isinstance(update, Update) else "?"
        _log.error("update %s could not be handled", number, exc_info=context.error)

    application.add_error_handler(on_error)


async def _connect(application: App, settings: Settings) -> None:
    """Wait until Telegram answers; raises `InvalidToken` when it does not know the token."""
    trouble = Trouble()
    for pause in _endless(_RETRY):
        try:
            await application.initialize()
            await application.bot.delete_webhook()  # a webhook of an earlier life would take the updates
        except InvalidToken:
            raise
        except TelegramError as error:
            trouble.tell(f"Telegram cannot be reached at {settings.api_root} ({brief(error)}): trying again")
            await asyncio.sleep(max(pause, seconds(error) if isinstance(error, RetryAfter) else 0))
        else:
            trouble.over()
            return


async def _set_menu(bot: Bot) -> None:
    """Tell Telegram the commands, only when they differ: it limits how often they may be set."""
    menu = tuple(BotCommand(name, what) for name, what in words.MENU)
    try:
        if await bot.get_my_commands() != menu:
            await bot.set_my_commands(menu)
    except TelegramError as error:
        _log.warning("the command menu could not be set (%s)", brief(error))


async def _warm(collection: Collection, search: ThreadPoolExecutor) -> None:
    """Load the models before the first question waits for them."""
    question = next(iter(collection.examples), "news")
    await asyncio.get_running_loop().run_in_executor(search, collection.ask, question)


def _unknown_token(settings: Settings) -> TokenError:
    return TokenError(
        f"{settings.api_root} does not know this token: copy it again from @BotFather in Telegram "
        "(/mybots, API Token) into TELEGRAM_BOT_TOKEN"
    )


def _endless(pauses: tuple[float, ...]) -> Iterator[float]:
    yield from pauses
    while True:
        yield pauses[-1]
