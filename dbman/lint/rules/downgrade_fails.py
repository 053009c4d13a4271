"""DBM304: a downgrade fails."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule, Severity
from dbman.lint.rules.irreversible import is_raised


class DowngradeFails(Rule):
    """A downgrade fails right after its upgrade, on an empty scratch database.

    It will fail wherever somebody needs it. One that raises on purpose is a matter of DBM218, one
    that is missing of DBM302.

    Bad:

    ```python
    def upgrade():
        op.create_table("poser_gesture", sa.Column("id", sa.Integer, primary_key=True))


    def downgrade():
        op.drop_table("poser_gestures")
    ```

    Good:

    ```python
    def upgrade():
        op.create_table("poser_gesture", sa.Column("id", sa.Integer, primary_key=True))


    def downgrade():
        op.drop_table("poser_gesture")
    ```

    Try it: `dbman upgrade`, then `dbman downgrade NAME@-1`.
    """

    code = "DBM304"
    name = "downgrade-fails"
    group = "hygiene"
    severity = Severity.ERROR

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each downgrade that ran and ended with an error."""
        for key, step in case.recording.down.items():
            source = case.by_key.get(key)
            if source is None or step.failure is None or step.line is None:
                continue
            if not is_raised(source, step.line):
                why = step.failure.rpartition(f"{source.path}:{step.line}: ")[2]
                yield self.finding(source, f"downgrade() fails: {why}", at=(step.line, 1))
