"""What happens to a text on its way from one site to another, each with a known seed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from benchmarks.dedup_prose import Writer

_OCR = (
    ("rn", "m"), ("m", "rn"), ("l", "1"), ("1", "l"), ("O", "0"), ("0", "O"), ("e", "c"), ("h", "b"), ("S", "5"),
    ("cl", "d"), ("ii", "u"), ("fi", "ﬁ"), ("и", "н"), ("н", "п"), ("л", "д"),
)  # fmt: skip

_SPELLING = (
    ("isation", "ization"), ("ise", "ize"), ("our", "or"), ("ogue", "og"), ("ae", "e"), ("ll", "l"), ("ß", "ss"),
    ("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("é", "e"), ("è", "e"), ("ê", "e"), ("ç", "c"), ("á", "a"), ("ó", "o"),
    ("í", "i"), ("ã", "a"), ("ł", "l"), ("ż", "z"), ("ę", "e"), ("ё", "е"), ("і", "и"), ("ph", "f"), ("ck", "k"),
)  # fmt: skip


def words_of(text: str, unspaced: bool) -> list[str]:
    """The text in pieces that are edited one by one: words, or characters."""
    return list(text) if unspaced else text.split(" ")


def joined(pieces: list[str], unspaced: bool) -> str:
    """The contrary of ``words_of``."""
    return ("" if unspaced else " ").join(pieces)


def substituted(text: str, share: float, writer: Writer, unspaced: bool) -> str:
    """A share of the plain words, at least one, replaced; facts stay."""
    chance = writer.chance
    pieces = words_of(text, unspaced)
    plain = [at for at, piece in enumerate(pieces) if at and piece.islower()] or list(range(1, len(pieces)))
    if unspaced:
        plain = [at for at, piece in enumerate(pieces) if at and not piece.isascii() and piece.isalpha()]
    count = min(max(1, round(share * len(pieces))), len(plain))
    for at in chance.sample(plain, count):
        pieces[at] = writer.word()[:1] if unspaced else writer.word().lower()
    return joined(pieces, unspaced)


def any_substituted(text: str, share: float, writer: Writer, unspaced: bool) -> str:
    """A share of all words replaced, whatever they are."""
    chance = writer.chance
    pieces = words_of(text, unspaced)
    for at in chance.sample(range(len(pieces)), max(1, round(share * len(pieces)))):
        pieces[at] = writer.word()[:1] if unspaced else writer.word()
    return joined(pieces, unspaced)


def cut(text: str, share: float, unspaced: bool) -> str:
    """The text without its last words; 13 stay, as what is shorter has exact copies only."""
    pieces = words_of(text, unspaced)
    return joined(pieces[: max(13, round(len(pieces) * (1 - share)))], unspaced)


def surface(text: str, chance: random.Random) -> str:
    """What a content system changes: quotes, dashes, spaces, case."""
    match chance.randrange(4):
        case 0:
            return text.upper().replace(" ", "  ")
        case 1:
            return "\u201c" + text.replace("'", "\u2019").replace(" ", "\u00a0", 3) + "\u201d \u2014"
        case 2:
            return "\u00ab " + text.replace(" - ", " \u2013 ").replace(",", " ,") + " \u00bb"
        case _:
            return " ".join(word.capitalize() for word in text.split(" "))


def mojibake(text: str, chance: random.Random) -> str:
    """UTF-8 read as Windows-1252 in the accented letters, and quotes around the text read so."""
    broken = "".join(
        each.encode("utf-8").decode("cp1252", "replace") if "\u00c0" <= each <= "\u017f" else each for each in text
    )
    return chance.choice(("â€œ{}â€\x9d", "Â«Â {}Â Â»", "{} â€“", "â€˜{}â€™")).format(broken)


def spelling(text: str, chance: random.Random) -> str:
    """Another house's spelling: up to three of the language's usual variants, everywhere in the text."""
    known = [pair for pair in _SPELLING if pair[0] in text]
    for one, other in chance.sample(known, min(3, len(known))):
        text = text.replace(one, other)
    return text if known else text.replace(",", "")


def ocr(text: str, share: float, chance: random.Random) -> str:
    """A share of the characters misread as characters of the same shape, and words hyphenated at line ends."""
    count = max(1, round(share * len(text)))
    places = [(hit.start(), one, other) for one, other in _OCR for hit in re.finditer(re.escape(one), text)]
    chosen = sorted(chance.sample(places, min(count, len(places))), reverse=True)
    end = len(text)
    for at, one, other in chosen:
        if at + len(one) > end:
            continue
        text = text[:at] + other + text[at + len(one) :]
        end = at
    return text


def moved(text: str, unspaced: bool) -> str:
    """The first sentence at the end."""
    stop = "。" if unspaced else ". "
    first, found, rest = text.partition(stop)
    if not found or not rest:
        return text + ("。" if unspaced else " .")
    return rest + ("" if unspaced else " ") + first + ("。" if unspaced else ".")
