"""Transparent numbers about lines: length, case, stops, neighbours, place on the page, and what rules say of them.

All lines of all pages given are measured together, column by column. Lengths are CJK-aware, and no word list of
any language is used; what is language-bound stands in ``rules``. Sums over windows are taken over integers, so the
numbers of a page do not depend on which other pages were measured with it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from pipeline.label.rules import recognise
from pipeline.records import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.label.network.codepoints import Hashes
    from pipeline.label.rules import Rule

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

STOPS: Final = frozenset(".!?…。！？؟।۔։።．")
"""Marks that end a sentence, in the scripts whose marks we know."""
CLOSERS: Final = "\"'”’»«)]}›‹）」』】〉》 "
"""What may stand after the mark that ends a sentence."""
BULLETS: Final = frozenset("•·*-–—▪▸►◦‣■●○→›»+✓✔")
_QUOTES: Final = frozenset('"“”„«»‘「『')
_WIDE: Final = ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3134F))
"""Kana and Han: one character carries about as much as two to three Latin letters."""
WIDE_LETTERS: Final = 2.2
"""An estimate, not measured: the same content takes roughly half the characters in Japanese or Chinese."""

WIDTHS: Final = (8, 16, 32, 56, 90, 140, 220, 400)
"""Bounds of the classes of line width, in letters."""
PROSE_WIDTH: Final = 60
"""A line that ends with a stop and is at least this wide is taken for prose in the features of place."""
_CHUNK_CHARACTERS: Final = 2_000_000
_SCALE: Final = 1024
"""Fixed-point scale of the sums over windows."""
_RUN_LIKELY: Final = 0.3
"""Lines at least this likely to be body make up the runs of the second pass."""
_RUN_GAP: Final = 4
"""A run ends where this many lines and more in a row are less likely."""
_EDGE: Final = 5
"""Menus and footers show in the first and last lines; five are enough to see one."""
_RULE_KINDS: Final = (
    Kind.NAVIGATION,
    Kind.NEWSLETTER,
    Kind.SHARE,
    Kind.RELATED,
    Kind.COMMENTS,
    Kind.AUTHOR_BIO,
    Kind.APPEAL,
    Kind.LEGAL,
    Kind.EMBED,
    Kind.PROMO,
    Kind.DATE,
    Kind.CAPTION,
)
_SECTION_KINDS: Final = (Kind.RELATED, Kind.COMMENTS, Kind.NEWSLETTER)


TOLD: Final = ("blanks", "numbers", "prices", "question", "signature")
"""Blanks in the line, whether it has a digit near its beginning, whether a price, whether it ends as a question, and,
of short lines, a number that those of the same letters share."""


@dataclass(frozen=True)
class Lines:
    """The lines of some pages as columns; ``n`` lines in all, those of page ``i`` at ``bounds[i]:bounds[i + 1]``."""

    texts: tuple[str, ...]
    bounds: Ints
    blank: Bools
    """Whether a blank line stands before; (n,)."""
    fits: tuple[Rule | None, ...]
    """The rule that recognises each line."""
    width: Floats
    """Letters and digits, where a wide character counts as 2.2; (n,)."""
    stop: Bools
    """Whether the line ends like a sentence; (n,)."""
    bullet: Bools
    """Whether it begins with a bullet or a list number; (n,)."""
    repeats: Ints
    """How often the same line stands on its page; (n,)."""
    odd: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    """Whether its characters may become other letters, or as many others, where lines are compared by their letters;
    (n,); empty where nobody has looked."""
    bits: Hashes = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    """Bits of ``screen``; empty where nobody has looked."""
    told: Ints = field(default_factory=lambda: np.zeros((0, len(TOLD)), dtype=np.int64))
    """What ``page_facts`` asks of each line, ``TOLD``; (n, 5); empty where nobody has looked."""

    @cached_property
    def counts(self) -> dict[str, Ints]:
        """Characters of each class, and words, of each line; (n,) each. Only the block labeller asks for them."""
        return _count_in_chunks(list(self.texts))

    @property
    def first(self) -> tuple[str, ...]:
        """First character of each line."""
        return tuple(text[:1] for text in self.texts)

    @property
    def last(self) -> tuple[str, ...]:
        """Last character of each line that is no closing mark."""
        return tuple(_end(text) for text in self.texts)

    @property
    def page(self) -> Ints:
        """Index of each line's page; (n,)."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

    def part(self, low: int, high: int) -> Lines:
        """The lines from ``low`` to before ``high`` as one page of their own."""
        chosen = slice(low, high)
        return Lines(
            texts=self.texts[chosen],
            bounds=np.array([0, high - low], dtype=np.int64),
            blank=self.blank[chosen],
            fits=self.fits[chosen],
            width=self.width[chosen],
            stop=self.stop[chosen],
            bullet=self.bullet[chosen],
            repeats=self.repeats[chosen],
        )


