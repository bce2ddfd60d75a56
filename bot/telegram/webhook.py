"""Telegram's updates as it delivers them: a small HTTP server behind the operator's TLS, instead of polling.

The path and the secret are new at each start and in no log. What cannot be parsed is acknowledged: else Telegram
would deliver it again and again, before all later updates. The only module that uses tornado.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from telegram import Bot, Update
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot.database import StateError
from bot.settings import Listening
from bot.telegram.inbox import Inbox
from bot.telegram.polling import persist
from bot.telegram.queueing import origin
from retrieval import BylineError

_log = logging.getLogger(__name__)
_LARGEST = 1 << 20  # bytes of an update
_BEAT = 10.0  # seconds between two heartbeats
_PAUSE = 5.0  # seconds between tries to tell Telegram the address
_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class ListenError(BylineError):
    """The address cannot be listened at."""


class Webhook:
    """Stores delivered updates in the inbox until it is cancelled; an update is acknowledged when it is stored."""

    def __init__(self, bot: Bot, inbox: Inbox, allowed: Sequence[str], beat: Callable[[], None], at: Listening) -> None:
        """`beat` is called every now and then while updates can be delivered."""
        self._bot = bot
        self._beat = beat
        self._allowed = list(allowed)
        self._at = at
        self._path, self._secret = f"/{secrets.token_urlsafe(24)}", secrets.token_urlsafe(32)
        parts = {"bot": bot, "inbox": inbox, "secret": self._secret}
        application = Application([(self._path, _Delivery, parts)], log_function=lambda _: None)
        self._server = HTTPServer(application, max_body_size=_LARGEST, max_buffer_size=2 * _LARGEST)

    async def run(self) -> None:
        """Listen for ever. Raises `ListenError` where the port is taken, `InvalidToken` for a token that is unknown."""
        try:
            self._server.listen(self._at.port, self._at.host)
        except OSError as error:
            raise ListenError(
                f"{self._at.host}:{self._at.port} cannot be listened at ({error.strerror}): end what listens there, "
                "or set WEBHOOK_LISTEN to another address"
            ) from None
        tell = partial(
            self._bot.set_webhook,
            f"{self._at.url}{self._path}",
            secret_token=self._secret,
            allowed_updates=self._allowed,
        )
        await persist(tell, f"Telegram does not take the address {self._at.url}", (_PAUSE,))
        self._beat()
        _log.info("updates are delivered to %s:%s", self._at.host, self._at.port)
        try:
            while True:
                await asyncio.sleep(_BEAT)
                self._beat()
        finally:
            self._server.stop()  # Telegram keeps what comes until the next start

    async def close(self) -> None:
        """Do nothing: what was acknowledged is in the inbox."""


class _Delivery(RequestHandler):
    def initialize(self, bot: Bot, inbox: Inbox, secret: str) -> None:
        self._bot, self._inbox, self._secret = bot, inbox, secret

    async def post(self) -> None:
        """Store one update, or drop it where too many of its person wait; 403 where the secret is not Telegram's."""
        secret = self.request.headers.get(_HEADER, "")
        if not hmac.compare_digest(secret.encode("utf-8", "replace"), self._secret.encode()):
            self.set_status(403)
            return
        update = self._parsed()
        if update is None:
            return
        try:
            await self._inbox.take([update])
        except StateError as error:
            _log.warning("%s; Telegram delivers it again", error)
            self.set_status(503)

    def _parsed(self) -> Update | None:
        try:
            content = json.loads(self.request.body)
            (admitted,) = self._inbox.admission.admitted([origin(content)])
            return Update.de_json(content, self._bot) if admitted else None
        except Exception:  # whatever it is that the parser trips over
            _log.warning("an update that was delivered cannot be parsed and is skipped")
            return None

    def write_error(self, status_code: int, **_: Any) -> None:
        """Answer with the status alone."""
        self.set_status(status_code)
        self.finish()
