"""DBM204: an upgrade renames a column."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.steps import Found, StepRule, culprit, gone_columns, renames_column


class RenameColumn(StepRule):
    """An upgrade renames a column.

    Programs that still run with the older code name the column in every SELECT and fail; so do
    queries of other extensions.

    Bad:

    ```python
    def upgrade():
        op.alter_column("poser_widget", "size", new_column_name="width")


    def downgrade():
        op.alter_column("poser_widget", "width", new_column_name="size")
    ```

    Good:

    ```python
    def upgrade():
        op.add_column("poser_widget", sa.Column("width", sa.Integer))
        op.execute("UPDATE poser_widget SET width = size")


    def downgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.drop_column("width")
    ```

    Keep the name in the database and give the attribute another one,
    `width = Column("size", Integer)`; or add a column, copy the values, and drop the old one a
    release later.
    """

    code = "DBM204"
    name = "rename-column"
    group = "danger"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each column that has another name after it."""
        for table, column in gone_columns(step):
            did = culprit(step, table, column)
            if did is not None and renames_column(did):
                new = getattr(did.operation, "modify_name", None)
                shown = f"{table}.{column}" + (f" to {new}" if new else "")
                yield Found(did, f"renames the column {shown}")
