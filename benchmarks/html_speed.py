"""Speed of the road for HTML beside its peers: processor time, the same pages, the same run, one thread.

    python -m benchmarks.html_speed --bench DIR [--pages N] [--stages] [--parsers] [--json OUT]

``DIR`` holds ``wcxb-dev`` and ``fundus-dev``, each with ``html/ID.html.gz`` and ``ground-truth.jsonl.gz``. Every method
gets the page's bytes, decompressed, and its URL where it takes one. Ours goes the whole road of a run: decode, parse,
lines, declared metadata, labels with markup, assembly. trafilatura runs with its defaults and metadata; Resiliparse and
readability-lxml have no metadata but a title.

The methods take turns over ``PARTS`` parts of the pages, each a sample of all of them, so that a busy machine slows
them alike; no page is seen twice, so that nothing is remembered. A figure is the median over the parts, in brackets the
least and the greatest. Compiled loops are made before the clock starts: ``make install`` does so once
(``pipeline.label.tools``); ours looks for garbage as often as a run does (``pipeline.run.garbage``). Peers that are not
installed are named: ``pip install 'copydesk[bench]'``.

``--stages`` says where our time goes, ``--parsers`` what other parsers would cost, on the same pages.
"""

from __future__ import annotations

import os

# before numpy is loaded: several threads would burn processor time on products of these sizes
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import gzip
import importlib.util
import json
import logging
import statistics
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.assemble.article import assemble_all
from pipeline.evaluate.bench import CORPORA, truths
from pipeline.label.labeller import NetworkLabeller, load_labeller
from pipeline.label.page_type import called
from pipeline.label.tools import compiled, warm
from pipeline.read.inflate import ReadError
from pipeline.read.pages import Place, page_from_file
from pipeline.records import Hints, Page, RawPage
from pipeline.run.garbage import seldom_collected
from pipeline.settings import Settings
from pipeline.split import split_page
from pipeline.split.declared import read_declared
from pipeline.split.html import parse
from pipeline.split.opinion import extracted_text
from pipeline.split.walk import tools as walk_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.records import Article, Label, PageKind

PARTS: Final = 12
"""Turns that the methods take."""
TOGETHER: Final = 64
"""Pages labelled in one call, as in a run (``run.stages.BATCH``)."""
OURS: Final = "ours"
REFERENCE: Final = "trafilatura"
"""The peer that ratios are taken to."""
_OPINION: Final = "second opinion on a page"


