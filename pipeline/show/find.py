"""Finding the input a person means: by article id, the beginning of one, or the path it was read from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from pipeline.errors import UsageError
from pipeline.show.screen import shortened, visible

if TYPE_CHECKING:
    from pipeline.corpus.open import Corpus

CANDIDATES = 10
"""How many inputs a message about several names."""

_ID_PREFIX = re.compile(r"[0-9a-f]{4,16}")


@dataclass(frozen=True, slots=True)
class Found:
    """One input of a corpus."""

    table: Literal["articles", "quarantine"]
    id: str
    source: str
    withdrawn: bool


def find_input(corpus: Corpus, what: str) -> Found:
    """The one input that ``what`` means: an id, an unambiguous beginning of an id (4 digits or more), or a path.

    A path is the input's source, the whole path it was read from, the last segments of it, or the beginning of the
    file's name. What is still there goes before what was withdrawn.

    :raises UsageError: there is none, or there are several; the message names them.
    """
    inputs = [*_inputs(corpus, "articles"), *_inputs(corpus, "quarantine")]
    path = what.replace("\\", "/").removeprefix("./")
    whole = Path(what).absolute().as_posix()
    tests = (
        lambda item, _: item.id == what,
        lambda _, paths: what in paths or path in paths or whole in paths,
        lambda _, paths: any(known.endswith("/" + path.lstrip("/")) for known in paths) if path else False,
        lambda item, _: bool(_ID_PREFIX.fullmatch(what)) and item.id.startswith(what),
        lambda item, _: bool(what) and item.source.rsplit("/", 1)[-1].startswith(what),
    )
    for test in tests:
        found = [item for item, paths in inputs if test(item, paths)]
        found = [item for item in found if not item.withdrawn] or found
        if len(found) == 1:
            return found[0]
        if found:
            named = "".join(f"\n  {item.id}  {shortened(visible(item.source), 80)}" for item in found[:CANDIDATES])
            rest = len(found) - CANDIDATES
            more = f"\n  and {rest} more" if rest > 0 else ""
            raise UsageError(f"{visible(what)} may be any of {len(found)} inputs: name one by its id{named}{more}")
    raise UsageError(
        f"no input {visible(what)!r} in the corpus: "
        "name an article id (or its first 4 digits or more) or the path it was read from"
    )


def _inputs(corpus: Corpus, table: Literal["articles", "quarantine"]) -> list[tuple[Found, tuple[str, ...]]]:
    """Inputs of one table with the paths by which they may be called."""
    columns = ["id", "origin", "source"] + (["withdrawn"] if table == "articles" else [])
    rows: pa.Table = corpus.table(table, columns)
    return [
        (
            Found(table, row["id"], row["source"], row.get("withdrawn") is not None),
            (row["source"], row["origin"], f"{row['origin'].rstrip('/')}/{row['source']}"),
        )
        for row in rows.to_pylist()
    ]
