"""What the network reads: 143 numbers of each line, and hashes of its words, their parts and its shape.

All lines of a few pages are measured in one pass of array arithmetic over their code points. Sums run over integers
or over the lines of one page in order, so the numbers of a page do not depend on the pages measured with it. The
weights were fitted on exactly these numbers: whoever changes one has to fit again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.label.network import lexicon
from pipeline.label.network.codepoints import Bools, Bytes, Class, Hashes, Ints, Salt, Stretches, classify, mix, powers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

_LONG_WORDS: Final = 14
"""A line of at least so many words is taken for prose when the words of a page are compared with those of its prose."""
_TITLE_WORDS: Final = 4
"""The first line of so many words is mostly the page's title."""
_HEAD, _TAIL = 24, 12
"""Of a long line only its first and last words are looked up: they tell what it is."""
_WORD_SLOTS: Final = 1 << 13
_PAIR_SLOTS: Final = 1 << 14
"""Words and pairs of a page are counted in tables of this size; collisions are rare enough on a page."""
_CLASSES: Final = len(Class)


@dataclass(frozen=True, slots=True)
class Measured:
    """The lines of some pages as the network reads them; ``n`` lines in all."""

    dense: Singles
    """(n, 143): columns of ``columns``, then counts, shares and the sum of the lexicon's parts."""
    words: Hashes
    """Hashes of words and of their beginnings and ends; each has its line in ``word_lines``."""
    word_lines: Ints
    phrases: Hashes
    """Hashes of pairs of words, of first and last words, of whole short lines and of shapes."""
    phrase_lines: Ints
    width: Singles
    """Words, where a character of a script without blanks counts as half of one; (n,)."""
    bounds: Ints
    """Page ``i`` has the lines ``bounds[i]:bounds[i + 1]``."""
    repeat: Bools
    """Whether the same words stood in an earlier line of the page; (n,)."""


