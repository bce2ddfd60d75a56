"""What counts as right: gold questions of made-up articles, answers made by hand, the arithmetic shown."""

import json
from pathlib import Path

import pytest

from retrieval import Answer, Article, Hit, Passage, QuestionsError
from retrieval.evaluation import evaluate
from retrieval.evaluation.evaluate import Gold, Outcome, Snippet

TEXT = "Ana met Ben. Ben left early. Nobody knows why."
ARTICLE = Article("a", "a.txt", TEXT, "0" * 64)
OTHER = Article("b", "b.txt", TEXT, "1" * 64)


def hit(start: int, end: int, marked: tuple[int, int] | None = None, article: Article = ARTICLE) -> Hit:
    return Hit(Passage(article, start, end), marked or (start, end), 1.0)


def answer(*hits: Hit, verdict: str = "answer", confidence: float = 0.9) -> Answer:
    return Answer("?", verdict, confidence, hits)


def outcome(given: Answer, *snippets: Snippet, require: str = "any", type: str = "natural") -> Outcome:
    return Outcome(Gold("q", "?", type, require if snippets else "abstain", snippets), given)


FULL = Snippet("a.txt", "Ana met Ben.", full=True)
PARTIAL = Snippet("a.txt", "Ben left early.", full=False)
NOTHING = answer(verdict="nothing", confidence=0.05)
FIRST, SECOND = hit(0, 12), hit(13, 28)


def test_a_passage_is_right_when_it_holds_a_full_snippet_of_its_own_file():
    assert outcome(answer(FIRST), FULL).hit(1)
    assert not outcome(answer(hit(0, 12, article=OTHER)), FULL).hit(1)
    assert not outcome(answer(hit(0, 11)), FULL).hit(1)
    assert not outcome(answer(SECOND), FULL, PARTIAL).hit(1)


def test_a_passage_of_more_than_800_characters_is_never_right():
    long = Article("l", "a.txt", "Ana met Ben." + "x" * 789, "2" * 64)
    assert outcome(answer(hit(0, 800, article=long)), FULL).hit(1)
    assert not outcome(answer(hit(0, 801, article=long)), FULL).hit(1)


def test_the_place_in_the_list_counts():
    assert not outcome(answer(SECOND, FIRST), FULL).hit(1)
    assert outcome(answer(SECOND, FIRST), FULL).hit(2)


def test_a_first_passage_that_answers_in_part_is_undecided():
    assert outcome(answer(SECOND), FULL, PARTIAL).undecided
    assert not outcome(answer(hit(0, 28)), FULL, PARTIAL).undecided
    assert not outcome(answer(hit(29, 46)), FULL, PARTIAL).undecided


def test_the_highlight_must_be_or_lie_in_a_full_snippet():
    assert outcome(answer(hit(0, 28, (0, 12))), FULL).highlighted
    assert outcome(answer(hit(0, 28, (4, 11))), FULL).highlighted
    assert not outcome(answer(hit(0, 28, (0, 28))), FULL).highlighted
    assert not outcome(answer(hit(0, 28, (13, 28))), FULL).highlighted


def test_two_files_and_each_side_must_all_be_among_the_passages():
    twin = Snippet("b.txt", "Ana met Ben.", full=True)
    both = outcome(answer(FIRST, hit(0, 12, article=OTHER)), FULL, twin, require="two-files")
    assert (both.complete(1), both.complete(2)) == (False, True)
    sides = Snippet("a.txt", "Ana met Ben.", True, "one"), Snippet("a.txt", "Ben left early.", True, "two")
    assert not outcome(answer(FIRST), *sides, require="each-side").complete(5)
    assert outcome(answer(hit(0, 28)), *sides, require="each-side").complete(1)


def test_measures_are_the_arithmetic_of_the_outcomes():
    measures = evaluate.measure(
        [
            outcome(answer(FIRST, confidence=0.95), FULL),
            outcome(answer(SECOND, FIRST, confidence=0.75), FULL),
            outcome(answer(SECOND, confidence=0.85), FULL, PARTIAL),
            outcome(NOTHING, FULL),
            outcome(answer(FIRST, verdict="related", confidence=0.25)),
            outcome(answer(FIRST, confidence=0.55)),
        ]
    )
    assert measures["hit@1"] == 1 / 4
    assert measures["hit@3"] == 2 / 4
    assert measures["highlight"] == 1 / 4
    assert measures["answered"] == 3 / 4
    assert measures["declined"] == 1 / 2
    assert measures["precision"] == 1 / 3  # four answers, of which one is undecided
    # 0.95, 0.75, 0.85 and 0.05 against 0.25 and 0.55
    assert measures["auroc"] == (2 + 2 + 2 + 0) / 8
    # the undecided one is left out; each question has a bin of its own
    errors = abs(0.95 - 1) + 0.75 + 0.05 + 0.25 + 0.55
    assert measures["calibration error"] == pytest.approx(errors / 5)


def test_a_measure_that_no_question_bears_on_is_none():
    assert evaluate.measure([outcome(NOTHING)])["hit@1"] is None
    assert evaluate.measure([outcome(NOTHING)])["auroc"] is None


