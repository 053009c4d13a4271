"""DBM217: an upgrade changes rows, and its downgrade does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import Recorded, RecordedStep
from dbman.lint.steps import Found, StepRule, existed
from dbman.recording.writes import Writes


class DataStepWithoutDowngrade(StepRule):
    """An upgrade changes rows of a table that was there before, and its downgrade leaves them so.

    After a downgrade the older code meets data that it never wrote, and a second upgrade does the
    work twice. Not found are an UPDATE of columns that the same script adds, alters or puts
    under a constraint, for it fills what goes with the downgrade, or what has to be filled for
    good; and a downgrade that reads rows, for
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
        written = {name for each in down.did for name in each.writes}
        undone = written | {name for each in down.did for name in each.tables}
        told: set[str] = set()
        for did in step.did:
            for table in did.writes:
                # What a downgrade does to other columns brings no value of these back.
                names = written if _is_update(did) else undone
                is_backfill = _is_update(did) and _is_backfill(step, did, table)
                if existed(step, table) and not is_backfill and table not in names | told:
                    told.add(table)
                    yield Found(did, f"changes rows of {table}, which downgrade() leaves so")


def _is_update(did: Recorded) -> bool:
    return did.verb in ("UPDATE", "WITH")


def _is_backfill(step: RecordedStep, did: Recorded, table: str) -> bool:
    """Return whether something writes only columns that the step makes, alters or restricts."""
    writes = Writes()
    writes.hear(did.sql or "")
    name = table.rpartition(".")[2].lower()
    new = [each for each in step.after.facts - step.before.facts if each.table in (table, name)]
    told = {
        word.lower() for each in new for word in re.findall(r"\w+", f"{each.name} {each.value}")
    }
    columns = {each for each in writes.updated.get(name, ()) if each.isidentifier()}
    return bool(new) and columns <= told
