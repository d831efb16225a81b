"""Every setting, in one model: the TOML file, the command line and the Prefect flow's parameter are all this."""

from __future__ import annotations

import difflib
import json
import sys
import textwrap
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import UsageError

_TOML_COLUMNS: Final = 116


class Section(BaseModel):
    """A group of settings: unknown keys are refused, values do not change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ReadSettings(Section):
    """What is opened and what is refused."""

    max_input_bytes: Annotated[int, Field(ge=1)] = 32_000_000
    """Largest single input in bytes, after decompression; a larger one goes to quarantine."""
    max_container_bytes: Annotated[int, Field(ge=1)] = 8_000_000_000
    """Largest file of records (JSON Lines, CSV, Parquet, WARC) in bytes, after decompression."""
    max_expansion: Annotated[int, Field(ge=2)] = 200
    """A compressed file may grow to this many times its size (beyond its first 10 MB) before it is called a bomb."""
    max_nesting: Annotated[int, Field(ge=10)] = 2_000
    """Deepest HTML element nesting that is parsed."""
    hidden_files: bool = False
    """Whether files and folders whose names begin with a dot are read."""
    content_fields: Annotated[tuple[str, ...], Field(min_length=1)] = (
        *("html", "raw_html", "rawHtml", "page_html", "browserHtml", "cleaned_html"),
        *("text", "markdown", "raw_text", "raw_content", "plain_text", "plaintext", "maintext", "page_content"),
        *("content", "content.rendered", "markdown.raw_markdown", "body", "article"),
    )
    """Fields of a record (JSON, Parquet, CSV) that may hold its page, the preferred first; HTML says more than text.
    What stands behind a dot is sought within the object before it."""
    url_fields: tuple[str, ...] = (
        *("url", "source_url", "sourceURL", "final_url", "finalUrl", "requested_url", "link", "crawl.loadedUrl"),
        *("metadata.url", "metadata.source_url", "metadata.sourceURL", "metadata.source"),
        "warc_headers.warc-target-uri",
    )
    """... its address,"""
    fetched_at_fields: tuple[str, ...] = (
        *("fetched_at", "fetchedAt", "scraped_at", "scrapedAt", "crawled_at", "crawledAt", "date_download"),
        *("crawl.loadedTime", "warc_headers.warc-date"),
    )
    """... the moment it was fetched (a ``timestamp`` may be another: add it if it is not),"""
    language_fields: tuple[str, ...] = ("language", "lang", "metadata.language", "metadata.languageCode")
    """... and its language."""


class NormaliseSettings(Section):
    """How the text of a line is mended."""

    straighten_quotes: bool = False
    """Turn typographic quotation marks into straight ones; off: they stay as the author typed them."""


class SplitSettings(Section):
    """How plain text is cut into lines and paragraphs."""

    wrap_min_columns: Annotated[int, Field(ge=20)] = 60
    """Text hard-wrapped at this width or wider is re-flowed into paragraphs."""
    wrap_max_columns: Annotated[int, Field(ge=20)] = 100
    """Text hard-wrapped at this width or narrower is re-flowed into paragraphs."""
    huge_line_chars: Annotated[int, Field(ge=200)] = 5_000
    """A line longer than this is cut; one that is most of its page, or of its prose, from two fifths of it on."""
    markdown: bool = True
    """On pages of plain text that are full of Markdown, take its marks and addresses out of the text."""
    front_matter: bool = True
    """Take front matter (YAML between lines of ``---``) and headers of readers and scrapers for what they are."""
    link_numbers: bool = True
    """On pages of plain text whose links a text browser numbered, take the numbers and the list of addresses out."""
    link_addresses: bool = True
    """On pages of plain text in which a tool wrote the addresses of links in brackets, take these out."""
    scripts: bool = True
    """Take scripts, style sheets and data out of plain text, which tools leave that only take the tags out."""
    lost_breaks: bool = True
    """Cut lines of plain text where a tool lost the ends of blocks: where it left a sign of them (``... has
    closed.Read more``), and huge lines where a small network finds them. Off: huge ones at sentence ends alone."""


class LabelSettings(Section):
    """Which labeller decides what a line is."""

    labeller: Literal["network", "block"] = "network"
    """``network``: a small neural network over the lines of a page, then named rules. ``block``: best contiguous
    block by two regressions, then the same rules; every number in it can be read by name."""
    ask_below: Annotated[float, Field(ge=0, le=1)] = 0
    """The network asks trafilatura for a second opinion on HTML pages (of up to 1,000 lines) whose scores promise less
    word F1: 0 is never, 1 always. At .9 HTML takes half as long again, for .001 of word F1 (docs/labeller.md)."""


class TemplateSettings(Section):
    """When a line that recurs on a site's pages is that site's template, and so chrome."""

    min_pages: Annotated[int, Field(ge=2)] = 5
    """A line must stand on at least this many pages of the site."""
    min_share: Annotated[float, Field(gt=0, le=1)] = 0.3
    """... and on at least this share of the site's pages."""
    several_sites: Annotated[int, Field(ge=2)] = 3
    """A long body line that stands on this many sites is a quote or an agency paragraph, and no site's template; not 2,
    because many sites have a second host (``m.``, ``amp.``) with the same pages."""


