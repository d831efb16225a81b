"""What kind of page it is, as named numbers: its shape, its lines' kinds, its words, its markup and its address."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import chain, compress, repeat
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from pipeline.label.words import ARRAYS, SPOKEN, Words, only_words, plane, points_of
from pipeline.metadata.months import word_set
from pipeline.metadata.replayed import original_url
from pipeline.records import BODY, Kind
from pipeline.split.places import FLAG_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.label.features import Bools, Floats, Ints
    from pipeline.records import Label, Line, Page

WORDING: Final = "line "
"""Begins the name of the fact that a short line stands on the page."""
SHORT: Final = 4
"""Words of a line that may name a button or a field (``Add to cart``, ``Reply``): its whole text is a fact."""
PROSE: Final = 12
"""Words from which a line is taken for prose."""
MOST_BODY: Final = 20_000
"""Characters of the body in which it is counted who speaks: those that come first tell enough."""
SEEN: Final = 80
"""Characters of a line in which digits and prices are sought: of a paragraph they say nothing."""
_SPEAKERS: Final = {
    "i": word_set("i my me i'm i've mine"),
    "we": word_set("we our us ours we're"),
    "you": word_set("you your yours you're"),
    "they": word_set("he she his her they said says"),
    "others": word_set("the a of to in that is was for it on with as by and or"),
}
"""Who speaks and of whom, in English: posts say "I", offers "we" and "you", reports "he said"; words of any prose."""
_SPEAKERS_WORDS: Final = tuple(chain.from_iterable(_SPEAKERS.values()))
_KINDS: Final = {
    kind: f"kind {kind.value}"
    for kind in (
        *(Kind.LIST_ITEM, Kind.HEADING, Kind.QUOTE, Kind.TITLE, Kind.DEK, Kind.BYLINE, Kind.DATE, Kind.CAPTION),
        *(Kind.NAVIGATION, Kind.RELATED, Kind.COMMENTS, Kind.SHARE, Kind.PROMO, Kind.LEGAL, Kind.NEWSLETTER),
    )
}
_DIGIT: Final = re.compile(r"\d")
_DIGITS: Final = re.compile(r"\d+")
_DATED: Final = re.compile(r"/(?:19|20)\d\d/(?:[01]?\d/)?")
_LONGEST: Final = 500
"""Characters of a host or path that are read."""
_PATH_WORD: Final = re.compile(r"[a-z]{2,24}")


def page_facts(
    page: Page, labels: Sequence[Label], wordings: frozenset[str] | None = None, measured: Measured | None = None
) -> dict[str, float]:
    """Names and numbers; what is not named is 0. ``labels`` are the labeller's, aligned with ``page.lines``.

    Time and size are linear in the page. Short lines, signs and parts of the address make names of their own; of those
    that the fit has not seen, nothing follows. ``wordings`` and ``measured`` as in ``PageFacts``.
    """
    facts = PageFacts(page, wordings, measured).of(
        [label.kind for label in labels], np.array([label.score for label in labels])
    )
    if page.format == "html":
        facts |= _markup(page.lines, labels)
        facts |= dict.fromkeys(page.signs, 1.0)
    return facts


@dataclass(frozen=True, slots=True)
class Measured:
    """The lines of a page and what can be counted in them; ``n`` lines."""

    texts: Sequence[str]
    alike: Sequence[str]
    """Those that another line may be equal to, in letters of whatever size,"""
    words: Ints
    """Words of each line; (n,)."""
    numbers: int
    """Lines with a digit near their beginning, ..."""
    prices: int
    """... with a digit beside a sign of a currency,"""
    questions: int
    """... and that end as questions."""
    counted: Words
    """How words of the body are counted; the facts do not depend on it."""
    signatures: Ints | None = None
    """Numbers that short lines of the same letters share; None where nobody has made them."""


class PageFacts:
    """What the text of a page says, whatever its lines are, and with their kinds the rest."""

    def __init__(self, page: Page, wordings: frozenset[str] | None = None, measured: Measured | None = None) -> None:
        """Read the lines.

        :param wordings: of short lines only these make facts; None: all.
        :param measured: the lines, where somebody has measured them; the facts do not depend on it.
        """
        lines = measured or measured_here([line.clean for line in page.lines])
        self._said = lines.counted.said
        self._texts = lines.texts
        self._words = lines.words
        self._is_short = self._words <= SHORT
        self._signatures = lines.signatures
        self._steady = _shape(lines)
        said = self._wordings(wordings)
        self._steady |= {f"{WORDING}{text}": _LOGS[min(times, 8)] for text, times in said.items()}
        self._steady |= dict.fromkeys(_address(original_url(page.hints.url or page.declared.url or "")), 1.0)

    def of(self, kinds: Sequence[Kind], scores: Floats) -> dict[str, float]:
        """All facts but those of markup, if the lines are of these kinds, with these scores; (n,) each."""
        kept = np.fromiter(map(BODY.__contains__, kinds), dtype=np.bool_, count=len(kinds))
        facts = self._steady | self._body(kept) | self._speakers(kept)
        # added one by one: the last bits of a sum depend on its order
        sure = np.cumsum(np.abs(2 * scores - 1))
        facts["certainty"] = float(sure[-1]) / len(kinds) if len(kinds) else 0.0
        times = Counter(kinds)
        return facts | {name: math.log1p(times[kind]) for kind, name in _KINDS.items()}

    def _wordings(self, wanted: frozenset[str] | None) -> Counter[str]:
        """How often each wording stands alone in a short line; of those wanted, or of all."""
        asked = self._is_short
        if wanted is not None and self._signatures is not None:
            asked = asked & _signatures_of(wanted)[self._signatures]
        shorts = only_words("\n".join(compress(self._texts, asked.tolist())).casefold())
        wordings = Counter([" ".join(SPOKEN.findall(own) if "'" in own else own.split()) for own in shorts.split("\n")])
        del wordings[""]
        return wordings if wanted is None else Counter({text: wordings[text] for text in wordings.keys() & wanted})

    def _body(self, kept: npt.NDArray[np.bool_]) -> dict[str, float]:
        """Lengths and shares of the body; ``kept``: whether each line is of it, (n,)."""
        of_body = self._words[kept]
        total, body, number = int(self._words.sum()), int(of_body.sum()), max(len(kept), 1)
        runs = int(np.count_nonzero(kept[1:] & ~kept[:-1]) + np.count_nonzero(kept[:1]))
        return {
            "log body words": math.log1p(body),
            "body share": body / max(total, 1),
            "body lines": len(of_body) / number,
            "prose in body": int(of_body[of_body >= PROSE].sum()) / max(body, 1),
            "log runs": math.log1p(runs),
            "lines a run": math.log1p(len(of_body) / max(runs, 1)),
        }

    def _speakers(self, kept: npt.NDArray[np.bool_]) -> dict[str, float]:
        """How often someone speaks in the body; ``kept`` as above."""
        body = " ".join(compress(self._texts, (kept & ~self._is_short).tolist()))
        times, total = self._said(body[:MOST_BODY], _SPEAKERS_WORDS)
        facts, at = {}, 0
        for name, of in _SPEAKERS.items():
            facts[f"speaks {name}"] = math.sqrt(sum(times[at : at + len(of)]) / max(total, 1))
            at += len(of)
        return facts


_LOGS: Final = tuple(math.log1p(count) for count in range(9))


# of most lines a number made of their letters tells that they have none of the wordings wanted
SIGNATURE_STEP: Final = 0x9E3779B97F4A7C15
SIGNATURE_BITS: Final = 16
ANY_SIGNATURE: Final = 0
"""Of lines whose letters nobody has taken out."""


@cache
def _signatures_of(wordings: frozenset[str]) -> Bools:
    """Which signatures lines have that may have one of these wordings; (2 ** SIGNATURE_BITS,)."""
    may_be = np.zeros(1 << SIGNATURE_BITS, dtype=np.bool_)
    may_be[ANY_SIGNATURE] = True
    for text in wordings:
        signature = 0
        for letter in text.replace(" ", "").replace("'", ""):
            signature = (signature + ord(letter)) * SIGNATURE_STEP % (1 << 64)
        may_be[signature >> 64 - SIGNATURE_BITS] = True
    return may_be


def measured_here(texts: Sequence[str], counted: Words = ARRAYS) -> Measured:
    """Lines that nobody has measured yet."""
    words = np.fromiter(map(str.count, texts, repeat(" ")), dtype=np.int64, count=len(texts)) + 1
    numbers, prices = _numbers_and_prices("\n".join([text[:SEEN] for text in texts]))
    questions = sum(map(str.endswith, texts, repeat("?")))
    return Measured(texts, texts, words, numbers, prices, questions, counted)


def measured(texts: Sequence[str], repeats: Ints, told: Ints, counted: Words) -> Measured:
    """Lines that were measured with those of other pages.

    :param repeats: how often each stands on the page, in letters of whatever size; (n,).
    :param told: ``features.TOLD`` of each; (n, 5).
    """
    alike = [texts[index] for index in np.flatnonzero(repeats > 1).tolist()]
    blanks, *marks, signatures = told.T
    numbers, prices, questions = [int(own.sum()) for own in marks]
    return Measured(texts, alike, blanks + 1, numbers, prices, questions, counted, signatures)


def _shape(lines: Measured) -> dict[str, float]:
    """Lengths and shares of the lines."""
    number = max(len(lines.texts), 1)
    return {
        "log lines": math.log(number),
        "log words": math.log1p(int(lines.words.sum())),
        "short lines": int(np.count_nonzero(lines.words <= SHORT)) / number,
        "prose lines": int(np.count_nonzero(lines.words >= PROSE)) / number,
        "repeated lines": sum([count for count in Counter(lines.alike).values() if count > 1]) / number,
        "numbers": lines.numbers / number,
        "prices": math.log1p(lines.prices),
        "questions": math.log1p(lines.questions),
    }


def _numbers_and_prices(text: str) -> tuple[int, int]:
    """How many lines have a digit, and a digit beside a sign of a currency, with or without a space between."""
    # of ASCII a quarter of the bytes says as much
    points = np.frombuffer(text.encode(), dtype=np.uint8) if text.isascii() else points_of(text)
    kinds = digits_and_signs().take(points, mode="clip")
    places = np.flatnonzero(kinds)
    kinds_there = kinds[places]
    digits, ends = places[kinds_there == DIGIT], places[kinds_there == END]
    if not len(digits):
        return 0, 0
    signs = places[kinds_there == CURRENCY]
    if not len(signs):
        return _lines_of(digits, ends), 0
    # two places behind the last character, which those before the first wrap around to
    near = np.append(kinds == DIGIT, [False, False])
    blank = np.append(points == _SPACE, [False, False])
    beside = near[signs + 1] | near[signs - 1] | (blank[signs + 1] & near[signs + 2])
    beside |= blank[signs - 1] & near[signs - 2]
    return _lines_of(digits, ends), _lines_of(signs[beside], ends)


def _lines_of(places: npt.NDArray[np.intp], ends: npt.NDArray[np.intp]) -> int:
    """In how many lines they are; ascending places of characters and of line ends."""
    lines = np.searchsorted(ends, places)
    return min(len(lines), 1) + int(np.count_nonzero(lines[1:] != lines[:-1]))


_SPACE: Final = ord(" ")
DIGIT, CURRENCY, END = 1, 2, 3


@cache
def digits_and_signs() -> npt.NDArray[np.uint8]:
    """Whether each code point is a digit, a sign of a currency, the end of a line, or (0) another.

    The last one is for those beyond the tables.
    """
    kinds = np.zeros(len(plane()) + 1, dtype=np.uint8)
    for digits in _DIGITS.finditer(plane()):
        kinds[digits.start() : digits.end()] = DIGIT
    kinds[[ord(sign) for sign in "$€£¥"]] = CURRENCY
    kinds[ord("\n")] = END
    return kinds


def _markup(lines: Sequence[Line], labels: Sequence[Label]) -> dict[str, float]:
    """Shares of the text that stand in elements of certain names, in links, and in what the extractor keeps; of pages
    about which it was not asked, in the body."""
    marked = [(line, line.markup, label) for line, label in zip(lines, labels, strict=True) if line.markup is not None]
    sizes = np.array([len(line.clean) for line, _, _ in marked], dtype=np.int64)
    linked = np.array([markup.linked for _, markup, _ in marked], dtype=np.int64)
    flags = np.array([markup.flags for _, markup, _ in marked], dtype=np.int64)
    heard = np.array(
        [label.kind in BODY if label.main is None else label.main for _, _, label in marked], dtype=np.bool_
    )
    whole = max(int(sizes.sum()), 1)
    inside = (sizes @ (flags[:, None] >> _BITS & 1)).tolist()
    facts = {f"in {name}": size / whole for name, size in zip(FLAG_NAMES, inside, strict=True)}
    return facts | {"linked": int(sizes @ linked) / whole / 100, "main": int(sizes[heard].sum()) / whole}


_BITS: Final = np.arange(len(FLAG_NAMES))


def _address(url: str | None) -> Iterator[str]:
    """Words of the host and of the folders, and the shape of the last part, which names the page."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return
    if not parts.netloc:
        return
    for label in parts.netloc.lower()[:_LONGEST].split("."):
        if label.isalpha():
            yield f"host:{label}"
    path = parts.path.lower()[:_LONGEST]
    pieces = [piece for piece in path.split("/") if piece]
    yield f"path:{min(len(pieces), 5)} deep"
    if _DATED.search(path):
        yield "path:date"
    if parts.query:
        yield "path:query"
    if not pieces:
        return
    hyphens = pieces[-1].count("-") + pieces[-1].count("_")
    yield f"path:{'slug' if hyphens >= SHORT else 'short slug' if hyphens else 'word'}"
    if _DIGIT.search(pieces[-1]):
        yield "path:digits"
    for piece in pieces[:-1] or pieces:
        for word in _PATH_WORD.findall(piece):
            yield f"path:{word}"
