"""A log line for each search: its kind, its verdict, and the time it took; never a text, a number of a person or a key."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from bot.views.replies import Collection
    from retrieval import Answer, QuoteCheck

_log = logging.getLogger(__name__)


def logged(collection: Collection) -> Collection:
    """The same collection, whose searches are logged at INFO."""
    return cast("Collection", _Logged(collection))


class _Logged:
    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)

    def ask(self, question: str, k: int = 3, **limits: Any) -> Answer:
        started = time.monotonic()
        answer = self._collection.ask(question, k, **limits)
        _log.info("question: %s in %.2f s", answer.verdict, time.monotonic() - started)
        return answer

    def check(self, quote: str, speaker: str | None = None) -> QuoteCheck:
        started = time.monotonic()
        check = self._collection.check(quote, speaker)
        _log.info("quote: %s in %.2f s", check.status, time.monotonic() - started)
        return check
