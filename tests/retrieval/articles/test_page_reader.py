"""The transformer that reads a page's lines: what it is given, where it points, and what becomes of it."""

from __future__ import annotations

import pytest

from retrieval.articles import layout, metadata, page_reader
from retrieval.errors import ModelError
from retrieval.text.paragraphs import paragraphs
from retrieval.text.wordpieces import CAPITALS, CUT, END, START, wordpieces

PAGE = """Lowland Gazette
Home | Local | Sport

Bridge over the Orr to stay shut until spring

By Tamsin Ode
4 March 2031

The bridge over the Orr will stay shut until spring, the county said on Tuesday, since two of its piers have moved.

Drivers have to go round by Elmford, twelve miles longer. Shopkeepers in the old town say that they sell half of what they did."""


@pytest.fixture(scope="module")
def tokenize():
    return page_reader.shipped()._model.tokens


def shortened(text, tokenize):
    rows = paragraphs(text)
    return rows, page_reader.shortened(rows, tokenize)


def test_a_long_line_is_read_by_its_first_and_last_words(tokenize):
    line = " ".join(f"word{number}" for number in range(200)) + " The End"
    rows, (tokens,) = shortened(line, tokenize)
    assert len(tokens) < 30
    assert CUT in {token.id for token in tokens}
    words = rows[0].words
    assert words[tokens[1].start : tokens[1].end] == "word"
    assert words[tokens[-1].start : tokens[-1].end] == "End"


def test_every_line_is_in_a_window_and_none_is_too_long(tokenize):
    rows, lines = shortened(
        "\n\n".join(f"Line {number} of a long page, and some words." for number in range(200)), tokenize
    )
    windows = list(page_reader.windows(lines))
    assert len(windows) > 3
    assert all(len(window) <= page_reader.WINDOW for window in windows)
    assert {token.line for window in windows for token in window} == {-1, *range(len(rows))}
    assert windows[0][0].id == START
    assert windows[-1][-1].id == END
    assert windows[-1][1].line > 0


def test_a_stretch_lies_within_one_line_or_is_a_run_of_whole_lines_and_holds_no_mark_at_its_ends(tokenize):
    _, lines = shortened("One line\nand another one\nand more", tokenize)
    (window,) = page_reader.windows(lines)
    stretches = [(window[first], window[last]) for first, last in zip(*page_reader.spans(window), strict=True)]
    within = [(first, last) for first, last in stretches if first.line == last.line]
    assert len(within) == 3 + 6 + 3
    assert all(0 <= first.start < last.end for first, last in within)
    over = {(first.line, first.start, last.line, last.end) for first, last in stretches if first.line != last.line}
    assert over == {(0, 0, 1, 15), (1, 0, 2, 8), (0, 0, 2, 8)}


def test_a_page_without_lines_states_nothing():
    assert page_reader.shipped().read(()) == ({field: [] for field in page_reader.FIELDS}, {})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Bridge over the Orr to stay shut until spring"),
        ("publisher", "Lowland Gazette"),
        ("author", "Tamsin Ode"),
    ],
)
def test_it_points_at_what_the_page_states(field, value):
    fact = metadata.likeliest(field, layout.reading(PAGE))
    assert fact is not None
    assert fact.value == value
    assert fact.chance > 0.5
    assert value in fact.line.words


def test_of_a_very_long_page_all_lines_are_labelled_and_facts_looked_for_in_head_and_foot():
    article = [f"The county counted {number} lorries on the road by Elmford that day." for number in range(2000)]
    rows = paragraphs("\n\n".join([PAGE, *article, "© Lowland Gazette 2031"]))
    stretches, labels = page_reader.shipped().read(rows)
    best = {
        field: max(stretches[field], key=lambda stretch: stretch.chance) for field in ("title", "publisher", "author")
    }
    assert {field: rows[each.line].words[each.start : each.end] for field, each in best.items()} == {
        "title": "Bridge over the Orr to stay shut until spring",
        "publisher": "Lowland Gazette",
        "author": "Tamsin Ode",
    }
    foot = [each for each in stretches["publisher"] if each.line == len(rows) - 1]
    assert "Lowland Gazette" in {rows[each.line].words[each.start : each.end] for each in foot}
    assert not [each for each in stretches["publisher"] if 200 < each.line < len(rows) - 200]
    assert sorted(labels) == [*range(len(rows))]
    likeliest = {rows[at].words: max(chances, key=lambda label: chances[label]) for at, chances in labels.items()}
    assert likeliest["Bridge over the Orr to stay shut until spring"] == "title"
    assert likeliest["The county counted 1999 lorries on the road by Elmford that day."] == "body"
    assert likeliest["© Lowland Gazette 2031"] in ("outlet", "aside")


def test_without_shared_lines_stretches_keep_their_places():
    reading = layout.reading(PAGE)
    first = reading.lines[0].paragraph.line
    rest = reading.without({first})
    assert [line.paragraph.line for line in rest.lines] == [line.paragraph.line for line in reading.lines[1:]]
    title = max(rest.stretches["title"], key=lambda stretch: stretch.chance)
    words = rest.lines[title.line].paragraph.words[title.start : title.end]
    assert words == "Bridge over the Orr to stay shut until spring"
    assert all(0 <= each.line < len(rest.lines) and each.chance <= 1 for each in rest.stretches["publisher"])


def test_weights_that_are_not_byline_s_are_refused(tmp_path, monkeypatch):
    (tmp_path / "page_reader.onnx").write_bytes(b"other")
    monkeypatch.setattr(page_reader, "WEIGHTS", tmp_path)
    with pytest.raises(ModelError, match="install it again"):
        page_reader.shipped.__wrapped__()


def test_a_word_that_is_cut_looks_as_the_whole_word(tokenize):
    line = f"{'The harbour is closed and nobody knows why. ' * 5}It said UNESCO."
    for start, end in ((0, len(line)), (0, line.index("ESCO")), (line.index("SCO"), len(line))):
        looks = {
            piece.look & CAPITALS for piece in wordpieces(line, start, end, tokenize) if piece.start >= line.index("UN")
        }
        assert looks == {CAPITALS}
