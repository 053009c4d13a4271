"""One metadata of all extensions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from typing import TYPE_CHECKING

from dbman.errors import ExtensionError, Problem
from dbman.models.results import LoadedModels

if TYPE_CHECKING:
    from sqlalchemy import MetaData, Table

_DDL_EVENTS = ("before_create", "after_create", "before_drop", "after_drop")


def joined_metadata(loaded: LoadedModels) -> MetaData:
    """Return the one metadata that all share, else a new one with a copy of every table.

    In the copy foreign keys by name find their target whatever metadata it came from; `info`,
    events and sequences are kept. Raises `ExtensionError` where two metadata define a table
    differently.
    """
    from sqlalchemy import MetaData

    if len(loaded.metadata) == 1:
        return loaded.metadata[0]
    conventions = [each.naming_convention for each in loaded.metadata]
    alike = bool(conventions) and all(each == conventions[0] for each in conventions)
    # Constraints without a name keep none: a convention of others must not name them.
    joined = MetaData(naming_convention=conventions[0]) if alike else MetaData()
    for metadata in loaded.metadata:
        joined.info.update(metadata.info)
        keep_listeners(metadata, joined)
    for key, tables in loaded.tables.items():
        _require_alike(key, tables, loaded)
        keep_listeners(tables[0], tables[0].to_metadata(joined))
    for metadata in loaded.metadata:
        _keep_sequences(metadata, joined)
    return joined


def dangling(loaded: LoadedModels, joined: MetaData) -> Iterator[Problem]:
    """Yield a problem for each foreign key whose target no extension defines."""
    from sqlalchemy.exc import NoReferencedColumnError, NoReferencedTableError

    for table in joined.tables.values():
        for foreign_key in sorted(table.foreign_keys, key=lambda each: each.parent.name):
            where = f"{table.key}.{foreign_key.parent.name}"
            try:
                _ = foreign_key.column
            except NoReferencedTableError as err:
                missing = f"no extension defines the table {err.table_name}"
            except NoReferencedColumnError as err:
                missing = f"the table {err.table_name} has no column {err.column_name}"
            else:
                continue
            name = loaded.holder(table.key)
            yield Problem(
                f"foreign key {where} refers to {foreign_key.target_fullname}, but {missing}",
                "install the extension that defines it, or mend the foreign key",
                name,
            )


def _require_alike(key: str, tables: tuple[Table, ...], loaded: LoadedModels) -> None:
    """Raise `ExtensionError` if tables of one key are not the same."""
    for other in tables[1:]:
        if _shape(other) != _shape(tables[0]):
            names = [", ".join(loaded.having(table.metadata)) for table in (tables[0], other)]
            raise ExtensionError(
                f"table {key} is defined in two ways, by {names[0]} and by {names[1]}",
                "define it once; a foreign key finds the other one by name",
            )


def _shape(table: Table) -> tuple[object, ...]:
    """Return what two definitions of a table must have in common to be the same."""
    columns = {
        column.name: (repr(column.type), column.nullable, column.primary_key)
        for column in table.columns
    }
    targets = sorted((key.parent.name, key.target_fullname) for key in table.foreign_keys)
    return columns, targets


def _keep_sequences(original: MetaData, joined: MetaData) -> None:
    """Copy the sequences that belong to no column: `to_metadata` copies those of columns alone.

    SQLAlchemy 1.4 hands a column's own sequence on to the copy; it stays with its metadata.
    """
    for key, sequence in original._sequences.items():
        if key not in joined._sequences:
            copy(sequence)._set_metadata(joined)
        sequence.metadata = original


def keep_listeners(original: MetaData | Table, copy: MetaData | Table) -> None:
    """Let what listens to the DDL of the original listen to that of its copy.

    `to_metadata` keeps only listeners made with ``propagate=True``. Those of types, which are
    methods, it has made anew.
    """
    from sqlalchemy import event

    for name, listener in _listeners(original):
        if listener not in list(getattr(copy.dispatch, name)):
            event.listen(copy, name, listener)


def has_listeners(original: MetaData | Table) -> bool:
    """Return whether anything but types listens to the DDL of a table or of a metadata."""
    return any(True for _ in _listeners(original))


def _listeners(original: MetaData | Table) -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield what listens to which event of the DDL, without the methods of types."""
    from sqlalchemy.types import SchemaType

    for name in _DDL_EVENTS:
        for listener in list(getattr(original.dispatch, name)):
            if not isinstance(_bound_to(listener), SchemaType):
                yield name, listener


def _bound_to(listener: object) -> object:
    """Return what a listener is a method of: SQLAlchemy 2 binds with `partial`, 1.4 by hand."""
    function = getattr(listener, "func", listener)
    return getattr(function, "__self__", getattr(function, "target", None))
