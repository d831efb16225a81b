"""HTML to the lines a person would see, each with the block element it stands in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from lxml import etree
from lxml.html import HtmlElement

from pipeline.split.attributes import without_attribute_floods
from pipeline.split.places import Places
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
_BLOCKS: Final = frozenset(_BLOCK_TAGS.split())
_ITEMS: Final = frozenset({"li", "dt", "dd", "tr", "option", "td", "th"})
"""Blocks that follow their like without a gap on the screen: no blank line between them."""
_CELLS: Final = frozenset({"td", "th"})
_PREFORMATTED: Final = frozenset({"pre", "listing", "xmp"})
_STICKY_TAGS = "blockquote li figcaption caption pre h1 h2 h3 h4 h5 h6 dt dd summary address button"
_STICKY: Final = frozenset(_STICKY_TAGS.split())
"""Elements that say more about a line than the plain container inside them (``blockquote > p``, ``li > div``)."""
_PLAIN: Final = frozenset({"p", "div", "center"})
_APART: Final = frozenset({"a", "button", "label", "time", "span", "img"})
"""Inline elements that pages set side by side with style sheets only: ``<a>Home</a><a>News</a>`` are two words."""
MIN_HIDDEN_WORDS: Final = 25
"""A hidden element with at least so many words is shown all the same: folded answers, tabs, texts behind "read more"
and pages that reveal themselves by script hold content there; what is shorter is a message or a label."""
_CELL_SEPARATOR: Final = " | "

_SPACE = re.compile(r"[ \t\n\r\f]+")
_HIDING = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
# what libxml2 refuses or ends the text at
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")
# what libxml2 takes for the end of the page wherever it stands, and browsers do not
_ENDS = re.compile(r"</(?:body|html)\s{0,9}>", re.IGNORECASE)
_FORBIDDEN_BYTES: Final = bytes({*range(0x20)} - {0x09, 0x0A, 0x0C, 0x0D})
_FORBIDDEN_SEQUENCES: Final = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")

_ALIKE = etree.ElementDefaultClassLookup(element=HtmlElement)
"""Gives every element the class that trafilatura asks for. lxml's own look-up calls Python for each element."""


