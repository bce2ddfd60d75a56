"""The two plots in words, a line a setting: under the picture for everybody, and inside it for who has it read aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.evaluation.evaluate import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrieval.evaluation.report.curves import Bin
    from retrieval.evaluation.report.findings import Setting


def coverage(settings: Sequence[Setting]) -> str:
    """What is answered and goes wrong at the bar in use, and would without one."""
    return "\n".join(name + _coverage(setting) for name, setting in _named(settings))


def reliability(settings: Sequence[Setting]) -> str:
    """The calibration error."""
    return "\n".join(name + _error(setting) for name, setting in _named(settings))


def bins(settings: Sequence[Setting]) -> str:
    """Each bin that has questions: too much to read below a picture, all that the picture shows."""
    return "\n".join(name + "; ".join(map(_bin, setting.bins)) + "." for name, setting in _named(settings))


def _named(settings: Sequence[Setting]) -> list[tuple[str, Setting]]:
    return [
        (f"{letter}: " if len(settings) > 1 else "", setting) for letter, setting in zip("AB", settings, strict=False)
    ]


def _coverage(setting: Setting) -> str:
    if not setting.curve.points:
        return "No question was asked whose first passage is right or wrong."
    error = f"Were every question answered, {setting.curve.points[-1].error:.1%} of the answers would be wrong."
    bar = setting.curve.bar
    if bar is None:
        return f"No question got an answer. {error}"
    return (
        f"The bar in use answers {bar.coverage:.1%} of the questions, those with a confidence of {bar.confidence:.2f} "
        f"or more; {bar.error:.1%} of these answers are wrong. {error}"
    )


def _error(setting: Setting) -> str:
    error = setting.groups[ALL]["calibration error"].value
    return "No confidence to judge." if error is None else f"Expected calibration error {error:.3f}."


def _bin(bin_: Bin) -> str:
    place = f"confidence {bin_.low:.1f} to {bin_.high:.1f}: {bin_.questions} questions"
    return f"{place}, sure {bin_.confidence:.2f}, right {bin_.right.value:.2f}" if bin_.questions else place
