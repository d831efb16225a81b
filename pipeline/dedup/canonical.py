"""Which of several articles is kept: the ordered, configurable policy, and the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.dedup.records import ArticleItem
    from pipeline.settings import CanonicalSettings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNKNOWN = float("inf")

Rank = tuple[float | str, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article and its place in the two orders that decide."""

    article: ArticleItem
    rank: Rank
    """By the policy: the smaller is kept. It ends in the id, so no two are equal."""
    source_rank: Rank
    """As first source of a paragraph: the earliest published, then by the policy."""


def rank(article: ArticleItem, settings: CanonicalSettings) -> Ranked:
    """Where an article stands under the canonical policy."""
    place = (*(_criterion(article, name, settings) for name in settings.policy), article.id)
    return Ranked(article, place, (moment(article.published), *place))


def _criterion(article: ArticleItem, name: str, settings: CanonicalSettings) -> float | str:
    match name:
        case "source_priority":
            return _priority(article, settings.source_priority)
        case "most_words":
            return -article.words
        case "earliest":
            return moment(article.published)
        case _:
            return article.id


def _priority(article: ArticleItem, preferred: tuple[str, ...]) -> int:
    """Position of the first entry that is the article's site or a pattern of its source; unlisted ones last.

    A pattern's ``*`` matches any characters, ``/`` among them.
    """
    for place, entry in enumerate(preferred):
        site = entry.lower().removeprefix("www.")
        if (article.site is not None and article.site.lower() == site) or fnmatchcase(article.source, entry):
            return place
    return len(preferred)


def moment(declared: str | None) -> float:
    """An ISO 8601 date or moment as seconds since 1970, to be compared only; infinity where none is readable.

    A date counts from its first moment; a moment without a time zone is taken as UTC.
    """
    if declared is None:
        return _UNKNOWN
    try:
        parsed = datetime.fromisoformat(declared.strip())
    except ValueError:
        return _UNKNOWN
    aware = parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)
    return (aware - _EPOCH) / timedelta(seconds=1)


def reason(kept: Ranked, other: Ranked, settings: CanonicalSettings) -> str:
    """The first criterion of the policy that tells two articles apart, with both values, the kept one first."""
    for place, name in enumerate(settings.policy):
        if kept.rank[place] == other.rank[place]:
            continue
        match name:
            case "source_priority":
                return f"source_priority: {_listed(kept, place, settings)} before {_listed(other, place, settings)}"
            case "most_words":
                sign = ">" if kept.article.words > other.article.words else "<"
                return f"most_words: {kept.article.words} {sign} {other.article.words}"
            case "earliest":
                return f"earliest: {_dated(kept)} before {_dated(other)}"
            case _:
                break
    return f"smallest_id: {kept.article.id} < {other.article.id}"


def _listed(ranked: Ranked, place: int, settings: CanonicalSettings) -> str:
    position = ranked.rank[place]
    listed = dict(enumerate(settings.source_priority))
    return listed.get(int(position), "unlisted")


def _dated(ranked: Ranked) -> str:
    published = ranked.article.published
    return published if published is not None and moment(published) != _UNKNOWN else "undated"
