"""One decoded input becomes a page of lines."""

from __future__ import annotations

import re
from functools import partial
from itertools import accumulate, repeat
from operator import add
from typing import TYPE_CHECKING, Final

from pipeline.normalise import normalise_line
from pipeline.records import SCRIPT, UNSEEN, Fault, Line, Page, Quarantined
from pipeline.split.breaks import load_boundaries
from pipeline.split.identity import article_id
from pipeline.split.left_in import declared_in_text
from pipeline.split.sentences import sentences
from pipeline.split.text import text_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.records import RawPage
    from pipeline.settings import NormaliseSettings, SplitSettings
    from pipeline.split.breaks import Boundaries
    from pipeline.split.rendered import RenderedLine

LONE_LINE: Final = 0.4
"""Share of ``huge_line_chars`` from which a line is huge that has much of its page's characters: line ends were lost,
whereas one long paragraph among others is an author's."""
LONE_SHARE: Final = 0.5
"""So much of a page,"""
LOST_SHARE: Final = 0.4
"""... or so much of what is no menu in plain text: a tool that puts a space where a tag was leaves an article on one
line among many, and hardly another of so many characters as"""
PROSE_CHARS: Final = 100
"""... this."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_SURROGATE_PAIRS = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def split_page(
    raw: RawPage, split: SplitSettings, normalise: NormaliseSettings, boundaries: Boundaries | None = None
) -> Page | Quarantined:
    """The lines of ``raw``, normalised, with their paragraphs; for HTML also what the markup says.

    Every non-blank line of a plain text input (``line.strip()`` is not empty) is in the page once, or in parts
    (``Line.part``) where it was too long to be judged as one. Never raises for bad content: a page without text
    or one that breaks the parser comes back as ``Quarantined``.

    :param boundaries: what finds lost ends of blocks, where it is not what ships (to measure on pages it has not seen).
    """
    try:
        content, data = _storable(raw.content)
        if raw.format == "html":
            # lxml is needed for HTML only
            from pipeline.split.markup import read_markup  # noqa: PLC0415

            rendered, declared, title_of_service, signs = read_markup(content, data, raw.hints, raw.described)
        else:
            rendered, title_of_service, signs = text_lines(content, split), None, ()
            declared = declared_in_text(rendered, raw.hints, raw.described)
        ends_are_known = raw.format == "html" or not split.lost_breaks
        cut = sentences if ends_are_known else partial(_blocks, boundaries)
        shown = [len(line.text) for line in rendered if not line.parts and line.tag != SCRIPT]
        shown += [len(block) for line in rendered if line.parts for block, tag in line.blocks() if tag != SCRIPT]
        much = LONE_SHARE * sum(shown)
        if not ends_are_known:
            much = min(much, LOST_SHARE * sum(size for size in shown if size >= PROSE_CHARS))
        lines = _lines(rendered, normalise, cut, (split.huge_line_chars, much))
    except (Exception, RecursionError) as error:  # one page must not stop the others, whatever a parser does
        return _quarantined(
            raw, Fault.of(error), f"splitting into lines failed ({type(error).__name__}: {error}); report the page"
        )
    if not lines:
        what = "no visible text in the markup" if raw.format == "html" else "only white space"
        return _quarantined(raw, Fault.NO_TEXT, f"{what}: check that the page was saved after it had loaded")
    return Page(
        id=article_id(raw.source, raw.sha256),
        origin=raw.origin,
        source=raw.source,
        format=raw.format,
        encoding=raw.encoding,
        sha256=raw.sha256,
        size=raw.size,
        hints=raw.hints,
        lines=lines,
        declared=declared,
        title_of_service=title_of_service,
        signs=signs,
        content=content if raw.format == "html" else None,
    )


def _storable(content: str) -> tuple[str, bytes]:
    """Surrogate pairs made whole and lone halves replaced: UTF-8, and so every table, cannot hold them; and the same in
    UTF-8.
    """
    try:
        return content, content.encode()  # a tenth of the time that a search takes
    except UnicodeEncodeError:
        pass
    whole = _SURROGATE_PAIRS.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), content)
    mended = _SURROGATES.sub("\ufffd", whole)
    return mended, mended.encode()


def _blocks(boundaries: Boundaries | None, text: str) -> Iterator[str]:
    """The pieces of a line in which the ends of blocks were lost: the sentences of what were likely its blocks."""
    for block in (boundaries or load_boundaries()).blocks(text):
        yield from sentences(block)


def _lines(
    rendered: Sequence[RenderedLine],
    normalise: NormaliseSettings,
    cut: Callable[[str], Iterator[str]],
    limits: tuple[int, float],
) -> tuple[Line, ...]:
    """:param cut: makes pieces of a line that is too long to be judged as one.
    :param limits: characters of such a line, and how many of its page's make it one that is shorter, too.
    """
    huge, much = limits
    longest = max((len(line.text) for line in rendered), default=0)
    is_short = longest <= huge * (LONE_LINE if longest > much else 1)
    if is_short and not any(line.parts or line.shown is not None for line in rendered):
        return _whole(rendered, normalise)
    lines: list[Line] = []
    paragraph = 0
    for line in rendered:
        most = huge * (LONE_LINE if len(line.text) > much else 1)
        # an address may be longer than a chapter; what a reader sees of the line is what is judged
        if line.parts or len(line.text if line.shown is None else line.shown) > most:
            pieces = [
                (piece, tag)
                for block, tag in line.blocks()
                for piece in (cut(block) if len(block) > most and tag != SCRIPT else (block,))
            ]
        else:
            pieces = [(line.text, line.tag)]
        for part, (piece, tag) in enumerate(pieces, start=1 if len(pieces) > 1 else 0):
            paragraph += part > 1 or not line.joined
            shown = piece if line.shown is None or len(pieces) > 1 else line.shown
            lines.append(
                Line(
                    number=line.number,
                    part=part,
                    text=line.margin + piece if part <= 1 else piece,
                    clean="" if tag in UNSEEN else normalise_line(shown, normalise),
                    paragraph=paragraph,
                    blank_before=line.blank_before and part <= 1,
                    tag=tag,
                    markup=line.markup,
                    source=line.source,
                )
            )
    return tuple(lines)


def _whole(rendered: Sequence[RenderedLine], normalise: NormaliseSettings) -> tuple[Line, ...]:
    """Lines of which none is cut, and of which readers see all."""
    if not rendered:
        return ()
    numbers, texts, blanks, joined, tags, markups, _, _, _, sources, margins = zip(*rendered, strict=True)
    clean = ["" if tag in UNSEEN else normalise_line(text, normalise) for text, tag in zip(texts, tags, strict=True)]
    paragraphs = accumulate(int(not own) for own in joined)
    written = map(add, margins, texts) if any(margins) else texts
    rows = zip(numbers, repeat(0), written, clean, paragraphs, blanks, tags, markups, sources, strict=False)
    # what ``Line(*row)`` does, without a call in Python for each of hundreds of lines a page
    return tuple(map(tuple.__new__, repeat(Line), rows))


def _quarantined(raw: RawPage, fault: Fault, detail: str) -> Quarantined:
    return Quarantined(raw.origin, raw.source, "split", fault, detail, raw.size, raw.sha256)
