"""Pages that people corrected, as pages to learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.evaluate.bench import site_of
from pipeline.label.network.model import KINDS
from pipeline.label.sheet import units
from pipeline.records import BODY, Kind
from pipeline.train.lines import Lines, unasked
from pipeline.train.pages import FACTS, TrainingPage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.records import Label, Page
    from pipeline.sites.examples import Example

COPIES: Final = 3
"""Times a corrected page stands among the others: people correct a few pages, and mean it."""
_LEARNED_AS_BODY: Final = BODY | {Kind.DEK}
"""The labelled corpora count the dek as body."""


def corrected_pages(examples: Iterable[Example]) -> list[TrainingPage]:
    """The examples, each ``COPIES`` times; nothing is known of their markup."""
    pages = [_page(example.page, example.labels) for example in examples]
    return [page for page in pages for _ in range(COPIES)]


def _page(page: Page, labels: tuple[Label, ...]) -> TrainingPage:
    order = {kind: index for index, kind in enumerate(KINDS)}
    whole = units(page.lines)  # as the labeller sees them: hard-wrapped lines joined
    first = range(len(whole)) if whole.members is None else [members[0] for members in whole.members]
    decided = [labels[index].kind for index in first]
    return TrainingPage(
        corpus="corrections",
        page_id=page.id,
        site=site_of(page.hints.url or "", "", page.id),
        page_type="article",
        lines=Lines(
            tuple(whole.texts),
            np.array(whole.blank, dtype=np.bool_),
            np.array([kind in _LEARNED_AS_BODY for kind in decided], dtype=np.bool_),
            np.array([order[kind] for kind in decided], dtype=np.int64),
            np.full((len(whole), FACTS), -1, dtype=np.int8),
            unasked(len(whole)),
        ),
        truth="\n".join(text for text, kind in zip(whole.texts, decided, strict=True) if kind in BODY),
    )
