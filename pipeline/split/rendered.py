"""What both kinds of input become first: the lines a person would see."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipeline.records import SCRIPT

if TYPE_CHECKING:
    from pipeline.records import Markup


class RenderedLine(NamedTuple):
    """One non-blank line before it is normalised. A tuple, because it is made three times as fast as a dataclass."""

    number: int
    """1-based; blank lines count too."""
    text: str
    """Without surrounding white space."""
    blank_before: bool
    joined: bool = False
    """Whether it continues the hard-wrapped or preformatted paragraph of the line before."""
    tag: str = ""
    """HTML: nearest block element."""
    markup: Markup | None = None
    """HTML: what else the elements around it say."""
    shown: str | None = None
    """What a reader sees of it, where that is not its text: Markdown's marks and addresses left out."""
    parts: tuple[str, ...] = ()
    """Its blocks, in order, where the ends of blocks were lost in it; else empty."""
    unseen: frozenset[int] = frozenset()
    """Which of its parts no reader sees: scripts."""
    source: str = ""
    """HTML: the data that holds the line where the page does not show it (``embedded.Source``)."""
    margin: str = ""
    """HTML: the white space before it where it is preformatted."""

    def blocks(self) -> list[tuple[str, str]]:
        """The texts of its blocks in order, each with its tag; itself if it is one."""
        if not self.parts:
            return [(self.text, self.tag)]
        return [(block, SCRIPT if at in self.unseen else self.tag) for at, block in enumerate(self.parts)]
