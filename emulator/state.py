"""Everything the emulated Telegram remembers, behind one lock, and what the people's side sees of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from emulator.params import JSON, Params, bad
from emulator.records import ChatState, Message, User
from emulator.updates import Updates, wait_until

LIFETIMES = {"press": 60.0, "inline": 10.0, "guest": 60.0}  # seconds; reported by bots' authors, written nowhere
QueryKind = Literal["press", "inline", "guest"]


@dataclass(frozen=True, slots=True)
class Switches:
    """What a bot's owner sets at BotFather."""

    reads_groups: bool = False
    inline: bool = True
    guest: bool = True


@dataclass(frozen=True, slots=True)
class Altered:
    """A text that Telegram did not keep as it was sent, or whose formatting it would have mended, and the text as kept."""

    method: str
    sent: str
    kept: str


@dataclass(frozen=True, slots=True)
class Card:
    """One result of an inline query, as a person sees it in the list; `message` is what would be sent."""

    id: str
    title: str
    description: str
    message: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The text that would be sent."""
        return str(self.message["text"])


@dataclass(slots=True)
class Query:
    """A press, an inline query or a guest's question that waits for the bot's answer until `until` (monotonic).

    `answer` is what the bot answered so far: of a press what answerCallbackQuery says, such as `text`.
    """

    id: str
    kind: QueryKind
    sender: User
    until: float
    changed: threading.Condition
    chat_id: int | None = None
    text: str = ""
    answer: Mapping[str, Any] | None = None

    def wait(self, timeout: float = 60.0) -> Mapping[str, Any]:
        """What the bot answered. Raises `TimeoutError`: the button keeps spinning, the list of results stays empty."""
        missing = f"the {self.kind} query of {self.sender.first_name} was not answered"
        wait_until(self.changed, lambda: self.answer is not None, timeout, lambda: missing)
        return self.answer or {}

    def cards(self, timeout: float = 60.0) -> tuple[Card, ...]:
        """The results of an inline query, in the bot's order."""
        results = self.wait(timeout)["results"]
        return tuple(Card(each["id"], each["title"], each.get("description", ""), each["message"]) for each in results)


@dataclass(slots=True)
class State:
    """The state of the emulator; whoever reads or changes it holds `changed`. `version` grows with each change."""

    token: str
    bot: User
    switches: Switches
    changed: threading.Condition = field(default_factory=lambda: threading.Condition(threading.RLock()))
    updates: Updates = field(init=False)
    chats: dict[int, ChatState] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[JSON]] = field(default_factory=dict)
    profile: dict[tuple[str, str], str] = field(default_factory=dict)
    webhook_secret: str = ""
    altered: list[Altered] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # path and content of what people sent
    version: int = 0
    _cache: dict[tuple[str, int | None], tuple[float, Mapping[str, Any]]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _query_ids: Iterator[int] = field(default_factory=lambda: count(4_000_000_000_000_001))

    def __post_init__(self) -> None:
        self.updates = Updates(self.changed)

    def add_user(self, user: User) -> User:
        """Add a person or a bot."""
        self.users[user.id] = user
        return user

    def add_chat(self, chat: ChatState) -> ChatState:
        """Add a chat."""
        self.chats[chat.id] = chat
        self.notify()
        return chat

    def notify(self) -> None:
        """Wake everybody who waits for a change."""
        with self.changed:
            self.version += 1
            self.changed.notify_all()

    def next_message_id(self, chat: ChatState) -> int:
        """The next message's number: supergroups count for themselves, all other chats together."""
        if chat.kind == "supergroup":
            return max(chat.messages, default=max(chat.topics, default=0)) + 1
        return next(self._numbers)

    def keep(self, message: Message) -> Message:
        """Store a message, new or changed, and tell everybody who waits."""
        with self.changed:
            self.chats[message.chat_id].messages[message.id] = message
            self.notify()
        return message

    def chat_of(self, params: Params) -> ChatState:
        """The chat that a call means. Raises `ApiError` for one that is unknown to the bot."""
        if not params.get("chat_id"):
            raise bad("chat_id is empty")
        chat = self.chats.get(params.integer("chat_id"))
        if chat is None or not chat.is_known:
            raise bad("chat not found")
        return chat

    def ask(self, kind: QueryKind, sender: User, chat: ChatState | None = None, *, text: str = "") -> Query:
        """Remember a question to the bot until it is answered."""
        until = time.monotonic() + LIFETIMES[kind]
        chat_id = chat.id if chat else None
        query = Query(str(next(self._query_ids)), kind, sender, until, self.changed, chat_id, text)
        self.queries[query.id] = query
        return query

    def settle(self, query: Query, answer: Mapping[str, Any]) -> None:
        """Give a question its answer."""
        query.answer = answer
        self.notify()

    def remember(self, query: Query, answer: Mapping[str, Any]) -> None:
        """Keep an inline answer for as long, and for as many people, as the bot said."""
        who = query.sender.id if answer["is_personal"] else None
        self._cache[query.text, who] = (time.monotonic() + answer["cache_time"], answer)

    def remembered(self, sender: User, text: str) -> Mapping[str, Any] | None:
        """What Telegram itself answers to an inline query because it was asked before."""
        for who in (sender.id, None):
            until, answer = self._cache.get((text, who), (0.0, {}))
            if until > time.monotonic():
                return answer
        return None

    def now(self) -> int:
        """The time, as messages carry it."""
        return int(time.time())

    def new_message(self, chat: ChatState, sender: User, content: Mapping[str, Any]) -> JSON:
        """A message that is not yet in the chat."""
        raw = {"message_id": self.next_message_id(chat), "from": sender.json(), "chat": chat.json(), "date": self.now()}
        return raw | dict(content)


TYPING_SHOWS = 5.0  # seconds


def seen(state: State) -> JSON:
    """Everything that a page shows; `version` says of when it is."""
    with state.changed:
        chats = [_chat(state, chat) for chat in state.chats.values()]
        bot = state.bot.json() | {"description": state.profile.get(("description", ""), "")}
        return {"version": state.version, "bot": bot, "chats": chats}


def seen_message(message: Message) -> JSON:
    """A message, how often it was edited, and what its client is to show below the chat."""
    return {**message.raw, "edits": len(message.earlier), "prompt": message.prompt}


def _chat(state: State, chat: ChatState) -> JSON:
    messages = [seen_message(message) for _, message in sorted(chat.messages.items()) if not message.deleted]
    people = [person.json() for person in chat.members.values()]
    typing = time.monotonic() - chat.typed_at < TYPING_SHOWS and bool(chat.typing)
    reads_all = state.switches.reads_groups or chat.bot_status == "administrator"
    shown = {"people": people, "typing": typing, "commands": _menu(state, chat), "reads_all": reads_all}
    return {**chat.json(), **shown, "messages": messages}


def _menu(state: State, chat: ChatState) -> list[JSON]:
    """The commands of the narrowest scope that has any, in the first person's language before the default."""
    kind = "all_private_chats" if chat.kind == "private" else "all_group_chats"
    language = next((person.language or "" for person in chat.members.values()), "")
    for scope in (kind, "default"):
        for spoken in (language, ""):
            if state.commands.get((scope, spoken)):
                return state.commands[scope, spoken]
    return []
