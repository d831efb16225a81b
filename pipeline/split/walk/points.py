"""Loops over single characters: code points of what libxml2 has written, white space, check sums."""

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np

UNKNOWN: Final = -1
"""In the place of a code point: an escape that libxml2 does not write."""

_LONGEST_ESCAPE: Final = 10


def _crc_table() -> Any:
    table = np.zeros(256, dtype=np.uint32)
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
        table[byte] = value
    return table


_CRC: Final = _crc_table()
CRC_START: Final = np.uint32(0xFFFFFFFF)
"""What a CRC-32 begins with, and what it is turned by at its end."""


@numba.njit(cache=True)
def crc(value: Any, byte: Any) -> Any:
    """A CRC-32 (that of zlib) one byte on."""
    return _CRC[(value ^ np.uint32(byte)) & np.uint32(0xFF)] ^ (value >> np.uint32(8))


@numba.njit(cache=True)
def point_at(data: Any, at: int, end: int, is_raw: Any) -> Any:
    """The code point at a place of UTF-8 and the place behind it.

    :param is_raw: whether ``&`` is itself, not the beginning of an escape.
    """
    first = np.int64(data[at])
    if first == 0x26 and not is_raw:
        return _escaped(data, at + 1, end)
    if first < 0x80:
        return first, at + 1
    second = np.int64(data[at + 1]) & 0x3F
    if first < 0xE0:
        return (first & 0x1F) << 6 | second, at + 2
    third = np.int64(data[at + 2]) & 0x3F
    if first < 0xF0:
        return (first & 0x0F) << 12 | second << 6 | third, at + 3
    return (first & 0x07) << 18 | second << 12 | third << 6 | np.int64(data[at + 3]) & 0x3F, at + 4


@numba.njit(cache=True)
def _escaped(data: Any, at: int, end: int) -> Any:
    """What stands behind ``&``: ``amp``, ``lt``, ``gt``, ``quot`` or a number; and the place behind it."""
    stop = at
    while stop < min(end, at + _LONGEST_ESCAPE) and data[stop] != 0x3B:
        stop += 1
    if stop == at or stop >= end or data[stop] != 0x3B:
        return np.int64(UNKNOWN), at
    if data[at] != 0x23:
        # no two of the four begin alike
        meant = 0x26 if data[at] == 0x61 else 0x3C if data[at] == 0x6C else 0x3E if data[at] == 0x67 else 0x22
        return np.int64(meant), stop + 1
    is_hex = data[at + 1] == 0x78
    value = np.int64(0)
    for place in range(at + 1 + is_hex, stop):
        digit = np.int64(data[place] | 0x20)
        # the letters stand 0x27 behind the digits
        value = value * (16 if is_hex else 10) + (digit - 0x57 if digit >= 0x61 else digit - 0x30)
    return value, stop + 1


@numba.njit(cache=True)
def is_space(point: Any) -> Any:
    """What ``str.isspace`` says of it."""
    if point < 0x80:
        return point == 0x20 or 0x09 <= point <= 0x0D or 0x1C <= point <= 0x1F
    if point < 0x1680:
        return point in (0x85, 0xA0)
    return point in (0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000) or 0x2000 <= point <= 0x200A


@numba.njit(cache=True)
def is_blank(data: Any, start: int, end: int) -> Any:
    """Whether a text has white space only."""
    at = start
    while at < end:
        point, at = point_at(data, at, end, False)
        if not is_space(point):
            return False
    return True
