"""Several claims in one sentence → the one whose sentence it is, if that is certain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retrieval.speakers.reporting_clauses import Claim
    from retrieval.speakers.sources import Source
    from retrieval.speakers.tokens import Token
    from retrieval.types import Span

_MOST = 0.6  # the share of a sentence's words that a relative clause must have to speak for it
_SIDE_BY_SIDE = frozenset(["but", "and", "while", "whereas", "although", "though", "as"])


@dataclass(frozen=True, slots=True)
class Said:
    """A claim with who makes it; `source` is `None` where that is not certain."""

    claim: Claim
    source: Source | None
    via: Span | None = None


def main(tokens: Sequence[Token], said: Sequence[Said], words: Callable[[int, int], int]) -> Said | None:
    """The claim that has the sentence, its outlet included; `None` when two speak side by side.

    A claim inside what another one says is that one's, unless the outer one is an outlet that passes it on. A noun's
    claim ("Ann Lee's promise that") gives way to a verb's, and one in a relative clause ("what she calls") has no more
    than that clause. `words(first, last)` counts the words of rows, those inside quotations too.
    """
    beside = _side_by_side(tokens, said)
    strong = [one for one in beside if one.claim.kind == "verb"] or [one for one in beside if one.claim.kind == "noun"]
    if not strong:
        strong = [one for one in beside if _mostly(tokens, one.claim, words)]
    if len({one.source.words if one.source else () for one in strong}) != 1 or _second_half(tokens, strong[0].claim):
        return None
    return strong[0] if strong[0].source else None


def _second_half(tokens: Sequence[Token], claim: Claim) -> bool:
    """Does the claim stand behind a semicolon, so that what is before it is somebody else's, or nobody's?"""
    first = claim.source[0] if claim.source else 0
    return claim.place == "before" and first > 0 and tokens[first - 1].text == ";"


def _mostly(tokens: Sequence[Token], claim: Claim, words: Callable[[int, int], int]) -> bool:
    """Does the sentence end in "what experts call a relay: …", with most of its words behind the cue?"""
    start = claim.source[0] if claim.source else 0
    return start > 1 and words(claim.cue[1], len(tokens)) >= _MOST * words(0, len(tokens))


def _side_by_side(tokens: Sequence[Token], said: Sequence[Said]) -> list[Said]:
    kept: list[Said] = []
    for one in said:
        if not kept:
            kept.append(one)
        elif one.claim.source is None:
            continue  # ", adding that": the same one goes on
        elif one.claim.place == "behind":
            _close(tokens, kept, one)
        elif _starts_anew(tokens, one.claim.source[0]):
            kept.append(one)
        elif kept[-1].source and kept[-1].source.outlet and kept[-1].claim.place == "before" and one.source:
            kept[-1] = Said(one.claim, one.source, kept[-1].source.name)
    return kept


def _close(tokens: Sequence[Token], kept: list[Said], one: Said) -> None:
    """A claim that closes the sentence takes what it closes; a closing outlet has only passed it on."""
    source = one.claim.source
    passed_on = (
        one.source is not None
        and one.source.outlet
        and kept[-1].claim.kind != "relative"
        and kept[-1].source is not None
    )
    if passed_on and one.source:
        kept[-1] = Said(kept[-1].claim, kept[-1].source, kept[-1].via or one.source.name)
        return
    between = tokens[kept[-1].claim.cue[1] : source[0]] if source else []
    marks = [
        row for row, token in enumerate(between[:-1]) if token.text in ",;." and between[row + 1].low in _SIDE_BY_SIDE
    ]
    if kept[-1].claim.place == "behind" or marks:
        kept.append(one)
    else:
        kept[-1] = one


def _starts_anew(tokens: Sequence[Token], row: int) -> bool:
    previous = [token for token in tokens[max(0, row - 3) : row] if not token.low.endswith("ly")]
    if [token.text for token in previous[-2:]] == [",", "with"]:
        return True  # "…, with her lawyer saying"
    return bool(previous) and (previous[-1].low in _SIDE_BY_SIDE or previous[-1].text in ".;!?")
