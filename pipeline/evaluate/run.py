"""One evaluation: every page of a bench folder labelled by a network that has not seen its site, beside the peers.

The result is a plain table (JSON), the same bytes each time. Networks say themselves which sites they have seen
(``seen``). With the fold weights that training left, each page is *held out*. Without them the committed weights label
all pages; those of sites they have seen are *in-sample*, and the others are reported apart as *unseen sites*.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.errors import UsageError
from pipeline.evaluate import figures as measure
from pipeline.evaluate import metadata
from pipeline.evaluate.answers import Answer, answers, html_input, text_input
from pipeline.evaluate.bench import CORPORA, BenchPage, check_bench, fold_of, html_path, load_bench, site_key
from pipeline.evaluate.changed import robustness
from pipeline.evaluate.figures import HELD_OUT, IN_SAMPLE, OURS, UNSEEN
from pipeline.evaluate.gate import BENCH_FLOORS, CHANGE, check, read_floors
from pipeline.evaluate.metadata import Facts, by_trafilatura, facts
from pipeline.evaluate.peers import PEERS, as_markup, extracted
from pipeline.evaluate.seen import seen_sites, unseeing
from pipeline.evaluate.word_f1 import word_f1
from pipeline.label.block import load_model
from pipeline.label.labeller import NetworkLabeller, load_labeller
from pipeline.label.network.markup import MarkupReading
from pipeline.label.network.model import Network, network_weights
from pipeline.label.network.second import SecondReading
from pipeline.label.page_type import FORMATS, read_type_models
from pipeline.records import Quarantined
from pipeline.settings import LabelSettings
from pipeline.split.breaks import Boundaries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.label.labeller import TypingLabeller
    from pipeline.records import RawPage

FOLD_FILES: Final = "fold-*.npz"
SECOND_FILE: Final = "second-{}.npz"
"""The second reading that belongs to a fold's network,"""
MARKUP_FILE: Final = "markup-{}.npz"
"""... its reading of HTML,"""
TYPES_FILE: Final = "types-{}.json"
"""... its estimate of page types, with what is shifted for them,"""
BOUNDARIES_FILE: Final = "boundaries-{}.npz"
"""... and what finds lost ends of blocks, if it was fitted without the fold (``pipeline.train.boundaries``)."""
RIVAL: Final = "trafilatura"
"""The peer whose metadata is compared, and whose better answers are listed page by page: the best on HTML."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What a network labeller is made of: three ``.npz`` files, and one of JSON."""

    network: bytes
    second: bytes
    """The second reading; in an evaluation fitted to pages of other folds."""
    markup: bytes
    """The reading of HTML, likewise."""
    types: bytes | None = None
    """The estimates of page types on HTML and on plain text, likewise; None: all pages are taken for articles."""
    boundaries: bytes | None = None
    """The boundary network, likewise; None: what ships."""


@dataclass(frozen=True, slots=True)
class Judges:
    """The labellers of an evaluation, and which of them judges which page."""

    name: str
    """Name and version, as rows of a corpus record it."""
    labellers: tuple[TypingLabeller, ...]
    of_page: tuple[int, ...]
    """Index of the labeller of each page."""
    section: tuple[str, ...]
    """For each page ``held out``, ``in-sample`` or ``unseen sites``."""
    boundaries: tuple[Boundaries | None, ...]
    """For each labeller what finds lost ends of blocks in its pages; None: what ships."""

    def answers(self, inputs: Sequence[RawPage | Quarantined]) -> list[Answer]:
        """The answer of each page's own labeller, in order."""
        given: dict[int, Answer] = {}
        for number, (labeller, boundaries) in enumerate(zip(self.labellers, self.boundaries, strict=True)):
            own = [index for index, judge in enumerate(self.of_page) if judge == number]
            given |= zip(own, answers(labeller, [inputs[index] for index in own], boundaries), strict=True)
        return [given[index] for index in range(len(inputs))]


def network_labeller(weights: Weights) -> NetworkLabeller:
    """The whole labeller with other weights in it."""
    types = None if weights.types is None else read_type_models(json.loads(weights.types))
    return NetworkLabeller(
        *(Network(weights.network), SecondReading(weights.second), MarkupReading(weights.markup), load_model()),
        types=types,
        ask_below=LabelSettings().ask_below,
    )


