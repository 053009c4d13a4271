"""DBM213: PostgreSQL checks a new constraint against all rows while writers wait."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import Recorded, RecordedStep
from dbman.lint.sql import bare
from dbman.lint.steps import Found, StepRule, existed, table_of

_ADDED = re.compile(
    r"\balter\s+table\b.*\badd\s+(?:constraint\s+\S+\s+)?(?:foreign\s+key|check)\b(?!.*\bnot\s+valid\b)",
    re.IGNORECASE | re.DOTALL,
)


class ConstraintValidatedAtOnce(StepRule):
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

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each such constraint of a table that was there before."""
        for did in step.did:
            table = table_of(did)
            if _is_validated(did) and existed(step, table):
                yield Found(did, f"reads all of {table} for the constraint while writers wait")


def _is_validated(did: Recorded) -> bool:
    if did.kind in ("CreateForeignKeyOp", "CreateCheckConstraintOp"):
        return not did.operation.kw.get("postgresql_not_valid")
    if did.kind == "AddColumnOp":
        column = did.operation.column
        return bool(column.foreign_keys) and column.server_default is not None
    return did.sql is not None and bool(_ADDED.search(bare(did.sql)))
