"""`python -m bot demo` as people use it: from the command to an answer, by mouse and by keys, on phone and desktop."""

from __future__ import annotations

import re
import signal
import socket
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import expect

from bot.__main__ import main
from tests.demo.conftest import DESKTOP, PHONE, page_root
from tests.fakes import EXAMPLES

SENTENCE = "The ministers met in Port Alba on Tuesday."
SERIOUS = {"serious", "critical"}
TOO_WIDE = "() => document.scrollingElement.scrollWidth > innerWidth || log.scrollWidth > log.clientWidth"


def answer(page):
    return page.locator(".message.theirs").last


def begin(page):
    page.get_by_role("button", name="START").click()
    page.get_by_role("button", name=EXAMPLES[0]).wait_for()


@pytest.mark.parametrize("size", [(360, 640), (390, 844), DESKTOP], ids=["small", "phone", "desktop"])
def test_from_start_over_an_example_in_sight_to_an_answer_with_quote_and_link(demo, open_page, size):
    page = open_page(page_root(demo()), size)
    begin(page)
    expect(page.locator(".key").last).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name=EXAMPLES[0]).click()
    expect(answer(page).locator("blockquote").first).to_contain_text(SENTENCE)
    link = answer(page).get_by_role("link", name="harbourpost.example").first
    expect(link).to_have_attribute("href", re.compile(r"^https://www\.harbourpost\.example/talks"))


def test_with_the_real_model_an_example_is_answered_out_of_the_articles(demo, open_page, seeds, seeds_index):
    page = open_page(page_root(demo(fake=False, INDEX_DIR=str(seeds_index))), PHONE)
    page.get_by_role("button", name="START").click()
    page.locator(".key").first.click()
    quote = answer(page).locator("blockquote").first
    quote.wait_for(timeout=60_000)
    articles = [" ".join(path.read_text(encoding="utf-8").split()) for path in seeds.iterdir()]
    assert any(" ".join(quote.inner_text().split()) in article for article in articles)


def test_keys_alone_are_enough(demo, open_page):
    page = open_page(page_root(demo()))
    expect(page.get_by_role("button", name="START")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    page.keyboard.type(EXAMPLES[1])
    page.keyboard.press("Enter")
    expect(answer(page)).to_contain_text("A storm closed the bridge at dawn.")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Control+a")
    page.keyboard.type(EXAMPLES[0])
    page.keyboard.press("Enter")
    expect(answer(page)).to_contain_text(SENTENCE)
    actions = answer(page).get_by_role("button", name="Actions")
    for _ in range(20):  # back over the commands and the answer's links and buttons
        page.keyboard.press("Shift+Tab")
        if actions.evaluate("element => element === document.activeElement"):
            break
    expect(answer(page).get_by_role("button", name="Actions")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Reply", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(answer(page).get_by_role("button", name="Actions")).to_be_focused()


def test_the_group_hears_ask_and_nothing_else(demo, open_page):
    page = open_page(page_root(demo()))
    page.get_by_role("button", name="Newsroom").click()
    for text in (EXAMPLES[0], f"/ask {EXAMPLES[1]}"):
        page.get_by_role("textbox", name="Message").fill(text)
        page.keyboard.press("Enter")
    expect(answer(page)).to_contain_text("A storm closed the bridge at dawn.")
    expect(answer(page).locator(".replied")).to_contain_text(f"/ask {EXAMPLES[1]}")
    expect(page.locator(".message.theirs")).to_have_count(1)


def test_nothing_is_wider_than_the_screen(demo, open_page):
    def too_wide():
        for width, height in ((320, 568), PHONE, (768, 1024), DESKTOP):
            page.set_viewport_size({"width": width, "height": height})
            if page.evaluate(TOO_WIDE):
                yield width

    page = open_page(page_root(demo()), PHONE)
    assert list(too_wide()) == []
    page.set_viewport_size({"width": 320, "height": 568})
    begin(page)
    for text in (EXAMPLES[0], "/sources", "x" * 400):
        page.get_by_role("textbox", name="Message").fill(text)
        page.keyboard.press("Enter")
        page.locator(f".message.own >> text={text}").wait_for()
    expect(answer(page)).to_contain_text("The articles say nothing on this.")
    assert list(too_wide()) == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_serious_in_any_state_by_light_or_dark(demo, open_page, axe, size):
    page = open_page(page_root(demo()), size)
    page.evaluate(axe)
    violations = []

    def look(state):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            serious = [each for each in page.evaluate("axe.run()")["violations"] if each["impact"] in SERIOUS]
            violations.extend((state, scheme, each["id"], [node["html"] for node in each["nodes"]]) for each in serious)

    look("fresh")
    begin(page)
    page.get_by_role("button", name=EXAMPLES[0]).click()
    answer(page).locator("blockquote").first.wait_for()
    look("answered")
    answer(page).get_by_role("button", name="Actions").click()
    look("actions")
    page.get_by_role("menuitem", name="Reply to a part").click()
    look("dialog")
    page.get_by_role("button", name="Reply to this part").click()
    page.get_by_role("textbox", name="Message").fill("/")
    look("commands and reply")
    if size == PHONE:
        page.get_by_role("button", name="All chats").click()
        look("chats")
    page.get_by_role("button", name="Newsroom").click()
    page.get_by_role("textbox", name="Message").fill(f"/ask {EXAMPLES[0]}")
    page.keyboard.press("Enter")
    expect(answer(page)).to_contain_text(SENTENCE)
    look("group")
    assert violations == []


def test_no_request_leaves_the_machine_and_none_is_made_while_nothing_happens(demo, open_page, browser):
    page = open_page(page_root(demo()))
    asked = []
    page.on("request", lambda request: asked.append(urlsplit(request.url)))
    page.reload()
    begin(page)
    page.get_by_role("button", name=EXAMPLES[0]).click()
    answer(page).locator("blockquote").first.wait_for()
    assert {url.hostname for url in asked} == {"127.0.0.1"}
    before = len(asked)
    page.wait_for_timeout(1500)
    assert len(asked) - before <= 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_peace_with_a_page_open_and_nothing_is_left(demo, open_page, number, tmp_path):
    process = demo()
    page = open_page(page_root(process))
    begin(page)
    assert process.stop(number) == 0
    expect(page.get_by_role("alert")).to_be_visible()
    assert "Traceback" not in process.output
    assert list(tmp_path.rglob("byline-demo-*")) == []


def test_a_taken_port_is_told_in_one_line(demo):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = demo("--port", str(port))
        assert process.wait() == 1
    (line,) = process.output.splitlines()
    assert line.startswith(f"port {port} of this machine cannot be used")
    assert "--port" in line


def test_a_real_token_is_left_alone(demo):
    process = demo(TELEGRAM_BOT_TOKEN="no token at all", TELEGRAM_API_BASE_URL="http://192.0.2.1")
    assert page_root(process).startswith("http://127.0.0.1:")
    assert process.stop() == 0


@pytest.mark.parametrize("port", ["70000", "-1", "x", "٣"])
def test_a_port_that_is_none_is_wrong_usage(capsys, port):
    with pytest.raises(SystemExit) as end:
        main(["demo", f"--port={port}"])
    assert end.value.code == 2
    assert "is no port from 0 to 65535" in capsys.readouterr().err
