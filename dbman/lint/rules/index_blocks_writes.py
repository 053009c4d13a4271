"""DBM210: an index is made on PostgreSQL while writers wait."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.recording import Recorded, RecordedStep
from dbman.lint.sql import bare
from dbman.lint.steps import Found, StepRule, existed, table_of

_PLAIN = re.compile(r"\bcreate\s+(?:unique\s+)?index\s+(?!concurrently)", re.IGNORECASE)


class IndexBlocksWrites(StepRule):
    """An upgrade makes an index without CONCURRENTLY on a table that may hold rows.

    PostgreSQL lets nobody write to the table until the index is made. With CONCURRENTLY it reads
    the table twice, and nobody waits. A table that the same script makes is not found.

    Bad:

    ```python
    def upgrade():
        op.create_index("ix_poser_widget_name", "poser_widget", ["name"])


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

    An `autocommit_block()` ends the one transaction of a run: dbman asks for `--not-atomic` there
    on PostgreSQL. A short table is better left as it is, with a comment.
    Source: https://www.postgresql.org/docs/current/sql-createindex.html
    """

    code = "DBM210"
    name = "index-blocks-writes"
    group = "danger"
    dialects = frozenset({"postgresql"})

    def look(self, step: RecordedStep, case: Case) -> Iterator[Found]:
        """Yield each index that is made the plain way on a table that was there before."""
        for did in step.did:
            table = table_of(did)
            if _is_plain(did) and existed(step, table):
                yield Found(did, f"nobody can write to {table} until the index is made")


def _is_plain(did: Recorded) -> bool:
    if did.kind == "CreateIndexOp":
        return not did.operation.kw.get("postgresql_concurrently")
    return did.sql is not None and bool(_PLAIN.search(bare(did.sql)))