CLASSES: Final = (
    "other",
    "lower",
    "upper",
    "digit",
    "space",
    "stop",
    "comma",
    "wide",
    "letter",
    "separator",
    "at",
)


@cache
def classes() -> npt.NDArray[np.uint8]:
    """Class of every code point: index into ``CLASSES``."""
    table = np.zeros(0x110000, dtype=np.uint8)
    name = {label: number for number, label in enumerate(CLASSES)}
    # letters beyond the basic plane are rare in scraped pages; Han there is covered by _WIDE
    for point in range(0x10000):
        category = unicodedata.category(chr(point))
        if category == "Ll":
            table[point] = name["lower"]
        elif category in {"Lu", "Lt"}:
            table[point] = name["upper"]
        elif category[0] in {"L", "M"}:
            table[point] = name["letter"]
        elif category == "Nd":
            table[point] = name["digit"]
        elif category[0] == "Z" or point in {9, 10, 13}:
            table[point] = name["space"]
    for low, high in _WIDE:
        table[low : high + 1] = name["wide"]
    for mark in STOPS:
        table[ord(mark)] = name["stop"]
    for mark in ",;،、，；:：":
        table[ord(mark)] = name["comma"]
    for mark in "|•·»›>/→_{}[]=<\\":
        table[ord(mark)] = name["separator"]
    for mark in "@©#":
        table[ord(mark)] = name["at"]
    return table


def gather(pages: Sequence[Sequence[str]], blanks: Sequence[Sequence[bool]]) -> Lines:
    """Columns from the lines of each page, and whether a blank line stands before each."""
    texts = [text for page in pages for text in page]
    repeats: list[int] = []
    for page in pages:
        folded = [text.casefold() for text in page]
        times = Counter(folded)
        repeats += [times[text] for text in folded]
    counts = _count_in_chunks(texts)
    return Lines(
        texts=tuple(texts),
        bounds=np.cumsum([0, *map(len, pages)], dtype=np.int64),
        blank=np.array([blank for page in blanks for blank in page], dtype=np.bool_),
        fits=tuple(recognise(text) for text in texts),
        width=counts["lower"] + counts["upper"] + counts["digit"] + counts["letter"] + WIDE_LETTERS * counts["wide"],
        stop=np.array([_end(text) in STOPS for text in texts], dtype=np.bool_),
        bullet=np.array([_is_item(text) for text in texts], dtype=np.bool_),
        repeats=np.array(repeats, dtype=np.int64),
    )


def _end(text: str) -> str:
    """The last character that is no closing mark."""
    return text.rstrip(CLOSERS)[-1:]


def _is_item(text: str) -> bool:
    """Whether a line begins as a list item: a bullet, or a number with a dot or a bracket."""
    if text[:1] in BULLETS:
        return text[1:2].isspace()
    head = text[:4]
    digits = len(head) - len(head.lstrip("0123456789"))
    return 0 < digits <= 2 and head[digits : digits + 1] in {".", ")"} and text[digits + 1 : digits + 2].isspace()


def _count_in_chunks(texts: list[str]) -> dict[str, Ints]:
    """``_count`` over slices of bounded size, since it needs some 40 bytes of memory for each character."""
    chunks: list[dict[str, Ints]] = []
    low, characters = 0, 0
    for index, text in enumerate(texts):
        characters += len(text)
        if characters > _CHUNK_CHARACTERS:
            chunks.append(_count(texts[low : index + 1]))
            low, characters = index + 1, 0
    chunks.append(_count(texts[low:]))
    return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}


