"""A parsed sentence → its cues: each expression that says that somebody says something, with the source it names.

A cue is a reporting verb of the lexicon, "according to", or a noun of saying with an owner ("in X's words"). Its source
is the subject by the parse: through relative clauses, coordination, passives and inversion. Whether the cue makes the
sentence the source's words is decided later, from its features (`retrieval.speakers.linking`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrieval import lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.speakers.document import Sentence

_KINDS = ("speech", "asking", "manner", "stance", "belief", "wish", "finding", "loose")
_SUBJECTS = frozenset(["nsubj", "nsubjpass", "csubj"])
_CLAUSES = frozenset(["ccomp", "xcomp"])
_OF_NOUNS = frozenset(["ccomp", "acl", "relcl", "appos", "conj"])
_OBJECTS = frozenset(["dobj", "dative", "oprd", "attr", "npadvmod"])
_HEADS = frozenset(["NOUN", "PROPN", "PRON"])
_RELATIVE = frozenset(["who", "which", "that", "whom"])
_LABEL = 8  # tokens of a label in front of a colon
_PHRASE = frozenset(["DET", "ADJ", "NOUN", "PROPN", "NUM", "PRON"])
_NAMES = frozenset(["ORG", "GPE", "PERSON", "NORP"])
_OWNING = frozenset(["of", "from", "by"])
# Nobody is said: "Two, says Lee".
_SAYS = frozenset(["say", "add", "write", "note", "explain", "claim", "argue", "insist"])
_HEARD = frozenset(["tell", "inform", "assure", "thank"])  # whom they have behind them is no speaker
_WILLING = frozenset(["would", "could", "will", "can", "wo", "ca"])
_NEAR = 3  # tokens between a verb and the quotation that it introduces
_NOUNS = frozenset(["nsubj", "attr", "appos", "pobj", "dobj", "ROOT", "nsubjpass"])


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue of one sentence: the token that says so, the head token of its source (`None` for nobody), and its features.

    `heard` is the head token of whom it was said to or through, `clause` whether something reported depends on it ("said
    that …"), `quoting` whether a quotation stands beside it, `object` what else it governs, `flags` what else is true of it.
    """

    verb: int
    source: int | None
    kind: str
    lemma: str
    clause: bool = False
    quoting: bool = False
    negated: bool = False
    object: str = ""
    tense: str = ""
    flags: frozenset[str] = frozenset()
    heard: int | None = None

    @property
    def reports(self) -> str:
        """What it governs: a clause, a quotation, or as `object` says."""
        return "clause" if self.clause else "quotation" if self.quoting else self.object


def find(sentence: Sentence) -> tuple[Cue, ...]:
    """The sentence's cues, in the order of their tokens."""
    cues = [*_verbs(sentence), *_according(sentence), *_nouns(sentence), *_colon(sentence)]
    return tuple(sorted(cues, key=lambda cue: cue.verb))


def _verbs(sentence: Sentence) -> Iterator[Cue]:
    verbs = lexicon.by_kind("quotation_cues")
    for token in sentence.tokens:
        lemma = token.lemma_.lower()
        parts = (child.lower_ for child in token.children if child.dep_ == "prt" or child.lower_ == "clear")
        phrasal = " ".join([lemma, *parts])
        kinds = [kind for kind in _KINDS if phrasal in verbs[kind] or lemma in verbs[kind]]
        verb = token.tag_[:2] == "VB" and token.dep_ not in {"aux", "auxpass"} and token.i not in sentence.folded
        if kinds and verb and phrasal not in verbs["none"]:
            yield _verb(sentence, token, kinds[0], phrasal)


def _verb(sentence: Sentence, verb: Any, kind: str, phrasal: str) -> Cue:
    source, how = _source(sentence, verb)
    source = _owner(source)
    children = list(verb.children)
    clauses = [child for child in children if child.dep_ in _CLAUSES and child.i not in sentence.folded]
    infinitives = sum(any(part.lower_ == "to" and part.dep_ == "aux" for part in child.children) for child in clauses)
    having = any(child.dep_ == "aux" and child.lemma_ == "have" for child in children)
    flags = {how, *_flags(verb, children)}
    quoting = _quotes_near(sentence, verb)
    aside = not quoting and (how == "inverted" or _is_aside(sentence, verb, source))
    denied = any(child.dep_ == "neg" for child in children)
    if denied and _refuses(children, phrasal):
        flags.add("refuses")
    return Cue(
        verb.i,
        source.i if source is not None else None,
        kind,
        verb.lemma_.lower(),
        clause=aside or len(clauses) > infinitives,
        quoting=quoting,
        negated=(denied and "refuses" not in flags) or _withheld(sentence, verb, source),
        object="infinitive" if infinitives else _object(sentence, verb),
        tense=f"{verb.tag_} have" if having else verb.tag_,
        flags=frozenset(flags - {""}),
        heard=_heard(verb),
    )


