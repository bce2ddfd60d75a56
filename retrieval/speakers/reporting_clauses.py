"""Who says something in a sentence, in so many words: its reporting verbs and phrases, each with who does it.

A claim is found, never weighed: whose sentence it is when there are several is decided in `speakers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retrieval.speakers import clauses
from retrieval.speakers.cues import (
    ADVERBS,
    ATTITUDES,
    BASE,
    BE,
    BELIEF,
    CLAUSE,
    DAYS,
    DETERMINERS,
    DONE_TO,
    FACES,
    FINDING,
    GROUPS,
    MANNER,
    MODAL,
    MONTHS,
    NAMING,
    NOT,
    PAPERS,
    PARTICIPLE,
    PERSONS,
    PREPOSITIONS,
    PRONOUNS,
    SPANS,
    SPEECH,
    SPEECH_NOUNS,
    STOPS,
    STRICT,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.speakers.clauses import Phrase
    from retrieval.speakers.tokens import Token

Kind = Literal["verb", "noun", "relative"]  # what makes it: "said", "her promise that", "what she calls"
Place = Literal["before", "behind", "same"]  # where the source stands to its words; "same": whoever spoke just before

_TELLING = frozenset(
    ["told", "tells", "telling", "asked", "asks", "warned", "warns", "assured", "informed", "reminded"]
)
_TWO_WORDS = frozenset(
    [
        ("made", "clear"),
        ("makes", "clear"),
        ("make", "clear"),
        ("pointed", "out"),
        ("points", "out"),
        ("point", "out"),
    ]
)
_CONTRACTIONS = frozenset(["'re", "’re", "'ve", "’ve", "'ll", "’ll", "i'm", "i’m", "i'd", "i’d", "e'd", "e’d"])
_NEVER = DETERMINERS | DAYS | SPANS | MONTHS
_RELATIVE = frozenset(["what", "which", "whom", "how"])
_OF_ANYBODY = frozenset(["said", "says", "say", "told", "tells", "tell", "added", "adds"])
_TRADES = ("ists", "ist", "ian", "ians", "man", "woman", "ers", "ors", "er", "or")
_RUMOURS = frozenset(
    ["rumours", "rumors", "reports", "suggestions", "allegations", "claims", "posts", "hoax", "report"]
)
_ENDS = frozenset(".,;:!?—–)…")


@dataclass(frozen=True, slots=True)
class Claim:
    """One cue of a sentence: rows of its tokens.

    `source` is who says it (`None`: the subject of the claim or sentence before), `cue` the reporting words, `heard`
    who was told. A claim `behind` its words closes them ("…, she said"); one `before` opens them.
    """

    source: Phrase | None
    cue: Phrase
    place: Place
    heard: Phrase | None = None
    kind: Kind = "verb"


def claims(tokens: Sequence[Token]) -> list[Claim]:
    """The claims of one sentence, whose quotations are folded to one token each, in order."""
    found: list[Claim] = []
    words = [token for token in tokens if token.word]
    headline = sum(token.capital for token in words) > 0.6 * len(words)
    for at, token in enumerate(tokens):
        if token.word and (headline or not token.capital or token.low == "according"):
            claim = _at(tokens, at)
            if claim and not (found and claim.cue[0] < found[-1].cue[1]):
                found.append(claim)
    return found


def hearsay(tokens: Sequence[Token], claim: Claim, all_claims: Sequence[Claim]) -> bool:
    """Is it only said to be said: "a post, much shared, claims that Lee told", whoever claims it?"""
    row = claim.source[0] - 1 if claim.source else 0
    if (
        _low(tokens, row) != "that"
        or _low(tokens, row - 1) not in SPEECH | BELIEF | PARTICIPLE | SPEECH_NOUNS | _RUMOURS
    ):
        return False
    return not any(other.cue[0] <= row - 1 < other.cue[1] for other in all_claims)


def hedged(tokens: Sequence[Token]) -> bool:
    """Does a reporting word stand here that is no claim of anybody's: "is said to", "reportedly", "warnings"?"""
    words = (
        SPEECH
        | BELIEF
        | PARTICIPLE
        | SPEECH_NOUNS
        | {"reportedly", "allegedly", "supposedly", "apparently", "according"}
    )
    return any(token.word and (token.low in words or token.low.removesuffix("s") in SPEECH_NOUNS) for token in tokens)


