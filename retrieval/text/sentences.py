"""Where one sentence ends and the next begins, as spans of the text.

Every run of full stops, question or exclamation marks is a candidate, together with the quotation marks and brackets
that close behind it. An ordered list of small rules looks at what stands before and after, and the first that has an
opinion decides; without one, the sentence ends. One pass, no look further than a few words: linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from retrieval.lexicon import words
from retrieval.types import Span

_OPENERS = "\"'“‘«„([{¿¡‹*_"
_QUOTES = "\"'”’»“‹›"
_DASHES = "-–—•"
_REACH = 64  # characters looked at before and after a candidate

# Marks that end, then what closes behind them (in French behind a space, in German also «), then a footnote's number or
# an emoji. The classes share no character: no backtracking.
_CANDIDATE = re.compile(
    r"[.!?…‽؟।。！？]+(?:(?:[ \u00a0\u202f]»|«)(?=[\s,;:.)]|\Z))?[\"'”’»›“)\]}*_]*(?:\[\d{1,3}\]|[¹²³⁰⁴-⁹]{1,3}(?!\w)|[ ]?[\U0001f300-\U0001faff]\ufe0f?)*|\n[^\S\n]*\n"
)
_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*")
_LETTER = re.compile(r"[^\W\d_]\.")
_TOKEN_BEFORE = re.compile(r"(?:[^\W\d_]\.)*[\w'’-]*$")

_TITLES = words("abbreviations", "title")
_NEVER_LAST = words("abbreviations", "never_last")
_BEFORE_NUMBER = words("abbreviations", "before_number")
_MAY_BE_LAST = words("abbreviations", "may_be_last")
_STARTERS = words("sentence_words", "starter")
_SAID = words("sentence_words", "said")
_BEFORE_NAME = words("abbreviations", "before_name")
_AND_SO_ON = words("sentence_words", "and_so_on")
_GERMAN_BEFORE_ORDINAL = words("sentence_words", "german_before_ordinal")
_GERMAN_MONTHS = words("sentence_words", "german_month")
_AFTER_HOUR = words("sentence_words", "after_hour")
_DOMAINS = words("sentence_words", "domain")


@dataclass(frozen=True, slots=True)
class _Cut:
    """One candidate and its surroundings, all short stretches of the text."""

    before: str  # the word that the mark stands on, without the mark; else the sign, as of `5%.` and `"so".`
    mark: str
    after: str  # up to `_REACH` characters from the next one that is no space
    gap: bool  # white space (or the end) follows
    head: bool  # only this word stands before the mark in its sentence
    previous: str  # the word before `before`, as far as in reach

    @property
    def next(self) -> str:
        """The first word that follows, opening quotation marks and dashes passed over."""
        word = _WORD.search(self.after)
        return word[0] if word else ""

    @property
    def rest(self) -> str:
        """What follows behind opening marks."""
        return self.after.lstrip(_OPENERS + _DASHES + " \t\u00a0")


def split(text: str, start: int = 0, end: int | None = None) -> tuple[Span, ...]:
    """The sentences of `text[start:end]` in order, as spans in code points, without the white space around them.

    A blank line ends a sentence, a single line break does not. Nothing but white space lies outside the spans.
    """
    return tuple(_split(text, start, len(text) if end is None else end))


def _split(text: str, start: int, end: int) -> Iterator[Span]:
    begin = _skip(text, start, end)
    for mark in _CANDIDATE.finditer(text, start, end):
        if mark.start() < begin:
            continue
        if mark[0][0] == "\n" or _ends(_cut(text, begin, mark.span(), end)):
            last = _back(text, begin, mark.start() if mark[0][0] == "\n" else mark.end())
            if last > begin:
                yield begin, last
            begin = _skip(text, mark.end(), end)
    last = _back(text, begin, end)
    if last > begin:
        yield begin, last


def _cut(text: str, begin: int, span: Span, end: int) -> _Cut:
    at, stop = span
    reach = text[max(begin, at - _REACH) : at]
    before = _TOKEN_BEFORE.search(reach)
    word = before[0] if before else ""
    earlier = _WORD.findall(reach[: len(reach) - len(word)])
    after = _skip(text, stop, min(end, stop + _REACH))
    return _Cut(
        before=word or reach[-1:].strip(),
        mark=text[at:stop],
        after=text[after : min(after + _REACH, end)],
        gap=after > stop or after >= end,
        head=at - begin <= len(word) + 1 and at - begin < _REACH,
        previous=earlier[-1] if earlier else "",
    )


def _skip(text: str, at: int, end: int) -> int:
    while at < end and (text[at].isspace() or text[at] in "\ufeff\u200b"):
        at += 1
    return at


def _back(text: str, begin: int, end: int) -> int:
    while end > begin and (text[end - 1].isspace() or text[end - 1] in "\ufeff\u200b"):
        end -= 1
    return end


def _ends(cut: _Cut) -> bool:
    for rule in _RULES:
        opinion = rule(cut)
        if opinion is not None:
            return opinion
    return True


def _starter(cut: _Cut) -> bool:
    """Is the next word one that begins sentences, or does a quotation begin?"""
    return cut.next in _STARTERS or cut.after[:1] in ("“", '"', "„", "«")


def _at_the_end(cut: _Cut) -> bool | None:
    return True if not cut.after else None


def _without_a_space(cut: _Cut) -> bool | None:
    """ "it ended.The next" is two sentences; "Reuters.com", "3.5" and "U.S.-led" are not."""
    if cut.gap or cut.mark[0] in "。！？":
        return None
    head = cut.next[:1]
    plain = cut.before.isalpha() and cut.before[:1].islower() and len(cut.before) > 2
    opened = len(cut.after) - len(cut.rest)
    return bool(
        cut.mark[0] in ".!?"
        and (plain or (cut.mark[-1] in "”»" and len(cut.mark) > 1))
        and head.isupper()
        and opened <= 1
        and cut.next[1:2].islower()
        and cut.next.lower() not in _DOMAINS
    ) or (cut.mark[0] in "!?" and cut.after[:1] in "“«" and bool(cut.after))


def _only_marks(cut: _Cut) -> bool | None:
    """A spaced ellipsis stands for words left out or a pause, and ends nothing; nor do marks at the very beginning."""
    if cut.before or cut.mark[0] not in "….":
        return None
    return False if cut.mark.strip(".…") == "" and not cut.head else None


def _lower_case(cut: _Cut) -> bool | None:
    """A small letter goes on with the sentence, but for names such as "iPhone"."""
    rest = cut.rest
    if not rest or not rest[0].islower():
        return None
    return len(rest) > 1 and rest[1].isupper()


def _number_of_a_list(cut: _Cut) -> bool | None:
    """ "1. First" and "a) ..." at the beginning of a sentence."""
    return False if cut.head and cut.mark[0] == "." and (cut.before.isdigit() or len(cut.before) == 1) else None


def _letter_of_several(cut: _Cut) -> bool | None:
    """The German "z. B.", "d. h. Mai" with spaces between; the Russian "и т. д. Потом" ends."""
    letter = cut.mark == "." and len(cut.before) == 1 and cut.before.islower()
    second = cut.before.isascii() and len(cut.previous) == 1 and cut.previous.islower()
    return False if letter and (second or _LETTER.match(cut.after)) else None


def _ordinal(cut: _Cut) -> bool | None:
    """The German "3. März", "der 2. Bundesliga"; "um 3. Dann" ends."""
    if cut.mark != "." or not cut.before.isdigit() or len(cut.before) > 2:
        return None
    return False if cut.next in _GERMAN_MONTHS or cut.previous in _GERMAN_BEFORE_ORDINAL else None


def _before_name(cut: _Cut) -> bool | None:
    """ "ул. Ленина", "EE. UU."; "в 2022 г. Потом" and "и т. д. Потом" end."""
    if cut.mark != ".":
        return None
    if (cut.before, cut.next) == ("EE", "UU"):
        return False
    bare = cut.before.lower().replace("’", "'").rpartition("'")[2]  # "l'avv. Bruni"
    named = bare in _BEFORE_NAME and cut.next[:1].isupper()
    return False if named and not cut.previous[-1:].isdigit() and cut.previous not in _AND_SO_ON else None


def _number(cut: _Cut) -> bool | None:
    """ "No. 1", "Jan. 14"; "No. He left" is two sentences."""
    if cut.mark != "." or cut.before.lower() not in _BEFORE_NUMBER:
        return None
    if cut.after[:1].isdigit():
        return False
    return None if cut.before.lower() in _MAY_BE_LAST else True


def _title(cut: _Cut) -> bool | None:
    """ "Gen. Milley"; "Main St. The" ends."""
    word = cut.before.lower()
    if cut.mark != "." or word not in _TITLES or not cut.before[:1].isupper():
        return None
    return _starter(cut) if word in _MAY_BE_LAST else False


def _never_last(cut: _Cut) -> bool | None:
    return False if cut.mark == "." and cut.before.lower() in _NEVER_LAST else None


def _hour(cut: _Cut) -> bool | None:
    """ "9 a.m. ET", "5 p.m. Monday"; otherwise a capital begins a sentence."""
    if cut.mark != "." or cut.before.lower() not in ("a.m", "p.m"):
        return None
    return cut.next not in _AFTER_HOUR and not cut.after[:1].isdigit()


def _letters(cut: _Cut) -> bool | None:
    """ "U.S.", "Ph.D.": the sentence ends only before a word that begins sentences."""
    if cut.mark[0] != "." or "." not in cut.before:
        return None
    return len(cut.mark) > 1 or (_starter(cut) and cut.after[:1] not in _DASHES)


def _initial(cut: _Cut) -> bool | None:
    """ "J. F. Kennedy", "David M. Satterfield"; "Plan B. It", "So did I. Then" and "World War I. Germany" end."""
    if cut.mark != "." or len(cut.before) != 1 or not cut.before.isupper():
        return None
    if cut.before == "I" and (cut.previous == "War" or cut.previous[:1].islower()):
        return True
    return _starter(cut)


def _company(cut: _Cut) -> bool | None:
    if cut.mark != "." or cut.before.lower() not in _MAY_BE_LAST:
        return None
    if cut.before.lower() in ("etc", "min", "sun", "sat", "wash", "mass", "ill", "ind", "del", "pa", "md", "ga", "va"):
        return None if cut.before[:1].islower() or _starter(cut) else False
    return _starter(cut)


def _asked(cut: _Cut) -> bool | None:
    """“Why now?” Smith asked. One sentence, because the question stands inside it."""
    if not set(cut.mark) & set("?!…") or cut.mark[-1] not in _QUOTES:
        return None
    return False if any(word in _SAID for word in _WORD.findall(cut.after)[1:5]) and cut.after[:1].isalpha() else None


_RULES: tuple[Callable[[_Cut], bool | None], ...] = (
    _at_the_end,
    _without_a_space,
    _only_marks,
    _lower_case,
    _number_of_a_list,
    _letter_of_several,
    _ordinal,
    _before_name,
    _number,
    _title,
    _never_last,
    _hour,
    _letters,
    _initial,
    _company,
    _asked,
)