@dataclass(frozen=True, slots=True)
class _Text:
    """Characters of all lines, each line followed by a line end; and where lines and pages begin."""

    points: npt.NDArray[np.uint32]
    kinds: Bytes
    forms: Stretches
    line: Ints
    """Line of each character."""
    start: Ints
    end: Ints
    """Characters ``start[i]:end[i]`` are line ``i``, without its line end."""
    page: Ints
    """Page of each line."""
    bounds: Ints
    counts: Singles
    """Characters of each class; (n, 16)."""

    @property
    def lines(self) -> int:
        return len(self.start)

    @property
    def pages(self) -> int:
        return len(self.bounds) - 1

    @property
    def sizes(self) -> Ints:
        """Characters of each line."""
        return self.end - self.start

    def lines_of_pages(self) -> Ints:
        """How many lines each page has; (pages,)."""
        return np.diff(self.bounds)

    def by_page(self, values: Any) -> Floats:
        """Sum of a column over the lines of each page; (pages,)."""
        return np.bincount(self.page, values, self.pages).astype(np.float64)


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of all lines in order; a character of a script without blanks is a word."""

    start: Ints
    end: Ints
    line: Ints
    place: Ints
    """How many words stand before it in its line,"""
    rest: Ints
    """... and after it."""
    kind: Bytes
    """Class of its first character."""
    hashed: Hashes
    pair: Hashes
    """Hash of the word and the next one."""
    has_next: Bools
    """Whether the next one stands in the same line."""
    dense: Bools
    dense_pair: Bools
    """Whether the word and the next are characters of a script without blanks: their pair stands for a word."""
    counts: Ints
    """Words of each line,"""
    width: Floats
    """... where characters of scripts without blanks count by half."""
    bounds: Ints
    """Line ``i`` has the words ``bounds[i]:bounds[i + 1]``."""

    @property
    def size(self) -> Ints:
        return self.end - self.start

    @property
    def unit(self) -> Hashes:
        """What stands for a word where words are compared: the word, or the pair of dense characters."""
        return np.where(self.dense_pair, self.pair, self.hashed)


def measure(pages: Sequence[Sequence[str]], blanks: Sequence[Sequence[bool]]) -> Measured:
    """Measure some pages.

    :param pages: the lines of each page.
    :param blanks: for each line, whether a blank line stands before it.
    """
    text = _read(pages)
    if not text.lines:
        none, line = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
        width = np.zeros(0, dtype=np.float32)
        dense = np.zeros((0, DENSE), dtype=np.float32)
        return Measured(dense, none, line, none, line, width, text.bounds, np.zeros(0, dtype=np.bool_))
    words = _find_words(text)
    blank = np.concatenate([np.asarray(own, dtype=np.bool_) for own in blanks])
    line_hash = _hash_lines(words)
    repeats, is_first = _count_repeats(text, line_hash)
    columns = (
        _length_columns(text, words)
        | _case_columns(text, words)
        | _edge_columns(text)
        | _mark_columns(text)
        | _page_columns(text, words, blank)
        | _overlap_columns(text, words)
        | {"log_repeats": np.log1p(repeats - 1), "is_first": is_first, "first_of_many": (repeats > 1) & is_first}
    )
    word_hashes, word_lines = _word_hashes(text, words)
    phrases, phrase_lines = _phrase_hashes(text, words, line_hash)
    return Measured(
        dense=np.concatenate([_in_order(columns), _part_columns(words)], 1),
        words=word_hashes,
        word_lines=word_lines,
        phrases=phrases,
        phrase_lines=phrase_lines,
        width=words.width.astype(np.float32),
        bounds=text.bounds,
        repeat=(repeats > 1) & ~is_first & (words.counts > 0),
    )


_SHARES: Final = tuple(kind for kind in Class if kind is not Class.SPACE)
_FIRST: Final = tuple(kind for kind in _SHARES if kind not in {Class.STOP, Class.COMMA, Class.OTHER})
_LAST: Final = (Class.LOWER, Class.UPPER, Class.DIGIT, Class.QUOTE, Class.BRACKET, Class.COMMA, Class.DENSE)
_ORDER: Final = (
    *("log_size", "log_width", "width6", "width30", "mean_word", "longest_word"),
    *(f"share_{kind.name}" for kind in _SHARES),
    *("log_stops", "log_commas", "log_quotes", "log_separators", "log_digits", "log_sentences", "sentence_width"),
    *("capital_words", "upper_words", "short_words", "lower_words", "digit_words"),
    *(f"first_{kind.name}" for kind in _FIRST),
    "second_SPACE",
    *(f"last_{kind.name}" for kind in _LAST),
    *("ends_stop", "ends_ellipsis", "ends_question", "ends_colon", "has_address", "has_at", "has_copyright"),
    *("blank_before", "blank_after", "log_repeats", "is_first", "first_of_many"),
    *("seen", "content_seen", "content_often", "function_words", "common_words", "in_title", "is_title", "no_content"),
    *("pairs_before", "pairs_after", "pairs_before_width", "pairs_after_width"),
    *("place", "from_top", "from_end", "log_from_top", "log_from_end", "place_by_size"),
    *("log_lines", "log_page_size", "blank_share", "long_share", "long_width_share", "stop_share", "log_mean_width"),
    *("log_block_lines", "log_block_width"),
)
"""Columns in the order of the weights. CJK characters and such are called dense: see ``Class``."""
DENSE: Final = len(_ORDER) + 2 * len(lexicon.PARTS) + 1
"""Numbers of each line."""


def _in_order(columns: Mapping[str, Any]) -> Singles:
    """The columns side by side; (n, columns)."""
    return np.stack([np.asarray(columns[name], dtype=np.float32) for name in _ORDER], 1)


def _read(pages: Sequence[Sequence[str]]) -> _Text:
    """One long text of all lines."""
    flat = [line for page in pages for line in page]
    lines_of_pages = np.array([len(page) for page in pages], dtype=np.int64)
    sizes = np.fromiter(map(len, flat), dtype=np.int64, count=len(flat))
    points = np.frombuffer("".join(f"{line}\n" for line in flat).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds, forms = classify(points)
    line = np.repeat(np.arange(len(flat)), sizes + 1)
    table = np.bincount(line * _CLASSES + kinds, minlength=len(flat) * _CLASSES)
    counts = table.reshape(len(flat), _CLASSES).astype(np.float32)
    counts[:, Class.SPACE] -= 1  # the line end
    end = np.cumsum(sizes + 1) - 1
    return _Text(
        points=points,
        kinds=kinds,
        forms=Stretches(forms),
        line=line,
        start=end - sizes,
        end=end,
        page=np.repeat(np.arange(len(pages)), lines_of_pages),
        bounds=np.concatenate([[0], np.cumsum(lines_of_pages)]).astype(np.int64),
        counts=counts,
    )


def _find_words(text: _Text) -> _Words:
    """Runs of letters and digits; in scripts without blanks, characters."""
    inside = (text.kinds >= Class.LOWER) & (text.kinds <= Class.DIGIT)
    dense = text.kinds == Class.DENSE
    starts = inside & (~_before(inside) | dense | _before(dense))
    ends = inside.copy()
    ends[:-1] &= ~inside[1:] | starts[1:]
    start, end = np.flatnonzero(starts), np.flatnonzero(ends) + 1
    line = text.line[start]
    counts = np.bincount(line, minlength=text.lines)
    bounds = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    place = np.arange(len(start)) - bounds[line]
    rest = counts[line] - 1 - place
    hashed = mix(text.forms.between(start, end), Salt.WORD)
    following = np.zeros_like(hashed)
    following[:-1] = hashed[1:]
    has_next = rest > 0
    is_dense = dense[start]
    dense_pair = is_dense & has_next
    dense_pair[:-1] &= is_dense[1:]
    return _Words(
        start=start,
        end=end,
        line=line,
        place=place,
        rest=rest,
        kind=text.kinds[start],
        hashed=hashed,
        pair=mix(hashed * np.uint64(3) + following, Salt.PAIR),
        has_next=has_next,
        dense=is_dense,
        dense_pair=dense_pair,
        counts=counts,
        width=counts - 0.5 * np.bincount(line[is_dense], minlength=text.lines),
        bounds=bounds,
    )


def _before(flags: Bools) -> Bools:
    """The flag of the character before."""
    moved = np.zeros_like(flags)
    moved[1:] = flags[:-1]
    return moved


def _hash_lines(words: _Words) -> Hashes:
    """Hash of the words of each line, so that bullets and stops do not matter; (n,)."""
    terms = words.hashed * powers(len(words.hashed) + 1)[words.place]
    sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(terms, dtype=np.uint64)])
    return mix(sums[words.bounds[1:]] - sums[words.bounds[:-1]], Salt.LINE)


def _count_repeats(text: _Text, line_hash: Hashes) -> tuple[Ints, Bools]:
    """How often each line's words stand on its page, and whether this is the first time; (n,) each."""
    on_page = line_hash ^ (text.page.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    _, first, inverse, times = np.unique(on_page, return_index=True, return_inverse=True, return_counts=True)
    return times[inverse], first[inverse] == np.arange(text.lines)


def _length_columns(text: _Text, words: _Words) -> dict[str, Any]:
    """Lengths, in characters and words, and marks counted."""
    size = text.sizes.astype(np.float32)
    width = words.width
    longest = np.zeros(text.lines)
    if len(words.start):
        has_words = words.counts > 0
        lengths = np.where(words.dense, 2, np.minimum(words.size, 40))
        longest[has_words] = np.maximum.reduceat(lengths, words.bounds[:-1][has_words])
    stops = text.kinds == Class.STOP
    closes = np.zeros_like(stops)
    closes[:-1] = stops[:-1] & (text.kinds[1:] == Class.SPACE)
    closes |= stops & (text.points >= 0x3000)  # wide stops need no blank after them
    sentences = np.bincount(text.line[closes], minlength=text.lines)
    least = np.maximum(size, 1)
    return {
        "log_size": np.log1p(size),
        "log_width": np.log1p(width),
        "width6": np.minimum(width, 6) / 6,
        "width30": np.minimum(width, 30) / 30,
        "mean_word": size / np.maximum(words.counts, 1) / 10,
        "longest_word": longest / 20,
        **{f"share_{kind.name}": np.minimum(text.counts[:, kind] / least, 1) for kind in _SHARES},
        "log_stops": np.log1p(text.counts[:, Class.STOP]),
        "log_commas": np.log1p(text.counts[:, Class.COMMA]),
        "log_quotes": np.log1p(text.counts[:, Class.QUOTE]),
        "log_separators": np.log1p(text.counts[:, Class.SEPARATOR]),
        "log_digits": np.log1p(text.counts[:, Class.DIGIT]),
        "log_sentences": np.log1p(sentences),
        "sentence_width": width / (1 + text.counts[:, Class.STOP]) / 20,
    }


def _case_columns(text: _Text, words: _Words) -> dict[str, Any]:
    """Shares of the line's words that are capitalised, in capitals, short, in lower case, numbers."""
    capitals = np.concatenate([[0], np.cumsum(text.kinds == Class.UPPER)])
    upper = (capitals[words.end] - capitals[words.start] == words.size) & (words.size > 1)
    short = (words.size <= 3) & ~words.dense & (words.kind != Class.DIGIT)
    total = np.maximum(words.counts, 1)
    return {
        name: np.bincount(words.line[chosen], minlength=text.lines) / total
        for name, chosen in (
            ("capital_words", words.kind == Class.UPPER),
            ("upper_words", upper),
            ("short_words", short),
            ("lower_words", words.kind == Class.LOWER),
            ("digit_words", words.kind == Class.DIGIT),
        )
    }


def _ends_stop(text: _Text) -> Bools:
    """Whether the line ends with a stop, or a stop and a closing mark; (n,)."""
    last, before = _last_kinds(text)
    closed = ((last == Class.QUOTE) | (last == Class.BRACKET)) & (before == Class.STOP)
    return np.asarray((last == Class.STOP) | closed)


def _last_kinds(text: _Text) -> tuple[Bytes, Bytes]:
    """Classes of the last character and of the one before it; (n,) each."""
    last = text.kinds[np.maximum(text.end - 1, text.start)]
    before = text.kinds[np.maximum(text.end - 2, text.start)]
    return np.where(text.sizes == 0, np.uint8(Class.SPACE), last), before


def _edge_columns(text: _Text) -> dict[str, Any]:
    """How the line begins and ends."""
    first = np.where(text.sizes == 0, np.uint8(Class.SPACE), text.kinds[text.start])
    second = text.kinds[np.minimum(text.start + 1, text.end)]
    last, _ = _last_kinds(text)
    point = text.points[np.maximum(text.end - 1, text.start)]
    dots = (point == ord(".")) & (text.points[np.maximum(text.end - 3, 0)] == ord(".")) & (text.sizes >= 3)
    return {
        **{f"first_{kind.name}": first == kind for kind in _FIRST},
        "second_SPACE": second == Class.SPACE,
        **{f"last_{kind.name}": last == kind for kind in _LAST},
        "ends_stop": _ends_stop(text),
        "ends_ellipsis": (point == ord("…")) | dots,
        "ends_question": np.isin(point, [ord(mark) for mark in "?？؟"]),
        "ends_colon": np.isin(point, [ord(mark) for mark in ":："]),
    }


def _mark_columns(text: _Text) -> dict[str, Any]:
    """Whether the line has a web address, an at sign, a copyright sign."""
    slash_next = np.concatenate([text.points[1:] == ord("/"), [False]])
    return {
        name: np.bincount(text.line[chosen], minlength=text.lines) > 0
        for name, chosen in (
            ("has_address", (text.points == ord(":")) & slash_next),
            ("has_at", text.points == ord("@")),
            ("has_copyright", text.points == ord("©")),
        )
    }


def _page_columns(text: _Text, words: _Words, blank: Bools) -> dict[str, Any]:
    """Where the line stands on the page, and what the page is like."""
    page, width = text.page, words.width
    index, total = np.arange(text.lines) - text.bounds[page], text.lines_of_pages()[page]
    left = total - 1 - index
    blank = blank | (index == 0)
    after = np.ones(text.lines, dtype=np.bool_)
    after[:-1] = blank[1:]
    size = text.sizes.astype(np.float32)
    # whole numbers below 2**24 (``model`` bounds what is measured at once), so sums of floats are exact
    sums = np.concatenate([[0], np.cumsum(size)])
    above = sums[text.bounds[page]]
    page_size = np.maximum(sums[text.bounds[page + 1]] - above, 1)
    lines = np.maximum(text.lines_of_pages(), 1)
    long = width >= _LONG_WORDS
    block = np.cumsum(blank) - 1  # lines without a blank line between them
    return {
        "blank_before": blank,
        "blank_after": after,
        "place": index / np.maximum(total, 1),
        "from_top": np.minimum(index, 20) / 20,
        "from_end": np.minimum(left, 20) / 20,
        "log_from_top": np.log1p(index) / 6,
        "log_from_end": np.log1p(left) / 6,
        "place_by_size": (np.cumsum(size) - above - size / 2) / page_size,
        "log_lines": np.log1p(total) / 6,
        "log_page_size": np.log1p(page_size) / 10,
        "blank_share": (text.by_page(blank) / lines)[page],
        "long_share": (text.by_page(long) / lines)[page],
        "long_width_share": (text.by_page(np.where(long, width, 0)) / np.maximum(text.by_page(width), 1))[page],
        "stop_share": (text.by_page(_ends_stop(text) & long) / np.maximum(text.by_page(long), 1))[page],
        "log_mean_width": np.log1p((text.by_page(width) / lines)[page]),
        "log_block_lines": np.log1p(np.minimum(np.bincount(block)[block], 50)),
        "log_block_width": np.log1p(np.bincount(block, width)[block]),
    }


def _overlap_columns(text: _Text, words: _Words) -> dict[str, Any]:
    """Which of the line's words stand in the page's long lines and in its title: words of chrome do not."""
    page = text.page[words.line]
    slot = (words.unit & np.uint64(_WORD_SLOTS - 1)).astype(np.int64) + page * _WORD_SLOTS
    table = _WORD_SLOTS * text.pages
    in_long = (words.width >= _LONG_WORDS)[words.line]
    # the word itself is not counted
    other = np.bincount(slot[in_long], minlength=table).astype(np.float32)[slot] - in_long
    anywhere = np.bincount(slot, minlength=table).astype(np.float32)[slot] - 1
    long_words = np.bincount(page[in_long], minlength=text.pages).astype(np.float32)
    frequent = (other / np.maximum(long_words[page], 1) > 0.008) & (other >= 3)
    content = ((words.size >= 5) & (words.kind != Class.DIGIT)) | words.dense_pair
    content |= (words.kind == Class.LETTER) & (words.size >= 4)
    contents = np.bincount(words.line[content], minlength=text.lines)
    title = np.full(text.pages, -1)
    candidates = np.flatnonzero(words.width >= _TITLE_WORDS)[::-1]
    title[text.page[candidates]] = candidates
    in_title = np.zeros(table, dtype=np.bool_)
    in_title[slot[(words.line == title[page]) & content]] = True

    def share(values: Any, total: Ints, chosen: Any = slice(None)) -> Floats:
        """Sum over the line's (chosen) words, as a share."""
        return np.bincount(words.line[chosen], values[chosen], text.lines) / np.maximum(total, 1)

    return {
        "seen": share(other > 0, words.counts),
        "content_seen": share(other > 0, contents, content),
        "content_often": share(np.log1p(np.maximum(other, 0)), contents, content),
        "function_words": share(frequent, words.counts),
        "common_words": share(np.log1p(anywhere), words.counts),
        "in_title": share(in_title[slot], contents, content),
        "is_title": title[text.page] == np.arange(text.lines),
        "no_content": contents == 0,
    } | _pair_columns(text, words)


def _pair_columns(text: _Text, words: _Words) -> dict[str, Any]:
    """Shares of the line's pairs of words that stand in an earlier, and in a later, line: second prints of a text."""
    line = words.line[words.has_next]
    slot = (words.pair[words.has_next] & np.uint64(_PAIR_SLOTS - 1)).astype(np.int64) + text.page[line] * _PAIR_SLOTS
    first = np.full(_PAIR_SLOTS * text.pages, text.lines, dtype=np.int64)
    first[slot[::-1]] = line[::-1]  # of several values for one slot the last one written stays
    last = np.full(_PAIR_SLOTS * text.pages, -1, dtype=np.int64)
    last[slot] = line
    pairs = np.maximum(np.bincount(line, minlength=text.lines), 1)
    before = np.bincount(line, first[slot] < line, text.lines) / pairs
    after = np.bincount(line, last[slot] > line, text.lines) / pairs
    width = np.minimum(words.width, 30)
    return {
        "pairs_before": before,
        "pairs_after": after,
        "pairs_before_width": before * width / 30,
        "pairs_after_width": after * width / 30,
    }


def _part_columns(words: _Words) -> Singles:
    """Words of each line that name each part of a page: counted to two, as shares, and the share of all; (n, 51)."""
    lines, parts = len(words.counts), len(lexicon.PARTS)
    part = lexicon.parts_of(words.unit)
    named = part != lexicon.NONE
    table = np.bincount(words.line[named] * parts + part[named], minlength=lines * parts).reshape(lines, parts)
    counts = table.astype(np.float32)
    share = counts / (4 + words.counts)[:, None].astype(np.float32)
    total = counts.sum(1, keepdims=True) / np.maximum(words.counts, 1)[:, None]
    return np.concatenate([np.minimum(counts, 2) / 2, share, total.astype(np.float32)], 1)


def _word_hashes(text: _Text, words: _Words) -> tuple[Hashes, Ints]:
    """Hashes of words, of the first four and last three letters of longer ones, of dense pairs; and their lines."""
    chosen = np.flatnonzero((words.place < _HEAD) | (words.rest < _TAIL))
    start, end, line = words.start[chosen], words.end[chosen], words.line[chosen]
    longer = words.size[chosen] >= 6
    pairs = words.dense_pair[chosen]
    return np.concatenate(
        [
            words.hashed[chosen],
            mix(text.forms.between(start[longer], start[longer] + 4), Salt.PREFIX),
            mix(text.forms.between(end[longer] - 3, end[longer]), Salt.SUFFIX),
            words.pair[chosen][pairs],
        ]
    ), np.concatenate([line, line[longer], line[longer], line[pairs]])


def _phrase_hashes(text: _Text, words: _Words, line_hash: Hashes) -> tuple[Hashes, Ints]:
    """Hashes of pairs, first and last words, whole short lines and shapes; and their lines."""
    pairs = np.flatnonzero(words.has_next & (words.place < 10) & (words.width[words.line] <= 16))
    first, last = np.flatnonzero(words.place == 0), np.flatnonzero(words.rest == 0)
    first_pair = np.flatnonzero((words.place == 0) & words.has_next)
    short = np.flatnonzero((words.width <= 8) & (words.counts > 0))
    shapes, shape_lines = _shape_hashes(text)
    return np.concatenate(
        [
            words.pair[pairs],
            mix(words.hashed[first], Salt.FIRST_WORD),
            mix(words.hashed[last], Salt.LAST_WORD),
            mix(words.pair[first_pair], Salt.FIRST_PAIR),
            line_hash[short],
            shapes,
        ]
    ), np.concatenate(
        [words.line[pairs], words.line[first], words.line[last], words.line[first_pair], short, shape_lines]
    )


def _shape_hashes(text: _Text) -> tuple[Hashes, Ints]:
    """Hashes of the shape of each line, which is its classes of characters without repeats; and their lines.

    ``May 3, 2024`` is upper, lower, space, digit, comma, space, digit. Of long shapes the first six and last four.
    """
    changes = np.empty(len(text.kinds), dtype=np.bool_)
    changes[0] = True
    changes[1:] = text.kinds[1:] != text.kinds[:-1]
    changes[text.start] = True
    at = np.flatnonzero(changes)
    counts = np.bincount(text.line[at], minlength=text.lines)
    bounds = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    shape = Stretches(text.kinds[at].astype(np.uint64))
    start, end = bounds[:-1], bounds[1:] - 1  # without the line end, unless a blank stands before it
    whole = np.flatnonzero((counts - 1 <= 16) & (counts > 1))
    parts = np.flatnonzero(counts > 8)
    return np.concatenate(
        [
            mix(shape.between(start[whole], end[whole]), Salt.SHAPE),
            mix(shape.between(start[parts], start[parts] + 6), Salt.SHAPE_START),
            mix(shape.between(end[parts] - 4, end[parts]), Salt.SHAPE_END),
        ]
    ), np.concatenate([whole, parts, parts])
