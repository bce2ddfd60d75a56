"""The head token of a noun phrase → who is mentioned: the span to show, the role, and what kind of speaker it is.

People are shown by the fullest name that the article has for them; everybody else by the noun phrase as it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrieval import lexicon
from retrieval.speakers import grammar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.speakers.document import Document, Sentence
    from retrieval.types import Span

_LEFT = frozenset(
    ["det", "amod", "compound", "poss", "nummod", "nmod", "quantmod", "predet", "case", "advmod", "neg", "punct"]
)
_PEOPLE = frozenset(["he", "she", "they", "it"])
_FORMS = {
    "he": ("he", "his", "him", "himself"),
    "she": ("she", "her", "hers", "herself"),
    "they": ("they", "their", "them", "themselves"),
    "it": ("it", "its", "itself"),
}
PRONOUNS = {form: word for word, forms in _FORMS.items() for form in forms}
_FIRST = frozenset(
    ["i", "we", "you", "me", "us", "one", "what", "there", "that", "this", "these", "those", "which", "who"]
)
_LONGEST = 14  # tokens of a noun phrase that is shown whole
_OFFICE = frozenset(["compound", "nmod", "amod", "poss", "det"])  # what a name has in front of it
_ARTICLES = frozenset(["the", "a", "an"])
_OWNERS = frozenset(["PRP$", "WP$"])  # "his", "whose"
_RIGHT = frozenset(["prep", "acl", "amod"])
_NUMBERS = frozenset(["PERCENT", "DATE", "TIME", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"])
NAMED = frozenset(["person", "name", "place"])  # may be a person's name: the parser takes surnames for places
WORD = re.compile(r"\w[\w'’.-]*")


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody at one place: `span` is what to show, `words` their name or phrase in small letters without titles.

    `kind` is `person`, `name` (a proper name of whoever or whatever), `pronoun`, `first` (I, we, you), `role` (a person
    noun), `body`, `place`, `document`, `number` (a number, a date or an amount) or `other`.
    """

    sentence: int
    token: int
    span: Span
    words: tuple[str, ...]
    kind: str
    role: Span | None = None
    plural: bool = False


def of(document: Document, number: int, head: int) -> Mention:
    """The mention whose noun phrase has its head at token `head` of sentence `number`."""
    sentence = document.sentences[number]
    token = sentence.tokens[head]
    partitive = any(child.lower_ == "of" for child in token.children)  # "one of them"
    person_word = token.lemma_.lower() in lexicon.words("speaker_nouns", "person")
    first = token.lower_ in _FIRST and token.text not in {"US", "IT"}
    if not partitive and ((token.pos_ == "PRON" and not person_word) or first):
        word = PRONOUNS.get(token.lower_, token.lower_)
        kind = "pronoun" if word in _PEOPLE else "first"
        return Mention(number, head, sentence.spans[head], (word,), kind, plural=word in {"they", "we"})
    named = _name(sentence, token)
    if named:
        return _person(document, number, token, named)
    kind = _kind(_last_part(sentence, token))
    apposed = _apposed(sentence, token) or _apposed_to(token)
    if apposed is not None and (kind == "role" or apposed.ent_type_ == "PERSON"):
        person = _person(document, number, apposed, _name(sentence, apposed) or _run(sentence, apposed))
        office = _office(token)
        role = None if office is None else _role_phrase(sentence, office)
        return Mention(number, head, person.span, person.words, "person", role)
    name = _behind(sentence, token) if kind in {"role", "body"} else None
    if name is not None:
        return of(document, number, name.i)
    called = _called(token) if kind in {"role", "body"} else None
    span = phrase(sentence, called or token, short=kind != "role")
    words = tuple(word.lower() for word in WORD.findall(document.text[slice(*span)])) or (token.lower_,)
    role = None if called is None else _role_phrase(sentence, token)
    return Mention(number, head, span, words, kind, role, plural=token.tag_ in {"NNS", "NNPS"})


def _last_part(sentence: Sentence, token: Any) -> Any:
    """The last part of a hyphenated word, of which the parser may take the first for the head: "his ex-wife"."""
    tokens = sentence.tokens
    while not token.whitespace_ and token.i + 2 < len(tokens) and tokens[token.i + 1].text == "-":
        last = tokens[token.i + 2]
        if tokens[token.i + 1].whitespace_ or last.pos_ not in {"NOUN", "PROPN"}:
            break
        token = last
    return token


