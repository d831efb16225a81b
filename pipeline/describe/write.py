"""Puts the descriptions of the newest release beside the tables of a corpus."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import fsspec
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.location import local_folder, table_uri
from pipeline.corpus.open import Corpus
from pipeline.corpus.schema import ARTICLES, DATA_TABLES
from pipeline.describe.card import Facts, card, model_card_of
from pipeline.describe.contract import contract_yaml
from pipeline.describe.croissant import croissant
from pipeline.show.status import counted, status_of

if TYPE_CHECKING:
    from collections.abc import Mapping

CARD, CONTRACT, CROISSANT = "README.md", "contract.yaml", "croissant.json"


def describe_newest(place: str) -> None:
    """``describe`` the newest release of the corpus at a place."""
    describe(Corpus.open(place))


def describe(corpus: Corpus) -> None:
    """Write ``README.md``, ``contract.yaml`` and ``croissant.json`` into the corpus, each whole or not at all.

    They are written after the release was published, so that a run that dies in between leaves those of the release
    before, which name it; the next run writes them again.

    :raises OSError: they cannot be written.
    """
    release = corpus.release
    texts = {
        CARD: card(_facts(corpus)),
        CONTRACT: contract_yaml(release),
        CROISSANT: json.dumps(croissant(release, _files(corpus)), indent=1, ensure_ascii=False) + "\n",
    }
    for name, text in texts.items():
        _write(corpus.path, name, text)


def _files(corpus: Corpus) -> Mapping[str, list[str]]:
    """By table: the Parquet files of the release, relative to the corpus."""
    found = {}
    for table in DATA_TABLES:
        if table.name in corpus.release.tables:
            base = table_uri(corpus.path, table.name)
            uris = corpus.delta(table.name).file_uris()
            names = (unquote(uri).removeprefix(base).lstrip("/") for uri in uris)
            found[table.name] = [f"{table.name}/{name}" for name in names]
    return found


def _facts(corpus: Corpus) -> Facts:
    wanted = pa.schema([ARTICLES.schema.field(name) for name in ("published", "origin", "labeller")])
    present = pa.Table.from_batches(corpus.articles(wanted.names, all_articles=True), wanted)
    days = pc.utf8_slice_codeunits(present["published"], 0, 10)
    ends = pc.min_max(days).as_py()
    return Facts(
        release=corpus.release,
        status=status_of(corpus),
        published=(ends["min"], ends["max"], days.null_count),
        origins=counted(present["origin"]),
        labellers=counted(present["labeller"]),
        model_card=model_card_of(
            resources.files("pipeline.label.network").joinpath("card.json").read_text(encoding="utf-8")
        ),
    )


def _write(corpus: str, name: str, text: str) -> None:
    folder = local_folder(corpus)
    if folder is None:
        with fsspec.open(f"{corpus.rstrip('/')}/{name}", "wb") as file:
            file.write(text.encode())
        return
    temporary = Path(folder) / f".{name}.new"
    with temporary.open("wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(Path(folder) / name)