def _count(texts: list[str]) -> dict[str, Ints]:
    """Characters of each class, words, short words and words with a capital, of every line; (n,) each."""
    number = len(texts)
    if number == 0:
        return {name: np.zeros(0, dtype=np.int64) for name in (*CLASSES, "words", "short", "capital")}
    points = np.frombuffer("\n".join([*texts, ""]).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=number)
    line = np.repeat(np.arange(number), lengths)
    kind = classes()[points].astype(np.int64)
    table = np.bincount(line * len(CLASSES) + kind, minlength=number * len(CLASSES)).reshape(number, len(CLASSES))
    space = kind == CLASSES.index("space")
    before = np.concatenate(([True], space[:-1]))
    starts = np.flatnonzero(before & ~space)
    ends = np.flatnonzero(space & ~before)
    counts = {name: table[:, index].astype(np.int64) for index, name in enumerate(CLASSES)}
    counts["words"] = np.bincount(line[starts], minlength=number)
    counts["short"] = np.bincount(line[starts[ends - starts <= 3]], minlength=number)
    counts["capital"] = np.bincount(line[starts[kind[starts] == CLASSES.index("upper")]], minlength=number)
    return counts


def line_features(lines: Lines) -> dict[str, Floats]:
    """The features of the first pass, by name; (n,) each."""
    columns = _own_features(lines)
    return columns | _surroundings(lines, columns)


def _own_features(lines: Lines) -> dict[str, Floats]:
    """What a line says by itself."""
    columns: dict[str, Floats] = {}
    counts = lines.counts
    width = lines.width
    log_width = np.log1p(width)
    # scripts without spaces have no words to count: about six letters stand for one
    words = np.maximum(np.maximum(counts["words"], width / 6.0), 1.0)
    letters = np.maximum(width, 1.0)
    cased = counts["lower"] + counts["upper"] > width / 2.0
    spaced = counts["wide"] * WIDE_LETTERS < width / 2.0
    category = np.digitize(width, WIDTHS)
    for index in range(len(WIDTHS) + 1):
        columns[f"width{index}"] = _float((category == index) & ~lines.stop)
        columns[f"width{index}_stop"] = _float((category == index) & lines.stop)
    columns["log_width"] = log_width
    for name, marks in (
        ("colon", ":："),
        ("question", "?？؟"),
        ("exclamation", "!！"),
        ("ellipsis", "…"),
        ("more", "→>"),
        ("comma", ",、،"),
    ):
        columns[f"ends_{name}"] = np.array([last in marks and last != "" for last in lines.last], dtype=np.float64)
    columns["item"] = _float(lines.bullet)
    columns["starts_lower"] = np.array([first.islower() for first in lines.first], dtype=np.float64)
    columns["starts_digit"] = np.array([first.isdigit() for first in lines.first], dtype=np.float64)
    columns["starts_quote"] = np.array([first in _QUOTES and first != "" for first in lines.first], dtype=np.float64)
    columns["caseless"] = _float(~cased)
    columns["wide"] = _float(~spaced)
    columns["wide_stop"] = _float(~spaced & lines.stop)
    columns["wide_long"] = _float(~spaced & ~lines.stop & (width >= PROSE_WIDTH))
    # a script without case says nothing about capitals; the middle of the range keeps it from counting as prose
    columns["capital_words"] = np.where(cased, counts["capital"] / words, 0.4)
    columns["all_capital"] = _float((counts["capital"] == counts["words"]) & (counts["words"] > 1))
    columns["upper"] = counts["upper"] / letters
    columns["digits"] = counts["digit"] / letters
    columns["short_words"] = np.where(spaced, counts["short"] / words, 0.3)
    columns["short_words_long"] = columns["short_words"] * (width > PROSE_WIDTH)
    columns["commas"] = np.minimum(counts["comma"] / words, 1.0)
    columns["sentences"] = np.log1p(counts["stop"])
    columns["separators"] = np.minimum(counts["separator"] / words, 2.0)
    columns["at"] = _float(counts["at"] > 0)
    columns["blank"] = _float(lines.blank)
    columns["blank_next"] = shift(columns["blank"], lines, 1)
    columns["repeats"] = np.log(np.maximum(lines.repeats, 1))
    columns["repeats_long"] = columns["repeats"] * (width > PROSE_WIDTH)
    return columns


