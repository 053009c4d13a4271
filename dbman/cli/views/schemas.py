"""Schemas as SQL, what differs between two, or the file that their picture went to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbman.cli.render import Block, Line, Page, Part, Styled
from dbman.cli.views.pictures import shown_size

if TYPE_CHECKING:
    from dbman.facts import Difference
    from dbman.pictures.forms import Drawing
    from dbman.pictures.schema import Diagram
    from dbman.schemas import Comparison, Schema

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_STYLES = {"added": "good", "removed": "bad", "changed": "warn"}


def schema_page(schema: Schema) -> Page:
    """Return the page of `dbman schema` without a file."""
    from dbman.pictures.schema import diagram_data, make_diagram
    from dbman.schemas import schema_text

    text: list[Block] = [schema_text(schema)] if schema.tables else []
    said = schema.told if schema.tables else f"no tables in {schema.told}"
    data = {"file": None, "size": None, **diagram_data(make_diagram(schema))}
    return Page(data, text, [said], _warnings(schema))


def comparison_page(found: Comparison) -> Page:
    """Return the page of `dbman schema --diff` without a file."""
    from dbman.pictures.schema import diagram_data, make_diagram

    said = [f"- {found.before}", f"+ {found.schema.told}"]
    said += [] if found.differences else ["no differences"]
    data = {"file": None, "size": None, **diagram_data(make_diagram(found))}
    return Page(data, list(_lines(found)), said, _warnings(found.schema))


def drawn_page(drawing: Drawing[Diagram]) -> Page:
    """Return what was written where."""
    from dbman.pictures.schema import diagram_data

    diagram = drawing.picture
    data = {"file": str(drawing.file), "size": drawing.size, **diagram_data(diagram)}
    told = f"{drawing.file} written, {shown_size(drawing.size)}"
    return Page(data, said=[diagram.told, told], warnings=_warnings(diagram.schema))


def _warnings(schema: Schema) -> list[str]:
    return [f"{name} is not in it: {why}" for name, why in schema.aside.items()]


def _lines(found: Comparison) -> Iterator[Block]:
    """Yield what differs: owner by owner, table by table."""
    from dbman.schemas import NOBODY

    for owner in found.schema.owners:
        tables = [table for table in found.schema.of(owner) if table.name in found.marks]
        if tables:
            yield Line([Styled(owner or NOBODY, "name")])
        for table in tables:
            mark = found.marks[table.name]
            yield _line(mark, 2, f"{table.kind} {table.name}")
            for each in found.of(table.name):
                if each.kind != table.kind:
                    yield _difference(each)


def _difference(each: Difference) -> Line:
    before, after = each.said_before, each.said_after
    mark = "added" if before is None else "removed" if after is None else "changed"
    values = f"{before or 'none'} -> {after or 'none'}" if mark == "changed" else before or after
    told = f": {values}" if values and values != each.name else ""
    return _line(mark, 6, f"{each.kind} {each.name}".rstrip() + told)


def _line(mark: str, indent: int, text: str) -> Line:
    parts: list[Part] = [" " * indent, Styled(f"{_SIGNS[mark]} {text}", _STYLES[mark])]
    return Line(parts)
