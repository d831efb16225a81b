"""Compiled loops give the same bytes as array arithmetic, the screen hides no match, and both stay linear."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.label import features, outline, tail, words, words_compiled
from pipeline.label.block import Linear
from pipeline.label.head import sign_of
from pipeline.label.labeller import NetworkLabeller, load_labeller
from pipeline.label.literals import fold, needed
from pipeline.label.network import compiled
from pipeline.label.network.features import measure
from pipeline.label.network.loops import ARRAYS
from pipeline.label.network.model import load_network
from pipeline.label.page_facts import WORDING, PageFacts, measured
from pipeline.label.rules import CREDITS, RULES, key, phrases
from pipeline.label.screen import bit_of
from pipeline.label.sheet import Prints
from pipeline.label.tools import PLAIN
from pipeline.label.tools import compiled as compiled_tools
from pipeline.label.words import long_words
from pipeline.metadata.titles import letters
from pipeline.records import Hints, Kind, Line, Page
from pipeline.settings import LabelSettings
from tests.growth import LINEAR, growth
from tests.strategies.label import pages

PHRASES = sorted(
    {phrase for rule in RULES for block in (rule.whole, rule.opens, rule.holds) for phrase in phrases(block)}
)
PATTERNS = [
    *(pattern for rule in RULES for pattern in rule.needs),
    *(one for own in tail.PATTERNS.values() for one in own),
]
ODD = [
    "",
    "\ud800",
    "𠀀𠀁",
    "😀",
    "。",
    "---",
    " ",
    "x ",
    "ﬁß",
    "İı",
    "ÀÉ",
    "日本語テキスト。",
    "1) a",
    "• a",
    "’a",
    "e\u0301té",
    "… ½™",
    "Éte",
    "ꜥ ǅ ŉ",
    "a\u2003b",
    "٣ ١",
]
WORDS = [
    "Home",
    "the",
    "village",
    "opened",
    "library",
    "図書館",
    "библиотека",
    "2024",
    "10:30",
    "Jane",
    "Doe",
    "by",
    "|",
    "©",
]

joined = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
unruled = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="abiİıßſŉK’' .\u2003éÉ1²@-", max_size=20),
    st.text(alphabet="0123456789:/.,-|©@#%€$ '’\"“”()[]minread", max_size=30),
    st.sampled_from(ODD),
    joined,
    st.sampled_from(PHRASES),
    st.tuples(st.sampled_from(["", "• ", "» ", "1. ", "😀 ", "  "]), st.sampled_from(PHRASES), joined).map(" ".join),
    st.sampled_from(PHRASES).map(str.upper),
)
matching = st.one_of([st.from_regex(pattern) for pattern in PATTERNS])
"""What the rules' patterns match: slow to make up, and of use where rules are asked."""
lines = st.one_of(unruled, matching, matching.map(str.upper))
some_pages = st.lists(st.lists(lines, max_size=12), max_size=4)
unruled_pages = st.lists(st.lists(unruled, max_size=12), max_size=4)


def blanks_of(texts: Sequence[Sequence[str]]) -> list[list[bool]]:
    """Every third line after a blank one."""
    return [[index % 3 == 0 for index in range(len(page))] for page in texts]


def in_order(hashes: np.ndarray, line: np.ndarray) -> list[tuple[int, int]]:
    """Hashes with their lines, those of each line in the order given."""
    order = np.argsort(line, kind="stable")
    return list(zip(line[order].tolist(), hashes[order].tolist(), strict=True))


@given(texts=unruled_pages)
@settings(max_examples=150, deadline=None)
def test_lines_are_measured_to_the_same_bytes(texts: list[list[str]]) -> None:
    """Numbers and hashes of the compiled loops are those of array arithmetic, bit for bit."""
    one, other = measure(texts, blanks_of(texts)), compiled.measure(texts, blanks_of(texts))
    for name in ("dense", "width", "bounds", "repeat"):
        mine, its = getattr(one, name), getattr(other, name)
        assert mine.dtype == its.dtype
        assert mine.tobytes() == its.tobytes(), name
    assert in_order(one.words, one.word_lines) == in_order(other.words, other.word_lines)
    assert in_order(one.phrases, one.phrase_lines) == in_order(other.phrases, other.phrase_lines)


