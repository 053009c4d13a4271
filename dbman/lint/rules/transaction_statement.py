"""DBM216: a script begins or ends a transaction."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule
from dbman.lint.sources import Source

_VERBS = ("BEGIN", "COMMIT", "ROLLBACK", "START", "END")


class TransactionStatement(Rule):
    """A script begins or ends a transaction itself.

    The transaction belongs to the run: what fails later could not be undone after a COMMIT, and the
    version table would not tell the truth. dbman refuses a COMMIT on SQLite; plain Alembic leaves
    half of a migration behind.

    Bad:

    ```python
    def upgrade():
        op.execute("UPDATE poser_widget SET size = 1")
        op.execute("COMMIT")


    def downgrade():
        pass
    ```

    Good:

    ```python
    def upgrade():
        with op.get_bind().begin_nested():
            op.execute("UPDATE poser_widget SET size = 1")


    def downgrade():
        pass
    ```

    Leave it away; for work that may be undone there is `connection.begin_nested()`, and
    `op.get_context().autocommit_block()` for what cannot run inside a transaction.
    """

    code = "DBM216"
    name = "transaction-statement"
    group = "danger"

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each such statement that ran, and each call of the connection's `commit()`."""
        for step in case.recording.steps:
            source = case.by_key.get(step.revision.key)
            for did in step.statements:
                if source is not None and did.verb in _VERBS:
                    at = did.place.line, did.place.column
                    yield self.finding(source, f"{did.verb} ends the run's transaction", at=at)
        for source in case.scripts:
            for node in _commits(source):
                at = node.lineno, node.col_offset + 1
                yield self.finding(source, "commit() is not for a script to call", at=at)


def _commits(source: Source) -> Iterator[ast.Call]:
    """Yield the calls of `commit()` on what `op.get_bind()` returned."""
    names = {"op.get_bind()"}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.value) == "op.get_bind()":
            names |= {ast.unparse(target) for target in node.targets}
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "commit"
            and ast.unparse(node.func.value) in names
        ):
            yield node
