"""A text fragment names its sentence and no other; a real browser scrolls there and marks it."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import image

from retrieval.fragments import text_fragment
from tests.quote_generator import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEDS = sorted((Path(__file__).parent.parent.parent / "seeds").glob("*.txt"))
URL = "https://news.example/a"
CHROMIUM = shutil.which("chromium")

# A bar before and after the stretch; ¦ because no article has it.
CUTS = {
    "A cat sat on the mat. ¦A dog lay down.¦": "A dog lay down",
    "¦The mayor of the old town by the sea spoke on Monday.¦ It rained.": "The mayor of,spoke on Monday",
    "The cat sat. ¦The cat sat on the old red mat by the open window.¦": "The cat sat on,the open window",
    "One end of it all. ¦Here begins a longer line, and now the end of it all is the end of it all.¦": (
        "Here begins a,is the end of it all"
    ),
    "A cat sat. A dog sat.\n¦A cat sat.¦ The end.": "A cat sat",
    "He said: ¦“Go, now!” & left well-known R&D.¦ “Go!”": "Go%2C now!” %26 left well%2Dknown R%26D",
    "A\u00a0¦soft\u00adhyphen and \u200bhidden\u00a0space¦ here": "softhyphen and hidden space",
    "¦Head line of two\nlines that go on and on here.¦": "Head line of,and on here",
    "no ¦…¦ word": None,
}


@pytest.mark.parametrize(("drawn", "expected"), CUTS.items())
def test_the_shortest_phrase_that_stands_once_is_taken(drawn: str, expected: str | None) -> None:
    before, inside, _ = drawn.split("¦")
    text = drawn.replace("¦", "")
    link = text_fragment(text, len(before), len(before) + len(inside), URL)
    told = link.removeprefix(f"{URL}#:~:text=")
    readable = re.sub(r"%(?!2C|2D|26|3A)[0-9A-F]{2}(?:%[89AB][0-9A-F])*", lambda match: unquote(match[0]), told)
    assert readable == (expected or URL)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x", "https://a.example/x#:~:text=Go"),
        ("https://a.example/x?q=1#part", "https://a.example/x?q=1#part:~:text=Go"),
        ("https://a.example/x#:~:text=old", "https://a.example/x#:~:text=Go"),
        ("https://a.example/x#part:~:text=old,words", "https://a.example/x#part:~:text=Go"),
    ],
)
def test_what_the_address_has_is_kept_but_for_an_older_directive(url: str, expected: str) -> None:
    assert text_fragment("Go", 0, 2, url) == expected


def test_half_a_character_in_a_text_becomes_a_question_mark_and_breaks_no_link() -> None:
    text = "The clerk \ud83d spoke. It rained."
    assert text_fragment(text, 0, 18, URL) == f"{URL}#:~:text=The%20clerk%20%3F%20spoke"


def test_a_span_that_is_none_is_refused() -> None:
    for start, end in ((0, 0), (-1, 2), (1, 9)):
        with pytest.raises(ValueError, match="no span"):
            text_fragment("Text", start, end, URL)


def test_every_sentence_of_the_seeds_is_named_by_words_that_stand_once() -> None:
    for path in SEEDS:
        text = path.read_bytes().decode()
        plain = " ".join(text.split())
        place = 0
        for sentence in sentences(text):
            place = text.index(sentence, place)
            told = text_fragment(text, place, place + len(sentence), URL).partition("text=")[2]
            parts = [unquote(part) for part in told.split(",")]
            assert all(part in " ".join(sentence.split()) for part in parts)
            assert len(told) < 300
            times = len(re.findall(rf"(?<!\w){re.escape(parts[0])}(?!\w)", plain))
            assert times == 1 or plain.count(" ".join(sentence.split())) > 1
            place += len(sentence)


@given(st.text(alphabet="ab ,-&.\n“é\u00ad\u0301字", min_size=1, max_size=60), st.data())
def test_any_stretch_of_any_text_gives_an_address_that_is_ascii(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    link = text_fragment(text, start, end, URL)
    assert link.isascii()
    assert " " not in link
    if link != URL:
        # What parts a directive's terms is never inside one.
        assert re.fullmatch(r"[^-,&]+(,[^-,&]+)?", link.partition("text=")[2])


# --- a real browser ---

PAGE = """<!doctype html><meta charset="utf-8">
<style>::target-text {{ background: #f0f; color: #f0f }} p {{ margin: {gap}px 0; font: 16px/20px sans-serif }}</style>
<nav>Home News Sport</nav>{paragraphs}<footer>Contact</footer><script>
addEventListener("load", () => setTimeout(() => {{
  const seen = [...document.querySelectorAll("p")].filter(p => {{
    const box = p.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight }});
  const [id, start, end] = {target};
  const node = document.querySelectorAll("p")[id].firstChild, range = document.createRange();
  range.setStart(node, start); range.setEnd(node, end);
  const area = [...range.getClientRects()].reduce((sum, box) => sum + box.width * box.height, 0);
  document.title = JSON.stringify({{ seen: seen.map(p => [...document.querySelectorAll("p")].indexOf(p)), area }});
}}, 300))</script>"""

ARTICLE = """Talks on the river bridge stalled again on Monday, officials said.
The council met. Nobody spoke. The mayor’s R&D adviser — a well-known, 62-year-old engineer — said “no, never”.
Traffic was heavy. The council met. Somebody spoke.
Élodie Müller, who runs\u00a0the ferry, said the bridge would cost $14,000,000, or 5% of all the town has, by 2030.
Nobody knows. The council met."""
ASKED = [
    "Talks on the river bridge stalled again on Monday, officials said.",
    "The mayor’s R&D adviser — a well-known, 62-year-old engineer — said “no, never”.",
    "The council met. Somebody spoke.",
    ARTICLE.split("\n")[3],
]


@pytest.fixture
def site() -> Iterator[tuple[str, dict[str, str]]]:
    """A local server and its pages by path."""
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", pages
    server.shutdown()
    server.server_close()
    thread.join()


def browse(address: str, profile: Path, *options: str) -> str:
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
    command += ["--hide-scrollbars", "--virtual-time-budget=2000", *options, address]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def marked_area(picture: Path) -> int:
    """How many pixels of a PNG are the colour of the mark."""
    colours = image.imread(picture)[..., :3]
    return int((colours == (1, 0, 1)).all(axis=-1).sum())


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt-get install chromium)")
@pytest.mark.parametrize("asked", ASKED)
def test_chromium_scrolls_to_the_sentence_and_marks_it(
    asked: str, site: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    root, pages = site
    start = ARTICLE.rindex(asked)
    line = ARTICLE.count("\n", 0, start)
    offset = start - (ARTICLE.rfind("\n", 0, start) + 1)
    paragraphs = "".join(f"<p>{html.escape(text)}</p>" for text in ARTICLE.split("\n"))
    target = json.dumps([line, offset, offset + len(asked)])
    pages["/far"] = PAGE.format(gap=1500, paragraphs=paragraphs, target=target)
    pages["/near"] = PAGE.format(gap=20, paragraphs=paragraphs, target=target)

    far = text_fragment(ARTICLE, start, start + len(asked), f"{root}/far")
    page = browse(far, tmp_path / "far", "--window-size=800,600", "--dump-dom")
    report = json.loads(html.unescape(re.findall("<title>(.*?)</title>", page)[0]))
    assert report["seen"] == [line]

    picture = tmp_path / "near.png"
    near = text_fragment(ARTICLE, start, start + len(asked), f"{root}/near")
    browse(near, tmp_path / "near", "--window-size=800,500", f"--screenshot={picture}")
    # The mark is the sentence's own boxes, give or take the marks at its ends; another sentence's would be far off.
    assert marked_area(picture) == pytest.approx(report["area"], rel=0.15)
