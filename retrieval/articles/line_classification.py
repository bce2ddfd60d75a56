"""What one line of a page is, by itself: an ordered list of small rules, the first that speaks decides.

The rules look at how pages are made (a line that repeats, a line without a verb, a call to the reader, a headline in
capitals), and know no outlet, no person and no topic. In doubt a line is the article's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from retrieval import lexicon
from retrieval.articles import headers
from retrieval.text import sentences
from retrieval.text.language import language, states
from retrieval.text.paragraphs import Paragraph

LONG = 400  # a paragraph of more characters is the article's: no furniture talks that long
LONGEST_TAIL = 3000  # in a paragraph of more characters nobody looks for a credit at the end
_ENDS = ".!?…‽؟।。！？"
_CLOSERS = "\"'”’»)]}*_ \u00a0"
QUOTES = ("“", '"', "„", "«", "‘", "'")
_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")
TIME = re.compile(
    r"(?:\w+ )?\(?\d{1,2}[:.h]\d\d(?:[:.]\d\d)?(?: ?[ap]\.?m\.?)?(?: ?(?:uhr|[a-z]{2,4}))?\)?\s?[:|–—-]?", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"<?(?:https?://|www\.)\S+>?|@\w{2,30}|\S+@\S+\.\w{2,10}|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}(?:/\S*)?"
)
_INTRODUCES = re.compile(
    r"\b(?:sa(?:id|ys|ying)|reports?|reported|writes?|wrote|continues?|continued|adds?|added|explains?|explained|states?|"
    r"stated|notes?|noted|according to|confirms?|confirmed|tells?|told|tweeted|posted|asked|replied|concludes?|concluded|"
    r"follow(?:s|ing)|below|here (?:is|are)|here['’]s|these|this|as such|reads?|announced|put it|summari[sz]ed)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:left|right|cent(?:re|er)|pictured|above|below|seen here|file|undated|foreground|background)\b"
)
_END_MARK = re.compile(
    r"\W*(?:#{2,}|-?\s?30\s?-?|ends?|\*{2,})\W*|for immediate release\W*.{0,40}|embargoed.{0,60}", re.IGNORECASE
)
_ASKS = re.compile(r"(?:what|why|how|who|where|when)\b", re.IGNORECASE)
DATA = re.compile(r"\d")
_SCORE = re.compile(r"\b\d{1,3}\s?[-–:]\s?\d{1,3}\b")
_SIGNED = re.compile(r"(?<=[”\"»])(\s+[-–—]{1,2}\s?[^\W\d_a-z][^.!?]{2,80})$")  # "…,” — Ann Lee"
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Page:
    """What a rule may know of the whole text."""

    language: str | None
    capitals: bool  # an article all in capitals
    repeated: frozenset[str]  # short lines without a full stop that stand there more than once

    @property
    def english(self) -> bool:
        """Whether English rules may speak; also where no language could be told."""
        return self.language in ("en", None)


@cache
def _phrases(kind: str) -> re.Pattern[str]:
    """What matches any phrase of a kind in `boilerplate.txt`, the names in capitals put in."""
    rows = [line.partition(": ") for line in lexicon.lines("boilerplate")]
    phrases = "|".join(f"(?:{phrase})" for name, _, phrase in rows if name == kind)
    for name, _, pattern in rows:
        phrases = phrases.replace(name, pattern) if name.isupper() else phrases
    return re.compile(phrases, re.IGNORECASE)


def page_of(text: str, rows: Sequence[Paragraph]) -> Page:
    """What the rules may know of a text and its paragraphs."""
    upper, letters = (sum(map(kind, text[:20_000])) for kind in (str.isupper, str.isalpha))
    short = Counter(row.words for row in rows if row.end - row.start <= 60 and not ends(row.words))
    return Page(
        language=language(text),
        capitals=upper > 0.6 * letters,
        repeated=frozenset(line for line, times in short.items() if times > 1),
    )


def ends(words: str) -> bool:
    """Does the line end as a sentence does?"""
    return words.rstrip(_CLOSERS)[-1:] in tuple(_ENDS)


def kinds(row: Paragraph, page: Page) -> list[str]:
    """The names of all rules that call the paragraph furniture."""
    return [kind for kind, rule in _RULES if rule(row, page)]


def count(words: str) -> int:
    """How many words a line has."""
    return sum(1 for _ in _WORD.finditer(words))


def _rule_line(row: Paragraph, _page: Page) -> bool:
    return not any(map(str.isalpha, row.words)) or bool(_END_MARK.fullmatch(row.words))


def _address(row: Paragraph, _page: Page) -> bool:
    return " " not in row.words and bool(_ADDRESS.fullmatch(row.words))


def _rights(row: Paragraph, _page: Page) -> bool:
    return bool(_phrases("rights").match(row.words))


def _day(row: Paragraph, _page: Page) -> bool:
    return headers.dated(row.words) is not None


def _time(row: Paragraph, _page: Page) -> bool:
    return bool(TIME.fullmatch(row.words))


def _byline(row: Paragraph, _page: Page) -> bool:
    return headers.author(row.words) is not None


def _field(row: Paragraph, _page: Page) -> bool:
    return headers.field(row.words) is not None


def _call(row: Paragraph, _page: Page) -> bool:
    """A paragraph that begins with a call to the reader; what somebody is quoted as saying is none."""
    words = row.words.lstrip("*_[(<>»›→➡▶►•📲📢👉🔔🔴✅📩 \u00a0")
    if _phrases("call").match(words) or _phrases("advisory").match(row.words):
        return True
    phrase = None if row.words.startswith(QUOTES) else _phrases("inside").search(row.words)
    return phrase is not None and phrase.start() < _first_end(row.words)


def _first_end(words: str) -> int:
    """Where the first sentence ends."""
    spans = sentences.split(words, 0, len(words))
    return spans[0][1] if spans else 0


def _form(row: Paragraph, _page: Page) -> bool:
    words = bare(row)
    return any(_phrases(kind).fullmatch(words) for kind in ("form", "comments", "section"))


def bare(row: Paragraph) -> str:
    """The beginning of a paragraph without what frames it."""
    return row.words[:LONG].strip("*_[]()<>»›→:.…! ")


def _credit(row: Paragraph, _page: Page) -> bool:
    return credit(row.words.strip("()[] "))


def credit(words: str) -> bool:
    """Is this stretch nothing but the name of a photographer or agency?"""
    return len(words) <= 120 and bool(_phrases("credit").fullmatch(words)) and not (ends(words) and states(words))


def _label(row: Paragraph, page: Page) -> bool:
    """A speaker's name before what he says, a heading that repeats, "Ingredients:"."""
    if row.words in page.repeated and count(row.words) <= 8:
        return True
    if _ASKS.match(row.words) and count(row.words) <= 6 and not ends(row.words):
        return True
    return row.words[-1] == ":" and count(row.words) <= 4


