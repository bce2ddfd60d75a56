"""`python -m retrieval` as scripts use it: JSON to the letter, exit codes, and every trouble in one line."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from retrieval import Answer, Article, Hit, Index, Passage, Speaker, articles, serialization
from retrieval.__main__ import main
from retrieval.articles.metadata import explained
from retrieval.cli import commands, terminal
from tests.fakes import FakeEncoder
from tests.frame_pages import pages

ROOT = Path(__file__).parent.parent.parent.parent
ARTICLE = {"id", "file", "title", "publisher", "source", "distributor", "author", "date", "url", "sha256"}
PASSAGE = {"text", "start", "end", "highlight", "score", "speaker", "article"}


@pytest.fixture
def run(seeds_index: Path, capsys: pytest.CaptureFixture[str]):
    """Run a command on the seeds' index; its exit code and what it wrote."""

    def command(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--index", str(seeds_index)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def test_a_question_gets_the_right_sentence_with_outlet_date_and_link(run, seeds: Path):
    code, out, err = run("ask", "Who said the drumbeat of war is sounding loud?", "--json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert set(answer) == {"id", "question", "verdict", "confidence", "passages"}
    assert (answer["id"], answer["verdict"], len(answer["passages"])) == (None, "answer", 3)
    first = answer["passages"][0]
    assert set(first) == PASSAGE
    assert set(first["article"]) == ARTICLE
    text = (seeds / first["article"]["file"]).read_bytes().decode()
    assert text[first["start"] : first["end"]] == first["text"]
    assert text[slice(*first["highlight"])].startswith("Michael Carpenter, the US ambassador to the OSCE, said")
    assert first["article"]["publisher"] == "businessinsider.com"
    assert first["article"]["date"] == "2022-01-14"
    assert first["article"]["url"].startswith("https://www.businessinsider.com/")


def test_a_citation_does_not_steer_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    article = Article("a", "a.txt", "It rained all day.", "1" * 64, title="\x1b[2JRain \u202etoday")
    index = Index.build([article], encoder=FakeEncoder(), reranker=None)
    monkeypatch.setattr(commands, "_load", lambda folder: index)
    assert main(["cite", f"{'1' * 16}:0-18"]) == 0
    assert "\x1b" not in (out := capsys.readouterr().out)
    assert "\u202e" not in out
    assert "Rain today" in out


def test_questions_of_a_file_are_answered_one_line_each_in_their_order(run, tmp_path: Path):
    lines = [{"id": "b", "question": "white helmets"}, {"id": "a", "question": ""}, {"question": "¿Quién? 🔥"}]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, lines)))
    code, out, _ = run("ask", "--questions", str(tmp_path / "q.jsonl"), "--json", "-k", "2")
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(answer["id"], answer["question"]) for answer in answers] == [
        ("b", "white helmets"),
        ("a", ""),
        (None, "¿Quién? 🔥"),
    ]
    assert len(answers[0]["passages"]) == 2
    assert answers[1]["verdict"] == "nothing"
    assert all((answer["verdict"] == "nothing") == (answer["passages"] == []) for answer in answers)


def test_plain_text_has_the_passage_on_lines_of_its_own_and_the_address_on_one(run):
    code, out, _ = run("ask", "Who said the drumbeat of war is sounding loud?")
    lines = out.splitlines()
    assert code == 0
    assert lines[2].startswith("Michael Carpenter, the US ambassador to the OSCE, said at")
    assert lines[3].startswith("— Michael Carpenter, ")
    assert lines[4].startswith("businessinsider.com · US intelligence suggests")
    assert lines[4].endswith(" · 2022-01-14")
    assert lines[5].startswith("https://www.businessinsider.com/")
    assert "\x1b" not in out


def test_what_is_only_near_claims_no_more_and_denies_nothing(run):
    code, out, _ = run("ask", "What did Sullivan say about rubles?", "-k", "2")
    verdict, unsure, *rest = out.splitlines()
    assert (code, verdict) == (0, "These passages come nearest:")
    assert unsure == "they may be others’ words than Jake Sullivan’s"
    assert rest[0] == ""


