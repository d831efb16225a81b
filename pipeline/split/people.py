"""Names of authors out of what markup puts in an author field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.normalise import normalise_line

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_WORDS: Final = 6
"""Words in a name: more is a sentence about the author."""
MAX_CHARACTERS: Final = 60
MAX_PEOPLE: Final = 20
MAX_FIELD: Final = 1_000
"""Characters of one field that are read."""

_PREFIX = re.compile(
    r"(?:(?:this )?(?:post|article|story) was written by|"
    r"(?:article|written|posted|reviewed|story|text|words|updated|edited) by|by|"
    r"von|par|por|door|av|tekst|text|author|autor)(?::|\s)\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*[;,|、，]\s*|\s+/\s+|\s+(?:and|und|et|y|en|och|og|with|&|\+)\s+", re.IGNORECASE)
_NOT_A_NAME = re.compile(r"https?:|www\.|[@#{}<>=_]|\.(?:com|org|net)\b", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:staff|editors?|editorial|admin(?:istrator)?|team|newsroom|news ?desk|desk|"
    r"redaktion|redactie|redaction|rédaction|"
    r"redacci[oó]n|redazione|reporters?|correspondents?|writers?|"
    r"contributors?|journalists?|columnists?|bureau|guest|"
    r"webmaster|head of|vp|president|specialist|consultant|expert|analyst|company|"
    r"senior|chief|director|manager|founder|ceo|anonymous|unknown|user|author)\b",
    re.IGNORECASE,
)
_DEGREES = "phd ph.d ph.d. md m.d. rn mba ms ma bsn rd rdn esq esq. cfa cpa jd msw"
_AFTER_NAME: Final = frozenset(_DEGREES.split())
_SUFFIX: Final = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})


def people(values: Iterable[str], site_names: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The persons named in ``values``, each once, in order.

    Lists are taken apart at ``;``, ``,``, ``and`` and the like; "By" goes, and so do roles, degrees, addresses and
    the site itself (``site_names``: letters and digits only, lower case). Names in capitals are put into normal case.
    """
    names: dict[str, str] = {}
    for value in values:
        text = normalise_line(value)[:MAX_FIELD]
        if _NOT_A_NAME.match(text):  # a link to the author's page
            continue
        for part in _BETWEEN.split(text):
            name = _PREFIX.sub("", part, count=1) if _PREFIX.match(part) else part
            name = name.strip(" .-–—:()") if name.casefold() not in _SUFFIX else name
            if name.casefold() in _SUFFIX and names:
                last = next(reversed(names))
                names[last] = f"{names[last]} {name}"
            elif _is_name(name, site_names):
                names.setdefault(name.casefold(), _in_normal_case(name))
    return tuple(names.values())[:MAX_PEOPLE]


def _is_name(name: str, site_names: frozenset[str]) -> bool:
    return (
        1 < len(name) <= MAX_CHARACTERS
        and len(name.split()) <= MAX_WORDS
        and any(char.isalpha() for char in name)
        and not any(char.isdigit() for char in name)
        and name.casefold() not in _AFTER_NAME
        and _NOT_A_NAME.search(name) is None
        and _ROLE.search(name) is None
        and "".join(char for char in name.casefold() if char.isalnum()) not in site_names
    )


def _in_normal_case(name: str) -> str:
    # "AP" and "DPA" are agencies; "JANE DOE" is shouted
    if name.isupper() and " " in name:
        return name.title()
    return name
