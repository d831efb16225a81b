"""Page types: estimated from declared signs, address, lines and their kinds; deterministic, and safe on odd pages."""

from __future__ import annotations

import hashlib
import math
import random
import re
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.label.labeller import Labeller, NetworkLabeller, load_labeller
from pipeline.label.page_facts import PageFacts, page_facts
from pipeline.label.page_type import TYPES, TypeModel, estimate, likeliest, load_type_models
from pipeline.records import BODY, Hints, Kind, Label, Line, Page, PageKind, PageType, RawPage
from pipeline.settings import LabelSettings, NormaliseSettings, SplitSettings
from pipeline.split import split_page
from pipeline.split.html import parse, walked
from pipeline.split.signs import MAX_SIGNS, page_signs
from tests.labelled import labelled_page
from tests.strategies.label import pages
from tests.strategies.split import nasty_lines

PROSE = (
    "The council said on Monday that the old harbour would be rebuilt within two years, and that she had asked the "
    "minister for the money it needs. He said he would look at the plans with his staff before the end of the month. "
)
POST = "I had the same problem with my pump last winter, and I think you have to clean the filter before you start it. "


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    """The default one."""
    return load_labeller(LabelSettings())


def read(content: str, kind: str = "html", url: str | None = None) -> Page:
    """A page with its lines."""
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    raw = RawPage("/in", "a", "html" if kind == "html" else "text", content, "utf-8", digest, len(content), Hints(url))
    page = split_page(raw, SplitSettings(), NormaliseSettings())
    assert isinstance(page, Page)
    return page


def kind_of(labeller: Labeller, page: Page) -> PageKind:
    """What the page is taken for."""
    return estimate(page, labeller.label([page])[0], load_type_models()[page.format])


def document(head: str, body: str, of_body: str = "") -> str:
    """An HTML page."""
    return f"<html><head><title>A page</title>{head}</head><body class='{of_body}'>{body}</body></html>"


def ld(kind: str) -> str:
    """A JSON-LD script that declares a type."""
    return f'<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "{kind}"}}</script>'


ARTICLE = document(
    ld("NewsArticle") + '<meta property="og:type" content="article">',
    f"<nav><a>Home</a></nav><article><h1>Harbour to be rebuilt</h1><p>By Jane Doe</p>{f'<p>{PROSE}</p>' * 7}</article>",
    "single single-post",
)
THREAD = document(
    ld("DiscussionForumPosting"),
    "<h1>Pump does not start</h1>"
    + "".join(
        f"<div class='post message'><p>user{number}</p><p>Joined Jan 2019</p><p>{POST * 2}</p><p>Reply</p></div>"
        for number in range(9)
    ),
)
PRODUCT = document(
    ld("Product") + '<meta property="og:type" content="product">',
    "<h1>Garden pump 300</h1><p>$129.00</p><button>Add to cart</button><p>In stock</p><h2>Description</h2>"
    "<p>A quiet pump for ponds.</p><h2>Specifications</h2><li>Weight: 3 kg</li><h2>Customer reviews</h2>",
    "single-product",
)


@pytest.mark.parametrize(
    ("content", "url", "wanted"),
    [
        (ARTICLE, "https://paper.example/2024/05/harbour-to-be-rebuilt-soon", PageType.ARTICLE),
        (THREAD, "https://pumps.example/forum/threads/pump-does-not-start.881/", PageType.FORUM),
        (PRODUCT, "https://shop.example/products/garden-pump-300", PageType.PRODUCT),
    ],
)
def test_a_page_is_what_its_signs_and_lines_say(labeller: Labeller, content: str, url: str, wanted: PageType) -> None:
    """A story, a thread and a thing for sale are told apart, more likely so than not."""
    found = kind_of(labeller, read(content, url=url))
    assert found.type is wanted
    assert found.chance > 0.5


