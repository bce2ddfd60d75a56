"""Which message of the bot answers which message of a chat, so that an edited question edits its answer.

In memory and bounded: no text is kept, only numbers and a fingerprint that tells whether a question has changed.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

Key = tuple[int, int]  # chat, message


@dataclass(frozen=True, slots=True)
class Answered:
    """The bot's message and the fingerprint (`hash`, of this process alone) of the question that it answers."""

    message: int
    fingerprint: int


class AnsweredMessages:
    """The last `most` answers; the oldest is forgotten first."""

    def __init__(self, most: int = 2000) -> None:
        self._most = most
        self._found: OrderedDict[Key, Answered] = OrderedDict()

    def get(self, key: Key) -> Answered | None:
        """The answer to this message, if it is remembered."""
        return self._found.get(key)

    def put(self, key: Key, answered: Answered) -> None:
        """Remember an answer, in the place of an earlier one to the same message."""
        self._found[key] = answered
        self._found.move_to_end(key)
        if len(self._found) > self._most:
            self._found.popitem(last=False)