def _at(tokens: Sequence[Token], at: int) -> Claim | None:
    low = tokens[at].low
    if low == "according" and _low(tokens, at + 1) == "to":
        return _according(tokens, at)
    if low in PARTICIPLE and not (at and tokens[at - 1].possessive):
        return _participle(tokens, at)
    if low == "put" and _low(tokens, at + 1) == "it":
        return _plain(tokens, at, at + 2)
    if (low, _low(tokens, at + 1)) in _TWO_WORDS:
        return _plain(tokens, at, at + 2)
    if low in SPEECH_NOUNS and at and tokens[at - 1].possessive and _introduces(tokens, at + 1):
        return _possessed(tokens, at)
    if low in {"quoted", "quotes"} and "as" in [token.low for token in tokens[at + 1 : at + 8]]:
        return _quoted(tokens, at)
    if low in SPEECH or low in BELIEF or low in FINDING:
        return _verb(tokens, at)
    return _attitude(tokens, at) or _any_verb(tokens, at)


def _any_verb(tokens: Sequence[Token], at: int) -> Claim | None:
    """`"…," she teased.` and `"…?" fumed Ann Lee`: what stands there is said, whatever the verb."""
    if not tokens[at].low.endswith(("ed", "s")) or tokens[at].capital or at == 0:
        return None
    if _spoken(tokens[at - 1]):
        return _inverted(tokens, at)
    end = _cue_end(tokens, at + 1)
    if not any(map(_spoken, tokens[max(0, at - 4) : at])) or (end < len(tokens) and tokens[end].text not in ".,;"):
        return None
    subject = clauses.before(tokens, clauses.skip_back(tokens, at))
    if subject is None or subject[0] == 0 or not _spoken(tokens[subject[0] - 1]) or not _speaks(tokens, subject):
        return None
    return Claim(subject, (at, end), "behind")


def _spoken(token: Token) -> bool:
    """Is it a quotation that ends as speech does before "she said"?"""
    return token.quote >= 0 and any(mark in token.text[1:] for mark in ",?!")


def _attitude(tokens: Sequence[Token], at: int) -> Claim | None:
    low = tokens[at].low
    if low in ATTITUDES and _low(tokens, at + 1) == "that" and _low(tokens, clauses.skip_back(tokens, at) - 1) in BE:
        return _plain(tokens, clauses.skip_back(tokens, at) - 1, at + 1)
    if low in {"is", "was"} and _low(tokens, at + 1) == "that":
        return _held_view(tokens, at)
    if low == "firm" and _low(tokens, at + 1) == "that":
        return _plain(tokens, at - 1, at + 1)
    return None


def _verb(tokens: Sequence[Token], at: int) -> Claim | None:
    low = tokens[at].low
    if (at and (tokens[at - 1].possessive or _contracted(tokens[at - 1]))) or _is_noun(tokens, at):
        return None
    start = clauses.skip_back(tokens, at)
    previous = _low(tokens, start - 1)
    if previous in BE:
        return _passive(tokens, at)
    if _says_nothing(tokens, at, start):
        return None
    inverted = _inverted(tokens, at)
    if inverted:
        return inverted
    if previous in {"and", "but", "then"}:
        return _joined(tokens, at, start)
    subject = clauses.before(tokens, start)
    if subject is None or not _can_say(tokens, subject, low):
        return None
    kind: Kind = "relative" if _low(tokens, subject[0] - 1) in _RELATIVE else "verb"
    what = kind == "relative" and low in NAMING
    if low in CLAUSE | STRICT | FINDING and not (what or _takes_words(tokens, at)):
        return None
    if low in BELIEF and not _believes(tokens, at):
        return None
    return _claim(tokens, _holder(tokens, subject) or subject, (at, at + 1), kind)


