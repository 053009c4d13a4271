"""Models of PostgreSQL and MySQL compared on SQLite: what did not change gives nothing to write."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Any

import pytest

from autogenerate.conftest import Workshop
from dbman.autogenerate import Generated
from dbman.compat import is_sqlalchemy_1

HOME = "postgresql://nobody@127.0.0.1:1/none"
HEAD = """
from sqlalchemy import *
from sqlalchemy.dialects import mysql, postgresql as pg

extension = metadata = MetaData()
"""
POSTGRESQL = {
    "array": "pg.ARRAY(String(20))",
    "array_of_numbers": "ARRAY(Integer), server_default='{}'",
    "bit": "pg.BIT(3)",
    "bytea": "pg.BYTEA()",
    "cidr": "pg.CIDR()",
    "daterange": "pg.DATERANGE()",
    "double": "pg.DOUBLE_PRECISION()",
    "enum": "pg.ENUM('a', 'bbb', name='kind')",
    "general_enum": "Enum('a', 'bbb', name='other')",
    "hstore": "pg.HSTORE()",
    "inet": "pg.INET()",
    "int4range": "pg.INT4RANGE()",
    "int8range": "pg.INT8RANGE()",
    "interval": "pg.INTERVAL()",
    "general_interval": "Interval()",
    "json": "pg.JSON()",
    "jsonb": "pg.JSONB(), server_default=text(\"'{}'::jsonb\")",
    "jsonb_or_json": "JSON().with_variant(pg.JSONB(), 'postgresql')",
    "macaddr": "pg.MACADDR()",
    "money": "pg.MONEY()",
    "numrange": "pg.NUMRANGE()",
    "oid": "pg.OID()",
    "timestamp": "pg.TIMESTAMP(timezone=True), server_default=func.now()",
    "clock": "DateTime(timezone=True), server_default=text('clock_timestamp()')",
    "tsrange": "pg.TSRANGE()",
    "tstzrange": "pg.TSTZRANGE()",
    "tsvector": "pg.TSVECTOR()",
    "uuid": "pg.UUID(as_uuid=True), server_default=text('gen_random_uuid()')",
    "uuid_or_text": "String(36).with_variant(pg.UUID(), 'postgresql')",
    "varying": "String(9), server_default=text(\"'x'::character varying\")",
    "counted": "Integer, server_default=text(\"nextval('a_seq'::regclass)\")",
}
NEWER = {"citext": "pg.CITEXT()", "tsquery": "pg.TSQUERY()", "uuid_general": "Uuid()"}
MYSQL = {
    "longtext": "mysql.LONGTEXT()",
    "mediumtext": "mysql.MEDIUMTEXT()",
    "tinytext": "mysql.TINYTEXT()",
    "longblob": "mysql.LONGBLOB()",
    "tinyint": "mysql.TINYINT(1)",
    "mediumint": "mysql.MEDIUMINT(unsigned=True)",
    "big": "mysql.BIGINT(unsigned=True)",
    "enum": "mysql.ENUM('x', 'yy')",
    "set_": "mysql.SET('x', 'y')",
    "bit": "mysql.BIT(1)",
    "year": "mysql.YEAR()",
    "moment": "mysql.DATETIME(fsp=6)",
    "double": "mysql.DOUBLE()",
    "collated": "mysql.VARCHAR(20, collation='utf8mb4_general_ci')",
    "variant": "Text().with_variant(mysql.LONGTEXT(), 'mysql')",
}
STRUCTURES = """
t = Table(
    "t", metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", String(9), comment="a note"),
    Column("up", ForeignKey("t.id", deferrable=True, initially="DEFERRED", ondelete="CASCADE")),
    Column("data", pg.JSONB()),
    Column("span", pg.TSRANGE()),
    UniqueConstraint("name", name="uq", deferrable=True),
    CheckConstraint("char_length(name::text) > 1", name="ck"),
    pg.ExcludeConstraint(("span", "&&"), name="no_overlap"),
    Index("ix_gin", "data", postgresql_using="gin"),
    Index("ix_partial", "up", unique=True, postgresql_where=text("name = 'a'::text")),
    comment="a table",
    postgresql_tablespace="fast",
    mysql_engine="InnoDB",
)
"""


def columns(types: dict[str, str]) -> str:
    """Return models with one table that has a column of each type."""
    lines = [f'    Column("{name}", {type_}),' for name, type_ in types.items()]
    return HEAD + "\n".join(
        ['t = Table(\n    "t", metadata, Column("id", Integer, primary_key=True),', *lines, ")\n"]
    )


def generated(workshop: Workshop, url: str = HOME, **options: Any) -> Generated:
    """Generate for an application on another database, which is never reached."""
    return workshop.generate("shop", settings={"url": url}, **options)


ALL = POSTGRESQL if is_sqlalchemy_1() else POSTGRESQL | NEWER


@pytest.mark.parametrize("url", [HOME, "sqlite:///app.sqlite"])
@pytest.mark.parametrize(
    "models",
    [columns(ALL), columns(MYSQL), HEAD + STRUCTURES],
    ids=["types", "mysql", "structures"],
)
def test_unchanged_models_give_nothing(workshop: Workshop, models: str, url: str) -> None:
    """What a generated script builds on SQLite equals the models, type by type."""
    workshop.extension("shop", models)
    settings = {"url": url, "environment": {"compare_server_default": True}}
    assert "create table t" in workshop.generate("shop", settings=settings).operations
    again = workshop.generate("shop", settings=settings)
    assert again.operations == ()
    assert again.path is None
    assert workshop.manager(**settings).check().drifts == ()


@pytest.mark.parametrize("name", ALL)
def test_unchanged_columns_of_scripts_give_nothing(workshop: Workshop, name: str) -> None:
    """A script by hand that names PostgreSQL's type builds what the model says, whatever it says."""
    model = ALL[name]
    by_hand = {
        "jsonb_or_json": "pg.JSONB()",
        "uuid_or_text": "pg.UUID()",
        "uuid_general": "pg.UUID()",
        "general_enum": "pg.ENUM('a', 'bbb', name='other')",
        "general_interval": "pg.INTERVAL()",
        "array_of_numbers": "pg.ARRAY(Integer), server_default=text(\"'{}'::integer[]\")",
    }
    body = 'op.create_table("t", Column("id", Integer, primary_key=True), Column("c", {}))'
    text = dedent("""
        from alembic import op
        {imports}
        revision = "a1"
        down_revision = None
        branch_labels = ("shop",)
        depends_on = None

        def upgrade():
        {body}

        def downgrade():
            op.drop_table("t")
    """).format(
        imports=HEAD.replace("extension = metadata = MetaData()", "").strip(),
        body=indent(body.format(by_hand.get(name, model)), "    "),
    )
    workshop.extension("shop", columns({"c": model}), scripts={"a1.py": text})
    options = {"environment": {"compare_server_default": True}}
    found = workshop.generate("shop", settings={"url": HOME, **options})
    assert found.operations == ()
    assert workshop.manager(url=HOME, **options).check().drifts == ()


