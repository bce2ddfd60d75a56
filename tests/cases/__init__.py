"""Cases as data: `NAME.txt` has one a line, and a line that begins with ✗ is a known failure.

A known failure is a strict expected failure: whoever mends it is told to take the mark away. A case that nobody can mend without
breaking another is worth a line here as well: it says what the rules cannot do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

_KNOWN_FAILURE = "✗ "


def cases(name: str, columns: int) -> list[Any]:
    """The cases of a file as parameters of a test, `columns` separated by ` → ` each; `#` begins a comment line."""
    lines = (Path(__file__).parent / f"{name}.txt").read_text("utf-8").splitlines()
    return [_case(line, columns) for line in lines if line and not line.startswith("#")]


def _case(line: str, columns: int) -> Any:
    fields = line.removeprefix(_KNOWN_FAILURE).split(" → ")
    if len(fields) != columns:
        raise ValueError(f"{len(fields)} columns, not {columns}: {line}")
    failure = [pytest.mark.xfail(strict=True, raises=AssertionError)] if line.startswith(_KNOWN_FAILURE) else []
    return pytest.param(*fields, marks=failure, id=line[:60])