@dataclass(frozen=True, slots=True)
class Sample:
    """One page as a crawler hands it over."""

    url: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Method:
    """One way from bytes to text."""

    name: str
    package: str
    """Distribution that must be installed; empty for ours."""
    module: str
    prepare: Callable[[], Callable[[Sequence[Sample]], int]]
    """Imports and loads, outside of the clock; gives what answers for pages: the number of texts that are not empty."""

    @property
    def is_here(self) -> bool:
        """Whether its package is installed."""
        return not self.module or importlib.util.find_spec(self.module) is not None


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; 2 if the folder of labelled pages is not there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.html_speed", description=__doc__.split("\n")[0])
    parser.add_argument("--bench", type=Path, required=True, help="folder with wcxb-dev and fundus-dev")
    parser.add_argument("--pages", type=int, help="measure on so many pages only, spread over all")
    parser.add_argument("--stages", action="store_true", help="also where our own time goes")
    parser.add_argument("--parsers", action="store_true", help="also what other parsers cost")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args(arguments)
    for corpus in CORPORA:
        if not (options.bench / f"{corpus}-dev" / "ground-truth.jsonl.gz").is_file():
            print(
                f"{options.bench}: no {corpus}-dev/ground-truth.jsonl.gz; name the folder with --bench", file=sys.stderr
            )
            return 2
    samples = load(options.bench, options.pages)
    figures: dict[str, Any] = {"pages": len(samples), "bytes": sum(len(sample.data) for sample in samples)}
    print(f"{len(samples)} pages, {figures['bytes'] / 1e6:.0f} MB")
    figures["speed"] = speed(samples)
    if options.stages:
        figures["stages"] = stages(samples)
    if options.parsers:
        figures["parsers"] = parsers(samples)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def load(bench: Path, most: int | None = None) -> list[Sample]:
    """The pages of both corpora in the order of their ids, or ``most`` of them, evenly spread."""
    found = [
        (bench / f"{corpus}-dev" / "html" / f"{truth['page_id']}.html.gz", truth["url"] or "")
        for corpus in CORPORA
        for truth in truths(bench, corpus)
    ]
    chosen = found if most is None else [found[at * len(found) // most] for at in range(min(most, len(found)))]
    return [Sample(url, gzip.decompress(path.read_bytes())) for path, url in chosen]


# --- the methods


def _ours() -> Callable[[Sequence[Sample]], int]:
    settings = Settings(sources=("bench",), corpus="none")
    labeller = load_labeller(settings.label)
    assert isinstance(labeller, NetworkLabeller)
    _always_compiled(labeller)

    @seldom_collected()
    def answer(samples: Sequence[Sample]) -> int:
        texts = 0
        for start in range(0, len(samples), TOGETHER):
            split = [
                split_page(raw, settings.split, settings.normalise)
                for sample in samples[start : start + TOGETHER]
                if (raw := _decoded(sample, settings)) is not None
            ]
            pages = [page for page in split if isinstance(page, Page)]
            articles = _assembled(pages, labeller.label_typed(pages), labeller, settings)
            texts += sum(bool(article.text) for article in articles)
        return texts

    return answer


def _assembled(
    pages: Sequence[Page],
    typed: Sequence[tuple[tuple[Label, ...], PageKind]],
    labeller: NetworkLabeller,
    settings: Settings,
) -> list[Article]:
    named = [called(page, kind) for page, (_, kind) in zip(pages, typed, strict=True)]
    labels = [own for own, _ in typed]
    return assemble_all(named, labels, labeller, split=settings.split, normalise=settings.normalise)


def _always_compiled(labeller: NetworkLabeller) -> None:
    """The thresholds from which compiled loops are used are crossed at once: what is timed is a long run's pace."""
    warm()
    labeller.tools = lambda _: compiled()
    walk_tools.warm()
    walk_tools.is_worth_compiled = lambda _: True


def _decoded(sample: Sample, settings: Settings) -> RawPage | None:
    try:
        return page_from_file(sample.data, Place("bench", "page.html", Hints(url=sample.url)), ".html", settings.read)
    except ReadError:
        return None


def _trafilatura(*, fast: bool = False) -> Callable[[Sequence[Sample]], int]:
    from trafilatura import bare_extraction  # noqa: PLC0415 - half a second to import
    from trafilatura.settings import Document  # noqa: PLC0415

    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)

    def one(sample: Sample) -> bool:
        document = bare_extraction(sample.data, url=sample.url, with_metadata=True, fast=fast)
        return isinstance(document, Document) and bool(document.text)

    return _each(one)


def _resiliparse() -> Callable[[Sequence[Sample]], int]:
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415
    from resiliparse.parse.encoding import detect_encoding  # noqa: PLC0415
    from resiliparse.parse.html import HTMLTree  # noqa: PLC0415

    def one(sample: Sample) -> bool:
        tree = HTMLTree.parse_from_bytes(sample.data, detect_encoding(sample.data) or "utf-8")
        return bool((tree.title or "") and extract_plain_text(tree, main_content=True, alt_texts=False))

    return _each(one)


def _readability() -> Callable[[Sequence[Sample]], int]:
    from lxml.html import fromstring  # noqa: PLC0415
    from readability import Document  # noqa: PLC0415

    logging.getLogger("readability").setLevel(logging.CRITICAL)

    def one(sample: Sample) -> bool:
        # it fails on bytes: what they are is left to whoever calls it
        document = Document(sample.data.decode("utf-8", "replace"))
        # its answer is markup: the text of it is what the others give
        text = fromstring(document.summary(html_partial=True)).text_content()
        return bool(document.short_title() and text.strip())

    return _each(one)


def _each(one: Callable[[Sample], bool]) -> Callable[[Sequence[Sample]], int]:
    """``one`` for each page; a page on which it fails counts as an empty answer."""

    def answer(samples: Sequence[Sample]) -> int:
        texts = 0
        for sample in samples:
            try:
                texts += one(sample)
            except Exception:  # whatever a parser of others does
                continue
        return texts

    return answer


METHODS: Final = (
    Method(OURS, "", "", _ours),
    Method(REFERENCE, "trafilatura", "trafilatura", _trafilatura),
    Method("trafilatura, fast", "trafilatura", "trafilatura", lambda: _trafilatura(fast=True)),
    Method("readability-lxml", "readability-lxml", "readability", _readability),
    Method("resiliparse", "Resiliparse", "resiliparse", _resiliparse),
)


# --- the tables


def speed(samples: Sequence[Sample]) -> dict[str, Any]:
    """Pages a second of processor time of each method, and the ratio to trafilatura."""
    absent = [method for method in METHODS if not method.is_here]
    for method in absent:
        print(f"{method.name}: not installed (pip install {method.package}), left out")
    answers = {method.name: method.prepare() for method in METHODS if method.is_here}
    order = list(answers)
    pace: dict[str, list[float]] = defaultdict(list)
    texts = dict.fromkeys(answers, 0)
    parts = [part for number in range(PARTS) if (part := samples[number::PARTS])]
    for number, part in enumerate(parts):
        turn = number % len(order)
        for name in order[turn:] + order[:turn]:
            started = time.process_time()
            texts[name] += answers[name](part)
            pace[name].append(len(part) / (time.process_time() - started))
    figures: dict[str, Any] = {"absent": [method.name for method in absent]}
    print(f"\n{'':<20}{'pages/CPU-s':>24}{'times trafilatura':>26}{'with a text':>13}")
    for name, own in pace.items():
        ratio = [one / other for one, other in zip(own, pace[REFERENCE], strict=True)]
        figures[name] = {"pages a second": _spread(own), "times trafilatura": _spread(ratio), "texts": texts[name]}
        print(f"{name:<20}{_shown(own, 1):>24}{_shown(ratio, 2):>26}{texts[name]:>13}")
    return figures


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "least": min(values), "greatest": max(values)}