class SitesSettings(Section):
    """What people say about single sites and lines; it goes before everything that is learned (docs/sites.md)."""

    folder: str = ""
    """Folder of site files (``*.toml``: lines to drop or keep); empty: the folder ``sites`` beside the file named with
    --config, if there is one."""
    corrections: str = ""
    """File of corrections (JSON Lines) that this run takes into the corpus, which remembers those of earlier runs."""


class DriftSettings(Section):
    """When a site's pages look so unlike its earlier ones that its layout must have changed."""

    min_pages: Annotated[int, Field(ge=1)] = 5
    """New pages of a site from which a run judges it: the median of fewer moves by chance."""
    min_earlier: Annotated[int, Field(ge=2)] = 20
    """Earlier pages from which the usual range is known; with fewer, the deviation is itself uncertain."""
    window: Annotated[int, Field(ge=2)] = 200
    """Newest earlier pages that count; a changed layout becomes the usual one when it fills half of them."""
    deviations: Annotated[float, Field(gt=0)] = 3.0
    """Robust standard deviations (1.4826 MAD) of single pages by which the new pages' median must leave the median of
    the earlier pages; a median of five pages has half the deviation of one page, so this is six of its own."""
    min_change: Annotated[float, Field(gt=0, le=1)] = 0.1
    """... and at least this share of a page: smaller moves cost little text and come with the news;"""
    max_chance: Annotated[float, Field(gt=0, lt=1)] = 0.001
    """... and the chance that so many new pages lie so far out, if they are like the earlier ones, is at most this.
    Where a third of a site's pages have comments and the others none, a median of five moves that far quite often."""


class GateSettings(Section):
    """What happens when a run's figures leave the range of earlier runs, or its sites drift (docs/operations.md)."""

    action: Literal["ignore", "warn", "fail", "pause"] = "warn"
    """``warn``: publish and tell. ``fail``: publish nothing, exit code 1. ``pause``: wait in Prefect's UI until a
    person decides; not with --local. ``ignore``: publish; only drift is told."""
    pause_seconds: Annotated[int, Field(ge=1)] = 43_200
    """How long a paused run waits (it holds the corpus); then it fails. Half a day: from the night to the morning."""
    min_runs: Annotated[int, Field(ge=2)] = 5
    """Earlier runs from which the usual range is known."""
    window: Annotated[int, Field(ge=2)] = 30
    """Newest earlier runs that count: a month of nights."""
    min_articles: Annotated[int, Field(ge=1)] = 20
    """New articles from which a run is judged, and counts as an earlier one: shares of fewer mean nothing."""
    deviations: Annotated[float, Field(gt=0)] = 4.0
    """Robust standard deviations (1.4826 MAD, or that of sampling so many articles if larger) by which a figure must
    leave the median; 4, because four figures are judged every night and a normal one should alarm less than yearly."""
    min_change: Annotated[float, Field(gt=0, le=1)] = 0.05
    """... and at least this share: smaller moves are not worth a person's night."""


