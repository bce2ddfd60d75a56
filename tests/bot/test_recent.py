"""What is remembered only for a while."""

from bot.state import Recent


def test_what_was_set_longest_ago_is_forgotten_first():
    known: Recent[int, str] = Recent(2)
    known[1], known[2] = "one", "two"
    known[1] = "one again"
    known[3] = "three"
    assert dict(known) == {1: "one again", 3: "three"}
