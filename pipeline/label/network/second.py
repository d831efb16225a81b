"""The second reading: P(body) of every line once more, now with the whole page in view.

The network reads lines and what runs from one to the next. It does not know how much of the page it has taken for
body already, where that stands, or whether a line shares its words with it: comments, teasers and second articles
often read like prose and differ in just that. Here each line gets numbers on its surroundings and its page, made from
the first scores alone, and a small perceptron shifts its log-odds.

All sums run over whole numbers (scores in ten-thousandths, words in halves), so they are exact, and the numbers of a
page do not depend on the pages read with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.label.network.model import KINDS, Scores
from pipeline.label.network.perceptron import Perceptron
from pipeline.records import BODY, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.label.network.codepoints import Bools, Ints
    from pipeline.label.network.features import Floats, Singles

_DIGITS: Final = 4
_UNIT: Final = 10**_DIGITS
"""Probabilities are counted in ten-thousandths, as labels show them,"""
_KIND_UNIT: Final = 1_000
"""... those of kinds and the logarithms of shared words in thousandths."""
_LEAST: Final = 5e-4
"""Probabilities are cut here before the log-odds are taken."""
_GROUPS: Final = (
    frozenset(BODY),
    frozenset({Kind.TITLE, Kind.DEK, Kind.BYLINE, Kind.DATE, Kind.CAPTION}),
    frozenset({Kind.NAVIGATION}),
    frozenset({Kind.NEWSLETTER, Kind.SHARE}),
    frozenset({Kind.RELATED}),
    frozenset({Kind.COMMENTS}),
    frozenset({Kind.AUTHOR_BIO}),
    frozenset({Kind.APPEAL, Kind.LEGAL, Kind.EMBED, Kind.PROMO}),
)
"""Kinds that are counted together."""

_NEAR: Final = (-3, -2, -1, 1, 2, 3)
_WINDOWS: Final = (2, 5, 12, 30)
"""Lines on either side of which shares are taken,"""
_KIND_WINDOW: Final = 6
"""... for kinds,"""
_SHARED_WINDOW: Final = 4
"""... and for shared words."""
_CHUNK_PAGES: Final = 16
"""Pages read together: as many as stay in the processor's cache."""
_LONG: Final = 14
"""Words from which a line is taken for prose, as in ``features``."""
_ANCHOR: Final = 8
"""Words from which a likely line shows where the body is."""
_FAR: Final = 60
"""Lines; further away is all the same."""
_WORD_SLOTS: Final = 1 << 13
_WORD_SHIFT: Final = np.uint64(40)
"""Words of a page are counted in tables of this size, by high bits of their hashes."""
_SAMPLE_SHIFT: Final = np.uint64(60)
_SAMPLE_MASK: Final = np.uint64(1)
"""Only words whose hash has no such bit are looked at, every other one: that is as good and twice as fast."""
_ONCE_SLOTS: Final = 1 << 16
_LINE_STEP: Final = 40503
_SLOT_STEP: Final = 2654435761
"""Odd numbers near the golden ratio of 2**16 and 2**32, which spread lines and words over the table."""
_MOST_WORDS: Final = 40
"""A line's words count for each other no more than those of a line of this many: a huge line is not the page."""
_PRIOR: Final = 5.0
"""Words of the page's average that are added to what is known of a word."""
_RARE: Final = 0.1
"""A word is rare that stands in fewer than this share of the lines, or in three."""
_FEW_LINES, _ENOUGH_LINES = 30, 90
"""A page of up to so many lines has no surroundings to speak of, and hardly any was fitted to: its scores stay. From
the other number on the whole shift counts, in between a part of it."""
_GREATEST_SHIFT: Final = 4.0
"""No shift of the log-odds is larger: the network's word counts for something."""


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of some pages, none of them empty, one after the other; ``n`` lines."""

    body: Ints
    """P(body) in ten-thousandths."""
    weight: Ints
    """Words in halves, and one: a line without words weighs something; what sums are weighted by."""
    width: Singles
    page: Ints
    bounds: Ints
    index: Ints
    """Place among all lines."""

    def within(self, reach: int) -> tuple[Ints, Ints]:
        """Bounds of the lines at most so many before and after, on the line's own page; (n,) each."""
        low = np.maximum(self.index - reach, self.bounds[self.page])
        high = np.minimum(self.index + reach + 1, self.bounds[self.page + 1])
        return low, high

    def total(self, values: Ints | Bools) -> Ints:
        """Sum of whole numbers over each page."""
        return np.add.reduceat(values.astype(np.int64), self.bounds[:-1], 0)


