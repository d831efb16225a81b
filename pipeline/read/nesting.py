"""How deep the elements of an HTML page nest, estimated in one linear pass, so that no parser is given a bomb."""

from __future__ import annotations

import re
import sys

TAG_REST = re.compile(
    r"""[\s/]*+
        (?: [^\s/>][^\s/>=]*+ (?: \s*+ = \s*+ (?: "[^"]*+" | '[^']*+' | [^\s>"'][^\s>]*+ )?+ )?+ [\s/]*+ )*+ >""",
    re.VERBOSE,
)
"""Attributes up to the ``>`` that ends a tag, as in WHATWG HTML 13.2.5; possessive, so nothing is scanned twice."""
_MARKUP = re.compile(rf"<(?:(!--)|([!?])|(/?)([A-Za-z][^\s/>]*+)({TAG_REST.pattern})?+)", re.VERBOSE)

_VOID = frozenset(
    [
        "area",
        "base",
        "basefont",
        "bgsound",
        "br",
        "col",
        "command",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "keygen",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_RAW_TEXT = frozenset(["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"])

_CLOSES_P = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "ul",
    ]
)
_IMPLIED_END = {
    "li": {"li", "p"},
    "dt": {"dt", "dd", "p"},
    "dd": {"dt", "dd", "p"},
    "option": {"option"},
    "optgroup": {"option", "optgroup"},
    "td": {"td", "th", "p"},
    "th": {"td", "th", "p"},
    "tr": {"td", "th", "tr", "p"},
    "tbody": {"td", "th", "tr", "tbody", "thead", "tfoot", "p"},
    "thead": {"td", "th", "tr", "tbody", "thead", "tfoot", "p"},
    "tfoot": {"td", "th", "tr", "tbody", "thead", "tfoot", "p"},
    "a": {"a"},
    **{name: {"p"} for name in _CLOSES_P},
}
"""Innermost open elements that a start tag ends, where authors may leave out the end tag."""

_MAX_NAME = 64
"""Longer names are no elements that nest anything but themselves; cutting them keeps the stack small."""


def too_deep(html: str, limit: int) -> bool:
    """Whether elements nest deeper than ``limit``; pages with fewer start tags than that are not scanned at all."""
    start_tags = html.count("<")
    if start_tags > limit:
        start_tags -= html.count("</")
    return start_tags > limit and deepest(html, limit, start_tags) > limit


def deepest(html: str, stop_at: int, start_tags: int = sys.maxsize) -> int:
    """Estimate the greatest element depth of a page; the count ends as soon as it passes ``stop_at``, or cannot.

    The estimate follows the tokeniser of the HTML standard (comments, raw text, quoted attributes) and the commonest
    implied end tags; it is meant to tell a page from an attack, not to build a tree. Linear in the length.

    :param start_tags: at least as many as the page has.
    """
    open_elements: list[str] = []
    counts: dict[str, int] = {}
    most = 0
    position = 0
    search = _MARKUP.search
    # were each start tag that is left to open an element inside of those that are open
    while position >= 0 and len(open_elements) + start_tags > stop_at and (match := search(html, position)):
        position = match.end()
        name = match[4]
        if name is None:
            position = _after_declaration(html, match)
            continue
        if position == match.end(4):  # a tag that never ends: there is no other after it
            break
        name = name[:_MAX_NAME].lower()
        if match[3]:
            if counts.get(name):
                _close(name, open_elements, counts)
            continue
        start_tags -= 1
        ended = _IMPLIED_END.get(name)
        while ended and open_elements and open_elements[-1] in ended:
            counts[open_elements.pop()] -= 1
        is_drawn = counts.get("svg") or counts.get("math")
        if name in _VOID or (is_drawn and html.startswith("/>", position - 2)):
            continue
        if name == "plaintext":
            break
        open_elements.append(name)
        counts[name] = counts.get(name, 0) + 1
        if len(open_elements) > most:
            most = len(open_elements)
            if most > stop_at:
                break
        if name in _RAW_TEXT and not is_drawn:
            position = _after_raw_text(html, name, position)
    return most


def _after_declaration(html: str, match: re.Match[str]) -> int:
    """Give the position after a comment, doctype or processing instruction; -1 where it runs to the end."""
    start = match.end()
    if not match.group(1):
        end = html.find(">", start)
        return end + 1 if end >= 0 else -1
    for empty in (">", "->"):
        if html.startswith(empty, start):
            return start + len(empty)
    closing = _COMMENT_END.search(html, start)
    return closing.end() if closing else -1


_COMMENT_END = re.compile(r"--!?>")
_RAW_END = {name: re.compile(rf"</(?={name}[\s/>])", re.IGNORECASE) for name in _RAW_TEXT}


def _after_raw_text(html: str, name: str, position: int) -> int:
    """Give the position of the end tag of a raw text element; -1 where it is never closed."""
    end = _RAW_END[name].search(html, position)
    return end.start() if end else -1


def _close(name: str, open_elements: list[str], counts: dict[str, int]) -> None:
    """Close down to the innermost element of that name; one is open."""
    while open_elements:
        last = open_elements.pop()
        counts[last] -= 1
        if last == name:
            return
