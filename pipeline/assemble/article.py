"""The last step on a page by itself: from labelled lines to an article with text, fields and captions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.assemble.blocks import paragraphs_of
from pipeline.assemble.fields import captions_of, metadata_of
from pipeline.assemble.settle import draft, settle
from pipeline.records import Article

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.label.labeller import Labeller
    from pipeline.records import Label, Page
    from pipeline.settings import NormaliseSettings, SplitSettings


def assemble(
    page: Page, labels: Sequence[Label], labeller: Labeller, *, split: SplitSettings, normalise: NormaliseSettings
) -> Article:
    """The article that the lines of ``page`` make up.

    :param labels: the verdicts on ``page.lines``, by labeller, templates and corrections; aligned.
    :param labeller: looks at the kept text once more, so that cleaning it again would change nothing.
    :returns: labels aligned with ``page.lines``; body text made of body lines only.
    """
    return assemble_all([page], [labels], labeller, split=split, normalise=normalise)[0]


def assemble_all(
    pages: Sequence[Page],
    labels: Sequence[Sequence[Label]],
    labeller: Labeller,
    *,
    split: SplitSettings,
    normalise: NormaliseSettings,
) -> list[Article]:
    """``assemble`` for many pages; each article is the same as alone, but the labeller is called once for all."""
    first = [draft(page, verdict, split, normalise) for page, verdict in zip(pages, labels, strict=True)]
    settled = settle(first, labeller, split, normalise)
    return [
        Article(
            page=last.page,
            labels=last.labels,
            metadata=metadata_of(last.page, before.labels, last.text),
            captions=captions_of(last.page, last.labels),
            paragraphs=paragraphs_of(last.page, last.blocks),
        )
        for before, last in zip(first, settled, strict=True)
    ]
