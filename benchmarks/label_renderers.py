"""Quality on plain text as other tools than those of the labelled lines make it of the same pages.

    python -m benchmarks.label_renderers --bench DIR [--folds DIR] [--every N] [--html]

The labelled lines were rendered by four tools, and the networks are trained on these, on our own, and on the texts
between the tags as lxml gives them (glued, a line each, one line a page). Here each page's HTML is rendered by tools
that they have never seen: html2text (Markdown with addresses, wrapped), its words without links, Beautiful Soup's
``get_text()`` (no line end where the HTML has none), the same with a line end between any two texts, and with a space
only (one line a page); by taking out what stands in angle brackets and as lxml's ``text_content()``, which leave
scripts in; by markdownify (Markdown, not wrapped); by html-to-text (addresses in brackets, wrapped); by Pandoc
(Markdown full of tags, or of attributes); and by the text browsers lynx (links numbered, addresses at the end,
wrapped), elinks and w3m. Word F1 is that of the published text, each page labelled by weights that have not seen its
site, and is compared, page by page, with that on the labelled lines.

With ``--html`` it is the quality on HTML as tools save it, beside that on the page as it was served: parsed and
written again, indented, without its head, without attributes, scripts and styles, and minified (quotes, white space
and the tags that may be left out are gone).

Tools that are not installed are named: ``pip install 'copydesk[bench]'``; text browsers and
Pandoc come with the system, html-to-text and the minifier by ``npm install --global @html-to/text-cli
html-minifier-terser``.
"""

from __future__ import annotations

import argparse
import html
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from pipeline.errors import UsageError
from pipeline.evaluate.answers import html_input, text_input
from pipeline.evaluate.bench import check_bench, html_path, load_bench
from pipeline.evaluate.figures import OURS, quality
from pipeline.evaluate.run import committed, fold_weights, held_out
from pipeline.evaluate.word_f1 import word_f1
from pipeline.records import RawPage

BEFORE: Final = "as it was"
KEEP_ALL: Final = "keep all"
GROUPS: Final = ("WCXB article", "WCXB", "Fundus")

_SECONDS: Final = 60
"""A program that takes longer has given up the page."""
_TAG: Final = re.compile(r"<[^>]+>")
Renderer = Callable[[str], str]


def html2text(markup: str) -> str:
    """With its defaults: Markdown with addresses, wrapped at 78 columns."""
    from html2text import HTML2Text  # noqa: PLC0415 - a peer that need not be installed

    return str(HTML2Text().handle(markup))


def html2text_words(markup: str) -> str:
    """Without links and pictures, not wrapped."""
    from html2text import HTML2Text  # noqa: PLC0415 - a peer that need not be installed

    tool = HTML2Text(bodywidth=0)
    tool.ignore_links = tool.ignore_images = True
    return str(tool.handle(markup))


def get_text(markup: str, separator: str = "") -> str:
    """Beautiful Soup's text of the page, stripped where something parts it."""
    from bs4 import BeautifulSoup  # noqa: PLC0415 - a peer that need not be installed

    return str(BeautifulSoup(markup, "lxml").get_text(separator, strip=bool(separator)))


def tags_cut(markup: str) -> str:
    """What is left when a pattern takes the tags out: scripts, style sheets and data are."""
    return html.unescape(_TAG.sub("", markup))


def text_content(markup: str) -> str:
    """All texts of the page glued, scripts too, as lxml, browsers and Cheerio give them."""
    import lxml.html  # noqa: PLC0415 - the other renderers do without

    return str(lxml.html.document_fromstring(markup.encode(), lxml.html.HTMLParser(encoding="utf-8")).text_content())


def saved_again(markup: str) -> str:
    """The page as Beautiful Soup writes it."""
    from bs4 import BeautifulSoup  # noqa: PLC0415 - a peer that need not be installed

    return str(BeautifulSoup(markup, "lxml"))


def indented(markup: str) -> str:
    """Each tag on a line of its own."""
    from bs4 import BeautifulSoup  # noqa: PLC0415 - a peer that need not be installed

    return str(BeautifulSoup(markup, "lxml").prettify())


def without_head(markup: str) -> str:
    """What the body holds, without its tags."""
    from bs4 import BeautifulSoup  # noqa: PLC0415 - a peer that need not be installed

    body = BeautifulSoup(markup, "lxml").body
    return "" if body is None else str(body.decode_contents())


def without_attributes(markup: str) -> str:
    """Only addresses are left of attributes, and no element that is never shown but ``<noscript>``."""
    from bs4 import BeautifulSoup  # noqa: PLC0415 - a peer that need not be installed

    soup = BeautifulSoup(markup, "lxml")
    for element in soup.find_all(("script", "style", "svg", "meta", "link", "iframe")):
        element.decompose()
    for element in soup.find_all(True):
        element.attrs = {name: said for name, said in element.attrs.items() if name in {"href", "src", "alt"}}
    return str(soup)


def markdownified(markup: str) -> str:
    """With its defaults; nothing where a page is nested too deeply for it."""
    from markdownify import markdownify  # noqa: PLC0415 - a peer that need not be installed

    try:
        return str(markdownify(markup))
    except RecursionError:
        return ""


