"""DBM207: an upgrade makes a column NOT NULL and fills no gaps."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.alters import gains_not_null
from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.steps import Found, StepRule, sees_rows


class SetNotNull(StepRule):
    """An upgrade makes a column NOT NULL without filling the NULLs that are there.

    One NULL in one database of one user is enough for the migration to fail there. A
    `server_default` does not change rows that are there already. Nothing is found where the script
    writes rows of the table before, or reads them: it may write for those that it finds.

    Bad:

    ```python
    def upgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.alter_column("size", existing_type=sa.Integer, nullable=False)


    def downgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.alter_column("size", existing_type=sa.Integer, nullable=True)
    ```

    Good:

    ```python
    def upgrade():
        op.execute("UPDATE poser_widget SET size = 0 WHERE size IS NULL")
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.alter_column("size", existing_type=sa.Integer, nullable=False)


    def downgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.alter_column("size", existing_type=sa.Integer, nullable=True)
    ```

    Fill the gaps in the same script, before the column is altered.
    """

    code = "DBM207"
    name = "set-not-null"
    group = "danger"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each column that becomes NOT NULL before anything wrote to its table."""
        for did, table, column in gains_not_null(step):
            if not sees_rows(step, did, table):
                said = f"makes {table}.{column} NOT NULL and leaves NULLs where they are"
                yield Found(did, said, f"fill them before: UPDATE {table} SET {column} = ...")
