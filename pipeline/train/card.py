"""The model card: what the weights were made of, how good they are where, and what they are not good for."""

from __future__ import annotations

import hashlib
import platform
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from pipeline import __version__
from pipeline.evaluate.bench import CORPORA, NAMES
from pipeline.evaluate.report import report_markdown
from pipeline.evaluate.seen import seen_sites

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.evaluate.bench import BenchPage


LICENCES: Final = {
    "wcxb": (
        "WCXB (Web Content eXtraction Benchmark), development part: M. Foley, 2026",
        "CC-BY-4.0",
    ),
    "fundus": (
        "Pages of the parser tests of flairNLP/fundus",
        "MIT; the articles remain their publishers'",
    ),
}
_TOOLS: Final = ("numpy", "torch", "lxml", "trafilatura", "resiliparse", "pyarrow")
_FEW: Final = 10
"""Pages below which a figure of a language says little."""
USE: Final = (
    "Says of every line of a scraped page how likely it is body text, and what kind of line it is. Made for plain text "
    "without markup; on HTML its scores are shifted by an extractor's verdict."
)
LIMITS: Final = (
    "Pages that are no articles (products, listings, collections) are labelled inconsistently in the data too, and "
    "come out worse.",
    "A second article on the page, and blurbs of products, are its most frequent losses on articles.",
    "Most languages have a handful of pages: their intervals are wide, and figures of languages that are not listed "
    "are unknown.",
    "Kinds of chrome were learned from class names in the markup, which name less than half of it.",
    "Settings and rules were chosen with the same corpora in view, so that figures held out by site still flatter.",
    "It does not judge what a text says: nothing is filtered by topic, quality or truth.",
)
KEPT: Final = (
    "Of the texts nothing is in the weights but 64-bit hashes of words, word pairs and lines of up to eight words that "
    "stood on at least {least_sites} sites, and 64-bit keys of the sites."
)


def card(
    pages: Sequence[BenchPage],
    weights: bytes,
    folds: Sequence[bytes],
    figures: dict[str, Any],
    settings: dict[str, Any],
) -> dict[str, Any]:
    """The card as a table (JSON); no clock and no path in it, so the same training gives the same bytes.

    :param figures: of an evaluation by the fold weights.
    """
    return {
        "name": "copydesk line network",
        "labeller": figures["labeller"],
        "copydesk": __version__,
        "use": USE,
        "weights": {"sha256": digest(weights), "bytes": len(weights), "sites": len(seen_sites(weights) or ())},
        "folds": [{"sha256": digest(own), "sites": len(seen_sites(own) or ())} for own in folds],
        "data": [_data([page for page in pages if page.corpus == corpus], corpus) for corpus in CORPORA],
        "kept": KEPT.format(least_sites=settings.get("least_sites", "several")),
        "settings": settings,
        "versions": {"python": platform.python_version()} | _versions(),
        "limits": [*LIMITS, _few_pages(pages)],
        "figures": figures,
    }


def digest(weights: bytes) -> str:
    """SHA-256 in hex; the labeller's version begins with its first eight digits."""
    return hashlib.sha256(weights).hexdigest()


def card_markdown(made: dict[str, Any]) -> str:
    """The card for people."""
    weights = made["weights"]
    data = "\n".join(
        f"- **{own['name']}**: {own['source']}. Licence: {own['licence']}. {own['pages']} pages of {own['sites']} "
        f"sites, {own['lines']} lines. Types: {_counted(own['types'])}. Languages: {_counted(own['languages'])}."
        for own in made["data"]
    )
    limits = "\n".join(f"- {limit}" for limit in made["limits"])
    settings = "\n".join(f"| {name} | {value} |" for name, value in made["settings"].items())
    return f"""# Model card: {made["name"]}

Written by `copydesk train`; do not edit. {made["use"]}

Labeller `{made["labeller"]}`, Copydesk {made["copydesk"]}.
Weights: {weights["bytes"]} bytes, SHA-256 `{weights["sha256"]}`.

## Data

{data}

{made["kept"]}

## How it was trained

A recurrent network over hashed words (docs/labeller.md) of {made["settings"]["members"]} members, alike but for their
seeds, whose probabilities are averaged; trained with PyTorch on one thread from one seed: the same order gives the same
bytes on one machine. {len(made["folds"])} further networks each missed the sites of one fold; every figure below is
theirs, on pages of sites that they had not seen. The network that ships has seen all {weights["sites"]} sites. What
each learns of body is in part the label, in part the word of teachers: networks that have seen neither the page's fold
nor the one that it is judged on.

| setting | value |
| --- | --- |
{settings}

Versions: {", ".join(f"{name} {value}" for name, value in made["versions"].items())}.

## How good it is

Every page counts, an empty answer as 0. Word F1 is WCXB's metric, of the text that a run would publish from the plain
text lines (body and dek). Intervals: 95 % bootstrap over pages.

{report_markdown(made["figures"])}
## Limits

{limits}
"""


def _data(pages: Sequence[BenchPage], corpus: str) -> dict[str, Any]:
    source, licence = LICENCES[corpus]
    return {
        "name": NAMES[corpus],
        "source": source,
        "licence": licence,
        "pages": len(pages),
        "sites": len({page.site for page in pages}),
        "lines": sum(len(page.lines) for page in pages),
        "types": dict(sorted(Counter(page.page_type for page in pages).items())),
        "languages": dict(sorted(Counter(page.language for page in pages).items())),
    }


def _few_pages(pages: Sequence[BenchPage]) -> str:
    counts = Counter(page.language for page in pages)
    few = {language: count for language, count in sorted(counts.items()) if count < _FEW}
    return f"Languages with fewer than {_FEW} pages: {_counted(few) or 'none'}."


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _versions() -> dict[str, str]:
    found = {}
    for name in _TOOLS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # a card can be made from weights that were trained elsewhere
            continue
    return found
