"""Who speaks by the layout of the page: labels in front of turns, and the name below a quotation.

A label stands in front of a line ("BOYD: It is safe", "Q (The Observer): Why?") or on a line of its own. With two or more
different labels each holds until the next one; where only one comes back
it is the interviewer's, and the paragraphs between are the interviewee's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from retrieval.speakers import document as documents
from retrieval.speakers.mentions import Mention
from retrieval.speakers.people import people_of
from retrieval.text import dialogue
from retrieval.text.dialogue import lines
from retrieval.text.normalize import CAPITALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.speakers.document import Document, Sentence
    from retrieval.speakers.people import People
    from retrieval.text.dialogue import Label
    from retrieval.types import Span

_NAME = rf"(?P<name>[{CAPITALS}][^\s,(]+(?: (?:[{CAPITALS}][^\s,(]*|de|van|von|al)){{1,4}})"
_SIGNER = re.compile(rf"{_NAME}(?:[,(].*)?")
_ABOVE = re.compile(rf"[ \t*_]*(?P<name>[{CAPITALS}][^\s:]+(?: [{CAPITALS}][^\s:]+){{0,3}}):[*_]*[ \t\r]*")
_POSTED = re.compile(r"[—–] (?P<name>[^()\n]{2,60}) \(@\w+\)")  # below an embedded post, with the writer's handle
_QUESTIONS = 4  # paragraphs that ask, in an interview without labels
# An interview without labels: the least share of answers with "I", and the least sum of it and the share of questions with "you".
_OWN_SHARE, _PERSONAL = 0.25, 0.7
_YOU = re.compile(r"\byou(?:rs?)?\b", re.IGNORECASE)
_I = re.compile(r"\bI\b")
_OWN = re.compile(r"\b(?:I|[Mm]e|[Mm]y|[Ww]e|us|[Oo]ur)\b")
_CREDITED = re.compile(r"(?:\bby|:|\bto|\bwith)\s*\Z", re.IGNORECASE)  # in front of a name
_AGE = re.compile(r", \d\d")
_CREDIT = re.compile(r"[^\n:]{0,30}:|by |words |photo", re.IGNORECASE)


def labels(read: Document, people: People) -> dict[int, Mention | None]:
    """Sentences that are turns of a dialogue or signed, with whose they are; `None` where nobody can tell."""
    front = dialogue.labels(read.text)
    owners = _turns(read, people, front) if front else _interview(read)
    rows, ends = list(lines(read.text)), _ends_of_blocks(read)
    if not front:
        owners = _lone_turns(read, people, rows) | owners
    for number, sentence in enumerate(read.sentences):
        if number in owners:
            continue
        if signer := _signer(read, number, ends[number]):
            owners[number] = _person(read, people, signer)
        elif above := _written_above(read, sentence, rows):
            person = _person(read, people, above)
            owners[number] = person if person.sentence >= 0 else None
    return owners


def _lone_turns(read: Document, people: People, rows: Sequence[Span]) -> dict[int, Mention | None]:
    """The sentences of lines in the first person behind somebody's label, which are too few for a dialogue."""
    speakers = [_who_says_i(read, people, row) for row in rows]
    at = (bisect_right(rows, (sentence.start, len(read.text))) - 1 for sentence in read.sentences)
    return {number: speaker for number, row in enumerate(at) if row >= 0 and (speaker := speakers[row])}


def _who_says_i(read: Document, people: People, row: Span) -> Mention | None:
    label = dialogue.inline(read.text, row)
    if label is None or not _OWN.search(read.text, label.span[1], row[1]):
        return None
    person = _person(read, people, label.span)
    timed = len(person.words) > 1 and any(map(str.isdigit, read.text[row[0] : label.span[0]]))  # "[00:12] Ann Lee:"
    return person if timed or person.sentence >= 0 else None


def _turns(read: Document, people: People, labels: list[Label]) -> dict[int, Mention | None]:
    names = {read.text[slice(*label.span)] for label in labels}
    alone = len(names) == 1
    interview = alone and 2 * len(dialogue.questions(read.text)) >= len(labels)  # the one label is the interviewer's
    asked = interview or any(
        dialogue.is_of_kind(name, "question") or dialogue.is_of_kind(name, "answer") for name in names
    )
    guest = _interviewee(read, labels[0].line[0]) if asked else None
    if alone:
        speaker = guest if interview else _named(read, people, labels[0], guest)
        if speaker is None or (speaker.sentence < 0 and speaker is not guest):
            return {}  # "Box 14:" or "Rumour:", nobody whom the article names
    starts = [label.line[0] for label in labels]
    fuller = dialogue.fuller(read.text, labels)
    sparse = dialogue.is_sparse(read.text, labels)
    owners: dict[int, Mention | None] = {}
    for number, sentence in enumerate(read.sentences):
        at = bisect_right(starts, sentence.start) - 1
        if at < 0 or (
            at + 1 == len(labels)
            and not interview
            and dialogue.is_closed(read.text, read.paragraphs, sentence.start, labels[at])
        ):
            continue
        own = sentence.start < labels[at].line[1]
        if sparse and not own:
            continue
        if interview and not own:
            owners[number] = guest
        else:
            label = fuller.get(read.text[slice(*labels[at].span)], labels[at])
            owners[number] = _named(read, people, label, guest)
        remark = dialogue.is_remark(read.text, (sentence.start, sentence.end), labels[at])
        if remark or (
            not own and dialogue.asks_the_next(read.text, read.paragraphs[sentence.paragraph], labels[at : at + 2])
        ):
            owners[number] = None
    return owners


