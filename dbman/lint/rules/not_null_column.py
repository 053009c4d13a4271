"""DBM206: an upgrade adds a NOT NULL column without a default."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import Recorded, RecordedStep
from dbman.lint.sql import empties
from dbman.lint.steps import Found, StepRule, existed, table_of


class NotNullColumn(StepRule):
    """An upgrade adds a NOT NULL column without a server default to a table that may hold rows.

    The rows that are there have no value for it: the migration fails on every database that is in
    use, and on none that is empty. A Python-side `default=` does not help, for the database does
    not know it. Nothing is found where the script deletes all rows of the table before.

    Bad:

    ```python
    def upgrade():
        op.add_column("poser_widget", sa.Column("colour", sa.String(20), nullable=False))


    def downgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.drop_column("colour")
    ```

    Good:

    ```python
    def upgrade():
        op.add_column(
            "poser_widget",
            sa.Column("colour", sa.String(20), nullable=False, server_default="black"),
        )


    def downgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.drop_column("colour")
    ```

    Give it a `server_default`, or add it as nullable, fill it, and set NOT NULL then.
    """

    code = "DBM206"
    name = "not-null-column"
    group = "danger"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each such column of a table that was there before."""
        for did in step.operations("AddColumnOp"):
            column, table = did.operation.column, table_of(did)
            is_filled = any(
                (
                    column.server_default,
                    column.computed,
                    column.identity,
                    column.autoincrement is True,
                )
            )
            if column.nullable is False and not is_filled and _has_rows(step, did):
                said = f"adds {table}.{column.name} as NOT NULL without a server default"
                yield Found(did, said, "give it a server_default")


def _has_rows(step: RecordedStep, did: Recorded) -> bool:
    """Return whether the table of an operation may hold rows by then."""
    table, earlier = table_of(did), step.did[: step.did.index(did)]
    emptied = {name for each in earlier if empties(each.sql or "") for name in each.writes}
    return existed(step, table) and table not in emptied
