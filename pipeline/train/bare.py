"""A page's HTML as tools save it that leave tags and addresses: cleaners, and scrapers' fields of "cleaned" HTML."""

from __future__ import annotations

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
        kept = {name: said for name, said in element.attrib.items() if name in _KEPT}
        element.attrib.clear()
        element.attrib.update(kept)
    return str(html.tostring(tree, encoding="unicode"))
