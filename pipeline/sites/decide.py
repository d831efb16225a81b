"""Who has the last word on a line: a correction, then a site file, then the site's template, then the labeller."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.records import BODY, CHROME, OVERRIDE, Kind, Label
from pipeline.sites.files import SiteFiles
from pipeline.templates.pages import line_digest
from pipeline.templates.recurrence import RECURS_BY_NATURE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.templates.recurrence import SiteLine


@dataclass(frozen=True, slots=True)
class Deciders:
    """What decides on lines beside the labeller."""

    groups: Mapping[str, str] = field(default_factory=dict)
    """Stand-in sites of pages without a URL, by page id."""
    templates: Mapping[str, Mapping[str, SiteLine]] = field(default_factory=dict)
    """Template lines by site and digest."""
    files: SiteFiles = field(default_factory=SiteFiles)
    corrections: Mapping[str, Mapping[tuple[int, int], Kind]] = field(default_factory=dict)
    """Corrected kinds by page id, and line number and part."""

    def decide(
        self, page: str, site: str | None, lines: Sequence[tuple[int, int, str]], labels: Sequence[Label]
    ) -> tuple[Label, ...]:
        """The labels of a page with everything decided that is not the labeller's.

        :param site: by URL; None where there is none.
        :param lines: number, part and normalised text of each line, aligned with ``labels``.
        """
        site = site if site is not None else self.groups.get(page)
        result = list(labels)
        templates = self.templates.get(site or "")
        for at, ((_, _, clean), label) in enumerate(zip(lines, labels, strict=True)):
            if templates and clean and label.kind not in CHROME | RECURS_BY_NATURE:
                template = templates.get(line_digest(clean))
                if template is not None:
                    # The counts stay in site_lines: in the reason they would change with every page the site adds,
                    # and an early article would no longer equal the same article of a full run.
                    result[at] = Label(template.kind, label.score, f"template:{template.site}")
        for at, rule in self.files.rules(site, [clean for _, _, clean in lines]).items():
            label = labels[at]
            kind = rule.kind or (label.kind if label.kind in BODY else Kind.PARAGRAPH)
            result[at] = Label(kind, label.score, f"{OVERRIDE}:{rule.site}")
        corrected = self.corrections.get(page)
        if corrected:
            for at, (number, part, _) in enumerate(lines):
                if (number, part) in corrected:
                    result[at] = Label(corrected[number, part], labels[at].score, OVERRIDE)
        return tuple(result)