def _named(read: Document, people: People, label: Label, guest: Mention | None) -> Mention | None:
    if dialogue.is_of_kind(read.text[slice(*label.span)], "answer"):
        return guest
    span = dialogue.named(read.text, label)
    return _person(read, people, span) if span else None


def _person(read: Document, people: People, span: Span) -> Mention:
    """Whom a label or a signature names, without the titles in front, which are the role."""
    shown, role = dialogue.name_and_role(read.text, span)
    name = tuple(word.lower().strip(".,").replace("’", "'") for word in read.text[slice(*shown)].split())
    known = people.fullest(name)
    return known if known and known.kind == "person" else Mention(-1, -1, shown, name, "person", role)


def _interview(read: Document) -> dict[int, Mention | None]:
    """Turns of an interview without labels: short paragraphs that ask, and what stands between them."""
    asks = [number for number, span in enumerate(read.paragraphs) if dialogue.is_question(read.text[slice(*span)])]
    answers = [number for number in range(asks[0], asks[-1] + 1) if number not in asks] if asks else []
    if len(asks) < _QUESTIONS or not len(asks) - 1 <= len(answers) <= 4 * len(asks):
        return {}
    own, addressed = _share(read, _I, answers), _share(read, _YOU, asks)
    if own < _OWN_SHARE or own + addressed < _PERSONAL:
        return {}  # questions that an outlet answers itself
    guest = _interviewee(read, read.paragraphs[asks[0]][0])
    if guest is None:
        return {}
    return {
        number: None if sentence.paragraph in asks or read.text[sentence.start] in "([" else guest
        for number, sentence in enumerate(read.sentences)
        if asks[0] <= sentence.paragraph <= asks[-1] + 1
    }


def _share(read: Document, pattern: re.Pattern[str], paragraphs: Sequence[int]) -> float:
    """The share of the paragraphs that a pattern occurs in, 0..1."""
    return sum(bool(pattern.search(read.text, *read.paragraphs[number])) for number in paragraphs) / len(paragraphs)


def _interviewee(read: Document, before: int) -> Mention | None:
    """The first person named above the questions who is not credited with the interview and owns nobody: "X's mother"."""
    # "You" is the guest, so a line with it speaks of others.
    intro = (line for line in lines(read.text[:before]) if not _YOU.search(read.text, *line))
    spans = [line for line in intro if not _CREDIT.match(read.text, line[0])]
    with_whom = None
    for mention in sorted(people_of(documents.read(read.text, spans)).full.values(), key=lambda each: each.span):
        start, end = mention.span
        name, ahead = read.text[start:end], read.text[end : end + 5]
        person = mention.kind == "person" or _AGE.match(ahead)
        masthead = read.text[slice(*spans[mention.sentence])].strip(" \t\r#*_") == name  # it fills its line
        if len(mention.words) < 2 or not person or name.isupper() or masthead or ahead[:1] in {"'", "’"}:
            continue
        credit = _CREDITED.search(read.text, max(0, start - 20), start)
        if credit is None:
            return mention
        if credit[0].strip().lower() == "with":
            with_whom = with_whom or mention  # "a conversation with" may name either
    return with_whom


def _written_above(read: Document, sentence: Sentence, rows: Sequence[Span]) -> Span | None:
    """The name with a colon that fills the line above the sentence's own: labels that are too few for a dialogue."""
    at = bisect_right(rows, (sentence.start, len(read.text))) - 1
    above = _ABOVE.fullmatch(read.text, *rows[at - 1]) if at > 0 else None
    return above.span("name") if above and not dialogue.is_of_kind(above["name"], "label") else None


def _ends_of_blocks(read: Document) -> list[int]:
    """For each sentence the last one of the block of quotation that it lies in; itself where it lies in none."""
    ends = list(range(len(read.sentences)))
    for number in reversed(range(len(ends) - 1)):
        if read.is_block_quotation(number) and read.is_block_quotation(number + 1):
            between = read.text[read.sentences[number].end : read.sentences[number + 1].start].split("\n")[1:]
            if all(line.startswith(">") for line in between):
                ends[number] = ends[number + 1]
    return ends


def _signer(read: Document, number: int, last: int) -> Span | None:
    """Who has signed a quotation that ends with sentence `last`, "— Ann Lee, curator" behind it or on the next line, or an embedded post."""
    sentence = read.sentences[number]
    end = read.text.find("\n", sentence.end)
    post = _POSTED.search(read.text, sentence.start, len(read.text) if end < 0 else end)
    if post or not (sentence.is_quotation or read.is_block_quotation(number)):
        return post.span("name") if post else None
    span = dialogue.signature(read.text, read.sentences[last].end)
    signer = _SIGNER.fullmatch(read.text, *span) if span else None
    return signer.span("name") if signer else None
