"""DBM303: a downgrade does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule


class DowngradeEmpty(Rule):
    """A downgrade does nothing, and the upgrade changed the schema.

    The database says that the revision is undone, and its tables are still there: the next upgrade
    fails, because they are. A script that changes rows alone is a matter of DBM217.

    Bad:

    ```python
    def upgrade():
        op.create_table("poser_gesture", sa.Column("id", sa.Integer, primary_key=True))


    def downgrade():
        pass
    ```

    Good:

    ```python
    def upgrade():
        op.create_table("poser_gesture", sa.Column("id", sa.Integer, primary_key=True))


    def downgrade():
        op.drop_table("poser_gesture")
    ```

    Undo each operation, the last one first.
    """

    code = "DBM303"
    name = "downgrade-empty"
    group = "hygiene"

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each downgrade that ran, did nothing, and had something to undo."""
        for key, down in case.recording.down.items():
            source, up = case.by_key.get(key), case.recording.up[key]
            if source is None or down.failure is not None or down.did:
                continue
            if up.after != up.before and down.after == down.before:
                yield self.finding(source, "downgrade() does nothing", at=source.place("downgrade"))
