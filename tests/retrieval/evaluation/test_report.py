"""The report: arithmetic shown, made-up outcomes, and a page that no article can break."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import Answer, Article, Hit, Passage
from retrieval.errors import BylineError
from retrieval.evaluation import evaluate, metrics, report
from retrieval.evaluation.evaluate import Gold, Outcome, Snippet
from retrieval.evaluation.metrics import Judgements, measures
from retrieval.evaluation.report import page

ROOT = Path(__file__).parent.parent.parent.parent
TEXT = "Ana met Ben. Ben left early. Nobody knows why."
FULL = Snippet("a.txt", "Ana met Ben.", full=True)
RIGHT, WRONG, IN_PART = (0, 12), (29, 46), (13, 28)


def outcome(
    span: tuple[int, int] | None,
    *snippets: Snippet,
    confidence: float = 0.9,
    verdict: str = "answer",
    type: str = "natural",
    question: str = "Who met Ben?",
    text: str = TEXT,
    **facts: str,
) -> Outcome:
    """A question whose snippets are wanted and that got the passage `span` first, or nothing."""
    article = Article("a", "a.txt", text, "0" * 64, **facts)
    hits = (Hit(Passage(article, *span), span, 1.0),) if span else ()
    gold = Gold("q1", question, type, "any" if snippets else "abstain", snippets)
    return Outcome(gold, Answer(question, verdict if span else "nothing", confidence, hits))


def judged(*questions: tuple[float, bool, bool, bool]) -> Judgements:
    """Questions as (confidence, answerable, answered, right)."""
    confidence, *columns = zip(*questions, strict=True) if questions else ((), (), (), ())
    answerable, answered, right = (np.array(column, np.bool_) for column in columns)
    none = np.zeros(len(right), np.bool_)
    return Judgements(
        np.array(confidence, np.float64), answerable, answered, none, right, right, right, right, none, none
    )


QUESTION = st.tuples(
    st.sampled_from([0.0, 0.05, 0.3, 0.55, 0.7, 1.0]), st.booleans(), st.booleans(), st.booleans()
).map(lambda q: (q[0], q[1], q[2], q[1] and q[3]))


@given(st.lists(st.tuples(QUESTION, st.integers(0, 3)), min_size=1, max_size=12))
def test_a_weight_counts_as_often_as_the_question_itself_asked_again(drawn):
    weights = np.array([[count for _, count in drawn]], np.float64)
    once = measures(judged(*[question for question, _ in drawn]), weights)
    repeated = [question for question, count in drawn for _ in range(count)]
    again = measures(judged(*repeated), np.ones((1, len(repeated))))
    for name in once:
        assert once[name][0] == pytest.approx(again[name][0], nan_ok=True), name


@given(st.lists(QUESTION, min_size=1, max_size=12))
def test_auroc_and_calibration_error_are_what_their_definitions_say(questions):
    measured = {name: row[0] for name, row in measures(judged(*questions), np.ones((1, len(questions)))).items()}
    pairs = [(a, b) for a, yes, *_ in questions if yes for b, no, *_ in questions if not no]
    auroc = sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs) if pairs else np.nan
    assert measured["auroc"] == pytest.approx(auroc, nan_ok=True)
    bins = [[q for q in questions if min(int(q[0] * 10), 9) == place] for place in range(10)]
    error = sum(abs(sum(q[0] for q in inside) - sum(q[3] for q in inside)) for inside in bins) / len(questions)
    assert measured["calibration error"] == pytest.approx(error)


def test_the_interval_of_a_share_is_about_the_binomial_one():
    half = judged(*[(0.9, True, True, place % 2 == 0) for place in range(100)])
    estimate = metrics.measured(half)["hit@1"]
    # 1.96 standard errors of 0.05 each way
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((0.5, 0.402, 0.598), abs=0.015)


def test_every_draw_has_as_many_questions_and_a_large_set_is_drawn_in_blocks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(metrics, "_BLOCK", 7 * 300)
    blocks = list(metrics.draws(7))
    assert [len(block) for block in blocks] == [300] * 6 + [200]
    assert all((block.sum(axis=1) == 7).all() for block in blocks)
    assert np.array_equal(np.vstack(blocks), np.vstack(list(metrics.draws(7))))


def test_a_measure_that_no_question_bears_on_has_no_interval_either():
    assert metrics.measured(judged((0.9, True, True, True)))["declined"] == metrics.Estimate(None, None, None)
    assert metrics.measured(judged())["hit@1"] == metrics.Estimate(None, None, None)


def test_two_settings_are_drawn_together():
    better = judged(*[(0.9, True, True, place != 0) for place in range(10)])
    worse = judged(*[(0.9, True, True, place > 3) for place in range(10)])
    difference = metrics.differences(better, worse)["hit@1"]
    assert difference.value == pytest.approx(0.9 - 0.6)
    # three questions make it, and none speaks for the other side, so no draw can say less than nothing
    assert difference.low == pytest.approx(0)
    assert metrics.differences(worse, worse)["hit@1"] == metrics.Estimate(0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="the same ones"):
        metrics.differences(better, judged())


def test_the_curve_gives_error_at_each_coverage_and_equal_confidences_are_answered_together():
    curve = metrics.curve(
        judged((0.3, False, False, False), (0.9, True, True, True), (0.8, True, True, False), (0.8, True, True, True))
    )
    assert curve.points == (
        metrics.Point(0.9, 1 / 4, 0 / 1),
        metrics.Point(0.8, 3 / 4, 1 / 3),
        metrics.Point(0.3, 4 / 4, 2 / 4),
    )
    assert curve.bar is not None
    assert (curve.bar.confidence, curve.bar.coverage, curve.bar.error) == pytest.approx((0.8, 3 / 4, 1 / 3))
    coverage, low, high = curve.band[:, -1]
    assert coverage == 1
    assert low < 2 / 4 < high
    assert (curve.band[1] <= curve.band[2]).all()


def test_curve_and_bins_leave_out_what_is_neither_right_nor_wrong():
    partial = Snippet("a.txt", "Ben left early.", full=False)
    outcomes = [outcome(RIGHT, FULL), outcome(IN_PART, FULL, partial, confidence=0.85)]
    judgement = evaluate.judge(outcomes)
    assert metrics.curve(judgement).points == (metrics.Point(0.9, 1.0, 0.0),)
    assert sum(bin_.questions for bin_ in metrics.bins(judgement)) == 1


def test_a_confidence_on_the_edge_is_in_the_upper_bin_and_certainty_in_the_last():
    bins = metrics.bins(
        judged((0.0, True, False, False), (0.1, True, True, True), (0.9, True, True, True), (1.0, True, True, False))
    )
    assert [bin_.questions for bin_ in bins] == [1, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert bins[9].confidence == pytest.approx(0.95)
    assert bins[9].right.value == 1 / 2
    assert bins[2].right == metrics.Estimate(None, None, None)


def test_without_an_answer_there_is_no_bar_and_without_questions_no_curve():
    assert metrics.curve(judged((0.3, True, False, True))).bar is None
    assert metrics.curve(judged()).points == ()


def test_questions_are_won_lost_or_otherwise_answered():
    wrong, right = outcome(WRONG, FULL), outcome(RIGHT, FULL)
    shy, silent, invented = outcome(RIGHT, FULL, verdict="related"), outcome(None), outcome(WRONG)
    ours = [right, wrong, right, silent, right]
    theirs = [wrong, right, shy, invented, right]
    comparison = report.find(ours, theirs, name="a", compared_name="b").comparison
    assert comparison is not None
    assert [pair[0].number for pair in comparison.won] == [1, 4]
    assert [pair[0].number for pair in comparison.lost] == [2]
    assert [pair[0].number for pair in comparison.otherwise] == [3]
    assert comparison.differences["all"]["hit@1"].value == pytest.approx(3 / 4 - 3 / 4)
    assert comparison.differences["all"]["declined"].value == 1.0


def test_a_comparison_needs_the_same_questions():
    with pytest.raises(ValueError, match="same questions"):
        report.find([outcome(RIGHT, FULL)], [outcome(RIGHT)], name="a", compared_name="b")


class Seen(HTMLParser):
    """What a browser makes of a page: elements with their attributes, and the text in each kind of element."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._inside: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        self._inside.append(tag)
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag in set(self._inside):
            self.texts[tag][-1] += data


