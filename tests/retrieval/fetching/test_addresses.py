"""Only public http and https addresses are fetched, whatever they look like."""

from __future__ import annotations

import socket

import pytest

from retrieval.fetching.addresses import FetchError, normalize, public_address


@pytest.mark.parametrize(
    ("written", "base", "address"),
    [
        (" https://News.Example/a?b=1#part ", "", "https://news.example/a?b=1"),
        ("../b", "http://news.example:8080/a/c", "http://news.example:8080/b"),
        ("https://bücher.example/straße", "", "https://xn--bcher-kva.example/stra%C3%9Fe"),
        ("http://news.example", "", "http://news.example/"),
        ("http://[2606:4700::1111]:8080/a", "", "http://[2606:4700::1111]:8080/a"),
    ],
)
def test_an_address_has_one_form(written: str, base: str, address: str):
    assert normalize(written, base) == address


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("file:///etc/passwd", "no http or https address"),
        ("ftp://news.example/a", "no http or https address"),
        ("javascript:alert(1)", "no http or https address"),
        ("news.example/a", "no http or https address"),
        ("https://", "no http or https address"),
        ("https://user:secret@news.example/", "it holds a user's name"),
        ("https://news.example:99999/", "no address"),
        ("https://news.example/a b", "no address"),
        ("https://news.example/a\r\nHost: other", "no address"),
        ("https://news.example\\@other.example/", "no address"),
        ("https://news.example/" + "a" * 2_000, "no address"),
        ("https://[::1/", "no address"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused(written: str, reason: str):
    with pytest.raises(FetchError, match=f"^{reason}$"):
        normalize(written)


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.1.2.3 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.1 198.18.0.1 224.0.0.1
    240.0.0.1 255.255.255.255 ::1 :: fe80::1 fc00::1 fd12::1 ff02::1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::10.0.0.1
    2002:0a00:0001::1 2001:db8::1 fe80::1%eth0""".split(),
)
def test_a_name_of_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch, address: str):
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 0))
    hidden = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [public, hidden])
    with pytest.raises(FetchError, match="which is no public address"):
        public_address("inside.example")


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111"])
def test_a_name_of_a_public_address_gives_it(monkeypatch: pytest.MonkeyPatch, address: str):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 6, "", (address, 0))])
    assert public_address("news.example") == address


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "::1"])
def test_this_machine_is_refused_under_any_name(host: str):
    with pytest.raises(FetchError, match="which is no public address"):
        public_address(host)


def test_a_host_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    def unknown(*_: object, **__: object):
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(FetchError, match=r"^there is no host gone\.example$"):
        public_address("gone.example")
