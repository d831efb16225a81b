"""Who wrote the page, by its markup: a vote among the places that name authors.

Every place gives a list of names or nothing. Lists of the same people add up their weights (``WEIGHTS``); people weigh
more than logins ("jdoe42"), and those more than organisations: an agency, a desk or the site itself is given only
where nobody else signs, since that signature is then all the source says. "Staff", "admin" and bare roles are nobody.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pipeline.metadata.bylines import parse_byline
from pipeline.metadata.months import word_set
from pipeline.metadata.names import looks_like_name
from pipeline.metadata.titles import letters
from pipeline.normalise import normalise_line
from pipeline.split.declared.linked import Linked, is_of, names
from pipeline.split.people import people

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.split.declared.markup import Markup, Place

WEIGHTS: Final = {
    "json-ld": 4.0,
    "meta": 3.0,
    "card": 2.0,
    "rel": 2.0,
    "microdata": 2.0,
    "page": 1.5,
    "address": 1.5,
    "social": 1.0,
    "class": 1.0,
}
"""Trust in a place; measured on half of the sites (docs/metadata.md)."""
LOGIN: Final = 0.25
"""Factor for a login: any name of a person from a better place than a class outweighs it."""
OWN_SITE: Final = 0.5
"""Factor for a name that is also the site's: a blog of Jane Doe's, or a brand of two words."""
ORGANISATION: Final = 0.05
MAX_CREDIT: Final = 80
"""Characters of a byline in the page that are read: what is longer is a biography."""

_META: Final = ("author", "parsely-author", "sailthru.author", "cxenseparse:author", "dc.creator", "dcterms.creator",
                "byl", "citation_author", "og:article:author", "article_author", "author_name")  # fmt: skip
_SOCIAL: Final = ("article:author",)
_CARD_LABELS: Final = (
    "written by", "author", "by", "verfasst von", "geschrieben von", "autor", "escrito por", "écrit par", "scritto da",
    "geschreven door", "skrevet av", "skriven av", "publicado por", "napisane przez", "yazan", "автор", "作者",
)  # fmt: skip
_FORUM: Final = ("question", "discussionforumposting", "qapage", "comment", "answer")
_ADDRESS = re.compile(r"https?:|www\.|/")
_LEAD = re.compile(
    r"^(?:(?:view|see|read|show) (?:all|more)(?: posts| articles| stories)?(?: from| by| about)?"
    r"|(?:all )?(?:articles|posts|stories) (?:by|from)|more (?:from|by|about)|read more(?: from| by| about)?|posts? by"
    r"|authored by|by|von|par|por|di|door|av|author:?|autor:?)\s+",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_NO_NAME: Final = word_set("full bio profile more posts read view follow article articles author all written share")
_LOGIN = re.compile(r"[\w.@+-]{2,40}")
_NOBODY: Final = word_set("""
    admin administrator staff team editor editors editorial author authors user unknown anonymous guest webmaster root
    redaktion redaccion redazione redaction redactie none null undefined default contributor writer editorialteam
    editorialstaff staffwriter staffreporter contentteam siteadmin superadmin wpadmin webadmin
    """)
"""Letters and digits of signatures that name nobody."""

_Claim = tuple[str, tuple[str, ...], float]
"""Place, names, factor."""


def declared_authors(
    markup: Markup, linked: Linked, site_names: frozenset[str], byline: Sequence[Place]
) -> tuple[str, ...]:
    """The authors, in the order of the most trusted place; empty if no place names any.

    :param site_names: spellings of the site's name, as ``headline.squeezed`` gives them.
    :param byline: marked elements outside of comments and teasers.
    """
    claims = list(_claims(markup, linked, site_names, byline))
    scores: dict[frozenset[str], float] = defaultdict(float)
    counted: set[tuple[str, frozenset[str]]] = set()
    for place, found, factor in claims:
        key = frozenset(map(letters, found))
        if (place, key) not in counted:
            counted.add((place, key))
            scores[key] += WEIGHTS[place] * factor
    if not claims:
        return ()
    best = max(claims, key=lambda claim: scores[frozenset(map(letters, claim[1]))])  # the first of equals
    same = [found for _, found, _ in claims if frozenset(map(letters, found)) == frozenset(map(letters, best[1]))]
    # "chuck-ross" and "Chuck Ross" are one: the spelling with spaces and capitals is the name
    return max(same, key=lambda found: sum(name.count(" ") for name in found))


def _claims(markup: Markup, linked: Linked, site_names: frozenset[str], byline: Sequence[Place]) -> Iterable[_Claim]:
    for place, nodes in (("json-ld", linked.articles), ("page", linked.pages)):
        for node in nodes[:3]:
            named = list(names(node.get("author") or node.get("creator"), linked))
            if named:
                forum = is_of(node, _FORUM)
                sure = frozenset(letters(name) for name, person in named if person)
                yield from _read(place, [name for name, _ in named], site_names, sure, handles=forum)
                break
    for key in _META:
        if values := markup.meta.get(key):
            if key == "citation_author":
                values = [" ".join(reversed(value.split(", ", 1))) for value in values]
            yield from _read("meta", values, site_names)
    for number in "12":
        label = next(markup.first((f"twitter:label{number}",)), "").casefold()
        if label.rstrip(" :") in _CARD_LABELS:
            yield from _read("card", markup.meta.get(f"twitter:data{number}", [])[:1], site_names)
    yield from _read(
        "social", [v for v in markup.first(_SOCIAL) if not _ADDRESS.search(v) and not v.isdigit()], site_names
    )
    yield from _visible_claims(byline, () if linked.articles else markup.places, site_names)


def _visible_claims(byline: Sequence[Place], users: Sequence[Place], site_names: frozenset[str]) -> Iterable[_Claim]:
    marked = [place for place in byline if place.prop in {"author", "creator"} and (place.text or place.value)]
    forum = any(place.scope in _FORUM for place in marked)
    if marked:
        shown = [place.text or place.value for place in marked]
        yield from _read("microdata", shown[:1] if forum or len(set(shown)) > 5 else shown, site_names, handles=forum)
    for name, chosen in (
        ("rel", [place for place in byline if "author" in place.rel.split()]),
        ("address", [place for place in byline if place.tag == "a" and "/author" in place.href]),
        ("class", [place for place in byline if "author" in place.marks or "byline" in place.marks]),
    ):
        shown = list(dict.fromkeys(place.text for place in chosen if 1 < len(place.text) <= MAX_CREDIT))
        yield from _read(name, shown[:1] if name == "class" else shown[:3], site_names, strict=True)
    logins = [place.text for place in users if "username" in place.marks and _LOGIN.fullmatch(place.text)]
    yield from _read("class", logins[:1], site_names, handles=True, strict=True)


def _read(
    place: str,
    values: Iterable[str],
    site_names: frozenset[str],
    sure: frozenset[str] = frozenset(),
    *,
    handles: bool = False,
    strict: bool = False,
) -> Iterable[_Claim]:
    """What a place claims: people, or else logins, or else organisations.

    :param sure: letters of names that the markup calls persons.
    :param handles: whether logins are what one expects, as in a forum: then only the first counts.
    :param strict: whether only what looks like a person's name counts: the page's words, not a field.
    """
    credits_ = [text for value in values if (text := _LEAD.sub("", normalise_line(value[:1_000]).strip(' "“”→»›')))]
    credits_ = [text for text in credits_ if not text.startswith(("http:", "https:", "www.", "//"))]
    if handles and credits_:
        yield place, (credits_[0][:MAX_CREDIT],), LOGIN if strict else 1.0
        return
    if strict:
        credits_ = [name for text in credits_ for name in _signature(text)]
    found = people(_BRACKETS.sub("", text) for text in credits_)
    persons = tuple(name for name in found if letters(name) in sure or _is_person(name))
    # a person's own site bears the person's name; beside other people it is the site that is meant
    others = tuple(name for name in persons if letters(name) in sure or letters(name) not in site_names)
    persons = others or persons
    if persons:
        yield place, persons, 1.0 if others else OWN_SITE
    elif not strict:
        rest = tuple(dict.fromkeys(text for text in credits_ if letters(text) and letters(text) not in _NOBODY))
        rest = tuple(text for text in rest if len(text) <= MAX_CREDIT)[:5]
        if rest:
            login = len(rest) == 1 and _LOGIN.fullmatch(rest[0]) and letters(rest[0]) not in site_names
            yield place, rest, LOGIN if login else ORGANISATION


def _signature(text: str) -> tuple[str, ...]:
    """The people in a byline that the page shows; nobody where the text is anything else."""
    if looks_like_name(text):
        return () if _NO_NAME & set(text.casefold().split()) else (text,)
    byline = parse_byline(text)
    return byline.authors if byline else ()


def _is_person(name: str) -> bool:
    """Whether a field for authors means a person by ``name``: a full name, or one in a script without capitals."""
    return (
        looks_like_name(name)
        or (not name.isascii() and not any(char.isupper() or char.islower() for char in name))
        or (" " in name and name[0].isalpha() and sum(word[0].isupper() for word in name.split()) >= 2)
    )
