"""A message → the quote in it and whom it is given to; a quote → its words and the marks that the quoter put in.

`"…" — Ann Lee`, `Ann Lee said: "…"`, `Did Lee say "…"?`. A message that says anything else beside its quote is none of
these: it is a question, and is asked. Ellipses show words that are left out, brackets
words that are put in: `[T]he` is read as `The`; the words of `[the president] said` are kept and known as the quoter's;
`[...]` and `(…)` are ellipses. Whether an ellipsis is the quoter's or the article's own only the article tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from retrieval.lexicon import SAYING, holds, reporting_verbs, words
from retrieval.text import normalize, quotation
from retrieval.text.normalize import CAPITALS, Wording, gap, name_words
from retrieval.types import Speaker

_SAYS = rf"(?:tells?|told) [^:,]{{1,40}}(?<! about)|{reporting_verbs(SAYING, 'base', 'third', 'past')}"
_MARKS = '"“”„«»‟'
_QUOTES = (
    re.compile(rf"(?P<before>[^{_MARKS}]*)[{_MARKS}](?P<quote>[^{_MARKS}]+)[{_MARKS}](?P<after>[^{_MARKS}]*)"),
    re.compile(r"(?P<before>(?:[^‘']*[\s:,])?)[‘'](?P<quote>.*\w.*)[’'](?P<after>(?:[\s,.?!—–(-][^’']*)?)", re.DOTALL),
)
_WORD = r"[^\W_][\w.’'-]*"
_NAME = rf"(?P<name>{_WORD}(?: {_WORD}){{0,6}}?)"
_ROLE = r"(?:, [^:,]{1,60},?| \([^()]{1,60}\))?"
_HOW = r"(?: (?:once|also|really|actually|ever|then|has|had|have|reportedly|publicly|recently|\w+ly)){0,3}"
_WHEN = r"(?:(?:in|at|on|after|before|during) [^:,]{1,40}, )?"  # "In a statement, "
_WHERE = r"(?: (?:on|in|at|to|during|after|before|last|this|yesterday|today|reporters|a) ?[^:,]{0,60})?"
_DASH = r"(?:[—–―-]+|~)"
_BEFORE = (
    rf"(?:according to|as) {_NAME}{_ROLE}(?: put it| said| says)?[,:]?",
    rf"(?:did|does|has|have) {_NAME}{_HOW} (?:{_SAYS}){_WHERE}(?: that)?[,:]?",
    rf"(?:(?:is it true|true|is it right)(?: that)? )?{_WHEN}{_NAME}{_ROLE}{_HOW} (?:{_SAYS}){_WHERE}(?: that)?[,:]?",
    rf"{_NAME}{_ROLE}:",
)
_AFTER = (
    rf"[,.]? ?{_DASH} ?{_NAME}(?:, [^:,]{{1,60}})?",
    rf"[,.]? ?\({_NAME}(?:, [^:()]{{1,60}})?\)",
    rf"[,.]? ?(?:{_SAYS}) {_NAME}(?:, [^:]{{1,80}})?",
    rf"[,.]? ?according to {_NAME}(?:, [^:,]{{1,60}})?",
    rf"[,.]? ?{_NAME}{_ROLE}{_HOW} (?:{_SAYS}){_WHERE}",
)
_CAPITAL = rf"[{CAPITALS}][\w.’'-]*"
_MORE = rf" (?:{_CAPITAL}|de|van|von|of|the|al|bin)"
_FRAMES = {
    "before": [re.compile(frame, re.IGNORECASE) for frame in _BEFORE],
    "after": [
        *(re.compile(rf"{frame}\.?", re.IGNORECASE) for frame in _AFTER),
        re.compile(rf"(?P<name>{_CAPITAL}(?:{_MORE}){{1,5}})"),
    ],
}
# Behind whole sentences without quotation marks, or below them: a dash and a name in capitals.
_SIGNED = re.compile(rf"(?:(?<=[.!…])\s+|\s*\n\s*){_DASH}\s*(?P<name>{_CAPITAL}(?:{_MORE}){{0,5}})\Z")
_SIGNATURE = 140  # characters that a signature may have
_ASIDE = re.compile(r"\b(?:who|what|why|how|when|where|which|whom|he|she|they|i|we|you|it|did|does)\b", re.IGNORECASE)
_ANAPHORS = frozenset(["he", "she", "they"])  # who that is, the message alone does not tell


_STOP = re.compile(r"(?<=\w\w)\.$")  # the full stop of the sentence, and not of an initial
_NOBODY = words("speaker_questions", "nobody")  # "anyone", "the article"


class Credited(NamedTuple):
    """A quote, without its quotation marks, and the one it is given to, if anybody."""

    quote: str
    speaker: str | None


def credited(message: str) -> Credited | None:
    """The quote that a message is, and whose it says it is; `None` for a message that is no quote, or more than one.

    Words without quotation marks are a quote only when a dash and a name in capitals sign them.
    """
    text = message.strip()
    for pattern in _QUOTES:
        if match := pattern.fullmatch(text):
            quote, before, after = (" ".join(match[part].split()) for part in ("quote", "before", "after"))
            return _credited(quote, before, after.rstrip("?! "))
    return None if any(mark in text for mark in _MARKS) else _signed(text)


def _signed(text: str) -> Credited | None:
    match = _SIGNED.search(text, max(0, len(text) - _SIGNATURE))
    quote = text[: match.start()].strip() if match else ""
    return Credited(quote, match["name"]) if match and any(map(str.isalnum, quote)) else None


def _credited(quote: str, before: str, after: str) -> Credited | None:
    if not quote or (before and after.strip(" .,")):
        return None
    if not before and not after.strip(" .,"):
        return Credited(quote, None)
    stretch, frames = (before, _FRAMES["before"]) if before else (after, _FRAMES["after"])
    for frame in frames:
        match = frame.fullmatch(stretch)
        name = _STOP.sub("", match["name"].strip(" ,")) if match else ""
        if name.casefold() in _ANAPHORS:
            return Credited(quote, None)
        if name and not _ASIDE.search(name):
            return Credited(quote, None if name.casefold().split()[-1] in _NOBODY else name)
    return None


def quoted(text: str, start: int, end: int) -> tuple[Credited, ...]:
    """What a sentence of a text quotes, but for titles and single words, and whom it gives each quotation to, if anybody."""
    overlapping = (each for each in quotation.quotes(text) if each.speech and each.start < end and start < each.end)
    spans = [(max(start, each.start), min(end, each.end)) for each in overlapping]
    quotations = []
    for first, stop in spans:
        words = " ".join(text[first:stop].strip(f"{_MARKS}‘’'‹› ").split())
        named = credited(f"{text[start:first]}“{words}”{text[stop:end]}")
        quotations.append(named or Credited(words, None))
    return tuple(quotations)


_DOTS = r"(?:…|\.(?:\s*\.)+)"
_ELLIPSIS = re.compile(rf"[\[(]\s*{_DOTS}\s*[\])]")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote taken apart: `wording` without the quoter's brackets, `added` the words that stood in them."""

    wording: Wording
    quote: str
    origin: tuple[int, ...] = ()  # where each character of `wording.text` stands in `quote`; empty where nothing moved
    added: frozenset[int] = frozenset()

    @property
    def elisions(self) -> list[int]:
        """The words after which, inside the quote, an ellipsis stands."""
        return [at for at, between in enumerate(self.wording.gaps[:-1]) if "…" in between]

    def gap_as_given(self, at: int) -> str:
        """The signature after a word with the brackets that stand there, which may be the article's own."""
        start, end = self.wording.after(at)
        return gap(
            self.quote[self.origin[start - 1] + 1 : self.origin[end]] if self.origin else self.wording.text[start:end]
        )

    def raw(self, first: int, stop: int) -> str:
        """The words `[first, stop)` as they stand in the quote, brackets included."""
        if first >= stop:
            return ""
        start, end = self.wording.words[first].start, self.wording.words[stop - 1].end
        if self.origin:
            start, end = self.origin[start], self.origin[end - 1] + 1
            start -= first in self.added and self.quote[start - 1 : start] == "["
            end += stop - 1 in self.added and self.quote[end : end + 1] == "]"
        return self.quote[start:end]


