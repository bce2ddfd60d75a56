"""The audit of locked packages says what it found, and that it could not look."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_SPEC = importlib.util.spec_from_file_location("audit", ROOT / "requirements" / "audit.py")
audit = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(audit)

SOUND = {"name": "anyio", "version": "4.16.0", "vulns": []}
WEAK = {"name": "babel", "version": "2.9.0", "vulns": [{"id": "PYSEC-2021-421", "fix_versions": ["2.9.1"]}]}
SKIPPED = {
    "name": "faiss-cpu",
    "skip_reason": "Dependency not found on PyPI and could not be audited: faiss-cpu (1.15.1)",
}


def report(*packages: object, errors: str = "") -> tuple[list[str], int]:
    return audit.report(json.dumps({"dependencies": packages, "fixes": []}), errors)


def test_packages_without_a_weakness_are_counted():
    assert report(SOUND, SOUND) == (["2 of 2 packages audited"], 0)


def test_a_weakness_is_named_with_the_version_that_mends_it_and_fails():
    lines = ["babel 2.9.0: PYSEC-2021-421, mended in 2.9.1", "2 of 2 packages audited"]
    assert report(SOUND, WEAK) == (lines, 1)


def test_a_package_that_could_not_be_looked_up_among_others_fails():
    assert report(SOUND, SKIPPED) == ([f"not audited: {SKIPPED['skip_reason']}", "1 of 2 packages audited"], 1)


@pytest.mark.parametrize(
    "written",
    [
        (json.dumps({"dependencies": [SKIPPED, SKIPPED]}), "No known vulnerabilities found"),
        ("", "ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed"),
        ("", "error: Request failed after 3 retries: dns error: failed to lookup address"),
    ],
)
def test_where_no_advisories_can_be_reached_that_is_said_and_nothing_fails(written):
    lines, code = audit.report(*written)
    assert code == 0
    assert lines[0].startswith("nothing was audited")


@pytest.mark.parametrize("written", [("", ""), ("[]", "x"), ("{}", "hash mismatch"), ("", "Traceback: KeyError")])
def test_any_other_failure_of_the_tool_fails(written):
    lines, code = audit.report(*written)
    assert code == 1
    assert lines[0].startswith("the audit failed")
