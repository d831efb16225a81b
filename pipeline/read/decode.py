"""Bytes to text: byte order marks, what HTML declares, UTF-8 before all else, then the likeliest legacy encoding."""

from __future__ import annotations

import codecs
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.read.languages import LANGUAGES, Language

SAMPLE_BYTES = 8_192
"""Bytes around the first ones above 0x7F that the choice of a legacy encoding rests on."""
PRESCAN_BYTES = 4_096
"""Where a declaration is looked for. WHATWG says 1,024; pages that put scripts first have it later."""

MAX_BROKEN_SHARE = 0.2
"""Broken UTF-8 stays UTF-8 while at most one sequence is damaged for five that are whole. In legacy text hardly any
byte above 0x7F is part of a valid sequence by chance (in two-byte encodings about one character in five)."""
MIN_UPPER_ZEROS = 0.8
"""Share of the zero bytes of UTF-16 that are upper halves; the others belong to letters like U+0100 or U+4E00."""
MIN_MIXED_CHARACTERS = 5
MIN_MIXED_SHARE = 0.1
"""A file is a mixture where lines of valid UTF-8 hold this share of its non-ASCII: in a legacy encoding whole lines
are hardly ever valid UTF-8 by chance."""
MAX_BROKEN_LEGACY_SHARE = 0.02
"""Multi-byte text may be cut or damaged in places; a wrong codec fails far more often."""
MAX_SUSPECT_SHARE = 0.35
"""Share of non-ASCII among the letters up to which a declared Western encoding is believed. No language written in
Latin letters comes near it; Cyrillic or Japanese under a server's default label passes it."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and where it came from."""

    text: str
    encoding: str
    """Python codec name, lower case; ``bytes.decode(encoding, "replace")`` gives ``text`` but for damaged places."""


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ASCII = bytes(range(128))
_NOT_ASCII = bytes(range(128, 256))


def decode(data: bytes, *, html: bool = False, label: str | None = None) -> Decoded | None:
    """Decode the bytes of one input; None where no encoding makes text of them.

    In order: a byte order mark; UTF-16 and UTF-32 without one, by their pattern; ISO-2022-JP; UTF-8, also with few
    damaged sequences or with lines of another encoding in it; the encoding that ``label`` names (what came with the
    bytes: the charset of HTTP), then for ``html`` the one that the page declares, if they make sense of the bytes
    (labels as in the WHATWG Encoding Standard); the likeliest of the legacy encodings (``likeliest``).
    """
    marked = _by_mark(data)
    if marked:
        return marked
    wide = utf16_or_32(data)
    if wide:
        return Decoded(_decode_wide(data, wide), wide)
    given = _LABELS.get(label.strip("\"' ").lower()) if label else None
    return _by_content(data, given, declared_encoding(data) if html else None)


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if not data.startswith(mark):
            continue
        if encoding == "utf-8-sig":
            utf8 = _mostly_utf8(data[len(mark) :])
            # An editor may have put the mark before text in another encoding; then the bytes decide.
            return Decoded(utf8, encoding) if utf8 is not None else _by_content(data[len(mark) :])
        return Decoded(_decode_wide(data, encoding).removeprefix("\ufeff"), encoding)
    return None


def _by_content(data: bytes, *declarations: str | None) -> Decoded | None:
    japanese = _iso_2022_jp(data)
    if japanese is not None:
        return Decoded(japanese, "iso2022_jp")
    utf8 = _mostly_utf8(data)
    if utf8 is not None:
        return Decoded(utf8, "utf-8")
    mixed = _mixed(data)
    if mixed is not None:
        return Decoded(mixed, "utf-8")
    for declared in dict.fromkeys(declarations):
        if declared and declared != "utf-8":
            text = _decode_legacy(data, declared)
            if text is not None and not _suspect(text, declared):
                return Decoded(text, declared)
    encoding = likeliest(data)
    text = _decode_legacy(data, encoding) if encoding else None
    return Decoded(text, encoding) if encoding and text is not None else None


_IDEOGRAPHIC_LANGUAGES = ("zh", "ja", "ko")


# UTF-8


