"""DBM215: a script runs a statement that serves the whole database."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.steps import Found, StepRule

_VERBS = ("VACUUM", "PRAGMA", "REINDEX", "ANALYZE", "CLUSTER", "OPTIMIZE")


class MaintenanceStatement(StepRule):
    """A script runs VACUUM, PRAGMA or another statement that is no migration.

    VACUUM cannot run inside a transaction, and dbman's run is one. A PRAGMA that matters, as
    `foreign_keys`, does nothing inside of one; others change the connection for all scripts behind.
    dbman itself sees to foreign keys, and looks at them before it commits.

    Bad:

    ```python
    def upgrade():
        op.execute("PRAGMA foreign_keys = OFF")
        op.execute("DELETE FROM poser_widget")


    def downgrade():
        pass
    ```

    Good:

    ```python
    def upgrade():
        op.execute("DELETE FROM poser_widget")


    def downgrade():
        pass
    ```

    Leave it to whoever looks after the database.
    """

    code = "DBM215"
    name = "maintenance-statement"
    group = "danger"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each such statement."""
        for did in step.statements:
            if did.verb in _VERBS:
                yield Found(did, f"{did.verb} is no migration: leave it to the database's owner")
