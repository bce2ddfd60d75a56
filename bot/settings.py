"""Environment → one frozen record, or one error that names every variable that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from bot.state import COLLECTING, Collecting
from retrieval import BylineError

T = TypeVar("T", bound=str)

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
TELEGRAM = "https://api.telegram.org"
LISTEN = "127.0.0.1:8080"
WEBHOOK_PORTS = (443, 80, 88, 8443)  # https://core.telegram.org/bots/api#setwebhook
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_LONGEST_NAME = 30  # bytes of a collection's name: it stands in buttons and above answers
_BOTFATHER = "@BotFather in Telegram gives one (/newbot)"


class SettingsError(BylineError):
    """Environment variables that cannot be used."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where Telegram delivers updates (`url`, without a path of its own), and where the bot listens for them."""

    url: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may set; the token is in no `repr`."""

    token: str | None = field(default=None, repr=False)
    api_root: str = TELEGRAM
    index_dir: Path = Path(".index")
    state_dir: Path = Path(".state")
    log_level: str = "INFO"
    feedback: Collecting = "votes"
    feedback_days: int = 180
    webhook: Listening | None = None
    test_environment: bool = False
    watch: bool = True
    admins: frozenset[int] = frozenset()
    other_indexes: tuple[Path, ...] = ()

    @property
    def indexes(self) -> dict[str, Path]:
        """Every folder of an index by the name of its collection, the one that answers first."""
        return {_name(path): path for path in (self.index_dir, *self.other_indexes)}


def read(environment: Mapping[str, str]) -> Settings:
    """The settings in an environment; what is empty there has its default.

    Raises `SettingsError` that names every variable that is wrong, in one line, and never the token.
    """
    variables, default = _Variables(environment), Settings()
    first, *others = variables.indexes(default.index_dir)
    settings = Settings(
        token=variables.token(),
        api_root=variables.api_root(),
        index_dir=first,
        other_indexes=tuple(others),
        state_dir=variables.folder("STATE_DIR", default.state_dir),
        log_level=variables.choice("LOG_LEVEL", LEVELS, default.log_level),
        feedback=variables.choice("FEEDBACK", COLLECTING, default.feedback),
        feedback_days=variables.days("FEEDBACK_DAYS", default.feedback_days),
        webhook=variables.webhook(),
        test_environment=variables.choice("TELEGRAM_TEST_ENVIRONMENT", ("yes", "no"), "no") == "yes",
        watch=variables.choice("WATCH", ("yes", "no"), "yes") == "yes",
        admins=variables.people("ADMINS"),
    )
    if variables.problems:
        raise SettingsError("; ".join(variables.problems))
    return settings


class _Variables:
    """An environment without its empty variables; reading one of them adds to `problems` what is wrong with it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._values = {name: value.strip() for name, value in environment.items() if value.strip()}
        self.problems: list[str] = []

    def token(self) -> str | None:
        name = "TELEGRAM_BOT_TOKEN" if "TELEGRAM_BOT_TOKEN" in self._values else "TELEGRAM_BOT_TOKEN_FILE"
        value = self._values.get(name)
        if value is not None and name == "TELEGRAM_BOT_TOKEN_FILE":
            try:
                value = Path(value).expanduser().read_text(encoding="utf-8").strip()
            except (OSError, ValueError) as error:
                self.problems.append(f"{name}: {value} cannot be read ({_reason(error)})")
                return None
        if value is not None and not _TOKEN.fullmatch(value):
            self.problems.append(f"{name}: that is not a bot's token (they look like 123456789:AAF0…); {_BOTFATHER}")
        return value

    def api_root(self) -> str:
        value = self._values.get("TELEGRAM_API_BASE_URL", TELEGRAM)
        if not _is_root(value):
            self.problems.append(f"TELEGRAM_API_BASE_URL: {value!r} is no address such as http://127.0.0.1:8081")
        return value.rstrip("/")

    def indexes(self, default: Path) -> list[Path]:
        """The folders of indexes, parted by commas; they are told apart by their last names, without a leading dot."""
        value = self._values.get("INDEX_DIR", str(default))
        values = [value] if Path(value).is_dir() else [each.strip() for each in value.split(",") if each.strip()]
        folders = [self._checked("INDEX_DIR", each) for each in values or [value]]
        names = [_name(folder) for folder in folders]
        for name in names if len(names) > 1 else ():
            if names.count(name) > 1 or not name.isprintable() or len(name.encode()) > _LONGEST_NAME:
                self.problems.append(
                    "INDEX_DIR: several collections need folders with names of their own, "
                    f"of at most {_LONGEST_NAME} bytes; {name!r} is none"
                )
                break
        return folders

    def folder(self, name: str, default: Path) -> Path:
        return self._checked(name, self._values.get(name, str(default)))

    def _checked(self, name: str, value: str) -> Path:
        folder = Path(value).expanduser()
        try:
            if folder.exists() and not folder.is_dir():
                self.problems.append(f"{name}: {folder} is a file, and a folder is wanted")
        except (OSError, ValueError) as error:
            self.problems.append(f"{name}: {folder} cannot be used ({_reason(error)})")
        return folder

    def choice(self, name: str, choices: Sequence[T], default: T) -> T:
        """One of some words, in capitals or not."""
        value = self._values.get(name, default)
        choice = next((each for each in choices if each.lower() == value.lower()), None)
        if choice is None:
            self.problems.append(f"{name}: {value!r} is none of {', '.join(choices)}")
        return choice or default

    def people(self, name: str) -> frozenset[int]:
        """People on Telegram by their numbers, parted by commas or spaces."""
        numbers = [number for number in re.split(r"[\s,;]+", self._values.get(name, "")) if number]
        wrong = [number for number in numbers if not re.fullmatch(r"[0-9]{1,16}", number)]
        if wrong:
            self.problems.append(
                f"{name}: {wrong[0]!r} is no number of a person: @userinfobot in Telegram tells you yours"
            )
        return frozenset(int(number) for number in numbers if number not in wrong)

    def days(self, name: str, default: int) -> int:
        value = self._values.get(name, str(default))
        if value.isascii() and value.isdigit() and 0 < int(value) <= 36_500:
            return int(value)
        self.problems.append(f"{name}: {value!r} is no number of days from 1 to 36500")
        return default

    def webhook(self) -> Listening | None:
        listen = self._values.get("WEBHOOK_LISTEN", LISTEN)
        host, _, port = listen.rpartition(":")
        if not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            self.problems.append(f"WEBHOOK_LISTEN: {listen!r} is no address such as {LISTEN}")
            return None
        url = self._values.get("WEBHOOK_URL")
        if url is None:
            return None
        api_root = self._values.get("TELEGRAM_API_BASE_URL", TELEGRAM).rstrip("/")
        if not _is_root(url):
            self.problems.append(f"WEBHOOK_URL: {url!r} is no address such as https://bot.example.org")
        elif api_root == TELEGRAM and not _telegram_delivers_to(url):
            ports = ", ".join(map(str, WEBHOOK_PORTS))
            self.problems.append(
                f"WEBHOOK_URL: Telegram delivers to https addresses with one of the ports {ports}, not to {url!r}"
            )
        return Listening(url.rstrip("/"), host.strip("[]"), int(port))


def _is_root(value: str) -> bool:
    try:
        sections = urlsplit(value)
        sections.port  # noqa: B018 - a port that is no number raises here
    except ValueError:
        return False
    has_more = sections.query or sections.fragment or any(character.isspace() for character in value)
    return sections.scheme in {"http", "https"} and bool(sections.hostname) and not has_more


def _name(folder: Path) -> str:
    return folder.name.lstrip(".") or folder.name


def _telegram_delivers_to(url: str) -> bool:
    address = urlsplit(url)
    return address.scheme == "https" and (address.port or 443) in WEBHOOK_PORTS


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
