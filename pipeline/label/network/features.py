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
    from collections.abc import Sequence

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

LONG_WORDS: Final = 14
"""A line of at least so many words is taken for prose when the words of a page are compared with those of its prose."""
TITLE_WORDS: Final = 4
"""The first line of so many words is mostly the page's title."""
FREQUENT: Final = 0.008
"""A word that makes up a larger share of the page's long lines is a function word."""
HEAD, TAIL = 24, 12
"""Of a long line only its first and last words are looked up: they tell what it is."""
WORD_SLOTS: Final = 1 << 13
PAIR_SLOTS: Final = 1 << 14
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


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted in the lines of some pages, before it is made into shares and logarithms; (n,) each.

    ``measure`` counts by array arithmetic, ``compiled`` in one pass of compiled code: to the same numbers.
    """

    bounds: Ints
    sizes: Ints
    """Characters."""
    by_class: Singles
    """Characters of each class; (n, 16)."""
    first: Any
    """Class of the first character, of the second, ..."""
    second: Any
    last: Any
    before_last: Any
    last_point: Any
    third_last_point: Any
    """Code points of the last character and of the one two before it."""
    sentences: Ints
    has_address: Any
    has_at: Any
    has_copyright: Any
    words: Ints
    width: Floats
    """Words, where characters of scripts without blanks count by half."""
    longest: Any
    capital_words: Ints
    upper_words: Ints
    short_words: Ints
    lower_words: Ints
    digit_words: Ints
    contents: Ints
    """Words that say what a line is about."""
    seen: Any
    """Words that stand in another, long line of the page,"""
    content_seen: Any
    """... those of them that say something,"""
    content_often: Any
    """... with the logarithms of how often;"""
    function_words: Any
    """words that are frequent there;"""
    common_words: Any
    """logarithms of how often words stand elsewhere on the page;"""
    in_title: Any
    """words of the title."""
    is_title: Any
    pairs_before: Any
    """Pairs of words that stand in an earlier line,"""
    pairs_after: Any
    """... and in a later one."""
    parts: Ints
    """Words that name each part of a page; (n, parts)."""
    line_hash: Hashes

    @property
    def lines(self) -> int:
        return len(self.sizes)

    @property
    def pages(self) -> int:
        return len(self.bounds) - 1

    @property
    def page(self) -> Ints:
        """Page of each line."""
        return np.repeat(np.arange(self.pages), np.diff(self.bounds))

    @property
    def ends_stop(self) -> Bools:
        """Whether the line ends with a stop, or a stop and a closing mark."""
        closed = ((self.last == Class.QUOTE) | (self.last == Class.BRACKET)) & (self.before_last == Class.STOP)
        return np.asarray((self.last == Class.STOP) | closed)


def measure(pages: Sequence[Sequence[str]], blanks: Sequence[Sequence[bool]]) -> Measured:
    """Measure some pages.

    :param pages: the lines of each page.
    :param blanks: for each line, whether a blank line stands before it.
    """
    text = _read(pages)
    if not text.lines:
        return unmeasured(text.bounds)
    words = _find_words(text)
    line_hash = _hash_lines(words)
    word_hashes, word_lines = _word_hashes(text, words)
    phrases, phrase_lines = _phrase_hashes(text, words, line_hash)
    counted = _count(text, words, line_hash)
    return in_columns(counted, blanks, words=(word_hashes, word_lines), phrases=(phrases, phrase_lines))


def unmeasured(bounds: Ints) -> Measured:
    """Pages without lines."""
    none, line = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    width = np.zeros(0, dtype=np.float32)
    dense = np.zeros((0, DENSE), dtype=np.float32)
    return Measured(dense, none, line, none, line, width, bounds, np.zeros(0, dtype=np.bool_))


def in_columns(
    counted: Counted, blanks: Sequence[Sequence[bool]], *, words: tuple[Hashes, Ints], phrases: tuple[Hashes, Ints]
) -> Measured:
    """What the network reads, from what was counted, and from hashes with their lines."""
    blank = np.concatenate([np.asarray(own, dtype=np.bool_) for own in blanks])
    repeats, is_first = _count_repeats(counted)
    columns = (
        _length_columns(counted)
        | _case_columns(counted)
        | _edge_columns(counted)
        | _page_columns(counted, blank)
        | _overlap_columns(counted)
        | {"log_repeats": np.log1p(repeats - 1), "is_first": is_first, "first_of_many": (repeats > 1) & is_first}
    )
    # column by column in memory: so they are made, and so they are standardised
    dense = np.empty((DENSE, counted.lines), dtype=np.float32)
    for row, name in zip(dense, _ORDER, strict=False):
        row[:] = columns[name]
    dense[len(_ORDER) :] = _part_columns(counted).T
    return Measured(
        dense=dense.T,
        words=words[0],
        word_lines=words[1],
        phrases=phrases[0],
        phrase_lines=phrases[1],
        width=counted.width.astype(np.float32),
        bounds=counted.bounds,
        repeat=(repeats > 1) & ~is_first & (counted.words > 0),
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


def _count(text: _Text, words: _Words, line_hash: Hashes) -> Counted:
    """All that is counted, line by line."""
    stops = text.kinds == Class.STOP
    closes = np.zeros_like(stops)
    closes[:-1] = stops[:-1] & (text.kinds[1:] == Class.SPACE)
    closes |= stops & (text.points >= 0x3000)  # wide stops need no blank after them
    slash_next = np.concatenate([text.points[1:] == ord("/"), [False]])
    capitals = np.concatenate([[0], np.cumsum(text.kinds == Class.UPPER)])
    upper = (capitals[words.end] - capitals[words.start] == words.size) & (words.size > 1)
    short = (words.size <= 3) & ~words.dense & (words.kind != Class.DIGIT)
    longest = np.zeros(text.lines)
    if len(words.start):
        has_words = words.counts > 0
        lengths = np.where(words.dense, 2, np.minimum(words.size, 40))
        longest[has_words] = np.maximum.reduceat(lengths, words.bounds[:-1][has_words])
    lines, parts = len(words.counts), len(lexicon.PARTS)
    part = lexicon.parts_of(words.unit)
    named = part != lexicon.NONE
    last_at = np.maximum(text.end - 1, text.start)

    def characters(chosen: Bools) -> Ints:
        return np.bincount(text.line[chosen], minlength=lines)

    def of_kind(chosen: Bools) -> Ints:
        return np.bincount(words.line[chosen], minlength=lines)

    return Counted(
        bounds=text.bounds,
        sizes=text.sizes,
        by_class=text.counts,
        first=text.kinds[text.start],  # of a line without characters the line end, which is white space
        second=text.kinds[np.minimum(text.start + 1, text.end)],
        last=text.kinds[last_at],
        before_last=text.kinds[np.maximum(text.end - 2, text.start)],
        last_point=text.points[last_at],
        third_last_point=text.points[np.maximum(text.end - 3, 0)],
        sentences=characters(closes),
        has_address=characters((text.points == ord(":")) & slash_next) > 0,
        has_at=characters(text.points == ord("@")) > 0,
        has_copyright=characters(text.points == ord("©")) > 0,
        words=words.counts,
        width=words.width,
        longest=longest,
        capital_words=of_kind(words.kind == Class.UPPER),
        upper_words=of_kind(upper),
        short_words=of_kind(short),
        lower_words=of_kind(words.kind == Class.LOWER),
        digit_words=of_kind(words.kind == Class.DIGIT),
        parts=np.bincount(words.line[named] * parts + part[named], minlength=lines * parts).reshape(lines, parts),
        line_hash=line_hash,
        **_count_overlaps(text, words),
        **_count_pairs(text, words),
    )


def _count_overlaps(text: _Text, words: _Words) -> dict[str, Any]:
    """Which of the line's words stand in the page's long lines and in its title: words of chrome do not."""
    page = text.page[words.line]
    slot = (words.unit & np.uint64(WORD_SLOTS - 1)).astype(np.int64) + page * WORD_SLOTS
    table = WORD_SLOTS * text.pages
    in_long = (words.width >= LONG_WORDS)[words.line]
    # the word itself is not counted
    other = np.bincount(slot[in_long], minlength=table).astype(np.float32)[slot] - in_long
    anywhere = np.bincount(slot, minlength=table).astype(np.float32)[slot] - 1
    long_words = np.bincount(page[in_long], minlength=text.pages).astype(np.float32)
    frequent = (other / np.maximum(long_words[page], 1) > FREQUENT) & (other >= 3)
    content = ((words.size >= 5) & (words.kind != Class.DIGIT)) | words.dense_pair
    content |= (words.kind == Class.LETTER) & (words.size >= 4)
    title = np.full(text.pages, -1)
    candidates = np.flatnonzero(words.width >= TITLE_WORDS)[::-1]
    title[text.page[candidates]] = candidates
    in_title = np.zeros(table, dtype=np.bool_)
    in_title[slot[(words.line == title[page]) & content]] = True

    def total(values: Any, chosen: Any = slice(None)) -> Floats:
        """Sum over the line's (chosen) words."""
        return np.asarray(np.bincount(words.line[chosen], values[chosen], text.lines), dtype=np.float64)

    return {
        "contents": np.bincount(words.line[content], minlength=text.lines),
        "seen": total(other > 0),
        "content_seen": total(other > 0, content),
        "content_often": total(np.log1p(np.maximum(other, 0)), content),
        "function_words": total(frequent),
        "common_words": total(np.log1p(anywhere)),
        "in_title": total(in_title[slot], content),
        "is_title": title[text.page] == np.arange(text.lines),
    }