def test_in_a_pipe_the_marked_sentence_is_repeated_above_its_speaker_where_the_passage_holds_more(run, seeds: Path):
    _, out, _ = run("ask", "What did Sikorski say could be orchestrated?", "-k", "1")
    lines = out.splitlines()
    text = (seeds / "004_a062a501b09881aa.txt").read_text(encoding="utf-8")
    assert lines[2] in text
    assert lines[3] == "Marked sentence:"
    assert lines[4] in lines[2]
    assert lines[5] == "— Radek Sikorski, Polish Deputy Prime Minister"
    assert lines[6].startswith("Russia May Stage Provocations")


def test_a_quote_given_to_another_is_said_to_be_whose_it_is(run):
    _, out, _ = run(
        "quote", "The idea that Ukraine is the aggressor in this situation is absurd.", "--speaker", "Biden"
    )
    assert "Not the words of the one it is given to, but of Antony Blinken." in out.splitlines()


def test_sources_are_one_object_a_line_in_the_order_of_the_file_names(run):
    code, out, _ = run("sources", "--json")
    articles = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [article["file"][:3] for article in articles] == ["000", "001", "002", "003", "004"]
    assert all(set(article) == ARTICLE for article in articles)


def test_sources_say_when_each_article_was_taken_in(run):
    _, out, _ = run("sources")
    assert len(re.findall(r"^  taken in: \d{4}-\d\d-\d\d \d\d:\d\d UTC$", out, re.MULTILINE)) == 5


def test_sources_explain_where_each_fact_stands(run):
    _, out, _ = run("sources", "--explain")
    assert " (address, 1.00): https://www.businessinsider.com/" in out
    objects = [json.loads(line) for line in run("sources", "--explain", "--json")[1].splitlines()]
    for article in objects:
        text = (Path("seeds") / article["file"]).read_bytes().decode()
        for name, place in article["evidence"].items():
            line = text[place["start"] : place["end"]]
            assert name == "date" or article[name] in line or place["kind"] == "host of the address"
            assert 0 < place["chance"] <= 1


def test_sources_explain_names_the_lines_that_other_pages_have_as_well(tmp_path: Path):
    line = "Printed by Holm & Daughter on paper from our own hedges"
    for at, page in enumerate(pages("magazine")[:4]):
        (tmp_path / f"{at}.txt").write_text(page.text, "utf-8")
    (article, *_) = articles.read(tmp_path).articles
    evidence = explained(article)
    title = evidence["title"]
    assert title is not None
    assert title.line.words == pages("magazine")[0].title
    out = io.StringIO()
    terminal.show_article(Console(file=out, width=200), article, "2026-01-02T03:04:05", evidence)
    assert f"  on other pages as well: {line}" in out.getvalue().splitlines()
    assert line in serialization.explanation(article, evidence)["shared_lines"]


def test_verify_finds_every_passage_of_the_seeds_word_for_word(run):
    code, out, err = run("verify")
    assert (code, err) == (0, "")
    assert "of 5 articles stand word for word" in out


def test_evaluate_prints_measures_by_type_and_each_missed_question(run, tmp_path: Path):
    gold = [
        {"id": "q1", "type": "keyword", "question": "white helmets", "answers": [{"file": "x", "snippet": "nowhere"}]},
        {"id": "q2", "type": "far", "question": "borscht recipe with beef", "answers": []},
    ]
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, gold)))
    code, out, _ = run("evaluate", str(tmp_path / "gold.jsonl"))
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:4]] == ["all", "keyword", "far"]
    assert "q1 [keyword] white helmets" in out
    assert "wanted: x: nowhere" in out
    code, out, _ = run("evaluate", str(tmp_path / "gold.jsonl"), "--json")
    report = json.loads(out)
    assert report["measures"]["all"]["hit@1"] == 0.0
    assert [missed["id"] for missed in report["missed"]] == ["q1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", "who?", "--index", "nowhere"], "nowhere: there is no index: byline build"),
        (["sources", "--index", "nowhere"], "nowhere: there is no index"),
        (["build", "nowhere"], "nowhere"),
        (["ask", "--questions", "none.jsonl", "--json"], "none.jsonl: cannot be read (No such file or directory):"),
    ],
)
def test_an_operators_trouble_is_one_line_and_exit_code_1(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [[], ["ask"], ["ask", "who?", "-k", "0"], ["ask", "who?", "-k", "x"], ["nothing"]]
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("-k", "0", "'0' is no whole number from 1"),
        ("-k", "many", "'many' is no whole number from 1"),
        ("--since", "tomorrow", "no date: 'tomorrow'; write YYYY-MM-DD, YYYY-MM or YYYY"),
        ("--until", "2031-99-99", "no date: '2031-99-99'; write YYYY-MM-DD, YYYY-MM or YYYY"),
    ],
)
def test_a_wrong_value_is_told_with_what_is_right(option: str, value: str, reason: str, capsys):
    with pytest.raises(SystemExit):
        main(["ask", "who?", option, value])
    assert capsys.readouterr().err.endswith(f"error: argument {option}: {reason}\n")


