"""What tables hold, with the definitions of their columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbman.verify.rows.shapes import Shape
from dbman.verify.rows.statements import read_rows

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True)
class Content:
    """The rows of a table."""

    columns: tuple[str, ...]
    """Its columns, in order."""
    types: Mapping[str, str]
    """The definition of each column."""
    rows: tuple[tuple[Any, ...], ...]
    """Its rows, in no order."""

    def of(self, columns: Sequence[str]) -> Counter[tuple[str, ...]]:
        """Return what some columns hold, each combination as often as it is there."""
        places = [self.columns.index(name) for name in columns]
        return Counter(tuple(repr(row[place]) for place in places) for row in self.rows)


def read_held(
    connection: Connection, shapes: Mapping[str, Shape], types: Mapping[str, Mapping[str, str]]
) -> dict[str, Content]:
    """Return what each table holds; `types` has the definition of each column by table."""
    return {
        name: Content(
            tuple(each.name for each in shape.columns),
            types.get(name, {}),
            tuple(read_rows(connection, shape)),
        )
        for name, shape in shapes.items()
    }