def parse(content: str) -> HtmlElement | None:
    """The tree of a page, or None where there is nothing to parse.

    ``huge_tree`` because libxml2 otherwise drops everything nested deeper than 256 elements without a word; the
    reader has refused what is nested deeper than ``read.max_nesting``. Encoded first: a string with an
    encoding declaration is refused, and the declaration is no longer true after decoding.
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
    data = _sound(_ENDS.sub("", without_attribute_floods(content)))
    return cast("HtmlElement | None", etree.fromstring(data, parser))


def _sound(content: str) -> bytes:
    """UTF-8 without what libxml2 refuses; bytes are looked through ten times faster than characters."""
    data = content.encode("utf-8", "replace")
    if len(data.translate(None, _FORBIDDEN_BYTES)) == len(data) and not any(
        own in data for own in _FORBIDDEN_SEQUENCES
    ):
        return data
    return _FORBIDDEN.sub(" ", content).encode("utf-8", "replace")


def html_lines(tree: HtmlElement) -> list[RenderedLine]:
    """The visible text of ``tree`` as lines, as a browser without style sheets would break them.

    A line ends at every block element and ``<br>``; the lines of ``<pre>`` stay; the cells of a table row stand on
    one line, parted by `` | ``, unless the table only lays out the page (its cells hold blocks). White space is
    collapsed. Left out: scripts, styles, forms' fields, fallback content, and short hidden texts
    (``MIN_HIDDEN_WORDS``).
    """
    renderer = _Renderer()
    enter, leave = renderer.enter, renderer.leave
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            leave(element)
        elif not enter(element):
            walk.skip_subtree()
    renderer.end_line()
    return renderer.lines


def _is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    if tag == "noscript" or "hidden" in attributes:
        return True
    style = attributes.get("style")
    return style is not None and _HIDING.search(style) is not None


def _has_words(element: HtmlElement, enough: int) -> bool:
    words = 0
    for text in element.itertext():
        words += len(text.split(None, enough))
        if words >= enough:
            return True
    return False


class _Renderer:
    """Collects text until a line ends. One walk over the tree, no recursion: pages nest as deep as they like."""

    def __init__(self) -> None:
        self.lines: list[RenderedLine] = []
        self._text: list[str] = []
        self._visible = False
        """Whether anything in ``_text`` is more than white space."""
        self._new_cell = False
        self._blank = False
        self._breaks = 0
        self._tags: list[str] = [""]
        self._preformatted = 0
        self._rows: list[bool] = []
        """For each open ``<tr>``: whether its cells stand on one line."""
        self._closed_inline = False
        """Whether an element of ``_APART`` has ended and nothing has followed yet."""
        self._number = 0
        self._skips = False
        """Whether the element that opened last is left out, with all that is in it."""
        self._places = Places()

    def enter(self, element: HtmlElement) -> bool:
        """An element opens; False if it is left out with all that is in it."""
        tag = str(element.tag)
        attributes = dict(element.items())
        hidden = bool(attributes or tag == "noscript") and _is_hidden(tag, attributes)
        if tag in _SKIPPED or (hidden and not _has_words(element, MIN_HIDDEN_WORDS)):
            self._skips = True
            return False
        is_block = tag in _BLOCKS
        if is_block:
            if tag in _CELLS and self._rows and self._rows[-1]:
                self._new_cell = self._visible
            else:
                self._open_block(tag, element)
        elif tag == "br":
            self._line_break()
        elif self._closed_inline and tag in _APART and not self._preformatted:
            self._text.append(" ")
        self._closed_inline = False
        self._places.enter(tag, attributes, is_block=is_block, hidden=hidden)
        if text := element.text:
            self._add(text)
        return True

    def leave(self, element: HtmlElement) -> None:
        """The element that opened last ends."""
        if self._skips:
            self._skips = False
        else:
            tag = element.tag
            is_block = tag in _BLOCKS
            if not is_block:
                self._closed_inline = tag in _APART
            elif not (tag in _CELLS and self._rows and self._rows[-1]):
                self._close_block(str(tag))
            self._places.leave(is_block=is_block)
        if tail := element.tail:
            self._closed_inline = False
            self._add(tail)

    def _open_block(self, tag: str, element: HtmlElement) -> None:
        self._block_boundary(tag)
        if tag == "tr":
            self._rows.append(not _lays_out(element))
        parent = self._tags[-1]
        self._tags.append(parent if tag in _PLAIN and parent in _STICKY else tag)
        self._preformatted += tag in _PREFORMATTED

    def _close_block(self, tag: str) -> None:
        self._block_boundary(tag)
        self._tags.pop()
        if tag == "tr":
            self._rows.pop()
        self._preformatted -= tag in _PREFORMATTED

    def end_line(self) -> None:
        """What has been collected becomes a line, if anything of it is visible."""
        text = "".join(self._text)
        self._text.clear()
        self._closed_inline = self._new_cell = False
        if not self._visible:
            return
        self._visible = False
        text = text.strip() if self._preformatted else _SPACE.sub(" ", text).strip()
        blank = self._blank and bool(self.lines)
        self._number += 1 + blank
        self.lines.append(RenderedLine(self._number, text, blank, tag=self._tags[-1], markup=self._places.end_line()))
        self._blank = False
        self._breaks = 0

    def _add(self, text: str) -> None:
        if not self._preformatted:
            self._piece(text)
            return
        first, *rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._piece(first)
        for line in rest:
            self._line_break()
            self._piece(line)

    def _piece(self, text: str) -> None:
        if text and not text.isspace():
            if self._new_cell:
                self._text.append(_CELL_SEPARATOR)
                self._new_cell = False
            self._visible = True
            self._places.add(text)
        self._text.append(text)

    def _line_break(self) -> None:
        """A second break with nothing in between opens a new paragraph."""
        had_text = self._visible
        self.end_line()
        self._breaks = 1 if had_text else self._breaks + 1
        self._blank = self._blank or self._breaks > 1

    def _block_boundary(self, tag: str) -> None:
        had_text = self._visible
        self.end_line()
        self._breaks = 0
        if tag not in _ITEMS:
            self._blank = True
        elif had_text:
            self._blank = False


def _lays_out(row: HtmlElement) -> bool:
    """Whether a table row's cells hold blocks: then the table arranges the page, and each block is a line."""
    return any(element.tag in _BLOCKS and element.tag not in _CELLS for element in row.iterdescendants())