@given(texts=unruled_pages)
@settings(max_examples=60, deadline=None)
def test_scores_do_not_depend_on_the_loops(texts: list[list[str]]) -> None:
    """The network's scores are the same to the bit by either way to add vectors and to run the recurrence."""
    one = load_network().score(texts, blanks_of(texts), ARRAYS)
    other = load_network().score(texts, blanks_of(texts), compiled.COMPILED)
    for mine, its in zip(one, other, strict=True):
        assert mine.body.tobytes() == its.body.tobytes()
        assert mine.kinds.tobytes() == its.kinds.tobytes()


def assert_screened(texts: list[list[str]]) -> None:
    """Lines get the rule, the width, the ends and the repeats that they get where every rule is tried on every line."""
    one, other = features.gather(texts, blanks_of(texts)), outline.gather(texts, blanks_of(texts))
    assert one.fits == other.fits
    for name in ("width", "stop", "bullet", "repeats", "blank", "bounds"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist(), name


def test_the_screen_hides_no_phrase() -> None:
    """Each phrase of each rule: alone, in capitals, behind a bullet, and with words before or behind it."""
    words = [WORDS[number % len(WORDS)] for number in range(len(PHRASES))]
    forms = [
        (one, one.upper(), f"• {one}", f"{one} {word}", f"{word} {one}")
        for one, word in zip(PHRASES, words, strict=True)
    ]
    assert_screened([list(page) for page in zip(*forms, strict=True)])


@given(texts=some_pages)
@settings(max_examples=150, deadline=None)
def test_the_screen_hides_no_rule(texts: list[list[str]]) -> None:
    """Any lines, and texts made up from the patterns of the rules."""
    assert_screened([[re.sub(r"[\r\n]", " ", line) for line in page] for page in texts])


@given(text=lines)
@settings(max_examples=600, deadline=None)
def test_the_screen_hides_no_pattern(text: str) -> None:
    """Where a pattern of ``tail``, a credit, a byline or a date is found, the line has the question's bit."""
    text = re.sub(r"[\r\n]", " ", text)
    bits = outline.gather([[text]], [[False]]).bits[0]
    found = {name for name, patterns in tail.PATTERNS.items() if any(one.search(text) for one in patterns)}
    found |= {name for name, words in tail.WHOLE.items() if key(text) in words}
    if any(pattern.search(text) for pattern in CREDITS):
        found.add("picture_credit")
    if sign_of(text) is not None:
        found.add("sign")
    assert not {name for name in found if not bits & bit_of(name)}


@given(texts=st.lists(unruled, min_size=1, max_size=12), data=st.data())
@settings(max_examples=200, deadline=None)
def test_prints_are_the_lines_of_the_same_letters(texts: list[str], data: st.DataObject) -> None:
    """No line of the wanted letters is passed over for its length, whatever it is written in."""
    wanted = letters(data.draw(st.sampled_from(texts)))
    end = data.draw(st.integers(0, len(texts)))
    lines = outline.gather([texts], [[False] * len(texts)])
    for prints in (Prints(texts, lines.width.tolist()), Prints(texts, lines.width, lines.odd)):
        assert prints.of(wanted, end) == [index for index in range(end) if letters(texts[index]) == wanted]


@given(text=unruled)
@settings(max_examples=300, deadline=None)
def test_words_of_the_body_are_those_of_the_pattern(text: str) -> None:
    """Words parted by a table are, from four letters on, what ``\\w{4,}`` finds in the folded text."""
    found = {word for word in long_words(text) if len(word) >= 4}
    assert found == set(re.findall(r"\w{4,}", text.casefold()))


texts_of_words = st.lists(
    st.one_of(
        unruled,
        st.sampled_from(["I'm", "rock'n'roll", "'quoted'", "we’re", "İ", "the\nfox", "Straße", "𠀀", "x²", "a'"]),
    )
).map(" ".join)


@given(text=texts_of_words, others=st.lists(unruled, max_size=4))
@settings(max_examples=400, deadline=None)
def test_words_of_the_body_do_not_depend_on_the_loops(text: str, others: list[str]) -> None:
    """Compiled code finds the same words of a text, as often, and counts as many in all."""
    candidates = [own.replace("\n", " ") for own in (text, *others)]
    assert words_compiled.shared(text, candidates) == words.shared(text, candidates)
    of = sorted({part for own in (text, *others) for part in words.SPOKEN.findall(own.lower())} | {"i", "the", "it"})
    assert words_compiled.said(text, of) == words.said(text, of)


@given(texts=st.lists(st.one_of(unruled, texts_of_words), min_size=1, max_size=12), data=st.data())
@settings(max_examples=300, deadline=None)
def test_facts_of_lines_do_not_depend_on_the_loops(texts: list[str], data: st.DataObject) -> None:
    """Lines that were counted by compiled code give the same facts of the page, and their wordings are found."""
    page = Page(
        *("0" * 16, "t", "t", "text", "utf-8", "", 0, Hints()),
        tuple(Line(number, 0, text, text, number, False) for number, text in enumerate(texts)),
    )
    lines = outline.gather([texts], [[False] * len(texts)])
    kinds = [data.draw(st.sampled_from([Kind.PARAGRAPH, Kind.NAVIGATION])) for _ in texts]
    scores = np.full(len(texts), 0.25)
    every = {name[len(WORDING) :] for name in PageFacts(page).of(kinds, scores) if name.startswith(WORDING)}
    wanted = frozenset(word for word in sorted(every) if data.draw(st.booleans())) | {"sign in", "straße"}
    columns = measured(texts, lines.repeats, lines.told, words_compiled.COMPILED)
    assert PageFacts(page, wanted, columns).of(kinds, scores) == PageFacts(page, wanted).of(kinds, scores)


@pytest.mark.parametrize("size", [1, 22, 200, 201, 500])
def test_sums_of_columns_do_not_depend_on_how_many_rows_are_summed(size: int) -> None:
    """Log-odds are added up column by column, to the last bit, as one table or one after the other."""
    rng = np.random.default_rng(size)
    columns = {f"column {number}": rng.normal(size=size) * 10.0 ** (number % 7) for number in range(30)}
    model = Linear(tuple(columns), tuple(rng.normal(size=30).tolist()), -1.7)
    total = np.full(size, model.intercept)
    for name, weight in zip(model.names, model.weights, strict=True):
        total += weight * columns[name]
    assert model.log_odds(columns).tobytes() == total.tobytes()


@given(some=st.lists(pages, max_size=3))
@settings(max_examples=40, deadline=None)
def test_labels_do_not_depend_on_the_tools(some: list[Page]) -> None:
    """A page has the same labels, scores and reasons with compiled loops and without."""
    labeller = load_labeller(LabelSettings())
    assert isinstance(labeller, NetworkLabeller)
    labels = []
    for tools in (PLAIN, compiled_tools()):
        labeller.tools = lambda _, tools=tools: tools  # type: ignore[misc]
        labels.append(labeller.label(some))
    assert labels[0] == labels[1]


@pytest.mark.parametrize(
    ("pattern", "strings", "opens"),
    [
        (r"colou?r", {"color", "colour"}, False),
        (r"(?:photo|image)s? by .+", {"photo by ", "photos by ", "image by ", "images by "}, False),
        (r"^\W{0,3}(?:By|Von)\b", {"by", "von"}, True),
        (r"^\d+ (?:likes|shares)", {" likes", " shares"}, False),
        (r"\d+\s+ago", {" ago"}, False),
    ],
)
def test_strings_that_a_pattern_needs(pattern: str, strings: set[str], opens: bool) -> None:
    """Alternatives, options and white space are read off the pattern; case does not count."""
    found = needed(re.compile(pattern, re.IGNORECASE))
    assert (set(found.strings), found.opens) == (strings, opens)


def test_a_pattern_that_any_text_may_match_needs_nothing() -> None:
    """It is refused: it cannot be screened."""
    with pytest.raises(ValueError, match="any text"):
        needed(re.compile(r"\w*(?:x|\d)"))


@given(data=st.data(), pattern=st.sampled_from(PATTERNS))
@settings(max_examples=200, deadline=None)
def test_every_match_holds_a_string_that_its_pattern_needs(data: st.DataObject, pattern: re.Pattern[str]) -> None:
    """Made-up texts that match hold one of the strings, folded."""
    text = data.draw(st.from_regex(pattern))
    assert any(part in fold(f"x{text}x") for part in needed(pattern).strings) or {"ı", "İ"} & set(text)


@pytest.mark.parametrize("piece", ["a ", "x@", "photo by ", "東", "ß", "1.", "| "])
def test_compiled_loops_are_linear(piece: str) -> None:
    """One long line and many short ones take time in proportion to their size."""
    for work in (
        lambda size: outline.gather([[piece * size]], [[False]]),
        lambda size: compiled.measure([[piece * size]], [[False]]),
        lambda size: words_compiled.said(piece * size, ["the", "photo"]),
        lambda size: words_compiled.shared(" ".join(map(str, range(10_000, 10_000 + size))), [piece * size]),
        lambda size: outline.gather([[piece] * size], [[False] * size]),
        lambda size: compiled.measure([[piece] * size], [[False] * size]),
    ):
        assert growth(work, 20_000) < LINEAR
