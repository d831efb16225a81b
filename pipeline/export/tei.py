"""TEI: a folder with one document of the Text Encoding Initiative (P5) for each article.

Every document is valid against the TEI's corpus schema that trafilatura carries, which the tests check.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from lxml import etree

from pipeline.export.documents import Document, is_preformatted
from pipeline.export.names import file_name
from pipeline.export.target import folder_target

_NAMESPACE: Final = "http://www.tei-c.org/ns/1.0"
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, however it is written."""
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


def write_tei(documents: Iterable[Document], out: str) -> int:
    """Write one file for each document into the folder ``out``; gives their number.

    :raises UsageError: ``out`` is not a folder for an export. :raises RunError: it cannot be written.
    """
    count = 0
    with folder_target(out) as folder:
        for document in documents:
            path = folder / file_name(document["title"], document["id"], ".xml")
            path.write_bytes(tei(document))
            count += 1
    return count


def tei(document: Document) -> bytes:
    """One document as TEI in UTF-8; characters that XML cannot hold become U+FFFD."""
    root = etree.Element(f"{{{_NAMESPACE}}}TEI", nsmap={None: _NAMESPACE})
    _header(root, document)
    text = _add(root, "text")
    if document["language"]:
        text.set(_LANGUAGE, document["language"])
    body = _add(_add(text, "body"), "div", type="entry")
    if document["title"]:
        _add(body, "head", document["title"], type="main")
    for kind, group in groupby(document["paragraphs"], key=lambda own: own["kind"]):
        texts = [own["text"] for own in group]
        if kind == "list_item":
            items = _add(body, "list")
            for item in texts:
                _add(items, "item", item)
            continue
        for said in texts:
            if kind == "quote":
                _add(_add(body, "quote"), "p", said)
            elif kind == "heading":
                # A head may only stand first in a division; in between, TEI's word for one is a label.
                _add(body, "label", said)
            else:
                paragraph = _add(body, "p", said)
                if is_preformatted(said):
                    paragraph.set(_SPACE, "preserve")
    for caption in document["captions"]:
        _add(body, "note", caption, type="caption")  # the pictures themselves are not there
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _header(root: etree._Element, document: Document) -> None:
    header = _add(root, "teiHeader")
    file = _add(header, "fileDesc")
    _titles(file, document)
    published = _add(file, "publicationStmt")
    if document["license"]:
        _add(published, "publisher", document["site_name"] or document["site"] or "unknown")
        _add(_add(published, "availability"), "p", document["license"])
    else:
        _add(published, "p")
    notes = _add(file, "notesStmt")
    _add(notes, "note", document["id"], type="id")
    _add(notes, "note", document["metadata"]["text_sha256"], type="fingerprint")
    source = _add(file, "sourceDesc")
    _add(source, "bibl", ", ".join(filter(None, (document["title"], document["site"], document["published"]))))
    full = _add(source, "biblFull")
    _titles(full, document)
    original = _add(full, "publicationStmt")
    _add(original, "publisher", document["site_name"] or document["site"] or "unknown")
    if document["url"]:
        _add(original, "ptr", type="URL", target=document["url"])
    _add(original, "date", document["published"])
    profile = _add(header, "profileDesc")
    _add(_add(profile, "abstract"), "p", document["dek"])
    if document["language"]:
        _add(_add(profile, "langUsage"), "language", document["language"], ident=document["language"])
    words = [("section", document["section"]), *(("tags", tag) for tag in document["tags"] or ())]
    if any(word for _, word in words):
        keywords = _add(_add(profile, "textClass"), "keywords")
        for kind, word in words:
            if word:
                _add(keywords, "term", word, type=kind)


def _titles(parent: etree._Element, document: Document) -> None:
    statement = _add(parent, "titleStmt")
    _add(statement, "title", document["title"] or document["source"], type="main")
    for author in document["authors"]:
        _add(statement, "author", author)


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}")
    for key, value in attributes.items():
        element.set(key, _NOT_XML.sub("\ufffd", value))
    element.text = None if text is None else _NOT_XML.sub("\ufffd", text)
    return element