def _mostly_utf8(data: bytes) -> str | None:
    """Decode UTF-8 in which few sequences, or only the last one, are damaged; None if it is something else."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        first_error = error
    before, tail = data[: first_error.start], data[first_error.start :]
    # One byte may as well be the last letter of a word in a legacy encoding, unless UTF-8 stands before it.
    if len(tail) < 4 and _cut_off(tail) and (len(tail) > 1 or not before.isascii()):
        return before.decode("utf-8") + "\ufffd"
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    whole = len(text) - len(data.translate(None, _NOT_ASCII)) - broken
    return text if broken <= whole * MAX_BROKEN_SHARE else None


def _cut_off(tail: bytes) -> bool:
    """Whether these are the first bytes of one UTF-8 sequence."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(tail) == ""
    except UnicodeDecodeError:
        return False


def _mixed(data: bytes) -> str | None:
    """Decode a file that was put together from UTF-8 and from one legacy encoding, line by line; None for others."""
    lines = data.split(b"\n")
    decoded = [_strict_utf8(line) for line in lines]
    foreign = b"\n".join(line for line, text in zip(lines, decoded, strict=True) if text is None)
    whole = sum(_count_non_ascii(text) for text in decoded if text is not None)
    if whole < MIN_MIXED_CHARACTERS or whole < MIN_MIXED_SHARE * len(foreign.translate(None, _ASCII)):
        return None
    encoding = likeliest(foreign)
    if encoding is None:
        return None
    legacy = (_decode_legacy(line, encoding) for line, text in zip(lines, decoded, strict=True) if text is None)
    return "\n".join(next(legacy) or "" if text is None else text for text in decoded)


def _strict_utf8(line: bytes) -> str | None:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _count_non_ascii(text: str) -> int:
    return 0 if text.isascii() else sum(1 for character in text if not character.isascii())


# UTF-16 and UTF-32


