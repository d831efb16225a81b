"""Every line of one input, with what it was taken for, how surely, and who decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import pyarrow.compute as pc
from rich.text import Text

from pipeline.records import BODY, CHROME, METADATA, Kind
from pipeline.show.find import find_input
from pipeline.show.people import notes_on, recurring_on
from pipeline.show.screen import console_on, shortened, visible
from pipeline.templates.pages import line_digest

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.corpus.open import Corpus

Row = dict[str, Any]

BLANK_LINES = 2
"""Longer runs of blank lines are shown as their number."""

QUOTED = 60
"""Characters quoted of a line that is pointed to."""

REASON_COLUMNS = 60
"""Longer reasons are cut: a host name may have 253 characters."""

_STYLES = {
    Kind.NAVIGATION: "cyan",
    Kind.NEWSLETTER: "magenta",
    Kind.SHARE: "blue",
    Kind.RELATED: "yellow",
    Kind.COMMENTS: "green",
    Kind.AUTHOR_BIO: "bright_cyan",
    Kind.APPEAL: "red",
    Kind.LEGAL: "bright_black",
    Kind.EMBED: "bright_blue",
    Kind.PROMO: "bright_magenta",
    Kind.DUPLICATE: "bright_yellow",
}
"""A colour for each kind of removed line; all of them are struck out as well."""


@dataclass(frozen=True, slots=True)
class LineShown:
    """One non-blank line of the input, as it is shown."""

    number: int
    blank_before: int
    """Blank lines before it, as far as known."""
    text: str
    kind: Kind
    score: float
    reason: str
    """As stored; a template's with its evidence: ``template:example.org in 41 of 43 pages``."""
    note: str
    """What it repeats, where else it or its paragraph stands, or why a person decided; empty for most."""

    @property
    def mark(self) -> str:
        """One character: blank for body, ``-`` for chrome, ``=`` for a repeat, ``+`` for what went into a field."""
        if self.kind in BODY:
            return " "
        return "+" if self.kind in METADATA else "-" if self.kind in CHROME else "="


@dataclass(frozen=True, slots=True)
class Explanation:
    """One input of the corpus, explained."""

    header: tuple[tuple[str, str], ...]
    """Names and values of what is known of the whole input."""
    lines: tuple[LineShown, ...]
    """Empty for an input in quarantine."""


def explain(corpus: Corpus, what: str) -> Explanation:
    """Explain the input that ``what`` means (``pipeline.show.find.find_input``).

    :raises UsageError: there is no such input, or several.
    """
    found = find_input(corpus, what)
    (row,) = corpus.table(found.table, filter=pc.field("id") == found.id).to_pylist()
    if found.table == "quarantine":
        return Explanation(_quarantine_header(row), ())
    lines = corpus.table("lines", filter=pc.field("article_id") == found.id).to_pylist()
    paragraphs = corpus.table("paragraphs", filter=pc.field("article_id") == found.id).to_pylist()
    return Explanation(_header(corpus, row), tuple(_shown(corpus, row, lines, paragraphs)))


def print_explanation(corpus: Corpus, what: str, file: IO[str] | None = None) -> None:
    """Print the explanation of one input to standard output or ``file``: coloured on a terminal, plain otherwise.

    :raises UsageError: there is no such input, or several.
    """
    render(explain(corpus, what), console_on(file))


def render(explanation: Explanation, console: Console) -> None:
    """Write an explanation to a console: removed lines struck out in the colour of their kind, or marked when piped."""
    width = max((len(name) for name, _ in explanation.header), default=0)
    for name, value in explanation.header:
        console.print(Text.assemble((f"{name:<{width}}  ", "dim"), (visible(value), "bold")), soft_wrap=True)
    if not explanation.lines:
        return
    console.print()
    digits = max(len(str(line.number)) for line in explanation.lines)
    kinds = max(len(line.kind.value) for line in explanation.lines)
    reasons = min(REASON_COLUMNS, max(len(visible(line.reason)) for line in explanation.lines))
    for line in explanation.lines:
        for blank in _blank(line.blank_before):
            console.print(Text(blank, style="dim"))
        style = "" if line.kind in BODY else "bold" if line.kind in METADATA else f"strike {_STYLES[line.kind]}"
        facts = f"{line.kind.value:<{kinds}}  {line.score:.2f}  {shortened(visible(line.reason), reasons):<{reasons}}"
        shown = Text.assemble(
            (f"{line.mark} {line.number:>{digits}}  ", "dim"),
            (f"{facts}  ", _STYLES.get(line.kind, "dim")),
            (visible(line.text), style),
        )
        if line.note:
            shown.append(f"  [{visible(line.note)}]", style="italic dim")
        console.print(shown, soft_wrap=True)


def _blank(count: int) -> list[str]:
    return [""] * count if count <= BLANK_LINES else ["", f"({count} blank lines)", ""]


def _quarantine_header(row: Row) -> tuple[tuple[str, str], ...]:
    size = "unknown" if row["size"] is None else f"{row['size']:,} bytes"
    known = {
        "source": row["source"],
        "under": row["origin"],
        "in quarantine": f"{row['fault']}, at step {row['stage']}",
        "because": row["detail"],
        "size": size,
        "sha256": row["sha256"],
        "since run": row["run"],
    }
    return tuple((name, value) for name, value in known.items() if value)


