"""The unmodified bot without an account: on an emulated Telegram in this process, with a chat in a local web page.

Two people talk to it: Ana in a chat of her own, and Ana and Ben in a group.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.settings import Settings
from bot.telegram import application
from emulator import BotApi
from emulator.control import Site
from retrieval import BylineError, Index

_BOT_NUMBER = 1_000_000_003


class DemoError(BylineError):
    """The page cannot be served."""


def run(settings: Settings, port: int, load: Callable[[], Mapping[str, Index]], tell: Callable[[str], None]) -> None:
    """Serve the page until a signal ends it; `load` gives the collections once the port is known to be free.

    The page's address goes to `tell`. Raises `DemoError` where the port is taken.
    """
    with emulated(port) as api, TemporaryDirectory(prefix="byline-demo-") as state:
        collections = load()
        tell(f"open {api.root}/ in a browser of this machine; Ctrl-C ends the demo")
        demo_settings = replace(settings, token=api.token, api_root=api.root, state_dir=Path(state))
        application.serve(demo_settings, collections)


@contextmanager
def emulated(port: int) -> Iterator[BotApi]:
    """The emulated Telegram with its page and its people; its token is new each time, and opens nothing else.

    `port` 0 takes a free one. Raises `DemoError` where the port is taken.
    """
    try:
        api = BotApi(f"{_BOT_NUMBER}:{secrets.token_urlsafe(26)}", port=port, pages=Site)
    except OSError as error:
        raise DemoError(
            f"port {port} of this machine cannot be used ({error.strerror or type(error).__name__}): "
            f"end what listens there, or choose another one: make demo PORT={port % 65535 + 1}, or byline demo --port {port % 65535 + 1}"
        ) from None
    with api:
        ana, ben = api.user("Ana"), api.user("Ben")
        api.private(ana, started=False)
        api.group("Newsroom", ana, ben)
        yield api
