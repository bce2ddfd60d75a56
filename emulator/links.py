"""Which addresses Telegram takes behind a text or a button, how it writes them, and its words for the others.

The rules were found by asking Telegram's own library address by address; `tests/emulator/test_oracle.py` asks again.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address

from emulator.wording import cleaned

_OWN = re.compile(r"(tg|ton|tonsite):(?://)?", re.IGNORECASE)
_SCHEME = re.compile(r"([^:/?#@\[\]]*)://")
_WRONG = re.compile(r'(%(?![0-9a-fA-F]{2}))|[\x00-\x20"<>@\[\\\]^`{|}\x7f]')
_WRONG_IN_HOST = re.compile(f"{_WRONG.pattern}|:")
_WHITE = " \t\n\v\r\0"
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class WrongLink(ValueError):  # noqa: N818 - Telegram's own expression
    """Telegram would not take this address; the message holds its words."""


def link(address: str) -> str:
    """The address as Telegram keeps it. Raises `WrongLink`."""
    clean = cleaned(address)
    own = _OWN.match(clean)
    if own:
        return _own_link(own[1].lower(), clean[own.end() :])
    scheme, place, query = _split(clean)
    user, host, port = _place(place)
    if "." not in host and not host.startswith("["):
        raise WrongLink("Wrong HTTP URL")
    return f"{scheme}://{user}{host}{port}{_query(query)}"


def link_or_none(address: object) -> str | None:
    """The address as Telegram keeps it, or `None` for what it would not take."""
    try:
        return link(address) if isinstance(address, str) else None
    except WrongLink:
        return None


def _own_link(scheme: str, rest: str) -> str:
    _, place, query = _split(rest)
    user, host, port = _place(place)
    if user or port or _SCHEME.match(rest):
        raise WrongLink(f"Wrong {scheme} URL")
    if not re.fullmatch(r"[\w-]+" if scheme != "tonsite" else r"[\w.-]+", host, re.ASCII):
        raise WrongLink("Unallowed characters in URL host")
    written = _query(query)
    return f"{scheme}://{host}{written[1:] if scheme == 'tg' and written.startswith('/?') else written}"


def _split(address: str) -> tuple[str, str, str]:
    """The scheme, the place with user and port, and all that follows."""
    scheme = _SCHEME.match(address)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        raise WrongLink("Unsupported URL protocol")
    rest = address[scheme.end() :] if scheme else address
    place = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return (scheme[1].lower() if scheme else "http"), place, rest[len(place) :]


def _place(place: str) -> tuple[str, str, str]:
    """User with its "@", host in small letters, port with its colon."""
    user_and_host, port = _port(place)
    user, at, host = user_and_host.rpartition("@")
    if not host:
        raise WrongLink("URL host is empty")
    if not _is_ipv6(host):
        _check(host, "host", _WRONG_IN_HOST)
        if host == ".":
            raise WrongLink("Host is invalid")
    _check(user, "userinfo", _WRONG)
    return f"{user}{at}" if user else "", host.translate(_LOWER), port


def _port(place: str) -> tuple[str, str]:
    port = re.search(r"(?<=.):([^:@\]]*)$", place, re.DOTALL)
    if port is None:
        return place, ""
    if not re.fullmatch(r"0*[1-9]\d{0,4}", port[1], re.ASCII) or int(port[1]) > 65535:
        raise WrongLink("Wrong port number specified in the URL")
    return place[: port.start()], f":{int(port[1])}"


def _check(part: str, name: str, wrong: re.Pattern[str]) -> None:
    found = wrong.search(part)
    if found:
        what = "Wrong percent-encoded symbol" if found[1] else "Disallowed character"
        raise WrongLink(f"{what} in URL {name}")


def _is_ipv6(host: str) -> bool:
    if not (host.startswith("[") and host.endswith("]")):
        return False
    try:
        return isinstance(ip_address(host[1:-1]), IPv6Address)
    except ValueError as error:
        raise WrongLink("Wrong IPv6 address specified in the URL") from error


def _query(query: str) -> str:
    rooted = query if query.startswith("/") else f"/{query}"
    return re.sub(r"[\x00-\x20]", lambda match: f"%{ord(match[0]):02X}", rooted.rstrip(_WHITE))