def _says_nothing(tokens: Sequence[Token], at: int, start: int) -> bool:
    """Whether the verb is denied, only possible, no verb at all, or one of manner ("smiled") with no quotation beside."""
    low, previous = tokens[at].low, _low(tokens, start - 1)
    if previous in MODAL | NOT or any(token.low in NOT for token in tokens[start:at]):
        return True
    if _low(tokens, at + 1) in NOT | {"off"} or (low in BASE and previous in DETERMINERS):
        return True  # "told off" is no "told"
    return low in MANNER and not _quotes_beside(tokens, at)


def _contracted(token: Token) -> bool:
    """ "I'm told", "we've said": nobody whom the sentence could name."""
    return (
        token.word
        and token.low[:2] in {"i'", "i’", "we", "yo", "th", "he", "sh", "it"}
        and token.low[-3:] in _CONTRACTIONS
    )


def _joined(tokens: Sequence[Token], at: int, start: int) -> Claim | None:
    """ "The firm cut its forecast and said it would close a plant": who the sentence starts with, if nobody else could."""
    subject = clauses.opening_phrase(tokens)
    between = tokens[subject[1] : start] if subject else []
    if not between or not between[0].word or any(token.low in {"who", "which", "that", "whose"} for token in between):
        return None
    if subject is None or not _can_say(tokens, subject, tokens[at].low) or tokens[at + 1 : at + 2] == []:
        return None
    return _claim(tokens, subject, (at, at + 1)) if _introduces(tokens, at + 1) or _believes(tokens, at) else None


def _is_noun(tokens: Sequence[Token], at: int) -> bool:
    """ "NATO estimates indicate", "said about": another verb or the wrong preposition follows."""
    after = _low(tokens, at + 1)
    if tokens[at].low in DONE_TO and after in {"by", "of", "on", "for", "as"} and not _quotes_beside(tokens, at):
        if _low(tokens, at + 2) in DAYS:
            return False
        return tokens[at - 1].low not in PRONOUNS
    if tokens[at].low in CLAUSE | BELIEF and after in SPEECH | FINDING | BE | MODAL:
        return True
    return tokens[at].low in {"said", "says", "say"} and after in {"about", "of", "for"}


def _plain(tokens: Sequence[Token], at: int, end: int) -> Claim | None:
    subject = clauses.before(tokens, clauses.skip_back(tokens, at))
    if subject is None or not _speaks(tokens, subject):
        return None
    return _claim(tokens, subject, (at, end))


def _claim(tokens: Sequence[Token], subject: Phrase, cue: Phrase, kind: Kind = "verb") -> Claim:
    at, end = cue
    heard = clauses.after(tokens, at + 1) if tokens[at].low in _TELLING else None
    cue = (at, _cue_end(tokens, heard[1] if heard and _short_object(tokens, heard) else end))
    place: Place = "behind" if _closes(tokens, subject, cue) else "before"
    return Claim(subject, cue, place, heard if heard and _short_object(tokens, heard) else None, kind)


def _short_object(tokens: Sequence[Token], heard: Phrase) -> bool:
    """Is what follows "told" who was told, and not what?"""
    inside = tokens[heard[0] : heard[1]]
    return len(inside) <= 6 and (
        inside[0].capital or inside[0].low in DETERMINERS | FACES | PRONOUNS or len(inside) == 1
    )


