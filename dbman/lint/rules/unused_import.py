"""DBM306: a script imports what it does not use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule, Severity
from dbman.lint.sources import Source


class UnusedImport(Rule):
    """A script imports a name that it does not use.

    Mostly it is left over from the template. An import of the application costs more than that: it
    may be gone in a year, and the script with it. A line with `# noqa` is not found.

    Bad:

    ```python
    import json

    import sqlalchemy as sa
    from alembic import op


    def upgrade():
        op.add_column("poser_widget", sa.Column("width", sa.Integer))


    def downgrade():
        op.drop_column("poser_widget", "width")
    ```

    Good:

    ```python
    import sqlalchemy as sa
    from alembic import op


    def upgrade():
        op.add_column("poser_widget", sa.Column("width", sa.Integer))


    def downgrade():
        op.drop_column("poser_widget", "width")
    ```

    Take it out.
    """

    code = "DBM306"
    name = "unused-import"
    group = "hygiene"
    severity = Severity.INFO

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each import at the top level whose name stands nowhere else."""
        for source in case.scripts:
            used = _used(source.tree)
            lines = source.text.splitlines()
            for node, name in _imports(source):
                if name not in used and "noqa" not in "".join(
                    lines[node.lineno - 1 : node.end_lineno]
                ):
                    at = node.lineno, node.col_offset + 1
                    yield self.finding(source, f"{name} is imported and not used", at=at)


def _imports(source: Source) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    """Yield the names that statements at the top level import, each with its statement."""
    for node in source.tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            continue
        for alias in node.names:
            is_handed_on = alias.asname is not None and alias.asname == alias.name
            if alias.name != "*" and not is_handed_on:
                yield node, alias.asname or alias.name.partition(".")[0]


def _used(tree: ast.Module) -> set[str]:
    """Return the names that a module uses, also in its texts: an annotation may be one."""
    used: set[str] = set()
    docstring = _docstring(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            used.add(node.id)
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and node is not docstring
        ):
            used.update(re.findall(r"\w+", node.value))
    return used


def _docstring(tree: ast.Module) -> ast.expr | None:
    first = tree.body[0] if tree.body else None
    return first.value if isinstance(first, ast.Expr) else None
