"""On which pages of which site does each line stand, and which lines are therefore the site's template.

Copies of one article on one site (print view, second URL) repeat its body lines as well; they must not turn an article
into a template. So pages are counted by *story*: pages with the same headline (or, without one, the same longest body
line) count once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from pipeline.metadata.titles import fold
from pipeline.records import BODY, CHROME, Kind, Label, Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.settings import TemplateSettings


@dataclass(frozen=True, slots=True)
class PageLines:
    """What counting needs of one page."""

    site: str
    story: str
    """Digest of the headline, or of the longest body line."""
    lines: tuple[tuple[str, str, Kind], ...]
    """Each distinct line: digest of its folded text, the text, and the kind the labeller gave it."""


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One line of a site with how often it recurs."""

    site: str
    digest: str
    text: str
    pages: int
    """Stories of the site on whose pages the line stands."""
    site_pages: int
    """All stories of the site."""
    is_template: bool
    kind: Kind
    """The chrome kind that the labeller gave the line most often; ``navigation`` where it gave none."""

    @property
    def share(self) -> float:
        """Share of the site's stories on whose pages the line stands, 0 to 1."""
        return self.pages / self.site_pages


def line_digest(text: str) -> str:
    """32 hex digits that are equal for lines that differ only in case, spaces and typography."""
    return blake2b(fold(text).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def page_lines(page: Page, labels: Sequence[Label], site: str) -> PageLines:
    """The lines of one page, ready to be counted."""
    headline = page.declared.title or next(
        (line.clean for line, label in zip(page.lines, labels, strict=True) if label.kind is Kind.TITLE), None
    )
    if headline is None:
        body = (line.clean for line, label in zip(page.lines, labels, strict=True) if label.kind in BODY)
        headline = max(body, key=len, default=page.id)
    distinct: dict[str, tuple[str, str, Kind]] = {}
    for line, label in zip(page.lines, labels, strict=True):
        if line.clean:
            digest = line_digest(line.clean)
            distinct.setdefault(digest, (digest, line.clean, label.kind))
    return PageLines(site, line_digest(headline), tuple(distinct.values()))


def recurring_lines(pages: Iterable[PageLines], settings: TemplateSettings) -> list[SiteLine]:
    """The lines that stand on at least two stories of their site, sorted by site and digest.

    The result does not depend on the order of ``pages``.
    """
    stories: dict[str, set[str]] = {}
    seen: dict[tuple[str, str], set[str]] = {}
    kinds: dict[tuple[str, str], Counter[Kind]] = {}
    texts: dict[tuple[str, str], str] = {}
    for page in pages:
        stories.setdefault(page.site, set()).add(page.story)
        for digest, text, kind in page.lines:
            key = (page.site, digest)
            seen.setdefault(key, set()).add(page.story)
            kinds.setdefault(key, Counter())[kind] += 1
            texts[key] = min(texts.get(key, text), text)
    found = []
    for key in sorted(key for key, where in seen.items() if len(where) > 1):
        site, digest = key
        count, total = len(seen[key]), len(stories[site])
        found.append(
            SiteLine(
                site=site,
                digest=digest,
                text=texts[key],
                pages=count,
                site_pages=total,
                is_template=count >= settings.min_pages and count / total >= settings.min_share,
                kind=_commonest_chrome(kinds[key]),
            )
        )
    return found


def apply_templates(page: Page, labels: Sequence[Label], templates: Mapping[str, SiteLine]) -> tuple[Label, ...]:
    """Labels in which body lines that are the site's template are chrome.

    ``templates`` maps line digests of the page's site. Titles, bylines and dates recur by nature and stay.
    """
    if not templates:
        return tuple(labels)
    decided = []
    for line, label in zip(page.lines, labels, strict=True):
        template = templates.get(line_digest(line.clean)) if label.kind in BODY and line.clean else None
        if template is not None:
            # The counts stay in site_lines: in the reason they would change with every page the site adds,
            # and an early article would no longer equal the same article of a full run.
            decided.append(Label(template.kind, label.score, f"template:{template.site}"))
        else:
            decided.append(label)
    return tuple(decided)


def _commonest_chrome(kinds: Counter[Kind]) -> Kind:
    counted = [(count, kind) for kind, count in kinds.items() if kind in CHROME]
    return min(counted, key=lambda item: (-item[0], item[1]), default=(0, Kind.NAVIGATION))[1]