def _closes(tokens: Sequence[Token], subject: Phrase, cue: Phrase) -> bool:
    """Do the words stand before: "…, Ann Lee said on Friday"? Then a comma or a quotation is before the subject."""
    start = min(subject[0], cue[0])
    if start == 0:
        return False
    gap = tokens[start - 1]
    if gap.quote >= 0:
        return True
    behind = tokens[max(subject[1], cue[1])] if max(subject[1], cue[1]) < len(tokens) else None
    ended = behind is None or behind.text in ".,!?)—–"
    return gap.text in ",—–" and ended


def _inverted(tokens: Sequence[Token], at: int) -> Claim | None:
    """`"…," said Ann Lee`; `…, says Ann Lee, who`."""
    if at == 0 or not (tokens[at - 1].quote >= 0 or tokens[at - 1].text in ",—–"):
        return None
    quoted = tokens[at - 1].quote >= 0 or (at > 1 and tokens[at - 2].quote >= 0)
    phrase = clauses.after(tokens, at + 1)
    if phrase is None or not _speaks(tokens, phrase):
        return None
    if not quoted and (tokens[at].low not in {"said", "says"} or not _ends_there(tokens, phrase[1])):
        return None
    following = phrase[1]
    if _low(tokens, following) == "," and tokens[phrase[1] - 1].low in PERSONS:  # "added his neighbour, Sue Lacey"
        named = clauses.after(tokens, following + 1)
        if named and all(token.capital for token in tokens[named[0] : named[1]]) and named[1] - named[0] < 5:
            phrase = named
    return Claim(phrase, (at, at + 1), "behind")


def _ends_there(tokens: Sequence[Token], at: int) -> bool:
    return at >= len(tokens) or tokens[at].text in ".,;!?" or tokens[at].low in {"on", "in", "who", "at"}


def _according(tokens: Sequence[Token], at: int) -> Claim | None:
    phrase = clauses.after(tokens, at + 2)
    if phrase is None or not _speaks(tokens, phrase):
        return None
    phrase = _holder(tokens, phrase) or phrase
    return Claim(phrase, (at, at + 2), "before" if at == 0 else "behind")


def _participle(tokens: Sequence[Token], at: int) -> Claim | None:
    start = clauses.skip_back(tokens, at)
    if at and _low(tokens, start - 1) in BE:
        return _progressive(tokens, at, start - 1)
    before = _low(tokens, at - 1)
    if at == 0 or before in NOT | DETERMINERS | PREPOSITIONS - {"by", "in"} or not _takes_words(tokens, at):
        return None
    cue = (at, _cue_end(tokens, at + 1))
    if tokens[at - 1].text in ",—–" or before in {"by", "while", "in"} or tokens[at - 1].quote >= 0:
        return Claim(None, cue, "same")
    subject = clauses.before(tokens, start)
    return Claim(subject, cue, "before") if subject and _speaks(tokens, subject) else None


def _progressive(tokens: Sequence[Token], at: int, be: int) -> Claim | None:
    """ "Campaigners are now accusing the firm of"; not "was writing a book", nor what somebody was not saying."""
    if any(token.low in NOT for token in tokens[be:at]) or _low(tokens, be - 1) in MODAL:
        return None
    of_things = tokens[at].low in {"writing", "calling", "telling", "asking", "describing", "adding", "noting"}
    if tokens[at].low != "warning" and (
        not _takes_words(tokens, at) or (of_things and not _introduces(tokens, at + 1))
    ):
        return None
    return _plain(tokens, be, at + 1)


def _passive(tokens: Sequence[Token], at: int) -> Claim | None:
    """ "was revealed by the spokesman"; "was told" has no speaker."""
    if _low(tokens, at + 1) != "by" or tokens[at].low in {"told", "asked", "urged", "advised", "called"}:
        return None
    phrase = clauses.after(tokens, at + 2)
    return Claim(phrase, (at, at + 2), "behind") if phrase and _speaks(tokens, phrase) else None


