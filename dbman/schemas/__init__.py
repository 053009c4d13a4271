"""What a schema is: one model of it, whatever it is read from.

- `sides`: models, migrations, revisions, a database
- `reading`, `ddl`: from facts to tables and their statements
- `choosing`: a part of it
- `statements`, `data`: as text and for programs

Nothing is drawn here; `dbman.pictures.schema` does that.
"""

from __future__ import annotations

from dbman.schemas.choosing import choose, require_known
from dbman.schemas.data import schema_data
from dbman.schemas.results import Column, ForeignKey, Schema, Table
from dbman.schemas.sides import find_side, read_side, settings_for
from dbman.schemas.statements import NOBODY, counted, schema_text

__all__ = [
    "NOBODY",
    "Column",
    "ForeignKey",
    "Schema",
    "Table",
    "choose",
    "counted",
    "find_side",
    "read_side",
    "require_known",
    "schema_data",
    "schema_text",
    "settings_for",
]
