"""A parsed sentence → its cues: each expression that says that somebody says something, with the source it names.

A cue is a reporting verb of the lexicon, "according to", or a noun of saying with an owner ("in X's words"). Its source
is the subject by the parse: through relative clauses, coordination, passives and inversion. Whether the cue makes the
sentence the source's words is decided later, from its features (`retrieval.speakers.linking`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrieval import lexicon
from retrieval.speakers import grammar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrieval.speakers.document import Sentence

_KINDS = ("speech", "asking", "manner", "stance", "belief", "wish", "finding", "loose")
_CLAUSES = frozenset(["ccomp", "xcomp"])
_OF_NOUNS = frozenset(["ccomp", "acl", "relcl", "appos", "conj"])
_LABEL = 8  # tokens of a label in front of a colon
_PHRASE = frozenset(["DET", "ADJ", "NOUN", "PROPN", "NUM", "PRON"])
# Nobody is said: "Two, says Lee".
_SAYS = frozenset(["say", "add", "write", "note", "explain", "claim", "argue", "insist"])
_TIMES = frozenset(["when", "after", "before", "until", "while", "once"])
_AGAINST = frozenset(["contrary", "contrast", "despite", "unlike", "against", "regardless"])
_NOBODY = frozenset(["nobody", "none", "no-one", "no", "neither"])
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
    cues += _introductions(sentence, cues)
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
            yield _verb(sentence, token, kinds[0])


def _verb(sentence: Sentence, verb: Any, kind: str) -> Cue:
    source, how = _source(sentence, verb)
    source = grammar.owner_of(source)
    children = list(verb.children)
    clauses = [child for child in children if child.dep_ in _CLAUSES and child.i not in sentence.folded]
    infinitives = sum(any(part.lower_ == "to" and part.dep_ == "aux" for part in child.children) for child in clauses)
    having = any(child.dep_ == "aux" and child.lemma_ == "have" for child in children)
    quoting = grammar.quotes_near(sentence, verb) or (
        how == "quoted" and verb.lemma_ == "quote" and verb.dep_ == "advcl" and grammar.quotes_near(sentence, verb.head)
    )
    flags = {how, *_flags(verb, children)} - ({"embedded"} if quoting and _says_what(verb) else set())
    aside = not quoting and (how == "inverted" or grammar.is_aside(sentence, verb, source))
    return Cue(
        verb.i,
        source.i if source is not None else None,
        kind,
        verb.lemma_.lower(),
        clause=aside or len(clauses) > infinitives,
        quoting=quoting,
        negated=any(child.dep_ == "neg" for child in children)
        or _withheld(sentence, verb, source)
        or _supposed(verb, source)
        or _gainsaid(verb),
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
        "temporal": any(child.lower_ in _TIMES and child.dep_ in {"mark", "advmod"} for child in children),
        "relative": verb.dep_ == "relcl",
        "embedded": _within_report(verb, before=True),
        "reported": _within_report(verb, before=False),
        "passive": not dependencies.isdisjoint({"auxpass", "nsubjpass"}),
        "particle": "prt" in dependencies,
        "participle": verb.tag_ in {"VBG", "VBN"} and verb.dep_ in {"advcl", "acl", "xcomp"},
        "in passing": grammar.is_in_passing(verb),
    }
    return (name for name, true in flags.items() if true)


def _object(sentence: Sentence, verb: Any) -> str:
    """What else the verb governs: `as` or `predicate` ("called it late"), `saying` ("voiced fears"), `object`, its preposition, or nothing."""
    behind = [child for child in verb.children if child.i > verb.i and child.i not in sentence.folded]
    dependencies = {child.dep_ for child in behind}
    if any(child.dep_ == "prep" and child.lower_ == "as" for child in behind):
        return "as"
    if dependencies & {"oprd", "acomp", "attr"}:
        return "predicate"
    if "dobj" in dependencies:
        saying = lexicon.words("speaker_nouns", "saying")
        return (
            "saying" if any(child.dep_ == "dobj" and child.lemma_.lower() in saying for child in behind) else "object"
        )
    return next((child.lower_ for child in behind if child.dep_ in {"prep", "agent"}), "")


def _source(sentence: Sentence, verb: Any) -> tuple[Any, str]:
    """The head of whoever does what the verb says, and how it was found where that was not by the verb's own subject."""
    if (quoted := grammar.quoted_by(sentence, verb)) is not None:
        return quoted, "quoted"
    beside, subject, behind = _beside(sentence, verb), grammar.subject_of(verb), grammar.noun_behind(sentence, verb)
    if beside is not None:
        return beside, "repaired"
    apposed = subject is not None and subject.i < verb.i and any(token.dep_ == "appos" for token in subject.subtree)
    if behind is not None and (subject is None or (verb.lemma_ in _SAYS and not apposed)):
        return behind, "inverted"
    if subject is not None and (subject.dep_ != "nsubjpass" or verb.lemma_ in {"quote", "cite"}):
        return grammar.named_subject_of(verb), ""
    if subject is not None or grammar.agent_of(verb) is not None:
        return grammar.agent_of(verb), ""
    before = sentence.tokens[verb.i - 1] if verb.i else None
    if verb.tag_ == "VBG" and before is not None and before.pos_ == "NOUN" and before.i not in sentence.folded:
        return before, "repaired"  # "an e-mail asking whether", whatever the parse hangs it to
    if verb.dep_ in {"conj", "xcomp", "advcl"} and verb.head.pos_ in {"VERB", "AUX"}:
        return (verb.dep_ == "conj" and grammar.named_subject_of(verb.head)) or _source(sentence, verb.head)[
            0
        ], "inherited"
    if verb.head.i < verb.i and verb.head.pos_ in grammar.HEADS and verb.dep_ in _OF_NOUNS:
        return verb.head, "repaired"
    owners = (grammar.quoted_by(sentence, token) or grammar.named_subject_of(token) for token in verb.ancestors)
    subjects = (owner for owner in owners if owner is not None)
    return (next(subjects, None), "inherited") if verb.tag_ == "VBG" else (None, "")


