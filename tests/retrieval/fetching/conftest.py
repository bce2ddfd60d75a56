"""A web server on this machine that answers as a test wants, under any name that ends in `.example`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from retrieval.fetching.client import Client, public_address

Reply = Callable[[BaseHTTPRequestHandler], None]
ARTICLE = (
    b"<!doctype html><html><head><title>A bridge opens</title></head><body><article><h1>A bridge opens</h1>"
    b"<p>The mayor opened the new bridge on Monday before a crowd of four hundred people.</p>"
    b"<p>It cost nine million crowns, the council said, and took three years to build.</p></article></body></html>"
)


class Web:
    """`routes` by path: what to answer, as a function of the handler; `requests` are (host, path, headers), in order."""

    def __init__(self) -> None:
        self.routes: dict[str, Reply] = {}
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.looked_up: list[str] = []
        self.pauses: list[float] = []
        self.now = 1000.0
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.requests.append((self.headers["Host"].partition(":")[0], self.path, dict(self.headers)))
                reply = web.routes.get(self.path, status(404))
                try:
                    reply(self)
                except (BrokenPipeError, ConnectionResetError):  # the client has seen enough
                    self.close_connection = True

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def url(self, path: str, host: str = "news.example") -> str:
        return f"http://{host}:{self.server.server_port}{path}"

    def paths(self) -> list[str]:
        """The paths that were asked for, those of robots.txt aside."""
        return [path for _, path, _ in self.requests if path != "/robots.txt"]

    def resolve(self, host: str) -> str:
        self.looked_up.append(host)
        return "127.0.0.1" if host.endswith(".example") else public_address(host)

    def client(self) -> Client:
        return Client(resolve=self.resolve, sleep=self.pauses.append, clock=lambda: self.now)


def page(body: bytes = ARTICLE, media_type: str = "text/html; charset=utf-8", code: int = 200, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        if media_type:
            handler.send_header("Content-Type", media_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def status(code: int, **headers: str) -> Reply:
    return page(b"", code=code, **headers)


def redirect(target: str, code: int = 302) -> Reply:
    return status(code, Location=target)


@pytest.fixture
def web():
    served = Web()
    yield served
    served.server.shutdown()
    served.thread.join()
    served.server.server_close()
