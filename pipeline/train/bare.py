"""A page's HTML as tools save it that leave tags and addresses: cleaners, and scrapers' fields of "cleaned" HTML."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from lxml import etree, html

from pipeline.split.html import parse

_NEVER_SHOWN: Final = ("script", "style", "svg", "meta", "link", "iframe")
_KEPT: Final = frozenset({"href", "src", "alt"})


def without_attributes(source: str) -> str:
    """The page without elements that are never shown (``<noscript>`` stays) and with addresses alone for attributes.

    Empty where the page has no readable tree.
    """
    tree = parse(source)
    if tree is None:
        return ""
    etree.strip_elements(tree, *_NEVER_SHOWN, with_tail=False)
    for element in tree.iter(etree.Element):
        for name in set(element.attrib) - _KEPT:
            with suppress(ValueError):  # what templates leave unfilled is no name, and stays
                del element.attrib[name]
    return str(html.tostring(tree, encoding="unicode"))
