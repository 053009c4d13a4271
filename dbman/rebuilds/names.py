"""What other databases call a constraint that has no name, so that a script can drop it by that.

Sources: ``ChooseConstraintName`` and ``makeObjectName`` of PostgreSQL,
https://mariadb.com/kb/en/constraint/ and https://dev.mysql.com/doc/refman/8.0/en/create-table.html,
https://alembic.sqlalchemy.org/en/latest/naming.html (the convention most projects copy).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from dbman.facts.tokens import tokenize
from dbman.rebuilds.parts import Clause, Definition

_LONGEST = 63
"""How many bytes a name has on PostgreSQL."""
_SUFFIXES = {"primary key": "pkey", "unique": "key", "foreign key": "fkey", "check": "check"}
_SHORT = {"primary key": "pk", "unique": "uq", "foreign key": "fk", "check": "ck"}


def unnamed_called(
    name: str, kind: str | None, table: str, definition: Definition
) -> tuple[Clause, ...]:
    """Return the unnamed constraints that a name may mean, of one kind or of any.

    One that some database calls so exactly wins over those that are told by their columns: their
    name is older than that of the table, which was renamed.
    """
    there = [clause for clause in definition if not clause.name and clause.kind in _SUFFIXES]
    wanted = [clause for clause in there if kind in (None, clause.kind)]
    called = _called(table, there)
    exact = [clause for clause in wanted if name.lower() in called[clause]]
    if exact:
        return tuple(exact[:1])
    return tuple(clause for clause in wanted if _tells(name.lower(), clause))


def _called(table: str, clauses: list[Clause]) -> Mapping[Clause, set[str]]:
    """Return what each constraint is called somewhere, in lower case."""
    found: dict[Clause, set[str]] = {clause: set() for clause in clauses}
    for convention in CONVENTIONS:
        taken: set[str] = set()
        for number, clause in enumerate(clauses):
            before = [each for each in clauses[:number] if each.kind == clause.kind]
            for name in convention(table.lower(), clause, len(before) + 1):
                free = next(one for one in _numbered(name) if one not in taken)
                taken.add(free)
                found[clause].add(free)
    return found


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 1
    while True:
        yield f"{name}{number}"
        number += 1


def _postgresql(table: str, clause: Clause, number: int) -> Iterator[str]:
    columns = clause.columns
    if clause.kind == "primary key" or (clause.kind == "check" and len(columns) != 1):
        columns = ()
    yield _made("_".join(columns), table, _SUFFIXES[clause.kind])


def _made(columns: str, table: str, label: str) -> str:
    """Return a name as PostgreSQL makes it: the longer of two parts is cut first."""
    room = _LONGEST - len(label) - 1 - (1 if columns else 0)
    while len(table) + len(columns) > room:
        if len(table) > len(columns):
            table = table[:-1]
        else:
            columns = columns[:-1]
    return "_".join(filter(None, [table, columns, label]))


def _older_postgresql(table: str, clause: Clause, number: int) -> Iterator[str]:
    """Yield what PostgreSQL before 12 called a key of several columns: after the first."""
    if clause.kind == "foreign key":
        yield _made(clause.columns[0], table, "fkey")


def _mariadb(table: str, clause: Clause, number: int) -> Iterator[str]:
    yield {
        "primary key": "primary",
        "unique": clause.columns[0],
        "foreign key": f"{table}_ibfk_{number}",
        "check": f"constraint_{number}",
    }[clause.kind]


def _mysql(table: str, clause: Clause, number: int) -> Iterator[str]:
    if clause.kind == "check":
        yield f"{table}_chk_{number}"


def _sqlalchemy(table: str, clause: Clause, number: int) -> Iterator[str]:
    """Yield names by the convention of Alembic's documentation, with one column or with all."""
    short = _SHORT[clause.kind]
    if clause.kind == "primary key":
        yield f"{short}_{table}"
        return
    parent = f"_{_parent(clause)}" if clause.kind == "foreign key" else ""
    for columns in dict.fromkeys((clause.columns[:1], clause.columns)):
        yield "_".join([short, table, *columns]) + parent


def _parent(clause: Clause) -> str:
    tokens = tokenize(clause.text)
    at = [token.word for token in tokens].index("references")
    return tokens[at + 1].name.lower()


CONVENTIONS: tuple[Callable[[str, Clause, int], Iterator[str]], ...] = (
    _postgresql,
    _older_postgresql,
    _mariadb,
    _mysql,
    _sqlalchemy,
)
"""Functions from a table, one of its constraints and its number in its kind to its names."""


def _tells(name: str, clause: Clause) -> bool:
    """Return whether a name that PostgreSQL made for another name of the table fits."""
    if clause.kind == "primary key":
        return name.endswith("_pkey")
    return bool(clause.columns) and name.endswith(
        f"_{'_'.join(clause.columns)}_{_SUFFIXES[clause.kind]}"
    )
