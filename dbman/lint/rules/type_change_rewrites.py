"""DBM212: a change of a type makes PostgreSQL write the table anew."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.alters import type_changes
from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.steps import Found, StepRule
from dbman.lint.types import is_rewrite


class TypeChangeRewrites(StepRule):
    """An upgrade changes a type so that PostgreSQL writes every row of the table anew.

    Meanwhile nobody can read the table, let alone write to it. A VARCHAR that becomes longer or
    TEXT, and a NUMERIC that gains digits before the point, cost nothing and are not found.

    Bad:

    ```python
    def upgrade():
        op.alter_column("poser_widget", "size", existing_type=sa.Integer, type_=sa.BigInteger)


    def downgrade():
        op.alter_column("poser_widget", "size", existing_type=sa.BigInteger, type_=sa.Integer)
    ```

    Good:

    ```python
    def upgrade():
        op.alter_column("poser_widget", "name", existing_type=sa.String(100), type_=sa.Text)


    def downgrade():
        op.alter_column("poser_widget", "name", existing_type=sa.Text, type_=sa.String(100))
    ```

    Add a column of the new type, fill it in pieces, and let the models use it a release later; or
    acknowledge with a comment that the table is short.
    Source: https://www.postgresql.org/docs/current/sql-altertable.html
    """

    code = "DBM212"
    name = "type-change-rewrites"
    group = "danger"
    dialects = frozenset({"postgresql"})

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each change of a type that rewrites."""
        for did, column, old, new in type_changes(step):
            if is_rewrite(new, old):
                table = column.rpartition(".")[0]
                yield Found(did, f"{old} to {new} writes {table} anew while nobody can read it")
