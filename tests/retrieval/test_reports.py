"""Small inputs of the kinds that users of comparable tools report: `tests/cases/reports/KIND.jsonl`, a case a line.

A case has `files` (name → text, in `encoding` where that is not UTF-8), and `checks`. One that is `known` is a strict expected failure.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from retrieval import Index
from tests.fakes import FakeEncoder

CASES = Path(__file__).parent.parent / "cases" / "reports"


def cases() -> list[Any]:
    """The cases of all files as parameters of a test."""
    files = sorted(CASES.glob("*.jsonl"))
    lines = [(file.stem, json.loads(line)) for file in files for line in file.read_text("utf-8").splitlines()]
    known = pytest.mark.xfail(strict=True, raises=AssertionError)
    return [
        pytest.param(case, id=f"{kind} {case['id']}", marks=[known] * case.get("known", False)) for kind, case in lines
    ]


@pytest.mark.parametrize("case", cases())
def test_a_reported_kind_of_input_is_read_right(case: dict[str, Any], tmp_path: Path):
    for name, text in case["files"].items():
        (tmp_path / name).write_bytes(text.encode(case.get("encoding", "utf-8")))
    index = Index.build(str(tmp_path), encoder=FakeEncoder(), reranker=None)
    for check in case["checks"]:
        CHECKS[check["on"]](index, check)


def sentences(index: Index) -> list[tuple[str, Any]]:
    return [(each.article.text[each.start : each.end], each) for each in index.statements]


def check_statement(index: Index, check: dict[str, Any]) -> None:
    (statement,) = [each for text, each in sentences(index) if text == check["sentence"]]
    speaker = statement.speaker
    assert (speaker and speaker.name) in check["accept"]
    assert statement.voice != check.get("voice_not")
    role = speaker and speaker.role
    assert role not in check.get("role_not", [])
    assert role in check.get("role_any", [role])


def check_facts(index: Index, check: dict[str, Any]) -> None:
    (article,) = index.articles
    for name, value in check["want"].items():
        assert getattr(article, name) in [value, *check["accept"].get(name, [])], name


def check_passages(index: Index, check: dict[str, Any]) -> None:
    texts = [passage.text for passage in index.passages]
    assert not [part for part in check.get("none_contains", []) if any(part in text for text in texts)]
    assert not [part for part in check.get("some_contains", []) if not any(part in text for text in texts)]


def check_quote(index: Index, check: dict[str, Any]) -> None:
    answer = index.check(check["quote"])
    assert answer.status in check["accept_status"]
    flags = {flag for match in answer.matches for change in match.changes for flag in change.flags}
    assert "need_flag" not in check or check["need_flag"] in flags
    if "speaker" in check:
        assert answer.matches[0].speaker
        assert answer.matches[0].speaker.name == check["speaker"]


CHECKS = {
    "statement": check_statement,
    "facts": check_facts,
    "passages": check_passages,
    "quote": check_quote,
    "sentences": lambda index, check: _same([text for text, _ in sentences(index)], check["want"]),
    "articles": lambda index, check: _same(len(index.articles), check["want"]),
}


def _same(value: Any, wanted: Any) -> None:
    assert value == wanted
