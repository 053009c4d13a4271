"""DBM224: a column of PostgreSQL has the type json."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbman.lint.case import Case
from dbman.lint.recording import RecordedStep
from dbman.lint.steps import Found, StepRule, typed_columns


class JsonColumn(StepRule):
    """An upgrade gives a column the type json of PostgreSQL, not jsonb.

    Two values of json cannot be compared: SELECT DISTINCT, GROUP BY and UNION over the table fail,
    also those that programs ran before the column came. Nor can it be indexed.

    Bad:

    ```python
    def upgrade():
        op.add_column("poser_widget", sa.Column("options", sa.JSON))


    def downgrade():
        op.drop_column("poser_widget", "options")
    ```

    Good:

    ```python
    import sqlalchemy as sa
    from alembic import op
    from sqlalchemy.dialects import postgresql

    options = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


    def upgrade():
        op.add_column("poser_widget", sa.Column("options", options))


    def downgrade():
        op.drop_column("poser_widget", "options")
    ```

    Take jsonb on PostgreSQL; elsewhere JSON stays what it is.
    """

    code = "DBM224"
    name = "json-column"
    group = "danger"
    dialects = frozenset({"postgresql"})

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each such column."""
        for did in step.did:
            for name, kind in typed_columns(did):
                if _is_json(kind):
                    yield Found(did, f"the column {name} is json, which cannot be compared")


def _is_json(kind: Any) -> bool:
    """Return whether PostgreSQL makes a json of a type; one of the script's own is not asked."""
    from sqlalchemy import JSON
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.types import to_instance

    instance = to_instance(kind)
    on_postgresql = postgresql.dialect()  # type: ignore[no-untyped-call]
    return isinstance(instance, JSON) and instance.compile(dialect=on_postgresql) == "JSON"
