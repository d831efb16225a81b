"""The head of an article in plain text: title, dek, byline and date, found by evidence and not by place alone.

A first body paragraph must not be taken for a dek, nor a short first paragraph for a title, without evidence:
on a page that is nothing but body only a byline, a date, a second print or a ``<title>`` line speaks for a title.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.label.rules import is_credit
from pipeline.label.words import LONG, long_words
from pipeline.metadata.bylines import is_opener, parse_byline
from pipeline.metadata.dates import parse_date_line
from pipeline.metadata.titles import letters
from pipeline.records import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.label.block import Linear
    from pipeline.label.features import Bools, Floats
    from pipeline.label.sheet import Sheet

_WORD = re.compile(r"(?<!\w)[\u2e80-\U0010ffff]\w+|\w{4,}")
"""Words of four and more letters; of scripts without spaces, of two and more."""
_DENSE_WORD: Final = re.compile(r"(?<!\w)[\u2e80-\U0010ffff]\w")
"""What the latter begin with."""
_LAST_SPACED: Final = "\u2e7f"
"""Beyond this code point scripts have no spaces between words (Han, kana, and Hangul, taken as they)."""
_TITLE_WIDTHS: Final = (12.0, 220.0)
_HEAD_LINES: Final = 60
"""A title stands at most this many lines above the first paragraph; menus between them are rarely longer."""
_TITLE_LINES: Final = 6
"""Byline and date stand at most this many lines below the title, or above it, or around the first paragraph."""
_SIGN_LINES: Final = 5
"""A byline or date within four lines below speaks for a title: dek and picture credit may stand between."""
_TITLE_ODDS: Final = -2.0
"""Log-odds that a title needs. Set by judgement, not tuned: nearly all article pages print one."""
_BARE_ODDS: Final = 0.0
"""The same on a page that is nothing but body, where moreover one sure sign is asked for."""
_REASONS: Final = (
    ("h1", "rule:h1"),
    ("of_page", "rule:title_of_page"),
    ("sign_below", "rule:title_above_byline"),
    ("twice", "rule:title_printed_twice"),
)
_DEK_WIDTHS: Final = (30, 330)
_BYLINE_LENGTH: Final = 240
_SIGN_CHANCE: Final = 0.5
"""What the network holds for a byline or a date with this probability, by the head, is one (eight in ten of such)."""
_NAMES_LENGTH: Final = 120
_DEK_LINES: Final = 16
"""Buttons to share and the picture may stand between title and dek."""
_DEK_CHANCE: Final = 0.1
"""The network's least probability of a dek; what stands below a title and has less is mostly a kicker or a button."""
_FIRST_DEK_CHANCE: Final = 0.4
"""The same for the first paragraph, which is far more often body; with a sign right below it less will do."""
_SIGNED_DEK_CHANCE: Final = 0.15
_TITLE_TAG_CUT: Final = re.compile(r"\s+[|·•:»–—-]\s+|\s*[|｜]\s*")

_LOWER_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_TITLE_MARK: Final = re.compile(r"[|·•:»–—｜-]")
"""Part of each cut."""


def head_kinds(sheet: Sheet, model: Linear) -> dict[int, tuple[Kind, str]]:
    """Kind and reason of the lines that are title, dek, byline or date: index -> (kind, ``rule:<name>``)."""
    opening = sheet.opening
    if not sheet.kept or opening >= len(sheet):
        return {}
    signs = find_signs(sheet, opening)
    opening = below_signs(sheet, opening, signs)
    kinds = dict(signs)
    title = _find_title(sheet, opening, signs, model)
    if title is None:
        return _near(kinds, sheet, opening, None)
    index, reason = title
    kinds = _near(kinds, sheet, opening, index)
    for other in sheet.prints.of(letters(sheet.texts[index]), opening):
        if other != index:
            kinds[other] = (Kind.TITLE, "rule:title_repeat")
    kinds[index] = (Kind.TITLE, reason)
    dek = _find_dek(sheet, index, opening, kinds)
    if dek is not None:
        kinds[dek] = (Kind.DEK, "rule:dek")
    return kinds


