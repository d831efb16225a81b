"""What an article prints twice is kept once: the other copy becomes ``duplicate:<line number of the kept one>``.

Which copy is kept: of a title the first; of a paragraph the first; of a pull quote the longer paragraph that holds it;
of a caption or a dek that is also body text, the body's. Texts are compared as words: case, punctuation, quotation
marks, dashes, ellipses and spaces do not count. Linear in the words of the page, by an index of word 5-grams.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from pipeline.metadata.plain_words import LETTERS_AND_DIGITS, plain_words
from pipeline.metadata.titles import fold, letters, same_title, strip_site
from pipeline.records import BODY, PREFORMATTED, Kind, Label, Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.assemble.blocks import Block

GRAM = 5
"""Words of the n-grams by which a repeat is found; nothing shorter is sought inside a paragraph."""
MIN_REPEATED = {Kind.PARAGRAPH: 10, Kind.QUOTE: 6, Kind.HEADING: 10, Kind.LIST_ITEM: 25}
"""Words from which an equal block is a repeat. "Yes.", "Ingredients", refrains and steps of a manual recur rightly."""
MIN_CONTAINED = {Kind.PARAGRAPH: 10, Kind.QUOTE: 5, Kind.HEADING: 8, Kind.LIST_ITEM: 25}
"""Words from which a block that stands inside a longer paragraph repeats it; headings and list items take their
words from the text they head, so only long ones count."""
MIN_QUOTED = 5
"""... where quotation marks enclose it: a pull quote."""
MIN_ANY = 25
"""Words from which a repeat need not be a sentence: code, options and product lines rightly recur, and are shorter."""
MIN_EDITED = 25
"""Words from which two blocks may differ by ``EDIT_SHARE`` and still be one: shorter ones differ in what they say."""
EDIT_SHARE = 0.04
MIN_TITLE_WORDS = 3
"""A shorter title ("Apple") can stand in the body as a heading of its own."""
MAX_TITLE_CHARS = 400
_MAY_BE_TITLE = frozenset({Kind.TITLE, Kind.DEK, Kind.HEADING, Kind.PARAGRAPH, Kind.QUOTE})
"""Not list items: a page's table of contents names the page."""
MIN_TWICE = 4
"""Words that must recur on one line for it to be alternative text and caption; "New York, New York" is not."""
CJK_FACTOR = 2
"""Chinese and Japanese characters count as half a word."""
ATTRIBUTION_CHARS = 70
"""A pull quote's "— Jane Doe, mayor" stands in its last characters."""
MAX_HOLDERS = 8
"""Blocks remembered as holding the same words: enough that one of them is kept."""
CHECKS_PER_BLOCK = 50
"""Comparisons allowed for each block on average: a page made of one phrase ten thousand times stays linear."""

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]|[^\W_\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_QUOTED = re.compile(r"^\W{0,3}[\"“”„«»‘‚「『'].*[\"”“«»’」』']\W{0,3}$|^\W{0,3}[\"“„«»「『]")
_ATTRIBUTION = re.compile(r"\s[-–—―]{1,2}\s?[^-–—―\"”]{2,60}$")
_ELLIPSIS = re.compile(r"\s*(?:\[\s?(?:…|\.\.\.)\s?\]|\((?:…|\.\.\.)\)|…|\.{3,})\s*")
_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔][\"'”’»)\]」』）]{0,3}$|[\"”»」』]$")
_SENTENCE_END_CHARS = 8
"""More than it takes: the rest of a paragraph need not be searched."""
_CUT_WORD = re.compile(r"[^\W\d_]+(?:…|\.\.\.)\W{0,2}$")


class _Entry(NamedTuple):
    """A block with its words; a tuple for the reason that ``Block`` is one."""

    block: Block
    number: int
    words: tuple[str, ...]
    factor: int
    """How many of its words say as much as one word of a language with spaces."""


_Needle = tuple[tuple[str, ...], ...]
"""Word sequences that must stand in one block, in this order."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of ``text`` as they are compared; each Chinese, Japanese or Thai character is a word."""
    words = plain_words(text, LETTERS_AND_DIGITS)
    return tuple(_TOKEN.findall(fold(text)) if words is None else words)