def _shown(values: Sequence[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


@seldom_collected()
def stages(samples: Sequence[Sample]) -> dict[str, float]:
    """Milliseconds a page of each stage of our road.

    Indented are parts of splitting, done once more by themselves. The last is what the second opinion costs on a page
    on which it is asked.
    """
    settings = Settings(sources=("bench",), corpus="none")
    labeller = load_labeller(settings.label)
    assert isinstance(labeller, NetworkLabeller)
    _always_compiled(labeller)
    seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def clock(name: str) -> Iterator[None]:
        started = time.process_time()
        yield
        seconds[name] += time.process_time() - started

    for start in range(0, len(samples), TOGETHER):
        pages = []
        for sample in samples[start : start + TOGETHER]:
            with clock("decode"):
                raw = _decoded(sample, settings)
            if raw is None:
                continue
            with clock("split"):
                page = split_page(raw, settings.split, settings.normalise)
            if isinstance(page, Page):
                pages.append(page)
            # the parts of splitting once more, each by itself
            with clock("  parse"):
                tree = parse(raw.content)
            if tree is None:
                continue
            with clock("  lines"):
                lines, declaring = walk_tools.walk_for(len(raw.content))(tree)
            with clock("  declared metadata"):
                read_declared(tree, declaring, raw.hints, lines)
            with clock(_OPINION):
                extracted_text(tree)
        with clock("label"):
            typed = labeller.label_typed(pages)
        with clock("assemble"):
            _assembled(pages, typed, labeller, settings)
    figures = {name: 1_000 * seconds[name] / len(samples) for name in ("decode", "split", "  parse", "  lines",
               "  declared metadata", "label", "assemble", _OPINION)}  # fmt: skip
    print("\nms/page by stage")
    for name, spent in figures.items():
        print(f"{name:<30}{spent:>8.2f}")
    return figures


def parsers(samples: Sequence[Sample]) -> dict[str, dict[str, float]]:
    """Milliseconds a page that each parser takes for the tree, and for a walk that reads tags, attributes and texts."""
    settings = Settings(sources=("bench",), corpus="none")
    pages = [raw.content.encode("utf-8", "replace") for one in samples if (raw := _decoded(one, settings)) is not None]
    figures: dict[str, dict[str, float]] = {}
    print("\nms/page by parser           parse    walk")
    for name, module, prepare in _PARSERS:
        if importlib.util.find_spec(module) is None:
            print(f"{name:<24} not installed, left out")
            continue
        parse_one, walk = prepare()
        spent = [0.0, 0.0]
        for page in pages:
            moments = [time.process_time()]
            tree = parse_one(page)
            moments.append(time.process_time())
            walk(tree)
            moments.append(time.process_time())
            spent = [total + end - start for total, start, end in zip(spent, moments, moments[1:], strict=False)]
        figures[name] = {"parse": 1_000 * spent[0] / len(pages), "walk": 1_000 * spent[1] / len(pages)}
        print(f"{name:<24}{figures[name]['parse']:>8.2f}{figures[name]['walk']:>8.2f}")
    return figures


_Parser = tuple["Callable[[bytes], Any]", "Callable[[Any], None]"]


def _lxml() -> _Parser:
    from lxml import etree  # noqa: PLC0415

    def walk(tree: Any) -> None:
        for event, element in etree.iterwalk(tree, events=("start", "end")):
            _ = (element.tag, element.items(), element.text) if event == "start" else element.tail

    return lambda page: etree.fromstring(page, etree.HTMLParser(encoding="utf-8", huge_tree=True)), walk


def _selectolax() -> _Parser:
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415

    def walk(tree: Any) -> None:
        for node in tree.root.traverse(include_text=True):
            _ = node.text_content if node.tag == "-text" else node.attributes

    return LexborHTMLParser, walk


def _resiliparse_tree() -> _Parser:
    from resiliparse.parse.html import HTMLTree, NodeType  # noqa: PLC0415

    def walk(tree: Any) -> None:
        for node in tree.document:
            is_element = node.type == NodeType.ELEMENT
            _ = (node.tag, [(name, node[name]) for name in node.attrs]) if is_element else node.value

    return lambda page: HTMLTree.parse_from_bytes(page, "utf-8"), walk


_PARSERS: Final = (
    ("lxml (libxml2)", "lxml", _lxml),
    ("selectolax (lexbor)", "selectolax", _selectolax),
    ("resiliparse (lexbor)", "resiliparse", _resiliparse_tree),
)
"""Name, module, and what gives a way to parse and a way to walk."""


if __name__ == "__main__":
    sys.exit(main())
