"""The command ``copydesk``. Heavy libraries are imported by the verb that needs them, so that ``--help`` is quick."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import RunError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.evaluate.run import Request
    from pipeline.run.road import Outcome
    from pipeline.settings import Settings

DONE, FAILED, BAD_USAGE, DONE_WITH_QUARANTINE = 0, 1, 2, 3
INTERRUPTED = 130
"""As shells report a command that ended on Ctrl-C."""

NAMED_IN_QUARANTINE = 20
"""Quarantined inputs that a run names on stderr; the rest are in ``copydesk status``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.verb(options))
    except UsageError as error:
        print(f"copydesk: {error}", file=sys.stderr)
        return BAD_USAGE
    except RunError as error:
        print(f"copydesk: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("copydesk: interrupted; readers still see the release before", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe (head, less) has seen enough. Python would complain once more when it flushes at exit.
        sys.stdout = None
        return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="copydesk",
        description="Turns raw scraped files into a clean, de-duplicated corpus of canonical articles.",
        epilog="Exit codes: 0 done; 1 the run failed; 2 bad usage or settings; 3 done, but inputs are in quarantine.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")

    _run_options(verbs.add_parser("run", help="clean SOURCEs and publish a release of the corpus"))

    _corpus_verbs(verbs)

    evaluate = verbs.add_parser("evaluate", help="quality of the line labeller on labelled pages, beside its peers")
    _bench(evaluate)
    evaluate.add_argument("--folds", type=Path, metavar="DIR", help="weights that each miss the sites of one fold")
    evaluate.add_argument("--labeller", choices=("network", "block"), default="network", help="which is measured")
    evaluate.add_argument("--html", action="store_true", help="measure on the pages' HTML instead of their text")
    evaluate.add_argument("--changes", action="store_true", help="measure how much cut, wrapped, ... pages lose, too")
    evaluate.add_argument("--no-peers", action="store_true", help="do not compare with other extractors")
    evaluate.add_argument("--json", type=Path, metavar="FILE", help="also write the figures here")
    evaluate.add_argument("--gate", type=Path, metavar="FILE", help="fail if figures are below the floors pinned here")
    evaluate.set_defaults(verb=_evaluate)

    train = verbs.add_parser("train", help="train the line labeller again from labelled pages")
    _bench(train)
    train.add_argument("--out", type=Path, default=Path("build/labeller"), metavar="DIR", help="folder to write to")
    train.add_argument("--folds", type=int, default=5, metavar="N", help="networks that each miss some sites")
    train.add_argument("--seed", type=int, default=0, metavar="N", help="of all that is random")
    train.add_argument("--epochs", type=int, metavar="N", help="passes over the pages (default: as the committed ones)")
    train.add_argument("--corpus", default="", metavar="DIR", help="learn from its corrected pages, too")
    train.add_argument("--corrections", default="", metavar="FILE", help="more corrections of pages of that corpus")
    train.add_argument("--workers", type=int, default=1, metavar="N", help="networks trained at the same time")
    train.set_defaults(verb=_train)
    return parser