def mark_repeats(page: Page, labels: Sequence[Label], blocks: Sequence[Block]) -> tuple[Label, ...]:
    """``labels`` with every repeat labelled ``duplicate``; aligned with ``page.lines``.

    A line that a person corrected (``override``) stays what they said. Preformatted text recurs rightly: a tutorial
    shows its code again with a line more.

    :param blocks: those of the page with these labels (``blocks_of``).
    """
    entries: list[_Entry] = []
    fixed: list[_Entry] = []
    """Kept by a person; others may repeat them."""
    for block in blocks:
        if page.lines[block.lines[0]].tag in PREFORMATTED:
            continue
        words = words_of(block.text)
        entry = _Entry(block, page.lines[block.lines[0]].number, words, _factor(block.text, words))
        (fixed if any(labels[index].is_override for index in block.lines) else entries).append(entry)
    repeats: dict[int, int] = {}
    _repeated_fields(entries, fixed, repeats)
    _repeated_body(entries, fixed, repeats)
    result = list(labels)
    for entry in entries:
        kept = repeats.get(id(entry))
        if kept is not None:
            for index in entry.block.lines:
                result[index] = replace(labels[index], kind=Kind.DUPLICATE, reason=f"duplicate:{kept}")
    return tuple(result)


@lru_cache(maxsize=1 << 10)
def once(text: str) -> str:
    """A caption without its copy on the same line: "X X", "X X (Photo: Y)" and "X (Photo: Y) X" give X, with Y.

    Linear, by the Z-function (Gusfield 1997, Algorithms on Strings, section 1.3). Remembered for a while: a page's
    captions are asked for several times.
    """
    spans = [match.span() for match in _TOKEN.finditer(fold_same_length(text))]
    count = len(spans)
    if count < 2 * MIN_TWICE:
        return text
    words = [fold(text[start:end]) for start, end in spans]
    least = MIN_TWICE * (CJK_FACTOR if _CJK.match(words[0]) else 1)
    if count < 2 * least:
        return text
    z = _z_function(words)
    for at in range(count // 2, least - 1, -1):
        if z[at] >= at:
            return text[_opening(text, spans[at][0]) :].strip()
    for at in range(count // 2, count - least + 1):
        # The copy at the end, with a credit between.
        if z[at] == count - at and count - 2 * z[at] <= 2 * least:
            return text[: _opening(text, spans[at][0])].strip()
    return text


def fold_same_length(text: str) -> str:
    """Lower case where that keeps positions."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text


def _opening(text: str, start: int) -> int:
    """``start`` moved back over an opening quotation mark or bracket."""
    while start > 0 and text[start - 1] in "\"'“„«‘([「『":
        start -= 1
    return start


def _z_function(words: Sequence[str]) -> list[int]:
    z = [0] * len(words)
    left = right = 0
    for at in range(1, len(words)):
        length = min(right - at, z[at - left]) if at < right else 0
        while at + length < len(words) and words[length] == words[at + length]:
            length += 1
        z[at] = length
        if at + length > right:
            left, right = at, at + length
    return z


def _least(table: Mapping[Kind, int], entry: _Entry) -> int:
    return table.get(entry.block.kind, 0) * entry.factor


def _factor(text: str, words: Sequence[str]) -> int:
    return CJK_FACTOR if not text.isascii() and 2 * len(_CJK.findall(text)) > len(words) else 1


def _repeated_fields(entries: Sequence[_Entry], fixed: Sequence[_Entry], repeats: dict[int, int]) -> None:
    """Titles, captions, bylines and dates printed again; a title that stands in the body once more."""
    first: dict[tuple[Kind, str], int] = {}
    title = next((entry for entry in [*fixed, *entries] if entry.block.kind is Kind.TITLE), None)
    body_seen = False
    captions: list[_Entry] = []
    for entry in entries:
        kind, text = entry.block.kind, entry.block.text
        # A short title ("Apple") can head a section as well: only above the body is it the title again.
        certain = kind not in BODY or len(entry.words) >= MIN_TITLE_WORDS * entry.factor or not body_seen
        if title is not None and certain and _is_title(entry, title):
            repeats[id(entry)] = title.number
            continue
        if kind is Kind.CAPTION:
            captions.append(entry)
        elif kind in (Kind.BYLINE, Kind.DATE, Kind.TITLE):
            kept = first.setdefault((kind, letters(text)), entry.number)
            if kept != entry.number and letters(text):
                repeats[id(entry)] = kept
        body_seen = body_seen or kind is Kind.PARAGRAPH
    _repeated_captions(captions, repeats)
    _alternative_texts(entries, repeats)


def _is_title(entry: _Entry, title: _Entry) -> bool:
    """Whether a line is the title again, one of them perhaps with the site's name before or behind it."""
    if entry is title or entry.block.kind not in _MAY_BE_TITLE or len(entry.block.text) > MAX_TITLE_CHARS:
        return False
    if not title.words or (entry.words[:1] != title.words[:1] and entry.words[-1:] != title.words[-1:]):
        return False
    line, headline = entry.block.text, title.block.text
    return same_title(line, headline) or same_title(strip_site(line, [headline]), strip_site(headline, [line]))


def _repeated_captions(captions: Sequence[_Entry], repeats: dict[int, int]) -> None:
    """Equal captions: the first is kept. "X" and "X (Photo: Y)": the longer one is."""
    said: dict[tuple[str, ...], _Entry] = {}
    for entry in captions:
        key = words_of(once(entry.block.text))
        if key and said.setdefault(key, entry) is not entry:
            repeats[id(entry)] = said[key].number
    longer: dict[tuple[str, ...], _Entry] = {}
    for key, entry in said.items():
        if len(key) > GRAM:
            longer.setdefault(key[:GRAM], entry)
            if len(key) > len(longer[key[:GRAM]].words):
                longer[key[:GRAM]] = entry
    for key, entry in said.items():
        other = longer.get(key[:GRAM])
        if other is None or other is entry or len(key) < GRAM:
            continue
        longest = words_of(once(other.block.text))
        if len(longest) > len(key) and longest[: len(key)] == key:
            repeats[id(entry)] = other.number


def _alternative_texts(entries: Sequence[_Entry], repeats: dict[int, int]) -> None:
    """A picture's alternative text beside its caption: the caption without its credit, again as a line of the body."""
    for one, other in pairwise(entries):
        for caption, line in ((one, other), (other, one)):
            if caption.block.kind is not Kind.CAPTION or not line.block.is_body or id(line) in repeats:
                continue
            words = words_of(once(caption.block.text))
            size = len(line.words)
            if GRAM * line.factor <= size < len(words) and words[:size] == line.words:
                repeats[id(line)] = caption.number


def _repeated_body(entries: Sequence[_Entry], fixed: Sequence[_Entry], repeats: dict[int, int]) -> None:
    kept = [entry for entry in fixed if entry.block.is_body]
    equal: dict[tuple[str, ...], _Entry] = {entry.words: entry for entry in reversed(kept)}
    seekers: list[_Entry] = []
    for entry in entries:
        if id(entry) in repeats or not entry.words:
            continue
        if not entry.block.is_body:
            if entry.block.kind in (Kind.DEK, Kind.CAPTION):
                seekers.append(entry)
            continue
        same = equal.setdefault(entry.words, entry)
        if same is not entry and len(entry.words) >= _least(MIN_REPEATED, entry) and _is_prose(entry):
            repeats[id(entry)] = same.number
            continue
        kept.append(entry)
        seekers.append(entry)
    budget = CHECKS_PER_BLOCK * (len(entries) + len(fixed)) + 1_000
    seekers = [entry for entry in seekers if _may_repeat(entry)]
    budget = _contained(seekers, kept, repeats, budget)
    _edited([entry for entry in kept if id(entry) not in repeats], fixed, repeats, budget)


def _may_repeat(entry: _Entry) -> bool:
    count, factor = len(entry.words), entry.factor
    if not entry.block.is_body:
        return count >= GRAM * factor
    if count >= MIN_QUOTED * factor and _QUOTED.match(entry.block.text) is not None:
        return True
    return count >= _least(MIN_CONTAINED, entry) and _is_prose(entry)


def _is_prose(entry: _Entry) -> bool:
    """Whether a repeat of the block would be noticed: a heading, a quotation, a sentence, or anything long."""
    if entry.block.kind in (Kind.HEADING, Kind.QUOTE) or len(entry.words) >= MIN_ANY * entry.factor:
        return True
    text = entry.block.text
    return text[0].isalnum() and _SENTENCE_END.search(text[-_SENTENCE_END_CHARS:]) is not None


def _contained(seekers: Sequence[_Entry], kept: Sequence[_Entry], repeats: dict[int, int], budget: int) -> int:
    """Mark the seekers that stand, word for word, in a longer body block (or equal one, for dek and caption).

    :returns: what is left of the budget of comparisons.
    """
    needles: dict[_Needle, list[_Entry]] = defaultdict(list)
    for entry in seekers:
        for needle in _variants(entry):
            needles[needle].append(entry)
    heads: dict[tuple[str, ...], list[_Needle]] = defaultdict(list)
    for needle in needles:
        heads[max(needle, key=len)[:GRAM]].append(needle)
    holders, budget = _holders(heads, kept, budget)
    wanted: dict[int, list[_Needle]] = defaultdict(list)
    for needle in holders:
        for entry in needles[needle]:
            wanted[id(entry)].append(needle)
    # The longest first: what holds another block must itself be kept.
    for entry in sorted(seekers, key=lambda one: (-len(one.words), one.number)):
        for holder in (holder for needle in wanted.get(id(entry), ()) for holder in holders[needle]):
            if holder is not entry and id(holder) not in repeats and _longer(holder, entry):
                repeats[id(entry)] = holder.number
                break
    return budget


def _holders(
    heads: Mapping[tuple[str, ...], Sequence[_Needle]], kept: Sequence[_Entry], budget: int
) -> tuple[dict[_Needle, list[_Entry]], int]:
    """For each needle the blocks that hold it, a few of them; and what is left of the budget."""
    starts = {head[0] for head in heads}
    holders: dict[_Needle, list[_Entry]] = defaultdict(list)
    for holder in kept:
        words = holder.words
        for at in [at for at, word in enumerate(words[: 1 - GRAM]) if word in starts]:
            for needle in heads.get(words[at : at + GRAM], ()):
                budget -= 1
                if budget <= 0:
                    return holders, 0
                longest = max(needle, key=len)
                found = words[at : at + len(longest)] == longest and _in_order(needle, words)
                if found and len(holders[needle]) < MAX_HOLDERS:
                    holders[needle].append(holder)
    return holders, budget


def _longer(holder: _Entry, entry: _Entry) -> bool:
    if not entry.block.is_body:
        return len(holder.words) >= len(entry.words)
    return len(holder.words) > len(entry.words) and holder.block.kind is not Kind.HEADING


def _variants(entry: _Entry) -> list[_Needle]:
    """The word sequences that must stand in a holder: the whole text, cut at ellipses, with and without attribution."""
    texts = [entry.block.text]
    tail = entry.block.text[-ATTRIBUTION_CHARS:]
    attribution = _ATTRIBUTION.search(tail)
    if attribution is not None:
        texts.append(entry.block.text[: len(entry.block.text) - len(tail) + attribution.start()])
    variants: list[_Needle] = []
    for text in texts:
        if "..." in text or "…" in text:
            pieces = [words_of(piece) for piece in _ELLIPSIS.split(text)]
            if _CUT_WORD.search(text[-ATTRIBUTION_CHARS:]):  # "the council vo...": the last word may be half a word
                full = [piece for piece in pieces if piece]
                pieces = [*full[:-1], full[-1][:-1]] if full else []
        else:
            pieces = [entry.words if text is entry.block.text else words_of(text)]
        pieces = [piece for piece in pieces if piece]
        if pieces and len(max(pieces, key=len)) >= GRAM and min(map(len, pieces)) >= 2:
            variants.append(tuple(pieces))
    return variants


def _in_order(pieces: Iterable[tuple[str, ...]], words: tuple[str, ...]) -> bool:
    at = 0
    for piece in pieces:
        while at + len(piece) <= len(words) and words[at : at + len(piece)] != piece:
            at += 1
        if at + len(piece) > len(words):
            return False
        at += len(piece)
    return True


def _edited(kept: Sequence[_Entry], fixed: Sequence[_Entry], repeats: dict[int, int], budget: int) -> None:
    """Mark long blocks that differ from an earlier one by a word or two, but in no number."""
    ends: dict[tuple[str, ...], list[_Entry]] = defaultdict(list)
    for entry in kept:
        words = entry.words
        if len(words) < MIN_EDITED * entry.factor:
            continue
        keys = (("<", *words[:GRAM]), (">", *words[-GRAM:]))
        earlier = [other for key in keys for other in ends.get(key, ())]
        for other in earlier:
            budget -= 1
            if budget <= 0:
                return
            if entry not in fixed and _nearly_equal(words, other.words):
                repeats[id(entry)] = other.number
                break
        else:
            for key in keys:
                ends[key].append(entry)


def _nearly_equal(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    allowed = int(max(len(one), len(other)) * EDIT_SHARE)
    if abs(len(one) - len(other)) > allowed:
        return False
    if [w for w in one if w[0].isdigit()] != [w for w in other if w[0].isdigit()]:
        return False
    a, b = Counter(one), Counter(other)
    return max((a - b).total(), (b - a).total()) <= allowed