def test_a_limit_in_the_question_that_is_no_date_is_refused_as_the_option_is(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as exit_:
        main(["ask", "Who met after:2031-13?"])
    assert exit_.value.code == 2
    reason = "no date: after:2031-13; write YYYY-MM-DD, YYYY-MM or YYYY"
    assert capsys.readouterr().err.endswith(f"error: argument QUESTION: {reason}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_a_full_disk_under_the_output_is_one_line(seeds_index: Path):
    command = [sys.executable, "-m", "retrieval", "sources", "--index", str(seeds_index)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, check=False, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("the output cannot be written (No space left on device)")


def test_a_build_tells_what_it_does_and_what_it_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.txt").write_text(
        "The mayor opened the new bridge on Monday. It cost nine million crowns.\n"
    )
    (tmp_path / "in" / "bad.txt").write_bytes(b"\xff\xfe\x00")
    index = str(tmp_path / "index")
    assert main(["build", str(tmp_path / "in"), "--index", index]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert all(f"{work}: " in err for work in ("reading", "encoding", "finding speakers"))
    assert "left out bad.txt: " in err
    counts = f"{index}: 1 article, 1 passage of {tmp_path / 'in'}, encoder all-MiniLM-L6-v2, reranker byline"
    assert counts in err
    assert "\x1b" not in err
    (tmp_path / "in" / "good.txt").write_text(
        "The mayor closed the bridge. It fell down the day after it was opened.\n"
    )
    assert main(["sources", "--index", index, "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["file"] == "good.txt"
    assert "good.txt: changed since the index was built" in err


def test_an_index_that_is_built_again_keeps_its_folder_and_its_models(tmp_path: Path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("mine", "other"):
        Path(name).mkdir()
        Path(name, "a.txt").write_text("The mayor opened the new bridge on Monday. It cost nine million crowns.\n")

    def build(*arguments: str) -> str:
        assert main(["build", *arguments]) == 0
        return capsys.readouterr().err

    assert "1 article, 1 passage of mine, encoder all-MiniLM-L6-v2, reranker none" in build("mine", "--no-reranker")
    assert f"of {tmp_path / 'mine'}, encoder all-MiniLM-L6-v2, reranker none" in build()
    output = build("other")
    assert f".index was built of {tmp_path / 'mine'}, now of other" in output
    assert "of other, encoder all-MiniLM-L6-v2, reranker byline" in output


def test_a_proof_names_file_hash_and_offsets_and_the_commands_that_it_prints_show_the_passage(run, seeds: Path):
    _, out, _ = run("ask", "Who said the drumbeat of war is sounding loud?", "-k", "1", "--proof")
    proof = out[out.index("passage: ") :].splitlines()
    sha256, shown = subprocess.run(
        proof[2].removeprefix("check: "), shell=True, capture_output=True, check=True, text=True
    ).stdout.split("\n", 1)
    assert sha256.endswith(f"{seeds / '000_3a0ad74a8ee5838f.txt'}: OK")
    assert "paragraph 7, characters [" in proof[1]
    assert shown in out
    assert shown.startswith("Michael Carpenter, the US ambassador")
    code, cited, _ = run("cite", proof[0].removeprefix("passage: "), "--format", "csl-json")
    assert code == 0
    assert json.loads(cited)[0]["container-title"] == "businessinsider.com"


def test_a_citation_of_no_passage_says_where_identifiers_come_from(run):
    code, out, err = run("cite", "f" * 16 + ":0-9")
    assert (code, out) == (1, "")
    assert "`ask --proof` prints the identifiers" in err


def test_filters_are_options_and_words_of_the_question(run):
    _, by_option, _ = run("ask", "Who warned of a false flag?", "--since", "2022-01", "--json")
    _, in_words, _ = run("ask", "Who warned of a false flag? after:2022-01", "--json")
    assert json.loads(by_option)["passages"] == json.loads(in_words)["passages"]
    assert {p["article"]["date"][:4] for p in json.loads(by_option)["passages"]} == {"2022"}
    _, plain, _ = run("ask", "Who warned of a false flag?", "--since", "2022-01")
    assert "left out because they state no date: " in plain


def test_a_limit_that_is_no_date_in_a_file_of_questions_stops_none_of_them(run, tmp_path: Path):
    lines = [{"id": "a", "question": "Who warned? after:2031-13"}, {"id": "b", "question": "Who warned?"}]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, lines)))
    code, out, err = run("ask", "--questions", str(tmp_path / "q.jsonl"), "--json")
    assert (code, len(out.splitlines())) == (0, 2)
    assert err == "Who warned? after:2031-13: no date: after:2031-13; write YYYY-MM-DD, YYYY-MM or YYYY\n"


QUOTE = {"id", "quote", "status", "matches", "marked", "misattributed", "articles"}


def test_quotes_of_a_file_are_checked_one_line_each_in_their_order(run, tmp_path: Path):
    quotes = [
        {"id": "v", "quote": "The drumbeat of war is sounding loud", "speaker": "Michael Carpenter"},
        {"id": "a", "quote": "The drumbeat of war is not sounding loud"},
        {"id": "n", "quote": "Plums fell by a third since last autumn"},
        {"quote": ""},
    ]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, quotes)))
    code, out, err = run("quote", "--quotes", str(tmp_path / "q.jsonl"), "--json")
    checks = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert all(set(check) == QUOTE for check in checks)
    assert [check["id"] for check in checks] == ["v", "a", "n", None]
    assert [check["status"] for check in checks][1:] == ["altered", "not-found", "not-found"]
    assert "negation" in {flag for change in checks[1]["matches"][0]["changes"] for flag in change["flags"]}
    assert checks[2]["articles"] == 5