def _header(corpus: Corpus, row: Row) -> tuple[tuple[str, str], ...]:
    duplicate = None if row["is_canonical"] else _canonical(corpus, row)
    known = [
        ("article", row["id"]),
        ("source", row["source"]),
        ("under", row["origin"]),
        ("url", row["url"]),
        ("title", row["title"]),
        ("dek", row["dek"]),
        ("authors", ", ".join(row["authors"])),
        ("published", row["published"]),
        ("updated", row["updated"]),
        ("language", row["language"]),
        ("page type", f"{row['page_type']}, probability {row['page_type_chance']:.2f}" if row["page_type"] else None),
        *(("caption", caption) for caption in row["captions"]),
        ("kept", f"{row['body_lines']} of {row['lines']} lines, {row['words']} words; {row['removed_lines']} removed"),
        ("labeller", f"{row['labeller']}, certainty {row['certainty']:.2f}"),
        ("duplicate of", duplicate),
        ("cluster", f"{row['cluster_size']} articles" if row["cluster_size"] > 1 else None),
        ("withdrawn", f"no longer found by run {row['withdrawn']}" if row["withdrawn"] else None),
    ]
    return tuple((name, value) for name, value in known if value)


def _canonical(corpus: Corpus, row: Row) -> str:
    """The article that is kept instead of this one, and how near it is."""
    pair = {row["id"], row["canonical_id"]}
    kept = corpus.table("articles", ["source"], pc.field("id") == row["canonical_id"]).to_pylist()
    name = f"{row['canonical_id']} {kept[0]['source']}" if kept else row["canonical_id"]
    near = [
        f", {found['relation']}, Jaccard {found['jaccard']:.2f}"
        for found in corpus.table(
            "duplicates",
            ["left_id", "right_id", "relation", "jaccard"],
            pc.field("left_id").isin(sorted(pair)) & pc.field("right_id").isin(sorted(pair)),
        ).to_pylist()
    ]
    return f"{name}{near[0] if near else ''} (kept by {row['canonical_reason']})"


def _shown(corpus: Corpus, article: Row, lines: list[Row], paragraphs: list[Row]) -> list[LineShown]:
    recurring = recurring_on(corpus, article["site"], lines)
    people = notes_on(corpus, article, lines)
    texts = {str(line["line"]): line["text"] for line in reversed(lines)}
    pointers = _pointers(corpus, lines, paragraphs)
    repeats = {row["first_line"]: row for row in reversed(paragraphs) if row["repeats"]}
    shown = []
    before = 0
    for line in lines:
        gap = line["line"] - before - 1
        pointed = line["reason"].removeprefix("duplicate:") if line["reason"].startswith("duplicate:") else ""
        note = ""
        if pointed:
            note = f"repeats line {pointed}: {texts[pointed]}" if pointed in texts else pointers.get(pointed, "")
        elif line["line"] in repeats and line["part"] <= 1 and line["kind"] in BODY:
            row = repeats[line["line"]]
            note = f"also in {pointers[row['repeats']]}, Jaccard {row['similarity'] or 1.0:.2f}"
        note = people.get((line["line"], line["part"]), note)
        evidence = recurring.get(line_digest(line["clean"] or line["text"]), "")
        reason = line["reason"]
        if evidence and reason.startswith("template:"):
            reason += evidence
        elif evidence and line["kind"] in CHROME:
            # The labeller saw it by itself; that the site repeats it is one reason more to believe it.
            note = note or f"stands{evidence}"
        shown.append(
            LineShown(
                number=line["line"],
                # In HTML there are no blank lines to count, only boundaries of blocks.
                blank_before=max(gap, int(line["blank_before"] and line["line"] != before and before > 0)),
                text=line["text"],
                kind=Kind(line["kind"]),
                score=line["score"],
                reason=reason,
                note=shortened(note, 2 * QUOTED),
            )
        )
        before = line["line"]
    return shown


def _pointers(corpus: Corpus, lines: list[Row], paragraphs: list[Row]) -> dict[str, str]:
    """Paragraphs of other articles that lines or paragraphs of this one point to: id to a name and a quotation."""
    ids = {line["reason"].removeprefix("duplicate:") for line in lines if line["reason"].startswith("duplicate:")}
    ids = {identity for identity in ids if "-" in identity} | {row["repeats"] for row in paragraphs if row["repeats"]}
    if not ids:
        return {}
    named = {identity: identity for identity in ids}
    wanted = pc.field("article_id").isin(sorted({identity.rpartition("-")[0] for identity in ids}))
    sources = {
        row["id"]: row["source"]
        for row in corpus.table(
            "articles", ["id", "source"], pc.field("id").isin(sorted({identity.rpartition("-")[0] for identity in ids}))
        ).to_pylist()
    }
    for row in corpus.table("paragraphs", ["id", "article_id", "text"], wanted).to_pylist():
        if row["id"] in ids:
            source = sources.get(row["article_id"], row["article_id"])
            named[row["id"]] = f"{row['id']} ({source}): {shortened(row['text'], QUOTED)}"
    return named