def _corpus_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What is done with a corpus that is there."""
    status = verbs.add_parser("status", help="what is in a corpus, its quarantine, how its last runs went")
    _corpus(status)
    status.set_defaults(verb=_status)

    explain = verbs.add_parser("explain", help="every line of one input with its kind, score and reason")
    explain.add_argument("article", metavar="ARTICLE|SOURCE", help="article id (or its beginning), or input path")
    _corpus(explain)
    explain.set_defaults(verb=_explain)

    _lookup_options(verbs.add_parser("lookup", help="what in a corpus is near a text, and how near"))

    _export_options(verbs)

    review = verbs.add_parser("review", help="a page to look at what was removed, and to correct it, in a browser")
    _corpus(review)
    review.add_argument("--out", required=True, metavar="FILE", help="HTML file to write; - for stdout")
    review.add_argument("--articles", type=_count, metavar="N", help="show at most about N (default: 2,000)")
    review.set_defaults(verb=_review)

    report = verbs.add_parser("report", help="plots of a corpus as SVG or PNG files")
    _corpus(report)
    report.add_argument("--out", required=True, metavar="DIR", help="folder to write")
    report.add_argument("--format", choices=("svg", "png"), default="svg")
    report.set_defaults(verb=_report)

    maintain = verbs.add_parser("maintain", help="compact a corpus, and remove the files of releases that are not kept")
    _corpus_path(maintain)
    maintain.add_argument("--keep", type=_count, default=30, metavar="N", help="newest releases to keep (default: 30)")
    maintain.add_argument("--index", action="store_true", help="also make the index of near-duplicates again")
    maintain.set_defaults(verb=_maintain)


def _export_options(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = verbs.add_parser("export", help="write the corpus's articles as JSON Lines, Parquet, Markdown or TEI")
    _corpus(export)
    export.add_argument("--format", choices=("jsonl", "parquet", "markdown", "tei"), required=True)
    export.add_argument("--out", required=True, metavar="PATH", help="file (markdown, tei: folder); - for stdout")
    export.add_argument("--all", action="store_true", help="every article, not only the canonical ones")
    export.add_argument("--since", type=int, metavar="N", help="what was added, changed or removed since release N")
    export.add_argument("--language", action="append", default=[], metavar="CODE", help="only this; may be repeated")
    export.add_argument("--site", action="append", default=[], metavar="HOST", help="only this; may be repeated")
    export.add_argument("--from", dest="published_from", default="", metavar="DAY", help="published on DAY or later")
    export.add_argument("--to", dest="published_to", default="", metavar="DAY", help="published on DAY or earlier")
    export.add_argument("--no-headings", action="store_true", help="leave headings out of the text")
    export.add_argument("--no-captions", action="store_true", help="leave captions out")
    export.add_argument("--shard-mb", type=_count, default=0, metavar="N", help="jsonl: a folder of files of N MB each")
    export.set_defaults(verb=_export)


def _run_options(run: argparse.ArgumentParser) -> None:
    run.add_argument("sources", nargs="*", metavar="SOURCE", help="file, folder, glob or fsspec URL to read")
    run.add_argument("--corpus", metavar="DIR", help="directory or object-store prefix of the corpus")
    run.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML (see config/default.toml)")
    run.add_argument("--runner", choices=("processes", "threads", "dask", "ray"), help="where shards are worked on")
    run.add_argument("--address", metavar="URL", help="Dask scheduler or Ray cluster to use (default: start one here)")
    run.add_argument("--workers", type=int, metavar="N", help="parallel workers (default: one for each processor)")
    run.add_argument(
        "--corrections", metavar="FILE", help="people's corrections to take in (JSON Lines; see docs/sites.md)"
    )
    run.add_argument(
        "--retry-quarantined",
        action="store_true",
        help="try inputs again that hung or crashed before, as after an upgrade",
    )
    run.add_argument(
        "--rebuild-index", action="store_true", help="make the index of near-duplicates again from the corpus"
    )
    run.add_argument("--local", action="store_true", help="run the same stages without Prefect")
    run.add_argument(
        "--log", type=Path, metavar="FILE", help="add what happened to a file, a JSON object for each line"
    )
    run.set_defaults(verb=_run)


def _lookup_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", metavar="TEXT|FILE", help="a text in quotes, a text file, or - for standard input")
    _corpus(parser)
    parser.add_argument(
        "--threshold",
        type=_share,
        default=None,
        metavar="SHARE",
        help="Jaccard similarity or containment from which something is near (default: 0.4)",
    )
    parser.add_argument("--json", action="store_true", help="write JSON")
    parser.set_defaults(verb=_lookup)


def _share(value: str) -> float:
    share = float(value)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{value} is not between 0 and 1")
    return share


def _bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bench", type=Path, required=True, metavar="DIR", help="folder of labelled pages")
    parser.add_argument("--local", action="store_true", help="run without Prefect")


def _corpus_path(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", required=True, metavar="DIR", help="directory or object-store prefix of the corpus")


def _corpus(parser: argparse.ArgumentParser) -> None:
    _corpus_path(parser)
    parser.add_argument("--version", type=int, metavar="N", help="read release N instead of the newest")


def _count(text: str) -> int:
    """A number of things, at least one."""
    try:
        count = int(text)
    except ValueError:
        count = 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 (got {text!r})")
    return count


class _Version(argparse.Action):
    """``--version`` without reading the package's metadata for every other call."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from pipeline import __version__

        print(f"copydesk {__version__}")
        parser.exit()