def _surroundings(lines: Lines, own: Mapping[str, Floats]) -> dict[str, Floats]:
    """What the rules, the neighbours and the place on the page say of a line."""
    number = len(lines.texts)
    columns: dict[str, Floats] = {}
    width, log_width, item = lines.width, own["log_width"], own["item"]
    certain = np.array([fit is not None and fit.certain for fit in lines.fits], dtype=np.float64)
    hit = np.array([fit is not None for fit in lines.fits], dtype=np.float64)
    columns["rule_certain"] = certain
    kinds = [None if fit is None else fit.kind for fit in lines.fits]
    for kind in _RULE_KINDS:
        columns[f"rule_{kind}"] = np.array([found is kind for found in kinds], dtype=np.float64)

    prose = _float(lines.stop & (width >= PROSE_WIDTH))
    small = _float(width < 24)
    for step in (-3, -2, -1, 1, 2, 3):
        columns[f"log_width{step:+d}"] = shift(log_width, lines, step)
        columns[f"prose{step:+d}"] = shift(prose, lines, step)
        columns[f"item{step:+d}"] = shift(item, lines, step)
        if abs(step) <= 2:
            columns[f"rule{step:+d}"] = shift(hit, lines, step)
            columns[f"outside{step:+d}"] = 1.0 - shift(np.ones(number), lines, step)
    for reach in (4, 10, 25):
        for name, column in (
            ("log_width", log_width),
            ("prose", prose),
            ("small", small),
            ("rule", hit),
            ("item", item),
        ):
            columns[f"{name}_before{reach}"] = window(column, lines, -reach, -1)
            columns[f"{name}_after{reach}"] = window(column, lines, 1, reach)

    columns |= _place(lines)
    mass = prose * np.minimum(width, 400.0)
    columns |= {f"prose_{name}": column for name, column in mass_features(mass, lines).items()}
    for kind in _SECTION_KINDS:
        heading = np.array(
            [found is kind and size < 40 for found, size in zip(kinds, width, strict=True)], dtype=np.float64
        )
        for near, far in ((1, 1), (2, 6), (7, 30)):
            columns[f"{kind}_heading_{near}_{far}"] = np.minimum(window(heading, lines, -far, -near, mean=False), 2.0)
    columns["prose_x_share"] = prose * columns["prose_share"]
    columns["small_x_density"] = small * columns["prose_after4"] * columns["prose_before4"]
    return columns


