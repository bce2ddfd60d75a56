"""Requests → replies, off the event loop; answers are remembered for the buttons under them.

A search that fails gets an apology as its answer, and a line in the log.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TypeVar

from bot import conversation, listings, strings
from bot.exchange import Reply, Request
from bot.indexes import Served
from bot.intents import LISTINGS
from bot.lifecycle import Workers
from bot.message import Message
from bot.state import AnswerRecord, Recent, State
from bot.views import replies
from bot.views.answers import GivenAnswer
from bot.views.buttons import Offers
from retrieval import Answer, BylineError, Index

T = TypeVar("T")

_REMEMBERED = 1_000  # first pages, in memory

_log = logging.getLogger(__name__)


class Search:
    """Answers requests from collections, off the event loop; the memory of Telegram's chats."""

    def __init__(
        self, collections: Mapping[str, Index], state: State, workers: Workers, *, share: Callable[[], bool]
    ) -> None:
        """`collections` are there by name, the one that answers where none is chosen first. `share` says whether passages can
        be shared, which is known once the bot is connected."""
        self._share = share
        self._first: Recent[str, Message] = Recent(_REMEMBERED)
        self.served = {name: Served(each, self._first.clear) for name, each in collections.items()}
        self.collections = tuple(self.served)
        self.state = state
        self.kept_days = state.kept_days if state.keeps_words else None
        self.votes_days = state.kept_days if state.collecting != "off" else None
        self._workers = workers

    async def chosen(self, chat: int) -> str:
        """The name of the collection that answers in a chat; `""` where it has not chosen among several."""
        name = await asyncio.wrap_future(self.state.chosen(chat)) if len(self.served) > 1 else None
        return name if name in self.served else ""

    def collection(self, name: str) -> Index:
        """The collection of this name, else the one that answers where none is chosen."""
        return self.served[name if name in self.served else self.collections[0]].collection

    def collection_name(self, record: AnswerRecord | None, chosen: str) -> str:
        """The name of the collection that a remembered answer is of, else the chosen one."""
        names = [chosen or self.collections[0], *self.served]
        if record is None or len(self.served) == 1:
            return names[0]
        return next((name for name in names if GivenAnswer(record, self.collection(name)).is_known), names[0])

    @property
    def offers(self) -> Offers:
        """Which buttons stand under answers."""
        return Offers(votes=self.state.collecting != "off", share=self._share())

    def keep(self, record: AnswerRecord) -> str:
        """Remember an answer, in the ledger too where nothing answers; its key."""
        key = self.state.keep(record)
        if record.verdict == "nothing":
            self.state.record(key, record)
        return key

    def recall(self, key: str) -> AnswerRecord | None:
        """The answer of a key, if it is remembered; waits for the disk, so not for the event loop."""
        return self.state.recall(key).result()

    async def respond(self, request: Request, sign: AbstractAsyncContextManager[None] | None = None) -> Reply:
        """The reply to a request, or that it failed; `sign` is entered while a search runs. Only a search waits for others."""
        started, collection = time.monotonic(), self.collection(request.collection)

        def work() -> Reply:
            return conversation.respond(request, collection, self)

        at_once = conversation.at_once(request)
        running = self._workers.run_unqueued(work) if at_once else self._workers.run(work, sign or nullcontext())
        reply = await self._outcome(running)
        if reply is None:
            return Reply((replies.say(strings.FAILED),))
        if reply.messages:
            _log_request(conversation.kind(request), reply.verdict, started)
        if reply.key != request.follows:
            self._first[reply.key] = reply.messages[0]
        return reply

    def page(self, record: AnswerRecord, key: str, number: int, name: str) -> Message | None:
        """A page of a remembered answer or list of a collection, the first being 0, as it was given if that is not long ago.

        Made anew it lacks what was said above it of the question, which is kept nowhere.
        """
        if number == 0 and key in self._first:
            return self._first[key]
        answer = GivenAnswer(record, self.collection(name), key, self.offers)
        page = listings.page(answer, number) if record.verdict in LISTINGS else answer.page(number)
        return replies.of_collection(name, page) if page and len(self.served) > 1 else page

    async def sources(self, data: str, name: str) -> Message | None:
        """The page of the list of a collection's articles that a button's data asks for, if it does."""
        served = self.collection(name)
        return await self._workers.run_unqueued(
            lambda: replies.sources_page(data, served.articles, map(served.taken_in, served.articles))
        )

    async def passages(self, question: str, k: int, name: str) -> Answer | None:
        """The `k` passages of a collection that answer best; `None` where the search failed."""
        started = time.monotonic()
        search = self._workers.run(lambda: self.collection(name).ask(question, k), nullcontext())
        answer = await self._outcome(search)
        if answer is not None:
            _log_request("inline query", answer.verdict, started)
        return answer

    @staticmethod
    async def _outcome(work: Awaitable[T]) -> T | None:
        """The result of work; `None` where it failed."""
        try:
            return await work
        except BylineError as error:  # what an engine or a damaged index lacks
            _log.error("%s", error)
            return None
        except Exception:
            _log.exception("a question could not be answered")
            return None


def _log_request(kind: str, verdict: str, started: float) -> None:
    """The operator's line on a request that was answered: never its text, nor a number of a person or a chat."""
    _log.info("%s: %s in %.2f s", kind, verdict, time.monotonic() - started)