def _run(options: argparse.Namespace) -> int:
    from rich.console import Console

    from pipeline.run.log import logged_to
    from pipeline.run.progress import observed_by
    from pipeline.settings import load_settings
    from pipeline.show.progress import TerminalProgress
    from pipeline.show.summary import people_lines, summary_text
    from pipeline.sites.corrections import read_corrections
    from pipeline.sites.files import beside, read_site_files

    settings = load_settings(
        options.config,
        sources=tuple(options.sources) or None,
        corpus=options.corpus,
        run__runner=options.runner,
        run__address=options.address,
        run__workers=options.workers,
        run__retry_quarantined=options.retry_quarantined or None,
        run__rebuild_index=options.rebuild_index or None,
        sites__corrections=options.corrections,
    )
    if not settings.sites.folder:
        sites = settings.sites.model_copy(update={"folder": beside(options.config)})
        settings = settings.model_copy(update={"sites": sites})
    # A mistake in them is told before a server takes ten seconds to start.
    read_site_files(settings.sites.folder)
    read_corrections(settings.sites.corrections)
    with (
        logged_to(options.log),
        TerminalProgress(Console(stderr=True)) as progress,
        observed_by(progress),
    ):
        outcome = _travel(settings) if options.local else _flow(settings)
    print(summary_text(outcome.record), file=sys.stderr)
    for line in people_lines(outcome):
        print(line, file=sys.stderr)
    for source, fault, detail in outcome.quarantined[:NAMED_IN_QUARANTINE]:
        print(f"quarantined: {source!r}: {fault}: {detail}", file=sys.stderr)
    rest = len(outcome.quarantined) - NAMED_IN_QUARANTINE
    if rest > 0:
        print(f"... and {rest} more: copydesk status --corpus {settings.corpus}", file=sys.stderr)
    return DONE_WITH_QUARANTINE if outcome.quarantined else DONE


def _travel(settings: Settings) -> Outcome:
    from pipeline.run.engine import LocalEngine
    from pipeline.run.road import travel

    return travel(settings, LocalEngine(settings.run))


def _flow(settings: Settings) -> Outcome:
    from flows.runners import check_runner
    from flows.server import prepare_prefect
    from pipeline.read.find import find_inputs

    check_runner(settings.run)
    find_inputs(settings.sources, settings.read)  # a mistyped SOURCE is told before a server takes ten seconds to start
    prepare_prefect()
    from flows.clean import clean
    from pipeline.run.road import Outcome

    outcome = clean(settings)
    assert isinstance(outcome, Outcome)  # anything else was raised
    return outcome


def _status(options: argparse.Namespace) -> int:
    from pipeline.corpus.open import Corpus
    from pipeline.show.status import print_status

    print_status(Corpus.open(options.corpus, options.version))
    return DONE


def _explain(options: argparse.Namespace) -> int:
    from pipeline.corpus.open import Corpus
    from pipeline.show.explain import print_explanation

    print_explanation(Corpus.open(options.corpus, options.version), options.article)
    return DONE


def _lookup(options: argparse.Namespace) -> int:
    from pipeline.corpus.open import Corpus
    from pipeline.lookup import THRESHOLD, look_up
    from pipeline.show.lookup import lookup_json, print_lookup, text_of

    text = text_of(options.text)
    threshold = THRESHOLD if options.threshold is None else options.threshold
    found = look_up(Corpus.open(options.corpus, options.version), text, threshold)
    if options.json:
        print(json.dumps(lookup_json(found), indent=1, ensure_ascii=False))
    else:
        print_lookup(found)
    return DONE


