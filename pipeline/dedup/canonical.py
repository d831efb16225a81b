"""Which of several articles is kept: the ordered, configurable policy, and the reason in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.dedup.columns import ArticleColumns
    from pipeline.settings import CanonicalSettings

    Ints = NDArray[np.int64]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNKNOWN = float("inf")


class Ranking:
    """Articles by the policy: which is kept rather than which, and why."""

    def __init__(self, articles: ArticleColumns, settings: CanonicalSettings) -> None:
        """Read what the policy asks for."""
        self._articles = articles
        self._settings = settings
        self._ids = np.array(articles.ids, dtype=np.str_)
        self._published = _moments(articles.published)
        self._criteria = [self._criterion(name) for name in settings.policy]

    def by_policy(self) -> Ints:
        """Places of the articles, the preferred first; ids tell those apart that the policy does not."""
        return np.lexsort([self._ids, *reversed(self._criteria)])

    def by_source(self) -> Ints:
        """The same for first sources of paragraphs: the earliest published, then by the policy."""
        return np.lexsort([self._ids, *reversed(self._criteria), self._published])

    def reason(self, kept: int, other: int) -> str:
        """The first criterion of the policy that tells two articles apart, with both values, the kept one first."""
        for name, values in zip(self._settings.policy, self._criteria, strict=True):
            if values[kept] == values[other]:
                continue
            match name:
                case "source_priority":
                    first, later = (self._listed(int(values[article])) for article in (kept, other))
                    return f"source_priority: {first} before {later}"
                case "most_words":
                    more, fewer = (int(self._articles.words[article]) for article in (kept, other))
                    return f"most_words: {more} {'>' if more > fewer else '<'} {fewer}"
                case "earliest":
                    return f"earliest: {self._dated(kept)} before {self._dated(other)}"
                case _:
                    break
        return f"smallest_id: {self._articles.ids[kept]} < {self._articles.ids[other]}"

    def _criterion(self, name: str) -> NDArray[Any]:
        """One value for each article, the smaller is preferred."""
        match name:
            case "source_priority":
                return self._priorities()
            case "most_words":
                return -self._articles.words
            case "earliest":
                return self._published
            case _:
                return self._ids

    def _priorities(self) -> Ints:
        """Position of the first entry that is the article's site or a pattern of its source; unlisted ones last.

        A pattern's ``*`` matches any characters, ``/`` among them.
        """
        preferred = self._settings.source_priority
        found = np.full(len(self._articles), len(preferred), dtype=np.int64)
        if preferred:
            sites = [entry.lower().removeprefix("www.") for entry in preferred]
            for place, (site, source) in enumerate(zip(self._articles.sites, self._articles.sources, strict=True)):
                for at, (wanted, entry) in enumerate(zip(sites, preferred, strict=True)):
                    if (site is not None and site.lower() == wanted) or fnmatchcase(source, entry):
                        found[place] = at
                        break
        return found

    def _listed(self, position: int) -> str:
        return dict(enumerate(self._settings.source_priority)).get(position, "unlisted")

    def _dated(self, article: int) -> str:
        published = self._articles.published[article]
        return published if published is not None and self._published[article] != _UNKNOWN else "undated"


def _moments(declared: Sequence[str | None]) -> NDArray[np.float64]:
    """``moment`` of each; of many articles few dates differ."""
    known = {each: moment(each) for each in set(declared)}
    return np.fromiter((known[each] for each in declared), np.float64, len(declared))


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
