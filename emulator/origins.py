"""Where a forwarded message comes from, as the Bot API's MessageOrigin."""

from __future__ import annotations

from emulator.api_error import JSON
from emulator.records import User


def from_user(person: User, date: int = 1_700_000_000) -> JSON:
    """From a person who shows their name."""
    return {"type": "user", "sender_user": person.json(), "date": date}


def from_hidden_user(name: str, date: int = 1_700_000_000) -> JSON:
    """From a person who does not."""
    return {"type": "hidden_user", "sender_user_name": name, "date": date}


def from_channel(title: str, message_id: int = 1, date: int = 1_700_000_000) -> JSON:
    """From a channel."""
    chat = {"id": -1_009_000_000_001, "type": "channel", "title": title}
    return {"type": "channel", "chat": chat, "message_id": message_id, "date": date}
