"""CREATE TABLE and CREATE INDEX of other databases: constraints, options, schemas."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from dbman.errors import MigrationError
from dbman.translate.schemas import without_schemas
from translate.plain import sql, sqlite, told


def table(*items: object, **options: object) -> sa.Table:
    """Return a table t with a key, a name and these."""
    columns = (sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(9)))
    return sa.Table("t", sa.MetaData(), *columns, *items, **options)


def test_partial_indexes() -> None:
    """`postgresql_where` is SQLite's WHERE; SQLite's own wins where both are said."""
    made = table(
        sa.Index("one", "name", unique=True, postgresql_where=sa.text("name = 'a'::text")),
        sa.Index(
            "two",
            "name",
            postgresql_where=sa.text("id > 1"),
            sqlite_where=sa.text("id > 2"),
        ),
    )
    with sqlite() as (connection, log):
        made.create(connection)
        assert sql(connection, "one") == "CREATE UNIQUE INDEX one ON t (name) WHERE name = 'a'"
        assert sql(connection, "two") == "CREATE INDEX two ON t (name) WHERE id > 2"
        assert told(log) == ["translated: INDEX one (t (name) WHERE name = 'a')"]


def test_a_partial_unique_index_lets_other_rows_be() -> None:
    """The condition is an expression of the table's columns, too."""
    made = table()
    sa.Index("one", made.c.name, unique=True, postgresql_where=made.c.id > 1)
    with sqlite() as (connection, _):
        made.create(connection)
        rows = [{"id": 0, "name": "a"}, {"id": 1, "name": "a"}, {"id": 2, "name": "a"}]
        connection.execute(made.insert(), rows)
        with pytest.raises(sa.exc.IntegrityError):
            connection.execute(made.insert(), [{"id": 3, "name": "a"}])


def test_how_a_server_builds_an_index() -> None:
    """USING, operator classes, NULLS LAST and CONCURRENTLY are none of SQLite's business."""
    made = table(
        sa.Column("data", postgresql.JSONB()),
        sa.Index("a", "data", postgresql_using="gin"),
        sa.Index("b", sa.text("lower(name) gin_trgm_ops"), postgresql_using="gin"),
        sa.Index("c", sa.text("name DESC NULLS LAST"), postgresql_concurrently=True),
        sa.Index("d", "name", postgresql_ops={"name": "text_pattern_ops"}),
        sa.Index("e", "name", mysql_length=10, mysql_prefix="FULLTEXT"),
        sa.Index("f", sa.func.to_tsvector("english", sa.column("name")), postgresql_using="gin"),
    )
    with sqlite() as (connection, log):
        made.create(connection)
        columns = {name: sql(connection, name).partition(" ON t ")[2] for name in "abcdef"}
        assert columns == {
            "a": "(data)",
            "b": "(lower(name))",
            "c": "(name DESC)",
            "d": "(name)",
            "e": "(name)",
            "f": "(name)",
        }
        assert sorted(told(log)[1:]) == [
            "translated: INDEX a USING gin (t (data))",
            "translated: INDEX b USING gin (t (lower(name)))",
            "translated: INDEX c (t (name DESC))",
            "translated: INDEX f USING gin (t (name))",
        ]


def test_options_of_other_databases() -> None:
    """Storage, comments and the like are left out."""
    made = table(
        sa.Column("note", sa.Text, comment="a note"),
        comment="a table",
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        postgresql_partition_by="RANGE (id)",
        postgresql_tablespace="fast",
    )
    with sqlite() as (connection, _):
        made.create(connection)
        assert sql(connection, "t") == (
            "CREATE TABLE t ( id INTEGER NOT NULL, name VARCHAR(9), note TEXT, PRIMARY KEY (id) )"
        )


def test_deferrable_constraints() -> None:
    """A foreign key may wait for the commit; what else should is checked at once, told."""
    made = table(
        sa.Column("up", sa.ForeignKey("t.id", deferrable=True, initially="DEFERRED")),
        sa.UniqueConstraint("name", name="uq", deferrable=True, initially="DEFERRED"),
    )
    with sqlite() as (connection, log):
        made.create(connection)
        assert "REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED" in sql(connection, "t")
        assert "CONSTRAINT uq UNIQUE (name)," in sql(connection, "t")
        assert told(log) == [
            "left out: uq of t DEFERRABLE INITIALLY DEFERRED (it is checked at once)"
        ]


def test_exclusion_constraints() -> None:
    """They are left out, and that is said."""
    made = table(
        sa.Column("span", postgresql.TSRANGE()),
        postgresql.ExcludeConstraint(("span", "&&"), name="no_overlap"),
    )
    with sqlite() as (connection, log):
        made.create(connection)
        assert "no_overlap" not in sql(connection, "t")
        assert told(log)[-1] == "left out: EXCLUDE no_overlap on t"


