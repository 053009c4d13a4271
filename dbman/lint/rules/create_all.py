"""DBM219: a script makes what the models are today."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.steps import Found, StepRule


class CreateAll(StepRule):
    """An upgrade runs DDL of a metadata, as `create_all()` or `drop_all()` do.

    If that metadata is the application's, the script makes what the models are on the day on which
    it runs, not what they were when it was written: later scripts then add columns that are there.

    Bad:

    ```python
    import sqlalchemy as sa
    from alembic import op

    metadata = sa.MetaData()
    sa.Table("poser_gesture", metadata, sa.Column("id", sa.Integer, primary_key=True))


    def upgrade():
        metadata.create_all(op.get_bind())


    def downgrade():
        op.drop_table("poser_gesture")
    ```

    Good:

    ```python
    def upgrade():
        op.create_table("poser_gesture", sa.Column("id", sa.Integer, primary_key=True))


    def downgrade():
        op.drop_table("poser_gesture")
    ```

    Write the operations out; `dbman generate` does.
    """

    code = "DBM219"
    name = "create-all"
    group = "danger"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield the first DDL of each call that is no operation."""
        lines: set[int] = set()
        for did in step.operations("Statement"):
            if did.is_ddl and not did.is_written and did.place.line not in lines:
                lines.add(did.place.line)
                yield Found(did, "makes tables from a metadata, not from operations")
