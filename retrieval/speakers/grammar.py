"""What belongs to a token by the parse: its subject, its agent, the owner of a noun, a quotation beside a verb."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retrieval import lexicon

if TYPE_CHECKING:
    from retrieval.speakers.document import Sentence

SUBJECTS = frozenset(["nsubj", "nsubjpass"])
HEADS = frozenset(["NOUN", "PROPN", "PRON"])
NAMES = frozenset(["ORG", "GPE", "PERSON", "NORP"])
RELATIVE = frozenset(["who", "which", "that", "whom"])
_OBJECTS = frozenset(["dobj", "dative", "oprd", "attr", "npadvmod"])
_OWNING = frozenset(["of", "from", "by", "among"])
_HEARD = frozenset(["tell", "inform", "assure", "thank"])  # whom they have behind them is no speaker
_NEAR = 3  # tokens between a verb and the quotation that it introduces


def subject_of(verb: Any) -> Any:
    """The head of the verb's own subject, or `None`.

    What a colon parts from the verb is a label ("Correction: the mayor said …"), and what "that" stands in front of belongs to
    what is said.
    """
    subjects = (child for child in verb.children if child.dep_ in SUBJECTS)
    return next(
        (subject for subject in subjects if not _is_label(subject, verb) and not child_of(subject, "mark")), None
    )


def _is_label(subject: Any, verb: Any) -> bool:
    return any(token.text == ":" for token in verb.doc[subject.i : verb.i])


def named_subject_of(verb: Any) -> Any:
    """The same, with the noun that a relative pronoun stands for."""
    subject = subject_of(verb)
    return (subject is not None and subject.lower_ in RELATIVE and relative_of(verb)) or subject


def agent_of(verb: Any) -> Any:
    """Who does what a passive verb says: "by X"; `None` where that is only what somebody speaks through."""
    who = child_of(child_of(verb, "agent"), "pobj")
    return None if who is not None and who.lower_ in lexicon.words("speaker_nouns", "means") else who


def quoted_by(sentence: Sentence, verb: Any) -> Any:
    """Whom or what a verb of quoting quotes: "quoted the report", "quoting from a letter", "quotes her as saying"; else `None`.

    Who "cites the drought" quotes nobody.
    """
    if verb.lemma_ not in {"quote", "cite"} or child_of(verb, "auxpass", "nsubjpass") is not None:
        return None
    source = next((child for child in verb.children if child.dep_ == "prep" and child.lower_ == "from"), None)
    noun = child_of(verb, "dobj") or child_of(source, "pobj")
    if noun is None or noun.i in sentence.folded:
        return None
    kinds = ("person", "body", "document", "issued", "saying")
    able = noun.ent_type_ in NAMES or lexicon.holds("speaker_nouns", kinds, noun.lemma_.lower())
    return noun if able or verb.lemma_ == "quote" else None


def child_of(token: Any, *dependencies: str) -> Any:
    """The first child with one of these dependencies; `None` where the token is none or has no such child."""
    children = token.children if token is not None else ()
    return next((child for child in children if child.dep_ in dependencies), None)


def preposition_of(noun: Any) -> Any:
    """The preposition behind a noun that leads to its owner."""
    return next((child for child in noun.children if child.dep_ == "prep" and child.lower_ in _OWNING), None)


def owner_by_name(noun: Any) -> Any:
    """Who owns a noun by the genitive or a preposition: "Ines Palm's view", "the view of Ines Palm"."""
    return child_of(noun, "poss") or child_of(preposition_of(noun), "pobj")


def relative_of(verb: Any) -> Any:
    """The noun that the relative clause of a verb belongs to."""
    clause = next((token for token in (verb, *verb.ancestors) if token.dep_ in {"relcl", "acl"}), None)
    return clause.head if clause is not None and clause.head.pos_ in {"NOUN", "PROPN"} else None


def has_clause(token: Any) -> bool:
    """Whether a whole clause depends on a noun or an adjective, or stands behind it; with "that" where it is a noun's."""
    beside = token.head.children if token.dep_ == "acomp" else ()
    clauses = [child for child in (*token.children, *beside) if child.dep_ in {"ccomp", "acl"} and child.i > token.i]
    return any(child.dep_ == "ccomp" or any(part.dep_ == "mark" for part in child.children) for child in clauses)


def is_joined(token: Any) -> bool:
    """Whether a hyphen joins a word to the one before: the "in" of "editor-in-chief"."""
    before = token.doc[token.i - 1] if token is not None and token.i else None
    return before is not None and before.text == "-" and not before.whitespace_


