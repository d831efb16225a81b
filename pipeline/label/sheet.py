"""One page on the desk: its lines (hard-wrapped ones joined) and what is known of each before kinds are chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import ne
from typing import TYPE_CHECKING, Final, TypeVar, TypeVarTuple, cast

import numpy as np

from pipeline.label.features import TOLD, WIDE_LETTERS
from pipeline.label.network.model import KINDS
from pipeline.label.screen import bit_of
from pipeline.label.words import ARRAYS, Words
from pipeline.metadata.titles import letters
from pipeline.records import PREFORMATTED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.label.features import Bools, Floats
    from pipeline.label.network.codepoints import Hashes, Ints
    from pipeline.label.network.features import Singles
    from pipeline.label.rules import Rule
    from pipeline.records import Kind, Line, Markup, Metadata

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True, slots=True)
class Units:
    """The lines of a page as the labeller sees them, those of a hard-wrapped paragraph as one; columns."""

    texts: Sequence[str]
    blank: Sequence[bool]
    tags: tuple[str, ...]
    markup: Sequence[Markup] | None
    """None for plain text, for lines read back from a corpus, and without lines."""
    sources: tuple[str, ...]
    """Of lines that the page does not show: the data that holds them (``Line.source``)."""
    members: list[tuple[int, ...]] | None
    """Indices into ``page.lines``; None where each line is a unit."""
    together: tuple[slice, ...] = ()
    """Runs of units that are the lines of one preformatted paragraph: kept or not as one."""

    def __len__(self) -> int:
        return len(self.texts)

    def of_first(self, values: Sequence[bool | None]) -> list[bool | None]:
        """Of values for each line of the page, that of each unit's first line."""
        return list(values) if self.members is None else [values[own[0]] for own in self.members]


