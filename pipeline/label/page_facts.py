"""What kind of page it is, as named numbers: its shape, its lines' kinds, its words, its markup and its address."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pipeline.metadata.months import word_set
from pipeline.records import BODY, Kind
from pipeline.split.places import FLAG_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import Label, Line, Page

SHORT: Final = 4
"""Words of a line that may name a button or a field (``Add to cart``, ``Reply``): its whole text is a fact."""
PROSE: Final = 12
"""Words from which a line is taken for prose."""
MOST_BODY: Final = 20_000
"""Characters of the body in which it is counted who speaks: those that come first tell enough."""
_SEEN: Final = 80
"""Characters of a line in which digits and prices are sought: of a paragraph they say nothing."""
_SPEAKERS: Final = {
    "i": word_set("i my me i'm i've mine"),
    "we": word_set("we our us ours we're"),
    "you": word_set("you your yours you're"),
    "they": word_set("he she his her they said says"),
    "others": word_set("the a of to in that is was for it on with as by and or"),
}
"""Who speaks and of whom, in English: posts say "I", offers "we" and "you", reports "he said"; words of any prose."""
_KINDS: Final = (
    *(Kind.LIST_ITEM, Kind.HEADING, Kind.QUOTE, Kind.TITLE, Kind.DEK, Kind.BYLINE, Kind.DATE, Kind.CAPTION),
    *(Kind.NAVIGATION, Kind.RELATED, Kind.COMMENTS, Kind.SHARE, Kind.PROMO, Kind.LEGAL, Kind.NEWSLETTER),
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_WORD_OR_END: Final = re.compile(rf"{_WORD.pattern}|\n")
_DIGIT: Final = re.compile(r"\d")
# each takes the rest of its line along, so that all lines are searched in one go and a line counts once
_DIGIT_LINE: Final = re.compile(r"\d[^\n]*")
_PRICE_LINE: Final = re.compile(r"(?:[$€£¥] ?\d|\d ?[$€£¥])[^\n]*")
_DATED: Final = re.compile(r"/(?:19|20)\d\d/(?:[01]?\d/)?")
_LONGEST: Final = 500
"""Characters of a host or path that are read."""
_PATH_WORD: Final = re.compile(r"[a-z]{2,24}")


def page_facts(page: Page, labels: Sequence[Label]) -> dict[str, float]:
    """Names and numbers; what is not named is 0. ``labels`` are the labeller's, aligned with ``page.lines``.

    Time and size are linear in the page. Short lines, signs and parts of the address make names of their own; of those
    that the fit has not seen, nothing follows.
    """
    facts = _shape(page.lines, labels)
    facts |= _said(page.lines, labels)
    if page.format == "html":
        facts |= _markup(page.lines, labels)
        facts |= dict.fromkeys(page.signs, 1.0)
    facts |= dict.fromkeys(_address(page.hints.url or page.declared.url), 1.0)
    return facts


def _shape(lines: Sequence[Line], labels: Sequence[Label]) -> dict[str, float]:
    """Lengths, shares, and how many lines of each kind there are."""
    texts = [line.clean for line in lines]
    words = [text.count(" ") + 1 for text in texts]
    kept = [label.kind in BODY for label in labels]
    of_body = [count for count, own in zip(words, kept, strict=True) if own]
    total, number, runs = sum(words), max(len(words), 1), 0
    before = False
    for own in kept:
        runs += own and not before
        before = own
    kinds = Counter(label.kind for label in labels)
    times = Counter(texts)
    starts = "\n".join(text[:_SEEN] for text in texts)
    facts = {
        "log lines": math.log(number),
        "log words": math.log1p(total),
        "log body words": math.log1p(sum(of_body)),
        "body share": sum(of_body) / max(total, 1),
        "body lines": len(of_body) / number,
        "prose in body": sum(count for count in of_body if count >= PROSE) / max(sum(of_body), 1),
        "log runs": math.log1p(runs),
        "lines a run": math.log1p(len(of_body) / max(runs, 1)),
        "short lines": sum(count <= SHORT for count in words) / number,
        "prose lines": sum(count >= PROSE for count in words) / number,
        "repeated lines": sum(count for count in times.values() if count > 1) / number,
        "certainty": sum(abs(2 * label.score - 1) for label in labels) / number,
        "numbers": len(_DIGIT_LINE.findall(starts)) / number,
        "prices": math.log1p(len(_PRICE_LINE.findall(starts))),
        "questions": math.log1p(sum(text[-1:] == "?" for text in texts)),
    }
    return facts | {f"kind {kind.value}": math.log1p(kinds[kind]) for kind in _KINDS}


def _said(lines: Sequence[Line], labels: Sequence[Label]) -> dict[str, float]:
    """How often someone speaks in the body, and the short lines by their words."""
    shorts: list[str] = []
    parts: list[str] = []
    size = 0
    for line, label in zip(lines, labels, strict=True):
        text = line.clean
        if text.count(" ") < SHORT:
            shorts.append(text)
        elif size < MOST_BODY and label.kind in BODY:
            parts.append(text[:MOST_BODY])
            size += len(text)
    said = Counter(_WORD.findall(" ".join(parts)[:MOST_BODY].replace("’", "'").lower()))
    # searched in one go: that takes a third of the time
    wordings = Counter(own.strip() for own in " ".join(_WORD_OR_END.findall("\n".join(shorts).casefold())).split("\n"))
    total = max(said.total(), 1)
    facts = {f"speaks {name}": math.sqrt(sum(said[word] for word in of) / total) for name, of in _SPEAKERS.items()}
    return facts | {f"line {text}": math.log1p(min(count, 8)) for text, count in wordings.items() if text}


def _markup(lines: Sequence[Line], labels: Sequence[Label]) -> dict[str, float]:
    """Shares of the text that stand in elements of certain names, in links, and in what the extractor keeps; of pages
    about which it was not asked, in the body."""
    total = linked = heard = 0
    shares: Counter[int] = Counter()
    for line, label in zip(lines, labels, strict=True):
        if line.markup is not None:
            size = len(line.clean)
            total += size
            linked += size * line.markup.linked
            heard += size * (label.kind in BODY if label.main is None else label.main)
            shares[line.markup.flags] += size
    whole = max(total, 1)
    inside = [0] * len(FLAG_NAMES)
    for flags, size in shares.items():
        for bit in range(flags.bit_length()):
            if flags >> bit & 1:
                inside[bit] += size
    facts = {f"in {name}": size / whole for name, size in zip(FLAG_NAMES, inside, strict=True)}
    return facts | {"linked": linked / whole / 100, "main": heard / whole}


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
