"""A server's schema held against a SQLite database of the same models."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from dbman.facts import difference, read_facts
from dbman.translate.mirrored import as_mirrored, mirrored
from translate.plain import sqlite


def models(extra: bool = False) -> sa.MetaData:
    """Return models of PostgreSQL."""
    metadata = sa.MetaData()
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("data", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb")),
        sa.Column("key", postgresql.UUID(), server_default=sa.text("gen_random_uuid()")),
        sa.Column("tags", postgresql.ARRAY(sa.String(20))),
        sa.Column("address", postgresql.INET(), nullable=False),
        sa.Column("made", sa.DateTime, server_default=sa.func.now()),
        sa.Column("size", sa.Float),
        sa.Column("double", postgresql.DOUBLE_PRECISION()),
        sa.Column("kind", sa.Enum("a", "bbb", name="kind")),
        sa.Column("span", postgresql.INTERVAL()),
        *([sa.Column("more", postgresql.CIDR())] if extra else []),
        sa.UniqueConstraint("key", name="uq"),
        sa.CheckConstraint("char_length(kind::text) > 0", name="ck"),
        sa.Index("ix", "tags", unique=True, postgresql_where=sa.text("size IS NOT NULL")),
        sa.Index("ix_data", "data", postgresql_using="gin"),
    )
    return metadata


def test_the_same_models_differ_in_nothing(postgresql_url: str) -> None:
    """Types, defaults, keys and indexes are those that translation makes; a real difference shows."""
    engine = sa.create_engine(postgresql_url, future=True)
    with engine.begin() as connection:
        models().create_all(connection)
        there = mirrored(connection)
    engine.dispose()
    found = []
    for extra in (False, True):
        with sqlite() as (connection, _):
            models(extra).create_all(connection)
            here = as_mirrored(read_facts(connection, ()))
        found.append([str(each) for each in difference(there, here) if each.kind != "check"])
    assert found == [[], ["t: column more is new: CIDR TEXT"]]