def _flags(verb: Any, children: Sequence[Any]) -> Iterator[str]:
    """The names of what is true of a verb, by its mood, its place in the sentence and its small words."""
    words = {f"{child.dep_} {child.lower_}" for child in children}
    dependencies = {child.dep_ for child in children}
    flags = {
        "modal": any(child.dep_ == "aux" and child.tag_ == "MD" for child in children),
        "bare": verb.tag_ == "VB" and "aux to" in words,
        "hypothetical": not words.isdisjoint({"mark if", "mark unless", "mark whether"}),
        "relative": verb.dep_ == "relcl",
        "embedded": _within_report(verb, before=True),
        "reported": _within_report(verb, before=False),
        "passive": not dependencies.isdisjoint({"auxpass", "nsubjpass"}),
        "particle": "prt" in dependencies,
        "participle": verb.tag_ in {"VBG", "VBN"} and verb.dep_ in {"advcl", "acl", "xcomp"},
    }
    return (name for name, true in flags.items() if true)


def _refuses(children: Sequence[Any], phrasal: str) -> bool:
    """Whether somebody who does not do this has said so: "would not confirm it", "does not dispute it"; not "did not say"."""
    willing = any(child.dep_ == "aux" and child.lower_ in _WILLING for child in children)
    clause = any(child.dep_ in _CLAUSES for child in children)  # "would not say that it is closed"
    return (willing and not clause) or phrasal in lexicon.words("quotation_cues", "contested")


def _object(sentence: Sentence, verb: Any) -> str:
    """What else the verb governs: `as` or `predicate` ("called it late"), `object`, its preposition, or nothing."""
    behind = [child for child in verb.children if child.i > verb.i and child.i not in sentence.folded]
    dependencies = {child.dep_ for child in behind}
    if any(child.dep_ == "prep" and child.lower_ == "as" for child in behind):
        return "as"
    if dependencies & {"oprd", "acomp", "attr"}:
        return "predicate"
    if "dobj" in dependencies:
        return "object"
    return next((child.lower_ for child in behind if child.dep_ in {"prep", "agent"}), "")


def _source(sentence: Sentence, verb: Any) -> tuple[Any, str]:
    """The head of whoever does what the verb says, and how it was found where that was not by the verb's own subject."""
    beside, subject, behind = _beside(sentence, verb), _subject(verb), _behind(sentence, verb)
    if beside is not None:
        return beside, "repaired"
    if behind is not None and (subject is None or verb.lemma_ in _SAYS):
        return behind, "inverted"
    if subject is not None and subject.dep_ != "nsubjpass":
        return (subject.lower_ in _RELATIVE and _relative(verb)) or subject, ""
    if subject is not None or _agent(verb) is not None:
        return _agent(verb), ""
    before = sentence.tokens[verb.i - 1] if verb.i else None
    if verb.tag_ == "VBG" and before is not None and before.pos_ == "NOUN" and before.i not in sentence.folded:
        return before, "repaired"  # "an e-mail asking whether", whatever the parse hangs it to
    if verb.dep_ in {"conj", "xcomp", "advcl"} and verb.head.pos_ in {"VERB", "AUX"}:
        return (verb.dep_ == "conj" and _subject(verb.head)) or _source(sentence, verb.head)[0], "inherited"
    if verb.head.i < verb.i and verb.head.pos_ in _HEADS and verb.dep_ in _OF_NOUNS:
        return verb.head, "repaired"
    subjects = (subject for token in verb.ancestors if (subject := _subject(token)) is not None)
    return (next(subjects, None), "inherited") if verb.tag_ == "VBG" else (None, "")


def _beside(sentence: Sentence, verb: Any) -> Any:
    """Who stands between a comma and a verb that the parse gives to another: "The harbour, Ines Palm warned, was …"."""
    if verb.tag_ not in {"VBD", "VBZ", "VBP"} or verb.i < 2:
        return None
    head, first = sentence.tokens[verb.i - 1], verb.i - 1
    while first > 0 and sentence.tokens[first - 1].pos_ in _PHRASE and first - 1 not in sentence.folded:
        first -= 1
    subject, named = _subject(verb), sentence.tokens[verb.i - 2]
    apposed = head.text == "," and named.dep_ == "appos" and named.pos_ == "PROPN"
    if apposed and subject is None and verb.lemma_ in _SAYS:
        return named  # "…, its director, Ines Palm, said"
    noun = head.pos_ in _HEADS and head.i not in sentence.folded
    parted = first > 0 and (sentence.tokens[first - 1].text in {",", "—", "–"} or first - 1 in sentence.folded)
    own = subject is not None and (subject.i >= first or head.lower_ in _RELATIVE)
    return head if noun and parted and subject is not None and not own else None