def _apposed(sentence: Sentence, token: Any) -> Any:
    """The head of a name in apposition to a noun: by the parse, or behind the comma that ends its phrase."""
    preposition = grammar.child_of(token, "prep")
    served = None if grammar.is_joined(preposition) else grammar.child_of(preposition, "pobj")
    if token.dep_ == "poss" or (served is not None and lexicon.holds("speaker_nouns", ("title",), served.lower_)):
        return None  # neither the owner of "the firm's director, Ann Lee" nor "a spokesman for the director, Ann Lee" is she
    inner = (
        each if each.pos_ == "PROPN" else grammar.child_of(each, "appos")
        for each in token.children
        if each.dep_ == "appos"
    )
    child = next((each for each in inner if each is not None and each.pos_ == "PROPN" and not _is_title(each)), None)
    if child is not None:
        return child  # also "its author, the botanist Ann Lee"
    tokens = sentence.tokens
    comma = next((part.i for part in tokens[token.i :] if part.text == ","), len(tokens))
    between = tokens[token.i + 1 : comma]
    if len(between) > _LONGEST or any(part.pos_ in {"VERB", "AUX", "PUNCT"} for part in between):
        return None
    last = comma
    while last + 1 < len(tokens) and tokens[last + 1].pos_ == "PROPN":
        last += 1
    closed = last + 1 >= len(tokens) or tokens[last + 1].text in {",", ".", "-", ";", ":"}
    return tokens[last] if last - comma > 1 and closed else None


def _behind(sentence: Sentence, token: Any) -> Any:
    """The head of the name right behind an office that is a subject of its own to the parse: "party boss Ann Lee said".

    Also behind several offices of one person: "founder, owner and chef Ann Lee said".
    """
    if token.dep_ not in grammar.SUBJECTS:
        return None
    bare = token.tag_ == "NN" and grammar.child_of(token, "det", "poss") is None
    beside = [child for child in token.head.children if child.dep_ == token.dep_] + [*token.conjuncts] * bare
    names = [other for other in beside if other.pos_ == "PROPN" and other.i > token.i]
    if not names:
        return None
    before = sentence.tokens[_run(sentence, names[0])[0].i - 1]
    return names[0] if before.pos_ == "NOUN" else None


def _office(token: Any) -> Any:
    """The person noun that a noun is, or whose object it is: "secretary" of "the secretary of the council"."""
    inner = token.dep_ == "pobj" and token.head.head.pos_ in {"NOUN", "PROPN"} and _kind(token) != "role"
    office = token.head.head if inner else token
    nobody = office.lower_ in lexicon.words("speaker_nouns", "anybody")  # "One of them, Ines Palm,"
    return office if not nobody and (_is_title(office) or _kind(office) == "role") else None


def _called(token: Any) -> Any:
    """The head of the name in apposition to a body: "the operator Norlink Marine", "the union, SITCAR,"."""
    names = (child for child in token.children if child.dep_ == "appos" and child.pos_ == "PROPN")
    return next((name for name in names if name.ent_type_ == "ORG"), None)


def _apposed_to(token: Any) -> Any:
    """The name that a noun is in apposition to: "Jo Tan, a phonetician, who points out …"."""
    named = token.dep_ == "appos" and token.pos_ == "NOUN" and token.head.ent_type_ == "PERSON"
    return token.head if named else None


def _person(document: Document, number: int, token: Any, named: list[Any]) -> Mention:
    """A person: the name without the titles and offices in front of it, which are the role."""
    sentence = document.sentences[number]
    first = _first_name(named)
    span = (sentence.spans[first.i][0], sentence.spans[named[-1].i][1])
    words = tuple(part.lower_.strip(".") for part in named[first.i - named[0].i :] if part.text[0].isalnum())
    words = words or (token.lower_,)
    return Mention(number, token.i, span, words, "person", _role(sentence, token, first.i))


def _first_name(named: list[Any]) -> Any:
    """Where the name starts: behind the last title or person noun, else where the entity does."""
    start = max((at + 1 for at, part in enumerate(named[:-1]) if _is_title(part)), default=0)
    inside = [at for at in range(start, len(named)) if named[at].ent_type_ == "PERSON"]
    if inside and named[start].ent_type_ in {"ORG", "GPE", "NORP"}:
        start = inside[0]
    while start < len(named) - 1 and not named[start].text[0].isalnum():
        start += 1
    return named[start]


