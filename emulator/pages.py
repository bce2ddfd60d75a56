"""The demo's web page: its few files, and beside them the people's side of the chats; nothing for other hosts.

The page loads nothing from outside, and its browser is told so: a strict content security policy goes with every file.
"""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from emulator.control import Control
from emulator.loopback import is_addressed
from emulator.server import Answer, Request

if TYPE_CHECKING:
    from emulator.botapi import BotApi

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_plain = partial(Answer, content_type="text/plain; charset=utf-8", headers=HEADERS)


class Site:
    """Answers requests for the page's files and for `Control`; `BotApi(pages=Site)` mounts it."""

    def __init__(self, api: BotApi):
        self._control = Control(api)
        self._files = page_files()

    def __call__(self, request: Request) -> Answer | None:
        """Answer one request, if it is for here."""
        if not is_addressed(request.headers):
            return _plain(HTTPStatus.FORBIDDEN, b"this page is for this machine alone\n")
        path = urlsplit(request.path).path
        name = path.removeprefix("/") or "index.html"
        if name not in self._files:
            return self._control(request) or _plain(HTTPStatus.NOT_FOUND, b"there is no such page\n")
        if request.verb != "GET":
            return _plain(HTTPStatus.METHOD_NOT_ALLOWED, b"this can only be read\n")
        return Answer(HTTPStatus.OK, self._files[name], _TYPES[name.rpartition(".")[2]], headers=HEADERS)


def page_files() -> dict[str, bytes]:
    """The page's files by name, as they are served."""
    folder = files("emulator").joinpath("page")
    found = {entry.name: entry for entry in folder.iterdir() if entry.name.rpartition(".")[2] in _TYPES}
    return {name: entry.read_bytes() for name, entry in found.items()}