def score_features(lines: Lines, score: Floats, inside: Bools, tight: Bools, distance: Floats) -> dict[str, Floats]:
    """The features of the second pass: the first pass's log-odds of the line and its neighbours, and the block.

    :param score: log-odds of the first pass; (n,).
    :param inside: whether the line is in the best block of its page; (n,).
    :param tight: the same for a block that is sought with a greater bias; (n,).
    :param distance: signed lines to the block: negative before it, 0 inside; (n,).
    """
    likely = 1.0 / (1.0 + np.exp(-score))
    columns: dict[str, Floats] = {"score": score, "likely": likely, "inside": _float(inside)}
    columns["score_inside"] = score * inside
    columns["tight"] = _float(tight)
    columns["score_tight"] = score * tight
    columns["above_block"] = np.log1p(np.maximum(-distance, 0))
    columns["below_block"] = np.log1p(np.maximum(distance, 0))
    width = lines.width
    category = np.digitize(width, WIDTHS)
    for index in range(len(WIDTHS) + 1):
        for ends, name in ((lines.stop, "stop"), (~lines.stop, "open")):
            columns[f"inside_width{index}_{name}"] = _float(inside & (category == index) & ends)
    for step in (-4, -3, -2, -1, 1, 2, 3, 4):
        columns[f"score{step:+d}"] = shift(np.clip(score, -6, 6), lines, step)
        columns[f"likely{step:+d}"] = shift(likely, lines, step)
    for reach in (2, 5, 12, 30):
        columns[f"likely_before{reach}"] = window(likely, lines, -reach, -1)
        columns[f"likely_after{reach}"] = window(likely, lines, 1, reach)
    columns["between"] = columns["likely-1"] * columns["likely+1"]
    columns["between5"] = columns["likely_before5"] * columns["likely_after5"]
    columns["heading"] = _float((width < PROSE_WIDTH) & ~lines.stop) * columns["likely+1"]
    columns["item_run"] = _float(lines.bullet) * columns["likely_before5"]
    columns |= {
        f"mass_{name}": column for name, column in mass_features(likely * np.minimum(width, 400.0), lines).items()
    }
    columns |= _runs(likely, lines)
    columns["likely_x_run"] = likely * columns["run_share"]
    columns["score_x_run"] = np.clip(score, -6, 6) * columns["run_share"]
    columns["likely_x_page"] = likely * columns["mass_share"]
    certain = np.array([fit is not None and fit.certain for fit in lines.fits], dtype=np.float64)
    columns["rule_inside"] = _float(inside) * np.array([fit is not None for fit in lines.fits], dtype=np.float64)
    columns["rule_certain"] = certain
    columns["blank"] = _float(lines.blank)
    columns["repeats"] = np.log(np.maximum(lines.repeats, 1))
    columns |= _place(lines)
    return columns


def page_features(lines: Lines) -> dict[str, Floats]:
    """What tells a page that is nothing but body (a text that was cleaned before) from a raw one; (pages,) each."""
    pages = len(lines.bounds) - 1
    page = lines.page
    size = np.maximum(np.diff(lines.bounds), 1)
    starts, ends = _extent(lines)
    index = np.arange(len(lines.texts))
    hit = np.array([fit is not None for fit in lines.fits], dtype=np.float64)
    certain = np.array([fit is not None and fit.certain for fit in lines.fits], dtype=np.float64)
    width = np.rint(np.minimum(lines.width, 400.0))
    loose = (lines.width < 40) & ~lines.stop
    top, bottom = index - starts < _EDGE, ends - index <= _EDGE

    def total(column: Floats | Bools) -> Floats:
        return np.bincount(page, weights=column, minlength=pages).astype(np.float64)

    mass = np.maximum(total(width), 1.0)
    return {
        "hits": total(hit) / size,
        "any_hit": np.minimum(total(hit), 3.0),
        "any_certain": np.minimum(total(certain), 3.0),
        "stops": total(lines.stop) / size,
        "short": total(lines.width < 24) / size,
        "stop_mass": total(width * lines.stop) / mass,
        "log_lines": np.log1p(size),
        "log_mass": np.log1p(mass),
        "loose": total(loose) / size,
        "loose_top": total(loose & top) / np.minimum(size, _EDGE),
        "loose_bottom": total(loose & bottom) / np.minimum(size, _EDGE),
        "hits_top": total(hit * top),
        "hits_bottom": total(hit * bottom),
    }


def spaced_out(lines: Lines) -> Bools:
    """Whether a blank line parts every line of the page from the next; (pages,)."""
    starts, _ = _extent(lines)
    tight = ~lines.blank & (np.arange(len(lines.texts)) != starts)
    return np.asarray(np.bincount(lines.page, weights=tight, minlength=len(lines.bounds) - 1) == 0)


def _place(lines: Lines) -> dict[str, Floats]:
    """Where on its page a line stands."""
    starts, ends = _extent(lines)
    index = np.arange(len(lines.texts))
    size = ends - starts
    return {
        "from_top": np.log1p(index - starts),
        "to_bottom": np.log1p(ends - 1 - index),
        "relative": (index - starts) / np.maximum(size, 1),
        "log_lines": np.log1p(size),
        "top": _float(index == starts),
        "bottom": _float(index == ends - 1),
    }


