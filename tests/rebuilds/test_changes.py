"""What a batch asks for is done: by Alembic's own account where that is right."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from dbman.errors import MigrationError
from dbman.facts import read_facts
from histories import History

# SQLAlchemy 1.4 reflects what has line breaks where it would have put them itself.
PLAIN = (
    "CREATE TABLE maker (\n\tid INTEGER NOT NULL, \n\tPRIMARY KEY (id)\n)",
    "CREATE TABLE product (\n\tid INTEGER NOT NULL, \n\tname VARCHAR(20) NOT NULL, "
    "\n\tprice NUMERIC(8, 2), \n\tmaker_id INTEGER, \n\tsku VARCHAR(9) DEFAULT 'x', "
    "\n\tCONSTRAINT pk_product PRIMARY KEY (id), \n\tCONSTRAINT uq_sku UNIQUE (sku), "
    "\n\tCONSTRAINT ck_price CHECK (price > 0), "
    "\n\tCONSTRAINT fk_maker FOREIGN KEY(maker_id) REFERENCES maker (id) ON DELETE SET NULL\n)",
    "CREATE INDEX ix_name ON product (name)",
    "INSERT INTO maker VALUES (1)",
    "INSERT INTO product VALUES (1, 'a', 1.5, 1, 's1'), (2, 'b', NULL, NULL, 's2')",
)


def batch(*lines: str, options: str = "") -> str:
    """Return a batch on the table product."""
    inside = indent("\n".join(map(dedent, lines)), "    ")
    return f'with op.batch_alter_table("product"{options}) as batch:\n{inside}'


SAME = {
    "add": ['batch.add_column(sa.Column("note", sa.Text))', 'batch.alter_column("name", nullable=True)'],
    "add at a place": ['batch.alter_column("sku", nullable=False)', 'batch.add_column(sa.Column("note", sa.Text), insert_after="id")'],
    "add with a key": ['batch.add_column(sa.Column("other_id", sa.Integer, sa.ForeignKey("maker.id", name="fk_other", ondelete="CASCADE")))'],
    "add with a check": ['batch.add_column(sa.Column("ok", sa.Boolean(create_constraint=True, name="ck_ok")))', 'batch.alter_column("name", nullable=True)'],
    "drop": ['batch.drop_constraint("ck_price", type_="check")', 'batch.drop_column("price")'],
    "drop with a key": ['batch.drop_constraint("fk_maker", type_="foreignkey")', 'batch.drop_column("maker_id")'],
    "drop and its key": ['batch.drop_column("maker_id")'],
    "drop and its unique": ['batch.drop_column("sku")'],
    "drop with its index": ['batch.drop_index("ix_name")', 'batch.drop_column("name")'],
    "type": ['batch.alter_column("price", type_=sa.Float)'],
    "type and default": ['batch.alter_column("sku", type_=sa.String(40), server_default="none", nullable=False)'],
    "no default": ['batch.alter_column("sku", server_default=None)'],
    "expression default": ['batch.alter_column("sku", server_default=sa.func.now())'],
    "nullable": ['batch.alter_column("name", nullable=True)'],
    "required": ['batch.alter_column("sku", nullable=False)'],
    "constraints": [
        'batch.create_unique_constraint("uq_name", ["name", "sku"])',
        'batch.create_check_constraint("ck_name", sa.func.length(sa.column("name")) > 0)',
        'batch.create_foreign_key("fk_self", "product", ["maker_id"], ["id"], onupdate="CASCADE")',
    ],
    "drop constraints": [
        'batch.drop_constraint("uq_sku", type_="unique")',
        'batch.drop_constraint("ck_price")',
        'batch.drop_constraint("fk_maker", type_="foreignkey")',
    ],
    "exchange a constraint": [
        'batch.drop_constraint("uq_sku", type_="unique")',
        'batch.create_unique_constraint("uq_sku", ["sku", "name"])',
    ],
    "indexes": ['batch.drop_index("ix_name")', 'batch.create_index("ix_price", ["price"], unique=True)', 'batch.alter_column("name", nullable=True)'],
    "only indexes": ['batch.drop_index("ix_name")', 'batch.create_index("ix_sku", ["sku", "name"])'],
    "another key": ['batch.drop_constraint("pk_product", type_="primary")', 'batch.create_primary_key("pk_both", ["id", "name"])'],
    "enum": ['batch.alter_column("sku", type_=sa.Enum("s1", "s2", name="ck_sku", create_constraint=True))'],
    "computed": ['batch.add_column(sa.Column("twice", sa.Integer, sa.Computed("id * 2", persisted=True)))'],
    "nothing": ['batch.alter_column("name", existing_type=sa.String(20))'],
}  # fmt: skip


def by_alembic(body: str) -> set[tuple[str, ...]]:
    """Return the facts that plain Alembic makes, and the rows, of a copy in memory."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        for statement in PLAIN:
            connection.exec_driver_sql(statement)
        operations = Operations(MigrationContext.configure(connection))
        exec(body, {"op": operations, "sa": sa})
        return facts(connection)


