"""HTML to the lines a person would see, each with the block element it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast
from zlib import crc32

from lxml import etree
from lxml.html import HtmlElement

from pipeline.records import PREFORMATTED
from pipeline.split.attributes import without_attribute_floods
from pipeline.split.declaring import Declaring
from pipeline.split.places import FIRST_NAME, FIRST_NEAR, HIDDEN, NAMELESS, TAG_BITS, UNNAMED, markup_of, names_of
from pipeline.split.rendered import RenderedLine

if TYPE_CHECKING:
    from collections.abc import Mapping

_SKIPPED_TAGS = """
    head script style template noframes svg iframe object audio video canvas map area
    datalist select textarea input
    rp rt annotation annotation-xml
"""
_SKIPPED: Final = frozenset(_SKIPPED_TAGS.split())
"""Not shown, shown only where something failed, or the reader's own input. The last row repeats the text:
readings above Chinese and Japanese characters, TeX beside a formula."""
_BLOCK_TAGS = """
    html body address article aside blockquote caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li listing main menu nav ol optgroup option p pre search
    section summary table tbody td tfoot th thead tr ul xmp button
"""
BLOCKS: Final = frozenset(_BLOCK_TAGS.split())
_ITEMS: Final = frozenset({"li", "dt", "dd", "tr", "option", "td", "th"})
"""Blocks that follow their like without a gap on the screen: no blank line between them."""
CELLS: Final = frozenset({"td", "th"})
_STICKY_TAGS = "blockquote li figcaption caption pre h1 h2 h3 h4 h5 h6 dt dd summary address button"
STICKY: Final = frozenset(_STICKY_TAGS.split())
"""Elements that say more about a line than the plain container inside them (``blockquote > p``, ``li > div``)."""
_PLAIN: Final = frozenset({"p", "div", "center"})
_APART: Final = frozenset({"a", "button", "label", "time", "span", "img"})
"""Inline elements that pages set side by side with style sheets only: ``<a>Home</a><a>News</a>`` are two words."""
MIN_HIDDEN_WORDS: Final = 25
"""A hidden element with at least so many words is shown all the same: folded answers, tabs, texts behind "read more"
and pages that reveal themselves by script hold content there; what is shorter is a message or a label."""
_CELL_SEPARATOR: Final = " | "
_NO_ATTRIBUTES: Final[Mapping[str, str]] = {}

_SPACE = re.compile(r"[ \t\n\r\f]+")
_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
# what libxml2 refuses or ends the text at
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")
# what libxml2 takes for the end of the page wherever it stands, and browsers do not
# (written out: where case is ignored the pattern's beginning is not searched for, and that takes three times as long)
_ENDS = re.compile(rb"</(?:[bB][oO][dD][yY]|[hH][tT][mM][lL])\s{0,9}>")
_FORBIDDEN_BYTES: Final = bytes({*range(0x20)} - {0x09, 0x0A, 0x0C, 0x0D})

_OF_HEAD: Final = frozenset({"base", "link", "meta", "noscript", "title"}) | _SKIPPED
"""What stands in a head, or is not shown anywhere."""

_REPLAY_BAR: Final = "wm-ipp"
"""How the ids of the Wayback Machine's bar begin, and no site's own do."""

_ALIKE = etree.ElementDefaultClassLookup(element=HtmlElement)
"""Gives every element the class that trafilatura asks for. lxml's own look-up calls Python for each element."""


def parse(content: str, data: bytes | None = None) -> HtmlElement | None:
    """The tree of a page, or None where there is nothing to parse.

    ``huge_tree`` because libxml2 otherwise drops everything nested deeper than 256 elements without a word; the
    reader has refused what is nested deeper than ``read.max_nesting``. Encoded first: a string with an
    encoding declaration is refused, and the declaration is no longer true after decoding.

    :param data: ``content`` in UTF-8, where it is at hand.
    """
    parser = etree.HTMLParser(
        encoding="utf-8",
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,  # no look-ups by id: saves a hash table
        default_doctype=False,
        no_network=True,
    )
    parser.set_element_class_lookup(_ALIKE)
    safe = without_attribute_floods(content)
    if data is None or safe is not content:
        data = safe.encode("utf-8", "replace")
    tree = cast("HtmlElement | None", etree.fromstring(_ENDS.sub(b"", _sound(safe, data)), parser))
    if tree is not None:
        _end_head(tree)
        if _REPLAY_BAR in content:
            _drop_replay_bar(tree)
    return tree


def _end_head(tree: HtmlElement) -> None:
    """Move what a head cannot hold into the body, as browsers do (HTML, "The 'in head' insertion mode").

    libxml2 knows the elements of HTML 4: where the tags of head and body are left out, as minifiers and fragments
    do, ``<main>`` does not end the head, and the whole text would stand in it.
    """
    head = tree.find("head")
    if head is None:
        return
    astray = [element for element in head if element.tag not in _OF_HEAD and _has_words(element, 1)]
    if not astray:
        return
    body = tree.find("body")
    if body is None:
        body = etree.SubElement(tree, "body")
    text, body.text = body.text, None
    for at, element in enumerate(astray):
        body.insert(at, element)
    astray[-1].tail = (astray[-1].tail or "") + (text or "")


