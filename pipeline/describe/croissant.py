"""``croissant.json``: the corpus as Croissant 1.1 metadata (docs.mlcommons.org/croissant), by which loaders read it.

A Delta table's folder holds files of earlier versions as well, so the files that belong to the release are named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pipeline.corpus.schema import DATA_TABLES, SCHEMA_VERSION, Field, Table, Type

if TYPE_CHECKING:
    from pipeline.corpus.releases import Release

CONFORMS_TO: Final = "http://mlcommons.org/croissant/1.1"
_CONTEXT: Final[dict[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "description": {"@container": "@language"},
    "name": {"@container": "@language"},
    **{
        name: f"cr:{name}"
        for name in (
            *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field"),
            *("fileProperty", "fileObject", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath"),
            *("key", "md5", "parentField", "path", "recordSet", "references", "regex", "repeated", "replace"),
            *("samplingRate", "separator", "source", "subField", "transform"),
        )
    },
    "conformsTo": "dct:conformsTo",
}
_TYPES: Final[dict[Type, str]] = {
    "string": "sc:Text",
    "bool": "sc:Boolean",
    "int32": "cr:Int32",
    "int64": "cr:Int64",
    "float64": "cr:Float64",
    "binary": "sc:Text",
    "list<string>": "sc:Text",
}
_REFERENCES: Final = {
    ("paragraphs", "article_id"): ("articles", "id"),
    ("lines", "article_id"): ("articles", "id"),
}
"""Fields that name a row of another table. Loaders cannot follow those of ``articles`` to itself."""


def croissant(release: Release, files: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The metadata of one release.

    :param files: by table: paths of the release's Parquet files, relative to the corpus
    """
    tables = [table for table in DATA_TABLES if files.get(table.name)]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": "copydesk-corpus",
        "description": "Canonical articles from scraped pages, with the reason for every line that was removed.",
        "conformsTo": CONFORMS_TO,
        "version": f"{SCHEMA_VERSION}.{release.number}.0",
        "datePublished": release.created[:10],
        "license": "The articles remain their publishers'; the field `license` holds what a page states.",
        "creator": {"@type": "sc:Organization", "name": "Copydesk"},
        "url": "README.md",
        "citeAs": f"Copydesk corpus, release {release.number} of {release.created[:10]}",
        "isLiveDataset": True,
        "distribution": [
            {
                "@type": "cr:FileSet",
                "@id": f"{table.name}-files",
                "name": f"{table.name}-files",
                "description": f"The files of release {release.number}'s `{table.name}`.",
                "encodingFormat": "application/x-parquet",
                "includes": sorted(files[table.name]),
            }
            for table in tables
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": table.name,
                "name": table.name,
                "description": f"One row per {table.row}.",
                "key": [{"@id": f"{table.name}/{name}"} for name in table.key],
                "field": [_field(table, field) for field in table.fields],
            }
            for table in tables
        ],
    }


def _field(table: Table, field: Field) -> dict[str, Any]:
    known: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{field.name}",
        "name": field.name,
        "description": field.meaning,
        "dataType": _TYPES[field.type],
        "source": {"fileSet": {"@id": f"{table.name}-files"}, "extract": {"column": field.name}},
    }
    if field.type == "list<string>":
        known |= {"isArray": True, "arrayShape": "-1"}
    target = _REFERENCES.get((table.name, field.name))
    if target is not None:
        known["references"] = {"field": {"@id": "/".join(target)}}
    return known
