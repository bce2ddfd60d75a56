"""A folder of invented files as a newsroom has them: many formats, other languages, copies, boilerplate, damage. The same for the same seed.

Article `n` reports a count from a place that no other article has, and its `version` decides which: so that an answer tells
which state of the folder it is of.
"""

from __future__ import annotations

import io
import json
import random
import zipfile
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SYLLABLES = [
    "bar", "den", "fol", "gra", "hem", "jor", "kel", "lun", "mos", "nev", "ost",
    "pra", "quil", "ros", "sten", "tar", "ulm", "var", "wen", "yar", "zel",
]  # fmt: skip
_THINGS = ("ferries", "orchards", "windmills", "bridges", "lanterns", "barges", "beehives", "chimneys")
_PEOPLE = ("Ines Palm", "Tomas Rehn", "Ilse Brandt", "Olaf Berg", "Nora Keel", "Jonas Weir", "Mara Lind", "Edda Frost")
_OUTLETS = ("Harbour Post", "Coast Courier", "The Daily Bell", "Inland Gazette")
_ROLES = ("the mayor", "a surveyor", "the harbour master", "a clerk")
_FOREIGN = (
    "Die Stadtverwaltung von {place} hat am Montag {count} {thing} gezählt, wie ein Sprecher der Behörde mitteilte. Die Zählung dauerte drei Tage.",
    "El ayuntamiento de {place} contó el lunes {count} {thing}, según dijo un portavoz. El recuento duró tres días y nadie lo discutió.",
    "В понедельник в городе {place} насчитали {count} {thing}, сообщил представитель администрации. Подсчёт занял три дня.",
)
_BOMB = 60_000_000  # bytes that a few thousand unpack to
_RECORDS = 4  # articles of a file of records
_MENU = "".join(f'<li><a href="/{name}">{name.title()}</a></li>' for name in ("news", "sport", "weather", "login"))


@dataclass
class Planted:
    """What the folder holds: the file and version of each article, and the files of each other kind."""

    articles: dict[int, str] = field(default_factory=dict)  # the number of an article → its file
    versions: dict[int, int] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)  # a file → its kind
    copied: set[str] = field(default_factory=set)  # files of articles that others copy, and that never change


def place(number: int) -> str:
    """The name of the place that only this article is about."""
    base, digits = len(_SYLLABLES), []
    number += base**2
    while number:
        number, digit = divmod(number, base)
        digits.append(digit)
    return "".join(_SYLLABLES[digit] for digit in digits).capitalize()


def thing(number: int) -> str:
    """What was counted there."""
    return _THINGS[number % len(_THINGS)]


def count(number: int, version: int) -> int:
    """How many, by the text of this version; no two versions have the same."""
    return 1_000 + 7 * (number % 1_000) + 10_000 * (version + 1)


def fact(number: int, version: int) -> str:
    """The sentence that says so, word for word."""
    return f"In {place(number)} surveyors counted {count(number, version)} {thing(number)} last week."


def question(number: int) -> str:
    """What the sentence answers."""
    return f"How many {thing(number)} were counted in {place(number)}?"


