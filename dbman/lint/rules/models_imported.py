"""DBM108: a script imports models of the application."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from dbman.lint.case import Case
from dbman.lint.interface import Finding, Rule


class ModelsImported(Rule):
    """A script imports models of the application.

    Models say what the tables are like today, the script runs on them as they were when it was
    written. After the next change to the model it selects a column that is not there yet, or makes
    a table with one that the next script adds.

    Bad:

    ```python
    from poser.db import metadata


    def upgrade():
        metadata.create_all(op.get_bind())


    def downgrade():
        metadata.drop_all(op.get_bind())
    ```

    Good:

    ```python
    def upgrade():
        op.create_table("poser_widget", sa.Column("id", sa.Integer, primary_key=True))


    def downgrade():
        op.drop_table("poser_widget")
    ```

    Say in the script what it needs of a table: `sa.table("widget", sa.column("name"))`. A type or a
    function that scripts share goes into a module without models.
    """

    code = "DBM108"
    name = "models-imported"
    group = "manners"

    def check(self, case: Case) -> Iterator[Finding]:
        """Yield each import of a module with models, or of a model by another way."""
        modules = {each for mapped in case.models.mapped.values() for each in mapped}
        modules |= {each.partition(":")[0] for each in case.models.registered.values()}
        for source in case.scripts:
            for node in ast.walk(source.tree):
                for module in _imported(node, modules):
                    yield self.finding(
                        source,
                        f"imports {module}, where models are",
                        at=(node.lineno, node.col_offset + 1),  # type: ignore[attr-defined]
                    )


def _imported(node: ast.AST, modules: set[str]) -> Iterator[str]:
    """Yield the modules with models that a statement imports, or imports from."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in modules)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        if node.module in modules:
            yield node.module
            return
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            if inner in modules:
                yield inner
            elif _is_model(getattr(sys.modules.get(node.module), alias.name, None)):
                yield node.module


def _is_model(value: object) -> bool:
    """Return whether this is a mapped class, a declarative base, or a metadata."""
    from sqlalchemy import MetaData

    return isinstance(value, MetaData) or (
        isinstance(value, type) and isinstance(getattr(value, "metadata", None), MetaData)
    )
