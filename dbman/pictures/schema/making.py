"""One model of the picture, from a schema or from the comparison of two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dbman.pictures.schema.model import Box, Diagram, Line, Row
from dbman.schemas import NOBODY, ForeignKey, Schema, Table
from dbman.schemas.comparing import Comparison, Mark


def make_diagram(source: Schema | Comparison) -> Diagram:
    """Return the picture of a schema or of a comparison."""
    found = source if isinstance(source, Comparison) else Comparison("", source, ())
    schema = found.schema
    groups = {owner: place for place, owner in enumerate(schema.owners)}
    boxes = tuple(
        Box(
            table,
            groups[table.owner],
            tuple(_rows(found, table)),
            found.marks.get(table.name),
            found.of(table.name),
        )
        for table in schema.tables
    )
    return Diagram(
        schema,
        tuple(owner or NOBODY for owner in groups),
        None in groups,
        boxes,
        tuple(_lines(found, boxes)),
        found.before,
        found.differences,
    )


def _rows(found: Comparison, table: Table) -> Iterator[Row]:
    refers = {name: key.table for key in table.foreign_keys for name in key.columns}
    whole = _whole(found, table)
    for column in table.columns:
        mark = whole or found.columns.get((table.name, column.name))
        type_ = column.type.lower() + ("" if column.required or column.name in table.key else "?")
        is_key = column.name in table.key
        yield Row(column.name, type_, is_key, refers.get(column.name), mark)


def _whole(found: Comparison, table: Table) -> Mark | None:
    """Return what happened to all of a table."""
    mark = found.marks.get(table.name)
    return mark if mark in ("added", "removed") else None


def _lines(found: Comparison, boxes: tuple[Box, ...]) -> Iterator[Line]:
    places = {box.table.name: place for place, box in enumerate(boxes)}
    for start, box in enumerate(boxes):
        for key in box.table.foreign_keys:
            if key.table in places and box.rows:
                end = places[key.table]
                mark = _whole(found, box.table) or _mark(found.keys, box.table.name, key)
                yield Line(
                    start,
                    _row(box, key.columns),
                    end,
                    _row(boxes[end], key.targets),
                    _told(box.table, key),
                    mark,
                )


def _mark(marks: Mapping[tuple[str, str], Mark], table: str, key: ForeignKey) -> Mark | None:
    shown = f"({', '.join(key.columns)})"
    return marks.get((table, key.name or shown.lower())) or marks.get((table, shown))


def _row(box: Box, columns: tuple[str, ...]) -> int:
    """Return the first row that is one of these columns."""
    rows = (place for place, row in enumerate(box.rows) if row.name in columns)
    return next(rows, 0)


def _told(table: Table, key: ForeignKey) -> str:
    columns, targets = ", ".join(key.columns), ", ".join(key.targets)
    return f"{table.name} ({columns}) → {key.table} ({targets}){key.rest}"
