"""An application whose models are those of some kinds, before or after the change."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData, create_engine, inspect, text
from sqlalchemy.engine import Connection, Engine

from comparison.kinds import Kind
from dbman.autogenerate.matching import differences
from dbman.config import load
from dbman.facts import Facts, read_facts
from dbman.scratch import scratch

PACKAGE = "kinds_application"
_HEADER = f"""\
from sqlalchemy import *
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from {PACKAGE}.colours import Colour

metadata = MetaData()
"""
_COLOURS = """\
from sqlalchemy.types import String, TypeDecorator


class Colour(TypeDecorator):
    impl = String(7)
    cache_ok = True
"""
KEPT = "kept"
OWN = ("alembic_version", "dbman_lock")


@dataclass(frozen=True)
class Application:
    """A package of models in a folder of its own, and what they are the models of."""

    folder: Path
    """The folder, which is on `sys.path` while it is entered."""
    dialect: str
    """The dialect that they are written for."""
    kinds: Mapping[str, Kind]
    """The kinds of change by the name of the table."""

    def write(self, after: bool) -> MetaData:
        """Write the models before or after the changes, and return their metadata."""
        package = self.folder / PACKAGE
        (package / "migrations").mkdir(parents=True, exist_ok=True)
        parts = [kind.models(table, self.dialect, after) for table, kind in self.kinds.items()]
        for name, code in (
            ("__init__", ""),
            ("colours", _COLOURS),
            ("db", "\n".join([_HEADER, *parts])),
        ):
            (package / f"{name}.py").write_text(code, encoding="utf-8")
        self.forget()
        return import_module(f"{PACKAGE}.db").metadata

    def forget(self) -> None:
        """Unload the package, whose files may change within one tick of the clock."""
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]
        for file in self.folder.rglob("*.pyc"):
            file.unlink()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Put the folder on `sys.path`."""
        sys.path.insert(0, str(self.folder))
        try:
            yield
        finally:
            sys.path.remove(str(self.folder))
            self.forget()

    def renames(self) -> list[str]:
        """Return what `--rename` says for all kinds."""
        return [
            each.replace("{t}", table) for table, kind in self.kinds.items() for each in kind.rename
        ]


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """Yield an engine, which is gone afterwards."""
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def facts_of(url: str) -> Facts:
    """Return the facts of a database, but for those of the version table."""
    with opened(url) as engine, engine.connect() as connection:
        return read_facts(connection, OWN)


def scratch_url(url: str) -> str:
    """Return where scratch databases of the same kind are made."""
    return "sqlite://" if url.startswith("sqlite") else url


def built(application: Application, url: str, after: bool = True) -> Facts:
    """Write the models and return what they build, on a database of the same kind."""
    metadata = application.write(after)
    with (
        scratch(load(flags={"scratch_url": scratch_url(url)})) as database,
        database.moving("models") as connection,
    ):
        metadata.create_all(connection)
        return read_facts(connection, OWN)


def fill(connection: Connection, kinds: Mapping[str, Kind]) -> None:
    """Put a row into each table that is to keep it."""
    there = set(inspect(connection).get_table_names())
    for table, kind in kinds.items():
        if kind.keeps is not None and table in there:
            connection.execute(text(f"INSERT INTO {table} (id, name) VALUES (1, '{KEPT}')"))


def kept(connection: Connection, table: str, kind: Kind) -> bool:
    """Return whether the row is there, whatever its table and column are called now."""
    if kind.keeps is None or kind.before is None:
        return True
    name = kind.new_name.replace("{t}", table)
    rows = connection.execute(text(f"SELECT {kind.keeps} FROM {name} WHERE id = 1"))
    return list(rows.scalars()) == [KEPT]


def unlike(found: Facts, wanted: Facts, tables: Iterable[str]) -> list[str]:
    """Return what differs about the tables of these kinds, where names that nobody gave do not."""
    starts = tuple(tables)
    one, other = (
        Facts(
            frozenset(f for f in facts.facts if f.table.startswith(starts) or _is_type(f, starts))
        )
        for facts in (found, wanted)
    )
    lone = {*one.tables} ^ {*other.tables}
    strays = {f for f in one.facts ^ other.facts if not f.table}
    made_up = {(f.table, f.name) for f in other.facts if f.kind == "check" and f.name == f.value}
    return [
        *(f"table {each}" for each in sorted(lone)),
        *(f"{each.kind} {each.name}" for each in sorted(strays)),
        *(str(each) for each in differences(one, other, made_up)),
    ]


def _is_type(fact: object, starts: tuple[str, ...]) -> bool:
    return getattr(fact, "table", "-") == "" and str(getattr(fact, "name", "")).startswith(starts)
