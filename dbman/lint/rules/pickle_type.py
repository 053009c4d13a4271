"""DBM309: a column holds pickles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.steps import Found, StepRule, typed_columns


class PickleColumn(StepRule):
    """An upgrade gives a column the type PickleType.

    A pickle names classes of the program that wrote it: when one is moved or renamed, the rows
    cannot be read any more, by migrations neither. And whoever can write to the table can run code
    in every program that reads it.

    Bad:

    ```python
    def upgrade():
        op.add_column("poser_widget", sa.Column("options", sa.PickleType))


    def downgrade():
        op.drop_column("poser_widget", "options")
    ```

    Good:

    ```python
    def upgrade():
        op.add_column("poser_widget", sa.Column("options", sa.JSON))


    def downgrade():
        op.drop_column("poser_widget", "options")
    ```

    Take JSON, or columns.
    """

    code = "DBM309"
    name = "pickle-type"
    group = "hygiene"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each such column."""
        for did in step.did:
            for name, kind in typed_columns(did):
                if _is_pickle(kind):
                    yield Found(did, f"the column {name} holds pickles")


def _is_pickle(kind: Any) -> bool:
    from sqlalchemy import PickleType

    return isinstance(kind, PickleType) or kind is PickleType
