"""What Telegram shows of the bot: its commands by kind of chat and by language, and its descriptions.

Telegram limits how often they may be set, so each is set only where it differs.
"""

from __future__ import annotations

import logging
from functools import partial

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from bot import strings
from bot.telegram.polling import brief
from bot.translation import ENGLISH, TRANSLATED, speaking, tr
from bot.views import replies

_log = logging.getLogger(__name__)
_SCOPES: tuple[tuple[BotCommandScope, frozenset[str]], ...] = (
    (BotCommandScopeDefault(), frozenset()),
    (BotCommandScopeAllPrivateChats(), frozenset()),
    (BotCommandScopeAllGroupChats(), frozenset({"start", "privacy"})),  # what nobody asks for in a group
)


async def introduce(bot: Bot, *, several: bool = False) -> None:
    """Set what differs; a refusal is told to the operator, and stops nothing. `several` collections can be chosen from."""
    for what, set_ in (("command menu", partial(_commands, several=several)), ("description", _descriptions)):
        try:
            for language in (ENGLISH, *TRANSLATED):
                with speaking(language):
                    await set_(bot, None if language == ENGLISH else language)  # English is what everybody else sees
        except Exception as error:  # an answer that is none raises whatever its parser trips over
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
