"""The schema as a JSON file: what ``dbman schema --json`` prints, marked as dbman's."""

from __future__ import annotations

import json

from dbman.files import MARK
from dbman.pictures.schema.model import Diagram
from dbman.schemas import differences_data, schema_data

_SCHEMA = 1


def diagram_data(diagram: Diagram) -> dict[str, object]:
    """Return a schema, and what it is compared with, as plain lists and mappings."""
    owners = {box.table.name: box.table.owner for box in diagram.boxes}
    return {
        **schema_data(diagram.schema),
        "before": diagram.before or None,
        "differences": differences_data(diagram.differences, owners),
    }


def draw_json(diagram: Diagram) -> str:
    """Return the text of the file."""
    told = {"schema": _SCHEMA, "command": "schema", "generator": MARK, **diagram_data(diagram)}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
