"""A page that was saved as one huge line, cut at its sentence ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

MIN_PIECE: Final = 25
"""Characters. A shorter sentence ("Ha!", "No.") goes with the next one: it is too little to judge by itself."""
MAX_PIECE: Final = 1_000
"""Characters. Text without a sentence end for so long (a menu, a list, Thai) is cut at white space."""

# Sentence ends, with the quotation marks and brackets that close after them. Latin, Cyrillic, Arabic, Indic, Burmese,
# Khmer, Ethiopic and Armenian ones count only before white space ("3.5", "example.com"); Chinese and Japanese ones
# stand without. The closing run is bounded, so that the search stays linear.
_SPACED = "[.!?…؟۔।॥։።፧၊။។‽⁇⁈⁉]{1,8}"
_CLOSING = "[\"'”’»›)\\]」』）】》]{0,4}"
_END = re.compile(rf"(?:{_SPACED}{_CLOSING}(?=\s)|[。！？｡．]{{1,8}}{_CLOSING})\s*")

# Words that take a full stop without ending the sentence, in the larger languages of the Latin and Cyrillic scripts.
_ABBREVIATION_LIST = """
    mr mrs ms dr prof st sr jr gen sen rep gov lt col sgt capt cmdr adm maj rev hon pres supt det insp mt ft no nos vs
    etc e.g i.e cf al ed eds vol pp p fig figs approx dept est inc ltd co corp bros ave blvd rd apt
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun a.m p.m u.s u.k u.n e.u d.c
    bzw ca usw z.b d.h u.a hr fr hl nr str abs art bd vgl evtl inkl ggf sog mio mrd tel geb gest jh okt dez mai juni
    m mm mme mmes mlle mgr av env n° janv févr juil sra srta ud uds dra d dña pág núm ee.uu sig dott ing avv on
    dhr mevr drs mw blz nl jl vb dr.h tzn tj np ul tzv resp ing gl dvs bl.a fx jf kr ca t.ex m.m
    г гг ул д им т.е т.д т.п др проф см руб млн млрд тыс
"""
_ABBREVIATIONS: Final = frozenset(_ABBREVIATION_LIST.split())
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘«„]{1,12}\Z")
_SPACE = re.compile(r"\s+")
_INITIALS = re.compile(r"(?:\w\.-?)*\w\Z")


def sentences(text: str) -> Iterator[str]:
    """The pieces of ``text``, in order: its sentences, the shortest joined to the next, the longest cut.

    White space around the cuts is dropped; joined again, the pieces are ``text`` but for white space. No piece is
    empty or longer than about ``MAX_PIECE``. Linear in the length of ``text``.
    """
    start = 0
    for end in _ends(text):
        if end - start >= MIN_PIECE:
            yield from _bounded(text[start:end].strip())
            start = end
    yield from _bounded(text[start:].strip())


def _ends(text: str) -> Iterator[int]:
    for match in _END.finditer(text):
        # "“Why?” she asked", "Yahoo! is", "approx. ten": what a small letter follows is no end
        reads_on = text[match.end() : match.end() + 1].islower()
        if not reads_on and not (match[0].rstrip() == "." and _is_abbreviation(text, match.start())):
            yield match.end()


def _is_abbreviation(text: str, stop: int) -> bool:
    """Whether the full stop at ``stop`` belongs to the word before it."""
    word = _LAST_WORD.search(text[max(0, stop - 13) : stop])
    if word is None:
        return False
    token = word[0].casefold()
    if token in _ABBREVIATIONS or (token.isalpha() and _INITIALS.fullmatch(token) is not None):
        return True
    # "3. März", "No. 5": a short number with a stop is an ordinal; a year ends sentences
    return token.isdigit() and len(token) <= 2 and len(word[0]) == len(token)


def _bounded(piece: str) -> Iterator[str]:
    """``piece``, cut at white space where it is too long, or anywhere where it has none."""
    start = 0
    while len(piece) - start > MAX_PIECE:
        cut = start + MAX_PIECE
        for space in _SPACE.finditer(piece, start + MAX_PIECE // 2, cut):
            cut = space.start()
        if head := piece[start:cut].strip():
            yield head
        start = cut
    if rest := piece[start:].strip():
        yield rest
