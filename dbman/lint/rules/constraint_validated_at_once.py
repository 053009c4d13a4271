"""DBM213: PostgreSQL checks a new constraint against all rows while writers wait."""

from __future__ import annotations

import re

from dbman.lint.recording import Recorded
from dbman.lint.sql import bare
from dbman.lint.steps import OldTableRule

_ADDED = re.compile(
    r"\balter\s+table\b.*\badd\s+(?:constraint\s+\S+\s+)?(?:foreign\s+key|check)\b(?!.*\bnot\s+valid\b)",
    re.IGNORECASE | re.DOTALL,
)


class ConstraintValidatedAtOnce(OldTableRule):
    """An upgrade adds a foreign key or a check to a table that may hold rows, and validates it.

    PostgreSQL reads every row for that; meanwhile nobody can write to the table, nor, for a foreign
    key, to the one it refers to. With NOT VALID the constraint counts for new rows at once, and a
    later `VALIDATE CONSTRAINT` reads the others while everybody goes on.

    Bad:

    ```python
    def upgrade():
        op.create_check_constraint("ck_poser_widget_size", "poser_widget", "size > 0")


    def downgrade():
        op.drop_constraint("ck_poser_widget_size", "poser_widget", type_="check")
    ```

    Good:

    ```python
    def upgrade():
        op.create_check_constraint(
            "ck_poser_widget_size", "poser_widget", "size > 0", postgresql_not_valid=True
        )


    def downgrade():
        op.drop_constraint("ck_poser_widget_size", "poser_widget", type_="check")
    ```

    Validate it in a script of its own:
    `op.execute("ALTER TABLE poser_widget VALIDATE CONSTRAINT ck_poser_widget_size")`.
    Source: https://www.postgresql.org/docs/current/sql-altertable.html
    """

    code = "DBM213"
    name = "constraint-validated-at-once"
    group = "danger"
    dialects = frozenset({"postgresql"})
    message = "reads all of {table} for the constraint while writers wait"
    hint = "postgresql_not_valid=True, and VALIDATE CONSTRAINT in a script of its own"

    def is_meant(self, did: Recorded) -> bool:
        """Return whether PostgreSQL keeps others waiting for it."""
        if did.kind in ("CreateForeignKeyOp", "CreateCheckConstraintOp"):
            return not did.operation.kw.get("postgresql_not_valid")
        if did.kind == "AddColumnOp":
            column = did.operation.column
            return bool(column.foreign_keys) and column.server_default is not None
        return did.sql is not None and bool(_ADDED.search(bare(did.sql)))
