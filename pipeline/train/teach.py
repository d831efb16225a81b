"""Softer targets: what networks say of lines on pages of sites that they have not seen.

Labels of the corpora are not consistent: of two like lines one is body and the other is not. A network that learns to
say which of the two is told noise. Networks that have not seen a page say how likely each of its lines is body; what is
then learned is half the label and half that (distillation of Hinton et al., "Distilling the knowledge in a neural
network", 2015, with cross-fitted teachers: one that has seen the page would repeat its labels).

A teacher misses two folds: the one whose pages it is asked about, and the one on which the network that it teaches is
judged. So nothing of a fold reaches, by way of a teacher, the network that is judged on it. The reading of HTML is
taught in the same way, by readings (``markup``).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from pipeline.evaluate.bench import fold_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.label.network.features import Singles
    from pipeline.label.network.model import Network
    from pipeline.train.lines import Lines
    from pipeline.train.pages import TrainingPage
    from pipeline.train.train import Settings

Pair = tuple[int, int]
"""The two folds that a teacher has not seen, the lesser one first."""
SEED: Final = 7
"""Added to the seed of those who learn: who teaches starts elsewhere."""
_OWN_WORD: Final = "corrections"
"""The corpus of pages that people corrected: they mean what they say."""


_Teacher = TypeVar("_Teacher")


def pairs(folds: int) -> list[Pair]:
    """The folds that each teacher misses; of two folds none, for nothing is left to learn from."""
    return list(combinations(range(folds), 2)) if folds > 2 else []


def asked_about(own: int, teachers: Mapping[Pair, _Teacher], fold: int | None) -> list[_Teacher]:
    """The teachers that have not seen the pages of a fold.

    :param fold: the fold that the learner is judged on, which they must not have seen either; None: it is not judged.
    """
    return [teacher for pair, teacher in teachers.items() if own in pair and (fold is None or fold in pair)]


def settings_of_teachers(settings: Settings) -> Settings:
    """As those of whom they teach, but from another seed, and one network each: all members learn from the same."""
    return replace(settings, seed=settings.seed + SEED, members=1)


def taught(
    pages: Sequence[TrainingPage], teachers: Mapping[Pair, Network], folds: int, fold: int | None
) -> list[TrainingPage]:
    """The pages with what teachers believe of each rendering; as they were where there are no teachers.

    :param fold: the fold that the learning network is judged on; None: it sees all, and all teachers that have not
        seen a page are asked about it, whose probabilities are averaged.
    """
    made = list(pages)
    for own in range(folds):
        asked = asked_about(own, teachers, fold)
        chosen = [
            index
            for index, page in enumerate(pages)
            if asked and page.corpus != _OWN_WORD and fold_of(page.site, folds) == own
        ]
        readings = [lines for index in chosen for lines in pages[index].renderings]
        softer = iter(_believed(readings, asked))
        for index in chosen:
            page = pages[index]
            made[index] = replace(
                page,
                lines=next(softer),
                others=tuple(next(softer) for _ in page.others),
                loose=tuple(next(softer) for _ in page.loose),
            )
    return made


def _believed(readings: Sequence[Lines], networks: Sequence[Network]) -> list[Lines]:
    """The lines with the mean of what the networks say."""
    texts, blanks = [lines.texts for lines in readings], [lines.blank.tolist() for lines in readings]
    scored = [network.score(texts, blanks) for network in networks]
    return [
        replace(lines, believed=_rounded(np.mean([scores.body for scores in own], 0)))
        for lines, own in zip(readings, zip(*scored, strict=True), strict=True)
    ]


def _rounded(chances: Any) -> Singles:
    """To hundredths: more digits say nothing."""
    return np.asarray(np.round(np.float32(100) * chances) / np.float32(100), dtype=np.float32)
