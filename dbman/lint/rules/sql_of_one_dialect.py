"""DBM209: a script runs SQL that one kind of database alone understands."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule
from dbman.lint.sources import Source
from dbman.lint.sql import dialect_of

_SERVERS = {"postgresql": "PostgreSQL", "mysql": "MariaDB", "mariadb": "MariaDB"}
"""What the databases of applications are called; a SQLite file may become a server's."""


class SqlOfOneDialect(Rule):
    """A script runs SQL text that one kind of database alone understands.

    An extension does not choose the database: the same scripts build a SQLite file for one user and
    a schema on PostgreSQL for another. Nothing is found in a script that asks for the name of the
    dialect, nor where the application's own database is the server that the text is for.

    Bad:

    ```python
    def upgrade():
        op.execute("INSERT OR REPLACE INTO poser_widget (id, name) VALUES (1, 'first')")


    def downgrade():
        op.execute("DELETE FROM poser_widget WHERE id = 1")
    ```

    Good:

    ```python
    import sqlalchemy as sa
    from alembic import op

    widget = sa.table("poser_widget", sa.column("id"), sa.column("name"))


    def upgrade():
        op.bulk_insert(widget, [{"id": 1, "name": "first"}])


    def downgrade():
        op.execute(widget.delete().where(widget.c.id == 1))
    ```

    Write it with `sa.table()` and SQLAlchemy's expressions, or with Alembic's operations. Where
    that cannot be, ask `op.get_bind().dialect.name` and say it for each database.
    """

    code = "DBM209"
    name = "sql-of-one-dialect"
    group = "danger"

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each such text, in both directions."""
        for step in case.recording.steps:
            source = case.by_key.get(step.revision.key)
            if source is None or _asks_for_dialect(source):
                continue
            for did in step.statements:
                name, words = dialect_of(did.sql or "") if did.is_written else (None, "")
                if name not in (None, _SERVERS.get(case.scene.dialect_name)):
                    at = did.place.line, did.place.column
                    yield self.finding(source, f"{words!r} is SQL of {name} alone", at=at)


def _asks_for_dialect(source: Source) -> bool:
    """Return whether a script looks at the dialect of its connection."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in ("dialect", "dialect_name")
        for node in ast.walk(source.tree)
    )
