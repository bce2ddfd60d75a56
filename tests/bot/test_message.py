"""Text and entities: offsets count in what Telegram will show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message import Button, Entity, Message, Quote, Run, bold, cleaned, italic, parts

ANY = st.text(st.characters(), max_size=60)


def shown(message: Message) -> list[tuple[str, str]]:
    return [(entity.kind, message.text[entity.start : entity.end]) for entity in message.entities]


def test_cleaning_composes_letters_and_drops_what_telegram_drops():
    assert cleaned("Cafe\u0301 A\u030a\tx\r\ny\u2028z\u202e!\x00?") == "Café Å x\nyz! ?"


def test_half_a_character_becomes_the_replacement_character():
    assert cleaned("a\ud83dz") == "a\ufffdz"


def test_entities_cover_the_cleaned_text():
    message = Message(parts("e\u0301\r ", bold("bo\rld"), " ", Quote((Run("one "), Run("t\u202ewo", "mark"))), "!"))
    assert message.text == "é bold one two!"
    assert shown(message) == [("bold", "bold"), ("quote", "one two"), ("mark", "two")]


def test_trimming_moves_the_entities_with_the_text():
    message = Message(parts("\n  ", bold("title"), "\n"))
    assert message.text == "title"
    assert message.entities == (Entity("bold", 0, 5),)


def test_entities_of_nothing_visible_are_left_out():
    assert Message(parts("a", bold("\r"), italic("  "), "b")).entities == ()


def test_a_button_holds_64_bytes_and_no_more():
    assert Button("x", "é" * 32).data == "é" * 32
    with pytest.raises(ValueError, match="64 bytes"):
        Button("x", "é" * 32 + "x")
    assert len(Button("x", copy="é" * 256).copy) == 256
    with pytest.raises(ValueError, match="256 characters"):
        Button("x", copy="é" * 257)


def test_a_mark_covers_the_span_in_it_and_a_span_alone_has_none():
    runs = (
        Run("a "),
        Run("It rained on ", "mark"),
        Run("Mon", "span"),
        Run("**", "syntax"),
        Run("day", "span"),
        Run(".", "mark"),
    )
    message = Message((Quote((*runs, Run(" b"))), Quote((Run("On "), Run("Monday", "span"), Run(".")))))
    assert shown(message) == [
        ("quote", "a It rained on Monday. b"),
        ("mark", "It rained on Monday."),
        ("span", "Monday"),
        ("quote", "On Monday."),
        ("span", "Monday"),
    ]


@pytest.mark.parametrize("deeds", [{}, {"data": "a", "url": "https://a.example"}, {"url": "u", "copy": "c"}])
def test_a_button_does_exactly_one_thing(deeds):
    with pytest.raises(ValueError, match="does one thing"):
        Button("x", **deeds)


def test_what_steers_or_hides_is_not_sent_and_what_joins_is():
    hidden = "a\x9b31m\x7f\u2066b\u2069 c\u00ad\u200b\u2060\ufeff\ufff9\U000e0041\U000e0001d"
    assert cleaned(hidden) == "a 31m b cd"
    scotland, family = (
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "👨\u200d👩\u200d👧 ❤\ufe0f",
    )
    for seen in (scotland, family, "می\u200cخواهم", "a\u200eb"):
        assert cleaned(seen) == seen


@given(ANY)
def test_cleaning_leaves_nothing_that_telegram_would_still_change(text):
    vanishing = "\r\u030a\u0333\u033f\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
    left = set(cleaned(text))
    assert not left & set(vanishing)
    assert not left & {chr(code) for code in range(32) if code != 10}
    cleaned(text).encode()  # no half characters: this would raise


@given(st.lists(st.tuples(ANY, st.sampled_from(["plain", "bold", "italic", "mark"])), max_size=8))
def test_entities_lie_in_the_text_in_order_and_cover_something(pieces):
    message = Message(parts(Quote(tuple(Run(text, style) for text, style in pieces)), "end"))
    edge = 0
    for entity in message.entities[1:]:
        assert edge <= entity.start < entity.end <= len(message.text)
        assert message.text[entity.start : entity.end].strip()
        edge = entity.end


def test_of_direction_marks_in_a_row_the_last_one_stays_also_over_two_runs():
    assert cleaned("a\u200e\u200f\u200eb\u200e") == "a\u200c\u200c\u200eb\u200e"
    assert Message(parts("a\u200e", bold("\u200fb"))).text == "a\u200c\u200fb"
