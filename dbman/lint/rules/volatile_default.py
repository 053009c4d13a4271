"""DBM214: a new column's default differs from row to row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.steps import Found, StepRule, existed, table_of

_VOLATILE = re.compile(
    r"\b(?:gen_random_uuid|uuid_generate_v\w+|uuidv[47]|random|clock_timestamp|timeofday|nextval)\s*\(",
    re.IGNORECASE,
)


class VolatileDefault(StepRule):
    """An upgrade adds a column whose default differs from row to row.

    PostgreSQL then computes it for every row and writes the whole table anew, while nobody can read
    it; so it does for a column that is numbered, or generated and stored. A constant, and `now()`,
    which is the same for all rows, are kept beside the table and cost nothing.

    Bad:

    ```python
    def upgrade():
        token = sa.Column("token", sa.Float, server_default=sa.text("(random())"))
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.add_column(token)


    def downgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.drop_column("token")
    ```

    Good:

    ```python
    def upgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.add_column(sa.Column("token", sa.Float))
            batch_op.alter_column("token", server_default=sa.text("(random())"))


    def downgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.drop_column("token")
    ```

    Add the column without the default, set the default then, and fill the rows that are there in
    pieces.
    Source: https://www.postgresql.org/docs/current/sql-altertable.html
    """

    code = "DBM214"
    name = "volatile-default"
    group = "danger"
    dialects = frozenset({"postgresql"})

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each such column of a table that was there before."""
        for did in step.operations("AddColumnOp"):
            column, table = did.operation.column, table_of(did)
            why = _differing(column)
            if why is not None and existed(step, table):
                yield Found(did, f"{why} differs for each row: {table} is written anew for it")


def _differing(column: Any) -> str | None:
    """Return what in a column differs from row to row, if anything does."""
    if column.identity is not None:
        return "a number"
    if column.computed is not None:
        return "a stored value" if column.computed.persisted is not False else None
    found = _VOLATILE.search(str(getattr(column.server_default, "arg", "")))
    return f"{found[0].rstrip('( ')}()" if found else None