class DedupSettings(Section):
    """Near-duplicate paragraphs and articles: MinHash, LSH, exact verification."""

    shingle_words: Annotated[int, Field(ge=1, le=10)] = 2
    """Words in a shingle."""
    exact_below_words: Annotated[int, Field(ge=1)] = 12
    """Text with fewer words (or fewer than a shingle) has exact copies only: short lines share half their word pairs
    by chance ("How long does it take to bake bread?", "How long does it take to learn chess?")."""
    permutations: Annotated[int, Field(ge=16, le=1024)] = 128
    """Length of a MinHash signature."""
    bands: Annotated[int, Field(ge=1)] = 32
    """LSH bands for paragraphs; ``permutations`` must be a multiple of it."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    """Seed of the permutations; signatures with different seeds do not compare."""
    paragraph_threshold: Annotated[float, Field(gt=0, le=1)] = 0.4
    """Exact Jaccard similarity from which two paragraphs are near-duplicates."""
    paragraph_containment: Annotated[float, Field(gt=0, le=1)] = 0.7
    """... or share of the shorter paragraph's shingles that the longer one has too: it is quoted there."""
    article_threshold: Annotated[float, Field(gt=0, le=1)] = 0.7
    """Exact Jaccard similarity from which two articles are near-duplicates; at .5 half of all pairs of short
    reports that fill one template with other facts would pass."""
    article_containment: Annotated[float, Field(gt=0, le=1)] = 0.8
    """... or share of the shorter article's shingles that the longer one has too (a shortened copy),"""
    containment_words: Annotated[int, Field(ge=1)] = 40
    """if the shorter article has at least this many words (a stub, "subscribe to read on", is contained in many)"""
    containment_size: Annotated[float, Field(gt=0, le=1)] = 0.2
    """and at least this share of the longer one's words (a page that collects many stories contains each of them)."""
    revision_threshold: Annotated[float, Field(gt=0, le=1)] = 0.3
    """Exact Jaccard similarity from which two articles under one URL are versions of one; a front page that shows
    other stories every day is below."""
    shared_paragraphs: Literal["keep", "remove"] = "keep"
    """What happens to a paragraph that another article published first: stay (marked) or leave the text."""


class CanonicalSettings(Section):
    """Which article of a cluster of near-duplicates is kept."""

    policy: tuple[Literal["source_priority", "most_words", "earliest", "smallest_id"], ...] = (
        "source_priority",
        "most_words",
        "earliest",
        "smallest_id",
    )
    """Ordered tie-breakers; ``smallest_id`` always stands last, named or not."""
    source_priority: tuple[str, ...] = ()
    """Sites (``apnews.com``) or source patterns (``agency/*``), the preferred first."""


class RunSettings(Section):
    """How the work is spread."""

    runner: Literal["processes", "threads", "dask", "ray"] = "processes"
    """Where documents are worked on. ``processes``: in worker processes with limits, so that a parser that hangs or
    crashes costs one document. ``threads``: in this process, without that protection; for trying things out. ``dask``,
    ``ray``: in such worker processes on a cluster's machines (docs/scaling.md)."""
    address: str = ""
    """The Dask scheduler (``tcp://host:8786``) or Ray cluster (``ray://host:10001``) to use; empty: one is started on
    this machine for the run."""
    workers: Annotated[int, Field(ge=0)] = 0
    """Parallel workers; 0: one for each processor of this machine. For a cluster at ``address`` say how many it has:
    shards are cut for so many."""
    shard_bytes: Annotated[int, Field(ge=1)] = 64_000_000
    """A shard holds at most this many bytes of input (at least one file)."""
    shard_files: Annotated[int, Field(ge=1)] = 2_000
    """... and at most this many files."""
    document_seconds: Annotated[float, Field(gt=0)] = 300.0
    """Processor time that a step may spend on one document (five times as much on the clock); then it goes to
    quarantine. The slowest step of the largest input allowed (32 MB) takes some 60 s."""
    document_bytes: Annotated[int, Field(ge=100_000_000)] = 4_000_000_000
    """Memory that a step may take for one document, on Linux; then it goes to quarantine. The largest input allowed
    needs 2 GB."""
    retry_quarantined: bool = False
    """Whether inputs that hung, crashed or ran out of memory before and have not changed are tried again; if not,
    every run would wait for the same parser again. All other inputs in quarantine are tried by every run."""
    work: str = ""
    """Folder for what stages hand over, on a disk that every worker sees. What a run that was killed had finished
    there is taken over by the next one. Empty: ``.work`` in the corpus; the user's cache for one elsewhere."""
    rebuild_index: bool = False
    """Make the index of near-duplicates again from the tables, as is needed once after its settings have changed."""