def owner_of(source: Any) -> Any:
    """Whose figures or words they are: "NATO estimates", "data that the bank released", "a statement by the bank"."""
    if source is None or not lexicon.holds("speaker_nouns", ("owned", "issued", "saying"), source.lower_):
        return source
    if source.dep_ == "dobj" and source.head.lemma_ in lexicon.words("quotation_cues", "issuing"):
        return named_subject_of(source.head) or source  # "the bank issued a statement saying …"
    own = child_of(source, "poss")
    pronoun = own is not None and own.lower_ in {"his", "her", "their", "its"}
    if pronoun or not lexicon.holds("speaker_nouns", ("owned", "issued"), source.lower_):
        return own if pronoun else source
    if lexicon.holds("speaker_nouns", ("issued",), source.lower_) and own is not None:
        return source
    owners = [child for child in source.children if child.dep_ in {"compound", "poss"} and child.ent_type_ in NAMES]
    issuing = lexicon.words("quotation_cues", "issuing")  # who only obtained or read it has not said it
    clauses = [child for child in source.children if child.dep_ in {"relcl", "acl"} and child.lemma_ in issuing]
    owners += filter(
        None, [child_of(preposition_of(source), "pobj"), *map(subject_of, clauses), *map(agent_of, clauses)]
    )
    people = lexicon.words("speaker_nouns", "person", "body")
    named = [owner for owner in owners if owner.ent_type_ in NAMES or owner.lemma_.lower() in people]
    named = [owner for owner in named if owner.head.lower_ != "from" or owner.ent_type_ != "GPE"]  # "a poll from Utah"
    return named[0] if named else source


def noun_behind(sentence: Sentence, verb: Any) -> Any:
    """The noun phrase right behind a verb that has its content before it: `“…,” warned economist Jo Tan`."""
    if verb.tag_ not in {"VBD", "VBZ", "VBP", "VBN"} or verb.i == 0 or verb.lemma_ in _HEARD:
        return None
    before = sentence.tokens[verb.i - 1]
    if before.i not in sentence.folded and before.text not in {",", "—", "–", "-", "?", "!"}:
        return None
    nouns = (
        token for token in sentence.tokens[verb.i + 1 :] if token.left_edge.i == verb.i + 1 and token.pos_ in HEADS
    )
    able = (noun for noun in nouns if _can_speak(noun) and noun.left_edge.lower_ != "that")
    return next((noun for noun in able if noun.head.i == verb.i or _parted(sentence, noun)), None)


def _can_speak(noun: Any) -> bool:
    """Whether a noun behind a verb may be its subject, as may a name that the parse takes for a clause: "says director Dr Ann Lee"."""
    return noun.dep_ in _OBJECTS | SUBJECTS or (noun.dep_ == "ccomp" and noun.pos_ == "PROPN")


def _parted(sentence: Sentence, subject: Any) -> bool:
    """Whether a comma stands between a noun and the verb that has it as its subject: "The harbour, says Ines Palm, is closed"."""
    return any(token.text == "," for token in sentence.tokens[subject.i : subject.head.i])


def is_aside(sentence: Sentence, verb: Any, source: Any) -> bool:
    """Whether a source and its verb alone stand between two commas, or behind the last one: "…, she admitted, when …"."""
    tokens = sentence.tokens
    if source is None or source.i > verb.i or not source.left_edge.i or verb.i + 1 >= len(tokens):
        return False
    alone = all(token.pos_ in {"AUX", "ADV"} for token in tokens[source.right_edge.i + 1 : verb.i])
    return alone and tokens[source.left_edge.i - 1].text == "," and tokens[verb.i + 1].text in {",", ".", ";"}


def is_in_passing(verb: Any) -> bool:
    """Whether the sentence is about something else that the speaker does: "X, who had said so, won", "for saying so"."""
    if verb.dep_ == "pcomp":
        return verb.tag_ == "VBG" and verb.head.lower_ not in {"as", "by", "in"}
    clause = next((token for token in (verb, *verb.ancestors) if token.dep_ == "relcl"), None)
    if clause is None or named_subject_of(verb) != clause.head:
        return False
    noun = clause.head
    while noun.dep_ == "appos":
        noun = noun.head
    earlier = any(child.dep_ == "aux" and child.lower_ == "had" for child in verb.children)
    subject = noun.dep_ in SUBJECTS and noun.head.i > verb.i
    reporting = noun.head.lemma_ in lexicon.words("quotation_cues", "speech", "stance")
    judged = reporting and noun.dep_ in {"dobj", "dative"} and subject_of(noun.head) is not None
    return earlier or subject or judged


def quotes_near(sentence: Sentence, verb: Any) -> bool:
    """Whether a quotation is the verb's own object, or stands a few tokens from it with no other verb between."""
    if not sentence.folded:
        return False
    objects = (child.right_edge.i + 1 for child in verb.children if child.dep_ == "dobj")
    if not sentence.folded.isdisjoint([*objects, *(child.i for child in verb.children)]):
        return True
    colon = next((token.i for token in sentence.tokens[verb.i :] if token.text == ":"), len(sentence.tokens))
    verbs = any(token.pos_ == "VERB" for token in sentence.tokens[verb.i + 1 : colon])
    introduced = colon + 1 in sentence.folded and not verbs
    return introduced or any(abs(number - verb.i) <= _NEAR for number in sentence.folded)
