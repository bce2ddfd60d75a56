"""The bot's own sentences in the language of the person it talks to; passages are never translated.

English sentences are the keys of gettext catalogues (`locale/*.po`, plural rules included). The language is that of the
running task, so that chats in different languages do not disturb each other. The only module that uses Babel.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from io import BytesIO

ENGLISH = "en"
TRANSLATED = ("de", "es", "ru", "uk")
_spoken = ContextVar("language of the bot's sentences", default=ENGLISH)


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Let `tr` and `counted` speak this language inside: an IETF tag as Telegram gives it, "de" or "es-419".

    English where there is no catalogue.
    """
    token = _spoken.set(supported(code))
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """The language of the running task."""
    return _spoken.get()


def supported(code: str | None) -> str:
    """The language of a tag if the bot speaks it, else English."""
    language = str(code or "").replace("_", "-").partition("-")[0].lower()
    return language if language in TRANSLATED else ENGLISH


def tr(sentence: str) -> str:
    """One of the sentences of `bot.strings` in the language of this task."""
    return _catalogue(_spoken.get()).gettext(sentence)


def counted(forms: tuple[str, str], count: int, **fields: str) -> str:
    """The form of a sentence for a number, filled in; `forms` are the English ones for one and for many."""
    return _catalogue(_spoken.get()).ngettext(*forms, count).format(count=count, **fields)


def language_name(code: str) -> str:
    """What the language of this task calls another one, by the Unicode Consortium's CLDR."""
    from babel import Locale

    return str(Locale.parse(spoken()).languages.get(code, code))


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == ENGLISH:
        return gettext.NullTranslations()
    from babel.messages import mofile, pofile

    compiled = BytesIO()
    with (resources.files("bot") / "locale" / f"{language}.po").open("rb") as file:
        mofile.write_mo(compiled, pofile.read_po(file, locale=language, abort_invalid=True))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
