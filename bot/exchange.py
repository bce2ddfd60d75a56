"""One request: what a front end hands in (`Request`), what it gets back (`Reply`), and what a rule may use (`Exchange`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, Protocol

from bot import strings
from bot.intents import Intent, intent
from bot.message import Message
from bot.state import AnswerRecord
from bot.views import answers, replies
from bot.views.answers import GivenAnswer
from bot.views.buttons import Offers
from bot.views.quotes import since_changed
from retrieval import Answer, Hit, Index


@dataclass(frozen=True, slots=True)
class FrontEnd:
    """Where a request comes from. `name` is the bot's on Telegram, `None` elsewhere; the rest is what it can do there.

    A guest is somebody in a chat that the bot is not in: it gets one message, and no press of theirs reaches the bot.
    """

    kind: Literal["private", "group", "guest", "terminal"]
    name: str | None = None
    reads_groups: bool = False
    inline: bool = False

    @property
    def buttons(self) -> bool:
        """Whether pressed buttons reach the bot."""
        return self.kind in {"private", "group"}


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks, in the language of the running task.

    `text` is cleaned; of a command it is what follows the command. `follows` is the key of the answer that it replies
    to, else of the last one in the chat, `""` for none. `offered` says that the text is that of a button. `collection` is
    the name of the one that the chat has chosen, `""` for none.
    """

    text: str
    front_end: FrontEnd
    command: str | None = None
    follows: str = ""
    forwarded: bool = False
    offered: bool = False
    collection: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said; `key` is that of the answer in it, which the next request may follow, `""` for none.

    `verdict` is that of the answer, of the quote's check, or the kind of the list; `"said"` for everything else. `chosen` is
    the name of the collection that the chat has chosen with it, `""` for none.
    """

    messages: tuple[Message, ...]
    key: str = ""
    verdict: str = "said"
    chosen: str = ""


class Memory(Protocol):
    """What a front end remembers of its answers, and which collections it has.

    `collections` are their names; the first one answers where no other is chosen. `kept_days` says how long the operator
    keeps the words of questions, `votes_days` how long votes, and that a question has no answer; `None` where they are
    not kept.
    """

    collections: tuple[str, ...]
    kept_days: int | None
    votes_days: int | None

    @property
    def offers(self) -> Offers:
        """Which buttons stand under answers."""

    def keep(self, record: AnswerRecord) -> str:
        """Remember an answer; its key."""

    def recall(self, key: str) -> AnswerRecord | None:
        """The answer of a key, if it is remembered."""


@dataclass(frozen=True)
class Exchange:
    """A request, the collection that answers it, and what is remembered of earlier answers."""

    request: Request
    collection: Index
    memory: Memory

    @cached_property
    def intent(self) -> Intent:
        """What the text wants; a forwarded text is always a question."""
        return "question" if self.request.forwarded else intent(self.request.text)

    @cached_property
    def followed(self) -> GivenAnswer | None:
        """The answer that the request follows, where it has a passage."""
        return GivenAnswer(self._record, self.collection) if self._record and self._record.places else None

    @cached_property
    def unanswered(self) -> bool:
        """Whether the request follows a question to which the articles had no answer."""
        return self._record is not None and not self._record.places

    @cached_property
    def _record(self) -> AnswerRecord | None:
        return self.memory.recall(self.request.follows) if self.request.follows else None

    @cached_property
    def hit(self) -> Hit | None:
        """The first passage of the answer that the request follows, where the collection still has it."""
        return self.followed.hit(0) if self.followed else None

    @property
    def question(self) -> str:
        """The question that the followed answer is to; `""` where its words are not kept."""
        return (self.followed and self.followed.record.question) or ""

    @property
    def nearby(self) -> bool:
        """Whether the followed passages only come near their question."""
        return self.followed is not None and self.followed.record.verdict == "related"

    @property
    def several(self) -> bool:
        """Whether a chat can choose among collections."""
        return len(self.memory.collections) > 1

    @cached_property
    def outdated(self) -> Reply | None:
        """A reply on how the article of the followed answer's first passage has changed since; `None` where it has not."""
        changed = self.followed.corrections([0]) if self.followed and not self.hit else []
        return Reply((Message(since_changed(changed)),), self.request.follows) if changed else None

    def say(self, sentence: str) -> Reply:
        """One of `bot.strings`, in the language of the running task."""
        return Reply((replies.say(sentence),))

    def ask(self, question: str, *, searched: str | None = None, **limits: Any) -> Reply:
        """The answer to a question; `searched` is shown above it where it differs from what was written."""
        return self.show(self.collection.ask(question, answers.K, **limits), searched)

    def show(self, answer: Answer, searched: str | None = None, label: str = strings.SEARCHED) -> Reply:
        """Remember an answer, for its buttons and for follow-ups, and show it; `label` stands before what was `searched`."""
        if searched:
            answer = replace(answer, searched=answer.searched or searched)
        if self.request.front_end.kind == "guest":
            return Reply((answers.first(answer, self.collection, searched=label),), verdict=answer.verdict)
        record = answers.record(answer)
        key = self.memory.keep(record)
        offers = self.memory.offers if self.request.front_end.buttons else None
        place = GivenAnswer(record, self.collection, key, offers).place(0)
        asked = self.request.text if self.request.offered else None
        first = answers.first(answer, self.collection, place, asked=asked, searched=label)
        return Reply((first,), key, answer.verdict)