HOSTILE = "</p><script>alert(1)</script><img src=x onerror=alert(2)>'\"{{ 7*7 }}{% raw %}&lt;"
TURNED = "\u202egnp.exe\u2066 \x1b[31m \ud800"
SHOWN = "[U+202E]gnp.exe[U+2066] [U+001B][31m [U+D800]"


def written(folder: Path, *outcomes: Outcome, compared: list[Outcome] | None = None, **names: str) -> Seen:
    return Seen(report.write(folder, outcomes, compared, **names).read_text(encoding="utf-8"))


def hostile(text: str) -> list[Outcome]:
    """A miss whose every word comes from elsewhere."""
    gold = Snippet(f"{text}.txt", f"{text}!", True, side=text)
    facts = {"title": text, "publisher": text, "url": f"javascript:{text}"}
    return [outcome((0, len(text) + 1), gold, question=text, type=f"t{text}", text=f"{text}.", **facts)]


def test_hostile_text_is_text(tmp_path: Path):
    seen = written(tmp_path, *hostile(HOSTILE), compared=hostile(HOSTILE), name=HOSTILE)
    assert not {"script", "iframe", "object", "form"} & {tag for tag, _ in seen.elements}
    assert all(attributes["src"].startswith("data:") for tag, attributes in seen.elements if tag == "img")
    assert not [name for _, attributes in seen.elements for name in attributes if name.startswith("on")]
    assert f"{HOSTILE}." in seen.texts["blockquote"]
    assert f"{HOSTILE}!" in seen.texts["blockquote"]
    assert f"{HOSTILE}." in seen.texts["mark"]
    assert HOSTILE in seen.texts["h3"]
    assert not [
        attributes for tag, attributes in seen.elements if tag == "a" and not attributes["href"].startswith("#")
    ]


