"""A message on Telegram → a request; what has no words is declined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram import Message as Incoming

from bot import strings
from bot.exchange import Request
from bot.recent import Recent
from bot.telegram import incoming
from bot.translation import speaking, tr
from bot.views import replies

if TYPE_CHECKING:
    from telegram import Update, User

    from bot.telegram.desk import Desk

_ALBUMS = 1000  # whose first message is remembered


class Handlers:
    """Takes messages to the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._albums: Recent[str, None] = Recent(_ALBUMS)

    async def text(self, update: Update, context: Any) -> None:
        """A question, new or edited; silence where the bot was not asked."""
        message = update.effective_message
        me: User = context.bot.bot
        question = incoming.asked(message, me) if message else None
        if message is None or question is None:
            return
        self._in_album(message)
        request = Request(question, incoming.front_end(message, me), forwarded=message.forward_origin is not None)
        with speaking(incoming.language(message)):
            await self._desk.answer(incoming.spot(message), request)

    async def command(self, update: Update, context: Any) -> None:
        """Every command but `/ask`; one of another bot is unknown."""
        message = update.effective_message
        me: User = context.bot.bot
        if message is None or not incoming.from_person(message):
            return
        name = incoming.command(message, me) or ""
        text = incoming.after_command(message) if name == "quote" else incoming.own_words(message)
        with speaking(incoming.language(message)):
            await self._desk.answer(incoming.spot(message), Request(text, incoming.front_end(message, me), name))

    async def other(self, update: Update, _: Any) -> None:
        """What has no words, in a private chat: politely declined, once for an album, and not beside its caption."""
        message = update.effective_message
        if message is None or not incoming.from_person(message) or self._in_album(message):
            return
        with speaking(incoming.language(message)):
            await self._desk.tell(incoming.spot(message), replies.say(tr(strings.TEXT_ONLY)))

    def _in_album(self, message: Incoming) -> bool:
        """Whether it belongs to an album of which a message came before."""
        album = message.media_group_id
        if album is None or album in self._albums:
            return album is not None
        self._albums[album] = None
        return False
