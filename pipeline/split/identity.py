"""The id of an article."""

from __future__ import annotations

import re
from hashlib import blake2b

_RECORD_NUMBER = re.compile(r"#[0-9]+\Z")


def article_id(source: str, sha256: str, occurrence: int = 0) -> str:
    """16 hex digits (64 bits, BLAKE2b) over the source and the digest of the content.

    The number ``#N`` of a record in its container is left out, so that an id does not change when records are
    put before it; ``occurrence`` (0, 1, 2, ...) tells apart records of one container that are exactly alike.
    """
    key = f"{_RECORD_NUMBER.sub('', source)}\0{sha256}"
    if occurrence:
        key = f"{key}\0{occurrence}"
    # file names that are not UTF-8 reach Python as lone surrogates
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
