"""Idempotence: cleaning a cleaned text changes nothing.

A labeller looks at a line's surroundings, so when the surroundings are gone it may judge what is left anew. Here
that is made a law by construction: the kept text is itself split and labelled, what the second verdict removes is
removed, with its kind and reason, and so on until a text comes back as it went in. That text is then what cleaning
gives for itself, whatever the labeller. Only for plain text: the text of an HTML page is no HTML page, so there is
nothing to repeat.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from pipeline.assemble.blocks import Block, blocks_of, gathered
from pipeline.assemble.repeats import mark_repeats
from pipeline.records import BODY, Kind, Label, Page, Quarantined, RawPage
from pipeline.split.page import split_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.label.labeller import Labeller
    from pipeline.settings import NormaliseSettings, SplitSettings


MAX_RETOLD = 8
"""Rounds in which only the cutting of a huge line changes; one is enough unless the text was made to be nasty."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A page whose labels are decided but for settling."""

    page: Page
    labels: tuple[Label, ...]
    blocks: tuple[Block, ...]
    """The body blocks, as they stand in the text."""

    @property
    def text(self) -> str:
        """As ``Article.text``."""
        return "\n\n".join(block.text for block in self.blocks)


def draft(page: Page, labels: Sequence[Label], split: SplitSettings, normalise: NormaliseSettings) -> Draft:
    """One verdict applied to a page: repeats marked, body lines joined to paragraphs."""
    blocks = blocks_of(page, labels, normalise)
    marked = mark_repeats(page, labels, blocks)
    if marked != tuple(labels):
        blocks = blocks_of(page, marked, normalise)
    return Draft(page, marked, tuple(gathered(page, blocks, normalise, split.huge_line_chars)))


def settle(
    drafts: Sequence[Draft], labeller: Labeller, split: SplitSettings, normalise: NormaliseSettings
) -> list[Draft]:
    """The drafts with everything removed that a second cleaning would remove; in the order given.

    The labeller sees all texts of a round at once. Each round removes a block from each text that goes on, so it
    ends; real labellers need one or two rounds. The second look gets no hints and no source: a cleaned text has
    none. A line that a person corrected stays, even if the labeller would remove it.
    """
    result = list(drafts)
    open_ = [at for at, one in enumerate(result) if one.page.format == "text" and one.blocks]
    retold = [0] * len(result)
    while open_:
        again = [(at, page) for at in open_ if (page := _as_input(result[at], split, normalise)) is not None]
        verdicts = labeller.label([page for _, page in again])
        open_ = []
        for (at, page), labels in zip(again, verdicts, strict=True):
            second = draft(page, labels, split, normalise)
            if second.text == result[at].text:
                continue
            removed = _removed(result[at], second)
            if removed:
                result[at] = _without(result[at], second, removed)
            elif not _is_corrected(result[at]) and retold[at] < MAX_RETOLD:
                retold[at] += 1
                result[at] = _retold(result[at], second)
            else:
                continue
            if result[at].blocks:
                open_.append(at)
    return result


def _as_input(one: Draft, split: SplitSettings, normalise: NormaliseSettings) -> Page | None:
    content = one.text
    data = content.encode("utf-8", "surrogatepass")
    raw = RawPage(
        origin=one.page.origin,
        source="",
        format="text",
        content=content,
        encoding="utf-8",
        sha256=sha256(data).hexdigest(),
        size=len(data),
    )
    page = split_page(raw, split, normalise)
    return None if isinstance(page, Quarantined) else page


def _removed(first: Draft, second: Draft) -> dict[int, Label]:
    """The blocks of ``first`` that the second verdict removes, with that verdict; none that a person put in."""
    verdict: dict[int, Label] = {}
    for line, label in zip(second.page.lines, second.labels, strict=True):
        if label.kind not in BODY:
            verdict.setdefault(_block_of(line.number), label)
    return {
        at: label
        for at, label in verdict.items()
        if not any(first.labels[index].is_override for index in first.blocks[at].lines)
    }


def _block_of(line_number: int) -> int:
    """Blocks are parted by one blank line: block k is line 2k + 1 of the text."""
    return (line_number - 1) // 2


def _without(first: Draft, second: Draft, removed: Mapping[int, Label]) -> Draft:
    """``first`` without the removed blocks, their lines labelled as the second verdict says."""
    labels = list(first.labels)
    for at, label in removed.items():
        reason = label.reason
        if label.kind is Kind.DUPLICATE and reason.startswith("duplicate:"):
            other = first.blocks[_block_of(int(reason.removeprefix("duplicate:")))]
            reason = f"duplicate:{first.page.lines[other.lines[0]].number}"
        for index in first.blocks[at].lines:
            labels[index] = replace(first.labels[index], kind=label.kind, reason=reason)
    # Sentences of a huge line that stood apart may now stand side by side, but they are not gathered anew: the
    # paragraphs that were judged are the paragraphs that are kept.
    return Draft(first.page, tuple(labels), tuple(b for at, b in enumerate(first.blocks) if at not in removed))


def _retold(first: Draft, second: Draft) -> Draft:
    """``first`` with its blocks as the splitter reads them.

    It reads one otherwise than it was joined where normalising made a line so long that it is cut: its reading is
    the stable one.
    """
    blocks = tuple(
        Block(block.kind, block.text, first.blocks[_block_of(second.page.lines[block.lines[0]].number)].lines)
        for block in second.blocks
    )
    return Draft(first.page, first.labels, blocks)


def _is_corrected(one: Draft) -> bool:
    return any(label.is_override for label in one.labels)
