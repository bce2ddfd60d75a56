"""The page's files over HTTP: small, closed to other hosts, and with a policy that lets nothing in from outside."""

from __future__ import annotations

import http.client
import re

import pytest

from emulator.control import page_files

LARGEST = 100_000  # bytes, all files together


def get(api, path: str, host: str | None = None, verb: str = "GET"):
    connection = http.client.HTTPConnection(api.root.removeprefix("http://"))
    try:
        connection.request(verb, path, headers={"Host": host} if host else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), dict(answer.getheaders())
    finally:
        connection.close()


def test_the_whole_page_weighs_less_than_a_photo():
    files = page_files()
    assert {"index.html", "page.css", "main.js"} <= set(files)
    assert sum(map(len, files.values())) <= LARGEST


def test_every_file_that_the_page_names_is_served(api):
    named = {
        name for text in page_files().values() for name in re.findall(rb'(?:src|href|from )="?\.?/?([\w.]+)"', text)
    }
    named |= {name for text in page_files().values() for name in re.findall(rb'from "\./([\w.]+)"', text)}
    assert named == {name.encode() for name in page_files()} - {b"index.html"}
    for name in named:
        assert get(api, f"/{name.decode()}")[0] == 200


def test_the_policy_lets_in_only_the_pages_own_files(api):
    status, _, headers = get(api, "/")
    policy = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert status == 200
    assert policy["default-src"] == "'none'"
    assert {policy[kind] for kind in ("script-src", "style-src", "img-src", "connect-src")} == {"'self'"}
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "evil.example:8642", "10.0.0.7:8642"])
@pytest.mark.parametrize("path", ["/", "/main.js", "/control/chats"])
def test_another_host_is_refused(api, host, path):
    assert get(api, path, host)[0] == 403


@pytest.mark.parametrize("host", ["localhost:8642", "127.0.0.1", "[::1]:8642", "LOCALHOST"])
def test_this_machine_by_any_of_its_names_is_served(api, host):
    assert get(api, "/", host)[0] == 200


@pytest.mark.parametrize(
    ("path", "verb", "status"),
    [("/nothing.js", "GET", 404), ("/../control.py", "GET", 404), ("/page/index.html", "GET", 404), ("/", "POST", 405)],
)
def test_nothing_else_is_served(api, path, verb, status):
    assert get(api, path, verb=verb)[0] == status