def find_signs(sheet: Sheet, opening: int) -> dict[int, tuple[Kind, str]]:
    """Bylines and dates from the top to just below the first paragraph, and just below the last one."""
    kinds: dict[int, tuple[Kind, str]] = {}
    closing = sheet.closing
    declared = {letters(author) for author in sheet.declared.authors} - {""}
    zone = np.zeros(len(sheet), dtype=np.bool_)
    zone[max(0, opening - _HEAD_LINES) : opening + 4] = True
    zone[max(closing - 2, 0) : closing + 2] = True
    if not declared:
        zone &= sheet.once(_may_be_signs)  # nothing follows from any other line
    for index in np.flatnonzero(zone).tolist():
        text = sheet.texts[index]
        fit = sheet.fits[index]
        if (
            len(text) > _BYLINE_LENGTH
            or (fit is not None and fit.certain and fit.kind is not Kind.DATE)
            or sheet.is_prose(index)
        ):
            continue
        sign = sign_of(text) if sheet.may("sign", index) else None
        if fit is not None and fit.kind is Kind.DATE and fit.certain:
            kinds[index] = (Kind.DATE, f"rule:{fit.name}")
        elif sign is Kind.DATE:
            kinds[index] = (Kind.DATE, "rule:date_line")
        elif sign is Kind.BYLINE or (declared and letters(text) in declared):
            kinds[index] = (Kind.BYLINE, "rule:byline")
        elif fit is None and index < closing and not _is_credit(sheet, index):
            if sheet.chance(index, Kind.DATE) >= _SIGN_CHANCE and any(map(str.isdigit, text)):
                kinds[index] = (Kind.DATE, "model")
            elif sheet.chance(index, Kind.BYLINE) >= _SIGN_CHANCE and len(text) <= _NAMES_LENGTH:
                kinds[index] = (Kind.BYLINE, "model")
    return kinds


def _may_be_signs(sheet: Sheet) -> Bools:
    """Whether a line has what a byline or a date has, or is one to the network or a rule; (n,)."""
    found = sheet.chosen("sign") | sheet.likely(Kind.DATE, _SIGN_CHANCE) | sheet.likely(Kind.BYLINE, _SIGN_CHANCE)
    found[sheet.ruled] = True
    return found


@lru_cache(maxsize=1 << 15)
def sign_of(text: str) -> Kind | None:
    """Whether a line is a date or a byline; remembered, since sites repeat their menus on every page."""
    if parse_date_line(text) is not None:
        return Kind.DATE
    return Kind.BYLINE if is_opener(text) or parse_byline(text) is not None else None


def below_signs(sheet: Sheet, opening: int, signs: dict[int, tuple[Kind, str]]) -> int:
    """The first paragraph below byline and date, where only one sentence stands above them: that one is a dek."""
    below = max((index for index in signs if opening < index <= opening + _SIGN_LINES), default=opening)
    if below == opening or any(sheet.is_prose(index) for index in range(opening + 1, below)):
        return opening
    return next((index for index in range(below + 1, len(sheet)) if sheet.is_prose(index)), opening)


def _near(
    kinds: dict[int, tuple[Kind, str]], sheet: Sheet, opening: int, title: int | None
) -> dict[int, tuple[Kind, str]]:
    """Only those bylines and dates that stand by the title, by the first paragraph, or below the last one."""
    closing = sheet.closing
    low = opening - _TITLE_LINES if title is None else min(title - 3, opening - _TITLE_LINES)
    high = opening + 4
    return {
        index: found for index, found in kinds.items() if low <= index < high or (closing - 2 <= index < closing + 2)
    }


def _find_title(
    sheet: Sheet, opening: int, signs: dict[int, tuple[Kind, str]], model: Linear
) -> tuple[int, str] | None:
    """The line that is most likely the headline, with what speaks for it; None if no line is likely enough."""
    candidates = title_candidates(sheet, opening, signs)
    declared = letters(sheet.declared.title) if sheet.declared.title else ""
    if declared:
        for index in reversed(candidates):
            if letters(sheet.texts[index]) == declared:
                return index, "rule:declared_title"
    if not candidates:
        return None
    columns = title_features(sheet, candidates, opening, signs)
    odds = model.log_odds(columns)
    if sheet.bare:
        known = columns["sign_below"] + columns["of_page"] + columns["h1"] + columns["twice"] > 0
        odds = np.where(known, odds, -np.inf)
    best = int(np.argmax(odds))
    if odds[best] < (_BARE_ODDS if sheet.bare else _TITLE_ODDS):
        return None
    for name, reason in _REASONS:
        if columns[name][best]:
            return candidates[best], reason
    return candidates[best], "rule:title_shape"