def test_values_added_to_an_enumeration(workshop: Workshop) -> None:
    """ALTER TYPE is passed over on SQLite, and the longer value is no difference there."""
    text = """
        from alembic import op
        import sqlalchemy as sa
        revision = "a1"
        down_revision = depends_on = None
        branch_labels = ("shop",)

        def upgrade():
            kind = sa.Enum("a", name="kind")
            op.create_table(
                "t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("c", kind)
            )
            op.execute("ALTER TYPE kind ADD VALUE 'bbb'")

        def downgrade():
            op.drop_table("t")
    """
    models = columns({"c": "Enum('a', 'bbb', name='kind')"})
    workshop.extension("shop", models, scripts={"a1.py": dedent(text)})
    assert generated(workshop).operations == ()


def test_enumerations_of_new_columns_are_made(workshop: Workshop) -> None:
    """ADD COLUMN makes no type on PostgreSQL: a script does, once, unless a column had it before."""
    workshop.extension("shop", columns({"c": "Enum('a', name='old')"}))
    first = generated(workshop)
    assert first.operations == ("create type old", "create table t")
    assert first.text.index("CREATE TYPE old AS ENUM ('a')") < first.text.index("create_table")
    assert "postgresql.ENUM('a', name='old', create_type=False)" in first.text
    assert first.text.index("drop_table") < first.text.index("DROP TYPE old")
    more = {
        "d": "Enum('a', name='old')",
        "e": "Enum('it''s', 'b', name='new')",
        "f": "pg.ARRAY(pg.ENUM('it''s', 'b', name='new'))",
        "g": "pg.ENUM('x', name='by_hand', create_type=False)",
        "h": "Enum('x', name='text', native_enum=False)",
    }
    if is_sqlalchemy_1():  # It forgets `create_type` when it copies a type.
        del more["g"]
    models = columns({"c": "Enum('a', name='old')", **more}).replace("it''s", "it\\'s")
    (workshop.site / "shop" / "db.py").write_text(models, encoding="utf-8")
    found = generated(workshop)
    assert found.operations == ("create type new", *(f"add column t.{name}" for name in more))
    assert "CREATE TYPE new AS ENUM ('it''s', 'b')" in found.text
    assert generated(workshop).operations == ()