def _drop_replay_bar(tree: HtmlElement) -> None:
    """Take out what the Wayback Machine puts on top of the pages that it replays."""
    bars = [element for element in tree.iter("div") if (element.get("id") or "").startswith(_REPLAY_BAR)]
    for bar in bars:
        bar.drop_tree()


def _sound(content: str, data: bytes) -> bytes:
    """UTF-8 without what libxml2 refuses; control characters are looked for ten times faster among bytes."""
    has_controls = len(data.translate(None, _FORBIDDEN_BYTES)) < len(data)
    if not has_controls and (len(data) == len(content) or not ("\ufffe" in content or "\uffff" in content)):
        return data
    return _FORBIDDEN.sub(" ", content).encode("utf-8", "replace")


def html_lines(tree: HtmlElement) -> list[RenderedLine]:
    """The visible text of ``tree`` as lines, as a browser without style sheets would break them.

    A line ends at every block element and ``<br>``; the lines of ``<pre>`` stay; the cells of a table row stand on
    one line, parted by `` | ``, unless the table only lays out the page (its cells hold blocks). White space is
    collapsed. Left out: scripts, styles, forms' fields, fallback content, and short hidden texts
    (``MIN_HIDDEN_WORDS``).
    """
    return walked(tree)[0]


def walked(tree: HtmlElement) -> tuple[list[RenderedLine], Declaring]:
    """``html_lines``, and the elements that may declare something: one walk finds both."""
    renderer = _Renderer()
    return renderer.render(tree), renderer.declaring


def hides(style: str) -> bool:
    """Whether a ``style`` attribute takes its element from the screen."""
    return _HIDING.search(style) is not None


def _has_words(element: HtmlElement, enough: int) -> bool:
    words = 0
    for text in element.itertext():
        words += len(text.split(None, enough))
        if words >= enough:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Tag:
    """What is asked of a tag for every element that has it."""

    tag: str
    code: bytes
    bit: int
    is_skipped: bool
    is_block: bool
    is_cell: bool
    is_row: bool
    is_item: bool
    is_apart: bool
    is_plain: bool
    is_preformatted: bool
    is_named: bool
    """Whether its class and id speak of itself."""


@lru_cache(maxsize=1 << 10)
def tag_of(tag: str) -> Tag:
    """What is asked of it."""
    return Tag(
        tag=tag,
        code=tag.encode("utf-8", "replace"),
        bit=TAG_BITS.get(tag, 0),
        is_skipped=tag in _SKIPPED,
        is_block=tag in BLOCKS,
        is_cell=tag in CELLS,
        is_row=tag == "tr",
        is_item=tag in _ITEMS,
        is_apart=tag in _APART,
        is_plain=tag in _PLAIN,
        is_preformatted=tag in PREFORMATTED,
        is_named=tag not in UNNAMED,
    )


_Around = tuple[Tag, int, int, int, int]
"""An open element: its kind, the bits of it and of all around it, those of its own names, of its own and of those
around it, and all that holds for text that stands right in it."""


