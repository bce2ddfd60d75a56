"""Outcomes → every number of the report, as records and as JSON."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrieval.evaluation.evaluate import ALL, FOREIGN, grouped, judge
from retrieval.evaluation.report import estimates

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrieval.evaluation.evaluate import Outcome
    from retrieval.evaluation.report.estimates import Measured

Pair = tuple["Asked", "Asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """An outcome, and its question's place in the file of questions, from 1."""

    number: int
    outcome: Outcome

    @property
    def label(self) -> str:
        """What to call the question: its id, else its place."""
        return f"no. {self.number}" if self.outcome.gold.id is None else str(self.outcome.gold.id)


@dataclass(frozen=True, slots=True)
class Setting:
    """One index on the questions; curve and bins are those of all questions but the foreign ones."""

    name: str
    asked: tuple[Asked, ...]
    groups: dict[str, Measured]
    curve: estimates.Curve
    bins: tuple[estimates.Bin, ...]

    @property
    def missed(self) -> tuple[Asked, ...]:
        """The questions that went wrong, in their order."""
        return tuple(asked for asked in self.asked if not asked.outcome.well)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a setting does otherwise than another: its measures less the other's, and the questions that changed.

    A question is won or lost by its first passage, or by silence where the articles do not answer; `otherwise` are
    those as well answered as before with another verdict, or with a highlight that became right or wrong.
    """

    other: Setting
    differences: dict[str, Measured]
    won: tuple[Pair, ...]
    lost: tuple[Pair, ...]
    otherwise: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a report tells."""

    sizes: dict[str, int]
    setting: Setting
    comparison: Comparison | None

    @property
    def settings(self) -> tuple[Setting, ...]:
        """The setting, and the other one where there is one."""
        return (self.setting, self.comparison.other) if self.comparison else (self.setting,)


def find(
    outcomes: Sequence[Outcome], compared: Sequence[Outcome] | None = None, *, name: str, compared_name: str
) -> Findings:
    """The findings over the outcomes of one setting, or of two on the same questions.

    Raises `ValueError` where the questions differ.
    """
    setting = _setting(name, outcomes)
    sizes = {group: len(members) for group, members in grouped(outcomes).items()}
    return Findings(sizes, setting, None if compared is None else _compared(setting, _setting(compared_name, compared)))


def as_object(findings: Findings) -> dict[str, Any]:
    """The same numbers as JSON."""
    record = {
        "questions": findings.sizes,
        "bootstrap": {"draws": estimates.DRAWS, "level": estimates.LEVEL, "seed": estimates.SEED},
        "settings": [_setting_object(setting) for setting in findings.settings],
    }
    return record if findings.comparison is None else {**record, "comparison": _comparison_object(findings.comparison)}


def _setting(name: str, outcomes: Sequence[Outcome]) -> Setting:
    groups = {group: judge(members) for group, members in grouped(outcomes).items()}
    return Setting(
        name=name,
        asked=tuple(Asked(number, outcome) for number, outcome in enumerate(outcomes, start=1)),
        groups={group: estimates.measured(judged) for group, judged in groups.items()},
        curve=estimates.curve(groups[ALL]),
        bins=estimates.bins(groups[ALL]),
    )


def _compared(setting: Setting, other: Setting) -> Comparison:
    ours, theirs = ([asked.outcome for asked in side.asked] for side in (setting, other))
    if [outcome.gold for outcome in ours] != [outcome.gold for outcome in theirs]:
        raise ValueError("a comparison needs the same questions in the same order")
    groups = zip(grouped(ours).items(), grouped(theirs).values(), strict=True)
    pairs = list(zip(setting.asked, other.asked, strict=True))
    return Comparison(
        other=other,
        differences={name: estimates.differences(judge(first), judge(second)) for (name, first), second in groups},
        won=tuple(pair for pair in pairs if _well(pair) == (True, False)),
        lost=tuple(pair for pair in pairs if _well(pair) == (False, True)),
        otherwise=tuple(pair for pair in pairs if len(set(_well(pair))) == 1 and _kind(pair[0]) != _kind(pair[1])),
    )


def _well(pair: Pair) -> tuple[bool, bool]:
    return pair[0].outcome.well, pair[1].outcome.well


def _kind(asked: Asked) -> tuple[str, bool]:
    return asked.outcome.answer.verdict, asked.outcome.highlighted


def _setting_object(setting: Setting) -> dict[str, Any]:
    return {
        "name": setting.name,
        "measures": _groups_object(setting.groups),
        "coverage and error": [dataclasses.asdict(point) for point in setting.curve.points],
        "bar": dataclasses.asdict(setting.curve.bar) if setting.curve.bar else None,
        "reliability": [dataclasses.asdict(bin_) for bin_ in setting.bins],
        "missed": _asked_objects(setting.missed),
    }


def _comparison_object(comparison: Comparison) -> dict[str, Any]:
    return {
        "differences": _groups_object(comparison.differences),
        "won": _asked_objects(ours for ours, _ in comparison.won),
        "lost": _asked_objects(ours for ours, _ in comparison.lost),
        "otherwise": _asked_objects(ours for ours, _ in comparison.otherwise),
    }


def _groups_object(groups: dict[str, Measured]) -> dict[str, Any]:
    return {
        group: {name: dataclasses.asdict(estimate) for name, estimate in measured.items()}
        for group, measured in groups.items()
    }


def _asked_objects(asked: Iterable[Asked]) -> list[dict[str, Any]]:
    return [{"number": a.number, "id": a.outcome.gold.id, "foreign": a.outcome.gold.type == FOREIGN} for a in asked]
