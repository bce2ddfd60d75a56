"""Feeds, sitemaps and pages become files that are read with their address; what fails is named and the rest goes on."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retrieval import ArticlesError, articles
from retrieval.__main__ import main
from retrieval.fetching import client
from retrieval.fetching.fetch import Outcome, fetch
from tests.retrieval.fetching.conftest import ARTICLE, Web, page, redirect, status

ROOT = Path(__file__).parent.parent.parent.parent
NOW = datetime(2021, 3, 4, 10, 30, tzinfo=UTC)


def run(web: Web, folder: Path, *paths: str, limit: int = 100) -> list[Outcome]:
    with web.client() as polite:
        return list(fetch([web.url(path) for path in paths], folder, polite, limit=limit, now=lambda: NOW))


def failures(outcomes: list[Outcome]) -> list[str]:
    return [outcome.fault for outcome in outcomes if outcome.fault]


def stored(outcomes: list[Outcome]) -> list[str]:
    return [outcome.file for outcome in outcomes if outcome.file]


def rss(*links: str) -> bytes:
    items = "".join(f"<item><title>A</title><link>{link}</link></item>" for link in links)
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>News</title>{items}</channel></rss>".encode()


def sitemap(*links: str, kind: str = "urlset") -> bytes:
    rows = "".join(f"<url><loc>{link}</loc></url>" for link in links)
    return f'<?xml version="1.0"?><{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{kind}>'.encode()


def test_a_page_is_kept_as_it_came_behind_its_address_and_time(web: Web, tmp_path: Path):
    web.routes["/2021/a-bridge-opens.html"] = page()
    (outcome,) = run(web, tmp_path, "/2021/a-bridge-opens.html#top")
    assert outcome.file
    url, sha256 = web.url("/2021/a-bridge-opens.html"), hashlib.sha256(ARTICLE).hexdigest()
    name = f"news.example_{web.server.server_port}/a-bridge-opens-{hashlib.sha256(url.encode()).hexdigest()[:8]}.html"
    assert (outcome.address, outcome.file) == (url, name)
    head = f"<!-- saved from url=({len(url):04}){url} -->\n<!-- fetched 2021-03-04T10:30:00Z, sha256 of what follows {sha256} -->\n"
    assert (tmp_path / name).read_bytes() == head.encode() + ARTICLE
    (article,) = articles.read(tmp_path).articles
    assert (article.url, article.title, article.date) == (url, "A bridge opens", None)
    assert "saved from" not in article.text


def test_the_address_that_a_page_states_itself_goes_before_the_one_it_was_fetched_from(web: Web, tmp_path: Path):
    canonical = b'<head><link rel="canonical" href="https://www.post.example/a-bridge">'
    web.routes["/a"] = page(ARTICLE.replace(b"<head>", canonical))
    run(web, tmp_path, "/a")
    assert articles.read(tmp_path).articles[0].url == "https://www.post.example/a-bridge"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_page_with_a_byte_order_mark_is_read_with_its_address(web: Web, tmp_path: Path, encoding: str):
    text = ARTICLE.decode().replace("The mayor", "Bürgermeister Grün")
    web.routes["/a"] = page(text.encode(encoding))
    (file,) = stored(run(web, tmp_path, "/a"))
    (article,) = articles.read(tmp_path).articles
    assert article.url == web.url("/a")
    assert article.text.count("Bürgermeister Grün opened the new bridge") == 1
    assert (tmp_path / file).read_bytes().endswith(text.encode(encoding))


def test_an_address_cannot_end_the_comment_that_holds_it(web: Web, tmp_path: Path):
    path = "/a--%3E%3Cp%3E?b=-->"
    web.routes["/a--%3E%3Cp%3E?b=--%3E"] = page()
    run(web, tmp_path, path)
    (article,) = articles.read(tmp_path).articles
    assert article.text.startswith(("A bridge opens", "The mayor"))
    assert article.url is not None
    assert "-->" not in article.url


def test_a_feed_brings_its_pages_and_one_that_fails_stops_no_other(web: Web, tmp_path: Path):
    web.routes["/feed"] = page(
        rss("/a", web.url("/gone"), "file:///etc/passwd", "/paper.pdf", "/b", "/a"), "application/rss+xml"
    )
    web.routes["/a"] = web.routes["/b"] = page()
    web.routes["/paper.pdf"] = page(b"%PDF-1.7", "application/pdf")
    outcomes = run(web, tmp_path, "/feed")
    assert [bool(outcome.file) for outcome in outcomes] == [True, False, False, False, True]
    assert failures(outcomes) == [
        "the server says 404",
        "no http or https address",
        "neither page nor feed (application/pdf)",
    ]
    assert [article.url for article in articles.read(tmp_path).articles] == sorted([web.url("/a"), web.url("/b")])


def test_atom_damaged_feeds_and_sitemaps_of_sitemaps_are_read(web: Web, tmp_path: Path):
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="alternate" href="a?x=1&amp;y=2"/></entry></feed>'
    )
    web.routes["/atom/"] = page(atom, "application/atom+xml")
    web.routes["/broken"] = page(rss("/b").replace(b"</channel></rss>", b"<item><title>A & B"), "text/html")
    web.routes["/index"] = page(sitemap("/one.xml.gz", kind="sitemapindex"), "text/xml")
    web.routes["/one.xml.gz"] = page(gzip.compress(sitemap(web.url("/c?x=1&amp;y=2"))), "application/gzip")
    for path in ("/atom/a?x=1&y=2", "/b", "/c?x=1&y=2"):
        web.routes[path] = page()
    outcomes = run(web, tmp_path, "/atom/", "/broken", "/index")
    assert [outcome.address for outcome in outcomes] == [
        web.url(path) for path in ("/atom/a?x=1&y=2", "/b", "/c?x=1&y=2")
    ]
    assert failures(outcomes) == []


def test_lists_that_never_end_end(web: Web, tmp_path: Path):
    web.routes["/self"] = page(rss("/self"), "text/xml")
    web.routes["/1"] = page(rss("/2"), "text/xml")
    web.routes["/2"] = page(rss("/3"), "text/xml")
    web.routes["/3"] = page(rss("/4"), "text/xml")
    web.routes["/empty"] = page(rss(), "text/xml")
    assert run(web, tmp_path, "/self") == []
    assert failures(run(web, tmp_path, "/1", "/empty")) == ["a list below a list below a list", "it lists no address"]
    assert "/4" not in web.paths()


def test_of_a_list_without_an_end_the_limit_is_fetched_and_the_rest_another_time(web: Web, tmp_path: Path):
    web.routes["/feed"] = page(rss(*(f"/{number}" for number in range(5_000))), "text/xml", ETag='"1"')
    for number in range(5_000):
        web.routes[f"/{number}"] = page()
    outcomes = run(web, tmp_path, "/feed", "/other", limit=4)
    assert [bool(outcome.file) for outcome in outcomes] == [True, True, True, False, False]
    left = "left for another run, or raise --limit"
    assert failures(outcomes) == [f"4,997 of its 5,000 addresses: {left}", left]
    assert web.paths() == ["/feed", "/0", "/1", "/2"]
    run(web, tmp_path, "/feed", limit=1)
    assert "If-None-Match" not in web.requests[-1][2]  # else the rest would never come


def test_entities_that_unfold_and_packed_bombs_are_refused(web: Web, tmp_path: Path):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    bomb = (
        f"<?xml version='1.0'?><!DOCTYPE rss [{laughs}]><rss><channel><item><link>&l11;</link></item></channel></rss>"
    )
    web.routes["/laughs"] = page(bomb.encode(), "text/xml")
    web.routes["/bomb.gz"] = page(gzip.compress(b"<urlset>" + b" " * 50_000_000), "application/gzip")
    web.routes["/damaged.gz"] = page(b"\x1f\x8b damaged", "application/gzip")
    outcomes = run(web, tmp_path, "/laughs", "/bomb.gz", "/damaged.gz")
    assert failures(outcomes)[1:] == ["more than 10,000,000 bytes", "its packed bytes are damaged"]
    assert outcomes[0].fault


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (page(ARTICLE, "text/plain"), "neither page nor feed (text/plain)"),
        (page(ARTICLE, ""), "neither page nor feed (no type)"),
        (page(b"\x89PNG", "image/png"), "neither page nor feed (image/png)"),
        (page(b'{"a": 1}', "application/json"), "neither page nor feed (application/json)"),
        (page(b" \n"), "empty"),
    ],
)
def test_what_is_neither_page_nor_feed_is_named_by_its_type(web: Web, tmp_path: Path, reply, told: str):
    web.routes["/a"] = reply
    assert failures(run(web, tmp_path, "/a")) == [told]
    assert list(tmp_path.glob("**/*.html")) == []


def test_what_is_as_it_was_is_neither_sent_nor_written_again(web: Web, tmp_path: Path):
    web.routes["/feed"] = page(rss("/a", "/b"), "text/xml", ETag='"feed"')
    web.routes["/a"] = page(ETag='"a"')
    web.routes["/b"] = page()
    run(web, tmp_path, "/feed")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("**/*.html")}
    web.routes["/a"] = status(304)
    assert run(web, tmp_path, "/feed") == [Outcome(web.url("/a")), Outcome(web.url("/b"))]
    assert [headers.get("If-None-Match") for _, path, headers in web.requests if path == "/a"] == [None, '"a"']
    web.routes["/feed"] = status(304)
    assert run(web, tmp_path, "/feed") == [Outcome(web.url("/feed"))]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("**/*.html")} == before


def test_a_changed_page_replaces_its_file_and_a_deleted_one_is_asked_for_whole(web: Web, tmp_path: Path):
    web.routes["/a"] = page(ETag='"1"')
    (file,) = stored(run(web, tmp_path, "/a"))
    web.routes["/a"] = page(ARTICLE.replace(b"nine", b"ten"), ETag='"2"')
    assert stored(run(web, tmp_path, "/a")) == [file]
    assert b"ten million crowns" in (tmp_path / file).read_bytes()
    (tmp_path / file).unlink()
    run(web, tmp_path, "/a")
    assert "If-None-Match" not in web.requests[-1][2]
    assert (tmp_path / file).is_file()


def test_two_addresses_of_one_page_are_one_file(web: Web, tmp_path: Path):
    web.routes["/short"] = redirect("/a")
    web.routes["/a"] = page()
    outcomes = run(web, tmp_path, "/short", "/a")
    assert len(list(tmp_path.glob("**/*.html"))) == 1
    assert {outcome.address for outcome in outcomes} == {web.url("/short"), web.url("/a")}


@pytest.mark.parametrize("damage", ["{", "[]", '{"http://news.example/a": 5}', "[" * 100_000])
def test_damaged_notes_on_what_was_fetched_cost_no_more_than_asking_anew(web: Web, tmp_path: Path, damage: str):
    (tmp_path / ".fetched.json").write_text(damage)
    web.routes["/a"] = page()
    assert len(stored(run(web, tmp_path, "/a"))) == 1
    assert web.url("/a") in json.loads((tmp_path / ".fetched.json").read_text())


def test_a_full_disk_leaves_no_half_a_page(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    web.routes["/a"] = page()

    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as stream:
            stream.write(data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ArticlesError, match="no space left on device"):
        run(web, tmp_path, "/a")
    assert [path for path in tmp_path.glob("**/*") if path.is_file()] == []


def test_a_folder_that_is_a_file_is_named(web: Web, tmp_path: Path):
    (tmp_path / "a").write_text("")
    with pytest.raises(ArticlesError, match="nothing can be written into"):
        run(web, tmp_path / "a", "/a")


@pytest.fixture
def command(web: Web, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(client, "public_address", web.resolve)
    monkeypatch.setattr(client, "_PAUSE", 0)

    def call(*arguments: str) -> tuple[int, list[str], list[str]]:
        code = main(["fetch", *arguments])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err.splitlines()

    return call


def test_the_command_writes_a_line_for_each_page_and_for_each_failure(web: Web, tmp_path: Path, command):
    web.routes["/a"] = page()
    code, out, err = command(web.url("/a"), web.url("/gone"), "http://localhost/", "--to", str(tmp_path))
    (file,) = tmp_path.glob("**/*.html")
    assert code == 0
    assert out == [f"{file} {web.url('/a')}"]
    assert err[0] == f"{web.url('/gone')}: the server says 404"
    assert err[1].startswith("http://localhost/: localhost is ")
    assert err[2:] == ["1 page stored, 0 unchanged, 2 failed"]


def test_without_what_fetching_needs_the_command_says_how_to_install_it(tmp_path: Path):
    code = f"import sys; sys.modules['protego'] = None; from retrieval.__main__ import main; sys.exit(main(['fetch', 'http://a.example', '--to', {str(tmp_path)!r}]))"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=ROOT)
    told = "fetching needs protego: .venv/bin/pip install -e '.[fetch]' in the folder of Byline\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_the_command_ends_with_1_only_where_nothing_is_there(web: Web, tmp_path: Path, command):
    assert command(web.url("/gone"), "--to", str(tmp_path))[0] == 1
    web.routes["/a"] = page(ETag='"a"')
    assert command(web.url("/a"), "--to", str(tmp_path))[0] == 0
    web.routes["/a"] = status(304)
    assert command(web.url("/a"), web.url("/gone"), "--to", str(tmp_path))[0] == 0