def title_candidates(sheet: Sheet, opening: int, signs: dict[int, tuple[Kind, str]]) -> list[int]:
    """Lines that could be the headline: short enough, no byline, no rule's, down to the first paragraph."""
    low = max(0, opening - _HEAD_LINES)
    return [
        index
        for index in (*range(min(low, 3)), *range(low, min(len(sheet), opening + 1)))
        if _TITLE_WIDTHS[0] <= sheet.width[index] <= _TITLE_WIDTHS[1]
        and index not in signs
        and sheet.fits[index] is None
        and not (sheet.is_prose(index) and index == opening)
        and not sheet.texts[index].endswith((",", ";", "...", "…"))
    ]


def title_features(
    sheet: Sheet, candidates: list[int], opening: int, signs: dict[int, tuple[Kind, str]]
) -> dict[str, Floats]:
    """What speaks for and against each candidate: shape, place, neighbours, second prints, words of the body."""
    shared, sizes = np.array(_shared_words(sheet, opening, candidates), dtype=np.float64)
    share = shared / np.maximum(sizes, 1.0)
    at = np.array(candidates, dtype=np.int64)
    away = (opening - at).astype(np.float64)
    signed, sign_next, sign_above = _signs_around(len(sheet), signs)[:, at]
    width = sheet.widths[at]
    steady = dict(zip(_STEADY, sheet.once(_steady_features)[:, at], strict=True))
    page_titles = sheet.once(_page_titles)
    texts = [sheet.texts[index] for index in candidates]
    tags = [sheet.tags[index] for index in candidates]
    # made at once: an array for each of these lists would take longer than to fill them
    of_page, is_h1, is_other_heading, is_question, is_separated, is_credit_line = np.array(
        [
            [letters(text) in page_titles for text in texts] if page_titles else [False] * len(texts),
            [tag == "h1" for tag in tags],
            [tag in _LOWER_HEADINGS for tag in tags],
            [text.endswith(("?", "？")) for text in texts],
            [sheet.once(_has_other_part, index) for index in candidates],
            [_is_credit(sheet, index) for index in candidates],
        ],
        dtype=np.float64,
    )
    columns = {
        **{name: steady[name] for name in ("log_width", "narrow", "wide")},
        "widest": _flag(width >= width.max()),
        "shared": share,
        "log_shared": np.log1p(shared),
        "log_away": np.log1p(away),
        "touches": _flag(away <= 1),
        **{name: steady[name] for name in ("first_line", "wider_than_above", "wider_than_below", "rule_above")},
        "sign_below": signed,
        "sign_next": sign_next,
        "sign_above": sign_above,
        "signs_below_x_shared": signed * share,
        **{name: steady[name] for name in ("twice", "many_prints")},
        "of_page": of_page,
        "h1": is_h1,
        "other_heading": is_other_heading,
        **{name: steady[name] for name in ("item", "stop")},
        "question": is_question,
        "keep": _flag(sheet.keeps[at]),
        "score": steady["score"],
        "separated": is_separated,
        "credit": is_credit_line,
    }
    columns["log_away_x_shared"] = columns["log_away"] * columns["shared"]
    columns["log_away_x_sign"] = columns["log_away"] * columns["sign_below"]
    return columns


def _signs_around(number: int, signs: Iterable[int]) -> Floats:
    """Whether a sign stands in the lines below each line, right below it, and right above it; (3, number)."""
    around = np.zeros((3, number + 1))
    for index in signs:
        around[0, max(index - _SIGN_LINES + 1, 0) : index] = 1.0
        around[1, max(index - 1, 0) : index] = 1.0
        around[2, index + 1] = 1.0
    return around


_STEADY: Final = (
    *("log_width", "narrow", "wide", "first_line", "wider_than_above", "wider_than_below", "rule_above"),
    *("twice", "many_prints", "item", "stop", "score"),
)


def _steady_features(sheet: Sheet) -> Floats:
    """What can be said of all lines at once, whichever are kept: the columns of ``_STEADY``; (12, n)."""
    width, repeats = sheet.widths, sheet.repeats
    # the first and the last line have a line without letters beside them
    logs = np.zeros(len(sheet) + 2)
    logs[1:-1] = log_width = np.log1p(width)
    columns = np.zeros((len(_STEADY), len(sheet)))
    columns[0], columns[1], columns[2] = log_width, width < 25, width > 110
    columns[3, 0] = 1.0
    np.subtract(log_width, logs[:-2], out=columns[4])
    np.subtract(log_width, logs[2:], out=columns[5])
    columns[6, [index + 1 for index in sheet.ruled if index + 1 < len(sheet)]] = 1.0
    columns[7], columns[8] = (repeats > 1) & (width >= 25), repeats > 3
    columns[9], columns[10], columns[11] = sheet.items, sheet.stops, sheet.scores
    return columns


