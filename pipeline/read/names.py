"""Names as they are stored: valid UTF-8, and reversible, whatever bytes a file name is made of."""

from __future__ import annotations

import re

_RECORD_LOOKALIKE = re.compile(r"#([0-9]+)\Z")
_STORED_ESCAPE = re.compile(r"\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4}))")


def storable(name: str) -> str:
    r"""Spell a file name so that it can be written as UTF-8.

    Python gives bytes of a name that are not UTF-8 as lone surrogates (PEP 383). Byte 0xFF becomes ``\xff``,
    any other lone surrogate ``\ud800``, and a backslash ``\\``, so that two names never share one spelling.
    """
    if "\\" not in name and name.isascii():
        return name
    return "".join(_spell(character) for character in name)


def restore(stored: str) -> str:
    """Undo ``storable``."""
    return _STORED_ESCAPE.sub(_unspell, stored) if "\\" in stored else stored


def source_name(relative: str) -> str:
    r"""Spell a relative path as ``source``: storable, and never mistaken for record N of a container.

    A file that is really called ``a.jsonl#3`` becomes ``a.jsonl\x233``.
    """
    name = storable(relative)
    return _RECORD_LOOKALIKE.sub(r"\\x23\1", name) if "#" in name else name


def _spell(character: str) -> str:
    if character == "\\":
        return "\\\\"
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if 0xD800 <= code <= 0xDFFF:
        return f"\\u{code:04x}"
    return character


def _unspell(match: re.Match[str]) -> str:
    byte, unit = match.group(1), match.group(2)
    if byte is not None:
        code = int(byte, 16)
        return chr(0xDC00 + code) if code >= 0x80 else chr(code)
    return chr(int(unit, 16)) if unit is not None else "\\"
