"""DBM203: an upgrade renames a table."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.steps import Found, StepRule, culprit, gone_tables, is_rename


class RenameTable(StepRule):
    """An upgrade renames a table.

    Whatever still names the old one fails from that moment on: programs that run with the older
    code, other extensions, views, reports. A table that the same script made is not found: that is
    how a table is rebuilt.

    Bad:

    ```python
    def upgrade():
        op.rename_table("poser_pose", "poser_posture")


    def downgrade():
        op.rename_table("poser_posture", "poser_pose")
    ```

    Good:

    ```python
    def upgrade():
        op.create_table("poser_posture", sa.Column("id", sa.Integer, primary_key=True))
        op.execute("INSERT INTO poser_posture (id) SELECT id FROM poser_pose")


    def downgrade():
        op.drop_table("poser_posture")
    ```

    Keep the name and give the model another one (`__tablename__` stays), or make a new table, copy
    the rows, and drop the old one a release later.
    """

    code = "DBM203"
    name = "rename-table"
    group = "danger"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each table that is gone after it because something renamed it."""
        for table in gone_tables(step):
            did = culprit(step, table)
            if did is not None and is_rename(did):
                new = getattr(did.operation, "new_table_name", None)
                yield Found(did, f"renames the table {table}" + (f" to {new}" if new else ""))