@dataclass(frozen=True)
class Sheet:
    """The units of one page as columns of equal length."""

    texts: tuple[str, ...]
    tags: tuple[str, ...]
    fits: tuple[Rule | None, ...]
    """The rule that recognises each line."""
    widths: Floats
    """Letters; a wide character counts as 2.2; (n,) as all columns."""
    stops: Bools
    """Whether it ends like a sentence."""
    items: Bools
    repeats: Ints
    """How often the line stands on the page."""
    scores: Floats
    keeps: Bools
    """Whether the models, the second opinion and the certain rules take it for body."""
    bare: bool
    """Whether the page is nothing but body."""
    declared: Metadata
    prints: Prints
    """Where a headline, or a part of it, is printed as a line of its own."""
    kinds: Singles | None = None
    """What the network takes each line for: probabilities of ``network.model.KINDS``, (n, 20); None without it."""
    sources: tuple[str, ...] = ()
    """Of lines that are recovered from data, which; empty where none is."""
    bits: Hashes = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    """Bits of ``screen`` of each line; empty where nobody has looked."""
    told: Ints = field(default_factory=lambda: np.zeros((0, len(TOLD)), dtype=np.int64))
    """``features.TOLD`` of each line; empty where nobody has looked."""
    main: tuple[bool | None, ...] = ()
    """The second opinion on each line; empty where it was not asked."""
    words: Words = ARRAYS
    """How words of the body are sought."""

    def __len__(self) -> int:
        return len(self.texts)

    def with_kept(self, keeps: Bools) -> Sheet:
        """The sheet with other lines kept; what was made of the page's lines is not made again."""
        other = object.__new__(Sheet)
        other.__dict__.update(self.__dict__)
        for name in _OF_KEPT:
            other.__dict__.pop(name, None)
        other.__dict__["keeps"] = keeps
        return other

    def once(self, ask: Callable[[Sheet, *Ts], T], *about: *Ts) -> T:
        """What does not depend on which lines are kept: asked once, though the page be decided again."""
        key = ask, about
        if key not in self._answers:
            self._answers[key] = ask(self, *about)
        return cast("T", self._answers[key])

    @cached_property
    def _answers(self) -> dict[tuple[object, object], object]:
        return {}

    def chance(self, index: int, kind: Kind) -> float:
        """Probability that the network gives a line of being of this kind; 0 without a network."""
        return 0.0 if self.kinds is None else float(self.kinds[index, _COLUMN[kind]])

    def may(self, question: str, index: int) -> bool:
        """Whether a line may have what a question of ``screen`` is about; mostly not."""
        return not self._marks or self._marks[index] & bit_of(question) != 0

    @cached_property
    def _marks(self) -> list[int]:
        """``bits`` as whole numbers, which are sooner read one by one."""
        marks: list[int] = self.bits.tolist()
        return marks

    def chosen(self, *questions: str) -> Bools:
        """Whether each line may have what one of these questions is about; (n,)."""
        if not len(self.bits):
            return np.ones(len(self), dtype=np.bool_)
        mask = 0
        for question in questions:
            mask |= bit_of(question)
        return np.asarray(self.bits & np.uint64(mask) != 0)

    def likely(self, kind: Kind, chance: float) -> Bools:
        """Whether the network gives each line at least this probability of being of this kind; (n,)."""
        if self.kinds is None:
            return np.zeros(len(self), dtype=np.bool_)
        return np.asarray(self.kinds[:, _COLUMN[kind]].astype(np.float64) >= chance)

    # columns whose values are read one by one, which is sooner of a list
    @cached_property
    def width(self) -> list[float]:
        """``widths`` one by one."""
        values: list[float] = self.widths.tolist()
        return values

    @cached_property
    def stop(self) -> list[bool]:
        """``stops`` one by one."""
        values: list[bool] = self.stops.tolist()
        return values

    @cached_property
    def item(self) -> list[bool]:
        """``items`` one by one."""
        values: list[bool] = self.items.tolist()
        return values

    @cached_property
    def keep(self) -> list[bool]:
        """``keeps`` one by one."""
        values: list[bool] = self.keeps.tolist()
        return values

    @cached_property
    def kept(self) -> list[int]:
        """Indices of the lines that are taken for body."""
        kept: list[int] = np.flatnonzero(self.keeps).tolist()
        return kept

    @cached_property
    def loose(self) -> Bools:
        """Lines that may be judged by themselves: none of preformatted text; (n,)."""
        if PREFORMATTED.isdisjoint(self.tags):
            return np.ones(len(self), dtype=np.bool_)
        return np.array([tag not in PREFORMATTED for tag in self.tags], dtype=np.bool_)

    @cached_property
    def ruled(self) -> list[int]:
        """Indices of the lines that a rule recognises: few."""
        return [index for index, fit in enumerate(self.fits) if fit is not None]

    def is_prose(self, index: int) -> bool:
        """Whether a line is a paragraph beyond doubt: kept, long, and ended like a sentence."""
        return self.keep[index] and self.width[index] >= PARAGRAPH_WIDTH and self.stop[index]

    @cached_property
    def opening(self) -> int:
        """Index of the first paragraph beyond doubt in the heaviest run of kept lines; failing that, of the run's
        first line; the number of lines if none is kept.
        """
        heaviest, start, last, mass = 0.0, len(self), -APART - 1, 0.0
        first = 0
        for index in self.kept:
            if index - last > APART:
                first, mass = index, 0.0
            mass += min(self.width[index], 400.0)
            last = index
            if mass > heaviest:
                heaviest, start = mass, first
        if start == len(self):
            return start
        end = start
        for index in range(start, len(self)):
            if self.is_prose(index):
                return index
            if self.keep[index]:
                end = index
            elif index - end > APART:
                break
        return start

    @cached_property
    def closing(self) -> int:
        """Index after the last kept line; 0 if none is."""
        return self.kept[-1] + 1 if self.kept else 0


_OF_KEPT: Final = ("keep", "kept", "opening", "closing")
"""Cached values that depend on which lines are kept."""
_COLUMN = {kind: column for column, kind in enumerate(KINDS)}


