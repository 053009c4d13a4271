"""What compilers tell: once each, for one statement may be compiled several times."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbman.errors import MigrationError
from dbman.translate.results import Translations

MAIN = "public"
"""What PostgreSQL calls the schema that nobody has to name."""


@dataclass
class Account:
    """What was told in one run, and which schema each table was written for."""

    log: Translations
    """The account of the run."""
    told: set[tuple[str, ...]] = field(default_factory=set)
    """What was told already."""
    schemas: dict[str, str | None] = field(default_factory=dict)
    """The schema of each table, by its name."""

    def tell(self, deed: str, kind: str, what: str, how: str = "") -> None:
        """Enter one construct, unless it was."""
        if (entry := (deed, kind, what, how)) not in self.told:
            self.told.add(entry)
            self.log.add(*entry)

    def require_one_schema(self, table: str, schema: str | None) -> None:
        """Raise `MigrationError` where a table of another schema bears the name."""
        other = self.schemas.setdefault(table, schema)
        if (other or MAIN) != (schema or MAIN):
            names = " and ".join(f"{each}.{table}" if each else table for each in (other, schema))
            raise MigrationError(
                f"{names} would be one table on SQLite, which has no schemas",
                "rename one of them, or use a database that has schemas",
            )
