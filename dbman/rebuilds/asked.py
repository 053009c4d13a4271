"""What the operations of a batch ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbman.facts.tokens import spell_name
from dbman.rebuilds.names import unnamed_called
from dbman.rebuilds.parts import Clause, Definition, cut_constraint

if TYPE_CHECKING:
    from sqlalchemy import Constraint, Index
    from sqlalchemy.engine import Dialect

_KINDS = {
    "primary_key_constraint": "primary key",
    "unique_constraint": "unique",
    "foreign_key_constraint": "foreign key",
    "check_constraint": "check",
}
"""What `Clause.kind` is for the constraints of SQLAlchemy, by their visit names."""


@dataclass
class Asked:
    """An account of a batch, entered operation by operation; columns are named in lower case."""

    key: bool = False
    """Whether the primary key, or its AUTOINCREMENT, is to be another."""
    options: bool = False
    """Whether options of the table are given."""
    changed: dict[str, set[str]] = field(default_factory=dict)
    """The columns that are altered: "type", and the kinds of clauses that change."""
    names: dict[str, str] = field(default_factory=dict)
    """The columns that get the name of a dropped one."""
    added: list[str] = field(default_factory=list)
    """The columns that are added, as they are written."""
    dropped: set[str] = field(default_factory=set)
    """The columns that are dropped."""
    lost: list[Clause] = field(default_factory=list)
    """The constraints that are dropped."""
    gained: list[Constraint] = field(default_factory=list)
    """The constraints that are added."""
    lost_indexes: set[str] = field(default_factory=set)
    """The indexes that are dropped, in lower case."""
    gained_indexes: list[tuple[Index, dict[str, Any]]] = field(default_factory=list)
    """The indexes that are made, with the keywords of the operation."""

    def alter(self, column: str, keywords: Mapping[str, Any]) -> None:
        """Enter what one ALTER of a column changes."""
        kinds = self.changed.setdefault(column.lower(), set())
        if keywords.get("name"):
            self.names[column.lower()] = str(keywords["name"])
        if keywords.get("type_") is not None:
            kinds.add("type")
            types = (keywords["type_"], keywords.get("existing_type"))
            if any(getattr(each, "collation", None) for each in types):
                kinds.add("collate")
        if keywords.get("nullable") is not None:
            kinds |= {"not null", "null"}
        if keywords.get("server_default", False) is not False:
            kinds |= {"default", "generated"}

    def lose(
        self,
        asked: Constraint,
        reflected: Constraint | None,
        definition: Definition,
        dialect: Dialect,
    ) -> tuple[Clause, ...]:
        """Enter that a constraint is dropped, and return the clauses of the table that it is.

        `reflected` is what reflection gave that name, by a naming convention. An unnamed one is
        also found by what another database calls it.
        """
        name = str(asked.name)
        found = [clause for clause in definition if clause.name == name.lower()]
        if not found and reflected is None:
            kind = _KINDS.get(asked.__visit_name__)
            found = list(unnamed_called(name, kind, str(asked.table.name), definition))
        core = "" if found else _core(asked if reflected is None else reflected, dialect)
        found = found or [c for c in definition if not c.name and core and _same(c.core, core)]
        self.lost += found
        self.key |= any(clause.kind == "primary key" for clause in found)
        return tuple(found)


def compiler(dialect: Any) -> Any:
    """Return what SQLAlchemy writes pieces of DDL with."""
    return dialect.ddl_compiler(dialect, None)


def write_constraint(constraint: Any, dialect: Dialect) -> str:
    """Return a constraint as SQLAlchemy writes it; empty where it writes none."""
    ddl = compiler(dialect)
    rule = constraint._create_rule
    return (ddl.process(constraint) or "") if rule is None or rule(ddl) else ""


def _core(constraint: Any, dialect: Dialect) -> str:
    """Return what a constraint says; empty where only its name is known."""
    if hasattr(constraint, "elements") and constraint.elements:
        columns = ", ".join(map(spell_name, constraint.column_keys))
        parent = constraint.elements[0].target_fullname.rpartition(".")[0]
        return f"foreign key ({columns}) references {spell_name(parent)}"
    if not getattr(constraint, "columns", ()) and not hasattr(constraint, "sqltext"):
        return ""
    text = write_constraint(constraint, dialect)
    return cut_constraint(text).core if text else ""


def _same(stored: str, reflected: str) -> bool:
    """Return whether a stored clause is a reflected one, which lacks ON CONFLICT and the like."""
    return stored == reflected or stored.startswith((f"{reflected} ", f"{reflected}("))