def _count_pairs(text: _Text, words: _Words) -> dict[str, Any]:
    """The line's pairs of words that stand in an earlier, and in a later, line: second prints of a text."""
    line = words.line[words.has_next]
    slot = (words.pair[words.has_next] & np.uint64(PAIR_SLOTS - 1)).astype(np.int64) + text.page[line] * PAIR_SLOTS
    first = np.full(PAIR_SLOTS * text.pages, text.lines, dtype=np.int64)
    first[slot[::-1]] = line[::-1]  # of several values for one slot the last one written stays
    last = np.full(PAIR_SLOTS * text.pages, -1, dtype=np.int64)
    last[slot] = line
    return {
        "pairs_before": np.bincount(line, first[slot] < line, text.lines),
        "pairs_after": np.bincount(line, last[slot] > line, text.lines),
    }


def _count_repeats(counted: Counted) -> tuple[Ints, Bools]:
    """How often each line's words stand on its page, and whether this is the first time; (n,) each."""
    on_page = counted.line_hash ^ (counted.page.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    _, first, inverse, times = np.unique(on_page, return_index=True, return_inverse=True, return_counts=True)
    return times[inverse], first[inverse] == np.arange(counted.lines)


def _length_columns(counted: Counted) -> dict[str, Any]:
    """Lengths, in characters and words, and marks counted."""
    size = counted.sizes.astype(np.float32)
    width, by_class = counted.width, counted.by_class
    least = np.maximum(size, 1)
    shares = np.minimum(by_class / least[:, None], 1)
    return {
        "log_size": np.log1p(size),
        "log_width": np.log1p(width),
        "width6": np.minimum(width, 6) / 6,
        "width30": np.minimum(width, 30) / 30,
        "mean_word": size / np.maximum(counted.words, 1) / 10,
        "longest_word": counted.longest / 20,
        **{f"share_{kind.name}": shares[:, kind] for kind in _SHARES},
        "log_stops": np.log1p(by_class[:, Class.STOP]),
        "log_commas": np.log1p(by_class[:, Class.COMMA]),
        "log_quotes": np.log1p(by_class[:, Class.QUOTE]),
        "log_separators": np.log1p(by_class[:, Class.SEPARATOR]),
        "log_digits": np.log1p(by_class[:, Class.DIGIT]),
        "log_sentences": np.log1p(counted.sentences),
        "sentence_width": width / (1 + by_class[:, Class.STOP]) / 20,
    }


def _case_columns(counted: Counted) -> dict[str, Any]:
    """Shares of the line's words that are capitalised, in capitals, short, in lower case, numbers."""
    total = np.maximum(counted.words, 1)
    return {
        "capital_words": counted.capital_words / total,
        "upper_words": counted.upper_words / total,
        "short_words": counted.short_words / total,
        "lower_words": counted.lower_words / total,
        "digit_words": counted.digit_words / total,
    }


def _edge_columns(counted: Counted) -> dict[str, Any]:
    """How the line begins and ends, and whether it has a web address, an at sign, a copyright sign."""
    point = counted.last_point
    dots = (point == ord(".")) & (counted.third_last_point == ord(".")) & (counted.sizes >= 3)
    return {
        **{f"first_{kind.name}": counted.first == kind for kind in _FIRST},
        "second_SPACE": counted.second == Class.SPACE,
        **{f"last_{kind.name}": counted.last == kind for kind in _LAST},
        "ends_stop": counted.ends_stop,
        "ends_ellipsis": (point == ord("…")) | dots,
        "ends_question": (point == ord("?")) | (point == ord("？")) | (point == ord("؟")),
        "ends_colon": (point == ord(":")) | (point == ord("：")),
        "has_address": counted.has_address,
        "has_at": counted.has_at,
        "has_copyright": counted.has_copyright,
    }


def _page_columns(counted: Counted, blank: Bools) -> dict[str, Any]:
    """Where the line stands on the page, and what the page is like."""
    bounds, page, width = counted.bounds, counted.page, counted.width
    lines_of_pages = np.diff(bounds)
    index, total = np.arange(counted.lines) - bounds[page], lines_of_pages[page]
    left = total - 1 - index
    blank = blank | (index == 0)
    after = np.ones(counted.lines, dtype=np.bool_)
    after[:-1] = blank[1:]
    size = counted.sizes.astype(np.float32)
    # whole numbers below 2**24 (``model`` bounds what is measured at once), so sums of floats are exact
    sums = np.concatenate([[0], np.cumsum(size)])
    above = sums[bounds[page]]
    page_size = np.maximum(sums[bounds[page + 1]] - above, 1)
    lines = np.maximum(lines_of_pages, 1)
    long = width >= LONG_WORDS
    block = np.cumsum(blank) - 1  # lines without a blank line between them

    def by_page(values: Any) -> Floats:
        """Sum of a column over the lines of each page; (pages,)."""
        return np.bincount(page, values, counted.pages).astype(np.float64)

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
        "blank_share": (by_page(blank) / lines)[page],
        "long_share": (by_page(long) / lines)[page],
        "long_width_share": (by_page(np.where(long, width, 0)) / np.maximum(by_page(width), 1))[page],
        "stop_share": (by_page(counted.ends_stop & long) / np.maximum(by_page(long), 1))[page],
        "log_mean_width": np.log1p((by_page(width) / lines)[page]),
        "log_block_lines": np.log1p(np.minimum(np.bincount(block)[block], 50)),
        "log_block_width": np.log1p(np.bincount(block, width)[block]),
    }