def _is_title(token: Any) -> bool:
    return lexicon.holds("speaker_nouns", ("person", "title"), token.lower_.strip(".").rpartition("-")[2])


def _name(sentence: Sentence, token: Any) -> list[Any]:
    """The tokens of the personal name that ends at `token`; none where it is no person's."""
    if token.pos_ != "PROPN" or token.i in sentence.folded:
        return []
    nouns = lexicon.by_kind("speaker_nouns")
    parts = _run(sentence, token)
    before = sentence.tokens[parts[0].i - 1] if parts[0].i else None
    office = before is not None and (before.text[0].islower() or not before.i) and len(parts) > 1
    titled = (any(map(_is_title, parts[:-1])) or (office and _is_title(before))) and not _is_title(parts[-1])
    if any(part.ent_type_ == "PERSON" for part in parts) or titled:
        article = any(child.dep_ == "det" and child.lower_ == "the" for child in token.children)
        if parts[-1].lower_ in nouns["body"] | nouns["document"] or (article and _first_name(parts) is parts[0]):
            return []
        return parts
    return []


def _run(sentence: Sentence, token: Any) -> list[Any]:
    """The row of capitalised words, with hyphens and the small words of a person's name, that ends at `token`."""
    tokens, first = sentence.tokens, token.i
    while first > 0 and first - 1 not in sentence.folded:
        before = tokens[first - 1]
        hyphen = before.text in {"-", "’", "'"} and not before.whitespace_
        small = before.text[0].islower() or before.tag_ == "MD"  # "Anna van der Meer", "Will Stone"
        inside = small and tokens[first].ent_type_ == "PERSON" and tokens[first].ent_iob_ == "I"
        named = before.pos_ == "PROPN" and before.ent_type_ != "DATE" and before.text[0].isupper()
        if not (hyphen or inside or named):
            break
        first -= 1
    while (tokens[first].is_punct or tokens[first].text[0].islower()) and first < token.i:
        first += 1
    return list(tokens[first : token.i + 1])


def _role(sentence: Sentence, token: Any, first: int) -> Span | None:
    """The role beside a name: "club chairman Ann Lee", "Ann Lee, the club's chairman,"; "Mr" is none."""
    beside = next((child.i for child in token.children if child.dep_ == "conj"), len(sentence.tokens))
    apposed = next(
        (
            child
            for child in token.children
            if child.dep_ == "appos" and child.pos_ == "NOUN" and token.i < child.i < beside
        ),
        None,
    )  # behind "Ann Lee and Jo Tan," it is the other's
    if apposed is not None and apposed.lemma_.lower() in lexicon.words("speaker_nouns", "person", "title"):
        between = {child.lower_ for child in token.children if token.i < child.i < apposed.i}
        return None if between & {"not", "longer"} else _role_phrase(sentence, apposed)
    title = _first_office(sentence, first)
    before = sentence.tokens[title - 2] if title > 1 and sentence.tokens[title - 1].text == "," else None
    office = _office(before) if before is not None and before.pos_ in grammar.HEADS else None
    if office is not None and office.dep_ not in {"pobj", "dobj"}:
        return _role_phrase(sentence, office)
    if title == first or sentence.tokens[first - 1].lower_.strip(".") in lexicon.words("speaker_nouns", "courtesy"):
        return None
    left = [child for child in token.children if child.i < first and child.dep_ in _OFFICE]
    start = min(_leftmost(sentence, part) for part in (sentence.tokens[title], *left))
    start = max([_leftmost(sentence, sentence.tokens[start]), *(at + 1 for at in sentence.folded if at < title)])
    start = title if first - start > _LONGEST else start  # more than a role, torn off by the parse
    if start < title and (sentence.tokens[start].lower_ in _ARTICLES or sentence.tokens[start].tag_ in _OWNERS):
        start += 1
    return (sentence.spans[start][0], sentence.spans[first - 1][1])


def _first_office(sentence: Sentence, first: int) -> int:
    """Where the row of titles and offices begins that stands right in front of a name: "minister of justice", "songwriter"."""
    tokens, at = sentence.tokens, first
    while at:
        before = tokens[at - 1]
        noun = before.tag_ == "NN" and before.dep_ in _OFFICE and before.text[0].islower() and not before.ent_type_
        if (noun and not lexicon.holds("quotation_cues", ("speech", "belief"), before.lower_)) or _is_title(before):
            at -= 1
        elif at < first and at > 1 and before.lower_ == "of" and _is_title(tokens[at - 2]):
            at -= 2
        else:
            break
    return at


