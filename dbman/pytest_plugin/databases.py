"""What `dbman_database` gives, and how an engine and a session of it behave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dbman.compat import is_sqlalchemy_1
from dbman.progress import NullProgress

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Engine
    from sqlalchemy.orm import Session

    from dbman import Manager


@dataclass(frozen=True)
class MigratedDatabase:
    """A database that the migrations have built, for one test alone."""

    url: URL
    """Its URL, as SQLAlchemy takes it."""
    found: Manager
    """A manager that knows the extensions and revisions; its database is another one."""

    @property
    def url_text(self) -> str:
        """Return the URL as a text with its password, for what takes no object."""
        return self.url.render_as_string(hide_password=False)

    @cached_property
    def manager(self) -> Manager:
        """Return a manager of this database."""
        return manager_on(self.found, self.url)


def manager_on(found: Manager, url: URL) -> Manager:
    """Return a manager of a test's database, which tells nobody what it does."""
    manager = found.on(url)
    manager.progress = NullProgress()
    return manager


@contextmanager
def engine_on(url: URL, **options: Any) -> Iterator[Engine]:
    """Yield an engine, whose connections are closed afterwards.

    On SQLite foreign keys are enforced, as other databases do, and transactions begin when
    SQLAlchemy says so, without which savepoints and DDL are not undone.
    Source: https://docs.sqlalchemy.org/en/20/dialects/sqlite.html
    """
    from sqlalchemy import create_engine

    engine = create_engine(url, **options)
    if engine.dialect.name == "sqlite":
        _begin_as_told(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def _begin_as_told(engine: Engine) -> None:
    from sqlalchemy import event

    @event.listens_for(engine, "connect")
    def connected(raw: Any, record: object) -> None:
        raw.isolation_level = None
        raw.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")


@contextmanager
def session_on(engine: Engine) -> Iterator[Session]:
    """Yield a session whose commits are savepoints of a transaction that is rolled back.

    Source: https://docs.sqlalchemy.org/en/20/orm/session_transaction.html, "Joining a Session into
    an External Transaction".
    """
    from sqlalchemy.orm import Session

    with engine.connect() as connection:
        transaction = connection.begin()
        if is_sqlalchemy_1():
            session = _session_of_1_4(connection)
        else:
            session = Session(connection, join_transaction_mode="create_savepoint")
        try:
            yield session
        finally:
            session.close()
            transaction.rollback()


def _session_of_1_4(connection: Connection) -> Session:
    from sqlalchemy import event
    from sqlalchemy.future import Connection as FutureConnection
    from sqlalchemy.orm import Session

    future: Any = isinstance(connection, FutureConnection)
    session = Session(connection, future=future)
    nested = connection.begin_nested()

    @event.listens_for(session, "after_transaction_end")
    def begin_again(session: Session, transaction: object) -> None:
        nonlocal nested
        if not nested.is_active and connection.in_transaction():
            nested = connection.begin_nested()

    return session
