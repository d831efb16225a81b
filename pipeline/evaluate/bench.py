"""Labelled pages as they lie in a bench folder: the lines a scraper saved, what each is, and the text people marked.

A bench folder holds ``lines-wcxb-dev.parquet``, ``lines-fundus-dev.parquet`` and, for each corpus, a folder with
``ground-truth.jsonl.gz`` and ``html/ID.html.gz``. WCXB is the Web Content eXtraction Benchmark (M. Foley, 2026,
CC-BY-4.0), Fundus the parser tests of flairNLP/fundus (MIT; the articles remain their publishers').
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pyarrow.parquet as pq

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

CORPORA: Final = ("wcxb", "fundus")
NAMES: Final = {"wcxb": "WCXB", "fundus": "Fundus"}
_TWO_LABELS: Final = frozenset(
    f"{kind}.{country}"
    for country, kinds in {
        "uk": ("co", "ac", "gov", "org"),
        "au": ("com", "gov", "net", "org", "edu"),
        "jp": ("co", "or", "ne", "go"),
        "za": ("co", "org"),
        **dict.fromkeys(("nz", "in", "kr", "il"), ("co",)),
        **dict.fromkeys(("br", "tr", "mx", "na", "sg", "hk"), ("com",)),
    }.items()
    for kind in kinds
)
"""Suffixes of two labels below which a site's own name stands."""


@dataclass(frozen=True, slots=True)
class BenchPage:
    """One labelled page; ``n`` lines."""

    corpus: str
    """``wcxb`` or ``fundus``."""
    page_id: str
    site: str
    """Registered domain of its URL: a publisher is the same site in both corpora."""
    page_type: str
    """``article``, ``forum``, ...; pages of Fundus are ``news``."""
    language: str
    """ISO 639-1."""
    lines: tuple[tuple[str, bool], ...]
    """Each line with single spaces, and whether a blank line stands before it; (n,)."""
    body: tuple[bool, ...]
    """(n,)."""
    kinds: tuple[str, ...]
    """``content``, or a weak kind of chrome read off the markup; (n,)."""
    truth: str
    """The body text by people's judgement."""
    title: str
    """Empty where none is known."""
    authors: tuple[str, ...] = ()
    """Credits as the truth writes them: one may name several people."""
    published: str = ""
    """ISO 8601."""
    url: str = ""
    looked_at: bool = False
    """Whether the page's site is of the half on which the order of trust of metadata was made."""

    @property
    def text(self) -> str:
        """The page as the plain text file that a scraper saved."""
        return "\n".join("\n" * blank + text for text, blank in self.lines)


def missing(bench: Path) -> list[str]:
    """Names of what the folder lacks."""
    needed = [
        name
        for corpus in CORPORA
        for name in (f"lines-{corpus}-dev.parquet", f"{corpus}-dev/ground-truth.jsonl.gz", f"{corpus}-dev/html")
    ]
    return [name for name in needed if not (bench / name).exists()]


def check_bench(bench: Path) -> None:
    """:raises UsageError: naming what the folder lacks."""
    lacking = missing(bench)
    if lacking:
        raise UsageError(f"{bench}: no {' and no '.join(lacking)}; name the folder of labelled pages with --bench")


def load_bench(bench: Path) -> list[BenchPage]:
    """All pages of both corpora in the order of their ids, those without lines too: every page counts.

    :raises UsageError: if the folder lacks a file.
    """
    check_bench(bench)
    pages: list[BenchPage] = []
    for corpus in CORPORA:
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        columns = ["page_id", "domain", "page_type", "lang", "blank_before", "text", "is_content", "kind"]
        for row in pq.read_table(bench / f"lines-{corpus}-dev.parquet", columns=columns).to_pylist():
            if row["text"].strip():
                rows[row["page_id"]].append(row)
        pages += [_page(corpus, truth, rows[truth["page_id"]]) for truth in truths(bench, corpus)]
    return pages


def truths(bench: Path, corpus: str) -> list[dict[str, Any]]:
    """Rows of a corpus's ground truth in the order of their page ids."""
    with gzip.open(bench / f"{corpus}-dev" / "ground-truth.jsonl.gz", "rt", encoding="utf-8") as file:
        return sorted((json.loads(line) for line in file), key=lambda truth: str(truth["page_id"]))


def true_text(corpus: str, truth: dict[str, Any]) -> str:
    """The body text of a row of the ground truth."""
    return (truth["main_content"] or "") if corpus == "wcxb" else "\n".join(part["text"] for part in truth["body"])


def html_path(bench: Path, page: BenchPage) -> Path:
    """Where the page's HTML lies."""
    return bench / f"{page.corpus}-dev" / "html" / f"{page.page_id}.html.gz"


def site_of(url: str, domain: str, page_id: str) -> str:
    """Registered domain of ``url``; where it has no host, of ``domain``; else the page stands for itself."""
    labels = (urlsplit(url).hostname or domain or page_id).lower().split(".")
    return ".".join(labels[-3:] if ".".join(labels[-2:]) in _TWO_LABELS else labels[-2:])


def site_key(site: str) -> int:
    """64 bits that stand for a site: the first of its SHA-256, big-endian."""
    return int.from_bytes(hashlib.sha256(site.encode()).digest()[:8])


def fold_of(site: str, folds: int) -> int:
    """The fold that holds a site's pages out: it hangs on the site alone, so training and evaluation agree."""
    return site_key(site) % folds


def _page(corpus: str, truth: dict[str, Any], rows: list[dict[str, Any]]) -> BenchPage:
    first = rows[0] if rows else {"domain": "", "page_type": "", "lang": "en"}
    return BenchPage(
        corpus=corpus,
        page_id=truth["page_id"],
        site=site_of(truth["url"] or "", first["domain"], truth["page_id"]),
        page_type=truth.get("page_type") or first["page_type"] if corpus == "wcxb" else "news",
        language=first["lang"],
        lines=tuple((" ".join(row["text"].split()), bool(row["blank_before"])) for row in rows),
        body=tuple(bool(row["is_content"]) for row in rows),
        kinds=tuple(row["kind"] for row in rows),
        truth=true_text(corpus, truth),
        title=truth["title"] or "",
        authors=_authors(truth.get("author") if corpus == "wcxb" else truth.get("authors")),
        published=truth.get("publish_date" if corpus == "wcxb" else "published") or "",
        url=truth["url"] or "",
        looked_at=_looked_at(truth.get("domain" if corpus == "wcxb" else "publisher") or ""),
    )


def _authors(said: str | list[str] | None) -> tuple[str, ...]:
    """WCXB gives one line, Fundus a list."""
    return () if not said else (said,) if isinstance(said, str) else tuple(said)


def _looked_at(group: str) -> bool:
    """By the hash of the site's or publisher's name in the ground truth."""
    return hashlib.sha256(group.encode()).digest()[0] % 2 == 0