def _kind(token: Any) -> str:
    nouns = lexicon.by_kind("speaker_nouns")
    lemma = token.lemma_.lower()
    if token.ent_type_ in _NUMBERS and lemma not in nouns["person"]:
        of = next((child for child in token.children if child.lower_ == "of"), None)
        whole = next((child for child in of.children if child.dep_ == "pobj"), None) if of is not None else None
        return "number" if whole is None else _kind(whole)  # "two of the families"
    for kind, name in (("document", "document"), ("body", "body"), ("role", "person")):
        if lemma in nouns[name]:
            return kind
    article = any(child.dep_ == "det" for child in token.children)
    if token.pos_ == "PROPN" and not article:
        return "place" if token.ent_type_ in {"GPE", "LOC", "FAC"} else "name"
    return "body" if token.pos_ == "PROPN" or token.ent_type_ in {"ORG", "NORP", "GPE"} else "other"


def phrase(sentence: Sentence, token: Any, *, short: bool = False) -> Span:
    """The noun phrase of a head as it stands: what is left of it, and prepositions and participles right behind it."""
    left = _leftmost(sentence, token)
    return (sentence.spans[left][0], sentence.spans[_rightmost(sentence, token, left, short=short)][1])


def _role_phrase(sentence: Sentence, token: Any) -> Span:
    """The phrase of a role, without an owner whom only a pronoun names: "president" of "its president"."""
    left = _leftmost(sentence, token)
    start = left + 1 if left < token.i and sentence.tokens[left].tag_ in _OWNERS else left
    return (sentence.spans[start][0], phrase(sentence, token, short=True)[1])


def _leftmost(sentence: Sentence, token: Any) -> int:
    tokens, left = sentence.tokens, int(token.i)
    for child in sorted(token.lefts, key=lambda child: -child.i):
        if child.dep_ == "poss" and token.pos_ == "PROPN" and not (_is_title(token) or _is_one_name(child, token)):
            break  # "Japan's Mirai Motor"
        if any(part.i in sentence.folded for part in child.subtree):
            break  # a quotation in front of its speaker
        if child.dep_ in _LEFT and child.tag_ != "WRB" and child.right_edge.i == left - 1:
            left = child.left_edge.i
        elif child.dep_ not in _LEFT:
            break
    while (
        left > 0
        and not tokens[left - 1].whitespace_
        and (tokens[left - 1].text == "-" or tokens[left - 1].pos_ not in {"PUNCT", "SPACE"})
    ):
        left -= 1
    while tokens[left].is_punct and left < token.i:
        left += 1
    return left


def _is_one_name(first: Any, last: Any) -> bool:
    """Whether the parser takes two tokens and what is between for one name: "the Hospital Workers' Union"."""
    return all(token.ent_iob_ == "I" for token in last.doc[first.i + 1 : last.i + 1])


def _without_asides(tokens: Sequence[Any], head: int, right: int) -> int:
    """Where a noun phrase ends in front of a comma and what is only told beside: "a lawyer for the firm, who was not named"."""
    asides = (part.left_edge.i for part in tokens[head + 1 : right + 1] if part.dep_ in {"relcl", "appos"})
    return min((first - 2 for first in asides if first > head + 1 and tokens[first - 1].text == ","), default=right)


def _rightmost(sentence: Sentence, token: Any, left: int, *, short: bool) -> int:
    tokens, right = sentence.tokens, int(_last_part(sentence, token).i)
    for child in token.rights:
        hyphen = child.text == "-" and not child.whitespace_  # "editor-in-chief"
        if hyphen or (child.dep_ == "case" and token.dep_ != "poss"):  # "Moody's"
            right = child.i
            continue
        cited = child.dep_ == "acl" and (short or child.lemma_.lower() in {"quote", "cite"})
        near = child.left_edge.i == right + 1 and child.right_edge.i - left < _LONGEST
        if cited or not near or child.dep_ not in _RIGHT | {"cc", "conj"}:
            break
        right = _without_asides(tokens, token.i, child.right_edge.i)
    while right > token.i and (tokens[right].is_punct or tokens[right].dep_ == "cc"):
        right -= 1
    if tokens[right].pos_ == "ADP":  # the parse tore its object away
        while right + 1 < len(tokens) and tokens[right + 1].pos_ in {"PROPN", "NOUN", "DET", "ADJ"}:
            right += 1
    return right
