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
    variables = {name: value.strip() for name, value in environment.items() if value.strip()}
    problems: list[str] = []
    indexes = _indexes(variables, problems)
    settings = Settings(
        token=_token(variables, problems),
        api_root=_api_root(variables, problems),
        index_dir=indexes[0],
        other_indexes=indexes[1:],
        state_dir=_folder("STATE_DIR", variables, problems, Settings().state_dir),
        log_level=_choice("LOG_LEVEL", variables, problems, LEVELS, Settings().log_level),
        feedback=_choice("FEEDBACK", variables, problems, COLLECTING, Settings().feedback),
        feedback_days=_days(variables, problems),
        webhook=_webhook(variables, problems),
        test_environment=_choice("TELEGRAM_TEST_ENVIRONMENT", variables, problems, ("yes", "no"), "no") == "yes",
        watch=_choice("WATCH", variables, problems, ("yes", "no"), "yes") == "yes",
        admins=_numbers("ADMINS", variables, problems),
    )
    if problems:
        raise SettingsError("; ".join(problems))
    return settings


def _token(variables: Mapping[str, str], problems: list[str]) -> str | None:
    name = "TELEGRAM_BOT_TOKEN" if "TELEGRAM_BOT_TOKEN" in variables else "TELEGRAM_BOT_TOKEN_FILE"
    value = variables.get(name)
    if value is not None and name == "TELEGRAM_BOT_TOKEN_FILE":
        try:
            value = Path(value).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            problems.append(f"TELEGRAM_BOT_TOKEN_FILE: {value} cannot be read ({_reason(error)})")
            return None
    if value is not None and not _TOKEN.fullmatch(value):
        problems.append(f"{name}: that is not a bot's token (they look like 123456789:AAF0…); {_BOTFATHER}")
    return value


def _api_root(variables: Mapping[str, str], problems: list[str]) -> str:
    value = variables.get("TELEGRAM_API_BASE_URL", TELEGRAM)
    if not _is_root(value):
        problems.append(f"TELEGRAM_API_BASE_URL: {value!r} is no address such as http://127.0.0.1:8081")
    return value.rstrip("/")


def _is_root(value: str) -> bool:
    try:
        sections = urlsplit(value)
        sections.port  # noqa: B018 - a port that is no number raises here
    except ValueError:
        return False
    alien = sections.query or sections.fragment or any(character.isspace() for character in value)
    return sections.scheme in {"http", "https"} and bool(sections.hostname) and not alien


def _indexes(variables: Mapping[str, str], problems: list[str]) -> tuple[Path, ...]:
    """The folders of indexes, parted by commas; they are told apart by their last names, without a leading dot."""
    value = variables.get("INDEX_DIR", str(Settings().index_dir))
    values = [value] if Path(value).is_dir() else [each.strip() for each in value.split(",") if each.strip()]
    folders = [_folder("INDEX_DIR", {"INDEX_DIR": each}, problems, Settings().index_dir) for each in values or [value]]
    names = [_name(folder) for folder in folders]
    for name in names if len(names) > 1 else ():
        if names.count(name) > 1 or not name.isprintable() or len(name.encode()) > _LONGEST_NAME:
            problems.append(
                f"INDEX_DIR: several collections need folders with names of their own, of at most {_LONGEST_NAME} bytes; {name!r} is none"
            )
            break
    return tuple(folders)


def _name(folder: Path) -> str:
    return folder.name.lstrip(".") or folder.name


def _folder(name: str, variables: Mapping[str, str], problems: list[str], default: Path) -> Path:
    value = Path(variables.get(name, default)).expanduser()
    try:
        wrong = value.exists() and not value.is_dir()
    except (OSError, ValueError) as error:
        problems.append(f"{name}: {value} cannot be used ({_reason(error)})")
    else:
        if wrong:
            problems.append(f"{name}: {value} is a file, and a folder is wanted")
    return value


def _choice(name: str, variables: Mapping[str, str], problems: list[str], choices: Sequence[T], default: T) -> T:
    """One of some words, in capitals or not."""
    value = variables.get(name, default)
    choice = next((each for each in choices if each.lower() == value.lower()), None)
    if choice is None:
        problems.append(f"{name}: {value!r} is none of {', '.join(choices)}")
    return choice or default


def _numbers(name: str, variables: Mapping[str, str], problems: list[str]) -> frozenset[int]:
    """People on Telegram by their numbers, parted by commas or spaces."""
    numbers = re.split(r"[\s,;]+", variables.get(name, "").strip(" ,;"))
    strange = [number for number in numbers if number and not re.fullmatch(r"[0-9]{1,16}", number)]
    if strange:
        problems.append(f"{name}: {strange[0]!r} is no number of a person: @userinfobot in Telegram tells you yours")
    return frozenset(int(number) for number in numbers if number and number not in strange)


def _days(variables: Mapping[str, str], problems: list[str]) -> int:
    value = variables.get("FEEDBACK_DAYS", str(Settings().feedback_days))
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= 36_500):
        problems.append(f"FEEDBACK_DAYS: {value!r} is no number of days from 1 to 36500")
        return Settings().feedback_days
    return int(value)


def _webhook(variables: Mapping[str, str], problems: list[str]) -> Listening | None:
    listen = variables.get("WEBHOOK_LISTEN", LISTEN)
    host, _, port = listen.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        problems.append(f"WEBHOOK_LISTEN: {listen!r} is no address such as {LISTEN}")
        return None
    url = variables.get("WEBHOOK_URL")
    if url is None:
        return None
    if not _is_root(url):
        problems.append(f"WEBHOOK_URL: {url!r} is no address such as https://bot.example.org")
    elif variables.get("TELEGRAM_API_BASE_URL", TELEGRAM).rstrip("/") == TELEGRAM and not _telegram_delivers_to(url):
        ports = ", ".join(map(str, WEBHOOK_PORTS))
        problems.append(
            f"WEBHOOK_URL: Telegram delivers to https addresses with one of the ports {ports}, not to {url!r}"
        )
    return Listening(url.rstrip("/"), host.strip("[]"), int(port))


def _telegram_delivers_to(url: str) -> bool:
    address = urlsplit(url)
    return address.scheme == "https" and (address.port or 443) in WEBHOOK_PORTS


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
