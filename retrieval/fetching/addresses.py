"""An address that somebody wrote → one that may be fetched, and its host → an IP address that may be connected to.

http and https only, and public IP addresses only: a feed must not make its reader ask the machines of a private network
(server-side request forgery, OWASP).
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import quote, urljoin, urlsplit

_LONGEST = 2_000  # characters
_KEPT = "/?:@!$&'()*+,;=~%-._"  # what stands unquoted in a path or query; `%` because most are quoted already


class FetchError(Exception):
    """Why one address was not fetched, in a few words."""


def normalize(address: str, base: str = "") -> str:
    """The address (relative to `base`) without its fragment, its host in ASCII; raises `FetchError` where it is none."""
    address = address.strip()
    if len(address) > _LONGEST or any(char.isspace() or not char.isprintable() or char == "\\" for char in address):
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

    Whoever connects has to connect to this very one: asked again, a name may have another.
    """
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError(f"there is no host {host}") from None
    found = [str(answer[4][0]) for answer in answers]
    if private := [address for address in found if not _is_public(address)]:
        raise FetchError(f"{host} is {private[0]}, which is no public address")
    return found[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if (
        isinstance(ip, ipaddress.IPv6Address) and ip.sixtofour
    ):  # other forms that hold an IPv4 address are not global or reserved
        return _is_public(str(ip.sixtofour))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
