"""Updates at work: each is wiped from the inbox once it is handled; at the end they are given some time, and then kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.telegram.inbox import Delivery

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine

    from bot.telegram.inbox import Inbox


class Intake(BaseUpdateProcessor):
    """Handles many updates at a time."""

    __slots__ = ("_at_work", "_closing", "_inbox")

    def __init__(self, inbox: Inbox, most: int) -> None:
        super().__init__(most)
        self._inbox = inbox
        self._at_work: set[asyncio.Task[Any]] = set()
        self._closing = False

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle an update; one that is not finished stays in the inbox for the next start."""
        if self._closing or not isinstance(update, Update):
            cast("Coroutine[Any, Any, None]", coroutine).close()
            return
        with Delivery(self._inbox, update).under_way():
            task = asyncio.ensure_future(coroutine)
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
            await task

    async def initialize(self) -> None:
        """Nothing is to be done."""

    async def shutdown(self) -> None:
        """Nothing is to be done."""

    async def close(self, grace: float) -> bool:
        """Begin no more updates, and give those at work `grace` seconds; whether all of them were finished."""
        self._closing = True
        if not self._at_work:
            return True
        _, late = await asyncio.wait(self._at_work, timeout=grace)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=1)
        return not late
