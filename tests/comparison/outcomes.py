"""What came of one kind of change, and what a script of Alembic's operations does to a table."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """What one program made of one kind of change."""

    writes: tuple[str, ...]
    """The operations that it wrote, in order."""
    built: bool = False
    """Whether the migrated tables are those of the models afterwards."""
    kept: bool = False
    """Whether the row that was there is still there."""
    undone: bool = False
    """Whether the downgrade brings the tables of before back."""
    told: tuple[str, ...] = ()
    """What was said about what was not written."""
    failure: str = ""
    """Why the script could not be run, if it could not."""

    @property
    def good(self) -> bool:
        """Whether the models are built, the row is kept, and all can be undone."""
        return self.built and self.kept and self.undone

    def __str__(self) -> str:
        written = ", ".join(f"`{each}`" for each in self.writes)
        if self.good:
            return written or "nothing to write"
        if self.failure:
            return f"{written}: **{self.failure}**"
        if not self.writes:
            return "told, not written" if self.told else "**not seen**"
        if not self.built and self.told:
            return f"{written}; the rest is told"
        lost = [(self.built, "not as the models"), (self.kept, "the row is lost")]
        wrong = [said for right, said in (*lost, (self.undone, "not undone")) if not right]
        return f"{written}: **{', '.join(wrong)}**"


def operations(script: Path, table: str) -> tuple[str, ...]:
    """Return the operations of a script's upgrade that name a table which begins so."""
    tree = ast.parse(script.read_text(encoding="utf-8"))
    (upgrade,) = (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "upgrade")
    found = [
        name
        for statement in upgrade.body
        if table in "".join(ast.unparse(statement).split("alembic_module_prefix"))
        for name in _calls(statement)
    ]
    return tuple(dict.fromkeys(found))


def _calls(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            is_op = isinstance(owner, ast.Name) and owner.id in ("op", "batch_op")
            if is_op and node.func.attr not in ("f", "batch_alter_table"):
                yield node.func.attr
