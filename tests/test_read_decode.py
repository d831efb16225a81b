"""Bytes become the right text, in many languages and encodings."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.decode import declared_encoding, decode
from tests.strategies.read import ENCODINGS, SAMPLES, hostile_bytes

CASES = [(language, encoding) for language, encodings in ENCODINGS.items() for encoding in encodings]
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
SHORT_BYTES = 60
MIN_SHORT_RIGHT = 0.95
"""Macintosh text of 60 bytes with one accent is often taken for windows-1252, which is a thousand times as common."""


def _text(data: bytes, *, html: bool = False) -> str | None:
    decoded = decode(data, html=html)
    return decoded.text if decoded else None


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_legacy_encodings_are_told_apart(language: str, encoding: str) -> None:
    """Two or three sentences are enough for the right text in each legacy encoding."""
    data = "\n".join(SAMPLES[language]).encode(encoding, "ignore")
    assert _text(data) == data.decode(encoding)


def test_short_legacy_text_is_mostly_right() -> None:
    """Sixty bytes are enough in nearly every case."""
    right = wrong = 0
    for language, encoding in CASES:
        for sentence in SAMPLES[language]:
            data = sentence.encode(encoding, "ignore")[:SHORT_BYTES]
            expected = data.decode(encoding, "ignore")
            text = _text(data)
            same = text is not None and text.rstrip("\ufffd")[: len(expected)] == expected
            right, wrong = right + same, wrong + (not same)
    assert right / (right + wrong) >= MIN_SHORT_RIGHT


@pytest.mark.parametrize("encoding", UNICODE)
@pytest.mark.parametrize("language", sorted(SAMPLES))
def test_unicode_is_exact(language: str, encoding: str) -> None:
    """Text in any language and form of Unicode, marked or not, comes back as it was, and the form is named."""
    text = "\n".join(SAMPLES[language])
    if language == "en" and "-sig" not in encoding:
        text = text.replace("’", "'")
    decoded = decode(text.encode(encoding))
    assert decoded is not None
    assert decoded.text == text
    assert decoded.encoding == encoding


@pytest.mark.parametrize("language", ["fr", "ru", "ja", "ko", "zh"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_that_is_cut_off_is_still_decoded(language: str, encoding: str) -> None:
    """Cut anywhere in its last character, all before it is right."""
    text = "\n".join(SAMPLES[language])
    data = text.encode(encoding)
    for cut in (1, 2, 3):
        found = _text(data[:-cut])
        assert found is not None
        assert found.rstrip("\ufffd") == text[: len(found.rstrip("\ufffd"))]
        assert len(found) >= len(text) - 3


def test_few_broken_bytes_leave_utf8_as_it_is() -> None:
    """Damage in places is replaced there; the rest stays."""
    data = ("Élections à Nîmes : résultats définitifs. " * 5).encode() + b"\xff et \xc3 voil\xc3\xa0"
    decoded = decode(data)
    assert decoded is not None
    assert decoded.encoding == "utf-8"
    assert decoded.text.count("\ufffd") == 2
    assert decoded.text.endswith("voilà")


def test_noise_is_no_text() -> None:
    """Bytes that no language explains are not forced into one."""
    assert decode(bytes(128 + (n * n * 7 + n * 31 + n // 3) % 128 for n in range(3_000))) is None


def test_last_letter_of_a_legacy_word_is_no_cut_utf8() -> None:
    """One high byte at the very end, after ASCII, is a letter."""
    assert _text("Nous irons au café".encode("cp1252")) == "Nous irons au café"


def test_file_put_together_from_two_encodings() -> None:
    """Lines of UTF-8 and lines of windows-1252 in one file are each decoded right."""
    french = "\n".join(SAMPLES["fr"])
    assert _text(french.encode() + b"\n" + french.encode("cp1252")) == french + "\n" + french


@pytest.mark.parametrize(
    ("declaration", "codec"),
    [
        ('<meta charset="iso-8859-1">', "cp1252"),
        ("<META http-equiv=Content-Type content='text/html; charset=ISO-8859-2'>", "iso8859_2"),
        ("<?xml version='1.0' encoding='windows-1251'?>", "cp1251"),
        ('<meta charset="gb2312">', "gb18030"),
        ('<meta charset=" Shift_JIS ">', "cp932"),
        ('<meta charset="utf-16">', "utf-8"),
        ('<meta charset="rot13">', None),
        ('<meta name="x" content="y">', None),
        ("<meta " + "charset " * 10_000, None),
    ],
)
def test_declared_labels_mean_what_browsers_mean(declaration: str, codec: str | None) -> None:
    """Labels are those of the WHATWG Encoding Standard; unknown ones count as none."""
    assert declared_encoding(declaration.encode()) == codec


def test_declaration_decides_where_the_bytes_do_not() -> None:
    """One letter is too little to guess from, but a declaration is enough."""
    page = '<html><head><meta charset="{}"></head><body>Ŝi diris: ĝuste ĉi tie</body></html>'
    assert "ĝuste ĉi tie" in (_text(page.format("iso-8859-3").encode("iso8859_3"), html=True) or "")


@pytest.mark.parametrize(
    ("language", "encoding", "claimed"),
    [
        ("ru", "cp1251", "iso-8859-1"),
        ("fr", "utf-8", "iso-8859-1"),
        ("fr", "cp1252", "utf-8"),
        ("ja", "cp932", "latin1"),
        ("el", "cp1253", "windows-1252"),
        ("fr", "cp1252", "shift_jis"),
        ("zh", "gb18030", "big5"),
    ],
)
def test_lying_declaration_is_not_believed(language: str, encoding: str, claimed: str) -> None:
    """Where the declared encoding makes nonsense of the bytes, the bytes decide."""
    body = "\n".join(SAMPLES[language])
    data = f'<meta charset="{claimed}"><p>{body}</p>'.encode(encoding)
    assert body in (_text(data, html=True) or "")


def test_lying_byte_order_mark_is_not_believed() -> None:
    """A UTF-8 mark before windows-1251 does not make UTF-8 of it."""
    text = "\n".join(SAMPLES["ru"])
    assert _text(codecs.BOM_UTF8 + text.encode("cp1251")) == text


def test_bullets_do_not_drown_the_letters() -> None:
    """Hundreds of bullets before menu entries are one piece of evidence, not hundreds."""
    text = "\n".join(f"\u2022 Entry {number}" for number in range(300)) + "\nIt’s “closed”, said Zoë.\n"
    assert _text(text.encode("cp1252")) == text


def test_large_legacy_text_takes_no_longer_than_its_sample() -> None:
    """The choice rests on a bounded sample, wherever in the file it stands."""
    data = b"a plain line of text\n" * 400_000 + "Les élèves étaient déjà à l’école.\n".encode("cp1252")
    decoded = decode(data)
    assert decoded is not None
    assert decoded.text.endswith("Les élèves étaient déjà à l’école.\n")


@given(hostile_bytes)
def test_any_bytes_give_text_or_nothing(data: bytes) -> None:
    """Decoding raises nothing, and names a codec that Python has."""
    for html in (False, True):
        decoded = decode(data, html=html)
        assert decoded is None or codecs.lookup(decoded.encoding)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=80))
def test_utf8_is_never_taken_for_anything_else(text: str) -> None:
    """Valid UTF-8 comes back as it was."""
    assert _text(text.encode("utf-8-sig")) == text
    assert _text(("¡" + text).encode()) == "¡" + text