def _export(options: argparse.Namespace) -> int:
    from pipeline.corpus.open import Corpus
    from pipeline.export.choice import Choice
    from pipeline.export.export import export, export_changes

    choice = Choice(
        all_articles=options.all,
        languages=tuple(options.language),
        sites=tuple(options.site),
        published_from=options.published_from,
        published_to=options.published_to,
        headings=not options.no_headings,
        captions=not options.no_captions,
    )
    corpus = Corpus.open(options.corpus, options.version)
    if options.since is not None:
        written = export_changes(corpus, options.since, options.format, options.out, choice)
        print(f"{written} changes since release {options.since} in {options.out}", file=sys.stderr)
        return DONE
    written = export(corpus, options.format, options.out, choice, shard_bytes=options.shard_mb * 1_000_000)
    print(f"{written} articles in {options.out}", file=sys.stderr)
    return DONE


def _review(options: argparse.Namespace) -> int:
    from pipeline.corpus.open import Corpus
    from pipeline.review.write import MOST, write_review

    shown, of = write_review(Corpus.open(options.corpus, options.version), options.out, options.articles or MOST)
    print(f"{shown:,} of {of:,} articles in {options.out}: open it in a browser", file=sys.stderr)
    return DONE


def _report(options: argparse.Namespace) -> int:
    from pipeline.corpus.open import Corpus
    from pipeline.review.plots import write_plots

    names = write_plots(Corpus.open(options.corpus, options.version), options.out, options.format)
    print(f"{len(names)} plots in {options.out}: {', '.join(names)}", file=sys.stderr)
    return DONE


def _maintain(options: argparse.Namespace) -> int:
    from pipeline.corpus.maintain import maintain

    done = maintain(options.corpus, options.keep)
    print(
        f"release {done.release}: compacted {', '.join(done.compacted) or 'nothing'}; "
        f"removed {done.removed_files:,} files, {done.removed_bytes / 1e6:,.1f} MB; "
        f"releases {done.oldest} to {done.release} can be read",
        file=sys.stderr,
    )
    if options.index:
        from pipeline.run.near import rebuild_index

        print(f"{rebuild_index(options.corpus):,} articles indexed again", file=sys.stderr)
    return DONE


def _evaluate(options: argparse.Namespace) -> int:
    from pipeline.evaluate.gate import QualityError
    from pipeline.evaluate.report import report_text
    from pipeline.evaluate.run import Request, evaluate

    request = Request(
        bench=options.bench,
        folds=options.folds,
        labeller=options.labeller,
        as_html=options.html,
        with_peers=not options.no_peers,
        with_changes=options.changes,
        gate=options.gate,
    )
    failure = None
    try:
        figures = evaluate(request, _say) if options.local else _evaluate_flow(request)
    except QualityError as error:  # the figures are shown before the command fails
        figures, failure = error.figures, error
    print(report_text(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if failure:
        raise failure
    return DONE


def _evaluate_flow(request: Request) -> dict[str, Any]:
    from flows.server import prepare_prefect
    from pipeline.evaluate.bench import check_bench

    check_bench(request.bench)  # told before a server takes ten seconds to start
    prepare_prefect()
    from flows.evaluate import evaluate

    figures = evaluate(request)
    assert isinstance(figures, dict)  # anything else was raised
    return figures


def _train(options: argparse.Namespace) -> int:
    from pipeline.evaluate.bench import check_bench
    from pipeline.train import check_packages

    check_packages()
    check_bench(options.bench)
    from pipeline.train.run import Order, how_to_install, train_labeller

    order = Order(
        bench=options.bench,
        out=options.out,
        folds=options.folds,
        seed=options.seed,
        epochs=options.epochs,
        corpus=options.corpus,
        corrections=options.corrections,
        workers=options.workers,
    )
    if options.local:
        train_labeller(order, _say)
    else:
        from flows.server import prepare_prefect

        prepare_prefect()
        from flows.train import train

        train(order)
    print(how_to_install(order))
    return DONE


def _say(line: str) -> None:
    """One line of progress."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
