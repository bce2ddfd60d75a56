"""HTTP on loopback: connections that stay open, bodies of any length and form, answers in one piece, drops on demand."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from emulator.server import Answer, BotApiServer, Request, json_answer

LARGEST_BODY = 4 * 1024 * 1024
LARGEST_SKIPPED = 64 * 1024 * 1024
_TOO_LARGE = json_answer(413, {"ok": False, "error_code": 413, "description": "Request Entity Too Large"})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Listener

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            self._send(_TOO_LARGE)
        else:
            headers = {name.title(): value for name, value in self.headers.items()}
            self._send(self.server.api.answer(Request(self.command, self.path, headers, body, self._gone)))

    do_GET = do_POST  # noqa: N815

    def _gone(self) -> bool:
        try:
            return not bytes(self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _body(self) -> bytes | None:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunks()
        length = self.headers.get("Content-Length") or "0"
        if length.isdigit() and int(length) <= LARGEST_BODY:
            return self.rfile.read(int(length))
        for _ in range(min(int(length) if length.isdigit() else 0, LARGEST_SKIPPED) // 65_536):
            self.rfile.read(65_536)  # so that the client is ready to hear the refusal
        return None

    def _chunks(self) -> bytes | None:
        body = b""
        while size := int(self.rfile.readline(32).split(b";")[0] or b"0", 16):
            if size > LARGEST_BODY:
                return None
            body += self.rfile.read(size)
            self.rfile.readline()
            if len(body) > LARGEST_BODY:
                return None
        self.rfile.readline()
        return body

    def _send(self, answer: Answer) -> None:
        if answer.body is None or answer.status == 413:
            self.close_connection = True
        if answer.body is None:
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
        """Say nothing: the path holds a token."""


class Listener(ThreadingHTTPServer):
    """The listening socket on loopback; closing it ends every connection and waits for their threads."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, api: BotApiServer, port: int = 0):
        self.api = api
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

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
        """A client that went away is no news."""

    def close(self) -> None:
        """Stop listening and end all connections, waiting ones too."""
        self.api.closing.set()
        with self.api.world.changed:
            self.api.world.updates.closed = True
            self.api.world.changed.notify_all()
        self.shutdown()
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


def listen(api: BotApiServer, port: int = 0) -> tuple[Listener, threading.Thread]:
    """Start serving in a thread of its own."""
    listener = Listener(api, port)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, name="bot-api")
    thread.start()
    return listener, thread
