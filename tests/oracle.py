"""Telegram's own parser (TDLib), asked in a child process because it ends the whole process on some broken texts.

    with Oracle() as telegram:
        telegram.kept("a\\tb", [{"type": "bold", "offset": 0, "length": 1}])

`parseMarkdown` is the door: before it looks for Markdown it cleans the text and mends the entities exactly as a send
does, only without trimming. So a text for `kept` must hold no `*`, `_`, `~`, backquote, `|` or `[`.
Needs the package `tdjson`; `available()` says whether it is there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

_TYPES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "blockquote": "BlockQuote",
    "expandable_blockquote": "ExpandableBlockQuote",
    "text_link": "TextUrl",
    "mention": "Mention",
    "hashtag": "Hashtag",
    "cashtag": "Cashtag",
    "bot_command": "BotCommand",
    "url": "Url",
    "email": "EmailAddress",
    "phone_number": "PhoneNumber",
    "bank_card": "BankCardNumber",
}
_NAMES = {td: name for name, td in _TYPES.items()}
_PREFIX = "textEntityType"
MARKDOWN = frozenset("*_~`|[")

Entities = list[dict[str, Any]]


def available() -> bool:
    """Whether TDLib can be asked here."""
    return find_spec("tdjson") is not None


class Refused(Exception):  # noqa: N818
    """What TDLib answered instead, in its own words."""


class Oracle:
    """A child process that answers questions about texts. Raises `Refused` where Telegram would refuse."""

    def __enter__(self) -> Self:
        self._child = subprocess.Popen(
            [sys.executable, str(Path(__file__))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *error: object) -> None:
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.close()
        self._child.wait()
        self._child.stdout.close()

    def kept(self, text: str, entities: Entities) -> tuple[str, Entities]:
        """Text and entities after Telegram's cleaning and mending, not trimmed."""
        asked = {"@type": "formattedText", "text": text, "entities": [_to_td(entity) for entity in entities]}
        answer = self._ask({"@type": "parseMarkdown", "text": asked})
        return answer["text"], [_from_td(entity) for entity in answer["entities"]]

    def found(self, text: str) -> Entities:
        """What Telegram makes clickable by itself."""
        return [_from_td(e) for e in self._ask({"@type": "getTextEntities", "text": text})["entities"]]

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write(json.dumps(question) + "\n")
        self._child.stdin.flush()
        answer = json.loads(self._child.stdout.readline() or '{"@type": "error", "message": "TDLib ended"}')
        if answer["@type"] == "error":
            raise Refused(answer["message"])
        return dict(answer)


def _to_td(entity: dict[str, Any]) -> dict[str, Any]:
    more = {"url": entity["url"]} if "url" in entity else {}
    kind = {"@type": _PREFIX + _TYPES[entity["type"]], **more}
    return {"@type": "textEntity", "offset": entity["offset"], "length": entity["length"], "type": kind}


def _from_td(entity: dict[str, Any]) -> dict[str, Any]:
    kind = entity["type"]["@type"].removeprefix(_PREFIX)
    more = {"url": entity["type"]["url"]} if "url" in entity["type"] else {}
    return {"type": _NAMES.get(kind, kind), "offset": entity["offset"], "length": entity["length"], **more}


def _serve() -> None:
    import tdjson

    tdjson.td_execute(b'{"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}')
    for line in sys.stdin:
        answer = json.loads(tdjson.td_execute(line.encode()) or b"{}")
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _serve()