def test_a_quote_is_shown_with_its_place_and_what_differs(run):
    code, out, _ = run("quote", "The drumbeat of war is not sounding loud")
    assert code == 0
    assert out.startswith("In the articles, but altered:")
    assert "quote: not" in out
    code, out, _ = run("quote", "Plums fell by a third since last autumn")
    assert (code, out) == (0, "Not in these 5 articles.\n")


def test_statements_are_all_sentences_in_reading_order(run, seeds: Path):
    code, out, _ = run("statements", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(one["article"]["file"], one["start"]) for one in rows] == sorted(
        (one["article"]["file"], one["start"]) for one in rows
    )
    for one in rows:
        text = (seeds / one["article"]["file"]).read_bytes().decode()
        assert text[one["start"] : one["end"]] == one["text"]
        assert (one["voice"] == "speaker") == (one["speaker"] is not None)
        assert all(fact in text for fact in (one["speaker"] or {}).values() if fact)
    assert {one["voice"] for one in rows} == {"speaker", "article", "unclear"}


def test_an_evaluation_writes_a_page_and_compares_two_indexes(run, seeds_index: Path, tmp_path: Path):
    gold = {"id": "1", "question": "Who said the drumbeat of war is sounding loud?", "answers": []}
    (tmp_path / "gold.jsonl").write_text(json.dumps(gold))
    report = tmp_path / "report"
    code, _, err = run("evaluate", str(tmp_path / "gold.jsonl"), "--report", str(report), "--compare", str(seeds_index))
    assert code == 0
    assert str(report / "index.html") in err.replace("\n", "")
    assert "<html" in (report / "index.html").read_text()
    with pytest.raises(SystemExit) as stopped:
        run("evaluate", str(tmp_path / "gold.jsonl"), "--compare", str(seeds_index))
    assert stopped.value.code == 2


