"""Invented outlets whose pages share a frame (`tests/frames`) → the pages as texts or HTML, and what is boilerplate in each."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "frames"


@dataclass(frozen=True)
class Page:
    """One page of an outlet: its lines in order, `None` for a blank one, and what it is about."""

    outlet: str
    title: str
    lines: tuple[str, ...]
    body: tuple[str, ...]

    @property
    def boilerplate(self) -> tuple[str, ...]:
        """The lines that are neither the title nor the article."""
        return tuple(line for line in self.lines if line and line != self.title and line not in self.body)

    @property
    def text(self) -> str:
        """The page as a scraper leaves it."""
        return "\n".join(self.lines) + "\n"

    @property
    def html(self) -> str:
        """The page as a browser saves it, without a tag that states anything."""
        tags = dict.fromkeys(self.body, "p") | {self.title: "h2"}
        tagged = [(tags.get(line, "div"), html.escape(line)) for line in self.lines if line]
        return "\n".join(
            ["<html><body><div>", *(f"<{tag}>{line}</{tag}>" for tag, line in tagged), "</div></body></html>"]
        )


def pages(outlet: str) -> tuple[Page, ...]:
    """Every page of an outlet by the name of its file, in order."""
    head, frame, articles = (FOLDER / f"{outlet}.txt").read_text("utf-8").replace("####", "===\n####", 1).split("===\n")
    written = [_written(article) for article in articles.split("####\n") if article.strip()]
    publisher = head.partition(": ")[2].strip()
    return tuple(_page(publisher, frame.strip("\n"), written, at) for at in range(len(written)))


def _written(article: str) -> dict[str, str]:
    stated, _, body = article.strip().partition("\n\n")
    return {**dict(line.split(": ", 1) for line in stated.splitlines()), "body": body}


def _page(publisher: str, frame: str, written: list[dict[str, str]], at: int) -> Page:
    own = written[at]
    lead, _, rest = own["body"].partition("\n")
    values = {
        **own, "lead": lead, "author_box": own.get("box", ""), "deck": own.get("deck", ""),
        "body": rest if "{lead}" in frame else own["body"],
        "other": written[at - 1]["title"], "another": written[at - 5]["title"],
    }  # fmt: skip
    return Page(publisher, own["title"], tuple(frame.format(**values).split("\n")), tuple(own["body"].splitlines()))
