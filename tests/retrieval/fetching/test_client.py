"""One polite client, whatever a server does; only public http and https addresses, whatever they look like."""

from __future__ import annotations

import gzip
import socket
import zlib

import pytest

from retrieval.fetching import client as clients
from retrieval.fetching.client import FetchError, normalize, public_address
from tests.retrieval.fetching.conftest import ARTICLE, Web, page, redirect, status


def reason(web: Web, path: str = "/a") -> str:
    with web.client() as client, pytest.raises(FetchError) as error:
        client.get(web.url(path))
    return str(error.value)


def raw(data: bytes):
    def reply(handler) -> None:
        handler.wfile.write(data)
        handler.close_connection = True

    return reply


def endless(head: bytes, piece: bytes):
    def reply(handler) -> None:
        handler.wfile.write(head)
        while True:
            handler.wfile.write(piece)

    return reply


def test_a_page_comes_with_its_bytes_its_type_and_its_validators(web: Web):
    web.routes["/a"] = page(ETag='"1"', Last_Modified="Mon, 01 Mar 2021 10:00:00 GMT")
    with web.client() as client:
        response = client.get(web.url("/a#part"))
    assert response == clients.Response(web.url("/a"), ARTICLE, "text/html", '"1"', "Mon, 01 Mar 2021 10:00:00 GMT")
    (_, _, headers) = web.requests[-1]
    assert headers["User-Agent"] == "Byline"
    assert "Cookie" not in headers


def test_what_has_not_changed_is_not_sent_again(web: Web):
    web.routes["/a"] = status(304)
    with web.client() as client:
        assert client.get(web.url("/a"), '"1"', "Mon, 01 Mar 2021 10:00:00 GMT") is None
    assert web.requests[-1][2]["If-None-Match"] == '"1"'
    assert web.requests[-1][2]["If-Modified-Since"] == "Mon, 01 Mar 2021 10:00:00 GMT"
    assert reason(web) == "the server says 304"  # to a question that set no condition


def test_validators_that_cannot_be_sent_back_are_not_kept(web: Web):
    web.routes["/a"] = page(ETag="\xe9\x80")
    with web.client() as client:
        response = client.get(web.url("/a"))
    assert response is not None
    assert response.etag is None


def test_packed_answers_are_unpacked(web: Web):
    web.routes["/a"] = page(gzip.compress(ARTICLE), Content_Encoding="gzip")
    with web.client() as client:
        response = client.get(web.url("/a"))
    assert response is not None
    assert response.content == ARTICLE


def test_redirects_are_followed_a_few_times_and_every_host_is_looked_up_once_a_request(web: Web):
    for number in range(5):
        web.routes[f"/{number}"] = redirect(web.url(f"/{number + 1}", host=f"host{number + 1}.example"))
    web.routes["/5"] = page()
    with web.client() as client:
        response = client.get(web.url("/0", host="host0.example"))
    assert response is not None
    assert response.address == web.url("/5", host="host5.example")
    assert len(web.looked_up) == len(web.requests) == 12  # a page and a robots.txt of each host
    web.routes["/5"] = redirect("/6")
    web.routes["/6"] = page()
    assert reason(web, "/0") == "more than 5 redirects"


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("/a", "more than 5 redirects"),
        ("file:///etc/passwd", "it redirects to something that is not fetched: no http or https address"),
        ("ftp://news.example/a", "it redirects to something that is not fetched: no http or https address"),
        ("http://127.0.0.1:9/a", "127.0.0.1 is no public address"),
        ("http://[::1]:9/a", "::1 is no public address"),
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254 is no public address"),
        ("http://localhost:9/a", "which is no public address"),
        ("http://2130706433/", "2130706433 is 127.0.0.1, which is no public address"),
    ],
)
def test_a_redirect_leads_nowhere_that_an_address_may_not_lead(web: Web, target: str, told: str):
    web.routes["/a"] = redirect(target)
    assert reason(web).endswith(told)


def test_a_name_that_becomes_private_between_two_requests_is_refused(web: Web):
    web.routes["/a"] = page()
    answers = iter(["127.0.0.1"])

    def resolve(host: str) -> str:
        if address := next(answers, None):
            return address
        raise FetchError(f"{host} is 10.0.0.1, which is no public address")

    with (
        clients.Client(resolve=resolve, sleep=web.pauses.append) as client,
        pytest.raises(FetchError, match=r"10\.0\.0\.1"),
    ):
        client.get(web.url("/a"))
    assert [path for _, path, _ in web.requests] == ["/robots.txt"]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (status(404), "the server says 404"),
        (status(500), "the server says 500"),
        (status(204), "the server says 204"),
        (status(302), "the server says 302"),
        (status(429), "the server says 429 (too busy)"),
        (page(gzip.compress(b"a" * 60_000_000), Content_Encoding="gzip"), "more than 10,000,000 bytes"),
        (page(b"a" * 10_000_001), "more than 10,000,000 bytes"),
        (endless(b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 65_536), "more than 10,000,000 bytes"),
        (
            page(gzip.compress(ARTICLE)[:12] + b"no gzip at all", Content_Encoding="gzip"),
            "its packed bytes are damaged",
        ),
        (page(zlib.compress(ARTICLE), Content_Encoding="deflate"), "packed in a way that was not asked for (deflate)"),
        (page(ARTICLE, Content_Encoding="gzip, gzip"), "packed in a way that was not asked for (gzip, gzip)"),
    ],
)
def test_what_may_not_be_taken_is_refused_with_the_reason(web: Web, reply, told: str):
    web.routes["/a"] = reply
    assert reason(web) == told


