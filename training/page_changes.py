"""An example → changed copies of it to learn from: other names, capitals, lines left out, lines of other pages, less of the page."""

from __future__ import annotations

import dataclasses
import itertools
import random
import re
from typing import TYPE_CHECKING

from retrieval import lexicon
from retrieval.articles import dates
from retrieval.articles.page_reader import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from training.labelled_pages import Example

SECTIONS = (
    "World News Politics Economy Business Science Health Culture Sport Opinion Local Europe Technology Energy Courts "
    "Weather Environment Defence Society Education Travel Security Law Markets Media Religion"
)
BARE, STRAY = 0.5, 0.4  # the share of articles that are also learned from without their page, and of stray lines
NAMELESS = 0.3  # the share of articles that are also learned from without their outlet's name
LEAST_BROKEN = 4  # words of a title that is broken
BROKEN = 0.15  # the share of copies whose title is broken over lines
CLEAN = 0.25  # the share of copies without boilerplate that states nothing, and of most of their text
HEADLINED = 0.35  # the share of copies, and of paragraphs alone, with headlines of other pages amid them
DATED = 0.2  # the share of copies with a line that states another day
HEADED = 0.08  # the share of copies with their facts above them as "Key: value"
OFFERS = ("", "", "", "", "Read more: ", "Related: ", "READ ALSO: ", "More: ", "See also: ", "• ", "> ", "- ")
_CHANGED = re.compile(r"(?i)publi|updat|post|modif|edit|print|aktual|stand|mis à|actual")
_ENDINGS = ("com", "org", "net", "example", "news", "co.uk", "de", "info")
_KEYS = {
    field: sorted(lexicon.words("header_keys", field))
    for field in ("title", "publisher", "author", "date", "url", "source")
}


class Names:
    """Outlets and people of all pages, to put in each other's place."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.outlets = sorted({name for each in examples if (name := each.facts.get("publisher"))})
        self.authors = sorted({name for each in examples if (name := each.facts.get("author"))})
        people = [name.split() for name in self.authors if re.fullmatch(r"[A-Z]\S*(?: [A-Z]\S*){1,2}", name)]
        self._first, self._last = [words[0] for words in people], [words[-1] for words in people]
        self._parts = [name.split() for name in self.outlets if 2 <= len(name.split()) <= 4]

    def author(self, rng: random.Random) -> str:
        """A name of somebody, or of nobody."""
        if rng.random() < 0.3:
            return rng.choice(self.authors)
        return f"{rng.choice(self._first)} {rng.choice(self._last)}"

    def outlet(self, rng: random.Random) -> str:
        """An outlet, or one of two others' words."""
        if rng.random() < 0.5:
            return rng.choice(self.outlets)
        name, other = rng.choice(self._parts), rng.choice(self._parts)
        return " ".join([*name[:-1], other[-1]])


def changed(example: Example, others: Sequence[Example], names: Names, rng: random.Random) -> Example:
    """A copy with other names, some capitals, fewer lines, lines of another page."""
    copy = _renamed(example, others, names, rng)
    if rng.random() < HEADED:
        copy = _headed(copy, names, rng)
    copy = _in_capitals(copy, "title", 0.2, rng)
    copy = _in_capitals(copy, "publisher", 0.15, rng)
    if rng.random() < BROKEN:
        copy = _broken(copy, rng)
    lines = copy.text.split("\n")
    off = {line.strip() for stretch in copy.boilerplate for line in stretch.split("\n")}
    stated = [value for field, value in copy.facts.items() if value and field != "date"]
    if rng.random() < CLEAN:
        lines = _clean(copy, [line for line in lines if line.strip() not in off or _states(line, stated)], rng)
    elif rng.random() < 0.5:
        share = rng.choice((0.2, 0.5))
        lines = [line for line in lines if line.strip() not in off or _states(line, stated) or rng.random() > share]
    remaining = dict(copy.facts)
    if rng.random() < 0.2:
        lines, remaining = _without_fact(copy, lines, rng.choice(("title", "publisher", "author", "date")))
    boilerplate = list(copy.boilerplate)
    if rng.random() < HEADLINED:
        lines, new = _amid(lines, _headlines(others, rng), copy, rng)
        boilerplate += new
    if rng.random() < DATED:
        lines, new = _amid(lines, _dated(rng.choice(others), rng), copy, rng)
        boilerplate += new
    if rng.random() < 0.5:
        new = _lines_of(rng.choice(others), rng)
        edge = rng.choice(
            (0, rng.randint(0, min(3, len(lines))), len(lines), rng.randint(max(0, len(lines) - 4), len(lines)))
        )
        lines[edge:edge] = new
        boilerplate += new
    if rng.random() < 0.1:
        lines = [line for line in lines if line.strip()]
    return dataclasses.replace(copy, text="\n".join(lines), facts=remaining, boilerplate=boilerplate)


