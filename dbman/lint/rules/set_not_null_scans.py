"""DBM223: PostgreSQL reads a whole table to set NOT NULL while everybody waits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbman.lint.alters import gains_not_null
from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.steps import Found, StepRule


class SetNotNullScans(StepRule):
    """An upgrade sets NOT NULL on a column of a table that may hold rows.

    PostgreSQL reads every row to see whether there is a NULL, and nobody can read the table
    meanwhile. From version 12 on it need not look where a check that is validated says so already.

    Bad:

    ```python
    def upgrade():
        op.execute("UPDATE poser_widget SET size = 0 WHERE size IS NULL")
        op.alter_column("poser_widget", "size", existing_type=sa.Integer, nullable=False)


    def downgrade():
        op.alter_column("poser_widget", "size", existing_type=sa.Integer, nullable=True)
    ```

    Good:

    ```python
    # poser/p1.py
    down_revision = "p0"


    def upgrade():
        op.create_check_constraint(
            "ck_poser_widget_size", "poser_widget", "size IS NOT NULL", postgresql_not_valid=True
        )
        op.execute("UPDATE poser_widget SET size = 0 WHERE size IS NULL")


    def downgrade():
        op.drop_constraint("ck_poser_widget_size", "poser_widget", type_="check")


    # poser/p2.py
    down_revision = "p1"


    def upgrade():
        op.execute("ALTER TABLE poser_widget VALIDATE CONSTRAINT ck_poser_widget_size")
        op.alter_column("poser_widget", "size", existing_type=sa.Integer, nullable=False)


    def downgrade():
        op.alter_column("poser_widget", "size", existing_type=sa.Integer, nullable=True)
    ```

    Add a check that is NOT VALID, fill the gaps, and let a later script validate it and set
    NOT NULL; that one is quick.
    Source: https://www.postgresql.org/docs/current/sql-altertable.html
    """

    code = "DBM223"
    name = "set-not-null-scans"
    group = "danger"
    dialects = frozenset({"postgresql"})

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each column that becomes NOT NULL and of which no check said so before."""
        for did, table, column in gains_not_null(step):
            said = {
                re.sub(r"\W+", " ", each.value).strip().lower()
                for each in step.before.of(table).facts
                if each.kind == "check"
            }
            if f"{column.lower()} is not null" not in said:
                yield Found(did, f"reads all of {table} while nobody else can")
