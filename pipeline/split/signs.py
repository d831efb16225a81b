"""What a page's markup says of its type: short names for ``label.page_type``, where each has a weight.

Read are schema.org types (JSON-LD and microdata), ``og:type``, ``<meta name=generator>`` and the classes of ``<body>``:
blogs, shops and forums write there what they show. Nothing is decided here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.split.declaring import MAX_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.split.declaring import Declaring

MAX_SIGNS: Final = 200
"""Different signs that are kept, in the order of the page: an honest page has twenty."""
MAX_SCRIPT: Final = 2_000_000
"""Characters of one JSON-LD script, as in ``declared``."""
MAX_SCRIPTS: Final = 30

# a list of types has the first in front; patterns, since the objects themselves are read elsewhere
_TYPE = re.compile(r'"@type"\s{0,9}:\s{0,9}\[?\s{0,9}"(?:https?://schema\.org/)?([A-Za-z]{2,40})"')
_WORD = re.compile(r"[a-z]{3,24}")


def page_signs(declaring: Declaring) -> tuple[str, ...]:
    """Names such as ``schema:newsarticle``, ``og:article``, ``generator:discourse`` and ``body:single``; each once."""
    found: dict[str, None] = {}
    for sign in _signs(declaring):
        found.setdefault(sign)
        if len(found) == MAX_SIGNS:
            break
    return tuple(found)


def _signs(declaring: Declaring) -> Iterator[str]:
    scripts = 0
    for element in declaring.of("script", "meta", "body"):
        get = element.get
        if element.tag == "script":
            if "ld+json" not in (get("type") or "").lower() or scripts == MAX_SCRIPTS:
                continue
            text = element.text or ""
            if len(text) <= MAX_SCRIPT:
                scripts += 1
                for name in _TYPE.findall(text):
                    yield f"schema:{name.lower()}"
        elif element.tag == "meta":
            name = (get("property") or get("name") or "").lower()
            if name in {"og:type", "generator"}:
                kind = "og" if name == "og:type" else "generator"
                for word in _WORD.findall((get("content") or "").lower()[:MAX_NAMES]):
                    yield f"{kind}:{word}"
        else:
            for word in _WORD.findall((get("class") or "").lower()[:MAX_NAMES]):
                yield f"body:{word}"
    for kind in declaring.item_types[:MAX_SIGNS]:
        name = kind.rstrip("/").rsplit("/", 1)[-1].lower()[:40]
        if name.isalpha():
            yield f"schema:{name}"
