"""What autogenerate cannot see, on each kind of database: `createdb` and `initdb` differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbman.compat import is_sqlalchemy_1
from scripts_text import script

if TYPE_CHECKING:
    from pathlib import Path

    from autogenerate.conftest import Workshop

MODELS = """
    from sqlalchemy import *

    extension = metadata = MetaData()
    Table("parent", metadata, Column("id", Integer, primary_key=True))
    Table(
        "thing", metadata,
        Column("id", Integer, primary_key=True),
        Column("code", String(20), nullable=False),
        Column("size", Integer, server_default="1"),
        Column("price", Numeric(8, 2)),
        Column("parent_id", ForeignKey("parent.id", ondelete="CASCADE", name="fk_thing_parent")),
        CheckConstraint("size > 0", name="ck_thing_size"),
        UniqueConstraint("code", name="uq_thing_code"),
        Index("ix_thing_size", "size"),
    )
"""
WRITTEN = (
    "by hand: give thing.code a value in the rows that are there",
    "create index ix_thing_size on thing",
    "create unique constraint uq_thing_code on thing",
    "create foreign key thing.parent_id -> parent.id",
    "create check ck_thing_size on thing",
)
"""What `generate` writes of them on each database, among others."""
MAKES_BOTH = """\
op.execute("CREATE TABLE parent (id INTEGER NOT NULL PRIMARY KEY)")
op.execute("CREATE VIEW both AS SELECT id, 1 FROM parent")
"""
HOOK = """\
def include_name(name, kind, parents):
    if kind == "trigger":
        assert parents["table_name"] == "a"
    return kind not in ("trigger", "view")
"""
LEFT = (
    "view thing_codes: only the migrations make it",
    "trigger tr_thing of thing: only the migrations make it",
)


def drifts(workshop: Workshop, statements: list[str], **settings: Any) -> dict[str | None, Any]:
    """Return what a check finds where a script executes these statements."""
    body = "\n".join(f"op.execute({each!r})" for each in statements)
    text = script("a1", body, label="shop")
    workshop.extension("shop", MODELS, scripts={"a1.py": text})
    found = workshop.manager(**settings).check()
    return {each.extension: (each.operations, each.differences) for each in found.drifts}


def test_on_sqlite(workshop: Workshop) -> None:
    """Nullability, default, unique, check, key, index, collation; what only facts show besides."""
    (written, left), *others = drifts(
        workshop,
        [
            "CREATE TABLE parent (id INTEGER NOT NULL PRIMARY KEY)",
            "CREATE TABLE thing (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,"
            " code VARCHAR(20) COLLATE NOCASE, size BIGINT, price MONEY, parent_id INTEGER,"
            " FOREIGN KEY (parent_id) REFERENCES parent (id))",
            "CREATE TRIGGER tr_thing AFTER INSERT ON thing BEGIN DELETE FROM parent; END",
            "CREATE VIEW thing_codes AS SELECT code FROM thing",
        ],
    ).values()
    assert not others
    assert sorted(written) == sorted(
        [
            *WRITTEN,
            "alter column thing.code: type String(length=20, collation='NOCASE') ->"
            " String(length=20), not nullable",
            "alter column thing.size: type BIGINT() -> Integer(), server default",
            "drop foreign key without a name of thing",
        ]
    )
    assert left == (
        "thing: option AUTOINCREMENT is gone",
        "column thing.price: the migrations make MONEY, the models NUMERIC(8, 2)",
        *LEFT,
    )


def test_on_postgresql(workshop: Workshop, postgresql_url: str) -> None:
    """The same, types and sequences that nobody has, and the options of a table."""
    (written, left), *others = drifts(
        workshop,
        [
            "CREATE TABLE parent (id SERIAL PRIMARY KEY)",
            'CREATE TABLE thing (id SERIAL PRIMARY KEY, code VARCHAR(20) COLLATE "C", size BIGINT,'
            " price DECIMAL(8, 3), parent_id INTEGER,"
            " FOREIGN KEY (parent_id) REFERENCES parent (id)) WITH (fillfactor = 70)",
            "CREATE FUNCTION same() RETURNS trigger AS 'BEGIN RETURN NEW; END' LANGUAGE plpgsql",
            "CREATE TRIGGER tr_thing BEFORE INSERT ON thing EXECUTE FUNCTION same()",
            "CREATE VIEW thing_codes AS SELECT code FROM thing",
            "CREATE SEQUENCE numbers",
            "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        ],
        url=postgresql_url,
        scratch_url=postgresql_url,
    ).values()
    assert not others
    assert sorted(written) == sorted(
        [
            *WRITTEN,
            "alter column thing.code: type String(length=20, collation='C') -> String(length=20),"
            " not nullable",
            "alter column thing.price: type NUMERIC(precision=8, scale=3) ->"
            " Numeric(precision=8, scale=2)",
            "alter column thing.size: type BIGINT() -> Integer(), server default",
            "drop foreign key thing_parent_id_fkey of thing",
        ]
    )
    assert left == (
        "thing: option fillfactor is gone: 70",
        "type mood: only the migrations make it",
        "sequence numbers: only the migrations make it",
        *LEFT,
    )


def test_domains_of_postgresql(workshop: Workshop, postgresql_url: str) -> None:
    """A column of it has the same type, whatever the domain lets pass."""
    models = """
    from sqlalchemy import *
    from sqlalchemy.event import listen
    from sqlalchemy.types import UserDefinedType

    class Code(UserDefinedType):
        def get_col_spec(self, **_):
            return "code"

    extension = metadata = MetaData()
    t = Table("t", metadata, Column("id", Integer, primary_key=True), Column("code", Code))
    listen(t, "before_create", DDL("CREATE DOMAIN code AS VARCHAR(5) CHECK (VALUE <> '')"))
    """
    made = """
