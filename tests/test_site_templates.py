"""Templates of sites over whole runs: pages without a URL, quotes on several sites, short lines, and the evidence."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.corpus.open import Corpus
from pipeline.records import Kind
from pipeline.settings import TemplateSettings
from pipeline.show.explain import print_explanation
from pipeline.templates.carried import carried_key, is_long
from pipeline.templates.groups import STAND_IN, group_pages
from pipeline.templates.pages import PageLines, page_lines
from pipeline.templates.recurrence import recurring_lines
from tests.conftest import clean
from tests.counted import of_pages
from tests.growth import LINEAR, growth
from tests.pages import story

Folder = Callable[[dict[str, str]], Path]

APPEAL = "This newspaper belongs to its readers, and it has done so since the very first day it was printed."
AGENCY = "The agency said in a statement that the inquiry would take four months and that nobody would be named."


def page_text(site: str, seed: int, extra: str = "") -> str:
    """A page with all the chrome of its site and a sentence after the second paragraph."""
    page = story(seed, site)
    lines = page.text()
    return lines.replace(page.body[2], f"{extra}\n\n{page.body[2]}") if extra else lines


def rows(corpus: Corpus, table: str, **wanted: Any) -> list[dict[str, Any]]:
    return [row for row in corpus.table(table).to_pylist() if all(row[key] == wanted[key] for key in wanted)]


def test_pages_without_a_url_are_one_site_by_the_chrome_they_share(folder: Folder, tmp_path: Path) -> None:
    """Two papers mixed in one folder, nothing but text: each has its own template, and the reason names its site."""
    other = "The Gazette is made by forty people who live here, and who would like to go on doing so for you."
    files = {f"a{n}.txt": page_text("herald.example", n, APPEAL) for n in range(6)}
    files |= {f"b{n}.txt": page_text("gazette.example", 50 + n, other) for n in range(6)}
    corpus = clean(tmp_path / "c", folder(files))
    reasons = {row["reason"] for row in rows(corpus, "lines", text=APPEAL)}
    others = {row["reason"] for row in rows(corpus, "lines", text=other)}
    assert len(reasons) == len(others) == 1 and reasons.isdisjoint(others)
    assert reasons.pop().startswith(f"template:{STAND_IN}")
    (line,) = rows(corpus, "site_lines", text=APPEAL)
    assert (line["pages"], line["site_pages"], line["is_template"]) == (6, 6, True)
    assert all(article["site"] is None for article in rows(corpus, "articles"))


def test_an_agency_paragraph_does_not_make_pages_one_site(folder: Folder, tmp_path: Path) -> None:
    """Six papers, a page each, without URLs: their chrome differs, and the paragraph they all print stays."""
    files = {f"{n}.txt": page_text(f"paper{n}.example", n * 9, AGENCY) for n in range(6)}
    corpus = clean(tmp_path / "c", folder(files))
    assert all(AGENCY in article["text"] for article in rows(corpus, "articles"))


def test_later_pages_without_a_url_relabel_earlier_ones(folder: Folder, tmp_path: Path) -> None:
    """Three pages teach nothing; three more make a site of all six, and the first three lose the line as well."""
    files = {f"{n}.txt": page_text("herald.example", n, APPEAL) for n in range(6)}
    first = clean(tmp_path / "c", folder(dict(list(files.items())[:3])))
    assert all(APPEAL in row["text"] for row in rows(first, "articles"))
    later = clean(tmp_path / "c", folder(dict(list(files.items())[3:])))
    assert len(rows(later, "articles")) == 6
    assert not any(APPEAL in row["text"] for row in rows(later, "articles"))


def test_a_long_line_that_several_sites_carry_is_no_template(folder: Folder, tmp_path: Path) -> None:
    """On five pages of one site it would be a template; when two more sites print it, it is a quote, on all of them."""
    many = {f"a/{n}.txt": page_text("herald.example", n, AGENCY) for n in range(5)}
    few = {f"{s}/{n}.txt": page_text(f"{s}.example", 90 + n, AGENCY.upper()) for n, s in enumerate("bc")}

    def manifest(files: dict[str, str]) -> dict[str, str]:
        site = {"a": "herald.example", "b": "b.example", "c": "c.example"}
        lines = [json.dumps({"path": name, "url": f"https://{site[name[0]]}/{name}"}) for name in files]
        return files | {"manifest.jsonl": "\n".join(lines)}

    alone = clean(tmp_path / "c", folder(manifest(many)))
    assert not any(AGENCY in row["text"] for row in rows(alone, "articles"))
    together = clean(tmp_path / "c", folder(manifest(few)))
    assert all(AGENCY in row["text"] for row in rows(together, "articles") if row["source"].startswith("a/"))
    assert not any(row["is_template"] for row in rows(together, "site_lines", text=AGENCY))


@pytest.mark.parametrize("short", ["Read more:", "Advertisement 2", "Get our best stories in your inbox."])
def test_a_short_line_is_a_template_on_several_sites_at_once(short: str) -> None:
    """Read-more labels and newsletter lines stand on many sites by nature: each site learns them for itself."""
    assert not is_long(short)
    pages = [
        page_lines(f"{s}{n}", f"{s}.example", f"T{n}", [(short, Kind.HEADING), (f"Body {s}{n}.", Kind.PARAGRAPH)])
        for s in "abcd"
        for n in range(5)
    ]
    found = [line for line in recurring_lines(of_pages(pages), TemplateSettings()) if line.text == short]
    assert [line.is_template for line in found] == [True] * 4


def test_lines_of_two_sites_are_compared_by_letters_alone() -> None:
    """Quotation marks, dashes, case and spaces are each newsroom's own."""
    assert carried_key("“We shall see” — he said") == carried_key('"WE  shall see" - he said')
    assert carried_key("Всё идёт") != carried_key("Всё стоит")


