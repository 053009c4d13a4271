"""DBM222: PostgreSQL makes the index of a unique constraint while everybody waits."""

from __future__ import annotations

import re

from dbman.lint.recording import Recorded
from dbman.lint.sql import bare
from dbman.lint.steps import OldTableRule

_ADDED = re.compile(
    r"\balter\s+table\b.*\badd\s+(?:constraint\s+\S+\s+)?(?:unique|primary\s+key)\s*\(",
    re.IGNORECASE | re.DOTALL,
)


class UniqueConstraintLocks(OldTableRule):
    """An upgrade adds a unique constraint or a primary key to a table that may hold rows.

    PostgreSQL makes an index for it, and nobody can read the table, let alone write to it, until
    that is made. A unique index that is made CONCURRENTLY does the same for programs, and a
    constraint can take it over at once.

    Bad:

    ```python
    def upgrade():
        op.create_unique_constraint("uq_poser_widget_name", "poser_widget", ["name"])


    def downgrade():
        op.drop_constraint("uq_poser_widget_name", "poser_widget", type_="unique")
    ```

    Good:

    ```python
    def upgrade():
        with op.get_context().autocommit_block():
            op.create_index(
                "uq_poser_widget_name",
                "poser_widget",
                ["name"],
                unique=True,
                postgresql_concurrently=True,
            )


    def downgrade():
        op.drop_index("uq_poser_widget_name", "poser_widget")
    ```

    To have a constraint of that index:
    `ALTER TABLE poser_widget ADD CONSTRAINT uq_poser_widget_name UNIQUE USING INDEX ...`.
    Source: https://www.postgresql.org/docs/current/sql-altertable.html
    """

    code = "DBM222"
    name = "unique-constraint-locks"
    group = "danger"
    dialects = frozenset({"postgresql"})
    message = "nobody can read {table} until the index of it is made"
    hint = "make a unique index with postgresql_concurrently=True instead"

    def is_meant(self, did: Recorded) -> bool:
        """Return whether PostgreSQL keeps others waiting for it."""
        if did.sql is not None:
            return bool(_ADDED.search(bare(did.sql)))
        return did.kind in ("CreateUniqueConstraintOp", "CreatePrimaryKeyOp")
