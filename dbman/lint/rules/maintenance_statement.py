"""DBM215: a script runs a statement that serves the whole database."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.sql import bare
from dbman.lint.steps import Found, StepRule

_VERBS = ("VACUUM", "REINDEX", "ANALYZE", "CLUSTER", "OPTIMIZE")
_PRAGMA = re.compile(r"\bpragma\s+(?:\w+\.)?(\w+)\s*([=(]?)", re.IGNORECASE)
_READERS = ("_info", "_xinfo", "_list", "_check")
_DOERS = ("optimize", "incremental_vacuum", "wal_checkpoint", "shrink_memory")


class MaintenanceStatement(StepRule):
    """A script runs VACUUM, PRAGMA or another statement that is no migration.

    VACUUM cannot run inside a transaction, and dbman's run is one. A PRAGMA that matters, as
    `foreign_keys`, does nothing inside of one; others change the connection for all scripts behind.
    dbman itself sees to foreign keys, and looks at them before it commits. A PRAGMA that only tells
    something, as `table_info`, is not found.

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
            if did.verb in _VERBS or _is_setting(did.sql or ""):
                yield Found(did, f"{did.verb} is no migration: leave it to the database's owner")


def _is_setting(text: str) -> bool:
    """Return whether a text is a PRAGMA that sets or does something."""
    found = _PRAGMA.match(bare(text).strip())
    if found is None:
        return False
    name = found[1].lower()
    return name in _DOERS or found[2] == "=" or (found[2] == "(" and not name.endswith(_READERS))