def plant(folder: Path, files: int, seed: int = 1, every: int = 10) -> Planted:
    """Fill the empty `folder` with about so many files: `every` so many is one that goes wrong, the others are articles."""
    rng, planted, number = random.Random(seed), Planted(), 0
    kinds = [*_FORMATS] * 4 + ["feed.jsonl"]
    for at in range(files):
        if at % every == every - 1:
            _damage(folder, at, at // every, planted, rng)
            continue
        form = kinds[rng.randrange(len(kinds))]
        file = f"{'abcdefgh'[at % 8]}/{at:05}.{form.rpartition('.')[2]}"
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        numbers = range(number, number + (_RECORDS if form == "feed.jsonl" else 1))
        for each in numbers:
            planted.articles[each], planted.versions[each] = file, 0
        _write(folder, file, planted)
        number = numbers.stop
    return planted


def change(folder: Path, planted: Planted, share: float, seed: int) -> None:
    """Give a share of the articles' files another version, remove a few, and leave a few half-written for a while."""
    rng = random.Random(seed)
    files = sorted({*planted.articles.values()} - planted.copied)
    for file in rng.sample(files, max(1, int(len(files) * share))):
        fate = rng.random()
        numbers = [number for number, own in planted.articles.items() if own == file]
        if fate < 0.05:
            (folder / file).unlink()
            for number in numbers:
                del planted.articles[number], planted.versions[number]
            continue
        for number in numbers:
            planted.versions[number] += 1
        if fate < 0.1:  # a slow writer: half of it stands there first
            _write(folder, file, planted)
            content = (folder / file).read_bytes()
            (folder / file).write_bytes(content[: len(content) // 2])
        _write(folder, file, planted)


def _write(folder: Path, file: str, planted: Planted) -> None:
    """Write a file of articles in its format, in their versions."""
    numbers = [number for number, own in planted.articles.items() if own == file]
    aside = folder / f".{file.replace('/', '-')}"
    if file.endswith(".jsonl"):
        aside.write_text("".join(f"{json.dumps(_record(each, planted.versions[each]))}\n" for each in numbers))
    else:
        aside.write_bytes(_FORMATS[file.rpartition(".")[2]](numbers[0], planted.versions[numbers[0]]))
    aside.replace(folder / file)


def _title(number: int) -> str:
    return f"{place(number)} counts its {thing(number)}"


def _body(number: int, version: int) -> list[str]:
    """The paragraphs of an article."""
    person, role = _PEOPLE[number % 8], _ROLES[number // 8 % 4]
    return [
        fact(number, version),
        f"“Nobody in {place(number)} expected so many,” said {person}, {role}. The count took {number % 5 + 2} days.",
    ]


def _date(number: int) -> str:
    return f"2031-{number % 12 + 1:02}-{number % 27 + 1:02}"


def _text(number: int, version: int) -> bytes:
    lines = [_title(number), f"{_OUTLETS[number % 4]}, {_date(number)}", *_body(number, version)]
    return "\n\n".join(lines).encode("utf-8" if number % 7 else "utf-16")


def _markdown(number: int, version: int) -> bytes:
    front = f"---\ntitle: {_title(number)}\ndate: {_date(number)}\npublisher: {_OUTLETS[number % 4]}\n---\n\n"
    return (front + "\n\n".join(_body(number, version)) + "\n").encode()


def _page(number: int, version: int) -> bytes:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in _body(number, version))
    return (
        f"<!doctype html><html><head><title>{_title(number)}</title>"
        f'<meta property="article:published_time" content="{_date(number)}"></head><body><nav><ul>{_MENU}</ul></nav>'
        f"<article><h1>{_title(number)}</h1>{paragraphs}</article><footer>© Share this Subscribe</footer></body></html>"
    ).encode()


def _mail(number: int, version: int) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"] = _title(number), f"news@{place(number).lower()}.example"
    message["Date"] = "Mon, 05 May 2031 09:00:00 +0000"
    message.set_content("\n\n".join(_body(number, version)))
    return message.as_bytes()


def _docx(number: int, version: int) -> bytes:
    paragraphs = "".join(
        f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in [_title(number), *_body(number, version)]
    )
    office = "http://schemas.openxmlformats.org"
    return _zip(
        {
            "[Content_Types].xml": f'<Types xmlns="{office}/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{office}/package/2006/relationships"><Relationship Id="r1" '
            f'Type="{office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{office}/wordprocessingml/2006/main"><w:body>{paragraphs}</w:body>'
            "</w:document>",
        }
    )


def _rtf(number: int, version: int) -> bytes:
    text = "\\par\\par ".join([_title(number), *_body(number, version)]).replace("“", "\\'93").replace("”", "\\'94")
    return f"{{\\rtf1\\ansi\\ansicpg1252 {text}}}".encode("ascii")


def _record(number: int, version: int) -> dict[str, str]:
    facts = {"title": _title(number), "date": _date(number), "url": f"https://news.example/{number}"}
    return facts | {"text": "\n\n".join(_body(number, version))}


_FORMATS: dict[str, Callable[[int, int], bytes]] = {
    "txt": _text,
    "md": _markdown,
    "html": _page,
    "eml": _mail,
    "docx": _docx,
    "rtf": _rtf,
}


def _zip(files: dict[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _damage(folder: Path, at: int, turn: int, planted: Planted, rng: random.Random) -> None:
    """Plant one file that is no article, a damaged one, or one that `lint` has something to say of; each kind in its turn."""
    number = 90_000 + at
    kind, end, content = _OTHERS[turn % len(_OTHERS)]
    if kind == "copy":
        original = folder / planted.articles[rng.choice(sorted(planted.articles))]
        end, made = original.suffix, original.read_bytes()
        planted.copied.add(original.relative_to(folder).as_posix())
    else:
        made = content(number)
    file = f"z{at:05}{end}"  # behind all others: of copies the later one is named
    (folder / file).write_bytes(made)
    planted.others[file] = kind


def _foreign(number: int) -> bytes:
    sentence = _FOREIGN[number // 10 % 3].format(place=place(number), count=count(number, 0), thing=thing(number))
    return " ".join([sentence] * 3).encode()


def _paywall(number: int) -> bytes:
    head = f"<html><head><title>{_title(number)}</title></head><body><article><h1>{_title(number)}</h1>"
    return f"{head}<p>Subscribe to read this article.</p></article></body></html>".encode()


def _hidden(number: int) -> bytes:
    return "\n\n".join([_title(number), *_body(number, 0)]).replace("surveyors", "sur\u200bveyors").encode()


_OTHERS: tuple[tuple[str, str, Callable[[int], bytes]], ...] = (
    ("empty", ".txt", lambda _: b""),
    ("binary", ".txt", lambda number: random.Random(number).randbytes(600)),
    ("cut record", ".jsonl", lambda _: b'{"title": "Cut off", "text": "The survey of the'),
    ("cut document", ".docx", lambda number: _docx(number, 0)[:300]),
    ("no document", ".pdf", lambda _: b"%PDF-1.4\n1 0 obj\n<<"),
    ("archive", ".zip", lambda number: _zip({"news.txt": _text(number, 0)})),
    ("bomb", ".docx", lambda _: _zip({"word/document.xml": b" " * _BOMB})),
    ("navigation", ".html", lambda _: f"<html><body><nav><ul>{_MENU * 20}</ul></nav></body></html>".encode()),
    ("paywall", ".html", _paywall),
    ("deep page", ".html", lambda number: b"<div>" * 5_000 + _page(number, 0)),
    ("foreign", ".txt", _foreign),
    ("hidden", ".txt", _hidden),
    ("copy", "", lambda _: b""),
)