def mass_features(mass: Floats, lines: Lines) -> dict[str, Floats]:
    """How a quantity of lines (prose, say) lies around each line: shares before and after, distance to the nearest."""
    starts, ends = _extent(lines)
    fixed = np.rint(mass * _SCALE).astype(np.int64)
    running = np.concatenate(([0], np.cumsum(fixed)))
    index = np.arange(len(mass))
    total = np.maximum(running[ends] - running[starts], 1)
    before = (running[index] - running[starts]) / total
    after = (running[ends] - running[index + 1]) / total
    heavy = fixed > PROSE_WIDTH * _SCALE // 2
    heavy_lines = np.concatenate(([0], np.cumsum(heavy)))
    previous = np.maximum.accumulate(np.where(heavy, index, -1))
    following = np.minimum.accumulate(np.where(heavy, index, len(mass))[::-1])[::-1]
    return {
        "before": before,
        "after": after,
        "none_before": _float(before < 0.02),
        "none_after": _float(after < 0.02),
        "share": (heavy_lines[ends] - heavy_lines[starts]) / np.maximum(ends - starts, 1),
        "total": np.log1p(total / _SCALE),
        "since": np.log1p(np.where(previous >= starts, index - previous, 60)),
        "until": np.log1p(np.where(following < ends, following - index, 60)),
    }


def _runs(likely: Floats, lines: Lines) -> dict[str, Floats]:
    """How heavy the run of likely lines around each line is, beside the page's heaviest and beside its whole."""
    starts, _ = _extent(lines)
    index = np.arange(len(likely))
    marked = likely > _RUN_LIKELY
    previous = np.maximum.accumulate(np.where(marked, index, -1))
    before = np.concatenate(([-1], previous[:-1])) if len(likely) else previous
    opens = marked & ((before < starts) | (index - before > _RUN_GAP))
    opens |= index == starts
    run = np.cumsum(opens) - 1
    mass = np.rint(likely * np.minimum(lines.width, 400.0) * _SCALE).astype(np.int64)
    weight = np.bincount(run, weights=mass)[run] if len(likely) else mass
    page = lines.page
    total = np.bincount(page, weights=mass, minlength=len(lines.bounds) - 1)[page]
    heaviest = np.zeros(len(lines.bounds) - 1)
    np.maximum.at(heaviest, page, weight)
    heaviest = np.maximum(heaviest[page], 1)
    below = np.maximum.accumulate(np.where(weight >= heaviest, index, -1))
    return {
        "run_share": weight / np.maximum(total, 1),
        "run_relative": weight / heaviest,
        "run_heaviest": _float(weight >= heaviest),
        "run_below": _float((weight < heaviest) & (below >= starts)),
    }


def shift(column: Floats, lines: Lines, step: int) -> Floats:
    """The value of the line ``step`` further on the same page, 0 where there is none; (n,)."""
    starts, ends = _extent(lines)
    target = np.arange(len(column)) + step
    there = (target >= starts) & (target < ends)
    return np.where(there, column[np.clip(target, 0, max(len(column) - 1, 0))], 0.0) if len(column) else column


def window(column: Floats, lines: Lines, low: int, high: int, *, mean: bool = True) -> Floats:
    """Mean (or sum) over the lines ``low`` to ``high`` further on the same page; 0 where there are none; (n,)."""
    starts, ends = _extent(lines)
    index = np.arange(len(column))
    running = np.concatenate(([0], np.cumsum(np.rint(column * _SCALE).astype(np.int64))))
    first = np.clip(index + low, starts, ends)
    last = np.clip(index + high + 1, first, ends)
    total = (running[last] - running[first]) / _SCALE
    return total / np.maximum(last - first, 1) if mean else total


def _extent(lines: Lines) -> tuple[Ints, Ints]:
    """First line and end of each line's page; (n,) each."""
    sizes = np.diff(lines.bounds)
    return np.repeat(lines.bounds[:-1], sizes), np.repeat(lines.bounds[1:], sizes)


def _float(column: Bools) -> Floats:
    return column.astype(np.float64)
