"""What the upgrade() of a migration script does to tables, read with `ast` and never run.

To teach it another operation of Alembic, add a function to `operations.py` and its name to the
table there; for another SQL statement, the same in `sql.py`.
"""

from __future__ import annotations

from dbman.bodies.effects import Body, ColumnName
from dbman.bodies.outline import Outline, read_outline, words_of
from dbman.bodies.reader import read_body
from dbman.bodies.written import WrittenOperation, read_operations

__all__ = [
    "Body",
    "ColumnName",
    "Outline",
    "WrittenOperation",
    "read_body",
    "read_operations",
    "read_outline",
    "words_of",
]
