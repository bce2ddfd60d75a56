"""Questions and quotes → replies, off the event loop; what is found is remembered for the buttons under it.

A search that fails is an answer too, and the operator's line.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from bot import strings
from bot.recent import Recent
from bot.translation import tr
from bot.views import answers, claims, quotes, replies
from bot.views.buttons import Offers

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from bot.message import Message
    from bot.state import Shown, State
    from bot.views.replies import Collection
    from retrieval import Answer

T = TypeVar("T")

_REMEMBERED = 1_000  # first pages, in memory

_log = logging.getLogger(__name__)


class Search:
    """Searches a collection in an executor."""

    def __init__(self, collection: Collection, state: State, executor: Executor, *, share: Callable[[], bool]) -> None:
        """`share` says whether passages can be shared, which is known once the bot is connected."""
        self._share = share
        self._first: Recent[str, Message] = Recent(_REMEMBERED)
        self.collection = collection
        self.state = state
        self._executor = executor

    @property
    def offers(self) -> Offers:
        """What stands under answers."""
        return Offers(votes=self.state.collecting != "off", share=self._share())

    async def answer(self, question: str, *, asked: str | None = None) -> tuple[Message, str]:
        """The answer to a question and the key of its buttons; `asked` is shown above it where nobody wrote it."""
        found = await self.found(question, answers.K)
        if found is None:
            return replies.say(tr(strings.FAILED)), ""
        shown = answers.shown(found)
        key = self.state.keep(shown)
        if found.verdict == "nothing":
            self.state.record(key, shown, datetime.now(UTC).date().isoformat())
        message = answers.first(found, self.collection, answers.place(shown, key, 0, self.offers), asked=asked)
        self._first[key] = message
        return message, key

    def page(self, shown: Shown, key: str, number: int) -> Message | None:
        """A page of a remembered answer, the first being 0, as it was given if that is not long ago.

        Made anew it lacks what was said above it of the question, which is kept nowhere.
        """
        if number == 0 and key in self._first:
            return self._first[key]
        return answers.page(shown, self.collection, key, number, self.offers)

    async def check(self, quoted: str) -> Message:
        """What became of a quote."""
        message = await self._off_the_loop(lambda: quotes.quote(quoted, self.collection))
        return message or replies.say(tr(strings.FAILED))

    async def claims(self, text: str) -> Message:
        """What the articles say to each claim of somebody's text."""
        message = await self._off_the_loop(lambda: claims.answer(text, self.collection))
        return message or replies.say(tr(strings.FAILED))

    async def found(self, question: str, k: int) -> Answer | None:
        """The `k` passages that answer best; `None` where the search failed."""
        return await self._off_the_loop(lambda: self.collection.ask(question, k))

    async def _off_the_loop(self, work: Callable[[], T]) -> T | None:
        context = contextvars.copy_context()  # the language of the person goes with the work
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, context.run, work)
        except Exception:
            _log.exception("a question could not be answered")
            return None