def _sums(values: Ints) -> Ints:
    """Sums of whole numbers over the lines before each, and over all; (n + 1, ...)."""
    return np.concatenate([np.zeros((1, *values.shape[1:]), dtype=np.int64), np.cumsum(values, 0)])


class SecondReading:
    """The fitted perceptron."""

    def __init__(self, weights: bytes) -> None:
        """Read the bytes of an ``.npz`` file.

        :raises ValueError: if it is no such file, or holds anything but numbers.
        """
        self._perceptron = Perceptron(weights)
        self.digest = self._perceptron.digest

    def read(self, pages: Sequence[Scores]) -> list[Floats]:
        """P(body) of the lines of each page, rounded to four digits; (n,) each.

        A page's numbers do not depend on the pages beside it.
        """
        return [self._read(page, table) for page, table in zip(pages, surroundings_of_each(pages), strict=True)]

    def _read(self, page: Scores, table: Singles) -> Floats:
        # page by page: the shape of a product must not depend on other pages
        shift = self._perceptron.shift(table, _GREATEST_SHIFT)
        share = np.clip((len(shift) - _FEW_LINES) / (_ENOUGH_LINES - _FEW_LINES), 0.0, 1.0)
        return shifted(page.body, share * shift)


@cache
def load_second_reading() -> SecondReading:
    """The committed weights (``second.npz`` beside this module)."""
    return SecondReading(second_weights())


def second_weights() -> bytes:
    """The committed file."""
    return resources.files("pipeline.label.network").joinpath("second.npz").read_bytes()


def shifted(body: Singles | Floats, shift: Floats) -> Floats:
    """Probabilities after a shift of their log-odds, rounded to four digits; (n,)."""
    return np.asarray(np.round(1 / (1 + np.exp(-(log_odds(body) + shift))), _DIGITS))


def log_odds(body: Singles | Floats) -> Floats:
    """Of probabilities as they are read here, rounded and cut at ``_LEAST``; (n,)."""
    cut = np.clip(_counted(body) / _UNIT, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(cut) - np.log(1 - cut))


def as_one(body: Floats, width: Singles | Floats, runs: Sequence[slice]) -> Floats:
    """Probabilities, in each of these runs of lines the same: that of the mean of its log-odds by ``width``; (n,)."""
    found, odds, weight = body.copy(), log_odds(body), width + 0.5
    for run in runs:
        mean = np.average(odds[run], weights=weight[run])
        found[run] = np.round(1 / (1 + np.exp(-mean)), _DIGITS)
    return found


def _counted(body: Singles | Floats) -> Ints:
    """Probabilities in ten-thousandths; (n,)."""
    return np.asarray(np.rint(np.asarray(body, dtype=np.float64) * _UNIT), dtype=np.int64)


def surroundings_of_each(pages: Sequence[Scores]) -> Iterator[Singles]:
    """What is read of the lines of each page; (n, columns). No number depends on the pages beside it."""
    for low in range(0, len(pages), _CHUNK_PAGES):
        together = pages[low : low + _CHUNK_PAGES]
        table = surroundings(together)
        start = 0
        for page in together:
            end = start + len(page.body)
            yield table[start:end]
            start = end


def surroundings(pages: Sequence[Scores]) -> Singles:
    """What is read of each line; (lines of all pages, columns)."""
    chosen = [page for page in pages if len(page.body)]
    if not chosen:
        return np.zeros((0, COLUMNS), dtype=np.float32)
    sizes = np.array([len(page.body) for page in chosen], dtype=np.int64)
    width = np.concatenate([page.width for page in chosen])
    lines = _Lines(
        body=_counted(np.concatenate([page.body for page in chosen])),
        weight=np.rint(2 * width.astype(np.float64)).astype(np.int64) + 1,
        width=width,
        page=np.repeat(np.arange(len(chosen)), sizes),
        bounds=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        index=np.arange(int(sizes.sum())),
    )
    kinds = np.concatenate([page.kinds for page in chosen])
    groups = np.rint(np.stack([kinds[:, own].sum(1) for own in _COLUMNS_OF_GROUPS], 1) * _KIND_UNIT).astype(np.int64)
    groups *= lines.weight[:, None]
    low, high = lines.within(_KIND_WINDOW)
    kind_sums, weights = _sums(groups), _sums(lines.weight)
    return np.concatenate(
        [
            np.stack([np.asarray(column, dtype=np.float32) for column in _line_columns(lines)]).T,
            np.stack([np.asarray(column, dtype=np.float32) for column in _shared_words(chosen, lines)]).T,
            np.concatenate([page.repeat for page in chosen])[:, None].astype(np.float32),
            kinds,
            _of(kind_sums[high] - kind_sums[low], weights[high] - weights[low]),
            _page_columns(lines, groups)[lines.page],
        ],
        1,
        dtype=np.float32,
    )


