"""DBM211: an index is made or dropped CONCURRENTLY inside a transaction."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import Recorded, RecordedStep
from dbman.lint.steps import Found, StepRule, mentions


class ConcurrentlyInTransaction(StepRule):
    """An upgrade makes or drops an index CONCURRENTLY inside a transaction.

    PostgreSQL refuses that, and Alembic runs each script in a transaction. On SQLite the option
    means nothing, so that it does not show there.

    Bad:

    ```python
    def upgrade():
        op.create_index(
            "ix_poser_widget_name",
            "poser_widget",
            ["name"],
            postgresql_concurrently=True,
        )


    def downgrade():
        op.drop_index("ix_poser_widget_name", "poser_widget")
    ```

    Good:

    ```python
    def upgrade():
        with op.get_context().autocommit_block():
            op.create_index(
                "ix_poser_widget_name",
                "poser_widget",
                ["name"],
                postgresql_concurrently=True,
            )


    def downgrade():
        op.drop_index("ix_poser_widget_name", "poser_widget")
    ```

    Put it into an `autocommit_block()`, in a script of its own.
    """

    code = "DBM211"
    name = "concurrently-in-transaction"
    group = "danger"

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each such operation outside of an `autocommit_block()`."""
        for did in step.did:
            if _is_concurrent(did) and not did.in_autocommit:
                yield Found(
                    did,
                    "CONCURRENTLY cannot run inside a transaction",
                    "with op.get_context().autocommit_block():",
                )


def _is_concurrent(did: Recorded) -> bool:
    if did.kind in ("CreateIndexOp", "DropIndexOp"):
        return bool(did.operation.kw.get("postgresql_concurrently"))
    return mentions(did, "index", "concurrently")
