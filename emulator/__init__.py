"""The unmodified bot without an account: an emulated Bot API on loopback, which tests and the demo page both use."""

from emulator.botapi import TOKEN, BotApi
from emulator.people import Chat
from emulator.records import Message, User
from emulator.state import Switches

__all__ = ["TOKEN", "BotApi", "Chat", "Message", "Switches", "User"]
