"""A page that a browser saved as one file, MHTML: its HTML, with the address and the moment that stand above it.

Chrome's "Webpage, Single File" and ``Page.captureSnapshot``, Edge and Internet Explorer write so (RFC 2557). Pictures,
style sheets and the documents of frames in it are not read.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC
from email import message_from_bytes
from email.errors import MessageError
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from pipeline.read.hints import hints_from, merge
from pipeline.read.inflate import ReadError
from pipeline.read.pages import Place, page_from_file
from pipeline.records import Fault, Hints

if TYPE_CHECKING:
    from email.message import Message

    from pipeline.records import RawPage
    from pipeline.settings import ReadSettings

_HTML: Final = ("text/html", "application/xhtml+xml")
_BROKEN: Final = "it is a page saved as MHTML, but {}; save it again"


def page_from_mhtml(data: bytes, place: Place, settings: ReadSettings) -> RawPage:
    """Make a page of a whole MHTML file; its digest and size are those of the file.

    :raises ReadError: no HTML stands in it, or none that can be used.
    """
    try:
        saved = message_from_bytes(data)
        part = next((part for part in saved.walk() if part.get_content_type() in _HTML), None)
        content = None if part is None else part.get_payload(decode=True)
    except (MessageError, RecursionError, ValueError) as error:
        raise ReadError(Fault.UNREADABLE, _BROKEN.format("its parts cannot be told apart")) from error
    if part is None or not isinstance(content, bytes) or not content.strip():
        raise ReadError(Fault.EMPTY, _BROKEN.format("there is no HTML in it"))
    described = Place(place.origin, place.source, merge(place.hints, _hints(saved, part)))
    page = page_from_file(content, described, ".html", settings, part.get_content_charset())
    return replace(page, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def _hints(saved: Message, part: Message) -> Hints:
    """What the headers say: the address of the page, and when it was saved."""
    said = (saved.get("Snapshot-Content-Location"), part.get("Content-Location"), saved.get("Content-Location"))
    addresses = (str(address).strip() for address in said if address)
    url = next((address for address in addresses if address.lower().startswith(("http://", "https://"))), None)
    try:
        moment = parsedate_to_datetime(str(saved.get("Date", "")))
    except ValueError:
        return hints_from({"url": url})
    # a date without a zone is said to be of no zone in particular (RFC 5322): UTC, as everything here
    return hints_from({"url": url, "fetched_at": moment.replace(tzinfo=moment.tzinfo or UTC).isoformat()})