def facts(connection: sa.engine.Connection) -> set[tuple[str, ...]]:
    """Return the facts and rows of the table."""
    rows = connection.exec_driver_sql("SELECT * FROM product").fetchall()
    return {tuple(vars(fact).values()) for fact in read_facts(connection).of("product")} | {
        tuple(map(str, row)) for row in rows
    }


@pytest.mark.parametrize("options", ["", ', recreate="always"'])
@pytest.mark.parametrize("name", SAME)
def test_as_alembic_does_it(history: History, name: str, options: str) -> None:
    """Of a table that reflection sees in full Alembic and dbman make the same."""
    body = batch(*SAME[name], options=options)
    history.start(*PLAIN)
    history.upgrade(body)
    engine = sa.create_engine("sqlite://", creator=history.connect)
    with engine.connect() as connection:
        assert facts(connection) == by_alembic(body)
    engine.dispose()


def test_the_order_of_columns(history: History) -> None:
    """Columns come in the order that the batch asks for."""
    history.start(*PLAIN)
    history.upgrade(
        batch(
            'batch.add_column(sa.Column("note", sa.Text), insert_before="name")',
            options=', recreate="always", partial_reordering=[("price", "sku", "id")]',
        )
    )
    names = [name for (name,) in history.run("SELECT name FROM pragma_table_info('product')")]
    assert [name for name in names if name in ("price", "sku", "id")] == ["price", "sku", "id"]
    assert names.index("note") < names.index("name")


INLINE = (
    "CREATE TABLE maker (id INTEGER PRIMARY KEY)",
    "CREATE TABLE product (\n\tid INTEGER PRIMARY KEY, \n\tsku TEXT CONSTRAINT uq_sku UNIQUE, "
    "\n\tcode TEXT UNIQUE, \n\tmaker_id INTEGER REFERENCES maker ON DELETE CASCADE, "
    "\n\tprice NUMERIC CHECK (price > 0), \n\tamount INTEGER, "
    "\n\tCHECK (amount < price), \n\tUNIQUE (code, sku)\n)",
)
CONVENTION = ', naming_convention={"uq": "uq_%(table_name)s_%(column_0_N_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s"}'


@pytest.mark.parametrize(
    ("lines", "options", "gone"),
    [
        (['batch.drop_constraint("uq_sku", type_="unique")'], "", "CONSTRAINT uq_sku UNIQUE"),
        (['batch.drop_constraint("uq_product_code", type_="unique")'], CONVENTION, "code TEXT UNIQUE"),
        (['batch.drop_constraint("uq_product_code_sku", type_="unique")'], CONVENTION, "UNIQUE (code, sku)"),
        (['batch.drop_constraint("fk_product_maker_id", type_="foreignkey")'], CONVENTION, "REFERENCES maker ON DELETE CASCADE"),
        (['batch.alter_column("price", type_=sa.Integer)'], "", "NUMERIC"),
        (['batch.drop_column("amount")'], "", "CHECK (amount < price)"),
    ],
)  # fmt: skip
def test_one_part_goes_and_no_other(
    history: History, lines: list[str], options: str, gone: str
) -> None:
    """An inline constraint can be dropped by the name it has, or by what a convention calls it."""
    history.start(*INLINE)
    parts = [
        "CONSTRAINT uq_sku UNIQUE", "code TEXT UNIQUE", "REFERENCES maker ON DELETE CASCADE",
        "NUMERIC", "CHECK (price > 0)", "CHECK (amount < price)", "UNIQUE (code, sku)",
    ]  # fmt: skip
    assert all(part in history.sql("product") for part in parts)
    history.upgrade(batch(*lines, options=options))
    assert [part for part in parts if part not in history.sql("product")] == [gone]


