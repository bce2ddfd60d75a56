"""Updates that come to the bot instead of being fetched: setWebhook and the delivery of each update, with retries.

Telegram wants HTTPS and certain ports; a server run by oneself takes plain HTTP too, and so does this one on loopback.
"""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from emulator.params import JSON, Params, bad
from emulator.state import State

PORTS = {443, 80, 88, 8443}
PATIENCE = 10.0
_PAUSES = (0.2, 0.5, 1.0, 2.0)


def set_webhook(state: State, params: Params) -> bool:
    """setWebhook; an empty address means deleteWebhook."""
    url = params.get("url", "").strip()
    if not url:
        return delete_webhook(state, params)
    _check_address(url)
    _check_secret(params.get("secret_token", ""))
    state.updates.allow(params.json("allowed_updates"))
    _drop(state, params)
    state.webhook = {
        "secret": params.get("secret_token", ""),
        "connections": params.integer("max_connections", 40, 1, 100),
    }
    state.updates.webhook_url = url
    state.updates.end_polls("terminated by setWebhook request")
    return True


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "http" and _is_loopback(parts.hostname or ""):
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _check_secret(secret: str) -> None:
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")


def _drop(state: State, params: Params) -> None:
    if params.flag("drop_pending_updates"):
        state.updates.drop()


def delete_webhook(state: State, params: Params) -> bool:
    """deleteWebhook."""
    state.updates.webhook_url, state.webhook = "", {}
    _drop(state, params)
    return True


def get_webhook_info(state: State, params: Params) -> JSON:
    """getWebhookInfo."""
    del params
    info: JSON = {"url": state.updates.webhook_url, "has_custom_certificate": False}
    info |= {"pending_update_count": len(state.updates.waiting)}
    info |= {"max_connections": state.webhook["connections"]} if state.updates.webhook_url else {}
    info |= {name: state.webhook[name] for name in ("last_error_date", "last_error_message") if name in state.webhook}
    return info | ({"allowed_updates": state.updates.asked_for} if state.updates.asked_for else {})


class Delivery:
    """Brings each waiting update to the webhook, one after the other, until it is taken.

    `carry_out` gets a method's name and parameters, where the bot answers with a call in the response's body.
    """

    def __init__(self, state: State, carry_out: Callable[[str, JSON], object]):
        self._state = state
        self._carry_out = carry_out
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name="webhook")
        self._thread.start()

    def join(self) -> None:
        """Wait for the end, once the updates are closed."""
        self._thread.join()

    def _run(self) -> None:
        while (update := self._next()) is not None:
            url, secret = self._state.updates.webhook_url, str(self._state.webhook.get("secret", ""))
            trouble = self._post(url, secret, update)
            if trouble:
                self._note(trouble)
            else:
                self._failures = 0
                self._state.updates.confirm_up_to(update["update_id"])

    def _next(self) -> JSON | None:
        """The oldest update once there is a webhook to bring it to; `None` at the end."""
        with self._state.changed:
            while not self._state.updates.closed:
                if self._state.updates.webhook_url and self._state.updates.waiting:
                    return self._state.updates.waiting[0]
                self._state.changed.wait()
        return None

    def _post(self, url: str, secret: str, update: JSON) -> str:
        """What went wrong, in Telegram's words; empty where the update was taken."""
        headers = {"Content-Type": "application/json"} | ({"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {})
        request = urllib.request.Request(url, json.dumps(update).encode(), headers)  # noqa: S310 - checked when it was set
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
                self._answer(response.read())
        except urllib.error.HTTPError as error:
            with error:
                return f"Wrong response from the webhook: {error.code} {error.reason}"
        except OSError as error:
            return f"Connection failed: {error}"
        return ""

    def _answer(self, body: bytes) -> None:
        try:
            call = json.loads(body or b"null")
        except ValueError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            self._carry_out(call["method"], call)

    def _note(self, trouble: str) -> None:
        pause = _PAUSES[min(self._failures, len(_PAUSES) - 1)]
        self._failures += 1
        until = time.monotonic() + pause
        with self._state.changed:
            self._state.webhook |= {"last_error_date": self._state.now(), "last_error_message": trouble}
            self._state.notify()
            while not self._state.updates.closed and (left := until - time.monotonic()) > 0:
                self._state.changed.wait(left)