def _overlap_columns(counted: Counted) -> dict[str, Any]:
    """Shares of the line's words that stand elsewhere on the page, and of its pairs of words."""
    words, contents = np.maximum(counted.words, 1), np.maximum(counted.contents, 1)
    pairs = np.maximum(counted.words - 1, 1)
    before, after = counted.pairs_before / pairs, counted.pairs_after / pairs
    width = np.minimum(counted.width, 30)
    return {
        "seen": counted.seen / words,
        "content_seen": counted.content_seen / contents,
        "content_often": counted.content_often / contents,
        "function_words": counted.function_words / words,
        "common_words": counted.common_words / words,
        "in_title": counted.in_title / contents,
        "is_title": counted.is_title,
        "no_content": counted.contents == 0,
        "pairs_before": before,
        "pairs_after": after,
        "pairs_before_width": before * width / 30,
        "pairs_after_width": after * width / 30,
    }


def _part_columns(counted: Counted) -> Singles:
    """Words of each line that name each part of a page: counted to two, as shares, and the share of all; (n, 51)."""
    counts = counted.parts.astype(np.float32)
    share = counts / (4 + counted.words)[:, None].astype(np.float32)
    total = counts.sum(1, keepdims=True) / np.maximum(counted.words, 1)[:, None]
    return np.concatenate([np.minimum(counts, 2) / 2, share, total.astype(np.float32)], 1)


def _word_hashes(text: _Text, words: _Words) -> tuple[Hashes, Ints]:
    """Hashes of words, of the first four and last three letters of longer ones, of dense pairs; and their lines."""
    chosen = np.flatnonzero((words.place < HEAD) | (words.rest < TAIL))
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
