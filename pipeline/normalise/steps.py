"""The steps of normalising, top to bottom: each takes a line and returns it a little cleaner."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

from ftfy import TextFixerConfig, fix_text
from ftfy.badness import is_bad
from ftfy.chardata import CONTROL_CHARS, LIGATURES
from ftfy.fixes import unescape_html

if TYPE_CHECKING:
    from collections.abc import Callable

    Step = Callable[[str], str]

FTFY: Final = TextFixerConfig(
    unescape_html=False,  # `unescape_entities` does it: ftfy peels one layer of `&amp;amp;` a round, quadratic
    remove_terminal_escapes=True,  # colour codes of a captured terminal are never words
    fix_encoding=True,  # mojibake ("donâ€™t") is the commonest damage in scraped text
    restore_byte_a0=True,  # a scraper's white space clean-up turns the A0 in "Ã\xa0" into a space
    replace_lossy_sequences=True,  # half-lost mojibake becomes U+FFFD, which says that something is lost
    decode_inconsistent_utf8=True,  # one page is often glued from parts in different encodings
    fix_c1_controls=True,  # C1 controls in web text are Windows-1252 characters, as HTML5 reads them
    fix_latin_ligatures=True,  # "ﬁ" comes from PDF fonts, not from authors, and hides words from search
    fix_character_width=False,  # it would turn Chinese and Japanese "，！？" into ASCII; see `fold_widths`
    uncurl_quotes=False,  # quotes stay as typed; `straighten_quotes` is a setting
    fix_line_breaks=False,  # a line holds no line break; `collapse_spaces` handles the odd separators
    fix_surrogates=True,  # JSON escapes arrive as surrogate pairs; a lone half cannot be stored as UTF-8
    remove_control_chars=True,  # no visible effect, and NUL ends strings in other people's software
    normalization=None,  # `compose` does it, after invisible characters no longer stand in between
    max_decode_length=1_000_000,  # ftfy's own bound on what is decided as one piece
    explain=False,  # explanations cost time; note that ftfy then runs fix_encoding with its defaults
)

_MENDED_ANYWHERE = re.compile(
    f"[\x1b\x80-\x9f\ud800-\udfff{re.escape(''.join(map(chr, {**LIGATURES, **CONTROL_CHARS})))}]"
)
"""What ftfy mends wherever it stands: terminal escapes, C1 controls, surrogates, ligatures, invisible controls."""

# `&`, then any number of ways to write "amp;": peeling all layers at once keeps the work linear.
_AMPERSANDS = re.compile(r"&(?:(?:amp|AMP|#0{0,6}38|#[xX]0{0,6}26);)+")
# Characters that take no room or look blank although Python does not call them white space.
_INVISIBLE = re.compile(
    "["
    "\u00ad"  # soft hyphen: a hint for breaking lines, and the lines are gone
    "\u034f\u180b-\u180e"  # grapheme joiner, Mongolian selectors and vowel separator
    "\u200b\u2060-\u2064\ufeff"  # zero-width space, word joiner, invisible operators, byte order mark
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u206a-\u206f"  # direction marks, embeddings, overrides
    "\ufff9-\ufffb"  # interlinear annotation
    "\U000e0000-\U000e001f"  # language tags (the ones from U+E0020 spell flags in emoji)
    "\ufdd0-\ufdef\ufffe\uffff"  # not characters
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that ftfy found no Windows-1252 reading for
    "]"
)
_BLANK_LETTERS = re.compile("[\u2800\u3164\uffa0\u115f\u1160]")
# A joiner shapes the word in Arabic, Syriac, Indic and Mongolian scripts and inside emoji; after anything
# else (Latin, a space, another joiner) it is left-over layout.
_IDLE_JOINER = re.compile(
    "(?<![\u0590-\u1cff\ua800-\uabff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff"
    "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]+")
_ANY_WIDTH = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff61-\uff9f]")
_QUOTES = str.maketrans({**dict.fromkeys("‘’‚‛", "'"), **dict.fromkeys("“”„‟", '"')})

MAX_MARKS: Final = 30
"""Combining marks kept after one letter: the limit of the Stream-Safe Text Format (Unicode UAX #15, section 13).
No language needs more than a handful, and composing a long run takes time quadratic in its length."""


def unescape_entities(text: str) -> str:
    """``&eacute;`` to ``é``, but not in a line with a literal ``<``: there the entities are the subject."""
    if "&" not in text or "<" in text:
        return text
    return str(unescape_html(_AMPERSANDS.sub("&", text)))


def mend_encoding(text: str) -> str:
    """Mojibake, C1 controls, ligatures, surrogates and terminal escapes, by ftfy."""
    if text.isascii() and "\x1b" not in text:
        return text
    # ftfy's own question, asked once and without the way there: most lines beyond ASCII are no mojibake
    is_one_piece = "\n" not in text and len(text) <= FTFY.max_decode_length
    if is_one_piece and not is_bad(text) and _MENDED_ANYWHERE.search(text) is None:
        return text
    return fix_text(text, FTFY)


def drop_invisible(text: str) -> str:
    """Characters that nobody sees; joiners stay where they shape a word or an emoji."""
    return _IDLE_JOINER.sub("", _INVISIBLE.sub("", text))


def fold_widths(text: str) -> str:
    """Full-width letters and digits, half-width katakana: to their usual width; punctuation stays as typeset."""
    if _ANY_WIDTH.search(text) is None:
        return text
    return _HALF_WIDTH_KANA.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text.translate(_FULL_WIDTH))


def limit_marks(text: str) -> str:
    """At most ``MAX_MARKS`` combining marks in a row."""
    if len(text) <= MAX_MARKS or text.isascii():
        return text
    return _too_many_marks().sub(r"\1", text)


def compose(text: str) -> str:
    """Unicode Normalization Form C."""
    return unicodedata.normalize("NFC", text)


def collapse_spaces(text: str) -> str:
    """Every kind of white space, in runs of any length, to one plain space; none at the ends."""
    return " ".join(_BLANK_LETTERS.sub(" ", text).split())


def straighten_quotes(text: str) -> str:
    """Typographic quotation marks to ``'`` and ``"``."""
    return text.translate(_QUOTES)


STEPS: Final[tuple[Step, ...]] = (
    unescape_entities,
    mend_encoding,
    drop_invisible,
    fold_widths,
    limit_marks,
    compose,
    collapse_spaces,
)


@cache
def _too_many_marks() -> re.Pattern[str]:
    """Built on first use: Unicode's combining characters are spread over 200 ranges, and most lines need none."""
    ranges: list[str] = []
    start = previous = -2
    for code in range(0x300, min(sys.maxunicode, 0x1E950) + 1):
        if unicodedata.combining(chr(code)):
            if code != previous + 1:
                ranges.append(f"{chr(start)}-{chr(previous)}") if start >= 0 else None
                start = code
            previous = code
    ranges.append(f"{chr(start)}-{chr(previous)}")
    marks = "[" + "".join(ranges) + "]"
    return re.compile(f"({marks}{{{MAX_MARKS}}}){marks}+")
