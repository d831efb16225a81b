"""Markdown: scraped text reads as it was and can do nothing."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.export.markdown import markdown
from pipeline.export.names import MAX_BYTES, file_name

TAG_OF = {"paragraph": "p", "heading": "h2", "list_item": "li", "quote": "blockquote"}

HOSTILE = [
    "<script>alert(1)</script>",
    "&lt;script&gt; &#60;img src=x onerror=alert(1)>",
    "[click](javascript:alert(1)) ![x](http://example.org/pixel.png)",
    "<http://example.org> https://example.org/?a=1&b=2",
    "# not a heading",
    "- not an item",
    "+ nor this",
    "1. nor this",
    "2024) nor this",
    "> not a quote",
    "    not code",
    "```\nnot code\n```",
    "~~~",
    "---",
    "===",
    "a line\n===",
    "| a | b |\n|---|---|",
    "*a* **b** _c_ __d__ ~~e~~ `f` $x$",
    "{{ site.secret }} {% include x %} {x}",
    "[ref]: http://example.org",
    "ends with a backslash\\",
    "two spaces  \nthen a break",
    "# closed #",
    "C# ##",
    "\\# already escaped \\#",
    ":::danger",
    "<!-- comment -->",
    "\ttab",
]


def document(paragraphs: list[tuple[str, str]], **fields: Any) -> dict[str, Any]:
    names = ["id", "source", "url", "site", "title", "dek", "authors", "published", "updated", "language", "captions"]
    names += ["section", "tags", "license", "is_free", "page_type"]
    empty = dict.fromkeys([*names, "canonical_id", "is_canonical", "duplicates", "metadata"])
    return {**empty, "paragraphs": [{"kind": kind, "text": text} for kind, text in paragraphs], **fields}


def parts(page: str) -> tuple[dict[str, Any], str]:
    """Front matter and body of a page."""
    start, front, body = page.split("---\n", 2)
    assert start == ""
    return yaml.safe_load(front), body


class Seen(HTMLParser):
    """Tags and text of a rendered page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert attrs == []

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(body: str) -> Seen:
    seen = Seen()
    seen.feed(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(body))
    seen.close()
    return seen


def words(text: str) -> str:
    return " ".join(text.split())


def code(kind: str, text: str) -> set[str]:
    """Tags of preformatted text: only that has breaks or white space before it."""
    return {"pre", "code"} if kind == "paragraph" and ("\n" in text or text[:1].isspace()) else set()


@pytest.mark.parametrize("kind", TAG_OF)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_renders_as_itself(kind: str, text: str) -> None:
    """A renderer with HTML, tables and strikethrough switched on makes nothing of it but its own words."""
    seen = rendered(parts(markdown(document([("paragraph", "Before."), (kind, text), ("paragraph", "After.")])))[1])
    assert seen.tags <= {"p", TAG_OF[kind], "ul"} | code(kind, text)
    assert words(seen.text) == words(f"Before. {text} After.")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(TAG_OF)),
            st.text(st.sampled_from('ab1 \n#*_-+=.()[]{}<>&;!`~|\\":/$^%'), min_size=1, max_size=24).filter(str.strip),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_text_renders_as_itself(paragraphs: list[tuple[str, str]]) -> None:
    """Whatever characters come together, they make no structure that the article did not have."""
    seen = rendered(parts(markdown(document(paragraphs)))[1])
    known = {"p", "ul"}.union(*({TAG_OF[kind]} | code(kind, text) for kind, text in paragraphs))
    assert seen.tags <= known
    assert words(seen.text) == words(" ".join(text for _, text in paragraphs))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_front_matter_is_yaml_that_gives_the_values_back(title: str) -> None:
    """A title of any characters, line breaks and YAML syntax among them, comes back as it was."""
    front, _ = parts(markdown(document([], title=title, authors=[title, "null"], is_canonical=True)))
    assert (front["title"], front["authors"], front["is_canonical"], front["dek"]) == (
        title,
        [title, "null"],
        True,
        None,
    )


