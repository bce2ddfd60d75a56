"""Environment → settings, or every wrong variable in one line."""

from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot import settings
from bot.settings import Listening, Settings, SettingsError

TOKEN = "123456789:AAF0-abc_DEFGHIJKLMNOPQRSTUVWXYZ012"
ROOT = Path(__file__).parents[2]


def test_an_empty_environment_has_defaults_that_work():
    assert settings.read({}) == Settings(None, "https://api.telegram.org", Path(".index"), Path(".state"), "INFO")


def test_the_example_file_sets_the_defaults_and_names_every_variable():
    example = dotenv_values(ROOT / ".env.example", interpolate=False)
    assert settings.read({name: value or "" for name, value in example.items()}) == Settings()
    assert set(example) == {
        "TELEGRAM_BOT_TOKEN",
        "TELEGRAM_BOT_TOKEN_FILE",
        "TELEGRAM_API_BASE_URL",
        "INDEX_DIR",
        "STATE_DIR",
        "LOG_LEVEL",
        "FEEDBACK",
        "FEEDBACK_DAYS",
        "WEBHOOK_URL",
        "WEBHOOK_LISTEN",
        "TELEGRAM_TEST_ENVIRONMENT",
        "WATCH",
        "ADMINS",
    }


def test_every_variable_is_read():
    given = {
        "TELEGRAM_BOT_TOKEN": f" {TOKEN}\n",
        "TELEGRAM_API_BASE_URL": "http://127.0.0.1:8081/",
        "INDEX_DIR": "a",
        "STATE_DIR": "b",
        "LOG_LEVEL": "debug",
        "FEEDBACK": "Questions",
        "FEEDBACK_DAYS": "7",
        "WEBHOOK_URL": "https://bot.example/byline/",
        "WEBHOOK_LISTEN": "[::1]:8081",
        "TELEGRAM_TEST_ENVIRONMENT": "yes",
        "WATCH": "no",
    }
    listening = Listening("https://bot.example/byline", "::1", 8081)
    assert settings.read(given) == Settings(
        TOKEN, "http://127.0.0.1:8081", Path("a"), Path("b"), "DEBUG", "questions", 7, listening, True, False
    )


def test_the_token_may_stand_in_a_file_and_the_variable_wins(tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    assert settings.read({"TELEGRAM_BOT_TOKEN_FILE": str(file)}).token == TOKEN
    assert settings.read({"TELEGRAM_BOT_TOKEN_FILE": "none", "TELEGRAM_BOT_TOKEN": "1:other"}).token == "1:other"


def test_every_wrong_variable_is_named_at_once(tmp_path):
    file = tmp_path / "file"
    file.touch()
    wrong = {
        "TELEGRAM_BOT_TOKEN": "secret",
        "TELEGRAM_API_BASE_URL": "api.example",
        "INDEX_DIR": str(file),
        "STATE_DIR": str(file),
        "LOG_LEVEL": "loud",
        "FEEDBACK": "everything",
        "FEEDBACK_DAYS": "-1",
        "WEBHOOK_LISTEN": "8080",
        "TELEGRAM_TEST_ENVIRONMENT": "maybe",
    }
    with pytest.raises(SettingsError) as raised:
        settings.read(wrong)
    message = str(raised.value)
    assert [name for name in wrong if name in message] == list(wrong)
    assert "secret" not in message
    assert "\n" not in message


@pytest.mark.parametrize("root", ["ftp://x", "http://", "http://x:port", "http://x/?a=b", "http://x y", "http://[x"])
def test_a_root_that_is_none_is_refused(root):
    with pytest.raises(SettingsError, match="TELEGRAM_API_BASE_URL"):
        settings.read({"TELEGRAM_API_BASE_URL": root})


@pytest.mark.parametrize("url", ["http://bot.example.org", "https://bot.example.org:9000"])
def test_an_address_that_telegram_does_not_deliver_to_is_refused_at_the_start(url):
    with pytest.raises(SettingsError, match=r"WEBHOOK_URL: Telegram delivers to https .* 443, 80, 88, 8443"):
        settings.read({"WEBHOOK_URL": url})


def test_a_bot_api_server_of_ones_own_delivers_to_any_address_and_port():
    own = {"TELEGRAM_API_BASE_URL": "http://127.0.0.1:8081", "WEBHOOK_URL": "http://127.0.0.1:9000"}
    webhook = settings.read(own).webhook
    assert webhook is not None
    assert webhook.url == "http://127.0.0.1:9000"


@pytest.mark.parametrize("port", ["", ":443", ":8443"])
def test_an_address_that_telegram_delivers_to_is_taken(port):
    webhook = settings.read({"WEBHOOK_URL": f"https://bot.example.org{port}"}).webhook
    assert webhook is not None
    assert webhook.url == f"https://bot.example.org{port}"


def test_a_token_file_that_cannot_be_read_is_named(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(SettingsError, match=r"TELEGRAM_BOT_TOKEN_FILE: .* cannot be read"):
            settings.read({"TELEGRAM_BOT_TOKEN_FILE": str(path)})
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="cannot be read"):
        settings.read({"TELEGRAM_BOT_TOKEN_FILE": str(binary)})


def test_the_token_is_in_no_repr():
    assert TOKEN not in repr(settings.read({"TELEGRAM_BOT_TOKEN": TOKEN}))


def test_admins_are_numbers_with_commas_or_spaces_between_and_nobody_by_default():
    assert settings.read({}).admins == frozenset()
    assert settings.read({"ADMINS": "12, 345 ;7,"}).admins == {7, 12, 345}
    for wrong in ("@ada", "12,-5", "1" * 17):
        with pytest.raises(SettingsError, match="ADMINS: .* is no number of a person"):
            settings.read({"ADMINS": wrong})
