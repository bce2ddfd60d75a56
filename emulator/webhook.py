"""Updates that come to the bot instead of being fetched: setWebhook and the delivery of each update, with retries.

Any address is taken: which ones Telegram takes, the bot's settings check.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from http.client import HTTPException

from emulator.params import JSON, Params
from emulator.state import State

PATIENCE = 10.0
_PAUSES = (0.2, 0.5, 1.0, 2.0)


def set_webhook(state: State, params: Params) -> bool:
    """setWebhook; an empty address means deleteWebhook."""
    url = params.get("url", "").strip()
    if not url:
        return delete_webhook(state, params)
    state.updates.allow(params.json("allowed_updates"))
    state.webhook_secret = params.get("secret_token", "")
    state.updates.webhook_url = url
    state.updates.end_polls()
    return True


def delete_webhook(state: State, params: Params) -> bool:
    """deleteWebhook."""
    del params
    state.updates.webhook_url = ""
    return True


class Delivery:
    """Brings each waiting update to the webhook, one after the other, until it is taken."""

    def __init__(self, state: State):
        self._state = state
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name="webhook")
        self._thread.start()

    def join(self) -> None:
        """Wait for the end, once the updates are closed."""
        self._thread.join()

    def _run(self) -> None:
        while (update := self._next()) is not None:
            if self._is_taken(update):
                self._failures = 0
                self._state.updates.confirm_up_to(update["update_id"])
            else:
                self._pause()

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

    def _pause(self) -> None:
        """Wait before the next try, longer from failure to failure, or until the updates are closed."""
        until = time.monotonic() + _PAUSES[min(self._failures, len(_PAUSES) - 1)]
        self._failures += 1
        with self._state.changed:
            while not self._state.updates.closed and (left := until - time.monotonic()) > 0:
                self._state.changed.wait(left)