def held_out(pages: Sequence[BenchPage], weights: Sequence[Weights], name: str) -> Judges:
    """Each page judged by a network that has not seen its site.

    :raises UsageError: if weights do not say what they have seen, or all of them have seen a page's site.
    """
    seen = [seen_sites(own.network) for own in weights]
    if None in seen:
        raise UsageError("the fold weights do not say which sites they have seen: they are not of `copydesk train`")
    known = [own for own in seen if own is not None]
    judges = [unseeing(page.site, known) for page in pages]
    for page, judge in zip(pages, judges, strict=True):
        if judge is None:
            raise UsageError(f"all fold weights have seen {page.site} (page {page.page_id}): nothing would be held out")
        if weights[judge].boundaries is not None and fold_of(page.site, len(weights)) != judge:
            raise UsageError(f"{BOUNDARIES_FILE.format(judge)} has seen {page.site}: its folds are others")
    return Judges(
        name=name,
        labellers=tuple(network_labeller(own) for own in weights),
        of_page=tuple(judge for judge in judges if judge is not None),
        section=(HELD_OUT,) * len(pages),
        boundaries=tuple(None if own.boundaries is None else Boundaries(own.boundaries) for own in weights),
    )


def committed(pages: Sequence[BenchPage], labeller: str) -> Judges:
    """All pages judged by the labeller that ships; weights that say nothing count as having seen every page.

    :param labeller: as in the settings.
    """
    one = load_labeller(LabelSettings.model_validate({"labeller": labeller}))
    seen = seen_sites(network_weights()) if labeller == "network" else None
    return Judges(
        name=f"{one.name}/{one.version}",
        labellers=(one,),
        of_page=(0,) * len(pages),
        section=tuple(IN_SAMPLE if seen is None or site_key(page.site) in seen else UNSEEN for page in pages),
        boundaries=(None,),
    )


