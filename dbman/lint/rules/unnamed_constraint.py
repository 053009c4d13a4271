"""DBM301: a constraint has no name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dbman.lint.case import Case
from dbman.lint.interface import Severity
from dbman.lint.recording import Recorded, RecordedStep
from dbman.lint.steps import Found, StepRule

_KINDS = {
    "ForeignKeyConstraint": "foreign key",
    "UniqueConstraint": "unique constraint",
    "CheckConstraint": "check",
}
_OPERATIONS = {
    "CreateForeignKeyOp": "foreign key",
    "CreateUniqueConstraintOp": "unique constraint",
    "CreateCheckConstraintOp": "check",
}


class UnnamedConstraint(StepRule):
    """An upgrade makes a constraint without a name.

    Each kind of database then calls it otherwise, SQLite not at all, and a later script cannot drop
    it in a way that works everywhere. A primary key needs no name, nor does the check of a Boolean
    or an Enum.

    Bad:

    ```python
    def upgrade():
        op.create_table(
            "poser_gesture",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("widget_id", sa.Integer, sa.ForeignKey("poser_widget.id")),
        )


    def downgrade():
        op.drop_table("poser_gesture")
    ```

    Good:

    ```python
    def upgrade():
        op.create_table(
            "poser_gesture",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("widget_id", sa.Integer),
            sa.ForeignKeyConstraint(
                ["widget_id"], ["poser_widget.id"], name="fk_poser_gesture_widget_id"
            ),
        )


    def downgrade():
        op.drop_table("poser_gesture")
    ```

    Give it a name; a `naming_convention` of the models' metadata lets `dbman generate` write one.
    """

    code = "DBM301"
    name = "unnamed-constraint"
    group = "hygiene"
    severity = Severity.INFO

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each such constraint, of new tables, new columns, or by itself."""
        for did in step.did:
            for what in dict.fromkeys(_unnamed(did)):
                yield Found(did, f"a {what} has no name")


def _unnamed(did: Recorded) -> Iterator[str]:
    """Yield in a few words what has no name."""
    asked: Any = did.operation
    if did.kind == "CreateTableOp":
        for item in asked.columns:
            yield from _of_item(item, asked.table_name, asked.columns)
    elif did.kind == "AddColumnOp":
        yield from _of_item(asked.column, asked.table_name, ())
    elif did.kind in _OPERATIONS and asked.constraint_name is None:
        yield f"{_OPERATIONS[did.kind]} of {did.tables[0]}"


def _of_item(item: Any, table: str, items: Sequence[Any]) -> Iterator[str]:
    """Yield what has no name in an item of a table: a constraint, or a column with its keys.

    When the table is made, its constraints show at their columns, too: they are among its `items`.
    """
    kind = _KINDS.get(type(item).__name__)
    if kind is not None:
        # The check of a Boolean or an Enum is made by the type.
        if item.name is None and not getattr(item, "_type_bound", False):
            yield f"{kind} of {table}"
        return
    for key in getattr(item, "foreign_keys", ()):
        is_named = key.name is not None or getattr(key.constraint, "name", None) is not None
        if not is_named and not any(key.constraint is each for each in items):
            yield f"foreign key of {table}.{item.name}"
    if getattr(item, "unique", None) is True and not getattr(item, "index", None):
        yield f"unique constraint of {table}.{item.name}"
