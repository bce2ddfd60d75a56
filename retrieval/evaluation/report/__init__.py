"""Outcomes → a folder with a page for people (measures, intervals, two plots, every miss), and the plots as files."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval.errors import BylineError
from retrieval.evaluation import metrics
from retrieval.evaluation.evaluate import ALL, Outcome, grouped, judge
from retrieval.evaluation.metrics import Bin, Curve, Measured

__all__ = ["Findings", "ReportError", "Setting", "check", "find", "write"]
_NEEDED = ("matplotlib", "jinja2")
Pair = tuple[Outcome, Outcome]


@dataclass(frozen=True, slots=True)
class Setting:
    """One index on the questions; curve and bins are those of all questions but the foreign ones."""

    name: str
    outcomes: tuple[Outcome, ...]
    groups: dict[str, Measured]
    curve: Curve
    bins: tuple[Bin, ...]

    @property
    def missed(self) -> tuple[Outcome, ...]:
        """The questions that went wrong, in their order."""
        return tuple(outcome for outcome in self.outcomes if not outcome.well)


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


def _setting(name: str, outcomes: Sequence[Outcome]) -> Setting:
    groups = {group: judge(members) for group, members in grouped(outcomes).items()}
    return Setting(
        name=name,
        outcomes=tuple(replace(outcome, number=number) for number, outcome in enumerate(outcomes, start=1)),
        groups={group: metrics.measured(judgements) for group, judgements in groups.items()},
        curve=metrics.curve(groups[ALL]),
        bins=metrics.bins(groups[ALL]),
    )


def _compared(setting: Setting, other: Setting) -> Comparison:
    ours, theirs = setting.outcomes, other.outcomes
    if [outcome.gold for outcome in ours] != [outcome.gold for outcome in theirs]:
        raise ValueError("a comparison needs the same questions in the same order")
    groups = zip(grouped(ours).items(), grouped(theirs).values(), strict=True)
    pairs = list(zip(ours, theirs, strict=True))
    return Comparison(
        other=other,
        differences={name: metrics.differences(judge(first), judge(second)) for (name, first), second in groups},
        won=tuple(pair for pair in pairs if _well(pair) == (True, False)),
        lost=tuple(pair for pair in pairs if _well(pair) == (False, True)),
        otherwise=tuple(pair for pair in pairs if len(set(_well(pair))) == 1 and _kind(pair[0]) != _kind(pair[1])),
    )


def _well(pair: Pair) -> tuple[bool, bool]:
    return pair[0].well, pair[1].well


def _kind(outcome: Outcome) -> tuple[str, bool]:
    return outcome.answer.verdict, outcome.highlighted


class ReportError(BylineError):
    """A report cannot be drawn or written."""


def check(folder: Path) -> None:
    """Make the folder, or raise `ReportError` where no report could be written to it: better before the questions."""
    for library in _NEEDED:
        try:
            importlib.import_module(library)
        except ImportError:
            raise ReportError(f"{library} is missing, --report draws with it: pip install 'byline[report]'") from None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None


def write(
    folder: Path,
    outcomes: Sequence[Outcome],
    compared: Sequence[Outcome] | None = None,
    *,
    name: str = "this index",
    compared_name: str = "the other index",
) -> Path:
    """Write `index.html`, `coverage.svg` and `reliability.svg`; returns the path of the page.

    The same outcomes give the same bytes. With `compared` (another index's outcomes on the same questions, in the same
    order) the page shows both and what changed. Raises `ReportError` where a library is missing or the folder cannot be
    written, `ValueError` where the questions differ.
    """
    check(folder)
    files = _files(find(outcomes, compared, name=name, compared_name=compared_name))
    try:
        for file, content in files.items():
            (folder / file).write_text(content, encoding="utf-8", newline="\n")
    except OSError as error:
        raise _unwritable(folder, error) from None
    return folder / "index.html"


def _files(numbers: Findings) -> dict[str, str]:
    from retrieval.evaluation.report import page  # what it needs is there only where reports are wanted

    settings = numbers.settings
    captions = page.captions(settings)
    drawings = {
        "coverage": page.coverage([setting.curve for setting in settings]),
        "reliability": page.reliability([setting.bins for setting in settings]),
    }
    return {
        "index.html": page.render(numbers, drawings, captions),
        **{f"{plot}.svg": drawing for plot, drawing in drawings.items()},
    }


def _unwritable(folder: Path, error: OSError) -> ReportError:
    return ReportError(
        f"{error.filename or folder}: the report cannot be written ({error.strerror or error}): "
        "name another folder or free space and rights there"
    )
