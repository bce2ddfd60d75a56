"""HTTP on loopback: requests to `/bot<token>/METHOD` become calls on the emulated Telegram, each logged.

`/bot<token>/test/METHOD` is the same. Connections stay open, answers go out in one piece, and a planned fault may drop
them. A connection that brings a body of more than 4 MiB is dropped.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from emulator import messages, profile
from emulator.params import DROPPED, Answer, ApiError, Params, json_answer, read_params
from emulator.state import State
from emulator.updates import Call, CallLog, Fault, FaultPlan

Method = Callable[[State, Params], Any]
METHODS: dict[str, Method] = {
    "getMe": profile.get_me,
    "getUpdates": lambda state, params: state.updates.poll(params),
    "setWebhook": profile.set_webhook,
    "deleteWebhook": profile.delete_webhook,
    "sendMessage": messages.send_message,
    "editMessageText": messages.edit_text,
    "editMessageReplyMarkup": messages.edit_markup,
    "sendChatAction": messages.send_chat_action,
    "answerCallbackQuery": messages.answer_press,
    "answerInlineQuery": messages.answer_inline,
    "answerGuestQuery": messages.answer_guest,
    "getFile": profile.get_file,
    "setMyCommands": profile.set_commands,
    "getMyCommands": profile.get_commands,
    "setMyDescription": partial(profile.set_text, which="description"),
    "getMyDescription": partial(profile.get_text, which="description"),
    "setMyShortDescription": partial(profile.set_text, which="short_description"),
    "getMyShortDescription": partial(profile.get_text, which="short_description"),
}
STUMBLES = (TypeError, ValueError, LookupError, AttributeError)
_PATH = re.compile(r"/bot([^/]*)(/test)?/([^/]*)")
_TOKEN = re.compile(r"[1-9]\d*:[\w-]{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; `gone` tells whether whoever sent it hung up meanwhile."""

    verb: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    gone: Callable[[], bool]


OtherPages = Callable[[Request], Answer]


class BotApiServer:
    """Turns requests into calls on the state, with planned faults in between, and logs each.

    `pages` answers requests that are no calls.
    """

    def __init__(self, state: State):
        self.state = state
        self.calls = CallLog(state.changed)
        self.faults = FaultPlan()
        self.closing = threading.Event()
        self.pages: OtherPages | None = None

    def answer(self, request: Request) -> Answer:
        """Answer one request, whatever it is."""
        if request.path.startswith("/file/bot"):
            return self._file(unquote(request.path))
        if self.pages is not None and not request.path.startswith("/bot"):
            return self.pages(request)
        at, parts = time.monotonic(), urlsplit(request.path)
        try:
            name = self._method(unquote(parts.path))
            params = read_params(parts.query, request.headers.get("Content-Type", ""), request.body)
        except ApiError as refusal:
            return refusal.answer()
        return self._with_faults(name, params, partial(self._log, request, at, name, params))

    def _file(self, path: str) -> Answer:
        """A file that somebody sent, at the address that getFile gives."""
        with self.state.changed:
            contents = {f"/file/bot{self.state.token}/{place}": data for place, data in self.state.files.values()}
        content = contents.get(path)
        return ApiError(404).answer() if content is None else Answer(200, content, "application/octet-stream")

    def _log(self, request: Request, at: float, name: str, params: Params, answer: Answer) -> Answer:
        status = 0 if request.gone() else answer.status
        self.calls.add(Call(name, params.readable(), at, status, answer.json))
        return answer

    def _method(self, path: str) -> str:
        match = _PATH.fullmatch(path)
        if match is None or not _TOKEN.fullmatch(match[1]):
            raise ApiError(404)
        if match[1] != self.state.token:
            raise ApiError(401)
        return match[3] or "/"

    def _with_faults(self, name: str, params: Params, log: Callable[[Answer], Answer]) -> Answer:
        fault = self.faults.next_for(name, params.get("chat_id")) or Fault()
        if not fault.accepted:
            self.closing.wait(fault.delay)
            if fault.answer:
                return log(fault.answer)
        with self.state.changed:  # whoever sees the effect finds the call in the log
            answer = self._carried_out(name, params)
            answer = log(fault.answer or answer)
        if fault.accepted:
            self.closing.wait(fault.delay)
        return answer

    def _carried_out(self, name: str, params: Params) -> Answer:
        method = METHODS.get(name)
        if method is None:
            return ApiError(404, "method not found").answer()
        try:
            with self.state.changed:
                return json_answer(200, {"ok": True, "result": method(self.state, params)})
        except ApiError as refusal:
            return refusal.answer()
        except STUMBLES as error:
            # An object that no client library sends, or a gap of the emulator: a test should see it.
            return ApiError(500, f"the emulator stumbled over {name}: {type(error).__name__}: {error}").answer()


LARGEST_BODY = 4 * 1024 * 1024


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Listener

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > LARGEST_BODY:
            self._send(DROPPED)
            return
        headers = {name.title(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(length))
        self._send(self.server.api.answer(Request(self.command, self.path, headers, body, self._gone)))

    do_GET = do_POST  # noqa: N815

    def _gone(self) -> bool:
        try:
            return not bytes(self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _send(self, answer: Answer) -> None:
        if answer.body is None:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing: the path holds a token."""


class Listener(ThreadingHTTPServer):
    """The listening socket on loopback, served in a thread; closing it ends every connection and waits for their threads."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, api: BotApiServer, port: int = 0):
        self.api = api
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="bot-api")
        self._thread.start()

    @property
    def root(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that closing can end it."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log nothing of a client that went away."""

    def close(self) -> None:
        """Stop listening and end all connections, waiting ones too."""
        self.api.closing.set()
        with self.api.state.changed:
            self.api.state.updates.closed = True
            self.api.state.changed.notify_all()
        self.shutdown()
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        self._thread.join()
