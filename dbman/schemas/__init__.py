"""What a schema is: one model of it, whatever it is read from.

- `sides`: models, migrations, revisions, a database
- `reading`, `ddl`: from facts to tables and their statements
- `choosing`: a part of it; `comparing`: what differs between two
- `statements`, `data`: as text and for programs

Nothing is drawn here; `dbman.pictures.schema` does that.
"""

from __future__ import annotations

from dbman.schemas.choosing import Part, choose
from dbman.schemas.comparing import Comparison, compare
from dbman.schemas.data import differences_data, schema_data
from dbman.schemas.results import Column, ForeignKey, Schema, Table
from dbman.schemas.statements import NOBODY, schema_text
from dbman.schemas.taking import read, read_difference

__all__ = [
    "NOBODY",
    "Column",
    "Comparison",
    "ForeignKey",
    "Part",
    "Schema",
    "Table",
    "choose",
    "compare",
    "differences_data",
    "read",
    "read_difference",
    "schema_data",
    "schema_text",
]
