"""``contract.yaml``: the tables and fields as an Open Data Contract Standard document (ODCS 3.1, bitol.io)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from pipeline.corpus.schema import SCHEMA_VERSION, TABLES, Field, Table, Type

if TYPE_CHECKING:
    from pipeline.corpus.releases import Release

API_VERSION: Final = "v3.1.0"
RULE: Final = (
    "Fields and tables are only ever added; each says since which schema version it is there. Anything else would be a "
    "new major version of the contract."
)
MAJOR: Final = 1
_DUMPER: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""libyaml's, where PyYAML was built with it: the same text in a fifth of the time, which was a tenth of a small run."""

_LOGICAL: Final[dict[Type, str]] = {
    "string": "string",
    "bool": "boolean",
    "int32": "integer",
    "int64": "integer",
    "float64": "number",
    "binary": "string",
    "list<string>": "array",
}


def contract(release: Release) -> dict[str, Any]:
    """The contract that one release keeps."""
    return {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": "copydesk-corpus",
        "name": "Copydesk corpus",
        "version": f"{MAJOR}.{SCHEMA_VERSION}.0",
        "status": "active",
        "description": {
            "purpose": "Canonical articles from scraped pages, with the reason for every line that was removed.",
            "usage": "Read the table versions that the newest row of `releases` names, or those of a release you pin.",
            "limitations": f"{RULE} The articles remain their publishers': see `license` where a page states one.",
        },
        "servers": [{"server": "corpus", "type": "local", "path": "./{table}", "format": "delta"}],
        "schema": [_table(table) for table in TABLES.values()],
        "customProperties": [
            {"property": "release", "value": release.number},
            {"property": "run", "value": release.run},
            {"property": "schemaVersion", "value": SCHEMA_VERSION},
        ],
    }


def contract_yaml(release: Release) -> str:
    """The contract as YAML, keys in the order of the standard."""
    text: str = yaml.dump(contract(release), Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=120)
    return text


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "physicalName": table.name,
        "physicalType": "table",
        "logicalType": "object",
        "description": f"One row per {table.row}.",
        "properties": [_field(table, field) for field in table.fields],
    }


def _field(table: Table, field: Field) -> dict[str, Any]:
    known: dict[str, Any] = {
        "name": field.name,
        "logicalType": _LOGICAL[field.type],
        "physicalType": field.type,
        "required": not field.nullable,
    }
    if field.name in table.key:
        known |= {"primaryKey": True, "primaryKeyPosition": table.key.index(field.name) + 1}
    if field.type == "list<string>":
        known["items"] = {"logicalType": "string", "physicalType": "string"}
    custom = [{"property": "since", "value": field.since}]
    if field.unit:
        custom.append({"property": "unit", "value": field.unit})
    return known | {"description": field.meaning, "customProperties": custom}
