"""A schema for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dbman.facts import Difference
from dbman.schemas.results import Schema, Table


def schema_data(schema: Schema) -> dict[str, object]:
    """Return a schema as plain lists and mappings."""
    return {
        "source": schema.told,
        "dialect": schema.dialect,
        "aside": dict(schema.aside),
        "tables": [_table(table) for table in schema.tables],
    }


def differences_data(
    differences: Iterable[Difference], owners: Mapping[str, str | None]
) -> list[dict[str, object]]:
    """Return what differs as plain mappings; `owners` are those of the tables."""
    return [
        {
            "table": each.table,
            "extension": owners.get(each.table),
            "kind": each.kind,
            "name": each.name,
            "before": each.before,
            "after": each.after,
        }
        for each in differences
    ]


def _table(table: Table) -> dict[str, object]:
    return {
        "name": table.name,
        "extension": table.owner,
        "kind": table.kind,
        "columns": [
            {
                "name": column.name,
                "type": column.type,
                "required": column.required,
                "default": column.default or None,
                "comment": column.comment,
            }
            for column in table.columns
        ],
        "primary_key": list(table.key),
        "foreign_keys": [
            {
                "name": key.name or None,
                "columns": list(key.columns),
                "table": key.table,
                "targets": list(key.targets),
                "options": key.rest.strip(),
            }
            for key in table.foreign_keys
        ],
        "ddl": table.statements,
    }
