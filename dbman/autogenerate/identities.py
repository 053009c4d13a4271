"""Identity columns of PostgreSQL that come, go or change: Alembic does not write them whole.

A column that had a sequence of its own gives it up for the identity, which goes on counting behind
the highest value. Source: https://www.postgresql.org/docs/current/sql-altertable.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dbman.autogenerate.directives import Statements
from dbman.autogenerate.draft import Draft, Ground

if TYPE_CHECKING:
    from sqlalchemy import Column

_OPTIONS = {
    "INCREMENT BY": "INCREMENT BY 1",
    "MINVALUE": "NO MINVALUE",
    "MAXVALUE": "NO MAXVALUE",
    "START WITH": "",
    "CACHE": "CACHE 1",
    "CYCLE": "NO CYCLE",
}
"""The options of an identity, each with what it is where nobody says it."""
_OPTION = re.compile(rf"(?P<name>{'|'.join(_OPTIONS)})(?: -?\d+)?")
_NEXTVAL = re.compile(r"nextval\('(.+)'::regclass\)")


def amend_identity(
    ground: Ground, draft: Draft, column: Column[Any], before: str | None, after: str | None
) -> None:
    """Write that a column gets, loses or changes an identity.

    That is None, ALWAYS or BY DEFAULT, with the options that are no defaults: "ALWAYS (CYCLE)".
    """
    draft.leave_default(column)
    table, default = column.table, ground.reflected(column.table, column.name).get("default")
    named = _NEXTVAL.fullmatch(str(default))
    if default is not None and named is None:
        draft.remark(table, f"{table.name}.{column.name}: an identity cannot have a default")
        return
    on = f"ALTER TABLE {ground.quoted(table.name, table.schema)}"
    place = f"{on} ALTER COLUMN {ground.quoted(column.name)}"
    told = f"alter identity of {table.name}.{column.name}: {before or 'none'} -> {after or 'none'}"
    there, back = [*_steps(place, before, after)], [*_steps(place, after, before)]
    if named is not None:
        there = [*_without_serial(place, named[1]), *there]
        back += _with_serial(ground, column, place, named[1])
    counted = _counted(ground, column)
    there += [counted] if after and not before else []
    back += [counted] if (before and not after) or named is not None else []
    draft.last(Statements(told, there, back, table.name, table.schema))


def amend_serial(ground: Ground, draft: Draft, column: Column[Any], comes: bool) -> None:
    """Write that a column gets or loses the sequence that numbers it."""
    table = column.table
    place = (
        f"ALTER TABLE {ground.quoted(table.name, table.schema)}"
        f" ALTER COLUMN {ground.quoted(column.name)}"
    )
    default = ground.reflected(table, column.name).get("default")
    named = _NEXTVAL.fullmatch(str(default))
    made_up = ground.quoted(f"{table.name}_{column.name}_seq", table.schema)
    sequence = named[1] if named else made_up
    there = [*_with_serial(ground, column, place, sequence), _counted(ground, column)]
    back = _without_serial(place, sequence)
    there, back = (there, back) if comes else (back, there)
    told = f"{'number' if comes else 'stop numbering'} {table.name}.{column.name} by a sequence"
    draft.last(Statements(told, there, back, table.name, table.schema))


def _with_serial(ground: Ground, column: Column[Any], place: str, sequence: str) -> list[str]:
    table = ground.quoted(column.table.name, column.table.schema)
    literal = sequence.replace("'", "''")
    return [
        f"CREATE SEQUENCE {sequence} OWNED BY {table}.{ground.quoted(column.name)}",
        f"{place} SET DEFAULT nextval('{literal}'::regclass)",
    ]


def _without_serial(place: str, sequence: str) -> list[str]:
    return [f"{place} DROP DEFAULT", f"DROP SEQUENCE {sequence}"]


def _steps(place: str, before: str | None, after: str | None) -> Iterator[str]:
    is_turned = bool(before and after) and _falls(before or "") != _falls(after or "")
    if before and after and not is_turned:
        yield f"{place} {' '.join(_changes(before, after))}"
        return
    if before:  # one that counts the other way begins anew, for its bounds are others
        yield f"{place} DROP IDENTITY"
    if after:
        kind, _, options = after.partition(" (")
        yield f"{place} ADD GENERATED {kind} AS IDENTITY" + (f" ({options}" if options else "")


def _changes(before: str, after: str) -> Iterator[str]:
    """Yield what sets one identity to another; what is no longer said gets its default."""
    kind = after.partition(" (")[0]
    if kind != before.partition(" (")[0]:
        yield f"SET GENERATED {kind}"
    old, new = _options(before), _options(after)
    for name in _OPTIONS:
        if old.get(name) != new.get(name):
            yield f"SET {new.get(name) or _default(name, new)}"


def _options(identity: str) -> dict[str, str]:
    """Return the options of an identity by their names."""
    return {found["name"]: found[0] for found in _OPTION.finditer(identity)}


def _default(name: str, options: Mapping[str, str]) -> str:
    """Return what an option is where nobody says it: it begins at the end that it counts from."""
    if name != "START WITH":
        return _OPTIONS[name]
    falls = "-" in options.get("INCREMENT BY", "")
    end = options.get("MAXVALUE" if falls else "MINVALUE", "-1" if falls else "1")
    return f"START WITH {end.rpartition(' ')[2]}"


def _falls(identity: str) -> bool:
    return "INCREMENT BY -" in identity


def _counted(ground: Ground, column: Column[Any]) -> str:
    """Return the statement that lets a sequence go on behind the highest value."""
    table, name = ground.quoted(column.table.name, column.table.schema), ground.quoted(column.name)
    literal = table.replace("'", "''")
    plain = column.name.replace("'", "''")
    return (
        f"SELECT setval(pg_get_serial_sequence('{literal}', '{plain}'),"
        f" coalesce(max({name}), 0) + 1, false) FROM {table}"
    )
