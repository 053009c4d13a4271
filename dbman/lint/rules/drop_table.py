"""DBM201: an upgrade drops a table."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.steps import Found, StepRule, culprit, gone_tables, is_rename


class DropTable(StepRule):
    """An upgrade drops a table, and with it all its rows.

    A downgrade brings the table back, but never the rows. Programs that still run with the older
    code fail from that moment on. A table that the same script made, or makes anew, is not found.

    Bad:

    ```python
    def upgrade():
        op.drop_table("poser_pose")


    def downgrade():
        op.create_table("poser_pose", sa.Column("id", sa.Integer, primary_key=True))
    ```

    Good:

    ```python
    def upgrade():
        op.drop_table("poser_pose")  # dbman: ignore[DBM201] nothing reads it since 2.0


    def downgrade():
        op.create_table("poser_pose", sa.Column("id", sa.Integer, primary_key=True))
    ```

    Release first a version that does not use the table, drop it in a later one, and acknowledge
    that with a comment.
    """

    code = "DBM201"
    name = "drop-table"
    group = "danger"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each table that is gone after it and that nothing renamed."""
        for table in gone_tables(step):
            did = culprit(step, table)
            if did is not None and not is_rename(did):
                yield Found(did, f"drops the table {table} with its rows")
