"""What is wrong with a collection is named, with the file, a figure and what to do; what is in order is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retrieval.__main__ import main
from retrieval.lint import KINDS, Finding, lint
from tests.frame_pages import pages

SENTENCES = [
    "The mayor opened the new bridge on Monday before a crowd of four hundred people.",
    "It cost nine million crowns, the council said, and took three years to build.",
    "“We are proud of what was done here,” said Ada Finch, the engineer who drew the first plans.",
    "A brass band played until dusk, and nobody went home early that day.",
    "The old ferry will run for another month, because the northern road is not paved yet.",
    "Fishermen from the harbour complained that the pillars stand where their nets used to hang.",
    "The council has promised them a new pier by the end of next summer.",
]
BODY = "\n\n".join(SENTENCES) + "\n"
FRONT = "---\ntitle: A bridge opens\npublisher: Harbour Post\ndate: 2021-03-04\nurl: https://post.example/bridge\n---\n"


def found(folder: Path, kind: str) -> list[Finding]:
    return [finding for finding in lint(folder).findings if finding.kind == kind]


def test_an_article_in_order_has_no_finding(tmp_path: Path):
    (tmp_path / "a.md").write_text(FRONT + BODY)
    report = lint(tmp_path)
    assert (report.findings, report.articles, report.boilerplate) == ((), 1, 0.0)


def test_missing_facts_are_named_one_by_one(tmp_path: Path):
    (tmp_path / "a.md").write_text("---\ntitle: A bridge opens\nsource: Reuters\n---\n" + BODY)
    assert [finding.kind for finding in lint(tmp_path).findings] == ["no-date", "no-link"]


def test_a_finding_about_a_record_has_its_title(tmp_path: Path):
    records = [{"title": title, "text": BODY} for title in ("A bridge opens", "A tunnel opens")]
    (tmp_path / "wire.jsonl").write_text("\n".join(map(json.dumps, records)))
    (tmp_path / "a.md").write_text(FRONT.replace("date: 2021-03-04\n", "") + BODY.replace("bridge", "ferry"))
    undated = [(each.file, each.title) for each in lint(tmp_path).findings if each.kind == "no-date"]
    assert undated == [("a.md", None), ("wire.jsonl", "A bridge opens"), ("wire.jsonl", "A tunnel opens")]


def test_the_given_articles_lack_what_their_files_do_not_state(seeds: Path):
    report = lint(seeds)
    lacking = {
        kind: [each.file[:3] for each in report.findings if each.kind == kind] for kind in ("no-date", "no-outlet")
    }
    assert lacking == {"no-date": ["001", "002", "003", "004"], "no-outlet": ["004"]}
    assert {finding.kind for finding in report.findings} <= {"no-date", "no-link", "no-outlet", "no-title"}
    assert report.articles == 5


@pytest.mark.parametrize(
    ("broken", "detail"),
    [
        ("The mayor said they donâ€™t mind.", "misread: 1, such as “â€™” for “’”"),
        ("The café cafÃ© and the rÃ´le.", "misread: 2, such as “Ã©” for “é”"),
        ("He said РџСЂРёРІРµС‚ to all.", "misread: 1, such as “РџСЂРёРІРµС‚” for “Привет”"),
        ("The mayor\ufffds words and the council\ufffds.", "lost for good: 2, shown as \ufffd"),
    ],
)
def test_letters_that_a_wrong_encoding_broke_are_serious(tmp_path: Path, broken: str, detail: str):
    (tmp_path / "a.md").write_text(FRONT + BODY + broken + "\n", encoding="utf-8")
    (finding,) = lint(tmp_path).findings
    assert (finding.kind, finding.detail, finding.serious) == ("broken-letters", detail, True)


@pytest.mark.parametrize(
    "text", ["“É” says the café.", "Ні, сказав він.", "Grüße — naïve “rôle”…", "¿Qué? Señor Ñandú £5"]
)
def test_letters_with_accents_are_not_broken(tmp_path: Path, text: str):
    (tmp_path / "a.md").write_text(FRONT + BODY + text + "\n", encoding="utf-8")
    assert found(tmp_path, "broken-letters") == []


def test_characters_that_show_nothing_are_counted_by_name(tmp_path: Path):
    hidden = "The may\u00ador spoke to the coun\u00adcil\u200b and to \u202ethe press.\n"
    (tmp_path / "a.md").write_text(FRONT + BODY + hidden, encoding="utf-8")
    (finding,) = found(tmp_path, "hidden")
    named = "U+00AD soft hyphen (2), U+200B zero width space (1), U+202E right-to-left override (1)"
    assert (finding.detail, finding.value) == (named, 4)


def test_marks_of_emoji_and_of_scripts_that_need_joiners_are_not_hidden(tmp_path: Path):
    shown = "A heart \u2764\ufe0f, a family \U0001f468\u200d\U0001f469 and a word of Persian: می\u200cخواهم.\n"
    (tmp_path / "a.md").write_text("\ufeff" + FRONT + BODY + shown, encoding="utf-8")
    assert found(tmp_path, "hidden") == []


def test_copies_and_the_same_story_are_told_apart(tmp_path: Path):
    (tmp_path / "a.md").write_text(FRONT + BODY)
    (tmp_path / "b.md").write_text(FRONT.replace("Harbour", "Evening") + BODY.replace("“", '"').replace("”", '"'))
    (tmp_path / "c.md").write_text(FRONT + "The council of Port Alba met early in the week to vote.\n\n" + BODY)
    (copy,) = found(tmp_path, "copy")
    (near,) = found(tmp_path, "near-duplicate")
    assert (copy.file, copy.detail) == ("b.md", "word for word the article in a.md")
    assert (near.file, near.detail.endswith("stand in both this and a.md")) == ("c.md", True)
    assert near.value is not None
    assert 0.7 < near.value < 1


def test_an_article_in_another_language_is_named(tmp_path: Path):
    german = "Der Bürgermeister hat am Montag die neue Brücke eröffnet, und die Stadt hat mit ihm gefeiert. " * 8
    (tmp_path / "a.md").write_text(FRONT + german + "\n", encoding="utf-8")
    assert [finding.detail for finding in found(tmp_path, "language")] == ["its language is “de”"]


def test_a_stub_and_a_page_of_menus_are_named(tmp_path: Path):
    shown = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:3])
    page = f"<html><head><title>A bridge</title></head><body><article><h1>A bridge</h1>{shown}</article></body></html>"
    (tmp_path / "stub.html").write_text(page)
    lines = "".join(f"Read more: section {n} of this site\n\n" for n in range(40))
    (tmp_path / "menu.md").write_text(FRONT + BODY + lines)
    assert [(finding.file, finding.value) for finding in found(tmp_path, "short")] == [("stub.html", 47)]
    assert [finding.file for finding in found(tmp_path, "boilerplate")] == ["menu.md"]


def test_passages_made_of_words_of_questions_are_named(tmp_path: Path):
    bait = (
        "Who met whom, when did they meet, where did they meet, why did they meet, what was said and how was it said?\n"
    )
    (tmp_path / "a.md").write_text(FRONT + BODY + "\n" + bait)
    repeated = (
        "The bridge is a bridge, and the bridge opens as a bridge, since the bridge was the bridge that the bridge is. "
        * 3
    )
    (tmp_path / "b.md").write_text(FRONT + "\n\n".join(reversed(SENTENCES[:4])) + "\n\n" + repeated + "\n")
    assert [finding.file for finding in found(tmp_path, "stuffed")] == ["a.md", "b.md"]


def test_words_that_nobody_signs_are_counted(tmp_path: Path):
    quotes = "\n\n".join(f"“{sentence.strip('“”')}”" for sentence in SENTENCES if "said" not in sentence)
    (tmp_path / "a.md").write_text(FRONT + quotes + "\n")
    (finding,) = found(tmp_path, "unclear-speaker")
    assert finding.detail == "of 5 sentences it is unclear for 5 whose words they are"


def test_lines_that_the_pages_of_an_outlet_share_are_named_once_each(tmp_path: Path):
    listed = pages("local_paper")
    for at, page in enumerate(listed):
        (tmp_path / f"{at:02}.txt").write_text(page.text, encoding="utf-8")
    findings = found(tmp_path, "shared-line")
    details = [finding.detail for finding in findings]
    assert "“Orla Venn covers the harbour and has lived on the Mole since 2009.” stands in 4 articles" in details
    assert len(details) == len(set(details))
    assert {finding.serious for finding in findings} == {False}
    body = [line for page in listed for line in page.body]
    assert [detail for detail in details if any(line in detail for line in body)] == []
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "00.txt").write_text(listed[0].text, encoding="utf-8")
    assert lint(tmp_path).boilerplate > lint(tmp_path / "alone").boilerplate


def test_what_is_refused_is_serious_and_what_is_no_article_is_not(tmp_path: Path):
    (tmp_path / "a.md").write_text(FRONT + BODY)
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    (tmp_path / "r.jsonl").write_text("{broken\n")
    told = {(finding.kind, finding.file, finding.serious) for finding in lint(tmp_path).findings}
    assert told == {
        ("refused", "empty.txt", True),
        ("refused", "r.jsonl:1", True),
        ("not-an-article", "photo.jpg", False),
    }


def test_the_command_is_0_where_nothing_is_serious_and_lists_findings_as_json(seeds: Path, capsys):
    assert main(["lint", str(seeds), "--json"]) == 0
    findings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {tuple(finding) for finding in findings} == {
        ("file", "article", "title", "kind", "serious", "detail", "value", "todo")
    }
    assert all(finding["todo"] == KINDS[finding["kind"]].todo for finding in findings)


def test_the_command_is_1_where_something_is_serious_or_no_folder_is_there(tmp_path: Path, capsys):
    (tmp_path / "a.md").write_text(FRONT + BODY)
    (tmp_path / "empty.txt").write_text("")
    assert main(["lint", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert "files that cannot be read      1  mend or remove them: nothing in them is searched" in out
    assert "  empty.txt: empty" in out.splitlines()
    assert err.splitlines()[-1] == f"{tmp_path}: 1 serious finding; the list says what to do"
    assert main(["lint", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err.startswith("the folder of articles is not there: ")


def test_a_person_is_shown_ten_files_of_a_kind_and_how_many_more(tmp_path: Path, capsys):
    for number in range(12):
        (tmp_path / f"{number:02}.txt").write_text("")
    main(["lint", str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.endswith(".txt: empty") for line in lines) == 10
    assert lines[-1] == "  and 2 more; --json lists all"