def _clean(example: Example, lines: list[str], rng: random.Random) -> list[str]:
    """The lines of a text as people type it: what states its facts, and the first of its sentences."""
    body = [at for at, line in enumerate(lines) if any(text in line for text in example.statements)]
    most = rng.choice((1, 2, 3, 5, 8))
    left_out = set(body[most:])
    return [line for at, line in enumerate(lines) if at not in left_out]


def _headed(example: Example, names: Names, rng: random.Random) -> Example:
    """A copy whose facts stand above it as "Key: value", the title sometimes there alone."""
    facts = dict(example.facts)
    outlet = facts.get("publisher")
    if outlet and rng.random() < 0.5:
        host = re.sub(r"\W+", "", outlet.lower())
        words = re.findall(r"[a-z0-9]+", (facts.get("title") or "news").lower())
        facts["url"] = (
            f"{rng.choice(('https://', 'https://www.', 'http://'))}{host}.{rng.choice(_ENDINGS)}/{'-'.join(words[:8])}"
        )
    if not facts.get("source") and rng.random() < 0.3:
        facts["source"] = names.outlet(rng)
    stated = [(field, value) for field, value in facts.items() if value and field in _KEYS and rng.random() < 0.8]
    if not stated:
        return example
    rng.shuffle(stated)
    case = rng.choice((str.title, str.upper, str.lower, str.title))
    written = {field: rng.choice(_KEYS[field]).replace("-", " ") for field, _ in stated}
    head = [f"{case(written[field])}: {value}" for field, value in stated]
    text, title = example.text, facts.get("title")
    if title and ("title", title) in stated and rng.random() < 0.5:
        text = "\n".join(line for line in text.split("\n") if line.strip() != title)
    known = {
        field: value
        for field, value in facts.items()
        if not value or value in text or (field, value) in stated or field == "date"
    }
    for field in ("url", "source"):
        known[field] = known.get(field) or example.facts.get(field)
    return dataclasses.replace(
        example,
        text="\n".join([*head, *([""] * rng.randint(0, 1)), text]),
        facts=known,
        boilerplate=[*example.boilerplate, *head],
    )


def _renamed(example: Example, others: Sequence[Example], names: Names, rng: random.Random) -> Example:
    outlet, author, title = (example.facts.get(field) for field in ("publisher", "author", "title"))
    pairs = []
    if title and rng.random() < 0.25 and (other := rng.choice(others).facts.get("title")):
        pairs.append((title, other))
    if outlet and len(outlet) > 3 and rng.random() < 0.7:
        pairs.append((outlet, _cased_as(outlet, names.outlet(rng))))
    if author and len(author) > 3 and rng.random() < 0.7:
        pairs.append((author, _cased_as(author, names.author(rng))))
    return _with(example, pairs)


def _with(example: Example, pairs: Sequence[tuple[str, str]]) -> Example:
    """A copy with each first stretch of a pair replaced by the second."""

    def renamed(text: str) -> str:
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    return dataclasses.replace(
        example,
        text=renamed(example.text),
        facts={field: value and renamed(value) for field, value in example.facts.items()},
        boilerplate=[renamed(line) for line in example.boilerplate],
        statements=[renamed(sentence) for sentence in example.statements],
    )


def _cased_as(old: str, new: str) -> str:
    return new.upper() if old.isupper() else new


def _in_capitals(example: Example, field: str, share: float, rng: random.Random) -> Example:
    value = example.facts.get(field)
    if rng.random() >= share or not value or len(value) < 4 or any(value in each for each in example.statements):
        return example
    return _with(example, [(value, value.upper())])