def test_a_thread_is_told_from_a_story_by_its_text_alone(labeller: Labeller) -> None:
    """Plain text has no signs: lines that repeat and who speaks must do."""
    thread = "Pump does not start\n\n" + "".join(
        f"user{number}\nJoined: Jan 2019\nMessages: 12\n{POST * 2}\nReply\nQuote\nReport\n\n" for number in range(9)
    )
    story = labelled_page(3, "en", "news").text
    assert kind_of(labeller, read(thread, "text")).type is PageType.FORUM
    assert kind_of(labeller, read(story, "text")).type is PageType.ARTICLE


def test_signs_are_read_from_the_markup() -> None:
    """Types of JSON-LD (lists too) and microdata, og:type, generator and classes of the body, each once."""
    tree = parse(
        document(
            '<script type="application/ld+json">[{"@type": ["BlogPosting", "Thing"]}, {"@type" : "Person"}]</script>'
            '<meta property="og:type" content="article"><meta name="generator" content="WordPress 6.1">',
            '<div itemscope itemtype="https://schema.org/Product"></div>',
            "home single home",
        )
    )
    assert tree is not None
    assert set(page_signs(walked(tree)[1])) == {
        *("schema:blogposting", "schema:person", "og:article", "generator:wordpress", "body:home", "body:single"),
        "schema:product",
    }


def test_signs_are_bounded() -> None:
    """A body with thousands of classes, and a script with thousands of types, give a bounded number of signs."""
    names = [f"{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}{'uvwxyzabcd'[n // 100]}" for n in range(1_000)]
    types = "".join(f'{{"@type": "{name}"}},' for name in names)
    tree = parse(document(f'<script type="application/ld+json">[{types}]</script>', "<p>x</p>", " ".join(names)))
    assert tree is not None
    assert len(page_signs(walked(tree)[1])) == MAX_SIGNS


@given(st.lists(nasty_lines, min_size=1, max_size=12), st.text(max_size=40))
def test_any_page_has_a_type(lines: list[str], url: str) -> None:
    """Odd lines and odd addresses give a probability of every type; they sum to one."""
    labeller = load_labeller(LabelSettings(labeller="block"))
    page = read("x\n" + "\n".join(lines), "text", url)
    chances = load_type_models()["text"].chances(page_facts(page, labeller.label([page])[0]))
    assert len(chances) == len(TYPES)
    assert sum(chances) == pytest.approx(1.0)
    assert all(0.0 <= chance <= 1.0 for chance in chances)


_SIGNS = "aB'’ \u2019_1٣²½İKßΣς\U0001f100\U00020000é—?$€5 \ud8001日本\u0345ǅ１"


@given(st.lists(st.text(alphabet=_SIGNS, max_size=24) | nasty_lines, max_size=9), st.randoms(use_true_random=False))
def test_facts_are_what_regular_expressions_find(lines: list[str], rng: random.Random) -> None:
    """Numbers, prices, speakers and the words of short lines are those that the definitions in words would give."""
    page = Page("0" * 16, "t", "t", "text", "utf-8", "", 0, Hints(), lines_of(lines))
    labels = [Label(rng.choice([Kind.PARAGRAPH, Kind.NAVIGATION]), 0.5, "model") for _ in lines]
    facts = page_facts(page, labels)
    starts = [part for line in lines for part in line[:80].split("\n")]
    digits = sum(re.search(r"\d", start) is not None for start in starts)
    prices = sum(re.search(r"[$€£¥] ?\d|\d ?[$€£¥]", start) is not None for start in starts)
    assert facts["numbers"] == digits / max(len(lines), 1)
    assert facts["prices"] == math.log1p(prices)
    word = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
    long = [own for own, label in zip(lines, labels, strict=True) if own.count(" ") >= 4 and label.kind in BODY]
    spoken = word.findall(" ".join(long).replace("’", "'").lower())
    mine = sum(own in {"i", "my", "me", "i'm", "i've", "mine"} for own in spoken)
    assert facts["speaks i"] == math.sqrt(mine / max(len(spoken), 1))
    short = {" ".join(word.findall(part)) for own in lines if own.count(" ") < 4 for part in own.casefold().split("\n")}
    assert {name[5:] for name in facts if name.startswith("line ")} == short - {""}


