"""The emulator against Telegram's own parser: cleaning, nesting, refusals, links, and what becomes a link."""

from __future__ import annotations

import random

import pytest

from emulator.params import ApiError
from emulator.records import cleaned, utf16
from emulator.texts import (
    TOP_LEVEL_DOMAINS,
    WrongLink,
    all_entities,
    check_bounds,
    in_order,
    link,
    moved_by_cleaning,
    nest,
    readable_entities,
)
from tests.oracle import Oracle, Refused, available

pytestmark = pytest.mark.skipif(not available(), reason="needs the package tdjson")
ROUNDS = 1500
KINDS = "bold italic underline strikethrough spoiler code pre blockquote expandable_blockquote text_link".split()


@pytest.fixture(scope="module")
def telegram():
    with Oracle() as asked:
        yield asked


def words(error: ApiError | Refused) -> str:
    return str(error).removeprefix("Bad Request: ").lower()


def ours(text, entities):
    asked = in_order(entity for entity in readable_entities(entities) if entity.length)
    check_bounds(text, asked)
    return cleaned(text), [each.json() for each in moved_by_cleaning(text, asked) if each.length]


def answer(ask, *arguments):
    """The text and the formats of each of its units that is seen, or the words of the refusal."""
    try:
        text, entities = ask(*arguments)
    except (ApiError, Refused) as error:
        return words(error)
    units = text.encode("utf-16-le")
    seen = [at for at in range(len(units) // 2) if units[2 * at : 2 * at + 2] not in (b" \0", b"\n\0")]
    formats = [
        {(each["type"], each.get("url")) for each in entities if each["offset"] <= at < each["offset"] + each["length"]}
        for at in seen
    ]
    return (text, formats) if text.strip(" \n") else ""


def drawn(chance, count):
    letters = "abc xyz" + chance.choice(["", "\t\r\n\0\u2028\u202e\u030a\u0333😀\u200e\u200f\u200dé"])
    text = "".join(chance.choices(letters, k=chance.randint(1, 14)))
    entities = []
    for _ in range(count):
        start = chance.randint(0, utf16(text))
        length = chance.randint(0, utf16(text) - start + (chance.random() < 0.05))
        entity = {"type": chance.choice(KINDS), "offset": start, "length": length}
        link_to = {"url": chance.choice(["http://x.com/", "http://y.com/"])} if entity["type"] == "text_link" else {}
        entities.append(entity | link_to)
    return text, entities


def test_cleaning_and_refusals_are_telegrams(telegram):
    chance = random.Random(11)
    for _ in range(ROUNDS):
        text, entities = drawn(chance, 1)
        assert answer(ours, text, entities) == answer(telegram.kept, text, entities), (text, entities)


def test_formatting_that_nests_is_kept_and_other_is_noticed(telegram):
    chance = random.Random(13)
    kept = mended = 0
    for _ in range(3 * ROUNDS):
        text, entities = drawn(chance, chance.randint(2, 4))
        mine, theirs = answer(ours, text, entities), answer(telegram.kept, text, entities)
        if isinstance(mine, str) or isinstance(theirs, str):
            continue
        if nest(in_order(entity for entity in readable_entities(entities) if entity.length)):
            kept += 1
            assert mine == theirs, (text, entities)
        else:
            mended += 1
    assert min(kept, mended) > ROUNDS // 4


def test_every_character_is_cleaned_as_telegram_cleans_it(telegram):
    for start in range(0, 0x3400, 64):
        text = "".join(f"a{chr(code)}" for code in range(start, start + 64) if chr(code) not in "*_~`|[") + "a"
        assert cleaned(text) == telegram.kept(text, [])[0], hex(start)


def test_links_are_taken_written_and_refused_as_telegram_does(telegram):
    chance = random.Random(12)
    pieces = "http https HTTP ftp :// : // / ? # @ [ ] ::1 x.com X. a - _ % %41 80 0 99999 é . .. user:pw < *".split()
    for _ in range(ROUNDS):
        address = "".join(chance.choices([*pieces, " ", "\t", "\u202e"], k=chance.randint(1, 7)))
        try:
            mine = link(address)
        except WrongLink as wrong:
            mine = f"entity url '{address}' is invalid: {wrong}".lower()
        try:
            _, kept = telegram.kept("h", [{"type": "text_link", "offset": 0, "length": 1, "url": address}])
            theirs = kept[0]["url"]
        except Refused as refused:
            theirs = words(refused)
        assert mine.rpartition("is invalid")[2] == theirs.rpartition("is invalid")[2], address


def found(text):
    return {(entity.type, entity.of(text)) for entity in all_entities(text)}


SENTENCES = [
    "see Amazon.com, p.m.Reuters.com and README.md",
    "He left.Then no link, nor in e.g. this, U.S. or No.1, 1.5 or v1.2.3",
    "write to @byline_desk, not @ab, mail me@x.com or mailto:a@b.com",
    "/start and /ask@byline_demo_bot, not a/b nor /a/b",
    "#tag #1 #1a ##x #тег $USD $AAPL, $aapl",
    "(https://x.com/a_(b)) «x.com» 'y.com' http://1.2.3.4/x, https://x.com/a).",
    "x.com/ x.com:80/a?b#c x.com? x.com. x.com! user:pw@z.com t.me/foo",
    "https://пример.рф news.ua end.It ASP.NET x_y.com -z.com 💥x.com x.com’s",
    "http://localhost https://x ftp://x.com tg://resolve?domain=x .com x..com",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_telegram_makes_clickable_is_found(telegram, sentence):
    skipped = {"MediaTimestamp", "bank_card", "phone_number"}  # not for bots, or found by the server alone
    units = sentence.encode("utf-16-le")
    theirs = {
        (e["type"], units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
        for e in telegram.found(sentence)
        if e["type"] not in skipped
    }
    assert found(sentence) == theirs


def test_the_seeds_are_marked_as_telegram_marks_them(telegram, seeds):
    for file in sorted(seeds.iterdir()):
        for line in filter(str.strip, file.read_text(errors="ignore").splitlines()):
            theirs = [
                (e["type"], e["offset"], e["length"])
                for e in telegram.found(line)
                if e["type"] not in {"MediaTimestamp", "phone_number"}
            ]
            assert [(e.type, e.offset, e.length) for e in all_entities(line)] == theirs, line


def test_every_known_ending_makes_a_link(telegram):
    text = " ".join(f"x.{ending}" for ending in sorted(TOP_LEVEL_DOMAINS))
    assert len(telegram.found(text)) == len(TOP_LEVEL_DOMAINS)
    assert len(all_entities(text)) == len(TOP_LEVEL_DOMAINS)
