"""What others make of the same pages: keep-all and C4's rules on lines; jusText, trafilatura, Resiliparse on markup.

On plain text the extractors get one ``<p>`` for each line, the only markup there is. Each has its own defaults.
"""

from __future__ import annotations

import html
import importlib.util
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.evaluate.bench import BenchPage


@dataclass(frozen=True, slots=True)
class Peer:
    """A method to compare with."""

    name: str
    package: str
    """Distribution that must be installed; empty where nothing is needed."""
    module: str
    extract: Callable[[BenchPage, str], str]
    """The text it keeps of a page, given its markup; empty where it finds nothing or fails."""

    @property
    def is_here(self) -> bool:
        """Whether its package is installed."""
        return not self.module or importlib.util.find_spec(self.module) is not None

    @property
    def version(self) -> str:
        """Version of its package; empty where nothing is needed."""
        return version(self.package) if self.package else ""


def as_markup(page: BenchPage) -> str:
    """The page's lines, each in a ``<p>`` of its own."""
    lines = "\n".join(f"<p>{html.escape(text)} </p>" for text, _ in page.lines)
    return f"<!doctype html><html lang={page.language}><head></head><body>\n{lines}\n</body></html>"


_POLICY: Final = (
    *("javascript", "terms of use", "privacy policy", "cookie policy"),
    *("uses cookies", "use of cookies", "use cookies"),
)
_STOPLISTS: Final = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "nl": "Dutch", "tr": "Turkish", "it": "Italian",
    "ru": "Russian", "da": "Danish", "no": "Norwegian_Bokmal", "lt": "Lithuanian", "bg": "Bulgarian",
    "id": "Indonesian", "vi": "Vietnamese", "lb": "Luxembourgish", "sw": "Swahili",
}  # fmt: skip
"""jusText's word lists for the languages of the bench."""


def _keep_all(page: BenchPage, _: str) -> str:
    return "\n".join(text for text, _ in page.lines)


def _c4(page: BenchPage, _: str) -> str:
    """The line rules of C4 (Raffel et al., 2020, and its code): final punctuation, five words, no policy phrases."""
    return "\n".join(
        text
        for text, _ in page.lines
        if text.endswith((".", "!", "?", '"'))
        and not text.endswith("...")
        and len(text.split()) >= 5
        and not any(phrase in text.casefold() for phrase in _POLICY)
    )


def _justext(page: BenchPage, markup: str) -> str:
    """With its word list for the page's language, and without stop words where it has none."""
    import justext  # noqa: PLC0415

    name = _STOPLISTS.get(page.language)
    document = markup.encode("utf-8", "replace")
    paragraphs = (
        justext.justext(document, frozenset(), stopwords_low=0, stopwords_high=0, encoding="utf-8")
        if name is None
        else justext.justext(document, justext.get_stoplist(name), encoding="utf-8")
    )
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


def _trafilatura(_: BenchPage, markup: str) -> str:
    import trafilatura  # noqa: PLC0415

    return trafilatura.extract(markup, include_comments=False, include_tables=True) or ""


def _resiliparse(_: BenchPage, markup: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415

    return extract_plain_text(markup, main_content=True, alt_texts=False) or ""


PEERS: Final = (
    Peer("keep all", "", "", _keep_all),
    Peer("C4 line rules", "", "", _c4),
    Peer("jusText", "jusText", "justext", _justext),
    Peer("trafilatura", "trafilatura", "trafilatura", _trafilatura),
    Peer("resiliparse", "Resiliparse", "resiliparse", _resiliparse),
)


def extracted(peer: Peer, page: BenchPage, markup: str) -> str:
    """What the peer keeps; a page on which it fails counts as an empty answer."""
    if not page.lines:
        return ""
    try:
        return peer.extract(page, markup)
    except Exception:  # whatever a parser of others does, the page counts
        return ""
