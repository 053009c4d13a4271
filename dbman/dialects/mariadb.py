"""MariaDB and MySQL: DDL commits by itself, so a failed migration cannot be undone.

On a Galera cluster a change that another node made is seen at once only by those who ask for it.
Source: https://mariadb.com/kb/en/galera-cluster-system-variables/#wsrep_sync_wait
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbman.dialects.servers import Server

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.exc import DBAPIError

_CONFLICTS = {1020, 1205, 1213}
"""Changed since it was read, waited too long for another one, deadlock or refused by a cluster."""


class MariaDB(Server):
    """A database on a MariaDB or MySQL server."""

    name = "mysql"
    atomic = False
    create_statement = "CREATE DATABASE `{}`"
    missing = "unknown database '{}'"

    def is_named(self) -> bool:
        """Return whether the URL says which database of the server it is."""
        return bool(self.url.database)

    def said(self, err: BaseException) -> str:
        """Return what the driver says: the server's text, and its number behind."""
        match err.args:
            case (int(number), str(text)):
                return f"{text} ({number})"
        return super().said(err)

    def estimated_rows(self, connection: Connection, table: str) -> int:
        """Return what InnoDB estimates from samples of its pages."""
        from sqlalchemy import text

        schema, _, name = table.rpartition(".")
        asked = text(
            "SELECT table_rows FROM information_schema.tables"
            " WHERE table_schema = COALESCE(:schema, DATABASE()) AND table_name = :name"
        )
        values = {"schema": schema or None, "name": name}
        return int(connection.execute(asked, values).scalar() or -1)

    def engine(self) -> Engine:
        """Return an engine that sees what other nodes of a cluster have committed."""
        return _causal(super().engine())

    def pool(self) -> Engine:
        """Return an engine that sees what other nodes of a cluster have committed."""
        return _causal(super().pool())

    def is_cluster(self) -> bool:
        """Return whether this is a node of a Galera cluster."""
        with self.reading() as connection:
            return _is_node(self.raw(connection).cursor())

    def is_conflict(self, err: DBAPIError) -> bool:
        """Return whether another transaction came first."""
        return bool(err.orig and err.orig.args and err.orig.args[0] in _CONFLICTS)


def _causal(engine: Engine) -> Engine:
    """Let every connection of an engine wait for other nodes before it reads."""
    from sqlalchemy import event

    @event.listens_for(engine, "connect")
    def wait_for_others(raw: Any, record: object) -> None:
        cursor = raw.cursor()
        if _is_node(cursor):
            cursor.execute("SET SESSION wsrep_sync_wait = 1")
        cursor.close()

    return engine


def _is_node(cursor: Any) -> bool:
    cursor.execute("SHOW VARIABLES LIKE 'wsrep_on'")
    row = cursor.fetchone()
    return row is not None and row[1] == "ON"