def _attribution(row: Paragraph, page: Page) -> bool:
    """Who a pull quote is from: "— Jane Doe, minister"."""
    return (
        (row.mark or row.words[0]) in ("—", "–", "―", "--", "-")
        and not ends(row.words)
        and count(row.words) <= 14
        and (row.mark != "-" and not (page.english and states(row.words)))
    )


def _capitals(row: Paragraph, page: Page) -> bool:
    """A headline of another article, or a heading, in capitals."""
    if page.capitals or row.words[-1] == "." or row.words.startswith(QUOTES):
        return False
    upper, lower = (sum(map(case, row.words)) for case in (str.isupper, str.islower))
    return upper + lower > 3 and upper > 9 * lower


def _titled(row: Paragraph, page: Page) -> bool:
    """A headline of another article: Every Longer Word Begins With A Capital, and no full stop."""
    words = _WORD.findall(row.words)
    longer = [word for word in words if len(word) > 3]
    capital = sum(not word[0].islower() for word in longer)
    every = len(words) > 3 and all(not word[0].islower() for word in words)
    titled = page.english and not row.bullet and (every or (len(longer) > 3 and capital > 0.85 * len(longer)))
    return (titled or row.heading) and not ends(row.words) and not _SCORE.search(row.words) and row.words.count(",") < 4


def _introduction(row: Paragraph, _page: Page) -> bool:
    """A sentence that ends in a colon and only says that something follows."""
    return row.words[-1] == ":" and _first_end(row.words) == len(row.words) and _introduces(row.words)


def _introduces(sentence: str) -> bool:
    words = count(sentence)
    introduces = bool(_INTRODUCES.search(sentence))
    return words <= 10 or (introduces and (words <= 14 or not DATA.search(sentence)) and words <= 40)


def _caption(row: Paragraph, page: Page) -> bool:
    """A caption, a category or a menu: no verb, no full stop."""
    if row.words.startswith(QUOTES) or row.bullet or _is_data(row.words):
        return False
    words = row.words[: without_tail(row.words)]
    if ends(words):
        shown = len(words) < len(row.words) or bool(_POINTS.search(words))
        return page.english and shown and not states(words)
    return not states(words) if page.english else count(words) <= 5


def _is_data(words: str) -> bool:
    """A result, a line-up, a figure: "Dunmore 2-1 Vale", "Attendance: 4,812", "Rovers: Hale; Finn, Osei, Brand"."""
    if _SCORE.search(words) or (": " in words and words.count(",") + words.count(";") > 3):
        return True
    return bool(DATA.search(_YEAR.sub("", words))) and (count(words) > 3 or ": " in words)


_RULES: tuple[tuple[str, Callable[[Paragraph, Page], bool]], ...] = (
    ("date", _day),
    ("rule", _rule_line),
    ("address", _address),
    ("rights", _rights),
    ("call", _call),
    ("form", _form),
    ("label", _time),
    ("byline", _byline),
    ("field", _field),
    ("credit", _credit),
    ("attribution", _attribution),
    ("label", _label),
    ("introduction", _introduction),
    ("headline", _capitals),
    ("headline", _titled),
    ("caption", _caption),
)


@lru_cache(maxsize=256)
def without_tail(words: str) -> int:
    """How much of a paragraph is left without the furniture at its end: a credit, a call, an introduction."""
    signed = _SIGNED.search(words)
    end = signed.start(1) if signed else _without_credit(words)
    spans = list(sentences.split(words, 0, end))
    while len(spans) > 1 and _no_sentence(words[slice(*spans[-1])]):
        spans.pop()
        end = spans[-1][1]
    return end


def _no_sentence(words: str) -> bool:
    return len(words) <= LONG and (
        credit(words)
        or bool(_phrases("call").match(words) or _phrases("inside").search(words))
        or bool(_phrases("rights").match(words))
        or (words[-1] == ":" and _introduces(words))
    )


def _without_credit(words: str) -> int:
    """How much of a caption is left when the credit in brackets behind it is cut off."""
    stripped = words.rstrip(" .")
    opened = words.rfind("(" if stripped[-1:] == ")" else "[") if stripped[-1:] in (")", "]") else -1
    if opened > 0 and credit(stripped[opened + 1 : -1].strip()):
        return len(words[:opened].rstrip())
    return len(words)