def utf16_or_32(data: bytes) -> str | None:
    """Name the UTF-16 or UTF-32 codec of data, by its byte order mark or by the pattern of its bytes."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding if encoding != "utf-8-sig" else None
    sample = data[:SAMPLE_BYTES]
    sample = sample[: len(sample) // 4 * 4 or len(sample)]
    zeros = sample.count(0)
    if len(sample) < 4 or (not zeros and _is_utf8(sample)):
        return None
    if zeros * 2 >= len(sample):
        for codec in ("utf-32-le", "utf-32-be"):
            if _reads_as_text(sample, codec, 4):
                return codec
    candidates = [codec for codec in ("utf-16-le", "utf-16-be") if _reads_as_text(sample, codec, 2)]
    # In text a zero is the upper half of an ASCII character: it stands second in little endian, first in big endian.
    second = sample[1::2].count(0)
    upper = {"utf-16-le": second, "utf-16-be": zeros - second}
    for codec in candidates:
        if zeros and upper[codec] >= zeros * MIN_UPPER_ZEROS:
            return codec
    ideographic = [codec for codec in candidates if _ideographic(sample, codec)]
    return ideographic[0] if len(ideographic) == 1 else None


def _decode_wide(data: bytes, encoding: str) -> str:
    """Decode UTF-16 or UTF-32 whose last character may be cut off."""
    text = data.decode(encoding, "replace")
    unit = 4 if "32" in encoding else 2
    return text.removesuffix("\ufffd") if len(data) % unit else text


def _reads_as_text(sample: bytes, codec: str, unit: int) -> bool:
    text = sample[: len(sample) // unit * unit].decode(codec, "replace")
    odd = sum(count for character, count in Counter(text).items() if _odd(character))
    return odd <= len(text) * 0.02


def _odd(character: str) -> bool:
    """Whether a character hardly occurs in text: unassigned, private, control, or a stray surrogate."""
    if character in "\t\n\v\f\r":
        return False
    return character == "\ufffd" or unicodedata.category(character) in ("Cn", "Co", "Cs", "Cc")


_IDEOGRAPHIC = ((0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xFF00, 0xFFEF))


def _ideographic(sample: bytes, codec: str) -> bool:
    """Whether nearly all is Chinese, Japanese or Korean, frequent characters among it.

    Without one zero byte this is the only text that can be UTF-16 with no mark.
    """
    text = sample[: len(sample) // 2 * 2].decode(codec, "replace")
    inside = sum(1 for character in text if any(low <= ord(character) <= high for low, high in _IDEOGRAPHIC))
    frequent = sum(1 for character in text if character in _frequent_ideographs())
    return inside >= len(text) * 0.95 and frequent >= len(text) * 0.25


@cache
def _frequent_ideographs() -> frozenset[str]:
    return frozenset("".join(language.letters for language in LANGUAGES if language.name[:2] in _IDEOGRAPHIC_LANGUAGES))


def _is_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


# Declared encodings


_LABELS: Mapping[str, str] = {
    label: codec
    for codec, labels in {
        "utf-8": "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 x-unicode20utf8 utf-16 utf-16le utf-16be unicode ucs-2",
        "cp1252": "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso88591 iso_8859-1 latin1 latin-1 l1 ascii "
        "us-ascii ansi ansi_x3.4-1968 cp819 ibm819 x-user-defined",
        "iso8859_2": "iso-8859-2 iso8859-2 iso88592 iso_8859-2 latin2 l2",
        "iso8859_3": "iso-8859-3 iso8859-3 latin3 l3",
        "iso8859_4": "iso-8859-4 iso8859-4 latin4 l4",
        "iso8859_5": "iso-8859-5 iso8859-5 iso88595 iso_8859-5 cyrillic",
        "iso8859_6": "iso-8859-6 iso8859-6 iso88596 iso_8859-6 arabic asmo-708 ecma-114",
        "iso8859_7": "iso-8859-7 iso8859-7 iso88597 iso_8859-7 greek greek8 elot_928 ecma-118",
        "iso8859_8": "iso-8859-8 iso-8859-8-i iso8859-8 iso-8859-8-e hebrew visual logical",
        "iso8859_10": "iso-8859-10 iso8859-10 latin6 l6",
        "iso8859_13": "iso-8859-13 iso8859-13",
        "iso8859_14": "iso-8859-14 iso8859-14",
        "iso8859_15": "iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 latin9 latin-9",
        "iso8859_16": "iso-8859-16",
        "cp866": "ibm866 cp866 866 csibm866",
        "koi8_r": "koi8-r koi8 koi koi8_r cskoi8r",
        "koi8_u": "koi8-u koi8-ru",
        "mac_roman": "macintosh mac x-mac-roman csmacintosh",
        "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
        "cp874": "windows-874 iso-8859-11 iso8859-11 tis-620 dos-874",
        "cp1250": "windows-1250 cp1250 x-cp1250",
        "cp1251": "windows-1251 cp1251 x-cp1251 win-1251",
        "cp1253": "windows-1253 cp1253 x-cp1253",
        "cp1254": "windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 iso88599 iso_8859-9 latin5 l5",
        "cp1255": "windows-1255 cp1255 x-cp1255",
        "cp1256": "windows-1256 cp1256 x-cp1256",
        "cp1257": "windows-1257 cp1257 x-cp1257",
        "cp1258": "windows-1258 cp1258 x-cp1258",
        "gb18030": "gb18030 gbk x-gbk gb2312 gb_2312 gb_2312-80 gb2312-80 chinese csgb2312 iso-ir-58",
        "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
        "cp932": "shift_jis shift-jis sjis x-sjis ms932 ms_kanji csshiftjis windows-31j",
        "euc_jp": "euc-jp x-euc-jp cseucpkdfmtjapanese",
        "iso2022_jp": "iso-2022-jp csiso2022jp",
        "cp949": "euc-kr ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean windows-949 cseuckr iso-ir-149",
    }.items()
    for label in labels.split()
}
"""Labels as pages write them and the codec that decodes them: WHATWG Encoding Standard, section 4.2. As there, each
label means the superset that was really used (``iso-8859-1`` is windows-1252, ``gb2312`` is GB18030)."""

_META = re.compile(rb"<meta\s[^>]{0,500}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})", re.IGNORECASE)


def declared_encoding(data: bytes) -> str | None:
    """Give the codec that a page declares in ``<meta>`` or its XML declaration, if the label is known."""
    head = data[:PRESCAN_BYTES]
    found = _XML.match(head.lstrip()) or _META.search(head)
    return _LABELS.get(found.group(1).decode("ascii", "replace").lower()) if found else None


def _suspect(text: str, codec: str) -> bool:
    """Whether a declared single-byte encoding makes nonsense: the label was a server's default."""
    if codec in _MULTI_BYTE:
        return False
    evidence = _sample_text(text)
    letters = sum(1 for character in evidence if character.isalpha())
    foreign = sum(1 for character in evidence if character.isalpha() and not character.isascii())
    latin = any(codec in language.codecs and language.letters[0] < "\u0250" for language in LANGUAGES)
    return (latin and foreign > letters * MAX_SUSPECT_SHARE) or _oddities(evidence) > max(1, foreign * 0.25)


