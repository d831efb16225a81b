"""One training, from a folder of labelled pages to weights with their card. Read ``train_labeller`` top to bottom.

Folds come first: networks that each miss the sites of one fold, taught by others that miss one more (``teach``). They
say how good the final network, which sees every site, can be expected to be on others, and whatever is fitted on top of
scores must be fitted on theirs.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.corpus.open import Corpus
from pipeline.errors import UsageError
from pipeline.evaluate.bench import check_bench, fold_of, load_bench
from pipeline.evaluate.run import MARKUP_FILE, SECOND_FILE, TYPES_FILE, Weights, held_out, judged, network_labeller
from pipeline.evaluate.seen import with_sites
from pipeline.label.network.model import Network
from pipeline.sites.corrections import read_corrections
from pipeline.sites.examples import examples
from pipeline.train import markup, second, teach, type_shifts
from pipeline.train.card import card, card_markdown
from pipeline.train.corrected import corrected_pages
from pipeline.train.export import export
from pipeline.train.page_type import html_facts
from pipeline.train.pages import load_pages
from pipeline.train.train import Settings, train

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pipeline.sites.examples import Example
    from pipeline.train.pages import TrainingPage

WEIGHTS: Final = "weights.npz"
SECOND: Final = "second.npz"
MARKUP: Final = "markup.npz"
CARD: Final = "card.json"
CARD_PAGE: Final = "card.md"


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a training."""

    bench: Path
    """Folder of labelled pages."""
    out: Path
    """Folder that is written to."""
    folds: int = 5
    seed: int = 0
    epochs: int | None = None
    """Passes over the pages; None: as the committed weights."""
    corpus: str = ""
    """Corpus whose corrected pages are learned from, too; empty: none."""
    corrections: str = ""
    """File of more corrections of pages of that corpus."""
    workers: int = 1
    """Networks trained at the same time, each in a process and on a thread of its own; the result is the same."""


def train_labeller(order: Order, say: Callable[[str], None]) -> dict[str, Any]:
    """Train, judge and describe the line network; returns its card.

    Writes ``fold-0.npz``, ``second-0.npz``, ``markup-0.npz``, ``types-0.json`` ..., ``weights.npz``, ``second.npz``,
    ``markup.npz``, ``card.json`` and ``card.md``: the same bytes for the same order on one machine, with the same
    versions.

    :param say: takes lines of progress.
    :raises UsageError: if the bench folder lacks a file or its pages are too few for the folds; if there is no such
        corpus, or corrections are wrong.
    """
    check_bench(order.bench)
    if order.folds < 2:
        raise UsageError(f"--folds {order.folds}: two are the least, or no page is held out")
    if order.workers < 1 or (order.epochs is not None and order.epochs < 1):
        raise UsageError("--epochs and --workers must be 1 or more")
    corrected = corrected_pages(_corrected(order))  # learned from like the others, but not judged
    order.out.mkdir(parents=True, exist_ok=True)
    settings = settings_of(order)
    say("reading the labelled pages and their HTML")
    pages = [*load_pages(order.bench, workers=order.workers), *corrected]
    # each network by itself: those of the folds, and last the one that ships
    *folds, weights = _networks(pages, order, settings, say)
    for number, own in enumerate(folds):
        (order.out / f"fold-{number}.npz").write_bytes(own)

    say("fitting the second reading to what each fold's network says of pages that it has not seen")
    scored = [
        second.held_out(Network(own), [page for page in pages if fold_of(page.site, order.folds) == number])
        for number, own in enumerate(folds)
    ]
    seconds = [second.fit(_joined(scored, but=number), order.seed) for number in range(order.folds)]
    for number, own in enumerate(seconds):
        (order.out / SECOND_FILE.format(number)).write_bytes(own)

    say("fitting the reading of HTML to the same pages as they were saved")
    bench = load_bench(order.bench)
    marked = [
        markup.held_out(
            Network(own), [page for page in bench if fold_of(page.site, order.folds) == number], order.bench
        )
        for number, own in enumerate(folds)
    ]
    markups, markup_of_all = markup.fit_folds(marked, order.seed)
    for number, own in enumerate(markups):
        (order.out / MARKUP_FILE.format(number)).write_bytes(own)

    say("fitting what page types shift to how the same pages are labelled")
    trios = list(zip(folds, seconds, markups, strict=True))
    untyped = [Weights(*own) for own in trios]
    judges = held_out(bench, untyped, "folds")
    of_html = html_facts(order.bench, bench, judges)
    of_text = type_shifts.text_examples(bench, untyped, judges.of_page)
    of_folds, of_all = type_shifts.fit_both(bench, of_html, of_text, order.folds)
    types = [type_shifts.as_file(own) for own in of_folds]
    for number, models in enumerate(types):
        (order.out / TYPES_FILE.format(number)).write_bytes(models)

    ships = Weights(
        weights,
        second.fit(_joined(scored), order.seed),
        markup_of_all,
        type_shifts.as_file(of_all),
    )
    (order.out / WEIGHTS).write_bytes(ships.network)
    (order.out / SECOND).write_bytes(ships.second)
    (order.out / MARKUP).write_bytes(ships.markup)

    shipped = network_labeller(ships)
    parts_of_folds = [Weights(*trio, models) for trio, models in zip(trios, types, strict=True)]
    judges = held_out(bench, parts_of_folds, f"{shipped.name}/{shipped.version}")
    say("judging every page by the network that has not seen its site")
    figures = judged(order.bench, bench, judges, say, with_changes=True)

    made = card(bench, weights, folds, figures, asdict(settings))
    (order.out / CARD).write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (order.out / CARD_PAGE).write_text(card_markdown(made), encoding="utf-8")
    return made