def fold_weights(folder: Path, *, with_types: bool = True) -> list[Weights]:
    """The weights of all folds, by name.

    :param with_types: False: without the estimates of page types, which are fitted to what the other weights say.
    :raises UsageError: if there are none, or one lacks a file that belongs to it.
    """
    found = []
    for file in sorted(folder.glob(FOLD_FILES)):
        number = file.stem.removeprefix("fold-")
        others = [folder / name.format(number) for name in (SECOND_FILE, MARKUP_FILE, TYPES_FILE)[: 2 + with_types]]
        for other in others:
            if not other.exists():
                raise UsageError(f"{folder}: {file.name} without {other.name}; `copydesk train` writes it")
        made = Weights(*(own.read_bytes() for own in (file, *others)))
        if made.types is not None and not set(FORMATS) <= json.loads(made.types).keys():
            raise UsageError(f"{others[-1]}: lacks page types of {' or '.join(FORMATS)}; `copydesk train` writes both")
        apart = folder / BOUNDARIES_FILE.format(number)
        found.append(replace(made, boundaries=apart.read_bytes()) if apart.exists() else made)
    if not found:
        raise UsageError(f"{folder}: no {FOLD_FILES}; `copydesk train` writes them beside weights.npz")
    return found


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be measured."""

    bench: Path
    """Folder of labelled pages."""
    folds: Path | None = None
    """Folder of fold weights; None: the committed weights."""
    labeller: str = "network"
    """As in the settings; folds are those of ``network``."""
    as_html: bool = False
    """Judge the pages from their HTML instead of their plain text lines."""
    with_peers: bool = True
    """Compare with other extractors; those that are not installed are named in ``absent``."""
    with_changes: bool = False
    """Measure how much changed pages lose, too."""
    gate: Path | None = None
    """File of floors that the figures must hold."""


def evaluate(request: Request, say: Callable[[str], None]) -> dict[str, Any]:
    """All figures of one evaluation.

    :param say: takes lines of progress.
    :raises UsageError: if a folder lacks what is needed.
    :raises QualityError: if the figures, which it carries, do not hold the gate.
    """
    check_bench(request.bench)
    if request.folds is not None and request.labeller != "network":
        raise UsageError("--folds holds weights of the network; leave it out, or --labeller")
    bounds = None if request.gate is None else read_floors(request.gate, BENCH_FLOORS)
    if bounds is not None and request.as_html:
        raise UsageError("the floors are pinned for plain text: leave out --html or --gate")
    weights = None if request.folds is None else fold_weights(request.folds)
    pages = load_bench(request.bench)
    shipped = committed(pages, request.labeller)
    judges = shipped if weights is None else held_out(pages, weights, shipped.name)
    if bounds is not None and set(judges.section) == {IN_SAMPLE}:
        raise UsageError("--gate needs pages that the weights have not seen: name the fold weights with --folds")
    figures = judged(
        request.bench,
        pages,
        judges,
        say,
        as_html=request.as_html,
        with_peers=request.with_peers,
        with_changes=request.with_changes or any(bound.name.startswith(CHANGE) for bound in bounds or ()),
    )
    if bounds is not None:
        check(bounds, figures)
    return figures


def judged(
    bench: Path,
    pages: Sequence[BenchPage],
    judges: Judges,
    say: Callable[[str], None],
    *,
    as_html: bool = False,
    with_peers: bool = True,
    with_changes: bool = False,
) -> dict[str, Any]:
    """The figures of ``judges`` on ``pages``; see ``Request``."""
    inputs = [html_input(html_path(bench, page), page.url) if as_html else text_input(page.text) for page in pages]
    given = judges.answers(inputs)
    say(f"ours: {len(pages)} pages labelled")
    scores = {OURS: [word_f1(answer.text, page.truth) for answer, page in zip(given, pages, strict=True)]}
    absent = []
    for peer in PEERS if with_peers else ():
        if not peer.is_here:
            absent.append(peer.name)
            say(f"{peer.name}: not installed (pip install {peer.package}), left out")
            continue
        scores[peer.name] = [
            word_f1(extracted(peer, page, _markup(page, raw, as_html=as_html)), page.truth)
            for page, raw in zip(pages, inputs, strict=True)
        ]
        say(f"{peer.name}: done")
    fields: dict[str, list[Facts]] = {}
    if as_html:
        fields[OURS] = [facts(own.title, own.authors, own.published) for own in (answer.metadata for answer in given)]
        if RIVAL in scores:
            fields[RIVAL] = [
                by_trafilatura(_markup(page, raw, as_html=True), page.url)
                for page, raw in zip(pages, inputs, strict=True)
            ]
            say(f"{RIVAL}, metadata: done")
    table: dict[str, Any] = {
        "labeller": judges.name,
        "input": "html" if as_html else "text",
        "pages": len(pages),
        "in_sample": judges.section.count(IN_SAMPLE),
        "peers": {peer.name: peer.version for peer in PEERS if peer.name in scores},
        "absent": absent,
        "sections": {},
    }
    for section in (HELD_OUT, UNSEEN, IN_SAMPLE):
        own = [index for index, name in enumerate(judges.section) if name == section]
        if own:
            own_scores = {method: [values[index] for index in own] for method, values in scores.items()}
            own_fields = {tool: [values[index] for index in own] for tool, values in fields.items()}
            table["sections"][section] = _section(
                [pages[index] for index in own], [given[index] for index in own], own_scores, own_fields
            )
    if as_html:
        table["agreement"] = measure.agreement(pages, given, judges.answers([text_input(page.text) for page in pages]))
        say("plain text of the same pages: done")
    else:
        bare = judges.answers([text_input(_parted(page.truth)) for page in pages])
        table["rules"] = measure.rules(pages)
        table["clean_pages"] = measure.clean_pages(pages, bare)
        say("pages that are nothing but body: done")
    if with_changes and not as_html:
        table["changes"] = robustness(pages, [answer.text for answer in given], partial(_texts, judges))
        say("changed pages: done")
    return table


def _section(
    pages: Sequence[BenchPage],
    given: Sequence[Answer],
    scores: dict[str, list[float]],
    fields: dict[str, list[Facts]],
) -> dict[str, Any]:
    """The figures of some pages.

    :param fields: metadata by tool; empty on plain text.
    """
    table: dict[str, Any] = {"pages": len(pages), "quality": measure.quality(pages, scores)}
    if not fields:  # lines of HTML are others than the labelled ones
        table["kinds"] = measure.kinds(pages, given)
        table["titles"] = measure.titles(pages, given)
        table["calibration"] = measure.calibration(pages, given)
        return table
    table["metadata"] = metadata.accuracy(pages, fields)
    if RIVAL in fields:
        wanting = {"text": measure.behind(scores[OURS], scores[RIVAL])}
        wanting |= metadata.wrong_where_right(pages, fields[OURS], fields[RIVAL])
        table["behind"] = {
            name: {
                corpus: [pages[index].page_id for index in own if pages[index].corpus == corpus] for corpus in CORPORA
            }
            for name, own in wanting.items()
        }
    return table


def _texts(judges: Judges, texts: list[str]) -> list[str]:
    return [answer.text for answer in judges.answers([text_input(text) for text in texts])]


def _markup(page: BenchPage, raw: RawPage | Quarantined, *, as_html: bool) -> str:
    if not as_html:
        return as_markup(page)
    return "" if isinstance(raw, Quarantined) else raw.content


def _parted(text: str) -> str:
    """Each line parted from the next by a blank one."""
    return "\n\n".join(" ".join(row.split()) for row in text.split("\n") if row.strip())