def _beside(sentence: Sentence, verb: Any) -> Any:
    """Who stands between a comma and a verb that the parse gives to another: "The harbour, Ines Palm warned, was …"."""
    if verb.tag_ not in {"VBD", "VBZ", "VBP"} or verb.i < 2:
        return None
    head, first = sentence.tokens[verb.i - 1], verb.i - 1
    while first > 0 and sentence.tokens[first - 1].pos_ in _PHRASE and first - 1 not in sentence.folded:
        first -= 1
    subject, named = grammar.subject_of(verb), sentence.tokens[verb.i - 2]
    apposed = head.text == "," and named.dep_ == "appos" and named.pos_ == "PROPN"
    if apposed and subject is None and verb.lemma_ in _SAYS:
        return named  # "…, its director, Ines Palm, said"
    noun = head.pos_ in grammar.HEADS and head.i not in sentence.folded
    parted = first > 0 and (sentence.tokens[first - 1].text in {",", "—", "–"} or first - 1 in sentence.folded)
    own = subject is not None and (subject.i >= first or head.lower_ in grammar.RELATIVE or head.head.i == subject.i)
    return head if noun and parted and subject is not None and not own else None


def _withheld(sentence: Sentence, verb: Any, source: Any) -> bool:
    """Whether it was not said: "neither X nor Y said", "not even X said", "nobody said", "declined to say"."""
    before = {token.lower_ for token in sentence.tokens[: verb.i] if token.i not in sentence.folded}
    words = (source, *(child for child in source.children if child.dep_ == "det")) if source is not None else ()
    nobody = any(word.lower_ in _NOBODY for word in words) or (bool(words) and source.left_edge.lower_ == "not")
    nothing = any(child.dep_ == "dobj" and child.lower_ == "nothing" for child in verb.children)
    silent = {"decline", "refuse", "fail"}
    declining = verb.lemma_.lower() in silent
    tokens = verb.children if declining else [verb] if verb.head.lemma_.lower() in silent else []
    unsaid = any(token.dep_ == "xcomp" and token.lemma_.lower() != "comment" for token in tokens)
    yet = verb.dep_ == "xcomp" and any(child.lower_ == "yet" for child in verb.head.children)  # "have yet to say"
    without = verb.dep_ == "pcomp" and verb.head.lower_ == "without"
    heads = [token.head for token in (verb, *verb.ancestors) if token.dep_ in {"acl", "relcl"}]
    rumours = any(lexicon.holds("speaker_nouns", ("rumoured", "unsigned"), head.lemma_.lower()) for head in heads)
    neither = "neither" in before and any(token.lower_ == "nor" for token in sentence.tokens)
    return nobody or nothing or neither or unsaid or yet or without or rumours


def _supposed(verb: Any, source: Any) -> bool:
    """Whether somebody only may say it: "if X says so", "had X said so"."""
    condition = any(child.dep_ == "mark" and child.lower_ in {"if", "unless"} for child in verb.children)
    before = [child for child in verb.children if child.dep_ == "aux" and source is not None and child.i < source.i]
    return condition or any(child.lower_ in {"had", "should"} for child in before)


def _gainsaid(verb: Any) -> bool:
    """Whether the sentence says something against what was said: "contrary to what X said"."""
    return _says_what(verb) and verb.dep_ == "pcomp" and any(token.lower_ in _AGAINST for token in verb.ancestors)


def _says_what(verb: Any) -> bool:
    """Whether the verb is that of "what X said", with which X's own words are meant."""
    return any(child.lower_ == "what" and child.dep_ in {"dobj", "dative"} for child in verb.children)


def _within_report(verb: Any, *, before: bool) -> bool:
    """Whether the verb stands in what another reporting verb reports, which stands before it or behind it."""
    verbs = lexicon.words("quotation_cues", "speech", "asking")
    return any(
        token.dep_ == "ccomp" and token.head.lemma_.lower() in verbs and (token.head.i < verb.i) == before
        for token in (verb, *verb.ancestors)
    )


