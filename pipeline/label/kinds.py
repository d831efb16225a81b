"""Kinds of the lines that are decided: which body, and which chrome where no rule says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.label.context import likely_kinds
from pipeline.label.rules import is_credit
from pipeline.records import PREFORMATTED, Kind

if TYPE_CHECKING:
    from pipeline.label.rules import Rule
    from pipeline.label.sheet import Sheet

_HEADING_WIDTH: Final = 110
"""A heading is shorter than this; longer lines without a stop are cut sentences, or captions."""
_HEADING_TAGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_QUOTE_MARKS: Final = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "『": "』"}
SECTION_OPENERS: Final = frozenset(
    {"related_heading", "related_word", "comment_controls", "comment_form", "about_author", "newsletter"}
)
"""Rules whose lines open a section of their kind, until body or another section follows."""
_SECTION_LINES: Final = {Kind.RELATED: 60, Kind.COMMENTS: 400, Kind.AUTHOR_BIO: 6, Kind.NEWSLETTER: 5}
"""How many lines such a section has at most."""
_PROMO_WIDTH: Final = 60
_CHAMELEONS: Final = frozenset({"age", "bare_url", "breadcrumb"})
"""Rules of lines that stand in comments, teasers and posts alike: ``2 years ago`` is a part of what it dates."""
_ONLY_REMOVE: Final = frozenset({"newsletter", "rights", "captcha"})
"""Rules of lines that are no body for certain, of a kind that the network knows better: ``Newsletters`` and ``Terms``
stand in menus. Of such lines of the bench (articles and news, 2,026, held out) it has 86 % right, the rules 80 %."""
_FIELDS: Final = frozenset({Kind.DATE, Kind.CAPTION})
"""Parts of an article, and also of what stands around it."""
_IN_SECTIONS: Final = frozenset({"read_time", "no_letters", "player", "handle"})
"""Rules whose lines are parts of the section that they stand in, where there is one."""


GUESSED: Final = {kind: (kind, "model") for kind in Kind}
"""What a line is and why, if no rule had a say."""


def body_kinds(sheet: Sheet) -> list[tuple[Kind, str]]:
    """Which kind of body each line is if it is kept, and why; of other lines nothing is said."""
    verdicts = [GUESSED[Kind.PARAGRAPH]] * len(sheet)
    kept = sheet.kept
    texts, is_long = sheet.texts, sheet.once(_long)
    for index, below in zip(kept, (*kept[1:], len(sheet)), strict=False):  # none is kept: no pair
        if (is_long[index] and texts[index][:1] not in _QUOTE_MARKS) or sheet.tags[index] in PREFORMATTED:
            continue  # most are
        kind = _body_kind(sheet, index, below)
        if kind is not Kind.PARAGRAPH:
            verdicts[index] = GUESSED[kind]
    if sheet.sources:
        # kept is also what the data declares the article's text
        for index in kept:
            if sheet.sources[index]:
                verdicts[index] = (verdicts[index][0], f"rule:{sheet.sources[index]}_body")
    return verdicts


def _long(sheet: Sheet) -> list[bool]:
    """Which lines are paragraphs, or quotations, if they are kept."""
    is_long = (sheet.widths > _HEADING_WIDTH) & ~sheet.items
    if any(sheet.tags):
        is_long &= np.array([not tag for tag in sheet.tags])
    found: list[bool] = is_long.tolist()
    return found


def _body_kind(sheet: Sheet, index: int, below: int) -> Kind:
    """By its tag where there is one, else by its shape and the kept line below, if that is at most two lines away."""
    text, tag, width = sheet.texts[index], sheet.tags[index], sheet.width[index]
    if tag in _HEADING_TAGS:
        return Kind.HEADING
    if tag == "li" or sheet.item[index]:
        return Kind.LIST_ITEM
    if tag == "blockquote" or (text[:1] in _QUOTE_MARKS and _is_quotation(text)):
        return Kind.QUOTE
    if width > _HEADING_WIDTH or tag or below > index + 2 or below == len(sheet) or sheet.width[below] <= width:
        return Kind.PARAGRAPH
    if (sheet.stop[below] or sheet.item[below]) and (not sheet.stop[index] or text.endswith(("?", "？"))):
        return Kind.HEADING
    return Kind.PARAGRAPH


def _is_quotation(text: str) -> bool:
    """Whether a line is one quotation: marks at both ends and none that ends it before."""
    close = _QUOTE_MARKS.get(text[:1])
    if close is None:
        return False
    bare = text.rstrip(".,!?。")
    return len(bare) > 2 and bare[-1] in close and not any(mark in bare[1:-1] for mark in close)


def chrome_kinds(sheet: Sheet, decided: set[int]) -> dict[int, tuple[Kind, str]]:
    """Kind and reason of every line that is neither kept nor in ``decided``: by rule, by section, by likelihood."""
    opening, closing = sheet.opening, sheet.closing
    sections = _sections(sheet, decided)
    is_asked = ~sheet.keeps
    is_asked[list(decided)] = False
    rows = np.flatnonzero(is_asked)
    asked: list[int] = rows.tolist()
    if sheet.kinds is not None:
        likely = likely_kinds(sheet.kinds, opening, closing, sections, rows)
    else:
        likely = [
            section
            if (section := sections[index]) is not None and (section is not Kind.COMMENTS or index >= opening)
            else _by_place(sheet, index, opening, closing)
            for index in asked
        ]
    kinds = dict(zip(asked, map(GUESSED.__getitem__, likely), strict=True))
    for index in sheet.ruled:
        fit = sheet.fits[index]
        if index not in kinds or fit is None or _is_borrowed(fit, sections[index]):
            continue
        if sheet.kinds is not None and fit.name in _ONLY_REMOVE and kinds[index][0] is not fit.kind:
            continue
        if fit.kind in _FIELDS and not opening - 8 <= index < closing + 1:
            if kinds[index][0] is Kind.CAPTION:
                kinds[index] = GUESSED[Kind.RELATED]
        else:
            kinds[index] = (fit.kind, f"rule:{fit.name}")
    if "figcaption" in sheet.tags:
        kinds |= {index: (Kind.CAPTION, "rule:figcaption") for index in asked if sheet.tags[index] == "figcaption"}
    return kinds


def _sections(sheet: Sheet, decided: set[int]) -> list[Kind | None]:
    """The kind of the section that each line stands in: from a heading of certain rules until body or other chrome."""
    sections: list[Kind | None] = [None] * len(sheet)
    for start in sheet.ruled:
        if not _opens_section(sheet, start) or sheet.keep[start] or start in decided:
            continue
        kind = sections[start] = _kind_of(sheet, start)
        assert kind is not None
        for index in range(start + 1, min(start + _SECTION_LINES[kind], len(sheet))):
            if sheet.keep[index] or index in decided:
                break
            if sheet.fits[index] is not None and (_kind_of(sheet, index) is Kind.LEGAL or _opens_section(sheet, index)):
                break
            sections[index] = kind
    return sections


def _kind_of(sheet: Sheet, index: int) -> Kind | None:
    fit = sheet.fits[index]
    return None if fit is None else fit.kind


def _opens_section(sheet: Sheet, index: int) -> bool:
    fit = sheet.fits[index]
    return fit is not None and fit.name in SECTION_OPENERS and sheet.width[index] < 40 and fit.kind in _SECTION_LINES


def _is_borrowed(fit: Rule, section: Kind | None) -> bool:
    """Whether a line of a rule that says little takes its kind from what stands around it."""
    return fit.name in _CHAMELEONS or (section is not None and fit.name in _IN_SECTIONS)


def _by_place(sheet: Sheet, index: int, opening: int, closing: int) -> Kind:
    """The most likely kind of a chrome line that nothing else recognises, by its place alone."""
    width = sheet.width[index]
    if index < opening:
        return Kind.NAVIGATION
    if index < closing:
        if sheet.may("picture_credit", index) and is_credit(sheet.texts[index]):
            return Kind.CAPTION
        return Kind.PROMO if sheet.stop[index] and width >= _PROMO_WIDTH else Kind.RELATED
    return Kind.RELATED if width >= 25 else Kind.NAVIGATION
