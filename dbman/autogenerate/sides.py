"""Both sides of a comparison, and what of them has been compared before.

To compare is most of the work, and most tables are as they were at the last time. So the tables in
which a comparison found nothing are *settled*: a mark of each is kept, a hash of what the database
has of it and of what its model makes, and a table with a mark is left out of the next comparison.
What is written and told is the same then. Where that is not sure nothing is settled: on a server or
for one, with schemas, with listeners to DDL, with functions in ``environment``, and where somebody
else than Alembic compares, too.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from dbman.cache import SettledMarks
from dbman.config import Settings
from dbman.dialects.memory import Memory
from dbman.errors import ExtensionError
from dbman.migrator.heads import AtHeads, at_heads
from dbman.migrator.scene import Scene
from dbman.models import has_listeners, joined_metadata
from dbman.store import kept_store

if TYPE_CHECKING:
    from sqlalchemy import MetaData, Table
    from sqlalchemy.engine import Dialect

_LONG, _MANY = 32, 5000
"""How many hexadecimal digits a mark has, and how many marks are kept in any case."""


@dataclass(frozen=True)
class Settled:
    """What is known of the tables, from earlier comparisons."""

    store: SettledMarks | None = None
    """Where marks are kept; None where nothing can be settled."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """The mark of each table that both sides have, by its name."""
    known: frozenset[str] = frozenset()
    """The marks of those that were found alike."""
    others: frozenset[str] = frozenset()
    """The names of the tables and views that only the database has."""

    @property
    def tables(self) -> frozenset[str]:
        """The tables that need no comparison."""
        return frozenset(name for name, mark in self.marks.items() if mark in self.known)

    def keep(self, tables: Collection[str]) -> None:
        """Settle these tables, too."""
        new = {self.marks[name] for name in tables if name in self.marks}
        if self.store is not None and not new <= self.known and not _others_compare():
            are_few = len(self.known) < max(_MANY, 2 * len(self.marks))
            self.store.write(self.known | new if are_few else new)


@dataclass(frozen=True)
class Sides:
    """What the migrations have built, and the models."""

    scene: Scene
    """The scene of the run."""
    settings: Settings
    """The settings, which say where scratch databases are made."""
    built: AtHeads
    """The database that the migrations have built, while that is there."""
    metadata: MetaData
    """The models of all extensions."""
    settled: Settled
    """What of both need not be compared."""

    @property
    def are_steady(self) -> bool:
        """Return whether nothing but settings, scripts and models has a say in what is found."""
        is_plain = self.settled.store is not None and not _others_compare()
        return is_plain and self.built.is_steady

    def are_alike(self, names: Collection[str] = ()) -> bool:
        """Return whether nothing of these extensions, or of any, is left to be compared."""
        settled = self.settled
        if settled.store is None or (settled.others and not names):
            return False
        left = {*self.metadata.tables, *settled.others} - settled.tables
        owner = self.scene.ownership.owner_in_database
        try:
            return not left or bool(names and {*map(owner, left)}.isdisjoint((None, *names)))
        except ExtensionError:  # nobody can say whose it is
            return False


@contextmanager
def both_sides(
    scene: Scene, settings: Settings, names: Collection[str] = (), *, anew: bool = False
) -> Iterator[Sides]:
    """Yield the database that the migrations build and the models; with `anew` nothing is settled.

    `settings` say where the scratch database is made. With `names` only tables of these extensions
    are looked at.

    Raises:
        ExtensionError: the models cannot be joined.
        DatabaseError: no scratch database can be made.
        MigrationError: a migration failed on it.
    """
    metadata = joined_metadata(scene.load_models())
    with at_heads(scene, settings) as built:
        is_plain = not anew and _is_plain(scene, metadata, built)
        settled = _settled(scene, metadata, built, names) if is_plain else Settled()
        yield Sides(scene, settings, built, metadata, settled)


def stands_alone(metadata: MetaData) -> bool:
    """Return whether each table can be compared without the others.

    Nothing but tables is made then: what listens to their DDL may need any other table.
    """
    tables = metadata.tables.values()
    return not has_listeners(metadata) and not any(
        each.schema or has_listeners(each) for each in tables
    )


def of_expressions(tables: Iterable[Table]) -> Iterator[str]:
    """Yield the names of indexes that are on expressions: SQLite cannot tell which."""
    from sqlalchemy import Column

    for index in (each for table in tables for each in table.indexes):
        if not all(isinstance(each, Column) for each in index.expressions):
            yield str(index.name)


def is_altered(registry: object) -> bool:
    """Return whether a registry of Alembic's has functions that are not Alembic's own."""
    entries = getattr(registry, "_registry", {}).values()
    functions = (each[0] if isinstance(each, tuple) else each for one in entries for each in one)
    return any(not str(each.__module__).startswith("alembic.") for each in functions)


def _is_plain(scene: Scene, metadata: MetaData, built: AtHeads) -> bool:
    """Return whether what is compared follows from the models and the database alone."""
    if not isinstance(built.database.dialect, Memory) or scene.dialect_name != "sqlite":
        return False
    options = scene.settings.environment.values()
    if built.aside or scene.load_models().problems or not all(_is_word(each) for each in options):
        return False
    return stands_alone(metadata) and not _others_compare()


def _is_word(option: object) -> bool:
    return option is None or isinstance(option, bool)


def _others_compare() -> bool:
    """Return whether somebody else put comparisons to Alembic's; they had to import it."""
    if "alembic.autogenerate.compare" not in sys.modules:
        return False
    from alembic.autogenerate import comparators

    plugins = getattr(sys.modules.get("alembic.runtime.plugins"), "_all_plugins", {})
    foreign = any(not name.startswith("alembic.") for name in plugins)
    return foreign or is_altered(comparators)