def _broken(example: Example, rng: random.Random) -> Example:
    """A copy whose title stands on two or three lines of like length."""
    title = example.facts.get("title") or ""
    words, lines = title.split(), example.text.split("\n")
    if len(words) < LEAST_BROKEN:
        return example
    count = 2 if len(words) < 2 * LEAST_BROKEN else rng.choice((2, 2, 3))
    cuts = [0, *(at * len(words) // count + rng.choice((-1, 0, 0, 1)) for at in range(1, count)), len(words)]
    parts = [" ".join(words[start:end]) for start, end in itertools.pairwise(cuts)]
    return dataclasses.replace(
        example, text="\n".join(part for line in lines for part in (parts if line.strip() == title else [line]))
    )


def _states(line: str, values: Sequence[str]) -> bool:
    return any(value in line for value in values) or bool(dates.find(line[:200]))


def _without_fact(example: Example, lines: list[str], field: str) -> tuple[list[str], dict[str, str | None]]:
    """The lines without those that state a fact, but for another's title and sentences, and the facts that are still stated."""
    value = example.facts.get(field)
    if not value:
        return lines, dict(example.facts)

    def states(line: str) -> bool:
        return any(day == value for day, _ in dates.every(line[:LONGEST])) if field == "date" else value in line

    if field == "title" and not any(map(states, lines)):  # it is broken over lines
        return lines, dict(example.facts)
    kept = [*example.statements, *filter(None, [example.facts.get("title") if field != "title" else None])]
    lines = [line for line in lines if not states(line) or any(each in line for each in kept)]
    gone = {
        name
        for name, each in example.facts.items()
        if each and name != "date" and not any(each in line for line in lines)
    }
    if not any(map(states, lines)):
        gone.add(field)
    return lines, {name: None if name in gone else each for name, each in example.facts.items()}


def _lines_of(example: Example, rng: random.Random) -> list[str]:
    """Some boilerplate of a page that states none of its facts."""
    stated = [value.casefold() for value in example.facts.values() if value]
    free = [
        line
        for line in example.boilerplate
        if len(line) > 2 and not dates.find(line[:200]) and not any(value in line.casefold() for value in stated)
    ]
    chosen = rng.sample(free, min(len(free), rng.randint(1, 4)))
    return [line for stretch in chosen for line in stretch.split("\n")]


def _headlines(others: Sequence[Example], rng: random.Random) -> list[str]:
    """One to three titles of other pages, as a page offers them to go on with."""
    titles = [title for _ in range(rng.choice((1, 1, 2, 3))) if (title := rng.choice(others).facts.get("title"))]
    offer = rng.choice(OFFERS)
    return [f"{offer}{title}" for title in titles]


def _dated(example: Example, rng: random.Random) -> list[str]:
    """A line of boilerplate with a day that is not the page's: a caption, an event, a law."""
    own = example.facts.get("date")
    lines = [
        line
        for line in example.boilerplate
        if (days := dates.every(line[:LONGEST]))
        and all(day != own for day, _ in days)
        and not dates.alone(line)
        and not _CHANGED.search(line)
    ]
    return [rng.choice(lines)] if lines else []


def _amid(
    lines: Sequence[str], new: Sequence[str], example: Example, rng: random.Random
) -> tuple[list[str], list[str]]:
    """The lines with new ones below the first sentence, together or one by one, and the new ones."""
    first = next((at for at, line in enumerate(lines) if any(text in line for text in example.statements)), len(lines))
    whole, places = list(lines), sorted(rng.randint(min(first + 1, len(lines)), len(lines)) for _ in new)
    if rng.random() < 0.5:
        places = places[:1] * len(new)
    for place, line in sorted(zip(places, new, strict=True), key=lambda pair: -pair[0]):
        whole.insert(place, line)
    return whole, list(new)


def made(example: Example, others: Sequence[Example], rng: random.Random) -> Iterator[Example]:
    """What one article teaches besides: a few of its paragraphs pasted alone, and its page without its outlet's name."""
    paragraphs_ = [line for line in example.text.splitlines() if any(text in line for text in example.statements)]
    start = rng.randrange(max(1, len(paragraphs_) - 2))
    alone = paragraphs_[start : start + rng.randint(1, 6)]
    alone, off = _amid(alone, _headlines(others, rng) if rng.random() < HEADLINED else [], example, rng)
    yield dataclasses.replace(example, text=rng.choice(("\n", "\n\n")).join(alone), facts={}, boilerplate=off)
    title = example.facts.get("title")
    if title and title in example.text.splitlines() and rng.random() < BARE:
        yield _bare(example, title, paragraphs_, rng)
    outlet = (example.facts.get("publisher") or "").casefold()
    if outlet and outlet not in "\n".join(paragraphs_)[:400].casefold() and rng.random() < NAMELESS:
        kept = [line for line in example.text.splitlines() if outlet not in line.casefold() or line in paragraphs_]
        section = rng.choice(
            [
                *SECTIONS.split(),
                *[word.title() for word in (example.facts.get("title") or "").split() if len(word) > 5] * 5,
            ]
        )
        top = rng.choice(([], [section], [section.upper()], [" ".join(rng.sample(SECTIONS.split(), 4))]))
        facts = {
            name: value
            for name, value in example.facts.items()
            if value and name not in ("publisher", "source") and (name == "date" or any(value in line for line in kept))
        }
        off = [*example.boilerplate, *top]
        yield dataclasses.replace(example, text="\n".join([*top, *kept]), facts=facts, boilerplate=off)


def _bare(example: Example, title: str, body: Sequence[str], rng: random.Random) -> Example:
    """An article as people copy it: its title, sometimes its deck, its text, and a stray line of the page."""
    lines = [line.strip() for line in example.text.splitlines() if line.strip()]
    behind = lines[lines.index(title) + 1 : lines.index(title) + 2] if title in lines else []
    deck = [line for line in behind if line not in (*example.boilerplate, *body) and not dates.find(line)]
    facts = [value.casefold() for value in example.facts.values() if value]
    stray = [line for line in example.boilerplate if not any(value in line.casefold() for value in facts)]
    above, below = (rng.sample(stray, 1) if stray and rng.random() < STRAY else [] for _ in range(2))
    text = rng.choice(("\n", "\n\n")).join([*above, title, *deck, *below, *body[: rng.choice((1, 2, 3, 5, 8, 12))]])
    return dataclasses.replace(example, text=text, facts={"title": title}, boilerplate=[*above, *below])
