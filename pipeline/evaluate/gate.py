"""The quality gate: figures against pinned floors. What fell is named; a floor without a figure has fallen, too."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pipeline.errors import RunError, UsageError
from pipeline.evaluate.figures import HELD_OUT, OURS, UNSEEN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

AT_LEAST, AT_MOST = "at_least", "at_most"
BENCH_FLOORS: Final = "held_out"
"""Section of the floors that hold for a bench folder, and for the figures in the model card."""
CHANGE: Final = "change: "
"""Names of figures that are measured on changed pages begin so."""


class QualityError(RunError):
    """Figures fell below what is pinned."""

    def __init__(self, fell: list[str], figures: dict[str, Any]) -> None:
        super().__init__("the quality gate does not hold:\n" + "\n".join(f"  {sentence}" for sentence in fell))
        self.figures = figures


@dataclass(frozen=True, slots=True)
class Bound:
    """One pinned number."""

    name: str
    sense: str
    """``at_least`` or ``at_most``."""
    value: float


def read_floors(file: Path, section: str) -> tuple[Bound, ...]:
    """The bounds of one section of the file: ``[section.at_least]`` and ``[section.at_most]``, name to number.

    :raises UsageError: the file cannot be read, or has no bound in this section: such a gate could not fail.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get(section, {})
        bounds = tuple(
            Bound(name, sense, float(value)) for sense in (AT_LEAST, AT_MOST) for name, value in table[sense].items()
        )
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, AttributeError, TypeError, ValueError) as error:
        raise UsageError(
            f"{file}: [{section}.{AT_LEAST}] and [{section}.{AT_MOST}] must be tables of numbers ({error!r})"
        ) from error
    if not bounds:
        raise UsageError(f"{file}: nothing is pinned in [{section}]: the gate could not fail")
    return bounds


def fallen(bounds: tuple[Bound, ...], found: Mapping[str, float]) -> list[str]:
    """One sentence for each bound that does not hold; empty if all hold."""
    sentences = []
    for bound in bounds:
        value = found.get(bound.name)
        if value is None:
            sentences.append(f"{bound.name}: no figure, pinned {bound.sense.replace('_', ' ')} {bound.value:g}")
        elif not (value >= bound.value if bound.sense == AT_LEAST else value <= bound.value):  # not a number has fallen
            sentences.append(f"{bound.name}: {value:g}, pinned {bound.sense.replace('_', ' ')} {bound.value:g}")
    return sentences


def check(bounds: tuple[Bound, ...], figures: dict[str, Any]) -> None:
    """Hold the figures of an evaluation against the bounds.

    :raises QualityError: naming what fell.
    """
    fell = fallen(bounds, gate_figures(figures))
    if fell:
        raise QualityError(fell, figures)


def gate_figures(figures: dict[str, Any]) -> dict[str, float]:
    """The figures of an evaluation that can be pinned, by name; those of pages that were seen in training are none.

    ``word F1: GROUP``; ``lead over PEER: GROUP`` (ours minus theirs); ``kinds right``, ``chrome removed``,
    ``titles right: TYPE``, ``words lost on clean pages: TYPE`` (shares); ``change: GROUP, CHANGE``.
    """
    found: dict[str, float] = {}
    held = figures["sections"].get(HELD_OUT) or figures["sections"].get(UNSEEN)
    if held is None:
        return found
    for group, own in held["quality"].items():
        found[f"word F1: {group}"] = own["word_f1"][OURS]["mean"]
        found |= {f"lead over {peer}: {group}": value["mean"] for peer, value in own["ours_minus"].items()}
    if "kinds" in held:
        found["kinds right"] = held["kinds"]["right"]
        found["chrome removed"] = held["kinds"]["removed"]
        for page_type, outcome in held["titles"].items():
            if outcome["printed"]:
                found[f"titles right: {page_type}"] = round(outcome["right"] / outcome["printed"], 4)
    if "clean_pages" in figures and figures["in_sample"] == 0:
        for page_type, own in figures["clean_pages"].items():
            found[f"words lost on clean pages: {page_type}"] = own["words_lost_share"]
    for group, changes in figures.get("changes", {}).items() if figures["in_sample"] == 0 else ():
        found |= {f"{CHANGE}{group}, {name}": own["change"] for name, own in changes.items()}
    return found