class _Renderer:
    """Collects text until a line ends. One walk over the tree, no recursion: pages nest as deep as they like.

    ``walk.lines`` takes the same steps by compiled loops: what changes here changes there.
    """

    def __init__(self) -> None:
        self._lines: list[RenderedLine] = []
        self._number = 0
        self._text: list[str] = []
        """What has been collected; it begins with the first piece that is more than white space."""
        self._pieces: list[str] = []
        """Those of them that are more,"""
        self._bits: list[int] = []
        """... and what holds for each (``places``)."""
        self._tags: list[str] = [""]
        """For each open block the tag that its lines bear."""
        self._blocks: list[int] = []
        self._paths: list[int] = []
        self._opened = 0
        """Blocks so far."""
        self._rows: list[bool] = []
        """For each open ``<tr>`` whether its cells stand on one line."""
        self._preformatted = 0
        """Blocks around whose lines stay as they are written."""
        self._margin = ""
        """White space before what is collected, where lines stay as they are written."""
        self._breaks = 0
        """Breaks since the last text."""
        self._blank = False
        """Whether a blank line comes before what is collected,"""
        self._new_cell = False
        """... and a cell has begun behind it."""
        self._left_apart = False
        """Whether an element of _APART has ended and nothing has followed yet."""
        self.declaring = Declaring()

    def render(self, tree: HtmlElement) -> list[RenderedLine]:  # noqa: PLR0912, PLR0915  # written out: calls take time
        """The lines of ``tree``."""
        around: list[_Around] = [(tag_of(""), 0, 0, 0, 0)]
        look_at = self.declaring.look_at
        skips = False
        walk: Any = etree.iterwalk(tree, events=("start", "end"))  # comments and instructions are not parsed
        for event, element in walk:
            if event == "start":
                tag = element.tag
                kind = tag_of(tag)
                items = element.items()
                attributes = dict(items) if items else _NO_ATTRIBUTES
                hidden = (
                    tag == "noscript"
                    or "hidden" in attributes
                    or ("style" in attributes and hides(attributes["style"]))
                )
                if kind.is_skipped or (hidden and not _has_words(element, MIN_HIDDEN_WORDS)):
                    skips = True
                    self.declaring.look_below(element)
                    walk.skip_subtree()
                    continue
                look_at(element, tag, attributes)
                text = element.text
                is_empty = not text and not len(element)  # a picture, a break: nothing stands in it
                if items and kind.is_named and not is_empty:
                    of = attributes.get
                    names, path, role = names_of(of("class", ""), of("id", ""), of("itemprop", ""), of("role", ""))
                else:
                    names, path, role = NAMELESS
                if kind.is_block:
                    self._open_block(element, kind, crc32(kind.code, path))
                elif tag == "br":
                    self._break()
                elif self._left_apart and kind.is_apart and self._text and not self._preformatted:
                    self._text.append(" ")
                self._left_apart = False
                if is_empty:
                    around.append((kind, 0, 0, 0, 0))
                    continue
                _, mark, own, near, _ = around[-1]
                mark |= kind.bit | role | names << FIRST_NAME | (HIDDEN if hidden else 0)
                near |= names
                around.append((kind, mark, names, names | own, mark | near << FIRST_NEAR))
            else:
                text = element.tail
                if skips:
                    skips = False
                else:
                    kind = around.pop()[0]
                    if kind.is_block:
                        self._close_block(kind)
                    else:
                        self._left_apart = kind.is_apart
            if not text:
                continue
            if self._preformatted:
                self._collect_lines(text, around[-1][4])
            elif not text.isspace():
                self._collect(text, around[-1][4])
            elif self._text:
                self._collect_space(text)
        if self._text:
            self._end_line()
        return self._lines

    def _open_block(self, element: HtmlElement, kind: Tag, path: int) -> None:
        if kind.is_cell and self._rows and self._rows[-1]:
            self._new_cell = bool(self._text)
        else:
            self._set_apart(kind)
            if kind.is_row:
                self._rows.append(not _lays_out(element))
            elif kind.is_preformatted:
                self._preformatted += 1
            parent = self._tags[-1]
            self._tags.append(parent if kind.is_plain and parent in STICKY else kind.tag)
        self._opened += 1
        self._blocks.append(self._opened)
        self._paths.append(path)

    def _close_block(self, kind: Tag) -> None:
        if not (kind.is_cell and self._rows and self._rows[-1]):
            self._set_apart(kind)
            self._left_apart = False
            self._tags.pop()
            if kind.is_row:
                self._rows.pop()
            elif kind.is_preformatted:
                self._preformatted -= 1
        self._blocks.pop()
        self._paths.pop()

    def _set_apart(self, kind: Tag) -> None:
        """A block begins or ends: what comes is a line of its own."""
        if self._text:
            self._end_line()
        # a container in preformatted text holds one of its lines
        self._blank = self._blank or not (kind.is_item or (kind.is_plain and self._preformatted))
        self._breaks = 0
        self._margin = ""

    def _break(self) -> None:
        """A line ends in the midst of a block; a second break without text between them opens a new paragraph."""
        self._new_cell = False
        if self._text:
            self._end_line()
            self._breaks = 1
        else:
            self._margin = ""
            self._blank = self._blank or self._breaks > 0
            self._breaks += 1

    def _collect(self, text: str, bits: int) -> None:
        """Text that is more than white space."""
        self._left_apart = False
        if self._new_cell:
            self._text.append(_CELL_SEPARATOR)
            self._new_cell = False
        self._pieces.append(text)
        self._bits.append(bits)
        self._text.append(text)

    def _collect_space(self, text: str) -> None:
        """White space behind what has been collected."""
        self._left_apart = False
        self._text.append(text)

    def _collect_lines(self, text: str, bits: int) -> None:
        """Text whose lines stay as they are written."""
        self._left_apart = False
        for at, line in enumerate(_written_lines(text)):
            if at:
                self._break()
            if line and not line.isspace():
                self._collect(line, bits)
            elif self._text:
                self._collect_space(line)
            else:
                self._margin += line

    def _end_line(self) -> None:
        """What has been collected becomes a line."""
        text = "".join(self._text)
        margin = ""
        if self._preformatted:
            written = self._margin + text
            text = text.strip()
            margin = written[: written.index(text)]
        elif text.isascii():
            text = " ".join(text.split())  # XML has no other white space among ASCII than that of _SPACE
        else:
            text = _SPACE.sub(" ", text).strip()
        blank = self._blank and bool(self._lines)
        self._number += 1 + blank
        markup = markup_of(self._pieces, self._bits, self._blocks, self._paths)
        self._lines.append(RenderedLine(self._number, text, blank, tag=self._tags[-1], markup=markup, margin=margin))
        self._text.clear()
        self._margin = ""
        self._pieces.clear()
        self._bits.clear()
        self._blank = self._new_cell = False


def _written_lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _lays_out(row: HtmlElement) -> bool:
    """Whether a table row's cells hold blocks: then the table arranges the page, and each block is a line."""
    return any(element.tag in BLOCKS and element.tag not in CELLS for element in row.iterdescendants())
