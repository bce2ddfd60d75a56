"""What is sent while an update is handled, message by message, and how many updates are handled at a time.

An update is answered once its handling is over; what is cut off by the end of the process stays in the inbox.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Coroutine, Iterator
from concurrent.futures import wait
from contextlib import AbstractAsyncContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.telegram.inbox import Inbox, Stage

_log = logging.getLogger(__name__)
_AT_ONCE = 1 << 20  # updates at work or waiting for their chat's turn; the inbox bounds how many those are
_CANCEL = 0.3  # seconds that a cancelled update may take
_WIPE = 2.0  # seconds that the disk may take where the process is about to end
_delivery: ContextVar[Delivery | None] = ContextVar("delivery", default=None)


@dataclass(slots=True)
class AnswerPart:
    """One message of an answer; `question` is the number of the message that it answers, and `date` that message's date.

    `at_once` says that it needed no search.
    """

    inbox: Inbox
    update: int
    number: int
    question: int | None
    date: datetime | None
    at_once: bool

    async def stage(self) -> tuple[Stage, int | None]:
        """As `Inbox.stage`."""
        return await self.inbox.stage(self.update, self.number)

    async def mark(self, stage: Stage, message: int | None = None) -> None:
        """As `Inbox.mark`."""
        await self.inbox.mark(self.update, self.number, stage, message)


class Delivery:
    """What is sent while an update is handled, message by message, in the order in which it is always sent."""

    def __init__(self, inbox: Inbox, update: Update) -> None:
        self.unanswered = self.at_once = False
        self._inbox = inbox
        self._number = update.update_id
        asked = update.message or update.edited_message
        self._asked = (asked.message_id, asked.date) if asked else (None, None)
        self._parts = 0

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Count what is sent inside as its messages; afterwards the update is answered, unless something set `unanswered`."""
        token = _delivery.set(self)
        try:
            yield
        finally:
            _delivery.reset(token)
        if not self.unanswered:
            self._inbox.answered(self._number)

    @property
    def exceeds(self) -> bool:
        """Whether its update is one more than may wait of a person or a group."""
        return self._inbox.admission.exceeds(self._number)

    def at_work(self) -> AbstractAsyncContextManager[None]:
        """As `Inbox.at_work`."""
        return self._inbox.at_work(self._number)

    def next(self) -> AnswerPart:
        """The next message of the answer."""
        self._parts += 1
        question, date = self._asked
        return AnswerPart(self._inbox, self._number, self._parts, question, date, self.at_once)


class UpdateProcessor(BaseUpdateProcessor):
    """Handles many updates at a time; each is wiped from the inbox once it is handled. At the end they are given some time."""

    __slots__ = ("_at_work", "_closing", "_inbox")

    def __init__(self, inbox: Inbox) -> None:
        super().__init__(_AT_ONCE)
        self._inbox = inbox
        self._at_work: dict[asyncio.Task[Any], int] = {}
        self._closing = False

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle an update; one that is not finished stays in the inbox for the next start."""
        if self._closing or not isinstance(update, Update):
            cast("Coroutine[Any, Any, None]", coroutine).close()
            return
        with Delivery(self._inbox, update).under_way():
            task = asyncio.ensure_future(coroutine)
            self._at_work[task] = update.update_id
            task.add_done_callback(self._at_work.pop)
            await task
        await self._inbox.refill()

    def put_aside(self, task: asyncio.Task[Any]) -> None:
        """Wipe the update that a hanging task handles, so that it does not hang the next start too; from any thread."""
        number = self._at_work.get(task)
        if number is None:
            return
        _log.critical("update %s hangs the bot: it is put aside", number)
        wiped = self._inbox.answered(number)
        if wiped:
            wait([wiped], timeout=_WIPE)

    async def initialize(self) -> None:
        """Nothing is to be done."""

    async def shutdown(self) -> None:
        """Nothing is to be done."""

    async def close(self, grace: float) -> bool:
        """Begin no more updates, and give those at work `grace` seconds; whether all of them were finished."""
        self._closing = True
        if not self._at_work:
            return True
        _, unfinished = await asyncio.wait(self._at_work, timeout=grace)
        for task in unfinished:
            task.cancel()
        if unfinished:
            await asyncio.wait(unfinished, timeout=_CANCEL)
        return not unfinished


def current() -> Delivery | None:
    """The delivery under way where this is called."""
    return _delivery.get()


def too_many() -> bool:
    """Whether the update under way is one more than may wait of its person or group."""
    delivery = current()
    return delivery is not None and delivery.exceeds
