"""Log lines on standard error, without the token, whatever put it there, and without tracebacks below DEBUG.

The text of a question is logged at no level: the libraries that would log it stay quiet.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from copy import copy
from urllib.parse import quote

_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_TOKEN = re.compile(r"\d{6,}(?::|%3A)[\w-]{30,}", re.IGNORECASE)
_HIDDEN = "<token>"
_OWN = ("bot", "retrieval")
_SILENT = logging.CRITICAL + 1
# httpx logs addresses, which hold the token. The Telegram library logs whole updates below INFO, and at any level the
# whole answer of a server that it cannot parse: `bot.telegram.polling` and `application` say what was wrong instead.
_QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.INFO,
    "telegram.request.BaseRequest": _SILENT,
    "telegram.Bot": _SILENT,
    "telegram.ext.ExtBot": _SILENT,
}


class Redactor:
    """Takes a token out of a text: the one it knows, as it stands or percent-encoded, and whatever looks like one."""

    def __init__(self, token: str | None) -> None:
        self._tokens = [token, quote(token, safe="")] if token else []

    def __call__(self, text: str) -> str:
        """The text with every token hidden."""
        for token in self._tokens:
            text = text.replace(token, _HIDDEN)
        return _TOKEN.sub(_HIDDEN, text)


class Formatter(logging.Formatter):
    """A line for each record, redacted as a whole: message, arguments, exception and stack."""

    def __init__(self, redact: Redactor, *, tracebacks: bool) -> None:
        super().__init__(_LINE)
        self._redact = redact
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, or with its traceback where that is wanted."""
        if self._tracebacks:
            return self._redact(super().format(record))
        bare = copy(record)
        bare.exc_info = bare.exc_text = bare.stack_info = None
        return self._redact(_line(super().format(bare), record))


def set_up(level: str, redact: Redactor) -> None:
    """Send every log record and every Python warning to standard error, redacted."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(redact, tracebacks=level == "DEBUG"))
    chosen: int = logging.getLevelName(level)
    others = chosen if level == "DEBUG" else max(chosen, logging.WARNING)
    handler.setLevel(chosen)  # some libraries give their loggers a level of their own
    logging.basicConfig(level=others, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in _OWN:
        logging.getLogger(name).setLevel(chosen)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(others, least))


def _line(text: str, record: logging.LogRecord) -> str:
    """The message with the kind of the exception and where it was raised; its text might hold a question."""
    if not record.exc_info or record.exc_info[1] is None:
        return text
    error = record.exc_info[1]
    last = next(iter(traceback.extract_tb(error.__traceback__)[-1:]), None)
    place = f" at {last.filename}:{last.lineno}" if last else ""
    return f"{text} ({type(error).__name__}{place}; LOG_LEVEL=DEBUG shows more)"
