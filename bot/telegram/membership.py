"""The bot is added to a group, or thrown out, or a group gets another number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram.constants import ChatMemberStatus, ChatType

from bot.recent import Recent
from bot.translation import speaking
from bot.views import replies

if TYPE_CHECKING:
    from telegram import Update

    from bot.state import State
    from bot.telegram.chat_queue import Turns
    from bot.telegram.sending import Sender

_OUT = {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}
_IN = {ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR}
_GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP}
_MOST = 1000  # groups with a new number that are remembered


class Joining:
    """Greets a group once when the bot is added to it, and follows it to its new number."""

    def __init__(self, sender: Sender, state: State, turns: Turns) -> None:
        self._sender = sender
        self._state = state
        self._turns = turns
        self._moved: Recent[int, None] = Recent(_MOST)

    async def membership(self, update: Update, context: Any) -> None:
        """The bot's own place in a chat has changed."""
        change = update.my_chat_member
        if change is None:
            return
        old, new, chat = change.old_chat_member.status, change.new_chat_member.status, change.chat
        if new in _OUT:
            self._state.forget(chat.id)
        elif old in _OUT and new in _IN and chat.type in _GROUPS and chat.id not in self._moved:
            me = context.bot.bot
            with speaking(change.from_user.language_code):
                await self._sender.send(
                    chat.id, replies.greeting(me.username or "", reads_all=bool(me.can_read_all_group_messages))
                )

    async def migrated(self, update: Update, _: Any) -> None:
        """A group became a supergroup: its answers are still to be found, and it is not greeted again."""
        message = update.effective_message
        if message is None:
            return
        old = message.migrate_from_chat_id or message.chat.id
        new = message.migrate_to_chat_id or message.chat.id
        self._moved[new] = None
        async with self._turns.take(new), self._turns.take(old):  # an answer may still be on its way to the old number
            self._state.move(old, new)
