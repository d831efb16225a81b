"""The walk over a page by compiled loops: the same lines and declaring elements as ``html.walked``, sooner.

libxml2 writes the tree as XML, which takes a twentieth of the time that a walk over its elements takes in Python, and
what it writes can be read without a parser: every value is quoted, every ``<`` and ``&`` in a text escaped. One loop
finds the tokens, Python says of each distinct tag, signature (class, id, ...) and style what it says of them anyway,
and a second loop makes the lines.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import compress
from typing import TYPE_CHECKING, Final

import numpy as np
from lxml import etree

from pipeline.automaton import Automaton, automaton
from pipeline.records import PREFORMATTED, Markup
from pipeline.split import html
from pipeline.split.declaring import (
    DATE,
    MAX_NAMES,
    MAX_PLACES,
    SAYING,
    TELLING,
    TIMES,
    UNMARKED,
    Declaring,
    is_telling,
)
from pipeline.split.places import (
    FIRST_NAME,
    FIRST_NEAR,
    HIDDEN,
    LINK,
    LONGEST_NAMES,
    PART_BITS,
    ROLE_BITS,
    SEPARATORS,
    WHOLE_BITS,
    names_of,
)
from pipeline.split.rendered import RenderedLine
from pipeline.split.walk import lines as loop
from pipeline.split.walk.lines import Lines, read_lines
from pipeline.split.walk.names import BY_CLASS, BY_ID, DATES, TELLS, Finder, Said, read_names
from pipeline.split.walk.tokens import (
    ATTRIBUTES,
    BITS,
    HAS_HIDDEN,
    HAS_PROPERTY,
    IS_EMPTY,
    LINKS_AUTHOR,
    ROLE,
    SIGNATURE,
    TAG,
    Tokens,
    read_tokens,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement
    from numpy.typing import NDArray

    Ints = NDArray[np.int32]

_WANTED: Final = np.frombuffer("".join(ATTRIBUTES).encode(), dtype=np.uint8)
_WANTED_ENDS: Final = np.cumsum([len(name) for name in ATTRIBUTES])
_REPLACED: Final = b"&#xFFFD;"
"""What libxml2 writes for a sign that XML does not know."""
_MOST_BYTES: Final = np.iinfo(np.int32).max
"""Places are numbers of this kind."""
_ESCAPED = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|(amp|lt|gt|quot));")
_MEANT: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}


def walked(tree: HtmlElement) -> tuple[list[RenderedLine], Declaring] | None:
    """See ``html.walked``; None where what libxml2 writes is not what is there: raw text that is shown, and signs that
    XML does not know, such as a form feed.

    The document's type is taken out of it: by that of XHTML libxml2 would write other elements than there are.
    """
    tree.getroottree().docinfo.clear()
    text = etree.tostring(tree, encoding="utf-8", with_tail=False)
    if _REPLACED in text or len(text) > _MOST_BYTES:
        return None
    data = np.frombuffer(text, dtype=np.uint8)
    tokens = read_tokens(data, _WANTED, _WANTED_ENDS)
    elements = list(tree.iter())
    if tokens.most_lines < 0 or len(elements) != len(tokens.elements):
        return None
    names = [text[start:end].decode() for start, end in tokens.tags.tolist()]
    said, roles = _said(text, data, tokens.signatures)
    hides = [html.hides(_value(text[start:end])) for start, end in tokens.styles.tolist()]
    lines = read_lines(
        data,
        tokens.events,
        _facts(tokens, names, said, roles, np.array([*hides, False], dtype=np.bool_)),
        (tokens.most_lines, tokens.most_points, tokens.deepest),
        LINK,
        FIRST_NEAR,
        html.MIN_HIDDEN_WORDS,
    )
    if not lines.is_whole:
        return None
    declaring = _declaring(elements, tokens, names, said.telling)
    declaring.item_types = [_value(text[start:end]) for start, end in tokens.itemtypes.tolist() if start >= 0]
    return _lines(names, lines), declaring


def _value(written: bytes) -> str:
    value = written.decode()
    return _ESCAPED.sub(_meant, value) if "&" in value else value


def _meant(escape: re.Match[str]) -> str:
    by_sixteen, by_ten, name = escape.groups()
    return _MEANT[name] if name else chr(int(by_sixteen, 16) if by_sixteen else int(by_ten))


@lru_cache(maxsize=1 << 10)
def _kind(tag: str) -> tuple[int, int]:
    """What a tag is, and its bit, for the loop."""
    kind = html.tag_of(tag)
    facts = (
        (kind.is_skipped, loop.SKIPPED),
        (kind.is_block, loop.BLOCK),
        (kind.is_cell, loop.CELL),
        (kind.is_row, loop.ROW),
        (kind.is_item, loop.ITEM),
        (kind.is_apart, loop.APART),
        (kind.is_plain, loop.PLAIN),
        (kind.is_preformatted, loop.PREFORMATTED),
        (kind.is_named, loop.NAMED),
        (tag in html.STICKY, loop.STICKY),
        (tag == "br", loop.BREAK),
        (tag == "noscript", loop.FALLBACK),
    )
    return sum(bit for holds, bit in facts if holds), kind.bit


def _said(text: bytes, data: NDArray[np.uint8], signatures: Ints) -> tuple[Said, NDArray[np.int64]]:
    """What the names of each signature say, and the bit of its role."""
    said = read_names(data, signatures, LONGEST_NAMES, MAX_NAMES, *_finders())
    roles = np.zeros(len(signatures), dtype=np.int64)
    places = signatures[:, 2 * ROLE : 2 * ROLE + 2]
    rows = np.flatnonzero(places[:, 0] >= 0)
    for row, (start, end) in zip(rows.tolist(), places[rows].tolist(), strict=True):
        roles[row] = ROLE_BITS.get(text[start:end].decode(), 0)
    for row in np.flatnonzero(said.left).tolist():
        # an absent value is the empty span from -1 to 0
        spans = iter(signatures[row].tolist())
        names, number, prop, role, test = [_value(text[start:end]) for start, end in zip(spans, spans, strict=True)]
        said.bits[row], said.classes[row], roles[row] = names_of(names, number, prop, role)
        said.telling[row] = BY_CLASS * is_telling(names) + BY_ID * is_telling(number or test)
    return said, roles


@cache
def _finders() -> tuple[Finder, Finder]:
    """The automata of names anywhere in a word, and of those that must be a part of it."""
    whole = dict.fromkeys(TELLING, TELLS) | {DATE: DATES}
    for name, bit in WHOLE_BITS.items():
        whole[name] = whole.get(name, 0) | bit
    return _finder(automaton(whole)), _finder(automaton(dict(PART_BITS)), SEPARATORS)


def _finder(made: Automaton, alike: str = "") -> Finder:
    """The symbol of each byte, in capitals too; moves and bits.

    :param alike: characters that are one, the last of them.
    """
    symbols = np.zeros(256, dtype=np.uint8)
    for number, character in enumerate(made.alphabet, start=1):
        symbols[[ord(character), ord(character.upper())]] = number
    symbols[[ord(character) for character in alike]] = symbols[ord(alike[-1])] if alike else 0
    return Finder(symbols, made.moves, np.array(made.found, dtype=np.int64))


def _facts(
    tokens: Tokens, names: Sequence[str], said: Said, roles: NDArray[np.int64], hides: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """What is known of each element; (e, ``loop.FACTS``).

    :param hides: of each style whether it hides; the last is that of an element without one.
    """
    tag, signature, style, bits, last, ends = tokens.elements.T
    kinds, tag_bits = np.array([_kind(name) for name in names], dtype=np.int64).T
    kind = kinds[tag]
    is_hidden = (kind & loop.FALLBACK > 0) | (bits & HAS_HIDDEN > 0) | hides[style]
    is_empty = bits & IS_EMPTY > 0
    # an element's blocks that are no cells: those up to the last in it, without those up to itself
    blocks = np.cumsum(kind & (loop.BLOCK | loop.CELL) == loop.BLOCK)
    kind |= loop.HIDES * is_hidden | loop.EMPTY * is_empty | loop.LAYS_OUT * (blocks[last] > blocks)
    is_named = (kind & (loop.NAMED | loop.EMPTY)) == loop.NAMED
    own = np.where(is_named, said.bits[signature], 0)
    facts = np.empty((len(tag), loop.FACTS), dtype=np.int64)
    facts[:, loop.KIND], facts[:, loop.TAG], facts[:, loop.ENDS] = kind, tag, ends
    facts[:, loop.BEGINS : loop.STOPS + 1] = tokens.tags[tag]
    facts[:, loop.CLASS] = np.where(is_named, said.classes[signature], 0)
    facts[:, loop.NAMES] = own
    facts[:, loop.MARK] = (
        tag_bits[tag] | np.where(is_named, roles[signature], 0) | own << FIRST_NAME | HIDDEN * is_hidden
    )
    return facts


def _declaring(
    elements: Sequence[HtmlElement], tokens: Tokens, names: Sequence[str], telling: NDArray[np.int8]
) -> Declaring:
    """Those of all elements that may declare something, in the order of the page."""
    is_saying, is_unmarked, is_time, is_link = np.array(
        [(name in SAYING, name in UNMARKED, name in TIMES, name == "a") for name in names], dtype=np.bool_
    ).T
    tag, bits = tokens.elements[:, TAG], tokens.elements[:, BITS]
    by_name = telling[tokens.elements[:, SIGNATURE]]
    marked = (by_name & BY_CLASS > 0) | (bits & HAS_PROPERTY > 0)
    marked |= np.where(is_link[tag], bits & LINKS_AUTHOR, by_name & BY_ID) > 0
    marked &= ~is_unmarked[tag]
    marked |= is_time[tag]
    declaring = Declaring()
    declaring.saying = list(compress(elements, is_saying[tag].tolist()))
    declaring.marked = list(compress(elements, marked.tolist()))[:MAX_PLACES]
    return declaring


def _lines(names: Sequence[str], lines: Lines) -> list[RenderedLine]:
    text = lines.written.astype("<u4", copy=False).tobytes().decode("utf-32-le")
    tags = [*names, ""]  # the last: no block is open
    made = [
        RenderedLine(
            number,
            text[start:end],
            bool(blank),
            tag=tags[tag],
            markup=Markup(flags, linked, depth, tuple(blocks[:depth]), (near, far)),
        )
        for start, end, number, blank, tag, linked, depth, flags, near, far, *blocks in lines.rows.tolist()
    ]
    return made if PREFORMATTED.isdisjoint(names) else list(map(_set_in, made))


def _set_in(line: RenderedLine) -> RenderedLine:
    """The line with the white space before it as its margin."""
    text = line.text.lstrip()
    return line._replace(text=text, margin=line.text[: -len(text)])
