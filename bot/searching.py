"""Requests → replies, off the event loop; what is found is remembered for the buttons under it.

A search that fails is an answer too, and the operator's line.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from bot import conversation, strings
from bot.exchange import Reply
from bot.intents import LISTINGS
from bot.recent import Recent
from bot.translation import tr
from bot.views import answers, lists, replies
from bot.views.buttons import Offers

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from bot.exchange import Request
    from bot.message import Message
    from bot.state import Shown, State
    from bot.views.replies import Collection
    from retrieval import Answer

T = TypeVar("T")

_REMEMBERED = 1_000  # first pages, in memory

_log = logging.getLogger(__name__)


class Search:
    """Answers requests from a collection in an executor; the memory of Telegram's chats."""

    def __init__(
        self,
        collection: Collection,
        state: State,
        executor: Executor,
        *,
        share: Callable[[], bool],
        kept_days: int | None = None,
    ) -> None:
        """`share` says whether passages can be shared, which is known once the bot is connected."""
        self._share = share
        self._first: Recent[str, Message] = Recent(_REMEMBERED)
        self.collection = collection
        self.state = state
        self._executor = executor
        self._kept_days = kept_days

    @property
    def offers(self) -> Offers:
        """What stands under answers."""
        return Offers(votes=self.state.collecting != "off", share=self._share())

    @property
    def kept_days(self) -> int | None:
        """How long the words of questions are kept; `None` where they are not."""
        return self._kept_days if self.state.collecting == "questions" else None

    def keep(self, shown: Shown) -> str:
        """Remember an answer, in the ledger too where nothing answers; its key."""
        key = self.state.keep(shown)
        if shown.verdict == "nothing":
            self.state.record(key, shown, datetime.now(UTC).date().isoformat())
        return key

    def shown(self, key: str) -> Shown | None:
        """The answer of a key, if it is remembered."""
        return self.state.shown(key)

    def respond_at_once(self, request: Request) -> Reply:
        """The reply to a request that needs no search."""
        started = time.monotonic()
        reply = conversation.respond(request, self.collection, self)
        if reply.messages:
            _note(conversation.kind(request), reply.verdict, started)
        return reply

    async def respond(self, request: Request) -> Reply:
        """The reply to any request; that it failed, where it did."""
        started = time.monotonic()
        reply = await self._off_the_loop(lambda: conversation.respond(request, self.collection, self))
        if reply is None:
            return Reply((replies.say(tr(strings.FAILED)),))
        _note(conversation.kind(request), reply.verdict, started)
        if reply.key != request.follows:
            self._first[reply.key] = reply.messages[0]
        return reply

    def page(self, shown: Shown, key: str, number: int) -> Message | None:
        """A page of a remembered answer or list, the first being 0, as it was given if that is not long ago.

        Made anew it lacks what was said above it of the question, which is kept nowhere.
        """
        if number == 0 and key in self._first:
            return self._first[key]
        if shown.verdict in LISTINGS:
            return lists.page(shown, self.collection, key, number)
        return answers.page(shown, self.collection, key, number, self.offers)

    async def found(self, question: str, k: int) -> Answer | None:
        """The `k` passages that answer best; `None` where the search failed."""
        started = time.monotonic()
        answer = await self._off_the_loop(lambda: self.collection.ask(question, k))
        if answer is not None:
            _note("inline query", answer.verdict, started)
        return answer

    async def _off_the_loop(self, work: Callable[[], T]) -> T | None:
        context = contextvars.copy_context()  # the language of the person goes with the work
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, context.run, work)
        except Exception:
            _log.exception("a question could not be answered")
            return None


def _note(kind: str, verdict: str, started: float) -> None:
    """The operator's line on a request that was answered: never its text, nor a number of a person or a chat."""
    _log.info("%s: %s in %.2f s", kind, verdict, time.monotonic() - started)
