"""Our own answer to a labelled page: the whole road of one input, from its text to what an article keeps of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pipeline.assemble.article import assemble_all
from pipeline.label.page_type import called
from pipeline.read.load import read_file
from pipeline.records import FileRef, Hints, Kind, KnownPage, Label, Metadata, Page, Quarantined, RawPage, Skipped
from pipeline.settings import NormaliseSettings, ReadSettings, SplitSettings
from pipeline.split.page import split_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.label.labeller import TypingLabeller
    from pipeline.split.breaks import Boundaries

_TOGETHER: Final = 200
"""Pages labelled in one call; bounds the memory, not the result."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one page."""

    text: str
    """What is kept, and the dek; empty where the page could not be read."""
    labels: dict[int, Label]
    """Final verdict on each line by its number in the input, from 1; of a line that was cut, that on its first part."""
    metadata: Metadata = field(default_factory=Metadata)
    """The article's fields; nothing where the page could not be read."""


def text_input(text: str) -> RawPage:
    """A plain text file of this content."""
    return RawPage("bench", "bench", "text", text, "utf-8", "0" * 64, len(text))


def html_input(path: Path, url: str | None = None) -> RawPage | Quarantined:
    """A saved HTML file, read as a run reads it.

    :param url: where it was fetched, as a crawler knows it.
    """
    reference = FileRef(str(path.parent), path.name, str(path), path.stat().st_size, Hints(url=url or None))
    found = next(iter(read_file(reference, ReadSettings())))
    # Only records of archives are skipped, and nobody was asked what is known.
    assert not isinstance(found, Skipped | KnownPage)
    return found


def page_of(raw: RawPage | Quarantined, boundaries: Boundaries | None = None) -> Page | None:
    """The page as a run with the default settings splits it, or None where it has none; ``boundaries`` as in
    ``split_page``.
    """
    read = raw if isinstance(raw, Quarantined) else split_page(raw, SplitSettings(), NormaliseSettings(), boundaries)
    return read if isinstance(read, Page) else None


def answers(
    labeller: TypingLabeller, inputs: Sequence[RawPage | Quarantined], boundaries: Boundaries | None = None
) -> list[Answer]:
    """One answer for each input, in order, with the default settings of a run; ``boundaries`` as in ``split_page``."""
    split, normalise = SplitSettings(), NormaliseSettings()
    given: list[Answer] = []
    for start in range(0, len(inputs), _TOGETHER):
        pages = [page_of(raw, boundaries) for raw in inputs[start : start + _TOGETHER]]
        read = [page for page in pages if page is not None]
        typed = labeller.label_typed(read)
        named = [called(page, kind) for page, (_, kind) in zip(read, typed, strict=True)]
        made = iter(assemble_all(named, [labels for labels, _ in typed], labeller, split=split, normalise=normalise))
        for page in pages:
            if page is None:
                given.append(Answer("", {}))
                continue
            article = next(made)
            dek = [text for text, label in _lines(page, article.labels) if label.kind is Kind.DEK]
            labels: dict[int, Label] = {}
            for line, label in zip(page.lines, article.labels, strict=True):
                labels.setdefault(line.number, label)
            given.append(Answer("\n".join([*dek, article.text]), labels, article.metadata))
    return given


def _lines(page: Page, labels: Sequence[Label]) -> Iterator[tuple[str, Label]]:
    return ((line.clean, label) for line, label in zip(page.lines, labels, strict=True))
