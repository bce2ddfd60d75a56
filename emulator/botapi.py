"""The emulated Telegram as one Python object.

with BotApi() as api:
    alice = api.user("Alice")
    chat = api.private(alice)
    chat.say("hello")
    reply = chat.wait_message()
"""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPException
from itertools import count
from typing import Any, Self

from emulator.params import JSON
from emulator.people import Chat
from emulator.records import ChatKind, ChatState, Message, User
from emulator.server import BotApiServer, Listener, OtherPages
from emulator.state import Altered, Query, State, Switches

TOKEN = "123456789:TEST-emulated-bot-api-token-000000"  # noqa: S105 - opens nothing but this emulator


class BotApi:
    """A Bot API server on loopback for one bot, and the people who talk to it.

    `port` 0 takes a free one. `pages` makes what answers requests that are no calls of the Bot API, such as `Site`. Listens
    until `close`. `root` is its address, as TELEGRAM_API_BASE_URL wants it, `calls` are all that the bot made, `faults` what
    is to go wrong. Raises `OSError` where the port is taken.
    """

    def __init__(
        self,
        token: str = TOKEN,
        *,
        port: int = 0,
        switches: Switches | None = None,
        pages: Callable[[BotApi], OtherPages] | None = None,
    ):
        bot = User(int(token.partition(":")[0]), "Byline", "byline_demo_bot", is_bot=True)
        self.token, self.bot = token, bot
        self.state = State(token, bot, switches or Switches())
        self.state.add_user(bot)
        server = BotApiServer(self.state)
        server.pages = pages(self) if pages else None
        self.calls, self.faults = server.calls, server.faults
        self._user_ids = count(1001)
        self._group_ids, self._supergroup_ids = count(-5001, -1), count(-1_002_000_000_001, -1)
        self._listener = Listener(server, port)
        self.root = self._listener.root
        self._delivery = Delivery(self.state)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving; ends waiting polls."""
        self._listener.close()
        self._delivery.join()

    @property
    def altered(self) -> tuple[Altered, ...]:
        """The texts that Telegram would not have kept as the bot sent them."""
        return tuple(self.state.altered)

    @property
    def pending(self) -> tuple[Mapping[str, Any], ...]:
        """Updates that the bot has not confirmed."""
        return self.state.updates.waiting

    def user(self, name: str, *, language: str | None = "en") -> User:
        """Add a person."""
        return self.state.add_user(User(next(self._user_ids), name, language=language))

    def private(self, person: User, *, started: bool = True) -> Chat:
        """The chat of a person with the bot; one that never `started` is unknown to the bot until somebody writes."""
        new = ChatState(person.id, "private", person.first_name, is_known=started)
        chat_state = self.state.chats.get(person.id) or self.state.add_chat(new)
        chat_state.members[person.id] = person
        return Chat(self.state, chat_state, (person,))

    def group(self, title: str, *people: User, kind: ChatKind = "supergroup", topics: Iterable[str] = ()) -> Chat:
        """A group with the bot in it; with topics it is a forum."""
        names = tuple(topics)
        number = next(self._group_ids if kind == "group" else self._supergroup_ids)
        chat_state = self.state.add_chat(ChatState(number, kind, title, forum=bool(names)))
        chat_state.members |= {person.id: person for person in people}
        chat = Chat(self.state, chat_state, people)
        for name in names:
            self._open_topic(chat, name)
        return chat

    def chat(self, number: int) -> Chat:
        """A chat that is there already."""
        chat_state = self.state.chats[number]
        return Chat(self.state, chat_state, tuple(chat_state.members.values()))

    def foreign(self, title: str, *people: User) -> Chat:
        """A group that the bot is not in."""
        chat = self.group(title, *people)
        chat.chat_state.is_known, chat.chat_state.bot_status = False, "left"
        return chat

    def _open_topic(self, chat: Chat, name: str) -> None:
        created = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        raw = self.state.new_message(chat.chat_state, chat.people[0], created)
        number = raw["message_id"]
        self.state.keep(Message(raw | {"message_thread_id": number, "is_topic_message": True}))
        chat.chat_state.topics[number] = name

    def inline(self, person: User, text: str) -> Query:
        """Let a person type after the bot's name. Telegram answers by itself what the bot let it remember."""
        with self.state.changed:
            query = self.state.ask("inline", person, text=text)
            query.answer = self.state.remembered(person, text)
            body = {"id": query.id, "from": person.json(), "query": text, "offset": "", "chat_type": "sender"}
            if query.answer is None and self.state.switches.inline:
                self.state.updates.push("inline_query", body)
            return query

    def inject(self, update: Mapping[str, Any]) -> int:
        """Queue any update at all, well formed or not; its number."""
        return self.state.updates.push_raw(update)


PATIENCE = 10.0
_PAUSE = 0.2  # seconds between tries


class Delivery:
    """Brings each waiting update to the webhook, one after the other, until it is taken."""

    def __init__(self, state: State):
        self._state = state
        self._thread = threading.Thread(target=self._run, name="webhook")
        self._thread.start()

    def join(self) -> None:
        """Wait for the end, once the updates are closed."""
        self._thread.join()

    def _run(self) -> None:
        while (update := self._next()) is not None:
            if self._is_taken(update):
                self._state.updates.confirm_up_to(update["update_id"])
            else:
                time.sleep(_PAUSE)

    def _next(self) -> JSON | None:
        """The oldest update once there is a webhook to bring it to; `None` at the end."""
        with self._state.changed:
            while not self._state.updates.closed:
                if self._state.updates.webhook_url and self._state.updates.waiting:
                    return self._state.updates.waiting[0]
                self._state.changed.wait()
        return None

    def _is_taken(self, update: JSON) -> bool:
        secret = self._state.webhook_secret
        headers = {"Content-Type": "application/json"} | ({"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {})
        body = json.dumps(update).encode()
        try:
            request = urllib.request.Request(self._state.updates.webhook_url, body, headers)  # noqa: S310 - the bot's own
            with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310
                return True
        except urllib.error.HTTPError as error:
            error.close()
        except (OSError, ValueError, HTTPException):  # nobody answers, or no address, or no HTTP
            pass
        return False