def _quoted(tokens: Sequence[Token], at: int) -> Claim | None:
    """ "The paper quoted one source as saying": the source speaks."""
    end = next(row for row in range(at + 1, at + 8) if tokens[row].low == "as")
    passive = _low(tokens, at + 1) == "by"  # "was quoted by the daily as saying"
    if end == at + 1 or passive:
        subject = clauses.before(tokens, clauses.skip_back(tokens, at) - 1)
        heard = (at + 2, end) if passive and end > at + 2 else None
        return (
            Claim(subject, (end - 1 if heard is None else end, min(end + 2, len(tokens))), "before", heard)
            if subject
            else None
        )
    return Claim((at + 1, end), (end, min(end + 2, len(tokens))), "before")


def _held_view(tokens: Sequence[Token], at: int) -> Claim | None:
    """ "Their view is that", "The assessment of senior officials, …, is that"."""
    subject = clauses.before(tokens, at)
    if subject is None:
        return None
    holder = _holder(tokens, subject)
    return Claim(holder, (at, at + 2), "before") if holder else None


def _possessed(tokens: Sequence[Token], at: int) -> Claim | None:
    start = at - 1
    while start > 0 and tokens[start - 1].word and tokens[start - 1].capital and not tokens[start - 1].possessive:
        start -= 1
    named = tokens[start].capital or tokens[start].low in {"his", "her", "their", "its"}
    return Claim((start, at), (at, at + 1), "before", kind="noun") if named else None


def _holder(tokens: Sequence[Token], phrase: Phrase) -> Phrase | None:
    """Whose paper it is: "NATO estimates", "a note by analysts at the bank", "their view"; `None` when nobody's."""
    start, end = phrase
    head = _head(tokens, phrase)
    if tokens[head].low not in PAPERS | SPEECH_NOUNS:
        return None
    if tokens[head].low in {"intelligence", "paper", "article"} and not any(
        tokens[row].low == "by" for row in range(head, end)
    ):
        return None
    maker = next((row for row in range(head, len(tokens)) if tokens[row].low in {"by", "of", "from"}), len(tokens))
    passed_on = maker < len(tokens) and tokens[maker].low == "by" and tokens[maker - 1].low in STOPS
    if (
        maker - head <= 4
        and not passed_on
        and not any(tokens[row].text in _ENDS for row in range(head, min(maker, len(tokens))))
    ):
        held = clauses.after(tokens, maker + 1)
        if held and _speaks(tokens, held):
            return held
    owner = next((row for row in range(head - 1, start - 1, -1) if tokens[row].possessive), head - 1)
    if owner == start and (tokens[owner].low in {"their", "his", "her", "its"} or tokens[owner].possessive):
        return start, owner + 1
    if owner > start and tokens[owner].possessive:
        return start, owner + 1
    if start <= owner and tokens[owner].capital and tokens[owner].word and tokens[start].low not in DETERMINERS:
        return start, head
    return None


def _head(tokens: Sequence[Token], phrase: Phrase) -> int:
    """The noun a phrase is about: the last word before its first preposition."""
    for row in range(phrase[0] + 1, phrase[1]):
        if tokens[row].low in PREPOSITIONS | {"being", "made", "familiar"} and not (
            tokens[row].low == "of" and row == phrase[0] + 1
        ):
            return row - 1
    return phrase[1] - 1


def _can_say(tokens: Sequence[Token], subject: Phrase, verb: str) -> bool:
    head = tokens[_head(tokens, subject)]
    if verb in FINDING and verb not in {"concluded", "concludes", "suggested", "estimated"}:
        return head.low in PAPERS | PERSONS | GROUPS | {"it", "they"} or (
            verb in {"found", "finds"} and _speaks(tokens, subject)
        )
    if head.low in PAPERS:
        return True
    if verb in BELIEF or verb in CLAUSE:
        return _speaks(tokens, subject)
    return verb in _OF_ANYBODY or head.low.endswith(_TRADES) or _speaks(tokens, subject)