def _networks(
    pages: Sequence[TrainingPage], order: Order, settings: Settings, say: Callable[[str], None]
) -> list[bytes]:
    """The weights of the network of each fold, and last of the one that has seen all; taught by networks of their own.

    :raises UsageError: if the pages are too few for the folds.
    """
    pairs = teach.pairs(order.folds)
    singles = [(fold,) for fold in range(order.folds)]
    parts = {missed: _without(pages, missed, order.folds) for missed in (*singles, *pairs)}
    if not all(any(len(page.lines) for page in part) for part in parts.values()):
        raise UsageError(f"{order.bench}: too few sites for {order.folds} folds")

    say("training networks that each miss two folds: what they say of pages that they have not seen softens the labels")
    lessons = {f"without folds {first} and {second}": parts[first, second] for first, second in pairs}
    found = _all_trained(lessons, teach.settings_of_teachers(settings), order.workers, say)
    teachers = {pair: Network(own) for pair, own in zip(pairs, found, strict=True)}

    lessons = {f"fold {fold}": teach.taught(parts[(fold,)], teachers, order.folds, fold) for (fold,) in singles}
    lessons["all pages"] = teach.taught(pages, teachers, order.folds, None)
    return _all_trained(lessons, settings, order.workers, say)


def settings_of(order: Order) -> Settings:
    """The settings of the committed weights, with what the order changes."""
    settings = replace(Settings(), seed=order.seed)
    return settings if order.epochs is None else replace(settings, epochs=order.epochs)


def how_to_install(order: Order) -> str:
    """What to do with the files, for people."""
    return (
        f"To put the result in the place of the committed weights:\n"
        f"  cp {order.out}/{WEIGHTS} {order.out}/{SECOND} {order.out}/{MARKUP} pipeline/label/network/\n"
        f"  cp {order.out}/{CARD} {order.out}/{CARD_PAGE} pipeline/label/network/\n"
        f"  cp {order.out}/fold-*.npz {order.out}/second-*.npz {order.out}/markup-*.npz \\\n"
        f"    {order.out}/types-*.json benchmarks/label_folds/\n"
        f"  python -m pipeline.train.type_shifts --bench {order.bench} --label-folds benchmarks/label_folds\n"
        f"then see that it is as good (config/quality.toml says how to pin it anew):\n"
        f"  copydesk evaluate --bench {order.bench} --folds benchmarks/label_folds --gate config/quality.toml\n"
        f"  make test"
    )


def _corrected(order: Order) -> Iterator[Example]:
    """Pages that people corrected."""
    if not order.corpus:
        if order.corrections:
            raise UsageError("--corrections are of pages of a corpus: name it with --corpus")
        return
    yield from examples(Corpus.open(order.corpus), read_corrections(order.corrections))


def _joined(scored: Sequence[list[second.Example]], but: int | None = None) -> list[second.Example]:
    """The examples of all folds, or of all but one."""
    return [example for number, own in enumerate(scored) if number != but for example in own]


def _without(pages: Sequence[TrainingPage], missed: tuple[int, ...], folds: int) -> list[TrainingPage]:
    """The pages that are not of the sites of these folds."""
    return [page for page in pages if fold_of(page.site, folds) not in missed]


def _all_trained(
    lessons: Mapping[str, Sequence[TrainingPage]], settings: Settings, workers: int, say: Callable[[str], None]
) -> list[bytes]:
    """The weights of a network for the pages of each name, in order; ``say`` hears of those trained in this process."""
    if workers == 1:
        return [_trained(pages, settings, name, say) for name, pages in lessons.items()]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(_trained, pages, settings, name, _to_stderr) for name, pages in lessons.items()]
        return [job.result() for job in jobs]


def _trained(pages: Sequence[TrainingPage], settings: Settings, name: str, say: Callable[[str], None]) -> bytes:
    weights = export(train(pages, settings, lambda line: say(f"{name}: {line}")))
    return with_sites(weights, {page.site for page in pages})


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