def _owner(source: Any) -> Any:
    """Whose figures they are: "NATO estimates", "their count", "information of the operator", "data that the bank released"."""
    if source is None or not lexicon.holds("speaker_nouns", ("owned", "saying"), source.lower_):
        return source
    own = _child(source, "poss")
    pronoun = own is not None and own.lower_ in {"his", "her", "their", "its"}
    if pronoun or not lexicon.holds("speaker_nouns", ("owned",), source.lower_):
        return own if pronoun else source
    owners = [child for child in source.children if child.dep_ in {"compound", "poss"} and child.ent_type_ in _NAMES]
    clauses = [child for child in source.children if child.dep_ in {"relcl", "acl"}]
    owners += filter(None, [_child(_of(source), "pobj"), *map(_subject, clauses), *map(_agent, clauses)])
    people = lexicon.words("speaker_nouns", "person", "body")
    named = [owner for owner in owners if owner.ent_type_ in _NAMES or owner.lemma_.lower() in people]
    return named[0] if named else source


def _of(noun: Any) -> Any:
    return next((child for child in noun.children if child.dep_ == "prep" and child.lower_ in _OWNING), None)


def _relative(verb: Any) -> Any:
    """The noun that the relative clause of a verb belongs to."""
    clause = next((token for token in (verb, *verb.ancestors) if token.dep_ in {"relcl", "acl"}), None)
    return clause.head if clause is not None and clause.head.pos_ in {"NOUN", "PROPN"} else None


def _child(token: Any, *dependencies: str) -> Any:
    """The first child with one of these dependencies; `None` where the token is none or has no such child."""
    children = token.children if token is not None else ()
    return next((child for child in children if child.dep_ in dependencies), None)


def _subject(verb: Any) -> Any:
    return _child(verb, *_SUBJECTS)


def _agent(verb: Any) -> Any:
    who = _child(_child(verb, "agent"), "pobj")
    return None if who is not None and who.lower_ in lexicon.words("speaker_nouns", "means") else who


def _behind(sentence: Sentence, verb: Any) -> Any:
    """The noun phrase right behind a verb that has its content before it: `“…,” warned economist Jo Tan`."""
    if verb.tag_ not in {"VBD", "VBZ", "VBP", "VBN"} or verb.i == 0 or verb.lemma_ in _HEARD:
        return None
    before = sentence.tokens[verb.i - 1]
    if before.i not in sentence.folded and before.text not in {",", "—", "–", "-", "?", "!"}:
        return None
    nouns = (
        token for token in sentence.tokens[verb.i + 1 :] if token.left_edge.i == verb.i + 1 and token.pos_ in _HEADS
    )
    able = (noun for noun in nouns if noun.dep_ in _OBJECTS | _SUBJECTS and noun.left_edge.lower_ != "that")
    return next((noun for noun in able if noun.head.i == verb.i or _parted(sentence, noun)), None)


def _is_aside(sentence: Sentence, verb: Any, source: Any) -> bool:
    """Whether a source and its verb alone stand between two commas, or behind the last one: "…, she admitted, when …"."""
    tokens = sentence.tokens
    if source is None or source.i > verb.i or not source.left_edge.i or verb.i + 1 >= len(tokens):
        return False
    alone = all(token.pos_ in {"AUX", "ADV"} for token in tokens[source.right_edge.i + 1 : verb.i])
    return alone and tokens[source.left_edge.i - 1].text == "," and tokens[verb.i + 1].text in {",", ".", ";"}


def _parted(sentence: Sentence, subject: Any) -> bool:
    """Whether a comma stands between a noun and the verb that has it as its subject: "The harbour, says Ines Palm, is closed"."""
    return any(token.text == "," for token in sentence.tokens[subject.i : subject.head.i])


def _quotes_near(sentence: Sentence, verb: Any) -> bool:
    """Whether a quotation is the verb's own object, or stands a few tokens from it with no other verb between."""
    if not sentence.folded:
        return False
    if any(child.i in sentence.folded for child in verb.children):
        return True
    colon = next((token.i for token in sentence.tokens[verb.i :] if token.text == ":"), len(sentence.tokens))
    verbs = any(token.pos_ == "VERB" for token in sentence.tokens[verb.i + 1 : colon])
    introduced = colon + 1 in sentence.folded and not verbs
    return introduced or any(abs(number - verb.i) <= _NEAR for number in sentence.folded)


