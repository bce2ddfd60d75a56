"""Several claims in one sentence → the one whose sentence it is, if that is certain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from retrieval.speakers.claims import Claim
    from retrieval.speakers.sources import Source
    from retrieval.speakers.tokens import Token
    from retrieval.types import Span

_MAIN = 2.0  # how many times as many words the main speaker's part must have
_SIDE_BY_SIDE = frozenset(["but", "and", "while", "whereas", "although", "though", "as"])


@dataclass(frozen=True, slots=True)
class Said:
    """A claim with who makes it; `source` is `None` where that is not certain."""

    claim: Claim
    source: Source | None
    via: Span | None = None


def main(tokens: Sequence[Token], said: Sequence[Said], words: Callable[[int, int], int]) -> Said | None:
    """The claim that has the sentence, its outlet included; `None` when nobody has most of it.

    A claim inside what another one says is that one's, unless the outer one is an outlet that passes it on.
    `words(first, last)` counts the words of rows, those inside quotations too.
    """
    beside = _side_by_side(tokens, said)
    strong = [one for one in beside if not one.claim.weak]
    if not strong:
        return None
    parts: dict[tuple[str, ...], int] = {}
    first: dict[tuple[str, ...], Said] = {}
    unknown = ("",)
    for number, one in enumerate(strong):
        key = one.source.words if one.source else unknown
        first.setdefault(key, one)
        parts[key] = parts.get(key, 0) + words(*_reach(tokens, strong, number))
    ranked = sorted(parts, key=lambda key: -parts[key])
    if len(ranked) > 1 and parts[ranked[0]] < _MAIN * parts[ranked[1]]:
        return None
    winner = first[ranked[0]]
    return winner if winner.source else None


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
    passed_on = one.source is not None and one.source.outlet and not kept[-1].claim.weak and kept[-1].source is not None
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
    return bool(previous) and (previous[-1].low in _SIDE_BY_SIDE or previous[-1].text in ".;!?")


def _reach(tokens: Sequence[Token], said: Sequence[Said], number: int) -> tuple[int, int]:
    """The rows that one of several claims covers."""
    claim = said[number].claim
    source = claim.source or claim.cue
    if claim.place == "behind":
        start = max((max(one.claim.cue[1], (one.claim.source or one.claim.cue)[1]) for one in said[:number]), default=0)
        return start, min(source[0], claim.cue[0])
    following = said[number + 1].claim if number + 1 < len(said) else None
    if following is None:
        return claim.cue[1], len(tokens)
    return claim.cue[1], (following.source or following.cue)[0] if following.place == "before" else claim.cue[1]
