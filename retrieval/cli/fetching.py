"""`byline fetch`: feeds, sitemaps and pages into a folder of articles, a line for each address."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from retrieval.cli import terminal
from retrieval.text.printable import printable

if TYPE_CHECKING:
    import argparse


def command(options: argparse.Namespace) -> int:
    """Store what the addresses bring; 1 only where nothing was stored and nothing is as it was."""
    try:
        from retrieval import fetching
    except ImportError as error:
        return terminal.fail(
            f"fetching needs {error.name}: .venv/bin/pip install -e '.[fetch]' in the folder of Byline"
        )
    stored = unchanged = failed = 0
    with fetching.Client() as client:
        for outcome in fetching.fetch(options.addresses, options.to, client, limit=options.limit):
            if isinstance(outcome, fetching.Stored):
                stored += 1
                print(printable(f"{options.to / outcome.file} {outcome.address}"), flush=True)
            elif isinstance(outcome, fetching.Unchanged):
                unchanged += 1
            else:
                failed += 1
                terminal.fail(f"{outcome.address}: {outcome.reason}")
    counts = f"{terminal.counted(stored, 'page')} stored, {unchanged:,} unchanged, {failed:,} failed"
    sys.stderr.write(f"{counts}\n")
    return 0 if stored or unchanged else 1