_COLUMNS_OF_GROUPS: Final = tuple([index for index, kind in enumerate(KINDS) if kind in group] for group in _GROUPS)
_LINE_COLUMNS: Final = 10 + len(_NEAR) + 3 * len(_WINDOWS) + 2
_SHARED_COLUMNS: Final = 6
_PAGE_COLUMNS: Final = 13 + len(_GROUPS)
SHARED_WORDS: Final = slice(_LINE_COLUMNS, _LINE_COLUMNS + _SHARED_COLUMNS)
"""Columns of ``surroundings`` on words that lines share."""
COLUMNS: Final = _LINE_COLUMNS + _SHARED_COLUMNS + 1 + len(KINDS) + len(_GROUPS) + _PAGE_COLUMNS
"""Numbers of each line."""


def _of(values: Ints, weight: Ints) -> Floats:
    """Weighted means of groups of kinds."""
    return np.asarray(values / (np.maximum(weight, 1)[:, None] * float(_KIND_UNIT)))


def _line_columns(lines: _Lines) -> list[npt.NDArray[Any]]:
    """The line's own score, its neighbours', and how likely the lines around, above and below it are."""
    page, bounds, index = lines.page, lines.bounds, lines.index
    mass = lines.body * lines.weight
    of_page, weight_of_page = lines.total(mass)[page], lines.total(lines.weight)[page]
    size = np.diff(bounds)[page]
    place = index - bounds[page]
    odds = log_odds(lines.body / _UNIT)
    masses, weights = _sums(mass), _sums(lines.weight)
    start = bounds[page]
    above = (masses[index] - masses[start]) / np.maximum(of_page, 1)
    margin = max(_NEAR)
    padded = np.concatenate([np.full(margin, -9.0), odds, np.full(margin, -9.0)])
    columns: list[npt.NDArray[Any]] = [
        odds,
        np.minimum(lines.width, 200),
        np.log(lines.weight),
        lines.width >= _LONG,
        above,
        above + mass / np.maximum(of_page, 1),
        (weights[index + 1] - weights[start]) / weight_of_page,
        place / size,
        np.log1p(place),
        mass / np.maximum(of_page, 1),
    ]
    for step in _NEAR:
        on_page = (place + step >= 0) & (place + step < size)
        columns.append(np.where(on_page, padded[index + margin + step], -9.0))
    for reach in _WINDOWS:
        low, high = lines.within(reach)
        # the line with those around it, those above it, those below it
        for first, last, more in ((low, high, 0), (low, index, 1), (index + 1, high, 1)):
            columns.append((masses[last] - masses[first]) / ((weights[last] - weights[first] + more) * float(_UNIT)))
    anchor = (lines.body >= _UNIT // 2) & (lines.width >= _ANCHOR)
    previous = np.maximum.accumulate(np.where(anchor, index, -1))
    following = np.minimum.accumulate(np.where(anchor, index, len(index))[::-1])[::-1]
    is_previous, is_following = previous >= start, following < bounds[page + 1]
    columns.append(np.where(is_previous, np.minimum(index - previous, _FAR), _FAR))
    columns.append(np.where(is_following, np.minimum(following - index, _FAR), _FAR))
    return columns


def _shared_words(pages: Sequence[Scores], lines: _Lines) -> list[npt.NDArray[Any]]:
    """Whether the words of a line stand elsewhere on the page in lines that are likely body, or in others.

    The mean over the line's words of the logarithm of how much likelier than the page's average the other lines with
    that word are; with all words and with rare ones that stand elsewhere, rarer words counting for more; the share of
    its rare words that stand in other likely lines, and in other unlikely ones; and the first two around the line.
    """
    number = len(lines.index)
    line = np.concatenate([page.word_lines + start for page, start in zip(pages, lines.bounds, strict=False)])
    hashes = np.concatenate([page.words for page in pages])
    sample = np.flatnonzero((hashes >> _SAMPLE_SHIFT) & _SAMPLE_MASK == 0)
    line, hashes = line[sample], hashes[sample]
    page = lines.page[line]
    slot = ((hashes >> _WORD_SHIFT) & np.uint64(_WORD_SLOTS - 1)).astype(np.int64)
    once = _once(line - lines.bounds[page], slot, page, len(pages))
    line, page = line[once], page[once]
    word = page * _WORD_SLOTS + slot[once]
    weight = np.minimum(lines.weight, 2 * _MOST_WORDS)
    mass = lines.body * weight
    slots = len(pages) * _WORD_SLOTS
    # sums of whole numbers below 2**53 are exact as floats
    times = np.bincount(word, minlength=slots)[word]
    elsewhere = (np.bincount(word, weight[line], slots)[word] - weight[line]) / 2
    likely = (np.bincount(word, mass[line], slots)[word] - mass[line]) / (2 * _UNIT)
    prior = (np.maximum(lines.total(mass), 1) / (lines.total(weight) * _UNIT))[page]
    ratio = np.log((likely + _PRIOR * prior) / (elsewhere + _PRIOR) / prior + 1e-3)
    size = np.diff(lines.bounds)[page]
    worth = np.log(1 + size / times)
    rare = worth * (times <= np.maximum(3, _RARE * size))

    def total(values: Any) -> Floats:
        return np.asarray(np.bincount(line, values, number), dtype=np.float64)

    elsewhere_too = rare * (times > 1)
    general = total(ratio * worth) / (total(worth) + 0.3)
    special = total(ratio * elsewhere_too) / (total(elsewhere_too) + 0.3)
    low, high = lines.within(_SHARED_WINDOW)
    sums = _sums(lines.weight)
    around = (sums[high] - sums[low]) * float(_KIND_UNIT)
    smooth = []
    for own in (general, special):
        sums = _sums(np.rint(own * _KIND_UNIT).astype(np.int64) * lines.weight)
        smooth.append((sums[high] - sums[low]) / around)
    all_rare = total(rare) + 0.3
    likely_words = total((likely > _ANCHOR) * rare) / all_rare
    unlikely_words = total((elsewhere - likely > _ANCHOR) * rare) / all_rare
    return [general, special, likely_words, unlikely_words, *smooth]


def _once(line: Ints, slot: Ints, page: Ints, pages: int) -> Ints:
    """Indices at which a line's word stands for the last time in that line.

    Told by a table for each page, which is faster than sorting; where two words of a page fall on one place of it,
    only the later one stays.
    """
    place = (line * _LINE_STEP + slot * _SLOT_STEP) & (_ONCE_SLOTS - 1)
    place += page * _ONCE_SLOTS
    number = np.arange(len(place), dtype=np.int32)
    owner = np.empty(pages * _ONCE_SLOTS, dtype=np.int32)
    owner[place] = number
    return np.flatnonzero(owner[place] == number)


def _page_columns(lines: _Lines, groups: Ints) -> Floats:
    """How long the page is, how sure the network is of it, and what it takes it for; (pages, columns)."""
    size = np.diff(lines.bounds)
    mass = lines.body * lines.weight
    of_page, weight = np.maximum(lines.total(mass), 1), lines.total(lines.weight)
    long = lines.width >= _LONG
    sure, unsure = lines.body > 0.9 * _UNIT, lines.body < 0.2 * _UNIT
    columns = [
        np.log1p(size),
        np.log(weight),
        _best_expected_f1(lines),
        of_page / (weight * _UNIT),
        np.log1p(of_page / (2 * _UNIT)),
        lines.total(sure) / size,
        lines.total((lines.body > 0.1 * _UNIT) & ~sure) / size,
        lines.total(mass * sure) / of_page,
        lines.total(mass * unsure) / of_page,
        np.maximum.reduceat(mass, lines.bounds[:-1]) / of_page,
        np.log1p(np.maximum.reduceat(lines.width, lines.bounds[:-1]).astype(np.float64)),
        lines.total(lines.weight * long) / weight,
        lines.total(mass * long) / of_page,
    ]
    return np.concatenate([np.stack(columns, 1), _of(lines.total(groups), weight)], 1)


def _best_expected_f1(lines: _Lines) -> Floats:
    """The best word F1 that the scores promise for each page (see ``worth_keeping``); (pages,)."""
    # of each page the likeliest line first, of equals the first: all in one number, which is sooner sorted than two
    number = len(lines.index)
    order = np.sort((lines.page * (_UNIT + 1) + _UNIT - lines.body) * number + lines.index) % number
    mass, weight = (lines.body * lines.weight)[order], lines.weight[order]
    start = lines.bounds[:-1]
    hits, kept = np.cumsum(mass), np.cumsum(weight)
    hits -= (hits[start] - mass[start])[lines.page]
    kept -= (kept[start] - weight[start])[lines.page]
    total = np.maximum(lines.total(lines.body * lines.weight), 1)[lines.page]
    return np.asarray(np.maximum.reduceat(2 * hits / (kept * float(_UNIT) + total), start))
