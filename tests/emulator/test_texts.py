"""What Telegram refuses as a text, what it changes without a word, and which entities it keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.params import ApiError
from emulator.records import cleaned, utf16
from emulator.texts import formatted

BAD = "Bad Request: "


def entity(kind, offset, length, **more):
    return {"type": kind, "offset": offset, "length": length, **more}


def refusal(text, *entities) -> str:
    with pytest.raises(ApiError) as refused:
        formatted(text, list(entities))
    return refused.value.description


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "message text is empty"),
        ("   ", "text must be non-empty"),
        (" \n\t\r", "text must be non-empty"),
        ("\u200b\u200d\u2028\ufeff\u00a0", "text must be non-empty"),
        ("x" * 4097, "message is too long"),
        ("😀" * 4097, "message is too long"),
        ("é" * 16385, "text is too long"),
        ("\ud800", "strings must be encoded in UTF-8"),
    ],
)
def test_these_texts_are_refused(text, words):
    assert refusal(text) == BAD + words


@pytest.mark.parametrize(
    ("text", "entities", "words"),
    [
        # these words were told by the live server to another project's tests
        ("hello", entity("bold", 100, 1), "entity begins after the end of the text at UTF-16 offset 100"),
        (
            "hello",
            entity("bold", 0, 100),
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100",
        ),
        ("hello", entity("bold", -1, 1), "receive an entity with incorrect offset -1"),
        ("hello", entity("bold", 0, -1), "receive an entity with incorrect length -1"),
        ("hello", entity("unknown", 0, 1), "can't parse MessageEntity: Unsupported type specified"),
        ("click", entity("text_link", 0, 5, url="not-a-url"), "entity URL 'not-a-url' is invalid: Wrong HTTP URL"),
        ("click", entity("text_link", 0, 5, url=""), "entity URL '' is invalid: URL host is empty"),
        # and these by TDLib
        ("he😀lo", entity("bold", 3, 1), "entity begins in a middle of a UTF-16 symbol at byte offset 6"),
        (
            "he😀lo",
            entity("bold", 2, 1),
            "entity beginning at UTF-16 offset 2 ends in a middle of a UTF-16 symbol at byte offset 6",
        ),
        (
            "hello",
            entity("text_link", 0, 5, url="javascript:alert(1)"),
            "entity URL 'javascript:alert(1)' is invalid: Wrong port number specified in the URL",
        ),
        (
            "hello",
            entity("text_link", 0, 5, url="file:///x"),
            "entity URL 'file:///x' is invalid: Unsupported URL protocol",
        ),
    ],
)
def test_these_entities_are_refused(text, entities, words):
    assert refusal(text, entities) == BAD + words


def test_4096_code_points_fit_however_many_bytes_or_utf16_units_they_take():
    assert len(formatted("😀" * 4096).text) == 4096
    assert len(formatted("  " + "x" * 4096 + " \n").text) == 4096


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  trimmed \n", "trimmed"),
        ("tab\tbell\x07nul\x00", "tab bell nul"),
        ("carriage\r\nreturn", "carriage\nreturn"),
        ("line\u2028separator\u202eoverride", "lineseparatoroverride"),
        ("A\u030a loses its ring, \u00c5 does not", "A loses its ring, \u00c5 does not"),
        ("two\u0333 lines\u033f", "two lines"),
        ("\u200fone mark, \u200e\u200f\u200etwo\u200e", "\u200fone mark, \u200c\u200c\u200etwo\u200e"),
    ],
)
def test_telegram_changes_texts_without_a_word(sent, kept):
    assert formatted(sent).text == kept


def drawn(text: str, *entities) -> list[str]:
    kept = formatted(text, list(entities))
    return [f"{e.type} {e.of(kept.text)!r}" for e in kept.entities]


def test_entities_move_with_what_vanishes_before_and_inside_them():
    #             01 2 345 67
    assert drawn("a\r\rbc😀d", entity("bold", 1, 3), entity("italic", 5, 3)) == ["bold 'b'", "italic '😀d'"]
    assert drawn("\u2028\u2028one two", entity("bold", 2, 3)) == ["bold 'one'"]
    assert drawn("on\re two", entity("bold", 0, 4)) == ["bold 'one'"]
    assert drawn("   one   ", entity("blockquote", 0, 9)) == ["blockquote 'one'"]


@pytest.mark.parametrize(
    ("entities", "mended"),
    [
        # "one two three": quotes do not nest, bold is cut at a quote's end, code holds nothing
        ([entity("blockquote", 0, 7), entity("blockquote", 4, 3)], True),
        ([entity("blockquote", 0, 7), entity("bold", 4, 9)], True),
        ([entity("code", 0, 7), entity("bold", 4, 3)], True),
        ([entity("bold", 0, 7), entity("bold", 4, 9)], True),
        ([entity("blockquote", 0, 13), entity("bold", 4, 3), entity("italic", 8, 5)], False),
        ([entity("underline", 0, 13), entity("bold", 4, 3)], False),
        ([entity("bold", 0, 0), entity("bold", 3, 1)], False),
        ([entity("mention", 0, 3), entity("url", 4, 3)], False),
    ],
)
def test_formatting_that_does_not_nest_is_noticed(entities, mended):
    assert formatted("one two three", entities).mended is mended


def test_more_than_a_hundred_entities_are_noticed():
    plain = [entity("bold", 3 * n, 2) for n in range(101)]
    assert not formatted("ab " * 101, plain[:100]).mended
    assert formatted("ab " * 101, plain).mended


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=4))
def test_whatever_is_kept_is_clean_trimmed_and_its_entities_lie_inside(text, places):
    try:
        kept = formatted(text, [entity("bold", offset, length) for offset, length in places])
    except ApiError:
        return
    assert kept.text == cleaned(text).strip(" \n")
    assert all(0 <= e.offset < e.end <= utf16(kept.text) for e in kept.entities)
    assert formatted(kept.text, [e.json() for e in kept.entities]) == kept