def _settled(scene: Scene, metadata: MetaData, built: AtHeads, names: Collection[str]) -> Settled:
    from sqlalchemy.dialects.sqlite import dialect

    memory, sqlite = built.database.dialect, dialect()
    assert isinstance(memory, Memory)
    texts = {name: each for name, each in memory.texts().items() if name not in scene.own_tables}
    try:
        tables = _of(scene, metadata, names)
    except ExtensionError:  # nobody can say whose a table is
        return Settled()
    marks = {
        table.name: sha256(json.dumps([_there(table, texts), wanted]).encode()).hexdigest()[:_LONG]
        for table in tables
        if table.name in texts and (wanted := _wanted(table, sqlite)) is not None
    }
    store = SettledMarks(scene.settings, scene.extensions, kept_store())
    return Settled(store, marks, store.read(), frozenset(texts) - metadata.tables.keys())


def _of(scene: Scene, metadata: MetaData, names: Collection[str]) -> list[Table]:
    """Return the tables of these extensions, or of all."""
    owner = scene.ownership.owner_in_database
    return [each for key, each in metadata.tables.items() if not names or owner(key) in names]


def _there(table: Table, texts: Mapping[str, object]) -> list[object]:
    """Return what a database has of a table, and of those that it may refer to without columns."""
    parents = {each.column.table.name for each in table.foreign_keys}
    return [[each, texts.get(each)] for each in (table.name, *sorted(parents))]


def _wanted(table: Table, dialect: Dialect) -> list[str] | None:
    """Return what a model makes, as text; None where that cannot be told, or not be compared."""
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.schema import CreateIndex, CreateTable

    if next(of_expressions([table]), None) is not None:
        return None
    making: list[Any] = [CreateTable(table), *map(CreateIndex, table.indexes)]
    try:
        made = sorted(str(each.compile(dialect=dialect)) for each in making)
    except SQLAlchemyError:
        return None
    return [*made, *(f"{column.key} {column.type!r}" for column in table.columns)]