# Legacy encodings


_MULTI_BYTE = frozenset(["cp932", "euc_jp", "gb18030", "big5hkscs", "cp949", "iso2022_jp"])

_PRIOR: Mapping[str, float] = {
    **dict.fromkeys(("cp1252", "cp1251", "cp932", "gb18030", "big5hkscs", "cp949", "euc_jp"), 0.0),
    **dict.fromkeys(("cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp874", "koi8_r", "koi8_u"), -1.0),
    **dict.fromkeys(("cp1257", "iso8859_2", "cp1258"), -2.0),
    **dict.fromkeys(("mac_roman", "mac_cyrillic", "cp866"), -8.0),
}
"""Log prior of each codec: how often pages that are not Unicode are found in it, in steps of about e."""
_RARE = -4.0
"""Log prior of the others: ISO parts that the Windows code pages replaced."""

_PUNCTUATION = "’“”–—\u00a0…«»„‘€£°©·•®™§½²´‚‹›\u00ad"
"""Typographic signs that text in any language uses, the most frequent first."""
_PUNCTUATION_SHARE = 0.3
"""Their share of the characters outside ASCII in a language with accented Latin letters."""
_PUNCTUATION_SHARE_ENGLISH = 0.8
_PUNCTUATION_SHARE_OTHER_SCRIPT = 0.05
_FOREIGN_LETTER = math.log(1e-5)
_RARE_IDEOGRAPH = math.log(1e-7)
"""Each of tens of thousands of rare ideographs; if they were likelier, GB18030, which has them all, would fit noise."""
_FOREIGN_SYMBOL = math.log(2e-6)
_CAPITAL = math.log(0.08)
"""A capital is this much rarer than its small letter."""
_ODDITY = -4.0
"""For each place that no writer produces, see ``_oddities``."""
_WORD = 2.5
"""For each function word of the language, up to ``_MAX_WORDS``."""
_MAX_WORDS = 12

_HOPELESS = -6.5
"""Score for each byte above 0x7F below which nothing fits: text in any language stays above -5."""
_FEW_BYTES = 20
"""With fewer such bytes than this a name or a formula in an otherwise plain text is not judged."""

_WORDS = re.compile(r"[^\W\d_]+")


def likeliest(data: bytes) -> str | None:
    """Choose the codec that makes the likeliest text of bytes that are not Unicode; None where none does.

    For each codec that can decode a sample, and each language written in it: the log likelihood of the non-ASCII
    characters under the language's letter frequencies (falling with their rank, as in Zipf's law), plus the language's
    function words, less what no writer produces. The idea is that of Li and Momoi, "A composite approach to
    language/encoding detection" (2001).
    """
    # Each word once: a bullet before every line of a menu is one piece of evidence, not two hundred. White space is
    # the same byte in all these encodings and never the second byte of a character.
    sample = b" ".join(dict.fromkeys(_sample(data).split()))
    candidates: list[tuple[float, str, str]] = []
    for codec, languages in _by_codec().items():
        text = _decode_sample(sample, codec)
        if text is not None:
            found = _evidence(text)
            score = max(_score(found, language) for language in languages) + _PRIOR.get(codec, _RARE)
            candidates.append((score, codec, text))
    # Sorting is stable: of equals, the codec with the higher prior stays first.
    candidates.sort(key=lambda candidate: -candidate[0])
    best: tuple[float, str] | None = None
    for score, codec, text in candidates:
        if best is not None and score <= best[0]:
            break  # Oddities only lower a score, and counting them is the costly part.
        final = score + _ODDITY * _oddities(text)
        if best is None or final > best[0]:
            best = (final, codec)
    high = len(sample) - len(sample.translate(None, _NOT_ASCII))
    return best[1] if best and best[0] > _HOPELESS * max(high, _FEW_BYTES) else None


