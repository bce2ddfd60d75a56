"""No token in any line, no traceback below DEBUG."""

import logging

import pytest

from bot import logs

TOKEN = "77:short-one"
OTHER = "123456789:AAF0-abc_DEFGHIJKLMNOPQRSTUVWXYZ012"


@pytest.mark.parametrize(
    "text", [TOKEN, f"bot{TOKEN}/getMe", "77%3Ashort-one", OTHER, f"'{OTHER}'", OTHER.replace(":", "%3A")]
)
def test_a_token_is_hidden_known_or_not(text):
    hidden = logs.Redactor(TOKEN)(f"before {text} after")
    assert "short-one" not in hidden
    assert "AAF0" not in hidden
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")


def test_what_only_looks_a_little_like_a_token_stays():
    assert logs.Redactor(None)("at 10:30, 123456:short") == "at 10:30, 123456:short"


def record(error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("x", logging.ERROR, __file__, 1, "asked %s", (f"https://h/bot{TOKEN}/x",), info)


def fail() -> None:
    raise ValueError(f"{TOKEN} and a question's text")


def raised() -> ValueError:
    with pytest.raises(ValueError, match="question") as caught:
        fail()
    return caught.value


def test_message_arguments_and_exception_are_redacted_at_debug():
    line = logs.Formatter(logs.Redactor(TOKEN), tracebacks=True).format(record(raised()))
    assert TOKEN not in line
    assert "asked https://h/bot<token>/x" in line
    assert "Traceback" in line


def test_below_debug_an_exception_is_one_line_without_its_text():
    line = logs.Formatter(logs.Redactor(TOKEN), tracebacks=False).format(record(raised()))
    assert "\n" not in line
    assert "question's text" not in line
    assert f"(ValueError at {__file__}:" in line


@pytest.fixture
def clamp_times(monkeypatch):
    """Logging is as it was after the test."""
    for name in (None, "chatty", *logs._OWN, *logs._QUIET):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.getLogger(name).level)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    yield
    logging.captureWarnings(capture=False)


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "ERROR"])
def test_libraries_that_log_addresses_and_texts_stay_quiet(level, clamp_times, capsys):
    logs.set_up(level, logs.Redactor(TOKEN))
    logging.getLogger("httpx").info("POST %s", TOKEN)
    logging.getLogger("httpcore.http11").debug("send")
    logging.getLogger("telegram.ext.Application").debug("a whole update")
    logging.getLogger("telegram.ext.ExtBot").critical("whole updates")
    logging.getLogger("telegram.request.BaseRequest").error("a whole answer")
    logging.getLogger("sentence_transformers.base.model").info("Loading …")
    logging.getLogger("bot.x").error("own line")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[-1] for line in lines] == ["Loading …"] * (level == "DEBUG") + ["own line"]


def test_a_library_that_sets_its_own_level_is_held_to_the_chosen_one(clamp_times, capsys):
    logging.getLogger("chatty").setLevel(logging.DEBUG)
    logs.set_up("INFO", logs.Redactor(None))
    logging.getLogger("chatty").debug("building")
    logging.getLogger("chatty").warning("broken")
    told = capsys.readouterr().err
    assert "building" not in told
    assert "broken" in told
