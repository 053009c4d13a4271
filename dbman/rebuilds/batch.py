"""Alembic's batch mode on SQLite, whose rebuild keeps everything that nobody asked to change."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, filterwarnings

from alembic.operations.batch import ApplyBatchImpl, BatchOperationsImpl
from sqlalchemy import PrimaryKeyConstraint

from dbman.errors import MigrationError
from dbman.progress import NullProgress, Progress
from dbman.rebuilds.asked import Asked
from dbman.rebuilds.copying import Exchange, exchange
from dbman.rebuilds.driver import Driver
from dbman.rebuilds.merging import Merged
from dbman.rebuilds.natives import is_native
from dbman.rebuilds.parts import Clause
from dbman.rebuilds.reflected import are_about_columns, columns_of, stored_behind
from dbman.rebuilds.renames import rename_columns
from dbman.rebuilds.stored import read_table, require_kept

if TYPE_CHECKING:
    from alembic.ddl.impl import DefaultImpl
    from sqlalchemy import Column, Constraint, Index, Table
    from sqlalchemy.engine import Connection

_OURS = {"listeners", "resolve_fks"}
"""What Alembic and dbman say about every reflection."""
_MUTED = (
    "Unnamed CHECK constraint on reflected table",
    "Skipped unsupported reflection of expression-based index",
)


class Batch(BatchOperationsImpl):
    """A batch whose renames SQLite does itself; what Alembic cannot reflect is no matter."""

    def _should_recreate(self) -> bool:
        """Return whether SQLite lacks what is asked for."""
        if self.recreate != "auto" or not _is_ours(self.impl, self.schema):
            return super()._should_recreate()
        return not all(is_native(operation, self.dialect) for operation in self.batch)

    def rebuilds(self) -> bool:
        """Return whether carrying the operations out takes a rebuild."""
        return self._should_recreate()

    def drop_constraint(self, const: Constraint, **keywords: Any) -> None:
        """Take note that a constraint is dropped, also one that may be missing."""
        self.batch.append(("drop_constraint", (const,), keywords))

    def flush(self) -> None:
        """Carry out the operations."""
        self.schema = self.impl.dialect.identifier_preparer.schema_for_object(self)
        if not _is_ours(self.impl, self.schema):
            super().flush()
            return
        self.batch = rename_columns(self.impl, self.table_name, self.batch)
        self.reflect_kwargs.setdefault("resolve_fks", False)
        if self._goes_by_columns():
            with suppress(MigrationError):  # What is no table is for Alembic to tell.
                stored = read_table(_connection(self.impl), self.table_name)
                if are_about_columns(self.batch, stored):
                    self.copy_from = columns_of(stored, self.dialect)
        with catch_warnings():
            for message in _MUTED:
                filterwarnings("ignore", message)
            super().flush()

    def _goes_by_columns(self) -> bool:
        """Return whether nothing was said about how the table is to be reflected, or made."""
        made = (self.copy_from, self.naming_convention, self.table_args, self.table_kwargs)
        more = self.reflect_kwargs["listeners"][1:]  # The first is Alembic's, for autogenerate.
        reflected = (*self.reflect_args, *more, *self.reflect_kwargs.keys() - _OURS)
        is_said = bool(reflected) or any(each not in (None, (), {}) for each in made)
        return not is_said and self._should_recreate()


class Rebuild(ApplyBatchImpl):
    """A rebuild by the statement that SQLite has stored, in which only what was asked for changes.

    Alembic keeps its own account of the new table, from reflection; of it dbman takes what the
    operations changed, and the order of the columns.
    """

    progress: Progress = NullProgress()

    def __init__(
        self,
        impl: DefaultImpl,
        table: Table,
        table_args: tuple[Any, ...],
        table_kwargs: dict[str, Any],
        *args: Any,
        **keywords: Any,
    ) -> None:
        self.is_ours = _is_ours(impl, table.schema)
        self.asked = Asked(key="sqlite_autoincrement" in table_kwargs, options=bool(table_kwargs))
        if self.is_ours:
            self.old = stored_behind(table) or read_table(_connection(impl), table.name)
        super().__init__(impl, table, table_args, table_kwargs, *args, **keywords)

    def alter_column(self, table_name: str, column_name: str, **keywords: Any) -> None:  # type: ignore[override]
        """Change a type, a default or NOT NULL; and a name, where a dropped column had it."""
        self._require_column(column_name)
        super().alter_column(table_name, column_name, **keywords)
        self.asked.alter(column_name, keywords)
        if using := keywords.get("sqlite_using"):
            self.column_transfers[column_name]["using"] = using

    def add_column(self, table_name: str, column: Column[Any], **keywords: Any) -> None:  # type: ignore[override]
        """Add a column."""
        if keywords.get("if_not_exists") and column.name in self.columns:
            return
        super().add_column(table_name, column, **keywords)
        self.asked.added.append(column.name)
        self.asked.key |= bool(column.primary_key)

    def drop_column(self, table_name: str, column: Any, **keywords: Any) -> None:
        """Drop a column, with the constraints and indexes that cannot be without it."""
        if keywords.get("if_exists") and column.name not in self.columns:
            return
        self._require_column(column.name)
        super().drop_column(table_name, column, **keywords)
        self.asked.dropped.add(column.name.lower())

    def add_constraint(self, const: Constraint) -> None:
        """Add a constraint, also without a name, which Alembic would refuse.

        A primary key takes the place of the one that is there.
        """
        if const.name is None:
            self.unnamed_constraints.append(const)
        else:
            super().add_constraint(const)
        self.asked.key |= isinstance(const, PrimaryKeyConstraint)
        self.asked.gained.append(const)

    def drop_constraint(self, const: Constraint, *, if_exists: bool | None = None) -> None:
        """Drop a constraint: by its name, by what a naming convention or a database calls it."""
        found: tuple[Clause, ...] = ()
        if self.is_ours:
            reflected = self.named_constraints.get(str(const.name))
            found = self.asked.lose(const, reflected, self.old.definition, self.impl.dialect)
        if any(clause.kind == "primary key" for clause in found):
            self._forget_key()
        if const.name in self.named_constraints or not (found or if_exists):
            try:
                super().drop_constraint(const)
            except ValueError as err:
                called = f"constraint {const.name}" if const.name else "constraint without a name"
                raise MigrationError(f"{self.table.name} has no {called}") from err

    def create_index(self, idx: Index, **keywords: Any) -> None:
        """Create an index when the new table is there."""
        super().create_index(idx)
        self.asked.gained_indexes.append((idx, keywords))

    def drop_index(self, idx: Index, **keywords: Any) -> None:
        """Drop an index, be it on expressions, which Alembic does not reflect."""
        name = str(idx.name)
        if keywords.get("if_exists") and not self.old.has_index(name):
            return
        if name in self.indexes or not self.is_ours or not self.old.has_index(name):
            super().drop_index(idx)
        self.asked.lost_indexes.add(name.lower())

    def _create(self, op_impl: DefaultImpl) -> None:
        """Rebuild the table if anything in its definition changes, then its indexes."""
        if not self.is_ours:
            super()._create(op_impl)
            return
        self._transfer_elements_to_new_table()
        driver = Driver(_connection(self.impl), self.progress)
        merged = Merged(self, self.old, self.asked)
        for told in merged.goes_along:
            self.progress.note(f"{self.old.name}: {told} goes with what it stands on")
        if merged.definition != self.old.definition or merged.is_filled_anew:
            change = Exchange(self.old, merged.definition, merged.values, merged.indexes)
            exchange(driver, change)
        else:
            for name in sorted(merged.lost_indexes):
                driver.say(f"DROP INDEX main.{merged.quoted(name)}")
        new = read_table(driver.connection, self.old.name)
        require_kept(self.old, new, merged.touched, merged.lost_names)
        for index, keywords in self.asked.gained_indexes:
            op_impl.create_index(index, **keywords)

    def _forget_key(self) -> None:
        """Let Alembic's account, too, have no primary key, also where it had no name."""
        key = self.table.primary_key
        self.unnamed_constraints = [one for one in self.unnamed_constraints if one is not key]
        for column in self.columns.values():
            column.primary_key = False

    def _require_column(self, name: str) -> None:
        if name not in self.columns:
            raise MigrationError(f"{self.table.name} has no column {name}")


def _connection(impl: DefaultImpl) -> Connection:
    assert impl.connection is not None
    return impl.connection


def _is_ours(impl: DefaultImpl, schema: str | None) -> bool:
    return impl.dialect.name == "sqlite" and not impl.as_sql and schema in (None, "main")
