"""One polite HTTP client: one request at a time, a pause between two to a host, robots.txt obeyed, everything bounded.

http and https only, and public IP addresses only: a feed must not make its reader ask the machines of a private network
(server-side request forgery, OWASP). RFC 9110 for conditional requests, RFC 9309 for robots.txt. The only module that
uses httpcore and protego.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpcore
from protego import Protego

Resolve = Callable[[str], str]


_LONGEST_ADDRESS = 2_000  # characters
_KEPT = "/?:@!$&'()*+,;=~%-._"  # what stands unquoted in a path or query; `%` because most are quoted already


class FetchError(Exception):
    """Why one address was not fetched, in a few words."""


def normalize(address: str, base: str = "") -> str:
    """The address (relative to `base`) without its fragment, its host in ASCII; raises `FetchError` where it is none."""
    address = address.strip()
    if len(address) > _LONGEST_ADDRESS or any(
        char.isspace() or not char.isprintable() or char == "\\" for char in address
    ):
        raise FetchError("no address")
    try:
        parts = urlsplit(urljoin(base, address))
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host if ":" in host else host.encode("idna").decode()
    except ValueError:
        raise FetchError("no address") from None
    if parts.scheme not in ("http", "https") or not host:
        raise FetchError("no http or https address")
    if parts.username is not None:
        raise FetchError("it holds a user's name")
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    query = f"?{quote(parts.query, _KEPT)}" if parts.query else ""
    return f"{parts.scheme}://{netloc}{quote(parts.path, _KEPT) or '/'}{query}"


def public_address(host: str) -> str:
    """The IP address of a host; raises `FetchError` where it has none or any that is not public.

    The connection must go to this address: at the next look-up the name may have another.
    """
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError(f"there is no host {host}") from None
    addresses = [str(answer[4][0]) for answer in answers]
    if private := [address for address in addresses if not _is_public(address)]:
        raise FetchError(f"{host} is {'' if private[0] == host else f'{private[0]}, which is '}no public address")
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    # Other forms that hold an IPv4 address are not global, or reserved.
    if isinstance(ip, ipaddress.IPv6Address) and ip.sixtofour:
        return _is_public(str(ip.sixtofour))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


AGENT = "Byline"
LARGEST = 10_000_000  # bytes of a page or feed, unpacked: as much as a saved page may have
_LARGEST_RULES = 500_000  # bytes of robots.txt that are read, as RFC 9309 asks
_LONGEST = 30.0  # seconds from connecting to the last byte
_PAUSE = 1.0  # seconds between two requests to a host
_LONGEST_PAUSE = 30.0  # what a robots.txt may ask for
_REDIRECTS = 5
_BUSY = (429, 503)
_GIVEN_UP = 3  # failed requests one after the other, after which a host is asked no more


@dataclass(frozen=True, slots=True)
class Response:
    """What an address brought: where it is in the end, its bytes unpacked, its media type, and its validators."""

    address: str
    content: bytes
    media_type: str
    etag: str | None
    modified: str | None


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes


class Client:
    """Fetches addresses one after the other; `close` it, or use it in a `with` statement.

    `resolve` gives the IP address to connect to for a host, `sleep` waits some seconds, `clock` counts them; all for
    tests.
    """

    def __init__(
        self,
        *,
        resolve: Resolve | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._backend = _Backend(resolve or public_address, clock)
        self._pool = httpcore.ConnectionPool(network_backend=self._backend, max_keepalive_connections=0)
        self._sleep = sleep
        self._rules: dict[str, Protego] = {}  # by scheme, host and port
        self._asked: dict[str, float] = {}  # by host, when the last request to it ended
        self._failures: Counter[str] = Counter()  # by host, requests that failed one after the other

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what is open."""
        self._pool.close()

    def get(self, address: str, etag: str | None = None, modified: str | None = None) -> Response | None:
        """What the address brings, redirects followed; `None` where it is as it was when it had these validators.

        Raises `FetchError` with the reason where it brings nothing that may be taken.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {name: value for name, value in conditions.items() if value}
        address = normalize(address)
        for _ in range(_REDIRECTS + 1):
            self._obey(address)
            answer = self._request(address, headers, LARGEST)
            if answer.status == 304 and headers:
                return None
            if target := _target(answer, address):
                address = target
                continue
            if answer.status != 200:
                raise FetchError(f"the server says {answer.status}{' (too busy)' if answer.status in _BUSY else ''}")
            media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            validators = (_ascii(answer.headers.get(name)) for name in ("etag", "last-modified"))
            return Response(address, answer.content, media_type, *validators)
        raise FetchError(f"more than {_REDIRECTS} redirects")

    def _obey(self, address: str) -> None:
        """Raises `FetchError` where the host's robots.txt forbids the address."""
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = Protego.parse(self._robots(f"{origin}/robots.txt"))
        if not self._rules[origin].can_fetch(address, AGENT):
            raise FetchError("robots.txt forbids it")

    def _robots(self, address: str) -> str:
        """The rules of a host; none where it has none, and everything forbidden where nobody can tell."""
        for _ in range(_REDIRECTS + 1):
            answer = self._request(address, {}, _LARGEST_RULES, cut=True)
            if not (target := _target(answer, address)):
                break
            address = target
        if answer.status == 200:
            return answer.content.decode("utf-8", "replace")
        if answer.status in _BUSY or answer.status >= 500:
            raise FetchError(f"its robots.txt cannot be read (the server says {answer.status})")
        return ""

    def _request(self, address: str, headers: Mapping[str, str], limit: int, *, cut: bool = False) -> _Answer:
        """One request; what is larger than `limit` bytes is cut there or raises `FetchError`."""
        parts = urlsplit(address)
        host = parts.netloc
        if self._failures[host] >= _GIVEN_UP:
            raise FetchError(f"{host} is given up: it was too busy, or failed {_GIVEN_UP} times")
        self._wait(host, f"{parts.scheme}://{host}")
        sent = [("Host", host), ("User-Agent", AGENT), ("Accept-Encoding", "gzip"), *headers.items()]
        self._backend.deadline = self._clock() + _LONGEST
        try:
            with self._pool.stream("GET", address, headers=sent) as response:
                received = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                encoding = received.get("content-encoding", "identity").lower()
                if encoding not in ("identity", "gzip", "x-gzip"):
                    raise FetchError(f"packed in a way that was not asked for ({encoding[:20]})")
                content = unpack(response.iter_stream(), limit, packed=encoding != "identity")
        except httpcore.TimeoutException:
            raise FetchError(f"not whole after {_LONGEST:.0f} seconds") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise FetchError(
                f"the connection failed ({' '.join(str(error).split()) or type(error).__name__})"
            ) from None
        finally:
            self._asked[host] = self._clock()
            self._failures[host] += 1
        self._failures[host] = _GIVEN_UP if response.status in _BUSY else 0
        if len(content) > limit and not cut:
            raise FetchError(f"more than {limit:,} bytes")
        return _Answer(response.status, received, content)

    def _wait(self, host: str, origin: str) -> None:
        if host in self._asked:
            delay = self._rules[origin].crawl_delay(AGENT) if origin in self._rules else None
            pause = min(max(_PAUSE, delay or 0), _LONGEST_PAUSE)
            self._sleep(max(0.0, self._asked[host] + pause - self._clock()))