def as_given(quote: str) -> Quoted:
    """The quote with its brackets as ordinary punctuation: an article may hold the very same ones."""
    return Quoted(normalize.wording(quote), quote)


def without_ellipses(quote: str) -> str:
    """The quote as if nothing were left out of it."""
    return re.sub(_DOTS, " ", _ELLIPSIS.sub(" ", quote))


def unbracketed(quote: str) -> Quoted:
    """The quote without the quoter's brackets."""
    marked = _ELLIPSIS.sub(lambda match: "…" + " " * (len(match.group()) - 1), quote)
    inside = {at for match in _BRACKETS.finditer(marked) for at in range(*match.span(1))}
    outside = {at for match in _BRACKETS.finditer(marked) for at in (match.start(), match.end() - 1)}
    origin = tuple(at for at in range(len(marked)) if at not in outside)
    wording = normalize.wording("".join(marked[at] for at in origin))
    added = (
        n for n, word in enumerate(wording.words) if any(origin[at] in inside for at in range(word.start, word.end))
    )
    return Quoted(wording, quote, origin, frozenset(added))


TITLES = words("titles", "title")
_OTHER_OFFICES = words("titles", "other")
_OWNED = re.compile(r"['’]s\s+(.+)$")
_OWNERS = frozenset(["his", "her", "its", "their", "our", "my"])  # "its spokeswoman" is named by her office alone


def same_speaker(name: str, speaker: Speaker) -> bool:
    """Whether all words of one name, titles and the speaker's own role aside, are among the other's.

    `Blinken` and `Secretary of State Antony Blinken` agree with `Antony Blinken`; `Jill Biden` and `Joe Biden` do not.
    Where only titles are left, the titles themselves are held against name and role. An office is none of a group or body:
    "health secretary" and "health bosses".
    """
    ours, theirs = _word_set(name), _word_set(speaker.name)
    role = _word_set(speaker.role or "")
    owned = _OWNED.search(name)
    other = _word_set(owned[1]) - TITLES if owned else set[str]()
    if other and not other & (theirs | role):
        return False  # "Lee's mother" is not Lee
    bare, their_bare = ours - TITLES - _OWNERS - (role - theirs), theirs - TITLES
    if bare and their_bare:
        alike = bare <= their_bare or their_bare <= bare
        return alike and not (_office_and_group(name, speaker.name) or _office_and_group(speaker.name, name))
    plain = {"a", "an", "the"}
    if not (theirs | role) & _OTHER_OFFICES <= ours:
        return False
    owners = _word_set(" ".join(re.findall(r"[\w.-]+(?=['’]s\b)", speaker.role or "")))  # "Lee’s adviser" is not Lee
    ours -= plain | _OWNERS
    return bool(ours - owners) and (ours <= theirs | role or (not their_bare and theirs - plain <= ours))


def _office_and_group(office: str, group: str) -> bool:
    """Whether one name ends in a title, and the other in a word for people in general or a body."""
    (*_, title), (*_, noun) = name_words(office), name_words(group)
    return title in TITLES and noun not in TITLES and holds("speaker_nouns", ("person", "body"), noun)


def _word_set(name: str) -> set[str]:
    return set(name_words(name))
