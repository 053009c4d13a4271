"""A schema, read from a database: its facts, and the order of its columns, which is no fact."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from dbman.facts import Fact, Facts
from dbman.order import in_dependency_order
from dbman.schemas.ddl import Writer, by_kind, partition_of
from dbman.schemas.results import Column, ForeignKey, Kind, Schema, Table
from dbman.schemas.views import read_by_views

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_COLUMNS_OF_SQLITE = """
SELECT m.name, c.name FROM main.sqlite_master m JOIN pragma_table_xinfo(m.name) c
WHERE m.type = 'table' ORDER BY m.name, c.cid"""
_COLUMNS = """
SELECT {table}, column_name FROM information_schema.columns WHERE {where}
ORDER BY table_schema, table_name, ordinal_position"""
_QUERIES = {
    "sqlite": _COLUMNS_OF_SQLITE,
    "postgresql": _COLUMNS.format(
        table="CASE WHEN table_schema = current_schema() THEN '' ELSE table_schema || '.' END"
        " || table_name",
        where="true",
    ),
}
_ON_SERVERS = _COLUMNS.format(table="table_name", where="table_schema = DATABASE()")
_FOREIGN_KEY = re.compile(r"\((.*?)\) REFERENCES (.+?) ?\(([^()]*)\)(.*)")
_TYPE_ENDS = re.compile(r" (?:AS \(|GENERATED |NOT NULL|ON UPDATE )")
_ORDER: Sequence[Kind] = ("sequence", "table", "view")

Ordered = Mapping[str, Sequence[str]]


def read_columns(connection: Connection) -> Ordered:
    """Return the columns of each table in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    query = _QUERIES.get(connection.dialect.name, _ON_SERVERS)
    for table, column in connection.exec_driver_sql(query):
        found[str(table)].append(str(column))
    return found


def make_schema(
    told: str,
    connection: Connection,
    facts: Facts,
    owner: Callable[[str], str | None],
    order: Sequence[str],
) -> Schema:
    """Return the schema that a database has.

    `order` is that of the owners, where no foreign key says otherwise.
    Raises `ExtensionError` where two extensions have the same right to a table.
    """
    dialect = connection.dialect
    writer = Writer(dialect.name, dialect.identifier_preparer.quote)
    columns, parts = read_columns(connection), _by_table(facts)
    owners = {name: owner(name) for name in parts}
    reads = read_by_views(parts)
    ordered = in_dependency_order(order, _needs(parts, columns, owners, reads))
    place = {name: number for number, name in enumerate(ordered)}
    within = in_dependency_order(sorted(parts), {**reads, **_parents(parts)})
    step = {name: number for number, name in enumerate(within)}

    def rank(name: str) -> tuple[int, int, int]:
        kind = [*_ORDER].index(parts[name][0].kind)  # type: ignore[arg-type]
        return place.get(owners[name] or "", len(place)), kind, step[name]

    names = sorted(parts, key=rank)
    later = {name: number for number, name in enumerate(names)} if dialect.name != "sqlite" else {}
    tables = []
    for name in names:
        own = parts[name]
        if own[0].kind == "table":
            tables.append(_table(name, owners[name], own, columns, writer, later))
        else:
            kind: Kind = "view" if own[0].kind == "view" else "sequence"
            is_view = kind == "view"
            ddl = writer.view(name, own) if is_view else writer.sequence(name, own[0].value)
            tables.append(Table(name, owners[name], kind, ddl=ddl))
    before = "\n".join(writer.before(facts))
    return Schema(told, dialect.name, tuple(tables), facts, before)


def _needs(
    parts: Mapping[str, Sequence[Fact]],
    columns: Ordered,
    owners: Mapping[str, str | None],
    reads: Mapping[str, Collection[str]],
) -> Mapping[str, set[str]]:
    """Return which owners each one has foreign keys to, or has views of."""
    found: dict[str, set[str]] = defaultdict(set)
    for view, names in reads.items():
        found[owners[view] or ""] |= {owners[name] or "" for name in names}
    for table, parents in _parents(parts).items():
        found[owners[table] or ""] |= {owners.get(name) or "" for name in parents}
    for table, facts in parts.items():
        own = [fact for fact in facts if fact.kind == "foreign key"]
        for key in _foreign_keys(own, columns.get(table, ()), columns):
            found[owners[table] or ""].add(owners.get(key.table) or "")
    return found


