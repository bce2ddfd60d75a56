"""A question → the one whose words it asks for: "What did X say about Y?", "according to X", "X's view of Y", "X on Y?".

The grammar of the question alone decides; whether anybody of that name speaks in the articles, `SpeakerIndex` knows. A
question that asks for the words of two, or of nobody in particular ("What do the articles say?"), asks for nobody's.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from retrieval.lexicon import DOING, SAYING, alternatives, reporting_verbs, words

_SAYS = reporting_verbs(SAYING, "base", "third", "past")  # what stands behind a name that speaks

_WORD = r"[\w’'.&-]+"
_NAME = rf"(?P<name>{_WORD}(?:,? {_WORD}){{0,8}}?),?"
_AUXILIARY = r"(?:did|does|do|has|have|had|is|are|was|were|would|will)"
_ADVERB = r"(?: (?:also|ever|really|actually|just|then|not|(?-i:[a-z]+ly)|have to|had to|go on to|going to))*"
_NOUNS = alternatives(words("speaker_questions", "noun"))
_ABOUT = "(?:on|of|about|to|regarding|concerning|that|over)"

_PLEASE = r"(?:please |can you |could you )?(?:tell|show|find|give|remind)(?: me| us)?"

_ASKED = [
    (rf"\baccording to (?P<saying>){_NAME}(?=$|[,;:.?!]| {_AUXILIARY}\b| (?:what|who|why|how|when|where|which)\b)", False),
    *((rf"\b(?:{auxiliary}) {_NAME}{_ADVERB} (?:(?P<saying>{reporting_verbs(SAYING, *forms)})|{reporting_verbs(DOING, forms[0])})\b", False)
      for auxiliary, *forms in (("did|does|do|would|will", "base"), ("has|have|had", "past", "participle"), ("is|are|was|were", "ing"))),
    (rf"\bwhat(?:['’]s|s| is| are| was| were) {_NAME}['’]s? (?P<saying>)(?:\w+ )?(?:{_NOUNS})\b", False),
    (rf"\bwhat(?:['’]s|s| is| are| was| were) the (?P<saying>)(?:{_NOUNS}) (?:of|by|from) {_NAME}(?: {_ABOUT}\b|$|\?)", False),
    (rf"^(?:{_PLEASE} )?what (?P<saying>){_NAME}{_ADVERB}(?: (?:has|have|had))? (?:{_SAYS})\b", False),
    (rf"^{_NAME}(?:['’]s?)? (?P<saying>{_NOUNS}|said|says|saying) (?:{_ABOUT} )?\w", True),
    (rf"^{_NAME} (?:on|about|regarding) \w", True),
]  # fmt: skip
_PATTERNS = [(re.compile(pattern, re.IGNORECASE), known) for pattern, known in _ASKED]
_NOBODY = words("speaker_questions", "nobody")  # no name, whatever stands around it
_LEADING = re.compile(r"(?:and|but|so|or|ok|okay|well|the|a|an) ", re.IGNORECASE)
_NO_NAME = re.compile(rf"\b(?:{_AUXILIARY}|what|who|why|how|when|where|which|if|that|versus|vs)\b", re.IGNORECASE)
_SIDES = re.compile(r"\b(?:versus|vs|compared (?:with|to)|as opposed to)\b", re.IGNORECASE)
_AND = re.compile(r",? and (?=(?:what|who|whom|how|why|when|where|which)\b)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[?!…])\s+|(?<=[^.\s]{3}\.)\s+|\n+")


class SpeakerQuery(NamedTuple):
    """Whose words a question asks for.

    `name` as the question has it. `saying`: only words can answer, not deeds ("say", not "respond"). `known`: the
    question reads so only if there is such a speaker ("Lee on taxes?", not "Germany on Tuesday?").
    """

    name: str
    saying: bool
    known: bool


def parse(message: str) -> SpeakerQuery | None:
    """Whose words the message asks for, where they are one speaker's alone."""
    if _SIDES.search(message):
        return None
    sentences = [part for part in _SENTENCE.split(" ".join(message.split())) if part]
    questions = [part for part in sentences if part.endswith("?")] or sentences
    queries = [query for part in questions for piece in _AND.split(part) if (query := _in_piece(piece))]
    return queries[0] if len({query.name.casefold() for query in queries}) == 1 else None


def _in_piece(piece: str) -> SpeakerQuery | None:
    """Whom the first pattern that fits names: "According to A, did B deny it?" asks for the words of A."""
    for pattern, known in _PATTERNS:
        named = [(match, name) for match in pattern.finditer(piece) if (name := _name(match["name"]))]
        if named:
            match, name = named[0]
            return SpeakerQuery(name, match.groupdict().get("saying") is not None, known)
    return None


def _name(text: str) -> str | None:
    """The name without what comes before it; `None` where it is none."""
    name = text.strip(" ,")
    while lead := _LEADING.match(name):
        name = name[lead.end() :]
    name = name.removesuffix("'s").removesuffix("’s")
    parts = name.casefold().split()
    nobody = not parts or parts[0] in _NOBODY or parts[-1] in _NOBODY
    return None if nobody or _NO_NAME.search(name) or not any(map(str.isalpha, name)) else name