def test_foreign_questions_are_counted_apart():
    groups = evaluate.grouped([outcome(answer(FIRST), FULL), outcome(NOTHING, FULL, type="foreign")])
    assert evaluate.measure(groups["all"])["hit@1"] == 1.0
    assert evaluate.measure(groups["foreign"])["hit@1"] == 0.0
    assert {name: len(group) for name, group in groups.items()} == {"all": 1, "natural": 1, "foreign": 1}


def test_missed_are_wrong_first_passages_and_answers_to_what_the_articles_do_not_say():
    right, wrong = outcome(answer(FIRST), FULL), outcome(answer(SECOND), FULL)
    invented, silent = outcome(answer(FIRST)), outcome(NOTHING)
    assert [each.well for each in (right, wrong, invented, silent)] == [True, False, False, True]


def test_gold_is_read_from_json_lines(tmp_path: Path):
    answers = [{"file": "a.txt", "snippet": "Ana met Ben.", "grade": "partial", "side": "one"}]
    lines = [{"id": "1", "question": "who?", "type": "keyword", "require": "any", "answers": answers}]
    lines += [{"question": "", "answers": []}, {"question": "why?", "answers": [], "require": "review"}]
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    assert evaluate.read(tmp_path / "q.jsonl") == [
        Gold("1", "who?", "keyword", "any", (Snippet("a.txt", "Ana met Ben.", False, "one"),)),
        Gold(None, "", "untyped", "any", ()),
    ]


@pytest.mark.parametrize("line", ["{", "[]", "7", '{"id": "1"}', '{"question": 7}'])
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str):
    (tmp_path / "q.jsonl").write_text('{"question": "who?"}\n' + line)
    with pytest.raises(QuestionsError, match=r"q\.jsonl:2: "):
        evaluate.read(tmp_path / "q.jsonl")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        (
            {},
            "`answers`: a list of objects with `file` and `snippet`, [] where the articles do not answer, not left out",
        ),
        ({"answers": "Ana"}, 'where the articles do not answer, not "Ana"'),
        ({"answers": ["a.txt"]}, '`answers[0]`: an object, as in {"file": "a.txt", "snippet": "…"}, not "a.txt"'),
        ({"answers": [{"file": "a.txt"}]}, "`answers[0].snippet`: words of that file, not left out"),
        ({"answers": [{"file": "a.txt", "snippet": ""}]}, "`answers[0].snippet`: is empty"),
        (
            {"answers": [{"file": ["a.txt"], "snippet": "Ana"}]},
            "`answers[0].file`: the name of an article's file, not [\"a",
        ),
        ({"answers": [{"file": "a", "snippet": "Ana", "side": ["one"]}]}, '`answers[0].side`: a string, not ["one"]'),
        ({"answers": [{"file": "a", "snippet": "A", "grade": 1}]}, "`answers[0].grade`: a string, not 1"),
        ({"answers": [{"file": "a", "snippet": "A", "grade": "fine"}]}, "one of 'full', 'partial', not 'fine'"),
        ({"answers": [], "type": "all"}, "`type`: 'all' is the name of all questions together"),
        ({"answers": [], "type": ["natural"]}, '`type`: a string, not ["natural"]'),
        ({"answers": [], "require": "both"}, "`require`: one of 'any', 'two-files', 'each-side', 'abstain', 'review'"),
    ],
)
def test_gold_of_another_shape_is_told_its_line_its_field_and_what_is_right(
    tmp_path: Path, fields: dict[str, object], fault: str
):
    good = {"question": "who?", "answers": []}
    (tmp_path / "q.jsonl").write_text(json.dumps(good) + "\n" + json.dumps({"question": "who?", **fields}))
    with pytest.raises(QuestionsError) as error:
        evaluate.read(tmp_path / "q.jsonl")
    assert str(error.value).startswith(f"{tmp_path / 'q.jsonl'}:2: `")
    assert fault in str(error.value)
    assert str(error.value).endswith(": mend the line")


@pytest.mark.parametrize("lines", [[], [{"question": "why?", "answers": [], "require": "review"}]])
def test_a_file_without_a_question_to_ask_measures_nothing(tmp_path: Path, lines: list[dict[str, object]]):
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(QuestionsError, match=r"q\.jsonl: holds no question.*: nothing to measure"):
        evaluate.read(tmp_path / "q.jsonl")


def test_the_example_of_the_help_is_gold(tmp_path: Path):
    (tmp_path / "q.jsonl").write_text(evaluate.FORMAT.splitlines()[2])
    assert evaluate.read(tmp_path / "q.jsonl") == [
        Gold(None, "Who met whom?", "untyped", "any", (Snippet("talks.txt", "Ada met Ben.", True),))
    ]


def test_a_snippet_that_its_file_does_not_hold_is_named():
    article = Article("a", "a.txt", "Ana met Ben.", "0" * 64)
    snippets = (Snippet("a.txt", "met Ben", True), Snippet("a.txt", "met Bob", True), Snippet("b.txt", "Ana", True))
    assert list(evaluate.misplaced([Gold("q1", "who?", "natural", "any", snippets)], [article])) == [
        'q1: a.txt does not hold "met Bob"',
        "q1: the index has no file b.txt",
    ]


@pytest.mark.parametrize("content", [None, b"\xff\xfe{"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None):
    if content is not None:
        (tmp_path / "q.jsonl").write_bytes(content)
    with pytest.raises(QuestionsError, match=r"q\.jsonl: cannot be read"):
        evaluate.read(tmp_path / "q.jsonl")