def _heard(verb: Any) -> int | None:
    """Whom it was told to, or through: "told X", "said in an interview with X", "X quoted him as saying", "was quoted by X"."""
    quoting = next((token for token in (verb, *verb.ancestors) if token.lemma_.lower() in {"quote", "cite"}), None)
    active = quoting is verb or verb.dep_ == "pcomp"
    quoter = grammar.agent_of(quoting) or (grammar.child_of(quoting, "nsubj") if active else None)
    if quoter is not None:
        return int(quoter.i)
    for child in verb.children:
        if child.i > verb.i and child.dep_ in {"dobj", "dative"} and child.ent_type_ in grammar.NAMES | {"WORK_OF_ART"}:
            return int(child.i)
        if child.dep_ in {"prep", "dative"} and child.lower_ in {"to", "in", "on", "with"}:
            for inner in child.subtree:
                if inner.dep_ == "pobj" and inner.ent_type_ in {"ORG", "WORK_OF_ART"}:
                    return int(inner.i)
    return None


def _introductions(sentence: Sentence, cues: Sequence[Cue]) -> list[Cue]:
    """The verb in whose clause a quotation stands that no cue brings: "paid tribute: “…”", "invited her “to form …”"."""
    if not sentence.folded or any(cue.quoting and cue.source and "embedded" not in cue.flags for cue in cues):
        return []
    quotation = sentence.tokens[min(sentence.folded)]
    before = sentence.tokens[quotation.i - 1].text if quotation.i else ""
    verbs = [token for token in quotation.ancestors if token.pos_ == "VERB" and token.i < quotation.i]
    if not verbs:
        return []
    verb = verbs[-1 if before == ":" else 0]
    source = _source(sentence, verb)[0] or (before == ":" and grammar.subject_of(verb)) or None
    if source is None:
        return []
    flags = {*_flags(verb, list(verb.children)), *{":": ["behind colon"], ",": ["behind comma"]}.get(before, [])}
    return [
        Cue(
            verb.i,
            grammar.owner_of(source).i,
            "introduction",
            verb.lemma_.lower(),
            quoting=True,
            negated=any(child.dep_ == "neg" for child in verb.children),
            tense=verb.tag_,
            flags=frozenset(flags),
        )
    ]


def _according(sentence: Sentence) -> Iterator[Cue]:
    tokens = sentence.tokens
    for token in tokens:
        if token.lower_ == "according" and token.i + 1 < len(tokens) and tokens[token.i + 1].lower_ == "to":
            source = grammar.owner_of(grammar.child_of(token, "pobj") or grammar.child_of(tokens[token.i + 1], "pobj"))
            relative = source is not None and source.lower_ in grammar.RELATIVE  # "a letter according to which"
            plain = relative or (token.i and tokens[token.i - 1].text != ",")  # "they vary according to"
            yield Cue(
                token.i,
                None if source is None else source.i,
                "according",
                "according",
                clause=True,
                flags=frozenset(["plain"] if plain else []),
            )


def _nouns(sentence: Sentence) -> Iterator[Cue]:
    """Nouns of saying with an owner, "X's verdict is …", and states of mind with a clause: "X is sure that …", "X has no doubt that …"."""
    nouns, states = lexicon.words("speaker_nouns", "saying"), lexicon.words("quotation_cues", "state")
    for token in sentence.tokens:
        noun = token.lemma_.lower() in nouns and token.pos_ == "NOUN" and token.dep_ in _NOUNS
        if not noun and not (token.lower_ in states and token.tag_ in {"JJ", "VBN"}):
            continue
        clause = grammar.has_clause(token)
        owner = (noun and grammar.owner_by_name(token)) or (clause and _holder(token)) or None
        if owner is not None and not _is_judged(sentence, token, owner):
            place = token.head.lower_ if token.dep_ == "pobj" else token.dep_
            if place == "nsubj" and token.head.lemma_ != "be":
                place = "nsubj verb"  # "X's warning carries weight"
            quoting = grammar.quotes_near(sentence, token)
            kind = "noun" if noun else "belief"
            yield Cue(token.i, owner.i, kind, token.lemma_.lower(), clause=clause, quoting=quoting, object=place)


def _is_judged(sentence: Sentence, noun: Any, owner: Any) -> bool:
    """Whether somebody else does something to what its owner says: "X called Y's account false", "Y's claim was rejected"."""
    if noun.dep_ == "nsubjpass":
        return noun.head.lemma_ in lexicon.words("quotation_cues", "stance")
    doer = _source(sentence, noun.head)[0] if noun.dep_ == "dobj" else None
    return doer is not None and doer.i != owner.i


def _holder(token: Any) -> Any:
    """Whose state of mind it is: the subject of the verb that governs it, unless that stands for nobody ("it is clear that")."""
    subject = grammar.named_subject_of(token) or grammar.named_subject_of(token.head)
    return None if subject is None or subject.lower_ in {"it", "there"} else subject


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
    if colon == 1 and before[0].tag_ in {"NN", "NNS"} and not known:
        return  # a kind of text: "Clarification: …"
    if heads and (quoting or named or known or heads[0].ent_type_ == "PERSON"):
        yield Cue(colon, heads[0].i, "colon", ":", quoting=quoting, clause=not quoting)
