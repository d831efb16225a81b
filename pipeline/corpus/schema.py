"""The one place that says which tables a corpus has, and what every field of them means.

The Arrow schemas, the Delta tables and ``docs/schema.md`` are derived from ``TABLES``
(``python -m pipeline.corpus.schema`` prints the page). Fields are only ever added, with the schema version that brought
them in ``since``; anything else would break readers who pinned a release.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

SCHEMA_VERSION = 3

STAMP = "run"
"""The field that says which run last changed the row; a row that differs in nothing else has not changed."""

Type = Literal["string", "bool", "int32", "int64", "float64", "binary", "list<string>"]
"""Delta Lake has neither unsigned integers nor lists of a fixed size: hence ``binary`` for signatures."""

_ARROW: dict[Type, pa.DataType] = {
    "string": pa.string(),
    "bool": pa.bool_(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "binary": pa.binary(),
    # A named item that may be null is what Delta gives back; naming it here keeps written and read schemas equal.
    "list<string>": pa.list_(pa.field("element", pa.string(), nullable=True)),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a table."""

    name: str
    type: Type
    meaning: str
    nullable: bool = False
    unit: str = ""
    since: int = 1
    """Schema version in which the field appeared."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the corpus."""

    name: str
    row: str
    """What one row stands for."""
    key: tuple[str, ...]
    """Fields that together name one row."""
    group: tuple[str, ...]
    """Fields by which a change replaces rows: the key, or the article whose rows are all replaced at once."""
    fields: tuple[Field, ...]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, fields in documented order."""
        return pa.schema([pa.field(f.name, _ARROW[f.type], nullable=f.nullable) for f in self.fields])

    @property
    def group_schema(self) -> pa.Schema:
        """The Arrow schema of ``group`` alone: the shape of a table of keys to delete."""
        return pa.schema([self.schema.field(name) for name in self.group])


ARTICLES = Table(
    name="articles",
    row="input that became an article, its newest content and, marked `withdrawn`, those that are gone",
    key=("id",),
    group=("id",),
    fields=(
        Field("id", "string", "Article id, a pure function of `source` and content.", unit="16 hex digits"),
        Field("origin", "string", "The SOURCE argument the input was found under.", unit="absolute URI or path"),
        Field("source", "string", "The input's path relative to `origin`, or its URI; a record adds `#N`."),
        Field("url", "string", "Where the article was published.", nullable=True, unit="URL"),
        Field("site", "string", "Host name of the site without `www.`.", nullable=True),
        Field("format", "string", "What the input is: `text` or `html`."),
        Field("encoding", "string", "Codec the input was decoded with, as Python spells it, lower case."),
        Field("title", "string", "Headline.", nullable=True),
        Field("dek", "string", "Standfirst below the headline.", nullable=True),
        Field("authors", "list<string>", "Names of the authors, in printed order, in normal case."),
        Field(
            "published",
            "string",
            "When it was published; a time zone only where the source gives one.",
            nullable=True,
            unit="ISO 8601 date or moment",
        ),
        Field(
            "updated",
            "string",
            "When it was last changed, as the source says.",
            nullable=True,
            unit="ISO 8601 date or moment",
        ),
        Field("language", "string", "Language of the text.", nullable=True, unit="ISO 639-1"),
        Field(
            "canonical_url",
            "string",
            "Address that the page declares for itself (`rel=canonical`, `og:url`).",
            nullable=True,
            unit="URL",
            since=2,
        ),
        Field("site_name", "string", "Name of the site as it writes it (`og:site_name`).", nullable=True, since=2),
        Field("section", "string", "Section as declared (schema.org `articleSection`).", nullable=True, since=2),
        Field("tags", "list<string>", "Keywords as declared (schema.org `keywords`).", nullable=True, since=2),
        Field(
            "license",
            "string",
            "Licence as stated: address or name (schema.org `license`, `rel=license`).",
            nullable=True,
            since=2,
        ),
        Field(
            "is_free",
            "bool",
            "Whether reading is free of charge (schema.org `isAccessibleForFree`); false behind a paywall.",
            nullable=True,
            since=2,
        ),
        Field(
            "page_type",
            "string",
            "What kind of page it is, estimated: one of `pipeline.records.PageType`.",
            nullable=True,
            since=3,
        ),
        Field("page_type_chance", "float64", "Probability of `page_type`.", nullable=True, unit="0 to 1", since=3),
        Field(
            "agency",
            "string",
            "News agency that the text names as its source (dateline, byline, closing credit): wire copy.",
            nullable=True,
            since=3,
        ),
        Field(
            "text",
            "string",
            "The body: paragraphs parted by one blank line; those of preformatted text (code) keep their lines.",
        ),
        Field("captions", "list<string>", "Captions of pictures, each once, in order."),
        Field("canonical_id", "string", "Article kept of this one's cluster; its own id where it is kept."),
        Field("is_canonical", "bool", "Whether this article is the one kept of its cluster."),
        Field("canonical_reason", "string", "What decided: `only`, or the name of the policy's deciding rule."),
        Field("cluster_size", "int32", "Articles in the cluster, this one included.", unit="articles"),
        Field("sha256", "string", "Digest of the input's bytes after decompression.", unit="64 hex digits"),
        Field("text_sha256", "string", "Digest of `text` in UTF-8.", unit="64 hex digits"),
        Field("input_bytes", "int64", "Size of the input after decompression.", unit="bytes"),
        Field("words", "int32", "Words in `text`.", unit="words"),
        Field("paragraphs", "int32", "Paragraphs of `text`.", unit="paragraphs"),
        Field("lines", "int32", "Non-blank lines of the input.", unit="lines"),
        Field("body_lines", "int32", "Lines whose kind is a body kind.", unit="lines"),
        Field("removed_lines", "int32", "Lines removed: chrome and `duplicate`.", unit="lines"),
        Field(
            "certainty",
            "float64",
            "Mean over the lines of 2·|score - 0.5|: 0 when the labeller guessed, 1 when it was sure.",
            unit="0 to 1",
        ),
        Field("kept_share", "float64", "Share of the input's non-blank characters in body lines.", unit="0 to 1"),
        Field("fetched_at", "string", "When the input was downloaded, as given.", nullable=True, unit="ISO 8601"),
        Field("hint_url", "string", "URL given beside the input (sidecar, manifest, record).", nullable=True),
        Field("hint_language", "string", "Language given beside the input, as given.", nullable=True, unit="BCP 47"),
        Field("declared", "string", "What the markup itself declares (HTML).", nullable=True, unit="JSON object"),
        Field(
            "labeller",
            "string",
            "Name and version of the labeller: digests of its weights, and the rules' version.",
            unit="name/version",
        ),
        Field(
            "recipe",
            "string",
            "Hash of the settings and code version that read and labelled the input: "
            "the same input with the same recipe is not worked on again.",
        ),
        Field("withdrawn", "string", "Run that no longer found the input; null while it is there.", nullable=True),
        Field("run", "string", "Run that last changed this row.", unit="run id"),
        Field("first_run", "string", "Run that first published the article.", unit="run id"),
    ),
)

PARAGRAPHS = Table(
    name="paragraphs",
    row="body paragraph",
    key=("id",),
    group=("article_id",),
    fields=(
        Field("id", "string", "`<article id>-<order>`, the order padded to 4 digits."),
        Field("article_id", "string", "Its article."),
        Field("order", "int32", "Place in the article's text, from 0."),
        Field("kind", "string", "`paragraph`, `heading`, `list_item` or `quote`."),
        Field("text", "string", "The paragraph, on one line; of preformatted text (code) with its lines as written."),
        Field("first_line", "int32", "First line of the input it comes from, from 1."),
        Field("last_line", "int32", "Last line of the input it comes from, from 1."),
        Field(
            "signature",
            "binary",
            "MinHash signature (datasketch 2 `affine32`); null where the text is shorter than a shingle.",
            nullable=True,
            unit="32-bit little-endian unsigned integers",
        ),
        Field("shingles", "int32", "Different shingles of the text.", unit="shingles"),
        Field(
            "in_text",
            "bool",
            "Whether it stands in the article's `text`; false where settings remove paragraphs that repeat others.",
        ),
        Field("repeats", "string", "Paragraph of another article that had it first.", nullable=True),
        Field("similarity", "float64", "Exact Jaccard similarity to `repeats`.", nullable=True, unit="0 to 1"),
    ),
)

LINES = Table(
    name="lines",
    row="non-blank input line of an article (a huge line: one row for each part)",
    key=("article_id", "line", "part"),
    group=("article_id",),
    fields=(
        Field("article_id", "string", "Its article, whose `labeller` names the model that scored this line."),
        Field("line", "int32", "Line number in the input, from 1 (HTML: in its rendering to lines)."),
        Field("part", "int32", "0, or 1, 2, ... where a huge or glued line was cut, or a script taken out of it."),
        Field(
            "text",
            "string",
            "The line as it was, without surrounding white space; of preformatted text with that before it.",
        ),
        Field("clean", "string", "The line normalised; null where that changed nothing.", nullable=True),
        Field("paragraph", "int32", "Lines with the same number are one paragraph, hard-wrapped or preformatted."),
        Field("blank_before", "bool", "Whether a blank line (HTML: a block boundary) stands before it."),
        Field(
            "tag",
            "string",
            "HTML: nearest block element; plain text: what Markdown makes of it, `script` or `front_matter`.",
        ),
        Field(
            "main",
            "bool",
            "Whether a markup extractor keeps the line; null where it was not asked.",
            nullable=True,
        ),
        Field("kind", "string", "What the line is: one of the kinds of `pipeline.records.Kind`."),
        Field("score", "float64", "The labeller's estimate that the line is body text.", unit="0 to 1"),
        Field(
            "reason",
            "string",
            "Who decided: `model`, `rule:<name>`, `template:<site>`, `duplicate:<line or paragraph id>`, "
            "`override` (a correction), `override:<site>` (a site file).",
        ),
        Field(
            "model_kind",
            "string",
            "The kind before site templates and repeats, so that a later run can decide again without the input.",
        ),
        Field("model_reason", "string", "The reason before site templates and repeats."),
    ),
)

DUPLICATES = Table(
    name="duplicates",
    row="verified near-duplicate pair",
    key=("level", "left_id", "right_id"),
    group=("level", "left_id", "right_id"),
    fields=(
        Field("level", "string", "`paragraph` or `article`."),
        Field("left_id", "string", "Id of the one that is kept or came first."),
        Field("right_id", "string", "Id of the other."),
        Field("left_article", "string", "Article of `left_id`."),
        Field("right_article", "string", "Article of `right_id`."),
        Field("estimated", "float64", "Jaccard similarity as the signatures estimate it.", unit="0 to 1"),
        Field("jaccard", "float64", "Exact Jaccard similarity of the shingle sets.", unit="0 to 1"),
        Field("containment", "float64", "Share of the smaller shingle set that is in the larger.", unit="0 to 1"),
        Field(
            "relation",
            "string",
            "`template`, `syndication`, `quote`, `revision`, or `form`: they read alike but state other facts, "
            "and nothing is merged on account of them.",
        ),
        Field(
            "differs",
            "list<string>",
            "Facts (numbers, names, dates) that stand in one place of both and differ, as `left → right`; "
            "the first twenty.",
            nullable=True,
            since=3,
        ),
        Field("run", "string", "Run that last changed this row.", unit="run id"),
    ),
)

SITE_LINES = Table(
    name="site_lines",
    row="recurring line of a site",
    key=("site", "line_sha"),
    group=("site", "line_sha"),
    fields=(
        Field("site", "string", "Host name without `www.`; where no URL is known, a name such as `~1f0c5a7be210`."),
        Field("line_sha", "string", "Digest of the line's folded text.", unit="hex digits"),
        Field("text", "string", "The line, one example of it."),
        Field("pages", "int32", "Pages of the site on which it stands.", unit="pages"),
        Field("site_pages", "int32", "Pages of the site.", unit="pages"),
        Field("share", "float64", "`pages` / `site_pages`.", unit="0 to 1"),
        Field("is_template", "bool", "Whether it recurs enough to be removed as the site's template."),
        Field("kind", "string", "Kind it gets where it is removed.", nullable=True),
        Field("run", "string", "Run that last changed this row.", unit="run id"),
    ),
)

QUARANTINE = Table(
    name="quarantine",
    row="input that could not be processed",
    key=("id",),
    group=("id",),
    fields=(
        Field("id", "string", "A pure function of `origin` and `source`.", unit="16 hex digits"),
        Field("origin", "string", "The SOURCE argument the input was found under.", unit="absolute URI or path"),
        Field("source", "string", "The input's path relative to `origin`, or its URI; a record adds `#N`."),
        Field("stage", "string", "Step that failed: `find`, `read`, `split`, `label` or `assemble`."),
        Field("fault", "string", "What is wrong: one of `pipeline.records.Fault`."),
        Field("detail", "string", "One sentence for a person: what is wrong and what to do."),
        Field("size", "int64", "Size as stored; null where unknown.", nullable=True, unit="bytes"),
        Field("sha256", "string", "Digest of the bytes as stored; null where unreadable.", nullable=True),
        Field("run", "string", "Run that last changed this row.", unit="run id"),
    ),
)

CORRECTIONS = Table(
    name="corrections",
    row="line that a person decided",
    key=("target", "line", "part"),
    group=("target", "line", "part"),
    fields=(
        Field("target", "string", "Id of the article; where none was given, its source.", since=2),
        Field("line", "int32", "Line number in the input, from 1.", since=2),
        Field("part", "int32", "Part of a huge line; 0: the line, or whichever part reads as `text`.", since=2),
        Field("source", "string", "The input's path, where it was given: a new version of it counts too.", since=2),
        Field(
            "text", "string", "The line as the person saw it; where it reads otherwise now, nothing is done.", since=2
        ),
        Field("kind", "string", "What the line is.", since=2),
        Field("note", "string", "Why.", nullable=True, since=2),
        Field("author", "string", "Who said so.", nullable=True, since=2),
        Field("time", "string", "When, as given.", nullable=True, since=2),
        Field("run", "string", "Run that last changed this row.", unit="run id", since=2),
    ),
)

DRIFT = Table(
    name="drift",
    row="share of removed lines or text that left a site's usual range in one run",
    key=("run", "site", "measure", "kind"),
    group=("run", "site", "measure", "kind"),
    fields=(
        Field("run", "string", "The run.", unit="run id", since=2),
        Field("site", "string", "The site, named as in `site_lines`.", since=2),
        Field("measure", "string", "What the shares are of: a page's `lines`, or its `text` (characters).", since=2),
        Field("kind", "string", "Kind that was removed, or `removed`: all of them.", since=2),
        Field("usual", "float64", "Median share on the site's earlier pages.", unit="0 to 1", since=2),
        Field("low", "float64", "Lowest median that would have been usual.", unit="0 to 1", since=2),
        Field("high", "float64", "Highest median that would have been usual.", unit="0 to 1", since=2),
        Field("found", "float64", "Median share on the run's new pages.", unit="0 to 1", since=2),
        Field("pages", "int32", "New pages of the site.", unit="pages", since=2),
        Field("earlier_pages", "int32", "Earlier pages the range was learned from.", unit="pages", since=2),
        Field("examples", "list<string>", "Ids of the new articles farthest out.", since=2),
    ),
)

RUNS = Table(
    name="runs",
    row="run",
    key=("run",),
    group=("run",),
    fields=(
        Field("run", "string", "Run id."),
        Field("started", "string", "When the run began.", unit="ISO 8601, UTC"),
        Field("finished", "string", "When its work was done and publishing began.", unit="ISO 8601, UTC"),
        Field("mode", "string", "`local` or `flow`."),
        Field("sources", "list<string>", "The SOURCE arguments."),
        Field("versions", "string", "Versions of Copydesk and of what it works with.", unit="JSON object"),
        Field("settings", "string", "All settings.", unit="JSON object"),
        Field("counts", "string", "What was read, kept, removed, ... (`RunCounts`).", unit="JSON object"),
        Field("timings", "string", "Seconds by stage.", unit="JSON object"),
        Field("quality", "string", "Quality figures.", unit="JSON object"),
        Field("release", "int64", "Release it published."),
    ),
)

RELEASES = Table(
    name="releases",
    row="published version of the corpus; committed last, it names the version of every table that belongs to it",
    key=("release",),
    group=("release",),
    fields=(
        Field("release", "int64", "Release number, from 1."),
        Field("run", "string", "Run that published it.", unit="run id"),
        Field("created", "string", "When it was published.", unit="ISO 8601, UTC"),
        Field("tables", "string", "Table name to Delta version.", unit="JSON object"),
        Field("schema_version", "int32", "Schema version of the tables."),
    ),
)

DATA_TABLES: tuple[Table, ...] = (
    ARTICLES,
    PARAGRAPHS,
    LINES,
    DUPLICATES,
    SITE_LINES,
    QUARANTINE,
    CORRECTIONS,
    DRIFT,
    RUNS,
)
"""The tables a release names, in the order they are written."""

TABLES: dict[str, Table] = {table.name: table for table in (*DATA_TABLES, RELEASES)}
"""Every table of a corpus by name."""


def schema_markdown() -> str:
    """The page ``docs/schema.md``: every table and field of a corpus."""
    parts = [
        "# The tables of a corpus\n\n"
        f"Schema version {SCHEMA_VERSION}. This page is generated: "
        "`python -m pipeline.corpus.schema > docs/schema.md`.\n\n"
        "Each table is a Delta Lake table in a folder of its own. `releases` names the version of each of the others "
        "that belong together: read what the newest release names. All tables have the Delta change data feed on.\n"
    ]
    for table in TABLES.values():
        key = ", ".join(f"`{name}`" for name in table.key)
        parts.append(
            f"\n## {table.name}\n\nOne row per {table.row}. Key: {key}.\n\n"
            "| field | type | null | unit | since | meaning |\n| --- | --- | --- | --- | --- | --- |\n"
        )
        parts.extend(
            f"| `{f.name}` | {f.type} | {'yes' if f.nullable else 'no'} | {f.unit} | {f.since} "
            f"| {f.meaning.replace('|', chr(92) + '|')} |\n"
            for f in table.fields
        )
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(schema_markdown())
