"""Word lists as data: the text files beside this one, read once, and what can be asked of them.

A file says in its first lines what it holds and where that is from; `#` starts a comment. Most have lines
`kind: word word …`, where a kind may stand on several lines and a space inside a word is written `_`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import NamedTuple


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of the file `name`.txt without comments; `FileNotFoundError` for a name that no file has."""
    text = resources.files(__package__).joinpath(f"{name}.txt").read_text("utf-8")
    return tuple(line for each in text.splitlines() if (line := each.partition("#")[0].strip()))


@cache
def kinds(name: str) -> dict[str, tuple[str, ...]]:
    """Kind → its words in the order of the file."""
    words: dict[str, tuple[str, ...]] = {}
    for line in lines(name):
        kind, _, row = line.partition(":")
        words[kind] = words.get(kind, ()) + tuple(word.replace("_", " ") for word in row.split())
    return words


@cache
def by_kind(name: str) -> dict[str, frozenset[str]]:
    """Kind → its words as a set."""
    return {kind: frozenset(words) for kind, words in kinds(name).items()}


@cache
def words(name: str, *wanted: str) -> frozenset[str]:
    """The words of some kinds of a file; of all kinds where none is named."""
    listed = kinds(name)
    return frozenset(word for kind in wanted or listed for word in listed[kind])


@cache
def holds(name: str, wanted: tuple[str, ...], word: str) -> bool:
    """Whether a word, or the singular of a plural, stands under one of these kinds of a file."""
    singulars = {word, word.removesuffix("s"), word.removesuffix("es")}
    if word.endswith("ies"):
        singulars.add(f"{word[:-3]}y")
    if word.endswith("men"):
        singulars.add(f"{word[:-2]}an")
    return bool(singulars & words(name, *wanted))


def names_of_country(word: str) -> frozenset[str]:
    """All names, in lower case, that news give the country that a word names; the word itself where it names none."""
    return _countries().get(word) or frozenset([word])


def irregular_forms(word: str) -> frozenset[str]:
    """The forms of an English word in lower case that are made irregularly, itself included; none for most words."""
    return _irregular().get(word, frozenset())


class VerbForms(NamedTuple):
    """The forms of an English verb."""

    base: str
    third: str
    past: str
    participle: str
    ing: str


SAYING = ("speech", "stance", "belief", "finding")  # kinds of reporting verbs that are done in words alone
DOING = ("response", "attitude")  # kinds that may be done without a word


@cache
def reporting_verbs(kinds: tuple[str, ...], *forms: str) -> str:
    """Forms of the reporting verbs of these kinds, by the fields of `VerbForms`, as alternatives of a pattern."""
    verbs = (inflect(verb)._asdict() for verb in words("reporting_verbs", *kinds))
    return alternatives(verb[form] for verb in verbs for form in forms)


def alternatives(words: Iterable[str]) -> str:
    """Words as alternatives of a regular expression, the longest first."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


@cache
def inflect(verb: str) -> VerbForms:
    """The forms of a verb given as its base, by the rules of spelling and the list of irregular forms."""
    _, past, participle, *_ = (*_irregular_verbs().get(verb, (verb, _with_ending(verb, "ed"))), "", "")
    doubled = past == f"{verb}{verb[-1]}ed"  # admit, admitted, admitting
    ing = f"{verb}{verb[-1]}ing" if doubled else _with_ending(verb, "ing")
    sibilant = verb.endswith(("s", "x", "z", "ch", "sh", "o"))
    third = f"{verb}es" if sibilant else re.sub("(?<=[^aeiou])y$", "ie", verb) + "s"
    return VerbForms(verb, third, past, participle or past, ing)


def _with_ending(verb: str, ending: str) -> str:
    if ending == "ed":
        verb = re.sub("(?<=[^aeiou])y$", "i", verb)
    return (verb if ending == "ing" and verb.endswith("ee") else verb.removesuffix("e")) + ending


@cache
def _countries() -> dict[str, frozenset[str]]:
    groups = [frozenset([name, *others]) for name, others in kinds("countries").items()]
    return {word: group for group in groups for word in group}


@cache
def _irregular() -> dict[str, frozenset[str]]:
    forms: dict[str, frozenset[str]] = {}
    for row in words("irregular_forms"):
        for form in row.split("/"):
            forms[form] = forms.get(form, frozenset()) | frozenset(row.split("/"))
    return forms


@cache
def _irregular_verbs() -> dict[str, tuple[str, ...]]:
    """An irregular verb → base, past, and its participle where that is another form."""
    return {row.split("/")[0]: tuple(row.split("/")) for row in kinds("irregular_forms")["verb"]}
