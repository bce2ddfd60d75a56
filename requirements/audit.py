"""Known weaknesses of the locked packages: `python requirements/audit.py`, from the advisories of the package index.

`pip-audit` asks for them, which uv runs from a place of its own. Ends with 1 where a package has a weakness or could not be
looked up; with 0 where none has, and where no advisories can be reached at all, which it says.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent / "run.txt"
TOOL = ["tool", "run", "--quiet", "--from", "pip-audit==2.10.1", "pip-audit"]
_OPTIONS = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
_NO_NETWORK = re.compile(r"connect|timed? ?out|resolve|unreachable|network|dns|proxy", re.IGNORECASE)
_UNREACHABLE = (
    "nothing was audited: no advisories can be reached from here; run make audit before a release on a machine that "
    "reaches the public package index"
)


def main() -> int:
    """Audit the lock; prints a line for each weakness."""
    command = [sys.executable, "-m", "uv", *TOOL, *_OPTIONS, "--requirement", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines, code = report(done.stdout, done.stderr)
    print("\n".join(lines))
    return code


def report(output: str, errors: str) -> tuple[list[str], int]:
    """What `pip-audit` wrote → the lines for the operator, and the exit code."""
    try:
        packages: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        if _NO_NETWORK.search(errors):
            return [_UNREACHABLE], 0
        return [f"the audit failed: {' '.join(errors.split())[-500:] or 'pip-audit wrote nothing'}"], 1
    audited = [package for package in packages if "skip_reason" not in package]
    if not audited:
        return [_UNREACHABLE], 0
    lines = [
        f"{package['name']} {package['version']}: {weakness['id']}, mended in {', '.join(weakness['fix_versions']) or 'no version'}"
        for package in audited
        for weakness in package["vulns"]
    ]
    lines += [f"not audited: {each['skip_reason']}" for each in packages if "skip_reason" in each]
    return [*lines, f"{len(audited)} of {len(packages)} packages audited"], int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
