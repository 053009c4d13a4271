"""DBM202: an upgrade drops a column."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.steps import Found, StepRule, culprit, gone_columns, renames_column


class DropColumn(StepRule):
    """An upgrade drops a column, and with it what every row holds there.

    A downgrade brings the column back, but never the values. Programs that still run with the older
    code name the column in every SELECT and fail.

    Bad:

    ```python
    def upgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.drop_column("size")


    def downgrade():
        op.add_column("poser_widget", sa.Column("size", sa.Integer))
    ```

    Good:

    ```python
    def upgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.drop_column("size")  # dbman: ignore[DBM202] copied to poser_pose by p3


    def downgrade():
        op.add_column("poser_widget", sa.Column("size", sa.Integer))
    ```

    Release first a version whose models do not have the column, drop it in a later one, and
    acknowledge that with a comment.
    """

    code = "DBM202"
    name = "drop-column"
    group = "danger"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each column that is gone after it, of tables that stay."""
        for table, column in gone_columns(step):
            did = culprit(step, table, column)
            if did is not None and not renames_column(did):
                yield Found(did, f"drops the column {table}.{column} with what it holds")