def _withheld(sentence: Sentence, verb: Any, source: Any) -> bool:
    """Whether it was not said: "neither X nor Y said", "nobody said", "declined to say"."""
    before = {token.lower_ for token in sentence.tokens[: verb.i] if token.i not in sentence.folded}
    nobody = source is not None and source.lower_ in {"nobody", "none", "no-one"}
    nothing = any(child.dep_ == "dobj" and child.lower_ == "nothing" for child in verb.children)
    silent = {"decline", "refuse", "fail"}
    declining = verb.lemma_.lower() in silent
    tokens = verb.children if declining else [verb] if verb.head.lemma_.lower() in silent else []
    unsaid = any(token.dep_ == "xcomp" and token.lemma_.lower() != "comment" for token in tokens)
    yet = verb.dep_ == "xcomp" and any(child.lower_ == "yet" for child in verb.head.children)  # "have yet to say"
    without = verb.dep_ == "pcomp" and verb.head.lower_ == "without"
    heads = [token.head for token in (verb, *verb.ancestors) if token.dep_ in {"acl", "relcl"}]
    rumours = any(lexicon.holds("speaker_nouns", ("rumoured", "unsigned"), head.lemma_.lower()) for head in heads)
    return nobody or nothing or {"neither", "nor"} <= before or unsaid or yet or without or rumours


def _within_report(verb: Any, *, before: bool) -> bool:
    """Whether the verb stands in what another reporting verb reports, which stands before it or behind it."""
    verbs = lexicon.words("quotation_cues", "speech", "asking")
    return any(
        token.dep_ == "ccomp" and token.head.lemma_.lower() in verbs and (token.head.i < verb.i) == before
        for token in (verb, *verb.ancestors)
    )


def _heard(verb: Any) -> int | None:
    """Whom it was told to, or through: "told X", "said in an interview with X", "was quoted by X as saying"."""
    quoter = _agent(next((token for token in verb.ancestors if token.lemma_.lower() in {"quote", "cite"}), None))
    if quoter is not None:
        return int(quoter.i)
    for child in verb.children:
        if child.i > verb.i and child.dep_ in {"dobj", "dative"} and child.ent_type_ in _NAMES | {"WORK_OF_ART"}:
            return int(child.i)
        if child.dep_ in {"prep", "dative"} and child.lower_ in {"to", "in", "on", "with"}:
            for inner in child.subtree:
                if inner.dep_ == "pobj" and inner.ent_type_ in {"ORG", "WORK_OF_ART"}:
                    return int(inner.i)
    return None


def _according(sentence: Sentence) -> Iterator[Cue]:
    tokens = sentence.tokens
    for token in tokens:
        if token.lower_ == "according" and token.i + 1 < len(tokens) and tokens[token.i + 1].lower_ == "to":
            source = _owner(_child(tokens[token.i + 1], "pobj") or _child(token, "pobj"))
            yield Cue(token.i, None if source is None else source.i, "according", "according", clause=True)


def _nouns(sentence: Sentence) -> Iterator[Cue]:
    """Nouns of saying with an owner: "X's verdict is …", "in the words of X"."""
    nouns = lexicon.words("speaker_nouns", "saying")
    for token in sentence.tokens:
        if token.lemma_.lower() not in nouns or token.pos_ != "NOUN":
            continue
        owner = _child(token, "poss") or _child(_of(token), "pobj")
        if owner is not None and token.dep_ in _NOUNS:
            place = token.head.lower_ if token.dep_ == "pobj" else token.dep_
            if place == "nsubj" and token.head.lemma_ != "be":
                place = "nsubj verb"  # "X's warning carries weight"
            quoting = _quotes_near(sentence, token)
            yield Cue(token.i, owner.i, "noun", token.lemma_.lower(), quoting=quoting, object=place)


def _colon(sentence: Sentence) -> Iterator[Cue]:
    """A noun phrase and a colon in front of a quotation, a person's name and a colon: `Quayline: “We note the arrest.”`"""
    tokens = sentence.tokens
    colon = next((token.i for token in tokens if token.text == ":"), None)
    if not colon or colon + 1 >= len(tokens):
        return
    before = tokens[:colon]
    quoting = colon + 1 in sentence.folded
    if any(token.pos_ in {"VERB", "AUX"} for token in before) or (not quoting and len(before) > _LABEL):
        return
    labels = lexicon.words("dialogue_labels", "label")
    if before[0].lower_ in labels or (not quoting and before[colon - 1].ent_type_ in {"GPE", "LOC", "DATE"}):
        return
    nouns = [token for token in before if token.pos_ in {"NOUN", "PROPN"}]
    heads = [token for token in nouns if token.head.i >= colon or token.dep_ == "ROOT"]
    named = 1 < colon <= _LABEL // 2 and all(token.pos_ == "PROPN" for token in before)
    known = heads and lexicon.holds("speaker_nouns", ("person", "body"), heads[0].lower_)
    if heads and (quoting or named or known or heads[0].ent_type_ == "PERSON"):
        yield Cue(colon, heads[0].i, "colon", ":", quoting=quoting, clause=not quoting)