def _parents(parts: Mapping[str, Sequence[Fact]]) -> Mapping[str, Collection[str]]:
    """Return which tables each one inherits from, or is a partition of, on PostgreSQL."""
    return {
        name: set(map(_parent, facts)) - {""}
        for name, facts in parts.items()
        if facts[0].kind == "table"
    }


def _parent(fact: Fact) -> str:
    """Return the table that a fact says is the parent; empty where it says of none."""
    if fact.kind != "option" or fact.name not in ("INHERITS", "PARTITION OF"):
        return ""
    part = partition_of(fact.value) if fact.name == "PARTITION OF" else None
    return _table_name(part["parent"] if part else fact.value)


def _by_table(facts: Facts) -> Mapping[str, list[Fact]]:
    """Return the facts of each table, view or sequence; the one that says what it is is first."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[fact.table].append(fact)
    ordered = {
        name: sorted(own, key=lambda fact: (fact.kind not in _ORDER, fact))
        for name, own in found.items()
    }
    return {name: own for name, own in ordered.items() if own[0].kind in _ORDER}


def _table(
    name: str,
    owner: str | None,
    facts: Sequence[Fact],
    columns: Ordered,
    writer: Writer,
    later: Mapping[str, int],
) -> Table:
    found = by_kind(facts)
    ordered = _ordered([fact.name for fact in found["column"]], columns.get(name, ()))
    keys = sorted(_foreign_keys(found["foreign key"], ordered, columns), key=lambda k: k.columns)
    late = [key for key in keys if later.get(key.table, -1) > later.get(name, 0)]
    inside = [key for key in keys if key not in late]
    return Table(
        name,
        owner,
        "table",
        tuple(_column(column, facts) for column in ordered),
        tuple(_key(found["primary key"], ordered)),
        tuple(keys),
        writer.table(name, facts, ordered, inside),
        "\n".join(writer.added(name, key) for key in late),
        writer.attached(name, found["option"]),
    )


def _ordered(names: Iterable[str], order: Sequence[str]) -> list[str]:
    """Return the names of columns in the order of the table."""
    place = {column.lower(): number for number, column in enumerate(order)}
    return sorted(names, key=lambda name: place.get(name.lower(), len(place)))


def _column(name: str, facts: Iterable[Fact]) -> Column:
    own = {fact.kind: fact.value for fact in facts if fact.name == name}
    value = own["column"]
    found = _TYPE_ENDS.search(value)
    type_ = value[: found.start()] if found else value
    if type_ == "UNTYPED":
        type_ = ""
    required = "NOT NULL" in value
    return Column(name, type_, required, own.get("default", ""), own.get("comment", ""))


def _key(facts: Sequence[Fact], columns: Sequence[str]) -> list[str]:
    """Return the columns of a primary key."""
    known = {column.lower(): column for column in columns}
    inside = re.match(r"(?:\w+ )?\((.*)\)", facts[0].value) if facts else None
    parts = inside[1].split(", ") if inside else []
    names = [re.sub(r"(?:\(\d+\))?(?: DESC)?$", "", part) for part in parts]
    return [known.get(_bare(name).lower(), _bare(name)) for name in names]


def _foreign_keys(
    facts: Iterable[Fact], own: Sequence[str], columns: Ordered
) -> Iterable[ForeignKey]:
    """Yield foreign keys with the names of tables and columns as those have them."""
    tables = {name.lower(): name for name in columns}
    for fact in facts:
        found = _FOREIGN_KEY.fullmatch(fact.value)
        if not found:
            continue
        parent = _table_name(found[2])
        table = parent if parent in columns else tables.get(parent.lower(), parent)
        yield ForeignKey(
            "" if fact.name == f"({found[1]})" else fact.name,
            _known(found[1], own),
            table,
            _known(found[3], columns.get(table, ())),
            found[4],
        )


def _table_name(text: str) -> str:
    """Return the name of a table, its schema before it, without the quotes around each."""
    return ".".join(map(_bare, _split(text, ".")))


def _known(names: str, columns: Sequence[str]) -> tuple[str, ...]:
    known = {column.lower(): column for column in columns}
    bare = map(_bare, _split(names, ","))
    return tuple(name if name in columns else known.get(name.lower(), name) for name in bare)


def _split(text: str, sign: str) -> list[str]:
    """Return the parts of a text between signs that stand in no quotes."""
    parts = re.findall(rf'(?:"(?:[^"]|"")*"|(?!{re.escape(sign)}).)+', text)
    return [part.strip() for part in parts]


def _bare(name: str) -> str:
    quoted = len(name) > 1 and name[0] == name[-1] == '"'
    return name[1:-1].replace('""', '"') if quoted else name