def test_what_goes_with_a_column_is_told(history: History) -> None:
    """What stood on other columns, too, is named: other databases drop it in silence."""
    history.start(*INLINE, "CREATE INDEX ix_both ON product (amount, lower(sku))")
    talk = history.upgrade(batch('batch.drop_column("amount")'))
    assert talk.notes == [
        "product: CHECK (amount < price) goes with what it stands on",
        "product: the index ix_both goes with what it stands on",
    ]


def test_restating_a_check_does_not_double_it(history: History) -> None:
    """The remedy that Alembic documents for unnamed constraints does no harm."""
    history.start(*INLINE)
    history.upgrade(
        batch(
            'batch.alter_column("code", nullable=False)',
            options=', table_args=(sa.CheckConstraint("price > 0"), sa.UniqueConstraint("code", name="uq_code"))',
        )
    )
    made = history.sql("product")
    assert made.count("price > 0") == 1
    assert "code TEXT NOT NULL," in made
    assert "CONSTRAINT uq_code UNIQUE (code)" in made


def test_a_copied_table_loses_nothing_that_its_author_forgot(history: History) -> None:
    """`copy_from` says what Alembic would have reflected; what is there decides."""
    history.start(*INLINE, "INSERT INTO product (sku, price, amount) VALUES ('s', 2, 1)")
    forgetful = 'sa.Table("product", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("code", sa.Text))'
    history.upgrade(
        batch('batch.alter_column("code", type_=sa.String(5))', options=f", copy_from={forgetful}")
    )
    assert history.run("SELECT * FROM product") == [(1, "s", None, None, 2, 1)]
    assert "code VARCHAR(5) UNIQUE" in history.sql("product")


def test_options_of_the_table_are_added(history: History) -> None:
    """AUTOINCREMENT and the like can be asked for."""
    history.start("CREATE TABLE product (id INTEGER PRIMARY KEY, x TEXT)")
    history.upgrade(
        batch(options=', recreate="always", table_kwargs={"sqlite_autoincrement": True}')
        + "    pass"
    )
    history.run("INSERT INTO product (x) VALUES ('a')")
    assert history.run("SELECT * FROM sqlite_sequence") == [("product", 1)]


@pytest.mark.parametrize(
    ("old", "values", "new", "after"),
    [
        ("VARCHAR(10)", "'2024-01-31'", "sa.Date", ["2024-01-31"]),
        ("DATETIME", "'2024-01-31 10:00:00'", "sa.Date", ["2024-01-31 10:00:00"]),
        ("TEXT", "'12', '012', 'abc', '1.5', NULL", "sa.Integer", [12, 12, "abc", 1.5, None]),
        ("TEXT", "'true'", "sa.Boolean", ["true"]),
        ("INTEGER", "12, -1", "sa.String(5)", ["12", "-1"]),
        ("REAL", "1.0, 2.75", "sa.Integer", [1, 2]),
        ("INTEGER", "3", "sa.Float", [3.0]),
    ],
)
def test_no_value_is_lost_to_a_cast(
    history: History, old: str, values: str, new: str, after: list[object]
) -> None:
    """Alembic's CAST makes 2024 of a date; here a text stays one unless it is a number."""
    rows = ", ".join(f"({value})" for value in values.split(", "))
    history.start(f"CREATE TABLE product (x {old})", f"INSERT INTO product VALUES {rows}")
    history.upgrade(batch(f'batch.alter_column("x", type_={new})'))
    assert [value for (value,) in history.run("SELECT x FROM product")] == after


