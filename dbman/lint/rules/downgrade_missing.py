"""DBM302: a script has no downgrade."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule
from dbman.sources import names_in


class DowngradeMissing(Rule):
    """A script has no `downgrade()`.

    A downgrade that comes to it stops with an error, with dbman before anything runs.

    Bad:

    ```python
    def upgrade():
        op.create_table("poser_gesture", sa.Column("id", sa.Integer, primary_key=True))
    ```

    Good:

    ```python
    def upgrade():
        op.create_table("poser_gesture", sa.Column("id", sa.Integer, primary_key=True))


    def downgrade():
        op.drop_table("poser_gesture")
    ```

    Write it. One that cannot be written raises, and says why.
    """

    code = "DBM302"
    name = "downgrade-missing"
    group = "hygiene"

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each script in which nothing at the top level is called `downgrade`."""
        for source in case.scripts:
            bound = {name for node in source.tree.body for name in names_in(node, ast.Store)}
            if source.revision is not None and not bound & {"downgrade", "*"}:
                yield self.finding(source, "there is no downgrade()", at=source.place("revision"))
