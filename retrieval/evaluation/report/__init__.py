"""Outcomes → a folder with a page for people (measures, intervals, two plots, every miss), its numbers, and the plots as files."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING

from retrieval.errors import BylineError
from retrieval.evaluation.report import findings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from retrieval.evaluation.evaluate import Outcome
    from retrieval.evaluation.report.findings import Findings

__all__ = ["ReportError", "check", "write"]
_NEEDED = ("matplotlib", "jinja2")


class ReportError(BylineError):
    """A report cannot be drawn or written."""


def check(folder: Path) -> None:
    """Make the folder, or raise `ReportError` where no report could be written to it: better before the questions."""
    for library in _NEEDED:
        try:
            importlib.import_module(library)
        except ImportError:
            raise ReportError(f"{library} is missing, --report draws with it: pip install 'byline[report]'") from None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None


def write(
    folder: Path,
    outcomes: Sequence[Outcome],
    compared: Sequence[Outcome] | None = None,
    *,
    name: str = "this index",
    compared_name: str = "the other index",
) -> Path:
    """Write `index.html`, `measures.json`, `coverage.svg` and `reliability.svg`; returns the path of the page.

    The same outcomes give the same bytes. With `compared` (another index's outcomes on the same questions, in the same
    order) the page shows both and what changed. Raises `ReportError` where a library is missing or the folder cannot be
    written, `ValueError` where the questions differ.
    """
    check(folder)
    files = _files(findings.find(outcomes, compared, name=name, compared_name=compared_name))
    try:
        for file, content in files.items():
            (folder / file).write_text(content, encoding="utf-8", newline="\n")
    except OSError as error:
        raise _unwritable(folder, error) from None
    return folder / "index.html"


def _files(numbers: Findings) -> dict[str, str]:
    from retrieval.evaluation.report import page, plots  # what they need is there only where reports are wanted

    settings = numbers.settings
    captions = {"coverage": page.coverage_caption(settings), "reliability": page.reliability_caption(settings)}
    drawn = {
        "coverage": plots.coverage([setting.curve for setting in settings], captions["coverage"]),
        "reliability": plots.reliability([setting.bins for setting in settings], page.bins_caption(settings)),
    }
    return {
        "index.html": page.render(numbers, drawn, captions),
        "measures.json": json.dumps(findings.as_object(numbers), indent=1) + "\n",
        **{f"{plot}.svg": content for plot, content in drawn.items()},
    }


def _unwritable(folder: Path, error: OSError) -> ReportError:
    return ReportError(
        f"{error.filename or folder}: the report cannot be written ({error.strerror or error}): "
        "name another folder or free space and rights there"
    )