# --- renames --------------------------------------------------------------------------------------


def test_everything_follows_a_renamed_column(history: History) -> None:
    """Keys of other tables, views, triggers, checks and indexes name the new column."""
    history.start(
        "CREATE TABLE product (id INTEGER PRIMARY KEY, code TEXT UNIQUE CHECK (code <> ''), x INT)",
        "CREATE TABLE part (code TEXT REFERENCES product (code))",
        "CREATE VIEW shown AS SELECT code FROM product",
        "CREATE TRIGGER kept AFTER UPDATE OF code ON product BEGIN SELECT old.code; END",
        "CREATE INDEX ix ON product (upper(code))",
    )
    history.upgrade(
        batch(
            'batch.alter_column("code", new_column_name="sku", nullable=False)',
            'batch.create_index("ix_sku", ["sku"])',
            'batch.create_unique_constraint("uq", ["code", "x"])',
        )
    )
    assert "sku TEXT NOT NULL UNIQUE CHECK (sku <> '')" in history.sql("product")
    assert "CONSTRAINT uq UNIQUE (sku, x)" in history.sql("product")
    assert history.sql("ix_sku") == "CREATE INDEX ix_sku ON product (sku)"
    assert "REFERENCES product (sku)" in history.sql("part")
    for name in ("shown", "kept", "ix"):
        assert "code" not in history.sql(name)


def test_columns_exchange_their_names(history: History) -> None:
    """Renames of one batch happen at once."""
    history.start(
        "CREATE TABLE product (a TEXT, b TEXT, c TEXT)", "INSERT INTO product VALUES (1, 2, 3)"
    )
    lines = [
        f'batch.alter_column("{old}", new_column_name="{new}")' for old, new in ("ab", "ba", "cd")
    ]
    history.upgrade(batch(*lines))
    assert history.sql("product") == "CREATE TABLE product (b TEXT, a TEXT, d TEXT)"
    assert history.run("SELECT a, b, d FROM product") == [("2", "1", "3")]


def test_a_column_takes_the_place_of_a_dropped_one(history: History) -> None:
    """What names the place by its name goes on to do so."""
    history.start(
        "CREATE TABLE product (id INTEGER PRIMARY KEY, price TEXT, new_price NUMERIC DEFAULT 1 CHECK (new_price > 0), CHECK (new_price < 100))",
        "CREATE VIEW shown AS SELECT price FROM product",
        "CREATE INDEX ix ON product (new_price DESC)",
        "INSERT INTO product VALUES (1, 'two', 2)",
    )
    history.upgrade(
        batch(
            'batch.drop_column("price")', 'batch.alter_column("new_price", new_column_name="price")'
        )
    )
    assert history.run("SELECT * FROM shown") == [(2,)]
    assert "price NUMERIC DEFAULT 1 CHECK (price > 0), CHECK (price < 100)" in history.sql(
        "product"
    )
    assert history.sql("ix") == "CREATE INDEX ix ON product (price DESC)"