def lines_of(texts: list[str]) -> tuple[Line, ...]:
    """Lines as they are."""
    return tuple(Line(number, 0, text, text, number, False) for number, text in enumerate(texts, 1))


@pytest.mark.parametrize("name", ["network", "block"])
@given(some=st.lists(pages, max_size=3))
@settings(max_examples=40, deadline=None)
def test_labels_with_types_are_labels_and_types(name: Literal["network", "block"], some: list[Page]) -> None:
    """Asking for both gives what asking for each gives, also where the type decides anew."""
    labeller = load_labeller(LabelSettings(labeller=name))
    listing = read("\n".join(["Home", "News", "Shop", *("Shoes for 20 € each, and more of them. " * 3,) * 9]), "text")
    for page in (*some, listing):
        labels = labeller.label([page])[0]
        assert labeller.label_typed([page]) == [(labels, estimate(page, labels, load_type_models()[page.format]))]


@given(page=pages)
@settings(max_examples=40, deadline=None)
def test_short_lines_that_the_model_does_not_know_may_be_left_out(page: Page) -> None:
    """The estimate is the same, to the last bit, from all short lines and from those that have a weight."""
    model = load_type_models()["text"]
    labels = load_labeller(LabelSettings()).label([page])[0]
    known = PageFacts(page, model.wordings).of([own.kind for own in labels], np.array([own.score for own in labels]))
    facts = page_facts(page, labels)
    assert {name for name in known if name.startswith("line ")} <= {f"line {text}" for text in model.wordings}
    assert known.items() <= facts.items()
    if page.format == "text":
        assert model.chances(known) == model.chances(facts)


def test_the_numbers_do_not_depend_on_the_order_of_the_facts() -> None:
    """Sums are made in the order of the names, to the last bit."""
    model = TypeModel((0.0,) * 6, {f"fact {n}": (0.1 * n, 0.7, 1e-9, -n / 3, 0.0, 2.0) for n in range(20)})
    facts = {f"fact {n}": n / 7 for n in range(25)}
    assert model.chances(facts) == model.chances(dict(reversed(facts.items())))


def test_of_equal_types_the_first_is_taken() -> None:
    """A page with nothing to go by is an article where all are alike."""
    assert likeliest([1 / 6] * 6) == PageKind(PageType.ARTICLE, 0.167)


def test_only_plain_text_of_some_length_is_decided_by_its_type(labeller: Labeller) -> None:
    """Few lines, HTML and pages of nothing but body are labelled alike however far a type would shift them."""
    assert isinstance(labeller, NetworkLabeller)
    menu = ["Home", "News", "Shop", "Sign in", "Contact", "Imprint", "Privacy", "Terms of use"]
    short = read("\n".join(["Home", "News", PROSE, PROSE.replace("harbour", "bridge"), "Imprint"]), "text")
    whole = read("\n\n".join(PROSE.replace("harbour", f"harbour of {name}") for name in menu * 2), "text")
    markup = read(document("", "".join(f"<p>{text}</p>" for text in [*menu, PROSE, PROSE, *menu])))
    for page in (short, whole, markup):
        plain, shifted = labeller.label_shifted(page, [0.0, 6.0])
        assert plain == shifted == labeller.label([page])[0]
    long = read("\n".join([*menu, PROSE, PROSE.replace("harbour", "bridge"), *menu]), "text")
    plain, shifted = labeller.label_shifted(long, [0.0, 9.0])
    assert sum(label.kind in BODY for label in shifted) > sum(label.kind in BODY for label in plain)
    assert [label.score for label in shifted] == [label.score for label in plain]