def test_the_statements_of_a_speaker_are_listed_with_their_sources(run):
    code, out, _ = run("speaker", "stoltenberg", "--about", "compromise", "--json")
    (statement,) = map(json.loads, out.splitlines())
    assert code == 0
    assert set(statement) == {"article", "start", "end", "text", "voice", "speaker"}
    assert (statement["speaker"]["name"], set(statement["article"])) == ("Jens Stoltenberg", ARTICLE)
    assert statement["text"].startswith("“There’s no way NATO can compromise")
    nothing = "no words in the articles about plums are surely those of Jens Stoltenberg\n"
    assert run("speaker", "stoltenberg", "--about", "plums")[1] == nothing
    assert run("speaker", "Zora Quill")[1] == "no words in the articles are surely those of Zora Quill\n"


def test_mentions_are_listed_with_where_they_are(run, seeds: Path):
    _, out, _ = run("mentions", "chemical plants", "--json")
    (mention,) = map(json.loads, out.splitlines())
    assert mention["matches"] == [[mention["matches"][0][0], mention["matches"][0][0] + len("chemical plant")]]
    text = (seeds / mention["article"]["file"]).read_bytes().decode()
    assert text[slice(*mention["matches"][0])] == "chemical plant"
    assert text[mention["start"] : mention["end"]] == mention["text"]


def test_who_says_what_is_one_object_a_speaker(run):
    _, out, _ = run("compare", "compromise", "--json")
    (group,) = map(json.loads, out.splitlines())
    assert (set(group), group["name"]) == ({"name", "statements"}, "Jens Stoltenberg")
    assert [set(one) for one in group["statements"]] == [{"article", "start", "end", "text", "voice", "speaker"}]


def test_a_list_in_plain_text_names_each_article_once_and_never_leaves_a_sentence_to_the_speaker_before(run):
    _, out, _ = run("timeline", "false flag")
    shown = out.splitlines()
    assert shown[0].endswith(" · 2022-01-14")
    assert shown[2].startswith("an anonymous official")
    headings = [line for line in shown if line.startswith("businessinsider.com")]
    assert len(headings) == 1
    at = next(at for at, line in enumerate(shown) if line.startswith("Any false flag operation would be calibrated"))
    assert shown[at - 2] == "the article’s own words"  # the sentence of Sikorski's stands before both
    assert run("timeline", "zebras")[1] == "the articles say nothing about zebras\n"


@pytest.mark.parametrize("module", ["retrieval", "byline"])
def test_a_command_ends_when_it_is_done_whatever_a_library_is_still_doing(seeds_index: Path, module: str):
    script = (
        "import runpy, sys, threading, time\n"
        "threading.Thread(target=time.sleep, args=(3600,)).start()\n"
        f"runpy.run_module({module!r}, run_name='__main__', alter_sys=True)\n"
    )
    command = [sys.executable, "-c", script, "sources", "--index", str(seeds_index)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=300)
    assert run.stdout.count(".txt") == 5


def test_on_a_terminal_the_marked_sentence_stands_out_and_its_label_names_it():
    text = "It **rained** here. Fish were dear, said Ada Moss."
    passage = Passage(Article("a", "a.md", text, "0" * 64), 0, len(text), ((0, 19), (20, len(text))))
    hit = Hit(passage, (20, len(text)), 1.0, speaker=Speaker("Ada Moss"), voice="speaker")
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=80, color_system="standard", highlight=False)
    terminal.show_answer(console, Answer("q", "answer", 0.9, (hit,)))
    assert out.getvalue().splitlines()[2:4] == [
        "It rained here. \x1b[1;33mFish were dear, said Ada Moss.\x1b[0m",
        "Marked sentence: Ada Moss",
    ]
    terminal.show_answer(console, Answer("q", "answer", 0.9, (replace(hit, span=(30, 34)),)))
    pointed = "It rained here. \x1b[1;33mFish were \x1b[0m\x1b[1;4;33mdear\x1b[0m\x1b[1;33m, said Ada Moss.\x1b[0m"
    assert pointed in out.getvalue().splitlines()
