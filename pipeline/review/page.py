"""The HTML file: style, script and data in one, and a policy under which nothing else can run or be loaded.

Scraped text reaches the page only as compressed, base64-coded JSON in elements that no browser executes; the script
hands it to the document as text, never as markup. The Content-Security-Policy (W3C CSP 3) names the hashes of the one
script and the one style sheet, and requires Trusted Types, so that markup could not be made of text by mistake either.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LEVEL = 6
"""9 makes pages 1 % smaller and takes twice as long."""


def page(head: dict[str, Any], chunks: Iterable[list[dict[str, Any]]]) -> Iterator[str]:
    """The file in pieces.

    :param head: what the page knows from the start: overview, facts of the articles in order, kinds
    :param chunks: what it unpacks when it needs it, in the order of the articles
    """
    style, script, body = (_resource(name) for name in ("review.css", "review.js", "review.html"))
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>Copydesk review</title>\n<style>{style}</style>\n</head>\n<body>\n{body}"
    )
    yield f'<script type="application/gzip" id="head">{_packed(head)}</script>\n'
    for chunk in chunks:
        yield f'<script type="application/gzip" class="chunk">{_packed(chunk)}</script>\n'
    yield f"<script>{script}</script>\n</body>\n</html>\n"


def _resource(name: str) -> str:
    return resources.files("pipeline.review").joinpath("page", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _packed(value: Any) -> str:
    # No time stamp: the same corpus gives the same page.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode("utf-8"), _LEVEL, mtime=0)).decode()
