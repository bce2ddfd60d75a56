"""The unmodified bot without an account: an emulated Bot API on loopback, which tests and the demo page both use."""

from bot.demo.botapi import TOKEN, BotApi
from bot.demo.control import Control
from bot.demo.limits import Limits
from bot.demo.people import Chat
from bot.demo.records import Message, User
from bot.demo.world import Switches

__all__ = ["TOKEN", "BotApi", "Chat", "Control", "Limits", "Message", "Switches", "User"]
