"""DBM205: an upgrade gives a column a type that holds less."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.alters import type_changes
from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.steps import Found, StepRule
from dbman.lint.types import is_narrower


class NarrowType(StepRule):
    """An upgrade gives a column a type that holds less than its old one.

    A value that does not fit stops the migration on PostgreSQL, is cut off on a MariaDB that is not
    strict, and stays as it is on SQLite, which does not look at lengths: the databases are not the
    same any more. An empty database never shows it.

    Bad:

    ```python
    def upgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.alter_column("name", existing_type=sa.String(100), type_=sa.String(20))


    def downgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.alter_column("name", existing_type=sa.String(20), type_=sa.String(100))
    ```

    Good:

    ```python
    def upgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.alter_column("name", existing_type=sa.String(100), type_=sa.String(200))


    def downgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.alter_column("name", existing_type=sa.String(200), type_=sa.String(100))
    ```

    Check the values first and stop with a message that names those which do not fit, or keep the
    wider type.
    """

    code = "DBM205"
    name = "narrow-type"
    group = "danger"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each change to a narrower type."""
        for did, column, old, new in type_changes(step):
            if is_narrower(new, old):
                yield Found(did, f"narrows {column} from {old} to {new}: what is longer is lost")