@pytest.mark.parametrize(
    "reply",
    [
        raw(b""),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"),
        raw(b"\x16\x03\x01 no http"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        endless(b"HTTP/1.1 200 OK\r\n", b"X-Header: " + b"a" * 60_000 + b"\r\n"),
    ],
)
def test_answers_that_are_no_http_are_a_failed_connection(web: Web, reply):
    web.routes["/a"] = reply
    assert reason(web).startswith("the connection failed (")


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX-Header: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_trickles_its_headers_or_its_page_is_left(web: Web, head: bytes):
    def trickle(handler) -> None:
        web.now += 31
        handler.wfile.write(head)
        while True:
            handler.wfile.write(b"a")

    web.routes["/a"] = trickle
    assert reason(web) == "not whole after 30 seconds"


def test_a_host_that_is_too_busy_is_asked_no_more(web: Web):
    web.routes["/a"] = status(503)
    web.routes["/b"] = page()
    with web.client() as client:
        for path in ("/a", "/b"):
            with pytest.raises(FetchError):
                client.get(web.url(path))
        assert client.get(web.url("/b", host="other.example")) is not None
    assert web.paths() == ["/a", "/b"]
    assert [host for host, path, _ in web.requests if path == "/b"] == ["other.example"]


def test_a_host_that_fails_three_times_is_asked_no_more_and_one_good_answer_forgives(web: Web):
    web.routes["/a"] = raw(b"")
    web.routes["/b"] = page()
    with web.client() as client:
        for path in ("/a", "/a", "/b", "/a", "/a", "/a", "/b"):
            try:
                client.get(web.url(path))
            except FetchError as error:
                told = str(error)
    assert web.paths() == ["/a", "/a", "/b", "/a", "/a", "/a"]
    assert told == f"{web.url('').removeprefix('http://')} is given up: it was too busy, or failed 3 times"


def test_robots_txt_is_obeyed_with_its_wildcards_and_asked_for_once(web: Web):
    web.routes["/robots.txt"] = page(
        b"User-agent: *\nDisallow: /*?print=\nDisallow: /private/\nAllow: /private/open\n", "text/plain"
    )
    web.routes["/a"] = web.routes["/private/open"] = page()
    assert reason(web, "/private/a") == "robots.txt forbids it"
    assert reason(web, "/a?print=1") == "robots.txt forbids it"
    with web.client() as client:
        client.get(web.url("/a"))
        client.get(web.url("/private/open"))
    assert web.paths() == ["/a", "/private/open"]
    assert [path for _, path, _ in web.requests].count("/robots.txt") == 3  # one a client


def test_robots_txt_may_name_us(web: Web):
    web.routes["/robots.txt"] = page(b"User-agent: *\nAllow: /\n\nUser-agent: byline\nDisallow: /\n", "text/plain")
    assert reason(web) == "robots.txt forbids it"


def test_a_redirect_to_a_host_that_forbids_it_is_not_followed(web: Web):
    web.routes["/a"] = redirect("/closed")
    web.routes["/robots.txt"] = page(b"User-agent: *\nDisallow: /closed\n", "text/plain")
    assert reason(web) == "robots.txt forbids it"
    assert web.paths() == ["/a"]


@pytest.mark.parametrize(("code", "taken"), [(404, True), (403, True), (500, False), (503, False), (429, False)])
def test_without_rules_all_may_be_fetched_and_nothing_while_nobody_can_tell(web: Web, code: int, *, taken: bool):
    web.routes["/a"] = page()
    web.routes["/robots.txt"] = status(code)
    if taken:
        with web.client() as client:
            assert client.get(web.url("/a")) is not None
    else:
        assert reason(web) == f"its robots.txt cannot be read (the server says {code})"
        assert web.paths() == []


def test_of_rules_without_an_end_the_beginning_counts(web: Web):
    head = b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /a\n"
    web.routes["/robots.txt"] = endless(head, b"# more\n" * 10_000)
    assert reason(web) == "robots.txt forbids it"


def test_rules_may_be_elsewhere_and_a_loop_of_them_forbids_nothing(web: Web):
    web.routes["/robots.txt"] = redirect("/rules")
    web.routes["/rules"] = page(b"User-agent: *\nDisallow: /a\n", "text/plain")
    assert reason(web) == "robots.txt forbids it"
    web.routes["/rules"] = redirect("/robots.txt")
    web.routes["/a"] = page()
    with web.client() as client:
        assert client.get(web.url("/a")) is not None


@pytest.mark.parametrize(
    ("rules", "longest"),
    [(b"", 1), (b"User-agent: *\nCrawl-delay: 7\n", 7), (b"User-agent: *\nCrawl-delay: 9999\n", 30)],
)
def test_between_two_requests_to_a_host_there_is_a_pause_as_long_as_it_asks_for(web: Web, rules: bytes, longest: int):
    web.routes["/robots.txt"] = page(rules, "text/plain")
    web.routes["/a"] = web.routes["/b"] = page()
    with web.client() as client:
        client.get(web.url("/a"))
        client.get(web.url("/b"))
        before = len(web.pauses)
        client.get(web.url("/b", host="other.example"))
    assert web.pauses[:before] == [longest, longest]  # before /a and before /b
    assert web.pauses[before:] == [longest]  # the other host waits after its own robots.txt alone


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
    with pytest.raises(FetchError, match="no public address"):
        public_address("inside.example")


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111"])
def test_a_name_of_a_public_address_gives_it(monkeypatch: pytest.MonkeyPatch, address: str):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 6, "", (address, 0))])
    assert public_address("news.example") == address


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "::1"])
def test_this_machine_is_refused_under_any_name(host: str):
    with pytest.raises(FetchError, match="no public address"):
        public_address(host)


def test_a_host_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    def unknown(*_: object, **__: object):
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(FetchError, match=r"^there is no host gone\.example$"):
        public_address("gone.example")
