"""`byline lint`: the findings of `retrieval.lint` as a table for a person, or as JSON lines."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from retrieval.cli import terminal
from retrieval.lint import KINDS, Finding, lint

if TYPE_CHECKING:
    import argparse


def command(options: argparse.Namespace) -> int:
    """Say what is wrong with a folder of articles; 1 where articles are lost or wrong because of it."""
    with terminal.progress(terminal.console(error=True)) as progress:
        report = lint(options.folder, progress)
    if options.json:
        for finding in report.findings:
            sys.stdout.write(json.dumps(finding_object(finding), ensure_ascii=False) + "\n")
    else:
        terminal.show_findings(terminal.console(), report)
    serious = sum(finding.serious for finding in report.findings)
    if serious:
        return terminal.fail(
            f"{options.folder}: {terminal.counted(serious, 'serious finding')}; the list says what to do"
        )
    if not report.articles:
        return terminal.fail(f"{options.folder}: no article in it; put .txt, .md, .html or .jsonl files there")
    return 0


def finding_object(finding: Finding) -> dict[str, Any]:
    """One finding as scripts rely on it: a change here needs a changelog line."""
    return {
        "file": finding.file,
        "article": finding.article,
        "kind": finding.kind,
        "serious": finding.serious,
        "detail": finding.detail,
        "value": finding.value,
        "todo": KINDS[finding.kind].todo,
    }