def test_what_inherits_is_refused() -> None:
    """The columns of the other table would be missing."""
    with (
        sqlite() as (connection, _),
        pytest.raises(MigrationError, match="t inherits columns of another table"),
    ):
        table(postgresql_inherits="base").create(connection)


def test_schemas() -> None:
    """Tables of any schema are in the main one, with the keys between them, and are found there."""
    metadata = sa.MetaData()
    parent = sa.Table("parent", metadata, sa.Column("id", sa.Integer, primary_key=True), schema="a")
    child = sa.Table(
        "child",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("up", sa.ForeignKey("a.parent.id", ondelete="CASCADE"), index=True),
        schema="b",
    )
    with sqlite() as (connection, log):
        metadata.create_all(connection)
        assert "FOREIGN KEY(up) REFERENCES parent (id) ON DELETE CASCADE" in sql(
            connection, "child"
        )
        connection.execute(parent.insert(), [{"id": 1}])
        connection.execute(child.insert(), [{"id": 1, "up": 1}])
        joined = sa.select(parent.c.id).select_from(parent.join(child))
        assert connection.execute(joined).scalars().all() == [1]
        inspector = sa.inspect(connection)
        assert inspector.has_table("parent", schema="a")
        assert [each["name"] for each in inspector.get_columns("child", "b")] == ["id", "up"]
        assert sorted(inspector.get_table_names("a")) == ["child", "parent"]
        assert told(log) == ["translated: a.parent (parent)", "translated: b.child (child)"]
        metadata.drop_all(connection)
        assert sa.inspect(connection).get_table_names() == []


WITHOUT = {
    "SELECT * FROM a.x JOIN b.y ON x.id = y.id": "SELECT * FROM x JOIN y ON x.id = y.id",
    'INSERT INTO "a"."x" SELECT a.x.id FROM a.x': 'INSERT INTO "x" SELECT x.id FROM x',
    "UPDATE a.x SET n = 'FROM a.x' WHERE id = 1": "UPDATE x SET n = 'FROM a.x' WHERE id = 1",
    "DROP TABLE IF EXISTS a.x": "DROP TABLE IF EXISTS x",
    "CREATE TABLE IF NOT EXISTS a.x (id INT REFERENCES b.y)": (
        "CREATE TABLE IF NOT EXISTS x (id INT REFERENCES y)"
    ),
    "SELECT 1 FROM x AS a WHERE a.n IS DISTINCT FROM a.m": (
        "SELECT 1 FROM x AS a WHERE a.n IS DISTINCT FROM a.m"
    ),
    "SELECT a.id FROM main.x, temp.y": "SELECT a.id FROM main.x, temp.y",
    "SELECT * FROM information_schema.tables": "SELECT * FROM information_schema.tables",
}


@pytest.mark.parametrize("written", WITHOUT)
def test_schemas_in_statements(written: str) -> None:
    """The schema of a table goes, an alias before a column stays."""
    assert without_schemas(written) == WITHOUT[written]


def test_a_name_in_two_schemas_is_refused() -> None:
    """Two tables would be one; after a drop the name is free."""
    one = sa.Table("x", sa.MetaData(), sa.Column("id", sa.Integer), schema="a")
    other = sa.Table("x", sa.MetaData(), sa.Column("id", sa.Integer), schema="b")
    with sqlite() as (connection, _):
        one.create(connection)
        with pytest.raises(MigrationError, match=r"^a\.x and b\.x would be one table on SQLite"):
            sa.schema.CreateTable(other).compile(dialect=connection.dialect)
        one.drop(connection)
        other.create(connection)
    public = sa.Table("x", sa.MetaData(), sa.Column("id", sa.Integer), schema="public")
    plain = sa.Table("x", sa.MetaData(), sa.Column("id", sa.Integer))
    with sqlite() as (connection, _):
        public.create(connection)
        assert sa.schema.CreateTable(plain).compile(dialect=connection.dialect)


def test_temporary_tables_are_where_sqlite_has_them() -> None:
    """`main` and `temp` are SQLite's own names."""
    with sqlite() as (connection, log):
        connection.exec_driver_sql("CREATE TEMP TABLE x (id INTEGER)")
        found = sa.select(sa.table("x", sa.column("id"), schema="temp"))
        assert connection.execute(found).all() == []
        assert not log.entries


def test_enumerations_of_mysql_and_arrays_in_statements() -> None:
    """A statement may have an array in it, and values of an enumeration."""
    made = table(
        sa.Column("kind", mysql.ENUM("x", "y")), sa.Column("tags", postgresql.ARRAY(sa.String))
    )
    with sqlite() as (connection, _):
        made.create(connection)
        connection.execute(made.insert(), [{"kind": "x"}])
        connection.execute(made.update().values(tags=postgresql.array(["a", "b"])))
        assert connection.execute(sa.select(made.c.tags)).scalar() == ["a", "b"]
