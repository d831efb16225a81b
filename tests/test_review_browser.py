"""The review page in a real browser: looked at, filtered, corrected by keyboard, and attacked by what was scraped."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.corpus import Corpus
from pipeline.review.write import write_review
from tests.conftest import SEEDS, clean, copydesk
from tests.injections import INJECTIONS, as_file_names, as_titles
from tests.pages import stories

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

pytestmark = pytest.mark.slow

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""A browser that asks nothing of the network by itself, so that every request seen is the page's."""
ARTICLES = 2_000
COPIES = 100
FIRST_PAINT = 2_000
"""Milliseconds within which a person sees something."""
SIZES = (360, 1024, 1920)
SMOOTH = 100
"""Milliseconds between two frames that a person notices, and that scrolling must not take."""


@dataclass
class Seen:
    """A page, and what the browser reported of it."""

    page: Page
    said: list[str] = field(default_factory=list)
    """Messages on the console, uncaught errors, dialogs, and requests for anything but the file itself."""

    def dismiss(self, dialog: Dialog) -> None:
        """A dialog that the page opened."""
        self.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def ask(self, url: str, path: Path) -> None:
        """A request; downloads come from the page's own memory (``blob:``)."""
        if url.split("#", maxsplit=1)[0] != path.as_uri() and not url.startswith("blob:"):
            self.said.append(f"request: {url}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"needs a browser on the path: one of {', '.join(BROWSERS)}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()


def _opened(browser: Browser, path: Path, width: int = 1024, scheme: Any = "light") -> Seen:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, accept_downloads=True)
    seen = Seen(context.new_page())
    page = seen.page
    page.on("console", lambda message: seen.said.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: seen.said.append(f"error: {error}"))
    page.on("dialog", seen.dismiss)
    page.on("request", lambda request: seen.ask(request.url, path))
    page.goto(path.as_uri())
    page.wait_for_selector("#overview section")
    return seen