def _speaks(tokens: Sequence[Token], phrase: Phrase) -> bool:
    """Is it a name, a pronoun, or a noun for people or bodies that speak?"""
    head = tokens[_head(tokens, phrase)]
    inside = tokens[phrase[0] : phrase[1]]
    if head.low in PRONOUNS | PERSONS | GROUPS | PAPERS:
        return True
    return any(token.capital and token.text[0].isalpha() and token.low not in _NEVER for token in inside)


def _introduces(tokens: Sequence[Token], at: int) -> bool:
    return any(token.low == "that" or token.quote >= 0 for token in tokens[at : at + 5])


def _takes_words(tokens: Sequence[Token], at: int) -> bool:
    """Does a clause, a quotation, or the sentence's end behind its words follow?"""
    if _quotes_beside(tokens, at):
        return True
    if _trails(tokens, at):
        return True
    behind = next((row for row in range(at + 1, len(tokens)) if tokens[row].low not in ADVERBS | DAYS), len(tokens))
    after = tokens[behind] if behind < len(tokens) else None
    if after is None or not after.word or (tokens[at].low in STRICT and after.low != "that"):
        return after is not None and (after.text == ":" or (after.text == "," and tokens[at - 1].low in PRONOUNS))
    if tokens[at].low in NAMING:
        return any(token.quote >= 0 for token in tokens[at + 1 : at + 14]) or (
            tokens[at].low.startswith(("descri", "dismiss", "identif"))
            and any(token.low == "as" for token in tokens[at + 1 : at + 10])
        )
    return after.low not in PREPOSITIONS or (after.low in {"to", "on", "in", "at"} and _introduces(tokens, behind + 1))


def _trails(tokens: Sequence[Token], at: int) -> bool:
    """Is it "…, the paper reported on Sunday." or "…, he notes, …"?"""
    end = _cue_end(tokens, at + 1)
    if end < len(tokens) and tokens[end].text not in ".,;!?—–":
        return False
    subject = clauses.before(tokens, clauses.skip_back(tokens, at))
    if subject is None or subject[0] == 0:
        return False
    gap = tokens[subject[0] - 1]
    return gap.quote >= 0 or gap.text in ",—–" or (subject[0] == 1 and tokens[0].low == "as")


def _quotes_beside(tokens: Sequence[Token], at: int) -> bool:
    return any(token.quote >= 0 for token in tokens[max(0, at - 8) : at + 6])


def _believes(tokens: Sequence[Token], at: int) -> bool:
    """ "fear that", "thinks the models": not "hopes of", "fears.", "expected to", "feel like"."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None or not after.word or (tokens[at].low in {"felt", "feel", "feels"} and after.low in {"like"}):
        return after is not None and after.quote >= 0
    if after.low == "that":
        return True
    if after.low in PREPOSITIONS - {"in"} or after.low in {"about", "of"}:
        return False
    return after.low in DETERMINERS | PRONOUNS or after.capital or _finite_follows(tokens, at)


def _finite_follows(tokens: Sequence[Token], at: int) -> bool:
    return any(token.low in BE | MODAL | {"has", "have", "had"} for token in tokens[at + 2 : at + 7])


def _cue_end(tokens: Sequence[Token], end: int) -> int:
    """Where the reporting words end: "said in a statement on Friday" but not what was said."""
    stop = end
    while stop < len(tokens) and stop - end < 12:
        low = tokens[stop].low
        if low in DAYS | ADVERBS - {"so", "too", "first"} or (
            low in {"this", "last"} and _low(tokens, stop + 1) in SPANS
        ):
            stop += 2 if low in {"this", "last"} else 1
        elif low in {"at", "in", "on", "during", "to"} and (phrase := clauses.after(tokens, stop + 1)):
            stop = phrase[1]
        elif low in {"on", "last"} and _low(tokens, stop + 1) in DAYS:
            stop += 2
        else:
            break
    return stop


def _low(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].low if 0 <= at < len(tokens) else ""
