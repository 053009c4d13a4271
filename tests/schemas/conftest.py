"""Databases of each kind, and schemas made from statements."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.pool import StaticPool

from dbman.facts import read_facts
from dbman.schemas import Schema
from dbman.schemas.reading import make_schema


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """Return a connection to a fresh database of each kind."""
    kind = request.param
    url = "sqlite://" if kind == "sqlite" else request.getfixturevalue(f"{kind}_url")
    engine = create_engine(url, poolclass=StaticPool)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def memory() -> Iterator[Connection]:
    """Return a connection to a SQLite database in memory."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


def read(connection: Connection) -> Schema:
    """Return the schema of a database, whose tables belong to what their names begin with."""
    facts = read_facts(connection)

    def owner(table: str) -> str | None:
        return table.split("_")[0] if "_" in table else None

    return make_schema("a test", connection, facts, owner, ["core", "ext"])


def schema_of(connection: Connection, *statements: str) -> Schema:
    """Run statements and return the schema that they make."""
    for statement in statements:
        connection.exec_driver_sql(statement)
    return read(connection)