class Settings(Section):
    """All settings of a run. The default file is ``config/default.toml``."""

    sources: Annotated[tuple[str, ...], Field(min_length=1)]
    """Files, folders, globs or fsspec URLs to read."""
    corpus: Annotated[str, Field(min_length=1)]
    """Directory or object-store prefix of the corpus."""
    read: ReadSettings = ReadSettings()
    normalise: NormaliseSettings = NormaliseSettings()
    split: SplitSettings = SplitSettings()
    label: LabelSettings = LabelSettings()
    templates: TemplateSettings = TemplateSettings()
    sites: SitesSettings = SitesSettings()
    drift: DriftSettings = DriftSettings()
    gate: GateSettings = GateSettings()
    dedup: DedupSettings = DedupSettings()
    canonical: CanonicalSettings = CanonicalSettings()
    run: RunSettings = RunSettings()


def settings_toml() -> str:
    """The page ``config/default.toml``: every setting with its default and what it means."""
    parts = [
        "# Every setting with its default. Copy this file, keep what you change, and name it with --config.\n"
        "# It is generated: python -m pipeline.settings > config/default.toml\n\n"
        "# sources and corpus are named on the command line; a scheduled run may have them here:\n"
        '# sources = ["inbox/"]\n# corpus = "corpus/"\n'
    ]
    for name, section in Settings.model_fields.items():
        if isinstance(section.annotation, type) and issubclass(section.annotation, Section):
            parts.append(f"\n# {section.annotation.__doc__}\n[{name}]\n")
            for key, setting in section.annotation.model_fields.items():
                comment = " ".join((setting.description or "").split())
                parts.append(
                    "\n".join(textwrap.wrap(comment, _TOML_COLUMNS, initial_indent="# ", subsequent_indent="# "))
                )
                parts.append(f"\n{key} = {_toml(setting.default)}\n")
    return "".join(parts)


def _toml(value: object) -> str:
    """A default as TOML, long lists over several lines."""
    line = json.dumps(value)
    if not isinstance(value, tuple) or len(line) <= _TOML_COLUMNS:
        return line
    return "\n".join(["[", *textwrap.wrap(line[1:-1], _TOML_COLUMNS, initial_indent="  ", subsequent_indent="  "), "]"])


def load_settings(config: Path | None, **overrides: object) -> Settings:
    """Settings from a TOML file, with values from the command line on top.

    ``overrides`` are dotted field paths written with two underscores (``run__workers=2``); ``None`` means "not given".

    :raises UsageError: the file is missing or is not TOML, or a key or value is wrong; the message names it.
    """
    values: dict[str, Any] = {}
    if config is not None:
        try:
            values = tomllib.loads(config.read_text(encoding="utf-8"))
        except OSError as error:
            raise UsageError(f"settings file {config}: {error.strerror or error}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"settings file {config} is not valid TOML: {error}") from error
    for path, value in overrides.items():
        if value is None:
            continue
        *sections, name = path.split("__")
        target = values
        for section in sections:
            target = target.setdefault(section, {})
            if not isinstance(target, dict):
                raise UsageError(f"settings file {config}: [{section}] must be a table")
        target[name] = value
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        where = "settings" if config is None else f"settings file {config}"
        raise UsageError(f"{where}: " + "; ".join(_explain(problem) for problem in error.errors())) from None


def _explain(problem: Any) -> str:
    """One validation problem as a sentence that names the setting and the nearest right spelling."""
    path = [str(step) for step in problem["loc"]]
    name = ".".join(path)
    if problem["type"] == "extra_forbidden":
        known = list(_fields_at(path[:-1]))
        near = difflib.get_close_matches(path[-1], known, n=1)
        remedy = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
        return f"unknown setting {name!r} ({remedy})"
    if problem["type"] in {"missing", "too_short"} and name in {"sources", "corpus"}:
        return f"{name!r} is missing: name it on the command line or in the settings file"
    return f"{name}: {problem['msg'][:1].lower()}{problem['msg'][1:]} (got {problem.get('input')!r})"


def _fields_at(path: list[str]) -> dict[str, Any]:
    """The fields of the section that ``path`` leads to."""
    model: type[BaseModel] = Settings
    for step in path:
        info = model.model_fields.get(step)
        if info is None or not (isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel)):
            break
        model = info.annotation
    return dict(model.model_fields)


if __name__ == "__main__":
    sys.stdout.write(settings_toml())
