"""DBM210: an index is made on PostgreSQL while writers wait."""

from __future__ import annotations

import re

from dbman.lint.recording import Recorded
from dbman.lint.sql import bare
from dbman.lint.steps import OldTableRule

_PLAIN = re.compile(r"\bcreate\s+(?:unique\s+)?index\s+(?!concurrently)", re.IGNORECASE)


class IndexBlocksWrites(OldTableRule):
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
    message = "nobody can write to {table} until the index is made"
    hint = "postgresql_concurrently=True, in an autocommit_block()"

    def is_meant(self, did: Recorded) -> bool:
        """Return whether PostgreSQL keeps others waiting for it."""
        if did.kind == "CreateIndexOp":
            return not did.operation.kw.get("postgresql_concurrently")
        return did.sql is not None and bool(_PLAIN.search(bare(did.sql)))