# --- what cannot be done --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('batch.drop_column("nope")', "product has no column nope"),
        ('batch.alter_column("nope", nullable=False)', "product has no column nope"),
        ('batch.drop_constraint("nope", type_="unique")', "product has no constraint nope"),
        ('batch.drop_index("nope")', "no such index: nope"),
        ('batch.alter_column("price", nullable=False)', "product cannot be rebuilt: NOT NULL constraint failed: product.price"),
        ('batch.create_unique_constraint("uq", ["name"])', "product cannot be rebuilt: UNIQUE constraint failed: product.name"),
        ('batch.create_check_constraint("ck", "id > 1")', "product cannot be rebuilt: CHECK constraint failed: ck"),
        ('batch.create_check_constraint("ck", "nope > 1")', "product cannot be rebuilt: no such column: nope"),
        ('batch.create_unique_constraint("uq", ["name"], sqlite_on_conflict="IGNORE")', "rebuilding product would keep 1 of 2 rows"),
        ('batch.drop_column("base")', "product cannot be rebuilt: no such column: base"),
        ('batch.alter_column("name", new_column_name="id")', 'duplicate column name: id'),
        ('batch.add_column(sa.Column("x", sa.Text, nullable=False))\nbatch.alter_column("name", type_=sa.Text)', "product cannot be rebuilt: NOT NULL constraint failed: product.x"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("either_way")
def test_what_fails_changes_nothing(history: History, body: str, said: str) -> None:
    """The error names the table as people know it, and the file is as it was."""
    history.start(
        "CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT, price NUMERIC, base INT, twice AS (base * 2))",
        "INSERT INTO product (name) VALUES ('a'), ('a')",
    )
    error = history.refuse(batch(*body.splitlines()), MigrationError)
    assert said in error.message
    assert error.message.endswith("; nothing was changed")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shown", "shown is a view: it cannot be altered"),
        ("words", "words is a virtual table, which cannot be rebuilt"),
    ],
)
def test_what_is_no_plain_table_is_told(history: History, name: str, said: str) -> None:
    """A view or a virtual table cannot be rebuilt."""
    history.start(
        "CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT)",
        "CREATE VIEW shown AS SELECT id, name FROM product",
        "CREATE VIRTUAL TABLE words USING fts5(name)",
    )
    body = f'with op.batch_alter_table("{name}") as b:\n    b.alter_column("name", nullable=False)'
    assert said in history.refuse(body, MigrationError).message


# --- types that bring a CHECK ---------------------------------------------------------------------

FLAG = "sa.Boolean(create_constraint=True)"
KIND = 'sa.Enum("a", "b", name="kind", create_constraint=True)'


@pytest.mark.parametrize(
    ("made", "line", "checks"),
    [
        ("x BOOLEAN, CHECK (x IN (0, 1))", f'batch.alter_column("x", existing_type={FLAG}, type_=sa.Integer)', []),
        ("x BOOLEAN CHECK (x IN (0, 1))", f'batch.alter_column("x", existing_type={FLAG}, type_=sa.Integer)', []),
        ("x BOOLEAN, CHECK (x IN (0, 1))", 'batch.alter_column("x", type_=sa.Integer)', ["x IN (0, 1)"]),
        ("x VARCHAR(1), CONSTRAINT kind CHECK (x IN ('a', 'b'))", f'batch.alter_column("x", existing_type={KIND}, type_=sa.Enum("a", "b", "c", name="kind", create_constraint=True))', ["x IN ('a', 'b', 'c')"]),
        ("x VARCHAR(1), CONSTRAINT kind CHECK (x IN ('a', 'b'))", f'batch.alter_column("x", existing_type={KIND}, nullable=False)', ["x IN ('a', 'b')"]),
        ("x VARCHAR(1), CONSTRAINT kind CHECK (x IN ('a', 'b'))", f'batch.alter_column("x", existing_type={KIND}, new_column_name="y")', ["y IN ('a', 'b')"]),
        ("x INTEGER", f'batch.add_column(sa.Column("y", {FLAG}))\nbatch.alter_column("x", nullable=False)', ["y IN (0, 1)"]),
        ("x BOOLEAN, y INTEGER, CHECK (x IN (0, 1))", 'batch.drop_column("x")', []),
    ],
)  # fmt: skip
def test_the_check_of_a_type_comes_and_goes_with_it(
    history: History, made: str, line: str, checks: list[str]
) -> None:
    """What Boolean and Enum bring is dropped where the script says what the type was."""
    history.start(f"CREATE TABLE product (\n\tid INTEGER PRIMARY KEY, \n\t{made}\n)")
    history.upgrade(batch(*line.splitlines()))
    engine = sa.create_engine("sqlite://", creator=history.connect)
    with engine.connect() as connection:
        found = [fact.value for fact in read_facts(connection) if fact.kind == "check"]
    engine.dispose()
    assert [one.lower() for one in found] == [one.lower() for one in checks]