op.execute("CREATE DOMAIN code AS VARCHAR(5)")
op.execute("CREATE TABLE t (id SERIAL PRIMARY KEY, code code)")
"""
    workshop.extension("shop", models, scripts={"a1.py": script("a1", made.strip(), label="shop")})
    found = workshop.manager(url=postgresql_url, scratch_url=postgresql_url).check()
    # SQLAlchemy 1.4 takes a domain for what it is made of.
    assert bool(found.drifts[0].operations) == is_sqlalchemy_1()
    assert found.drifts[0].differences == (
        "type code: the migrations make character varying(5), the models character varying(5)"
        " CHECK (VALUE::text <> ''::text)",
    )


def test_on_mariadb(workshop: Workshop, mariadb_url: str) -> None:
    """The same; the engine takes the foreign key away."""
    (written, left), *others = drifts(
        workshop,
        [
            "CREATE TABLE parent (id INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY)",
            "CREATE TABLE thing (id INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY,"
            " code VARCHAR(20) COLLATE utf8mb4_bin, size BIGINT, price DECIMAL(8, 3),"
            " parent_id INTEGER, FOREIGN KEY (parent_id) REFERENCES parent (id)) ENGINE=MyISAM",
            "CREATE TRIGGER tr_thing BEFORE INSERT ON thing FOR EACH ROW SET NEW.size = 2",
            "CREATE VIEW thing_codes AS SELECT code FROM thing",
            "CREATE SEQUENCE numbers",
        ],
        url=mariadb_url,
        scratch_url=mariadb_url,
    ).values()
    assert not others
    assert sorted(written) == sorted(
        [
            *WRITTEN,
            "alter column thing.code: type String(length=20, collation='utf8mb4_bin') ->"
            " String(length=20), not nullable",
            "alter column thing.price: type DECIMAL(precision=8, scale=3) ->"
            " Numeric(precision=8, scale=2)",
            "alter column thing.size: type BIGINT(display_width=20) -> Integer(), server default",
        ]
    )
    assert left == (
        "thing: option ENGINE is gone: MyISAM",
        "sequence numbers: only the migrations make it",
        *LEFT,
    )


def test_views_of_models(workshop: Workshop) -> None:
    """They are compared as texts; one that scripts lack is told too."""
    made = """
    from sqlalchemy.event import listen

    parent = metadata.tables["parent"]
    listen(parent, "after_create", DDL("CREATE VIEW new AS SELECT id FROM parent"))
    listen(parent, "after_create", DDL("CREATE VIEW both AS SELECT id FROM parent"))
    """
    scripts = {"a1.py": script("a1", MAKES_BOTH, label="shop")}
    workshop.extension("shop", MODELS.split("    Table(\n")[0] + made, scripts=scripts)
    (drift,) = workshop.manager().check().drifts
    assert drift.differences == (
        "view both: the migrations make as select id, 1 from parent,"
        " the models as select id from parent",
        "view new: only the models make it",
    )


def test_what_the_settings_leave_out(workshop: Workshop, tmp_path: Path) -> None:
    """`include_name` is asked about triggers and views, too."""
    (tmp_path / "src" / "hooks.py").write_text(HOOK, encoding="utf-8")
    workshop.packages.append("hooks")
    trigger = "CREATE TRIGGER tr_a AFTER INSERT ON a BEGIN DELETE FROM a; END"
    table = "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY)"
    models = """
    from sqlalchemy import *

    extension = metadata = MetaData()
    Table("a", metadata, Column("id", Integer, primary_key=True))
    """
    made = [table, trigger, "CREATE VIEW seen AS SELECT id FROM a"]
    text = script("a1", "\n".join(f"op.execute({each!r})" for each in made), label="shop")
    workshop.extension("shop", models, scripts={"a1.py": text})
    assert len(workshop.manager().check().drifts[0].differences) == 2
    settings = {"environment": {"include_name": "hooks:include_name"}}
    assert workshop.manager(**settings).check().matches


def test_models_that_cannot_be_built(workshop: Workshop) -> None:
    """What was not compared is no match."""
    models = """
    from sqlalchemy import *

    extension = metadata = MetaData()
    Table("a", metadata, Column("id", Integer, primary_key=True), CheckConstraint("id >"))
    """
    table = script("a1", "op.execute('CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY)')")
    workshop.extension("shop", models, scripts={"a1.py": table})
    found = workshop.manager().check()
    assert (found.drifts, found.matches) == ((), False)
    assert "syntax error" in str(found.problem)