CHANGES = {
    "inet_cidr": ("pg.INET()", "pg.CIDR()", "postgresql.CIDR()"),
    "text_jsonb": ("Text()", "pg.JSONB()", "postgresql.JSONB(astext_type=sa.Text())"),
    "text_uuid": ("String(36)", "pg.UUID()", "sa.UUID()"),
    "text_array": ("Text()", "pg.ARRAY(Text())", "postgresql.ARRAY(sa.Text())"),
    "tsvector_text": ("pg.TSVECTOR()", "Text()", "sa.Text()"),
    "ranges": ("pg.TSRANGE()", "pg.TSTZRANGE()", "postgresql.TSTZRANGE()"),
    "longtext": ("mysql.MEDIUMTEXT()", "mysql.LONGTEXT()", "mysql.LONGTEXT()"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_found(workshop: Workshop, case: str) -> None:
    """A real change of a type is written, in the words of the application's database."""
    before, after, written = CHANGES[case]
    workshop.extension("shop", columns({"c": before}))
    generated(workshop)
    workshop.models("shop", before, after)
    found = generated(workshop)
    assert [each.partition(":")[0] for each in found.operations] == ["alter column t.c"]
    if is_sqlalchemy_1():
        written = written.replace("sa.UUID", "postgresql.UUID")
    assert f" type_={written}," in str(found.text)
    assert generated(workshop).operations == ()


def test_what_sqlite_cannot_tell_is_said(workshop: Workshop) -> None:
    """One declared type stands for several: a change between them shows on a real server alone."""
    workshop.extension("shop", columns({"a": "pg.JSONB()", "b": "pg.HSTORE()", "c": "pg.UUID()"}))
    assert generated(workshop).notes[-1] == (
        "compared on sqlite, where one type stands for several (CHAR for UUID; JSON for HSTORE,"
        " JSONB), but the database is postgresql: --scratch-url compares there"
    )


def test_the_script_is_postgresql_s(workshop: Workshop) -> None:
    """Types, defaults and options are those of the models, and the imports are there."""
    workshop.extension(
        "shop",
        columns(
            {
                "tags": "pg.ARRAY(String(20))",
                "data": "pg.JSONB(), nullable=False",
                "made": "DateTime(), server_default=func.now()",
            }
        ),
    )
    text = str(generated(workshop).text)
    assert "from sqlalchemy.dialects import postgresql" in text
    assert "sa.Column('tags', postgresql.ARRAY(sa.String(length=20)), nullable=True)" in text
    assert "postgresql.JSONB(astext_type=sa.Text())" in text
    assert "server_default=sa.text('now()')" in text
    workshop.models("shop", "pg.JSONB(), nullable=False", "pg.JSONB()")
    altered = str(generated(workshop).text)
    assert "existing_type=postgresql.JSONB(astext_type=sa.Text())" in altered
    assert "sqlite" not in altered