def test_items_of_a_list_stand_together() -> None:
    """Structure that the article had is there: heading, list, quote."""
    page = markdown(
        document(
            [
                ("heading", "Three things"),
                ("list_item", "One"),
                ("list_item", "Two"),
                ("quote", "Said\nso"),
                ("paragraph", "End."),
            ]
        )
    )
    assert parts(page)[1] == "\n## Three things\n\n- One\n- Two\n\n> Said\n> so\n\nEnd.\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("def f():\n    return 1", "```\ndef f():\n    return 1\n```"),
        ("    return 1", "```\n    return 1\n```"),
        ("```sh\nmake\n```", "````\n```sh\nmake\n```\n````"),
        ("{% include a %}\n  b", "\\{% include a %\\}\nb"),
    ],
)
def test_preformatted_text_is_fenced(text: str, shown: str) -> None:
    """Code stays as it is written, whatever fences it has itself; what a template engine would run is escaped."""
    assert parts(markdown(document([("paragraph", text)])))[1] == f"\n{shown}\n"


def test_code_with_blank_lines_is_one_fence() -> None:
    """Its paragraphs stand together as they did; prose ends it."""
    page = markdown(document([("paragraph", "a\n  b"), ("paragraph", "  c\nd"), ("paragraph", "Prose.")]))
    assert parts(page)[1] == "\n```\na\n  b\n\n  c\nd\n```\n\nProse.\n"


def test_rows_are_a_table() -> None:
    """A bar between blanks parts cells, others stay in them; prose ends the table, and a row alone is none."""
    rows = ["Name | Type", "a|b | <i>", "*c* | ", "Prose.", "one | row"]
    body = parts(markdown(document([("paragraph", row) for row in rows])))[1]
    assert body.startswith("\n| Name | Type |\n| --- | --- |\n| a\\|b | &lt;i> |\n")
    seen = rendered(body)
    assert seen.tags == {"table", "thead", "tbody", "tr", "th", "td", "p"}
    assert words(seen.text) == "Name Type a|b <i> *c* Prose. one | row"


@pytest.mark.parametrize("kind", TAG_OF)
def test_rows_of_different_length_are_no_table(kind: str) -> None:
    """Nobody could tell which column a cell belongs to."""
    rows = ["Name | Type | Size", "a | b", "c | d | e"]
    seen = rendered(parts(markdown(document([(kind, row) for row in rows])))[1])
    assert "table" not in seen.tags
    assert words(seen.text) == " ".join(rows)


@given(
    st.integers(2, 4).flatmap(
        lambda columns: st.lists(
            st.lists(
                st.text(st.sampled_from('ab1 #*_-+=.()[]{}<>&;!`~|\\":/$^%'), min_size=1, max_size=12)
                .map(str.strip)
                .filter(lambda cell: cell and " | " not in f" {cell} "),
                min_size=columns,
                max_size=columns,
            ),
            min_size=2,
            max_size=4,
        )
    )
)
def test_any_cells_render_as_themselves(rows: list[list[str]]) -> None:
    """Whatever characters come together in a cell, it stays one and makes no structure."""
    seen = rendered(parts(markdown(document([("paragraph", " | ".join(row)) for row in rows])))[1])
    assert seen.tags <= {"table", "thead", "tbody", "tr", "th", "td"}
    assert words(seen.text) == words(" ".join(cell for row in rows for cell in row))


@given(st.text() | st.none())
def test_file_names_are_safe_whatever_the_title_contains(title: str | None) -> None:
    """A name has letters, digits, marks and hyphens, ends in id and suffix, and fits every file system."""
    name = file_name(title, "00ff", ".md")
    stem = name.removesuffix(".md")
    assert name.endswith("00ff.md") and len(name.encode()) <= MAX_BYTES + len("-00ff.md")
    assert not set(stem) & set('/\\:*?"<>|. \0\n\t') and not stem.startswith("-") and "--" not in stem


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "etc-passwd-00ff.md"),
        ("CON", "con-00ff.md"),
        ("", "00ff.md"),
        ("...", "00ff.md"),
        ("Über Größe: 5 % mehr!", "über-größe-5-mehr-00ff.md"),
        ("हिन्दी समाचार", "हिन्दी-समाचार-00ff.md"),
        ("日" * 200, "日" * 33 + "-00ff.md"),
    ],
)
def test_file_names_keep_the_words_of_a_title(title: str, name: str) -> None:
    """Letters of any script stay; separators, dots and reserved names do no harm; long titles are cut."""
    assert file_name(title, "00ff", ".md") == name
