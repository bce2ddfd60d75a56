"""Reading the fields of a JSON object with Telegram's words for what is missing or of another type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.api_error import Refusal, bad


def names(listed: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(listed.split())


def complaint(words: str, about: str = "") -> Refusal:
    """A 400 about a field; `about` names the object, as in "can't parse MessageEntity"."""
    return bad(f"{about}: {words}" if about else words[:1].lower() + words[1:])


def text_field(raw: Mapping[str, Any], name: str, about: str = "") -> str:
    """A field that must be there and be a string."""
    value = _present(raw, name, about)
    if not isinstance(value, str):
        raise complaint(f'Field "{name}" must be of type String', about)
    return value


def number_field(raw: Mapping[str, Any], name: str, about: str = "") -> int:
    """A field that must be there and be a number, or a string that is one."""
    value = _present(raw, name, about)
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise complaint(f'Field "{name}" must be a valid Number', about)
    return value


def check_flags(raw: Mapping[str, Any], names: tuple[str, ...], about: str = "") -> None:
    """Fields that, where they are there, must be true or false."""
    for name in names:
        if not isinstance(raw.get(name, False), bool):
            raise complaint(f'Field "{name}" must be of type Boolean', about)


def object_field(raw: Mapping[str, Any], name: str, about: str = "") -> Mapping[str, Any]:
    """A field that must be there and be an object."""
    value = _present(raw, name, about)
    if not isinstance(value, dict):
        raise complaint(f'Field "{name}" must be of type Object', about)
    return value


def _present(raw: Mapping[str, Any], name: str, about: str) -> Any:
    if raw.get(name) is None:
        raise complaint(f'Can\'t find field "{name}"', about)
    return raw[name]
