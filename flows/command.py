"""The command ``copydesk``. Heavy libraries are imported by the verb that needs them, so that ``--help`` is quick."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import RunError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    run = verbs.add_parser("run", help="clean SOURCEs and publish a release of the corpus")
    run.add_argument("sources", nargs="*", metavar="SOURCE", help="file, folder, glob or fsspec URL to read")
    run.add_argument("--corpus", metavar="DIR", help="directory or object-store prefix of the corpus")
    run.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML (see config/default.toml)")
    run.add_argument("--runner", choices=("processes", "threads"), help="where shards are worked on")
    run.add_argument("--workers", type=int, metavar="N", help="parallel workers (default: one for each processor)")
    run.add_argument(
        "--corrections", metavar="FILE", help="people's corrections to take in (JSON Lines; see docs/sites.md)"
    )
    run.add_argument("--local", action="store_true", help="run the same stages without Prefect")
    run.set_defaults(verb=_run)

    status = verbs.add_parser("status", help="what is in a corpus, its last runs, its quarantine")
    _corpus(status)
    status.set_defaults(verb=_status)

    explain = verbs.add_parser("explain", help="every line of one input with its kind, score and reason")
    explain.add_argument("article", metavar="ARTICLE|SOURCE", help="article id (or its beginning), or input path")
    _corpus(explain)
    explain.set_defaults(verb=_explain)

    export = verbs.add_parser("export", help="write the corpus's articles as JSON Lines, Parquet or Markdown")
    _corpus(export)
    export.add_argument("--format", choices=("jsonl", "parquet", "markdown"), required=True)
    export.add_argument("--out", required=True, metavar="PATH", help="file (markdown: folder) to write; - for stdout")
    export.add_argument("--all", action="store_true", help="every article, not only the canonical ones")
    export.set_defaults(verb=_export)
    return parser


def _corpus(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", required=True, metavar="DIR", help="directory or object-store prefix of the corpus")
    parser.add_argument("--version", type=int, metavar="N", help="read release N instead of the newest")


class _Version(argparse.Action):
    """``--version`` without reading the package's metadata for every other call."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from pipeline import __version__

        print(f"copydesk {__version__}")
        parser.exit()


def _run(options: argparse.Namespace) -> int:
    from rich.console import Console

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
        run__workers=options.workers,
        sites__corrections=options.corrections,
    )
    if not settings.sites.folder:
        sites = settings.sites.model_copy(update={"folder": beside(options.config)})
        settings = settings.model_copy(update={"sites": sites})
    # A mistake in them is told before a server takes ten seconds to start.
    read_site_files(settings.sites.folder)
    read_corrections(settings.sites.corrections)
    with TerminalProgress(Console(stderr=True)) as progress, observed_by(progress):
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
    from flows.server import prepare_prefect
    from pipeline.read.find import find_inputs

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


def _export(options: argparse.Namespace) -> int:
    from pipeline.corpus.open import Corpus
    from pipeline.export.export import export

    written = export(
        Corpus.open(options.corpus, options.version), options.format, options.out, all_articles=options.all
    )
    print(f"{written} articles in {options.out}", file=sys.stderr)
    return DONE


if __name__ == "__main__":
    sys.exit(main())