class Prints:
    """The lines of a page by their ``letters``, which are dear to take out of a line: most are told apart by length."""

    def __init__(self, texts: Sequence[str], width: Sequence[float] | Floats, odd: Bools | None = None) -> None:
        """Keep the lines.

        :param odd: see ``features.Lines``; (n,). Without it every line that is not ASCII is taken for odd.
        """
        self._texts = texts
        self._odd = odd if odd is not None and len(odd) == len(texts) else None
        self._width = width
        self._letters: dict[int, str] = {}

    def of(self, wanted: str, end: int) -> list[int]:
        """Which of the lines above ``end`` have these ``letters``."""
        size = len(wanted)
        least, most = self._sizes
        same = np.flatnonzero((least[:end] <= size) & (size <= most[:end]))
        return [index for index in same.tolist() if self._may_be(index, wanted) and self._of_line(index) == wanted]

    @cached_property
    def _sizes(self) -> tuple[Floats, Floats]:
        """How many letters each line has at least and at most."""
        # a line without odd characters has as many as its width says
        width = np.array(self._width, dtype=np.float64)
        if self._odd is not None:
            rows = np.flatnonzero(self._odd).tolist()
        else:
            rows = [index for index, text in enumerate(self._texts) if not text.isascii()]
        texts = [self._texts[index] for index in rows]
        # those of ASCII stay in any case, and one other character makes at most so many
        others = np.zeros(len(width))
        others[rows] = [len(text.encode("utf-8", "surrogatepass")) - len(text) for text in texts]
        return width - WIDE_LETTERS * others, width + _MOST_LETTERS * others

    def _may_be(self, index: int, wanted: str) -> bool:
        """Not if the line begins or ends with another letter of ASCII that nothing is joined to: sooner told."""
        text = self._texts[index]
        first, last = text[:2], text[-1:]
        if first.isascii() and first[:1].isalnum() and first[0].lower() != wanted[:1]:
            return False
        return not (last.isascii() and last.isalnum()) or last.lower() == wanted[-1:]

    def _of_line(self, index: int) -> str:
        if index not in self._letters:
            self._letters[index] = letters(self._texts[index])
        return self._letters[index]


_MOST_LETTERS = 54
"""Letters that one character becomes at most: 18 by compatibility (U+FDFA), each of them three by folding of case."""
APART = 12
"""Kept lines with more lines than this between them are not one run."""
PARAGRAPH_WIDTH = 90
"""Letters from which a line that ends with a stop is a paragraph: few deks and captions are as long."""


def units(lines: Sequence[Line]) -> Units:
    """Lines with text, those of one paragraph joined by a space unless they stay lines."""
    if not lines:
        return Units((), (), (), None, (), None)
    _, _, _, texts, paragraphs, blank, tags, markup, sources = zip(*lines, strict=True)
    has_written = not PREFORMATTED.isdisjoint(tags)
    ends = list(map(ne, paragraphs, paragraphs[1:]))
    if has_written:
        ends = [end or tag in PREFORMATTED for end, tag in zip(ends, tags, strict=False)]
    if all(texts) and all(ends):
        together = _together(paragraphs, tags) if has_written else ()
        return Units(texts, blank, tags, _shown(markup), sources, None, together)
    members: list[list[int]] = []
    for index, text in enumerate(texts):
        if text and members and paragraphs[members[-1][-1]] == paragraphs[index] and tags[index] not in PREFORMATTED:
            members[-1].append(index)
        elif text:
            members.append([index])
    first = [own[0] for own in members]
    return Units(
        [texts[own[0]] if len(own) == 1 else " ".join(texts[index] for index in own) for own in members],
        [blank[index] for index in first],
        tuple([tags[index] for index in first]),
        _shown([markup[index] for index in first]),
        tuple([sources[index] for index in first]),
        [tuple(own) for own in members],
        _together([paragraphs[index] for index in first], [tags[index] for index in first]) if has_written else (),
    )


def _together(paragraphs: Sequence[int], tags: Sequence[str]) -> tuple[slice, ...]:
    """Runs of lines that are one preformatted paragraph."""
    runs = [list(run) for _, run in groupby(range(len(tags)), paragraphs.__getitem__)]
    return tuple(slice(run[0], run[-1] + 1) for run in runs if len(run) > 1 and tags[run[0]] in PREFORMATTED)


def _shown(markup: Sequence[Markup | None]) -> Sequence[Markup] | None:
    found = [own for own in markup if own is not None]
    return found if found and len(found) == len(markup) else None
