"""What every database must be able to do; the default is a server with transactional DDL."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbman.compat import is_sqlalchemy_1
from dbman.config import hide_password
from dbman.config.urls import hide_words, secrets_of
from dbman.dialects.catalogs import Catalog, Inspected
from dbman.errors import DatabaseError, DbmanError, MigrationError
from dbman.urls import SQLitePlace, real_url

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine


class Dialect:
    """One database at one URL: reads it, and moves it in one transaction of dbman's own."""

    name = "default"
    atomic = True
    """Whether DDL is rolled back with the transaction."""
    is_disposable = False
    """Whether the database is thrown away as a whole, whatever a run leaves in it."""
    path: Path | None = None
    """The file that the database is, where it is one."""

    def __init__(self, place: URL | SQLitePlace, lock_timeout: float = 30.0) -> None:
        self.place = place
        self.lock_timeout = lock_timeout

    @cached_property
    def url(self) -> URL:
        """Return SQLAlchemy's own URL."""
        return real_url(self.place)

    def describe(self) -> str:
        """Return what people call this database, without its password."""
        return hide_password(self.url.render_as_string(hide_password=True))

    def exists(self) -> bool:
        """Return whether the database is there; raise `DatabaseError` if that cannot be told."""
        with self.reading():
            return True

    def create(self) -> bool:
        """Make the database where that is dbman's work; return whether it was made."""
        return False

    def remove(self) -> None:
        """Remove a database that `create` made; here nothing."""

    def remove_if_empty(self) -> bool:
        """Remove a database that holds nothing; return whether that was done; here never."""
        return False

    def is_lasting(self) -> bool:
        """Return whether what is written stays after the connection is closed."""
        return True

    def is_named(self) -> bool:
        """Return whether the URL says which database it is, as far as it has to."""
        return True

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection for reading; nothing is created or locked."""
        engine = self.engine()
        try:
            with self.translated():
                connection = engine.connect()
            with connection:
                yield connection
        finally:
            engine.dispose()

    @contextmanager
    def looking(self) -> Iterator[Catalog]:
        """Yield what tells of tables and rows; it raises errors of dbman."""
        with self.translated(), self.reading() as connection:
            yield Inspected(connection)

    @contextmanager
    def moving(self, *, atomic: bool = True) -> Iterator[Connection]:
        """Yield a connection inside the one transaction of a run.

        The transaction is committed at the end, and rolled back on any exception; scripts can do
        neither, unless the run is not `atomic`. `dbman.locks` keeps other movers away.
        """
        engine = self.engine()
        try:
            with self.translated():
                connection = engine.connect()
            with connection:
                yield from self._guarded(connection, atomic)
        finally:
            engine.dispose()

    def require_intact(self, connection: Connection) -> None:
        """Raise `DatabaseError` where what is stored is damaged; a server sees to that itself."""

    def _guarded(self, connection: Connection, atomic: bool) -> Iterator[Connection]:
        with self.translated():
            transaction = connection.begin()
        raw = self.raw(connection)
        if atomic:
            self.guard(connection)
        try:
            yield connection
            self.require_whole(connection)
        except BaseException:
            self.unguard(connection)
            driver: Any = connection.dialect.dbapi
            try:
                self.undo(raw)
            except driver.Error:  # A server that is gone has rolled back.
                if not connection.closed:
                    connection.invalidate()
            raise
        self.unguard(connection)
        with self.translated():
            self.commit(connection)
        if transaction.is_active:
            transaction.close()

    def undo(self, raw: Any) -> None:
        """Roll back the transaction of the run, on the driver's connection."""
        raw.rollback()

    def commit(self, connection: Connection) -> None:
        """Commit the transaction of the run."""
        self.raw(connection).commit()

    def settle(self, connection: Connection) -> None:
        """Keep what was done so far, and begin the next transaction."""
        with self.translated():
            self.commit(connection)
            self.resume(connection)

    def resume(self, connection: Connection) -> None:
        """Begin a transaction, where the driver does not do that by itself."""
        if not connection.in_transaction():
            connection.begin()

    @contextmanager
    def outside(self, connection: Connection) -> Iterator[None]:
        """Keep what was done so far, and let a script work outside of any transaction."""
        with self.translated():
            self.commit(connection)
        dialect, raw = connection.dialect, self.raw(connection)
        dialect.set_isolation_level(raw, "AUTOCOMMIT")
        try:
            yield
        finally:
            dialect.reset_isolation_level(raw)
            self.resume(connection)

    def guard(self, connection: Connection) -> None:
        """Take COMMIT and ROLLBACK away from scripts: an inner one ends nothing."""
        dialect: Any = connection.engine.dialect
        dialect.do_commit = dialect.do_rollback = _nothing

    def unguard(self, connection: Connection) -> None:
        """Give COMMIT and ROLLBACK back to dbman."""
        dialect: Any = connection.engine.dialect
        for name in ("do_commit", "do_rollback"):
            vars(dialect).pop(name, None)

    def require_whole(self, connection: Connection) -> None:
        """Raise `MigrationError` when a script took the run's transaction away."""
        if connection.closed or connection.invalidated:
            raise MigrationError(
                "the script closed dbman's own connection", "leave op.get_bind() open"
            )

    def mark(self, connection: Connection) -> None:
        """Take note that a script begins; an inner rollback is judged from here."""

    def engine(self) -> Engine:
        """Return an engine with one connection for everybody, scripts' `bind.engine` included."""
        from sqlalchemy import create_engine
        from sqlalchemy.pool import StaticPool

        return create_engine(
            self.url, poolclass=StaticPool, pool_reset_on_return=None, **_legacy_off()
        )

    def raw(self, connection: Connection) -> Any:
        """Return the driver's connection."""
        return connection.connection.dbapi_connection

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raise foreign exceptions of drivers and SQLAlchemy as errors of dbman."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except SQLAlchemyError as err:
            raise self.translate(err) from err

    def translate(self, err: Exception) -> DbmanError:
        """Return dbman's error for one of the driver or of SQLAlchemy."""
        return DatabaseError(f"cannot use {self.describe()}: {self.reason(err)}")

    def said(self, err: BaseException) -> str:
        """Return what an exception of the driver says."""
        return str(err)

    def reason(self, err: BaseException) -> str:
        """Return the first line of what the driver says, without any password."""
        said = self.said(getattr(err, "orig", None) or err).strip().splitlines()
        line = said[0].strip() if said else type(err).__name__
        return hide_password(hide_words(line, secrets_of(self.url)))

    def estimated_rows(self, connection: Connection, table: str) -> int:
        """Return how many rows a table has by the server's own estimate; -1 where there is none."""
        return -1

    def drop_tables(self, connection: Connection, names: Collection[str]) -> None:
        """Drop these tables, in an order that their foreign keys allow."""
        from sqlalchemy import MetaData

        if names:
            metadata = MetaData()
            metadata.reflect(connection, only=list(names))
            chosen = [table for table in metadata.tables.values() if table.name in names]
            metadata.drop_all(connection, tables=chosen, checkfirst=False)

    def views(self, connection: Connection) -> Mapping[str, Collection[str]]:
        """Return what each view reads: tables and views, those of other schemas with the schema."""
        from sqlalchemy import inspect

        from dbman.facts.reads import read_by_texts

        look = inspect(connection)
        texts = {name: look.get_view_definition(name) or "" for name in look.get_view_names()}
        schema = look.default_schema_name or ""
        return read_by_texts(texts, look.get_table_names(), schema) if texts else {}

    def drop_views(self, connection: Connection, names: Collection[str]) -> None:
        """Drop these views, in this order."""
        quote = connection.dialect.identifier_preparer.quote
        for name in names:
            connection.exec_driver_sql(f"DROP VIEW {quote(name)}")


def _nothing(connection: object) -> None:
    """Stand in for a commit or a rollback that a script asks for."""


def _legacy_off() -> dict[str, bool]:
    """Return ``future=False`` on SQLAlchemy 1.4, whose old scripts use `engine.execute`."""
    return {"future": False} if is_sqlalchemy_1() else {}