@dataclass(frozen=True, slots=True)
class _Evidence:
    characters: Mapping[str, int]
    words: Mapping[str, int]


def _evidence(text: str) -> _Evidence:
    characters = {character: count for character, count in Counter(text).items() if not character.isascii()}
    return _Evidence(characters, Counter(_WORDS.findall(text.lower())))


def _score(found: _Evidence, language: Language) -> float:
    table = _log_likelihoods(language)
    rare = _RARE_IDEOGRAPH if language.name[:2] in _IDEOGRAPHIC_LANGUAGES else _FOREIGN_LETTER
    total = 0.0
    for character, count in found.characters.items():
        value = table.get(character)
        if value is None:
            value = rare if character.isalpha() else _FOREIGN_SYMBOL
        total += value * count
    return total + _WORD * min(_MAX_WORDS, sum(found.words.get(word, 0) for word in language.words))


@cache
def _log_likelihoods(language: Language) -> Mapping[str, float]:
    """Give the log likelihood of each character, among the non-ASCII characters of a text in the language."""
    ideographic = language.name[:2] in _IDEOGRAPHIC_LANGUAGES
    if language.name == "en":
        punctuation = _PUNCTUATION_SHARE_ENGLISH
    else:
        latin = language.letters[0] < "\u0250"
        punctuation = _PUNCTUATION_SHARE if latin else _PUNCTUATION_SHARE_OTHER_SCRIPT
    # Some hundred characters are half of a text written in thousands of them, and nearly all of an alphabetic one.
    share = 0.5 if ideographic else 0.98 - punctuation
    table = _ranked(language.letters, share)
    for character, value in _ranked(_PUNCTUATION, punctuation).items():
        table.setdefault(character, value)
    for letter, value in list(table.items()):
        if letter.upper() != letter and len(letter.upper()) == 1:
            table.setdefault(letter.upper(), value + _CAPITAL)
    if ideographic:
        for character in _repertoire(language.name[:2]):
            table.setdefault(character, math.log((0.93 - share) / 4_000))
    return table


def _ranked(characters: str, share: float) -> dict[str, float]:
    """Spread a share of all characters over these, falling with their rank."""
    weights = [1 / (rank + 3) for rank in range(len(characters))]
    total = sum(weights)
    return {character: math.log(share * weight / total) for character, weight in zip(characters, weights, strict=True)}


