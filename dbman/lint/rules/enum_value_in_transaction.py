"""DBM225: a value is added to an enumeration of PostgreSQL inside a transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.sql import bare
from dbman.lint.steps import Found, StepRule

_ADDS = re.compile(r"\balter\s+type\s+\S+\s+add\s+value\b", re.IGNORECASE)


class EnumValueInTransaction(StepRule):
    """An upgrade adds a value to an enumeration of PostgreSQL, inside a transaction.

    The value cannot be used before that transaction ends: not by this script, nor by those that run
    with it. "unsafe use of new value" is what PostgreSQL says then; before version 12 the statement
    itself was refused. A value cannot be taken away again either.

    Bad:

    ```python
    def upgrade():
        op.execute("ALTER TYPE poser_mood ADD VALUE 'bored'")


    def downgrade():
        pass
    ```

    Good:

    ```python
    def upgrade():
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE poser_mood ADD VALUE 'bored'")


    def downgrade():
        pass
    ```

    Put it into an `autocommit_block()`; or use `sa.Enum(native_enum=False)`, whose check can be
    replaced on any database.
    Source: https://www.postgresql.org/docs/current/sql-altertype.html
    """

    code = "DBM225"
    name = "enum-value-in-transaction"
    group = "danger"
    dialects = frozenset({"postgresql"})

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each such statement outside of an `autocommit_block()`."""
        for did in step.statements:
            if _ADDS.search(bare(did.sql or "")) and not did.in_autocommit:
                yield Found(did, "the new value cannot be used before the transaction ends")
