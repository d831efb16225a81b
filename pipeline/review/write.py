"""Writes the review page of a corpus."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pipeline.export.target import text_target
from pipeline.records import BODY, CHROME, METADATA, Kind
from pipeline.review.articles import KIND, REASON, TOGETHER, batched, shown
from pipeline.review.figures import figures_of
from pipeline.review.page import page
from pipeline.review.plots import calibration
from pipeline.review.sample import FACTS, sample
from pipeline.show.status import status_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.corpus.open import Corpus
    from pipeline.corpus.runs import RunRecord
    from pipeline.review.figures import Figures
    from pipeline.show.status import Status

MOST = 2_000
"""Articles on a page: about 4 MB for news of ordinary length."""
_NAMED = 40
"""Sites, clusters and runs that the overview names."""

KEYS: Mapping[Kind, str] = {
    Kind.PARAGRAPH: "p",
    Kind.HEADING: "h",
    Kind.LIST_ITEM: "l",
    Kind.QUOTE: "q",
    Kind.TITLE: "t",
    Kind.DEK: "d",
    Kind.BYLINE: "y",
    Kind.DATE: "a",
    Kind.CAPTION: "c",
    Kind.NAVIGATION: "n",
    Kind.NEWSLETTER: "w",
    Kind.SHARE: "s",
    Kind.RELATED: "r",
    Kind.COMMENTS: "m",
    Kind.AUTHOR_BIO: "b",
    Kind.APPEAL: "e",
    Kind.LEGAL: "g",
    Kind.EMBED: "x",
    Kind.PROMO: "o",
}
"""The key that corrects a line to a kind; ``f``, ``j``, ``k``, ``u`` and ``z`` are commands of the page."""


def write_review(corpus: Corpus, out: str, most: int = MOST) -> tuple[int, int]:
    """Write the review page of a corpus to the file ``out``; gives the numbers of articles shown and of all.

    The same release gives the same bytes.

    :param most: articles to show; of a larger corpus they are chosen as ``sample.sample`` says
    :raises UsageError: ``out`` cannot be a file. :raises RunError: it cannot be written.
    """
    chosen = sample(corpus, most)
    articles = shown(corpus, chosen.rows)
    head = {
        "release": corpus.release.number,
        "created": corpus.release.created,
        "kinds": [{"name": kind.value, "group": _group(kind), "key": KEYS.get(kind, "")} for kind in Kind],
        "rule": chosen.rule,
        "of": chosen.of,
        "together": TOGETHER,
        "overview": _overview(figures_of(corpus), status_of(corpus)),
        "facts": FACTS,
        "articles": [[row[name] for name in FACTS] for row in chosen.rows],
        "kinds_of": [sorted({line[KIND] for line in article["lines"]}) for article in articles],
        "reasons_of": [sorted({line[REASON].partition(":")[0] for line in article["lines"]}) for article in articles],
    }
    with text_target(out) as file:
        for piece in page(head, batched(articles)):
            file.write(piece.encode())
    return len(chosen.rows), chosen.of


def _group(kind: Kind) -> str:
    return "body" if kind in BODY else "field" if kind in METADATA else "chrome" if kind in CHROME else "repeat"


def _overview(figures: Figures, status: Status) -> dict[str, Any]:
    """What the page's first view shows; of sites, clusters and runs the largest or newest."""
    return {
        "articles": figures.articles,
        "canonical": figures.canonical,
        "lines": figures.lines,
        "body_lines": figures.body_lines,
        "words": status.words,
        "removed": figures.removed,
        "reasons": figures.reasons,
        "languages": status.languages,
        "sites": [asdict(site) for site in figures.sites[:_NAMED]],
        "more_sites": max(0, len(figures.sites) - _NAMED),
        "scores": figures.scores,
        "similarities": figures.similarities,
        "calibration": calibration(),
        "clusters": [asdict(cluster) for cluster in figures.clusters[:_NAMED]],
        "more_clusters": max(0, len(figures.clusters) - _NAMED),
        "drift": status.drift,
        "quarantine": {fault: sources[:_NAMED] for fault, sources in status.quarantined.items()},
        "quarantined": sum(map(len, status.quarantined.values())),
        "runs": [_run(run) for run in status.runs[:_NAMED]],
    }


def _run(run: RunRecord) -> dict[str, Any]:
    return {
        "run": run.run,
        "started": run.started,
        "inputs": run.counts.inputs,
        "new": run.counts.new,
        "unchanged": run.counts.unchanged,
        "quarantined": sum(run.counts.quarantined.values()),
        "lines": run.counts.lines,
        "removed": dict(run.counts.removed),
        "timings": dict(run.timings),
    }
