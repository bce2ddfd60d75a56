"""What an operator sees of the requests that are answered: kind, verdict and time, and nothing of what was asked."""

from __future__ import annotations

import re

from tests.fakes import EXAMPLES


def lines(output: str) -> list[str]:
    """The log's lines on requests, without date and time taken."""
    found = (re.search(r" INFO bot\.searching: (.*) in \d+\.\d\d s$", line) for line in output.splitlines())
    return [match[1] for match in found if match]


def test_each_request_is_one_line_without_a_word_of_it(api, run_bot):
    bot = run_bot(api, LOG_LEVEL="INFO")
    ana, ben = api.user("Ana"), api.user("Ben")
    private, group = api.private(ana), api.group("Newsroom", ana, ben)
    sent = {
        EXAMPLES[0]: "private message: answer",
        "zzz": "private message: nothing",
        "“The ministers met in Port Alba on Tuesday.”": "private message: verbatim",
        "/quote Plums fell by a third since last autumn": "private quote: not-found",
        "thanks": "private message: said",
        "/sources": "private sources: said",
        "/rosebud": "private other command: said",
    }
    for text in sent:
        private.say(text)
        private.wait_message()
    group.say("not for the bot")
    group.say(f"/ask {EXAMPLES[0]}", ben)
    group.wait_message()
    assert bot.stop() == 0
    assert lines(bot.output) == [*sent.values(), "group message: answer"]
    assert not re.search(r"ministers|Alba|rosebud|Plums|Ana|Newsroom|not for", bot.output)


def test_a_request_that_fails_is_no_line_of_an_answer(api, run_bot):
    bot = run_bot(api, LOG_LEVEL="INFO")
    private = api.private(api.user("Ana"))
    private.say("please explode")
    private.wait_message()
    assert bot.stop() == 0
    assert lines(bot.output) == []


def test_the_request_of_an_unknown_command_in_a_group_is_none(api, run_bot):
    bot = run_bot(api, LOG_LEVEL="INFO")
    ana = api.user("Ana")
    private, group = api.private(ana), api.group("Newsroom", ana)
    group.say("/rosebud")
    private.say("/help")
    private.wait_message()
    assert bot.stop() == 0
    assert lines(bot.output) == ["private help: said"]
