"""Windows of whole sentences cut out of a passage: with the answer, without it, or nearest to the question.

This module cuts the training texts. The product cuts by its own rules; the reader only has to see
windows of one to six sentences, some of them starting in the middle of a thought.
"""

from __future__ import annotations

import random
import re

Span = tuple[int, int]

MOST_WORDS = 110
_END = re.compile(r"(?<=[.!?][\"'”’)\]])\s+(?=\S)|(?<=[.!?])\s+(?=[\"'“‘(\[]?[A-Z0-9])|\n+")
_SHORT = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Sr|Jr|Prof|Gen|Col|Sgt|Lt|Rep|Sen|Gov|vs|No|U\.S|U\.K|e\.g|i\.e)|\b[A-Z])\.$"
)
_WORD = re.compile(r"\w+")
STOP = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "could", "did", "do", "does", "for",
    "from", "had", "has", "have", "he", "her", "his", "how", "i", "if", "in", "into", "is", "it", "its", "me", "many",
    "much", "not", "of", "on", "or", "she", "so", "some", "than", "that", "the", "their", "them", "then", "there",
    "these", "they", "this", "those", "to", "was", "we", "were", "what", "when", "where", "which", "who", "whom",
    "whose", "why", "will", "with", "would", "you", "your", "about", "after", "before", "said", "say", "says",
})  # fmt: skip


def sentences(text: str) -> list[Span]:
    """Half-open spans of the sentences of `text`, without the white space between them."""
    spans: list[Span] = []
    start = 0
    for gap in [*_END.finditer(text), None]:
        end = gap.start() if gap else len(text)
        if gap and _SHORT.search(text, start, end):
            continue
        if text[start:end].strip():
            spans.append((start, end))
        start = gap.end() if gap else end
    return spans


def content_words(text: str) -> frozenset[str]:
    """Lower-cased words of `text` that carry meaning."""
    return frozenset(word for word in _WORD.findall(text.lower()) if word not in STOP)


def window_with(text: str, spans: tuple[Span, ...], rng: random.Random) -> str:
    """A window that holds the first of `spans` whole: its sentences alone one time in three, or with neighbours."""
    cuts = sentences(text)
    inside = [i for i, (a, b) in enumerate(cuts) if a < spans[0][1] and b > spans[0][0]]
    if not inside:
        return text
    first, last = inside[0], inside[-1]
    if rng.random() < 0.34:
        return text[cuts[first][0] : cuts[last][1]]
    return _grown(text, cuts, (first, last), rng)


def window_near(text: str, question: str, rng: random.Random) -> str:
    """A window around the sentence that shares most words with `question`; one time in three that sentence alone."""
    cuts = sentences(text)
    if not cuts:
        return text
    wanted = content_words(question)
    best = max(range(len(cuts)), key=lambda i: (len(wanted & content_words(text[slice(*cuts[i])])), -i))
    if rng.random() < 0.34:
        return text[slice(*cuts[best])]
    return _grown(text, cuts, (best, best), rng)


def without_answer(text: str, spans: tuple[Span, ...], answers: tuple[str, ...]) -> str | None:
    """The longest run of sentences that neither touch `spans` nor hold one of `answers`; None when none is left."""
    runs: list[list[Span]] = [[]]
    for a, b in sentences(text):
        touched = any(a < end and b > start for start, end in spans)
        if touched or any(answer in text[a:b].lower() for answer in answers):
            runs.append([])
        else:
            runs[-1].append((a, b))
    best = max(runs, key=len)
    return text[best[0][0] : best[-1][1]] if best else None


def with_answer_cut_out(text: str, spans: tuple[Span, ...], answers: tuple[str, ...]) -> str | None:
    """`text` with every answering sentence taken out and the rest joined; None when nothing or all would go."""
    cuts = sentences(text)
    others = [
        text[a:b]
        for a, b in cuts
        if not any(a < end and b > start for start, end in spans)
        and not any(answer in text[a:b].lower() for answer in answers)
    ]
    return " ".join(others) if 0 < len(others) < len(cuts) else None


def _grown(text: str, cuts: list[Span], core: Span, rng: random.Random) -> str:
    """The sentences `core` (first, last index) with neighbours on either side, at most `MOST_WORDS` words."""
    first, last = core
    most = rng.randint(30, MOST_WORDS)
    while True:
        sides = [i for i in (first - 1, last + 1) if 0 <= i < len(cuts)]
        rng.shuffle(sides)
        for side in sides:
            low, high = min(first, side), max(last, side)
            if len(text[cuts[low][0] : cuts[high][1]].split()) <= most:
                first, last = low, high
                break
        else:
            return text[cuts[first][0] : cuts[last][1]]