def _ascii(value: str | None) -> str | None:
    """A header's value where it can be sent back."""
    return value if value and value.isascii() and value.isprintable() else None


def _target(answer: _Answer, address: str) -> str | None:
    """Where an answer redirects to."""
    if answer.status not in (301, 302, 303, 307, 308) or "location" not in answer.headers:
        return None
    try:
        return normalize(answer.headers["location"].encode("latin-1").decode("utf-8", "replace"), address)
    except FetchError as error:
        raise FetchError(f"it redirects to something that is not fetched: {error}") from None


def unpack(chunks: Iterable[bytes], limit: int, *, packed: bool) -> bytes:
    """The first `limit` + 1 bytes at most, unpacked piece by piece where they are gzip, so that no bomb unfolds.

    Raises `FetchError` where they are no gzip.
    """
    decompressor = zlib.decompressobj(31) if packed else None
    data = bytearray()
    for chunk in chunks:
        try:
            data += decompressor.decompress(chunk, limit + 1 - len(data)) if decompressor else chunk
        except zlib.error:
            raise FetchError("its packed bytes are damaged") from None
        if len(data) > limit:
            break
    return bytes(data[: limit + 1])


class _Backend(httpcore.NetworkBackend):
    """Connects to the address that `resolve` gives, and until `deadline` (of `clock`) only."""

    def __init__(self, resolve: Resolve, clock: Callable[[], float]) -> None:
        self._resolve, self._clock = resolve, clock
        self._system = httpcore.SyncBackend()
        self.deadline = 0.0

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 (the deadline is ours)
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        address = self._resolve(host.strip("[]"))
        stream = self._system.connect_tcp(address, port, self.left(), local_address, socket_options)
        return _Stream(stream, self)

    def left(self) -> float:
        """Seconds until the deadline; raises the library's timeout when there are none."""
        seconds = self.deadline - self._clock()
        if seconds <= 0:
            raise httpcore.ReadTimeout
        return seconds


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait ends at the deadline, so that a server that trickles holds nobody up."""

    def __init__(self, stream: httpcore.NetworkStream, backend: _Backend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._backend.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._backend.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._backend.left()), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
