"""DBM208: an upgrade makes something unique in a table that may hold rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dbman.lint.case import Case
from dbman.lint.recording import Recorded, RecordedStep
from dbman.lint.steps import Found, StepRule, existed, sees_rows, table_of, unique_columns


class UniqueOnRows(StepRule):
    """An upgrade makes something unique in a table that may hold rows.

    That is a unique constraint, a unique index or a primary key.
    Two equal rows in one database of one user are enough for the migration to fail there; an empty
    database never shows it. Nothing is found where the script writes or reads rows of the table
    before, where some of the columns were unique already, or where one of them is new and holds
    nothing but NULL yet.

    Bad:

    ```python
    def upgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.create_unique_constraint("uq_poser_widget_name", ["name"])


    def downgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.drop_constraint("uq_poser_widget_name", type_="unique")
    ```

    Good:

    ```python
    def upgrade():
        kept = "SELECT min(id) FROM poser_widget GROUP BY name"
        op.execute(f"DELETE FROM poser_widget WHERE id NOT IN ({kept})")
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.create_unique_constraint("uq_poser_widget_name", ["name"])


    def downgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.drop_constraint("uq_poser_widget_name", type_="unique")
    ```

    Say what becomes of rows that are equal, in the same script, before the constraint comes.
    """

    code = "DBM208"
    name = "unique-on-rows"
    group = "danger"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield what is made unique in a table that was there before."""
        for did in step.did:
            columns, table = set(_made_unique(did)), table_of(did)
            if table is None or not columns or not existed(step, table):
                continue
            is_narrower = any(each <= columns for each in unique_columns(step.before, table))
            is_empty = columns & _empty_columns(step, table)
            if not (is_narrower or is_empty or sees_rows(step, did, table)):
                shown = ", ".join(_made_unique(did))
                yield Found(did, f"makes {table} ({shown}) unique, where equal rows may be")


def _made_unique(did: Recorded) -> Sequence[str]:
    """Return the columns that something makes unique; none where it does not."""
    asked: Any = did.operation
    if did.kind in ("CreateUniqueConstraintOp", "CreatePrimaryKeyOp"):
        return [str(each) for each in asked.columns]
    if did.kind == "CreateIndexOp" and asked.unique:
        return [str(getattr(each, "name", each)) for each in asked.columns]
    if did.kind == "AddColumnOp" and asked.column.unique and asked.column.server_default:
        return [asked.column.name]
    return ()


def _empty_columns(step: RecordedStep, table: str) -> set[str]:
    """Return the columns that a step adds to a table and that hold nothing but NULL."""
    added = (each for each in step.operations("AddColumnOp") if table_of(each) == table)
    columns = (each.operation.column for each in added)
    return {each.name for each in columns if each.nullable and each.server_default is None}