def browsed(command: tuple[str, ...], markup: str) -> str:
    """What a program writes of the page, nothing if it hangs."""
    try:
        done = subprocess.run(command, input=markup.encode(), capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace")


_PANDOC: Final = ("pandoc", "--from", "html", "--to")
_LYNX: Final = ("lynx", "-dump", "-stdin", "-force_html", "-assume_charset=utf-8", "-display_charset=utf-8")
_ELINKS: Final = ("elinks", "-dump", "-dump-charset", "utf-8", "-force-html", "-no-references")
_W3M: Final = ("w3m", "-dump", "-T", "text/html", "-I", "utf-8", "-O", "utf-8")

RENDERERS: Final[dict[str, tuple[str, Renderer]]] = {
    "html2text": ("html2text", html2text),
    "html2text, words only": ("html2text", html2text_words),
    "get_text()": ("bs4", get_text),
    'get_text("\\n", strip=True)': ("bs4", lambda markup: get_text(markup, "\n")),
    "tags cut out, scripts left in": ("re", tags_cut),
    "text_content(), scripts left in": ("lxml", text_content),
    "one line": ("bs4", lambda markup: " ".join(get_text(markup, " ").split())),
    "markdownify": ("markdownify", markdownified),
    "html-to-text": ("html-to-text", partial(browsed, ("html-to-text",))),
    "pandoc -t gfm": ("pandoc", partial(browsed, (*_PANDOC, "gfm"))),
    "pandoc -t markdown": ("pandoc", partial(browsed, (*_PANDOC, "markdown"))),
    "lynx -dump": ("lynx", partial(browsed, _LYNX)),
    "elinks -dump": ("elinks", partial(browsed, _ELINKS)),
    "w3m -dump": ("w3m", partial(browsed, _W3M)),
}
"""By name: the package or program, and what it makes of a page."""
_MINIFY: Final = (
    *("html-minifier-terser", "--collapse-whitespace", "--remove-comments", "--remove-optional-tags"),
    *("--remove-attribute-quotes", "--continue-on-parse-error"),
)
SAVED_AS: Final[dict[str, tuple[str, Renderer]]] = {
    "parsed and written again": ("bs4", saved_again),
    "indented": ("bs4", indented),
    "without its head": ("bs4", without_head),
    "without attributes, scripts, styles": ("bs4", without_attributes),
    "minified": ("html-minifier-terser", partial(browsed, _MINIFY)),
}
"""The same for HTML that stays HTML."""
_PROGRAMS: Final = frozenset({"html-to-text", "pandoc", "lynx", "elinks", "w3m", "html-minifier-terser"})
"""Those of the tools that are no packages: programs may have a package's name (there is an older html2text)."""


def main() -> int:
    """Entry point; 2 if the folder of labelled pages or of fold weights will not do."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.label_renderers", description=__doc__.split("\n")[0])
    parser.add_argument("--bench", type=Path, required=True, help="folder of labelled pages")
    parser.add_argument("--folds", type=Path, default=Path("benchmarks/label_folds"), help="folder of fold weights")
    parser.add_argument("--every", type=int, default=1, help="only every Nth page")
    parser.add_argument("--html", action="store_true", help="HTML as tools save it instead of text")
    options = parser.parse_args()
    try:
        check_bench(options.bench)
        measure(options.bench, options.folds, options.every, html=options.html)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def measure(bench: Path, folds: Path, every: int, *, html: bool = False) -> None:
    """Print a row for each rendering."""
    pages = load_bench(bench)[::every]
    judges = held_out(pages, fold_weights(folds), committed(pages, "network").name)
    read = [html_input(html_path(bench, page), page.url) for page in pages]
    markup = [raw.content if isinstance(raw, RawPage) else "" for raw in read]

    def scores(contents: list[str]) -> list[float]:
        inputs = (
            [
                replace(raw, content=content) if isinstance(raw, RawPage) else raw
                for raw, content in zip(read, contents, strict=True)
            ]
            if html
            else [text_input(content) for content in contents]
        )
        given = judges.answers(inputs)
        return [word_f1(answer.text, page.truth) for answer, page in zip(given, pages, strict=True)]

    before = scores(markup if html else [page.text for page in pages])
    print(f"{len(pages)} pages, {judges.name}", *(f"| {group}" for group in GROUPS), flush=True)
    for name, (tool, render) in (SAVED_AS if html else RENDERERS).items():
        if (shutil.which(tool) if tool in _PROGRAMS else importlib.util.find_spec(tool)) is None:
            print(f"{name}: {tool} is not installed, left out")
            continue
        contents = [render(content) if content else "" for content in markup]
        given = {OURS: scores(contents), BEFORE: before}
        if not html:
            given[KEEP_ALL] = [word_f1(content, page.truth) for content, page in zip(contents, pages, strict=True)]
        table = quality(pages, given)
        print(name, *(_cell(table[group]) for group in GROUPS), sep=" | ", flush=True)


def _cell(row: dict[str, Any]) -> str:
    figures = {name: row["word_f1"][name]["mean"] for name in (OURS, BEFORE, KEEP_ALL) if name in row["word_f1"]}
    difference = row["ours_minus"][BEFORE]
    beside = ", ".join(f"{name} {mean:.3f}" for name, mean in figures.items() if name != OURS)
    return f"{figures[OURS]:.3f} ({beside}) {difference['mean']:+.3f} {difference['interval']}"


if __name__ == "__main__":
    sys.exit(main())