def test_what_would_turn_a_line_is_shown_as_its_code(tmp_path: Path):
    seen = written(tmp_path, *hostile(TURNED))
    assert f"{SHOWN}." in seen.texts["mark"]
    source = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert not {"\u202e", "\u2066", "\x1b"} & set(source)


@cache
def tags(text: str) -> list[str]:
    """The tags of the page of an outcome that has this text everywhere."""
    numbers = report.find(hostile(text), name=text, compared_name="")
    captions = {"coverage": text, "reliability": text, "bins": text}
    return [tag for tag, _ in Seen(page.render(numbers, {"coverage": "", "reliability": ""}, captions)).elements]


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=30))
def test_no_text_changes_what_the_page_is_made_of(text: str):
    assert tags(text) == tags("tame")


def test_the_page_asks_nobody_for_anything_and_its_policy_lets_nothing_in(tmp_path: Path):
    seen = written(tmp_path, outcome(WRONG, FULL, url="https://news.example/a"))
    policies = [a["content"] for tag, a in seen.elements if a.get("http-equiv") == "Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(seen.texts["style"][0].encode()).digest()).decode()
    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    ]
    loads = [
        str(a.get("href") or a["src"]).partition(",")[0] for tag, a in seen.elements if tag == "link" or "src" in a
    ]
    assert loads == ["data:", "data:image/svg+xml;base64", "data:image/svg+xml;base64"]
    assert not [tag for tag, attributes in seen.elements if "style" in attributes]
    assert [a["href"] for tag, a in seen.elements if tag == "a"][-1] == "https://news.example/a"