def _shared_words(sheet: Sheet, opening: int, candidates: list[int]) -> tuple[list[int], list[int]]:
    """How many words of each candidate the body has from the first paragraph on, and how many there are."""
    kept = sheet.kept[bisect_left(sheet.kept, opening) :]
    text = "\n".join([sheet.texts[index] for index in kept])
    lines = [sheet.texts[index] for index in candidates]
    is_dense = sheet.once(_dense)
    is_body_dense = is_dense[kept].any()
    if not is_body_dense and not is_dense[candidates].any():
        return sheet.words.shared(text, lines)
    words = [_words(line) for line in lines]
    found = set().union(*words).intersection(_words(text) if is_body_dense else long_words(text))
    return [sum(map(found.__contains__, own)) for own in words], [len(own) for own in words]


def _dense(sheet: Sheet) -> Bools:
    """Whether each line has words of scripts without spaces; (n,)."""
    found = sheet.chosen("dense")
    for index in np.flatnonzero(found).tolist():  # mostly pictures that stand alone
        text = sheet.texts[index]
        found[index] = not text.isascii() and _DENSE_WORD.search(text.casefold()) is not None
    return found


def _is_credit(sheet: Sheet, index: int) -> bool:
    return sheet.may("picture_credit", index) and is_credit(sheet.texts[index])


def _has_other_part(sheet: Sheet, index: int) -> bool:
    """Whether a line is a headline with the site's name or section, or the other way round: then one of its parts
    stands on the page as a line of its own. Otherwise a dash in it belongs to the headline.
    """
    if _TITLE_MARK.search(sheet.texts[index]) is None:
        return False
    parts = _TITLE_TAG_CUT.split(sheet.texts[index])
    if len(parts) < 2:
        return False
    wanted = {letters(part) for part in parts} - {""}
    return any(sheet.prints.of(part, len(sheet)) for part in wanted)


def _flag(values: Any) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _page_titles(sheet: Sheet) -> set[str]:
    """First parts of lines that look like ``Headline - Site Name``, as a ``<title>`` is written."""
    found: set[str] = set()
    for text in sheet.texts[:3]:
        parts = _TITLE_TAG_CUT.split(text)
        found.update(letters(" ".join(parts[:end])) for end in range(1, len(parts)))
        found.update(letters(part) for part in parts[1:] if len(part) > 25)
    return found - {""}


def _words(text: str) -> list[str]:
    """Words that carry meaning, by length; for scripts without spaces, pairs of characters."""
    if text.isascii():
        return [word for word in long_words(text) if len(word) >= LONG]
    found: list[str] = _WORD.findall(text.casefold())
    dense = [word for word in found if word > _LAST_SPACED]
    if not dense:
        return found
    pairs = [word[at : at + 2] for word in dense for at in range(len(word) - 1)]
    return [word for word in found if word < _LAST_SPACED] + pairs


def _find_dek(sheet: Sheet, title: int, opening: int, kinds: dict[int, tuple[Kind, str]]) -> int | None:
    """The sentence below the title that a byline or a date, or the models, part from the body; at most one."""
    best, best_chance = None, -1.0
    for index in range(title + 1, min(len(sheet), title + _DEK_LINES, max(opening + 1, title + 2))):
        if index in kinds or sheet.fits[index] is not None or _is_credit(sheet, index) or sheet.item[index]:
            continue
        if not _DEK_WIDTHS[0] <= sheet.width[index] <= _DEK_WIDTHS[1]:
            continue
        chance = sheet.chance(index, Kind.DEK)
        if _is_dek(sheet, index, opening, chance, kinds) and chance > best_chance:
            best, best_chance = index, chance
        if sheet.kinds is None:
            break  # without the network only the first line that could be one
    return best


def _is_dek(sheet: Sheet, index: int, opening: int, chance: float, kinds: dict[int, tuple[Kind, str]]) -> bool:
    """Whether a sentence by the title is parted from the body, and likely enough where a network says how likely."""
    after = [step for step in range(index + 1, min(index + 4, len(sheet))) if step in kinds]
    is_signed = bool(after) and not any(sheet.is_prose(step) for step in range(index + 1, after[0]))
    if sheet.kinds is None:
        return is_signed or (not sheet.keep[index] and index < opening)
    if index >= opening:
        more = any(sheet.is_prose(step) for step in range(index + 1, min(index + 1 + _DEK_LINES, len(sheet))))
        return more and chance >= (_SIGNED_DEK_CHANCE if is_signed else _FIRST_DEK_CHANCE)
    return chance >= _DEK_CHANCE and (is_signed or not sheet.keep[index])
