"""DBM217: an upgrade changes rows, and its downgrade does not."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import Recorded, RecordedStep
from dbman.lint.steps import Found, StepRule, existed


class DataStepWithoutDowngrade(StepRule):
    """An upgrade changes rows of a table that was there before, and its downgrade leaves them so.

    After a downgrade the older code meets data that it never wrote, and a second upgrade does the
    work twice. Not found are an UPDATE in a script that alters the same table, for it fills what
    goes with the downgrade, or what has to be filled for good; and a downgrade that reads rows, for
    it may write for each of them.

    Bad:

    ```python
    def upgrade():
        op.execute("INSERT INTO poser_widget (id, name) VALUES (1, 'first')")


    def downgrade():
        pass
    ```

    Good:

    ```python
    def upgrade():
        op.execute("INSERT INTO poser_widget (id, name) VALUES (1, 'first')")


    def downgrade():
        op.execute("DELETE FROM poser_widget WHERE id = 1")
    ```

    Undo it in `downgrade()`. Where that cannot be, let `downgrade()` raise with the reason, or
    acknowledge with a comment that the rows may stay.
    """

    code = "DBM217"
    name = "data-step-without-downgrade"
    group = "danger"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield the first such write to each table."""
        down = case.recording.down.get(step.revision.key)
        if down is None or down.failure is not None:
            return
        if any(each.verb in ("SELECT", "WITH") for each in down.did):
            return  # It may write for each row that it finds; here there is none.
        undone = {name for each in down.did for name in (*each.writes, *each.tables)}
        altered = {name for each in step.did for name in each.tables}
        told: set[str] = set()
        for did in step.did:
            for table in did.writes:
                is_backfill = _is_update(did) and table in altered
                if existed(step, table) and not is_backfill and table not in undone | told:
                    told.add(table)
                    yield Found(did, f"changes rows of {table}, which downgrade() leaves so")


def _is_update(did: Recorded) -> bool:
    return did.verb in ("UPDATE", "WITH")
