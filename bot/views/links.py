"""An article's address → a link that may be shown, or plain text where it is not safe to open.

It alone knows what a safe address is: `http` or `https`, a host in ASCII, nobody's name or password before it, no
control characters. The text of a link is its host, so that nobody is led elsewhere than they read.
"""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from bot.message import Run

_LONGEST = 2048
_KEPT = "%/:?#[]@!$&'()*+,;=~"  # RFC 3986 reserved characters, and what is encoded already


def address(url: str) -> Run:
    """A link whose text is its host, or the address as code where it is no safe link."""
    target = _safe(url)
    if target is None:
        return Run(url, "code")  # the one style in which Telegram makes no link of it
    return Run(urlsplit(target).netloc.removeprefix("www."), "link", target)


def _safe(url: str) -> str | None:
    """The address in ASCII, untouched where it is ASCII already; `None` where it must not be a link."""
    if any(character <= " " or character in '\\<>"' or 0x7F <= ord(character) < 0xA0 for character in url):
        return None
    try:
        target = _ascii(url)
        sections = urlsplit(target)
        sections.port  # noqa: B018 - a port that is no number raises here
    except (ValueError, UnicodeError):
        return None
    allowed = sections.scheme in {"http", "https"} and sections.hostname and "@" not in sections.netloc
    return target if allowed and len(target) <= _LONGEST else None


def _ascii(url: str) -> str:
    if url.isascii():
        return url
    sections = urlsplit(url)
    host = sections.netloc.encode("idna").decode("ascii")
    rest = url.partition("://")[2][len(sections.netloc) :]
    return f"{sections.scheme}://{host}{quote(rest, safe=_KEPT)}"