def test_a_headline_of_most_pages_is_the_name_of_the_site() -> None:
    """Where the labeller takes the masthead for the title, pages are still told apart, and templates learned."""
    pages = [
        page_lines(str(n), "a.example", None, [("The Herald", Kind.TITLE), (APPEAL, Kind.QUOTE), ("x" * n, Kind.QUOTE)])
        for n in range(120, 126)
    ]
    found = {line.text: line for line in recurring_lines(of_pages(pages), TemplateSettings())}
    assert found[APPEAL].is_template and found[APPEAL].site_pages == 6


def test_explain_shows_the_evidence(folder: Folder, tmp_path: Path) -> None:
    """A template's reason says in how many of its site's pages the line stands; chrome that recurs says so, too."""
    files = {f"{n}.txt": page_text("herald.example", n, APPEAL) for n in range(6)}
    rows = [{"path": name, "url": f"https://herald.example/{name}"} for name in files]
    corpus = clean(tmp_path / "c", folder(files | {"manifest.jsonl": "\n".join(map(json.dumps, rows))}))
    out = io.StringIO()
    print_explanation(corpus, "3.txt", out)
    (line,) = [line for line in out.getvalue().splitlines() if APPEAL in line]
    assert "template:herald.example in 6 of 6 pages" in line
    (menu,) = [line for line in out.getvalue().splitlines() if "Skip to content" in line]
    assert "[stands in 6 of 6 pages]" in menu


def generated(sites: int, count: int, shared: int = 4) -> list[PageLines]:
    """Pages of sites with 20 chrome lines of their own and some that stand everywhere."""
    everywhere = [(f"Everywhere {n}", Kind.SHARE) for n in range(shared)]
    return [
        page_lines(
            f"{s:04}-{n:06}",
            None,
            f"Title {s} {n}",
            [
                *everywhere,
                *((f"Menu {s} {k}", Kind.NAVIGATION) for k in range(20)),
                *((f"Teaser {s} {n} {k}", Kind.RELATED) for k in range(10)),
                (f"Body of page {s} {n}, which nobody else has.", Kind.PARAGRAPH),
            ],
        )
        for s in range(sites)
        for n in range(count)
    ]


def test_grouping_finds_the_sites_that_pages_were_made_for() -> None:
    """Lines that all sites share neither join nor part them."""
    pages = generated(7, 9)
    groups = group_pages(of_pages(pages), TemplateSettings())
    assert len(groups) == len(pages)
    assert len(set(groups.values())) == 7
    assert len({(identity[:4], site) for identity, site in groups.items()}) == 7


def test_pages_that_share_a_share_bar_only_are_no_site() -> None:
    """Thirty sites with a page each."""
    assert group_pages(of_pages(generated(30, 1)), TemplateSettings()) == {}


def test_grouping_takes_time_in_step_with_the_pages() -> None:
    """One site of many pages, and many sites."""
    pages = {count: of_pages(generated(1, count)) for count in (400, 1600)}
    assert growth(lambda count: group_pages(pages[count], TemplateSettings()), 400) < LINEAR
    sites = {count: of_pages(generated(count, 6)) for count in (60, 240)}
    assert growth(lambda count: group_pages(sites[count], TemplateSettings()), 60) < LINEAR
