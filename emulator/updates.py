"""The queue of updates: kept until confirmed by an offset, filtered by the kinds that the bot asked for.

It knows Telegram's rules of long polling: one poller at a time, the newer one ends the older one with a 409.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from emulator.api_error import JSON, Refusal
from emulator.fields import names
from emulator.params import Params

LONGEST_WAIT = 50
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS = names(
    """
    message edited_message channel_post edited_channel_post business_connection business_message
    edited_business_message deleted_business_messages guest_message message_reaction message_reaction_count
    inline_query chosen_inline_result callback_query shipping_query pre_checkout_query purchased_paid_media poll
    poll_answer my_chat_member chat_member chat_join_request chat_boost removed_chat_boost managed_bot
    """
)
_OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


class Updates:
    """The queue. `changed` is the one lock of the whole emulator; it is notified whenever anything happens."""

    def __init__(self, changed: threading.Condition, first_id: int):
        self.changed = changed
        self.webhook_url = ""
        self.closed = False
        self._next_id = first_id
        self._waiting: list[JSON] = []
        self._allowed: frozenset[str] | None = None
        self._poller = 0
        self._ended_with = _OTHER_POLLER

    @property
    def allowed(self) -> frozenset[str]:
        """The kinds of updates that are kept for the bot."""
        return KINDS - NOT_BY_DEFAULT if self._allowed is None else self._allowed

    @property
    def asked_for(self) -> list[str] | None:
        """The kinds that the bot asked for by name, in alphabetical order, or `None`."""
        return None if self._allowed is None else sorted(self._allowed)

    @property
    def waiting(self) -> tuple[JSON, ...]:
        """What is not yet confirmed, oldest first."""
        return tuple(self._waiting)

    def push(self, kind: str, body: Mapping[str, Any]) -> int | None:
        """Queue an update; its number, or `None` where the bot did not ask for this kind."""
        return self.push_raw({kind: body}) if kind in self.allowed else None

    def push_raw(self, update: Mapping[str, Any]) -> int:
        """Queue anything at all under the next update number."""
        with self.changed:
            number = self._next_id
            self._next_id += 1
            self._waiting.append({"update_id": number, **update})
            self.changed.notify_all()
            return number

    def allow(self, kinds: object) -> None:
        """Store the bot's wish; an empty list means the default, unknown names are passed over."""
        if isinstance(kinds, list):
            named = frozenset(kind for kind in kinds if isinstance(kind, str)) & KINDS
            self._allowed = named or None

    def poll(self, params: Params) -> list[JSON]:
        """getUpdates: confirm what is below the offset, then wait for what is there. Raises `Refusal` 409."""
        with self.changed:
            self._refuse_under_webhook()
            self.allow(params.json("allowed_updates"))
            self._poller += 1
            self.changed.notify_all()
            self._confirm(params.integer("offset"))
            return self._wait(
                self._poller, params.integer("limit", 100, 1, 100), params.integer("timeout", 0, 0, LONGEST_WAIT)
            )

    def confirm_up_to(self, update_id: int) -> None:
        """Forget everything up to and including this update."""
        with self.changed:
            self._confirm(update_id + 1)
            self.changed.notify_all()

    def drop(self) -> None:
        """Forget everything that waits."""
        with self.changed:
            self._waiting.clear()

    def end_polls(self, words: str) -> None:
        """End a waiting getUpdates with a 409 and these words."""
        with self.changed:
            self._ended_with = words
            self._poller += 1
            self.changed.notify_all()

    def _refuse_under_webhook(self) -> None:
        if self.webhook_url:
            raise Refusal(409, _WEBHOOK)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self._waiting = self._waiting[offset:]
        elif offset > 0:
            self._waiting = [update for update in self._waiting if update["update_id"] >= offset]

    def _wait(self, poller: int, limit: int, timeout: int) -> list[JSON]:
        until = time.monotonic() + timeout
        self._ended_with = _OTHER_POLLER
        while not self._waiting and not self.closed and (left := until - time.monotonic()) > 0:
            self.changed.wait(left)
            if poller != self._poller:
                raise Refusal(409, self._ended_with)
        return self._waiting[:limit]
