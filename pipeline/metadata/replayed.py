"""The address of the page that a web archive replays or a cache serves, read off the address it does so under.

Pages fetched from an archive belong to the site they were archived from: its templates, dates in addresses and copies
are found by that. Archives of the pywb and OpenWayback kind, the Internet Archive's Wayback Machine among them, put the
moment before the address (``/web/20240305083000/https://post.example/ferry``; ``if_`` and the like may follow it),
archive.today writes it with dots; AMP caches put ``/c/s/`` before it, where ``s`` stands for https.
"""

from __future__ import annotations

import re
from typing import Final

_MAX_CHARS: Final = 4_000
"""What is longer is no address of a page."""
_ARCHIVED = re.compile(
    r"https?://[^/\s]+/(?:[\w.-]{1,40}/){0,3}?(?:\d{14}(?:[a-z]{2}_)?|\d{4}\.\d\d\.\d\d-\d{6})/(https?:/{1,2}\S+)",
    re.IGNORECASE,
)
_WAYBACK = re.compile(
    r"https?://web\.archive\.org/web/(?:\d{1,14}(?:[a-z]{2}_)?|\*)/((?:https?:/{1,2})?[^/\s]+\.\S+)", re.IGNORECASE
)
"""It takes a part of a moment, and addresses without a scheme."""
_CACHED = re.compile(
    r"https?://(?:[\w-]+\.cdn\.ampproject\.org/(?:[cv]|wp)|(?:www\.)?google\.[a-z.]{2,6}/amp)/(s/)?([\w-]+\.\S+)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"(https?):/{1,2}(?=[^/])", re.IGNORECASE)


def original_url(url: str) -> str:
    """The address that the page had on its own site; ``url`` itself where no archive or cache shows it."""
    if len(url) > _MAX_CHARS:
        return url
    if found := _ARCHIVED.fullmatch(url) or _WAYBACK.fullmatch(url):
        address = _SCHEME.sub(r"\1://", found[1], count=1)  # some archives write one slash
        return address if _SCHEME.match(address) else f"http://{address}"
    if cached := _CACHED.fullmatch(url):
        return f"http{'s' if cached[1] else ''}://{cached[2]}"
    return url
