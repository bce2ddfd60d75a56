"""Front matter and records: usual keys and forms of values become facts, and what cannot be parsed loses only itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from retrieval.articles import fields
from retrieval.text.paragraphs import front_matter

BODY = "The mayor opened the new bridge on Monday.\n"


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: A bridge\nauthor: Ada Finch\ndate: 2021-03-04\n---\n",
        "\ufeff---\r\ntitle: A bridge\r\nauthor: [Ada Finch]\r\ndate: 2021-03-04 10:00 +0100\r\n...\r\n",
        '+++\ntitle = "A bridge"\ndate = 2021-03-04T10:00:00Z\nauthors = ["Ada Finch"]\n+++\n',
        '{\n "title": "A bridge",\n "author": {"name": "Ada Finch"},\n "date": "2021-03-04"\n}\n',
    ],
)
def test_yaml_toml_and_json_state_the_same(front: str):
    assert fields.of_front_matter(front + BODY) == {"title": "A bridge", "author": "Ada Finch", "date": "2021-03-04"}
    assert front_matter(front + BODY) == len(front)


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: A bridge: the costs\nauthor: Ada Finch\n---\n",
        '---\ntitle: "A bridge: the costs"\nauthor: Ada Finch\ntags: [a, b\n---\n',
        '+++\ntitle = "A bridge: the costs"\nauthor = "Ada Finch"\ntags = [unquoted]\n+++\n',
    ],
)
def test_a_line_that_cannot_be_parsed_loses_only_itself(front: str):
    assert fields.of_front_matter(front + BODY) == {"title": "A bridge: the costs", "author": "Ada Finch"}


@pytest.mark.parametrize("start", ["{not json}\n", '{"a": 1} and more\n', "---\nA sentence, no key.\n---\n", "+++\n"])
def test_what_only_looks_like_front_matter_is_text(start: str):
    assert front_matter(start + BODY) == 0


@pytest.mark.parametrize(
    "value",
    [
        "Fri, 04 Mar 2022 10:15:00 +0000",
        "20220304T101500Z",
        "Freitag, 4. März 2022",
        "4 марта 2022",
        "2022.03.04",
        "2022年3月4日",
        "2022년 3월 4일",
        "4º marzo 2022",
        "4.º de marzo de 2022",
        "4. Mrz. 2022",
        "4. Mär. 2022",
        "4 mars 2022",
        "4. března 2022",
        "4 березня 2022 р.",
        1646388900,
        1646388900000,
        "1646388900",
        datetime(2022, 3, 4, 9, tzinfo=UTC),
    ],
)
def test_a_day_is_read_in_the_forms_that_feeds_use(value: Any):
    assert fields.fact("date", value) == "2022-03-04"


@pytest.mark.parametrize(
    "value", ["25-12-2021", "12-25-2021", "25.12.2021", "25 déc. 2021", "25 dicembre 2021", "25 Aralık 2021"]
)
def test_a_day_that_can_be_no_month_is_read_in_either_order(value: str):
    assert fields.fact("date", value) == "2021-12-25"


@pytest.mark.parametrize("value", ["~", "null", "None", "N/A"])
def test_what_stands_for_nothing_states_nothing(value: str):
    assert fields.of_record({"publisher": value, "author": value, "title": "A bridge"}) == {"title": "A bridge"}


@pytest.mark.parametrize(
    "value",
    [
        "today",
        "03/04/2022",
        "03-04-2022",
        "2022.3.4.1",
        20220,
        10**400,
        True,
        None,
        "2022-13-01",
        "Week 9, 4 March 2022",
    ],
)
def test_what_is_no_single_day_is_no_date(value: Any):
    assert fields.fact("date", value) is None


@pytest.mark.parametrize("key", ["created", "updated", "modified"])
def test_the_day_a_note_was_made_is_no_day_of_publication(key: str):
    assert fields.of_record({key: "2022-03-04", "title": "A bridge"}) == {"title": "A bridge"}


@pytest.mark.parametrize(
    ("value", "author"),
    [
        ("By Ada Finch and Ida Brandt", "Ada Finch and Ida Brandt"),
        ("[[Ada Finch]]", "Ada Finch"),
        (["[[people/ada|Ada Finch]]", "[Ida Brandt](https://post.example/ida)"], "Ada Finch, Ida Brandt"),
        ([{"name": "Ada Finch"}, {"name": ["Ida Brandt"]}, "Ada Finch"], "Ada Finch, Ida Brandt"),
        ("ada@post.example (Ada Finch)", "Ada Finch"),
        ("Ada Finch <ada@post.example>", "Ada Finch"),
        ("Por Ada Ruiz", "Ada Ruiz"),
        ("Von Hippel", "Von Hippel"),
        ("Updates by Tomas Riedl and Joy Achieng", "Tomas Riedl and Joy Achieng"),
        ("Words and pictures by Ana Lund", "Ana Lund"),
        ("Photos by Ana Lund", None),
        ("https://social.example/ada", None),
        ("@ada", None),
        ("admin", None),
    ],
)
def test_an_author_is_a_name(value: Any, author: str | None):
    assert fields.fact("author", value) == author


def test_entities_are_decoded_and_other_ampersands_stay():
    record = {"title": "Trams &amp; trains &#8211; Ardell&#8217;s choice", "publisher": "Finch & Sons &copies"}
    assert fields.of_record(record) == {
        "title": "Trams & trains – Ardell’s choice",
        "publisher": "Finch & Sons &copies",
    }


def test_lists_in_lists_are_looked_at_to_a_depth_and_a_length():
    deep: Any = "Ada Finch"
    for _ in range(500):
        deep = [deep]
    assert fields.fact("author", deep) is None
    assert str(fields.fact("author", [f"Name {number}" for number in range(5000)])).count(",") < 50
    bomb = "---\na: &a [x, y]\n" + "".join(
        f"a{n}: &{n} [*{n - 1 if n else 'a'}, *{n - 1 if n else 'a'}]\n" for n in range(40)
    )
    assert fields.of_front_matter(f"{bomb}author: [*39]\n---\n{BODY}") == {}


def test_half_a_character_states_nothing():
    assert fields.of_record(json.loads('{"title": "A \\ud800 bridge", "author": "Ada"}')) == {"author": "Ada"}


def test_control_characters_are_no_part_of_a_fact():
    assert fields.of_record({"title": "A\0 bridge\x1b", "publisher": "\0"}) == {"title": "A bridge"}
