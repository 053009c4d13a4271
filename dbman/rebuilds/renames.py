"""Renames of columns inside a batch, done by SQLite itself before the table is rebuilt.

RENAME COLUMN takes along keys, indexes, triggers and views that name the column; a rebuild cannot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alembic.ddl.impl import DefaultImpl

Operation = tuple[str, tuple[Any, ...], dict[str, Any]]
"""The name of a method of Alembic's batch, its arguments and its keywords."""

_NOTHING: Mapping[str, object] = {
    "nullable": None, "server_default": False, "type_": None, "autoincrement": None,
}  # fmt: skip


def rename_columns(impl: DefaultImpl, table: str, batch: Sequence[Operation]) -> list[Operation]:
    """Rename columns of a table, and return what is left of its batch, under the new names.

    A rename to the name of a column that the batch drops is left to the rebuild.
    """
    dropped = {args[1].name.lower() for name, args, _ in batch if name == "drop_column"}
    renames: dict[str, str] = {
        str(args[1]): str(keywords["name"])
        for name, args, keywords in batch
        if name == "alter_column"
        and keywords.get("name") not in (None, args[1])
        and keywords["name"].lower() not in dropped
    }
    for old, new in in_order(renames):
        impl.alter_column(table, old, name=new)
    added = {args[1].name for name, args, _ in batch if name == "add_column"}
    return [each for each in (_under(one, renames, added) for one in batch) if each is not None]


def is_rename(operation: Operation) -> bool:
    """Return whether an operation alters the name of a column at most."""
    name, _, keywords = operation
    return name == "alter_column" and all(
        keywords.get(key, nothing) is nothing for key, nothing in _NOTHING.items()
    )


def in_order(renames: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the steps that rename all at once: a name is taken when it is free.

    Of columns that exchange their names one steps aside first.
    """
    waiting = dict(renames)
    while waiting:
        taken = {old.lower() for old in waiting}
        free = [old for old, new in waiting.items() if new.lower() not in taken - {old.lower()}]
        for old in free:
            yield old, waiting.pop(old)
        if not free:
            old = next(iter(waiting))
            waiting[f"_dbman_{old}"] = waiting.pop(old)
            yield old, f"_dbman_{old}"


def _under(
    operation: Operation, renames: Mapping[str, str], added: Collection[str]
) -> Operation | None:
    """Return an operation under the new names; None if renaming was all that it did."""
    name, args, keywords = operation
    if name == "alter_column":
        column = str(args[1])
        if column not in renames:
            return operation
        if is_rename(operation):
            return None
        return name, (args[0], renames[column], *args[2:]), {**keywords, "name": None}
    if name == "add_column":
        places = ("insert_before", "insert_after")
        moved = {
            key: renames.get(keywords[key], keywords[key]) for key in places if key in keywords
        }
        return name, args, keywords | moved
    if name != "drop_column" and name.startswith(("add_", "create_")):
        # Alembic made these columns for this constraint or index alone.
        for column in getattr(args[0], "columns", ()):
            if column.name not in added:
                column.name = renames.get(column.name, column.name)
    return operation
