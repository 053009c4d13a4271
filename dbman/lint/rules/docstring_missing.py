"""DBM308: a script does not say what it is for."""

from __future__ import annotations

from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule, Severity


class DocstringMissing(Rule):
    """A script has no message: the first line of its docstring.

    `dbman history`, `dbman graph` and every plan show that line; without it there is only the id.

    Bad:

    ```python
    revision = "p1"
    down_revision = "p0"


    def upgrade():
        op.add_column("poser_widget", sa.Column("width", sa.Integer))


    def downgrade():
        op.drop_column("poser_widget", "width")
    ```

    Good:

    ```python
    \"\"\"widgets have a width\"\"\"

    revision = "p1"
    down_revision = "p0"


    def upgrade():
        op.add_column("poser_widget", sa.Column("width", sa.Integer))


    def downgrade():
        op.drop_column("poser_widget", "width")
    ```

    Write it in the first line; `dbman generate -m "widgets have a width"` does.
    """

    code = "DBM308"
    name = "docstring-missing"
    group = "hygiene"
    severity = Severity.INFO

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each script without one."""
        for source in case.scripts:
            if not source.header.doc:
                yield self.finding(source, "the script does not say what it is for")
