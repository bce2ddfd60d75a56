"""README's pictures, taken from the demo itself: `python -m tests.demo.pictures FOLDER`.

The real bot answers two of the example questions that it offers itself, so that they fit whatever it was given to
read. Roboto and Noto Color Emoji, where they are installed, make the pictures alike on every machine.
"""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect, sync_playwright

from tests.demo.conftest import launch
from tests.process import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

SIZE, SCALE = {"width": 360, "height": 700}, 1.5
STYLE = (  # no gradients: they would make up half of the files
    ":root { font-family: Roboto, system-ui, sans-serif; } :focus-visible { outline: none; } "
    "#chat { background: var(--ground); }"
)
LARGEST = 150_000  # bytes of a picture


def main(folder: Path) -> None:
    """Take every picture into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with served() as root, sync_playwright() as driver, launch(driver) as browser:
        light = opened(browser, root, dark=False)
        example = begun(light)
        taken(light, folder / "start.png")
        asked(light, example)
        taken(light, folder / "answer.png")
        light.get_by_role("button", name="All chats").click()
        light.get_by_role("button", name="Newsroom").click()
        asked(light, f"/ask {example}")
        light.get_by_role("radio", name="Ben").check()
        light.locator(".message.theirs").first.evaluate("question => question.scrollIntoView()")
        taken(light, folder / "group.png")
        dark = opened(browser, root, dark=True)
        unfolded(dark)
        taken(dark, folder / "dark.png")


@contextmanager
def served() -> Iterator[str]:
    """The demo's address, while it runs."""
    command = [sys.executable, "-m", "bot", "demo", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
        finally:
            process.terminate()


def opened(browser: Browser, root: str, *, dark: bool) -> Page:
    scheme = "dark" if dark else "light"
    context = browser.new_context(
        viewport=SIZE, color_scheme=scheme, bypass_csp=True, is_mobile=True, has_touch=True, device_scale_factor=SCALE
    )
    page = context.new_page()
    page.goto(f"{root}/")
    page.locator("#title:not(:empty)").wait_for()
    page.add_style_tag(content=STYLE)
    return page


def begun(page: Page) -> str:
    """Start the bot; one of the questions that it offers, whose answer is a passage and no list."""
    page.get_by_role("button", name="START").click()
    key = page.locator(".key").last
    key.wait_for(timeout=60_000)
    page.locator("#log").evaluate("log => log.scrollTop = log.scrollHeight")
    return page.locator(".key").nth(1).inner_text()


def asked(page: Page, question: str) -> None:
    before = page.locator(".message.theirs").count()
    page.get_by_role("textbox", name="Message").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".message.theirs")).to_have_count(before + 1, timeout=60_000)


def unfolded(page: Page) -> None:
    """Open the last folded quotation, where there is one, and show it."""
    for button in page.get_by_role("button", name="Whole quotation").all()[-1:]:
        button.click()
        button.scroll_into_view_if_needed()


def taken(page: Page, path: Path) -> None:
    page.wait_for_timeout(300)  # until what moves has come to rest
    page.screenshot(path=path, animations="disabled")
    if path.stat().st_size > LARGEST:
        sys.exit(f"{path} has {path.stat().st_size} bytes, more than {LARGEST}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