@cache
def _repertoire(name: str) -> str:
    """Give the everyday characters of a language beyond the most frequent: level 1 of its national standard."""
    codec, leads, trails = {
        "zh": ("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF)),
        "ja": ("euc_jp", range(0xA1, 0xD0), range(0xA1, 0xFF)),
        "ko": ("euc_kr", range(0xB0, 0xC9), range(0xA1, 0xFF)),
    }[name]
    characters = "".join(bytes((lead, trail)).decode(codec, "ignore") for lead in leads for trail in trails)
    if name == "zh":
        big5 = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
        characters += "".join(
            bytes((lead, trail)).decode("big5", "ignore") for lead in range(0xA4, 0xC7) for trail in big5
        )
    return characters


def _oddities(text: str) -> int:
    """Count what no writer produces but a wrong codec does.

    A capital after a small letter, letters of two scripts in one word, a symbol between two letters; only places
    where one of the characters is not ASCII, because the others are the same in every codec.
    """
    count = 0
    before, middle = "", ""
    for character in text:
        if not (middle.isascii() and character.isascii()):
            if middle.isalpha() and character.isalpha():
                cased = middle.islower() and character.isupper()
                count += cased or _script(middle) != _script(character)
            elif before.isalpha() and character.isalpha() and not middle.isascii():
                count += middle not in "’‘·\u00ad\u00a0–—…" and not unicodedata.category(middle).startswith("M")
        if "\x80" <= character <= "\x9f" or character == "\ufffd":
            count += 2
        before, middle = middle, character
    return count


def _script(letter: str) -> int:
    """Give a coarse script: enough to see Latin and Cyrillic in one word."""
    code = ord(letter)
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return 0
    if code >= 0x2E80:
        return -1
    return 1 + next((index for index, end in enumerate((0x370, 0x400, 0x530, 0x600, 0x700)) if code < end), code // 128)


@cache
def _by_codec() -> Mapping[str, tuple[Language, ...]]:
    codecs_in_order = sorted(
        {codec for language in LANGUAGES for codec in language.codecs},
        key=lambda codec: (-_PRIOR.get(codec, _RARE), codec),
    )
    return {codec: tuple(language for language in LANGUAGES if codec in language.codecs) for codec in codecs_in_order}


def _decode_sample(sample: bytes, codec: str) -> str | None:
    if codec not in _MULTI_BYTE:
        return _decode_single(sample, codec)
    text = sample.decode(codec, "replace")
    broken = text.count("\ufffd")
    # One character may be cut at either end of the sample.
    return text if broken <= 2 + len(text) * MAX_BROKEN_LEGACY_SHARE else None


def _decode_legacy(data: bytes, codec: str) -> str | None:
    if codec not in _MULTI_BYTE:
        return _decode_single(data, codec)
    text = data.decode(codec, "replace")
    double = len(text) - len(data.translate(None, _NOT_ASCII))
    return text if text.count("\ufffd") <= max(2, double * 0.05) else None


def _decode_single(data: bytes, codec: str) -> str:
    """Decode a single-byte encoding; bytes that it leaves open become C1 controls, as browsers do."""
    return codecs.charmap_decode(data, "strict", _single_byte_table(codec))[0]


@cache
def _single_byte_table(codec: str) -> str:
    return "".join(_one(byte, codec) for byte in range(256))


def _one(byte: int, codec: str) -> str:
    try:
        return bytes((byte,)).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)


def _sample(data: bytes) -> bytes:
    """Take the parts of a file that hold non-ASCII bytes, each with the line around it."""
    parts: list[bytes] = []
    size = end = 0
    while size < SAMPLE_BYTES and (match := _NON_ASCII_BYTE.search(data, end)):
        start = max(end, match.start() - _CONTEXT, data.rfind(b"\n", end, match.start()) + 1)
        newline = data.find(b"\n", match.start(), match.start() + _PIECE)
        end = newline if newline >= 0 else match.start() + _PIECE
        parts.append(data[start:end])
        size += end - start
    return b"\n".join(parts)


def _sample_text(text: str) -> str:
    """Take the same parts of decoded text."""
    parts: list[str] = []
    size = end = 0
    while size < SAMPLE_BYTES and (match := _NON_ASCII.search(text, end)):
        start = max(end, match.start() - _CONTEXT, text.rfind("\n", end, match.start()) + 1)
        newline = text.find("\n", match.start(), match.start() + _PIECE)
        end = newline if newline >= 0 else match.start() + _PIECE
        parts.append(text[start:end])
        size += end - start
    return "\n".join(parts)


_CONTEXT = 200
"""Characters before a non-ASCII one that are looked at with it, for their words."""
_PIECE = 2_000
_NON_ASCII_BYTE = re.compile(rb"[\x80-\xff]")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")


def _iso_2022_jp(data: bytes) -> str | None:
    """Decode ISO-2022-JP, which is ASCII but for its escape sequences (RFC 1468)."""
    # One byte is looked for ten times faster than three.
    if b"\x1b" not in data or (b"\x1b$B" not in data and b"\x1b$@" not in data):
        return None
    try:
        return data.decode("iso2022_jp")
    except UnicodeDecodeError:
        return None
