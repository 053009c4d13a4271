"""DBM221: an index is dropped on PostgreSQL while everybody waits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import Recorded, RecordedStep
from dbman.lint.sql import bare
from dbman.lint.steps import Found, StepRule

_PLAIN = re.compile(r"\bdrop\s+index\s+(?!concurrently)", re.IGNORECASE)


class DropIndexBlocks(StepRule):
    """An upgrade drops an index without CONCURRENTLY.

    PostgreSQL waits for every transaction that uses the table, and whoever comes meanwhile, even to
    read, waits behind it. With CONCURRENTLY nobody waits.

    Bad:

    ```python
    def upgrade():
        op.drop_index("ix_poser_widget_size", "poser_widget")


    def downgrade():
        op.create_index("ix_poser_widget_size", "poser_widget", ["size"])
    ```

    Good:

    ```python
    def upgrade():
        with op.get_context().autocommit_block():
            op.drop_index("ix_poser_widget_size", "poser_widget", postgresql_concurrently=True)


    def downgrade():
        op.create_index("ix_poser_widget_size", "poser_widget", ["size"])
    ```

    An `autocommit_block()` ends the one transaction of a run: dbman asks for `--not-atomic` there
    on PostgreSQL.
    Source: https://www.postgresql.org/docs/current/sql-dropindex.html
    """

    code = "DBM221"
    name = "drop-index-blocks"
    group = "danger"
    dialects = frozenset({"postgresql"})

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each index that was there before and is dropped the plain way."""
        there = {each.name for each in step.before.facts if each.kind == "index"}
        for did in step.did:
            if _is_plain(did) and getattr(did.operation, "index_name", None) in {None, *there}:
                yield Found(did, "whoever uses the table waits until the index is dropped")


def _is_plain(did: Recorded) -> bool:
    if did.kind == "DropIndexOp":
        return not did.operation.kw.get("postgresql_concurrently")
    return did.sql is not None and bool(_PLAIN.search(bare(did.sql)))
