"""DBM220: an upgrade empties a table."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.sql import empties
from dbman.lint.steps import Found, StepRule, existed


class DeleteAllRows(StepRule):
    """An upgrade deletes all rows of a table that was there before.

    That is a DELETE without WHERE, or a TRUNCATE. No downgrade brings the rows back, and with a
    cascade the rows of other tables go as well. What a DELETE in a downgrade does is not found.

    Bad:

    ```python
    def upgrade():
        op.execute("DELETE FROM poser_widget")


    def downgrade():
        pass
    ```

    Good:

    ```python
    def upgrade():
        op.execute("DELETE FROM poser_widget WHERE size IS NULL")


    def downgrade():
        pass
    ```

    Say which rows go; where it is all of them, acknowledge that with a comment.
    """

    code = "DBM220"
    name = "delete-all-rows"
    group = "danger"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each statement that empties a table."""
        for did in step.statements:
            table = did.writes[0] if did.writes else None
            if existed(step, table) and empties(did.sql or ""):
                yield Found(did, f"deletes all rows of {table}")