def test_every_id_is_there_once_and_every_reference_finds_one(tmp_path: Path):
    seen = written(tmp_path, outcome(WRONG, FULL), outcome(RIGHT), compared=[outcome(RIGHT, FULL), outcome(None)])
    ids = [attributes["id"] for _, attributes in seen.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {a["href"][1:] for _, a in seen.elements if a.get("href", "").startswith("#")}
    assert links <= set(ids)


def test_every_miss_stands_there_with_what_came_and_what_was_wanted(tmp_path: Path):
    missed = outcome(WRONG, FULL, confidence=0.875, title="A title", publisher="The Post")
    seen = written(tmp_path, outcome(RIGHT, FULL), missed, outcome(None))
    (article,) = seen.texts["article"]
    for wanted in ("Who met Ben?", "q1", "answer, confidence 0.875", "The Post", "A title", "a.txt", "Ana met Ben."):
        assert wanted in article
    assert seen.texts["mark"] == ["Nobody knows why."]


def test_the_numbers_of_the_page_are_those_of_the_evaluation(tmp_path: Path):
    outcomes = [
        outcome(RIGHT, FULL),
        outcome(WRONG, FULL, confidence=0.6),
        outcome(None),
        outcome(None, FULL, type="foreign"),
    ]
    seen = written(tmp_path, *outcomes)
    for measured in (evaluate.measure(group) for group in evaluate.grouped(outcomes).values()):
        for value in measured.values():
            assert any(cell.startswith("–" if value is None else f"{value:.3f}") for cell in seen.texts["td"])
    assert len(seen.texts["article"]) == 2
    assert "those with a confidence of 0.60 or more" in seen.texts["figcaption"][0]


def test_the_same_outcomes_give_the_same_bytes_whatever_the_drawer_has_set(tmp_path: Path, monkeypatch):
    import matplotlib as mpl

    outcomes = [outcome(RIGHT, FULL), outcome(WRONG, confidence=0.4, verdict="related")]
    report.write(tmp_path / "one", outcomes, outcomes)
    monkeypatch.setitem(mpl.rcParams, "lines.linewidth", 9)
    monkeypatch.setitem(mpl.rcParams, "svg.fonttype", "path")
    report.write(tmp_path / "two", outcomes, outcomes)
    names = ["coverage.svg", "index.html", "reliability.svg"]
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == names
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_plot_is_told_in_words_and_stands_alone(tmp_path: Path):
    seen = written(tmp_path, outcome(RIGHT, FULL), outcome(WRONG, FULL, confidence=0.3, verdict="related"))
    # the one at 0.9 got an answer and is right; the other would have been wrong
    assert seen.texts["figcaption"][0] == (
        "The bar in use answers 50.0% of the questions, those with a confidence of 0.90 or more; "
        "0.0% of these answers are wrong. Were every question answered, 50.0% of the answers would be wrong."
    )
    coverage, reliability = (attributes for tag, attributes in seen.elements if tag == "img")
    assert coverage["src"].partition(",")[2] == base64.b64encode((tmp_path / "coverage.svg").read_bytes()).decode()
    assert "confidence 0.9 to 1.0: 1 questions, sure 0.90, right 1.00" in reliability["alt"]
    root = ET.parse(tmp_path / "coverage.svg").getroot()
    assert "answered from 0.90 up" in "".join(root.itertext())


@pytest.mark.parametrize("outcomes", [[], [outcome(None)], [outcome(None, FULL, type="foreign")]])
def test_a_file_without_questions_that_count_still_gives_a_page(tmp_path: Path, outcomes: list[Outcome]):
    seen = written(tmp_path, *outcomes, compared=outcomes)
    assert "Are the answers right?" in seen.texts["h1"]


@pytest.mark.parametrize("library", ["matplotlib", "jinja2"])
def test_a_missing_library_is_told_in_one_line_before_anything_is_made(tmp_path: Path, monkeypatch, library: str):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(BylineError, match=rf"^{library} is missing, .*: pip install 'byline\[report\]'$"):
        report.check(tmp_path / "new")
    with pytest.raises(BylineError, match=f"^{library} is missing"):
        report.write(tmp_path / "new", [outcome(RIGHT, FULL)])
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(BylineError, match="file: the report cannot be written"):
        report.check(tmp_path / "file")
    (tmp_path / "folder" / "index.html").mkdir(parents=True)
    with pytest.raises(BylineError, match=r"index\.html: the report cannot be written"):
        report.write(tmp_path / "folder", [outcome(RIGHT, FULL)])


def test_every_measure_is_explained():
    assert list(page.MEANINGS) == list(evaluate.measure([]))


def test_the_command_line_loads_no_plotting_library_until_a_report_is_asked_for():
    code = "import sys, retrieval.evaluation.report, retrieval.evaluation.evaluate; print([n for n in ('matplotlib', 'jinja2') if n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert run.stdout == "[]\n"
