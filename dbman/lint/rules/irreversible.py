"""DBM218: a downgrade refuses to run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule
from dbman.lint.sources import Source


class Irreversible(Rule):
    """The downgrade of a script raises on purpose: there is no way back.

    Nobody can step behind this revision, nor take the extension away with `downgrade NAME@base`,
    without restoring a backup. That may be right, and then a comment says so.

    Bad:

    ```python
    def upgrade():
        op.execute("UPDATE poser_widget SET name = lower(name)")


    def downgrade():
        raise NotImplementedError("the spelling is lost")
    ```

    Good:

    ```python
    def upgrade():
        op.add_column("poser_widget", sa.Column("folded", sa.String(100)))
        op.execute("UPDATE poser_widget SET folded = lower(name)")


    def downgrade():
        with op.batch_alter_table("poser_widget") as batch_op:
            batch_op.drop_column("folded")
    ```

    Keep what the upgrade takes away for a release: in another column, or in another table.
    """

    code = "DBM218"
    name = "irreversible"
    group = "danger"

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each `raise` that ended a downgrade."""
        for key, step in case.recording.down.items():
            source = case.by_key.get(key)
            if source is not None and is_raised(source, step.line):
                at = step.line or 1, 1
                yield self.finding(source, "downgrade() raises: there is no way back", at=at)


def is_raised(source: Source, line: int | None) -> bool:
    """Return whether a line of a script belongs to a `raise`."""
    return line is not None and any(
        isinstance(node, ast.Raise) and node.lineno <= line <= (node.end_lineno or node.lineno)
        for node in ast.walk(source.tree)
    )