@pytest.fixture(scope="module")
def seeds_page(seeds_corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The review page of the five seeds."""
    out = tmp_path_factory.mktemp("review") / "review.html"
    write_review(seeds_corpus, str(out))
    return out


def _prose(seed: int) -> tuple[str, ...]:
    """Four paragraphs that no other seed has."""
    draw = random.Random(seed)
    syllables = ("ka", "lo", "min", "ter", "sa", "vel", "or", "du", "fen", "ri", "bas", "to")

    def sentence() -> str:
        words = ("".join(draw.choices(syllables, k=draw.randint(1, 3))) for _ in range(draw.randint(9, 16)))
        return " ".join(words).capitalize() + "."

    return tuple(" ".join(sentence() for _ in range(3)) for _ in range(4))


@pytest.fixture(scope="module")
def large_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The review page of two thousand articles, some of them near-duplicates of each other."""
    place = tmp_path_factory.mktemp("large")
    told = [replace(story, body=_prose(number)) for number, story in enumerate(stories(ARTICLES, sites=40))]
    for number in range(COPIES):  # printed by another site, with a paragraph of its own
        told[number] = replace(told[number], body=(*_prose(ARTICLES + number)[:1], *told[-1 - number].body))
    records = [{"text": story.text(), "url": f"https://{story.site}/{number}"} for number, story in enumerate(told)]
    (place / "all.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    corpus = clean(place / "corpus", place / "all.jsonl")
    out = place / "review.html"
    write_review(corpus, str(out))
    return out


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
def test_nothing_sticks_out_at_any_width(browser: Browser, seeds_page: Path, width: int, scheme: str) -> None:
    """No view has to be scrolled sideways, and the browser has nothing to complain about."""
    seen = _opened(browser, seeds_page, width, scheme)
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert seen.page.evaluate(fits)
    seen.page.click("#to-articles")
    assert seen.page.evaluate(fits)
    seen.page.click("#articles button >> nth=0")
    seen.page.click(".lines li >> nth=1")
    assert seen.page.evaluate(fits)
    assert seen.said == []


def test_lines_are_corrected_by_keyboard_and_the_corrections_hold(
    browser: Browser, seeds_page: Path, tmp_path: Path
) -> None:
    """Two lines marked as related with one key, one step undone and done again, downloaded, and honoured by a run."""
    seen = _opened(browser, seeds_page)
    page = seen.page
    page.click("#to-articles")
    page.focus("#articles button >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector(".lines .paragraph, .lines .body")
    page.focus(".lines li.body >> nth=0")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("r")
    assert page.locator(".lines .mine").count() == 2
    page.keyboard.press("u")
    assert page.locator(".lines .mine").count() == 0
    page.keyboard.press("r")
    with page.expect_download() as download:
        page.click("#download")
    corrections = tmp_path / "corrections.jsonl"
    download.value.save_as(corrections)
    said = [json.loads(line) for line in corrections.read_text(encoding="utf-8").splitlines()]
    assert [one["kind"] for one in said] == ["related", "related"]
    done = copydesk("run", SEEDS, "--corpus", tmp_path / "c", "--local", "--corrections", corrections)
    assert done.returncode == 0, done.stderr
    lines = Corpus.open(tmp_path / "c").table("lines", ["article_id", "line", "kind", "reason"]).to_pylist()
    overridden = {(row["article_id"], row["line"]): row["kind"] for row in lines if row["reason"] == "override"}
    assert overridden == {(one["article"], one["line"]): "related" for one in said}
    assert seen.said == []


def test_corrections_survive_reloading_the_page(browser: Browser, seeds_page: Path) -> None:
    """What was corrected is still there when the page is opened again in the same browser."""
    seen = _opened(browser, seeds_page)
    seen.page.click("#to-articles")
    seen.page.click("#articles button >> nth=0")
    seen.page.click(".lines li.body >> nth=0")
    seen.page.keyboard.press("g")
    seen.page.reload()
    seen.page.wait_for_selector(".lines .mine")
    assert seen.page.inner_text("#download") == "Download 1 correction"
    seen.page.click("#to-articles")
    seen.page.check("#corrected")
    assert seen.page.inner_text("#found").startswith("1 of 5")


def test_two_thousand_articles_are_shown_at_once_and_scroll_smoothly(browser: Browser, large_page: Path) -> None:
    """First paint in time; filters and text search find; no frame of a scroll through the list is held up."""
    seen = _opened(browser, large_page)
    page = seen.page
    (painted,) = page.evaluate(
        "performance.getEntriesByType('paint').filter(e => e.name === 'first-contentful-paint').map(e => e.startTime)"
    )
    assert painted < FIRST_PAINT
    page.click("#to-articles")
    assert page.inner_text("#found") == f"{ARTICLES:,} of {ARTICLES:,} articles"
    slowest = page.evaluate(
        """async () => {
          const list = document.getElementById("articles");
          let slowest = [], last = performance.now();
          for (let step = 0; step < 60; step++) {
            list.scrollTop += 400;
            await new Promise(requestAnimationFrame);
            slowest.push(performance.now() - last);
            last = performance.now();
          }
          return slowest.sort((a, b) => a - b)[54];
        }"""
    )
    assert slowest < SMOOTH
    page.select_option("#site", index=1)
    page.wait_for_function(f"!document.getElementById('found').textContent.startsWith('{ARTICLES:,}')")
    assert page.inner_text("#found").startswith("50 of")
    page.select_option("#site", "")
    page.fill("#find", "nothing says this")
    page.check("#in-text")
    page.wait_for_function("document.getElementById('found').textContent.startsWith('0 of')")
    assert seen.said == []


def test_marked_differences_leave_two_equal_texts(browser: Browser, large_page: Path) -> None:
    """Without what is struck out on the left, and without what is added on the right, both say the same."""
    seen = _opened(browser, large_page)
    page = seen.page
    page.click("#to-articles")
    page.select_option("#duplicates", "not")
    page.wait_for_function(f"!document.getElementById('found').textContent.startsWith('{ARTICLES:,}')")
    for number in range(5):
        page.click(f"#articles button >> nth={number}")
        page.click(".tools button:enabled >> nth=0")
        page.wait_for_selector(".pair")
        common = page.evaluate(
            """() => [...document.querySelectorAll(".pair .text")].map((text) => {
              const copy = text.cloneNode(true);
              const marks = copy.querySelectorAll("del, ins");
              const count = marks.length;
              for (const mark of marks) mark.remove();
              return [copy.textContent, count];
            })"""
        )
        assert common[0][0] == common[1][0] != ""
        assert common[0][1] + common[1][1] > 0
    assert seen.said == []


def test_nothing_scraped_is_executed_and_nothing_is_lost(browser: Browser, tmp_path: Path) -> None:
    """A hundred strings that attack pages, as titles, lines, addresses and file names: shown as text, all of them."""
    place = tmp_path / "in"
    place.mkdir()
    base = stories(1)[0]
    for name, attack in as_file_names(INJECTIONS):
        (place / name).write_text(base.text().replace("Home\n", f"Home\n{attack}\n"), encoding="utf-8")
    records = as_titles(INJECTIONS, base)
    (place / "all.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    corpus = clean(tmp_path / "c", place)
    out = tmp_path / "review.html"
    write_review(corpus, str(out))
    seen = _opened(browser, out)
    page = seen.page
    page.click("#to-articles")
    stored = corpus.table("lines", ["text"])["text"].to_pylist()
    shown: list[str] = []
    for number in range(page.locator("#articles button").count()):
        page.locator("#articles button").nth(number).click()
        page.wait_for_selector(f"#articles li:nth-child({number + 1}) [aria-current=true]")
        shown += page.evaluate(
            """() => [...document.querySelectorAll(".lines .text")].map((text) => {
              for (const code of text.querySelectorAll(".code"))
                code.replaceWith(String.fromCodePoint(parseInt(code.textContent.slice(2), 16)));
              return text.textContent;
            })"""
        )
    assert sorted(shown) == sorted(stored)
    assert page.locator("#article :is(img, iframe, a, svg, script, style, form)").count() == 0
    assert page.evaluate("typeof window.hit") == "undefined"
    assert seen.said == []
