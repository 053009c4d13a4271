"""Each operation that SQLite lacks is carried out, and the rows are there before and after."""

from __future__ import annotations

import pytest

from dbman.errors import MigrationError
from dbman.migrator.moves import Move
from dbman.translate import summary
from histories import History

MAKER = "CREATE TABLE maker (id INTEGER PRIMARY KEY, name TEXT)"
WIDGET = """CREATE TABLE widget (
    id INTEGER NOT NULL, name VARCHAR(10), price INTEGER DEFAULT 5, maker_id INTEGER,
    code VARCHAR(4), PRIMARY KEY (id), UNIQUE (code), CHECK (price > 0),
    CONSTRAINT uq_name UNIQUE (name), FOREIGN KEY(maker_id) REFERENCES maker (id))"""
ROWS = "INSERT INTO widget VALUES (1, 'a', 7, 1, 'x'), (2, 'b', 8, NULL, 'y')"
BEFORE = [(1, "a", 7, 1, "x"), (2, "b", 8, None, "y")]


def start(history: History) -> None:
    """Make the tables, with rows."""
    history.start(MAKER, "INSERT INTO maker VALUES (1, 'm')", WIDGET, ROWS)


def upgrade(history: History, body: str) -> Move:
    """Apply a second revision; what the first one made is whole."""
    history.write("a2", body, down="a1")
    return history.manager().upgrade()


def table(name: str, *lines: str) -> str:
    """Return a CREATE TABLE in one line, its columns and constraints in order."""
    return f"CREATE TABLE {name} ( {', '.join(lines)} )"


COLUMNS = [
    "id INTEGER NOT NULL",
    "name VARCHAR(10)",
    "price INTEGER DEFAULT 5",
    "maker_id INTEGER",
    "code VARCHAR(4)",
]
KEYS = ["PRIMARY KEY (id)", "UNIQUE (code)", "CHECK (price > 0)", "CONSTRAINT uq_name UNIQUE (name)",
        "FOREIGN KEY(maker_id) REFERENCES maker (id)"]  # fmt: skip


def changed(
    column: int | None = None,
    to: str | None = None,
    without: int | None = None,
    more: str | None = None,
) -> str:
    """Return the table with one column or constraint changed."""
    columns = [to if n == column else each for n, each in enumerate(COLUMNS)]
    keys = [each for n, each in enumerate(KEYS) if n != without]
    return table("widget", *[each for each in columns if each], *keys, *([more] if more else []))


OPERATIONS = {
    "nullable": (
        'op.alter_column("widget", "name", existing_type=sa.String(10), nullable=False)',
        "ALTER COLUMN widget.name SET NOT NULL",
        changed(1, "name VARCHAR(10) NOT NULL"),
    ),
    "type": (
        'op.alter_column("widget", "price", type_=sa.Numeric(8, 2), postgresql_using="price::numeric(8,2)")',
        "ALTER COLUMN widget.price TYPE",
        changed(2, "price NUMERIC(8, 2) DEFAULT 5"),
    ),
    "default": (
        'op.alter_column("widget", "price", server_default=sa.text("9"))',
        "ALTER COLUMN widget.price SET DEFAULT",
        changed(2, "price INTEGER DEFAULT 9"),
    ),
    "no default": (
        'op.alter_column("widget", "price", server_default=None, nullable=True)',
        "ALTER COLUMN widget.price DROP NOT NULL DROP DEFAULT",
        changed(2, "price INTEGER"),
    ),
    "foreign key": (
        'op.create_foreign_key("fk_self", "widget", "widget", ["maker_id"], ["id"], ondelete="CASCADE", deferrable=True, initially="DEFERRED")',
        "ADD CONSTRAINT widget.fk_self",
        changed(more="CONSTRAINT fk_self FOREIGN KEY(maker_id) REFERENCES widget (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"),
    ),
    "foreign key without a name": (
        'op.create_foreign_key(None, "widget", "widget", ["maker_id"], ["id"])',
        "ADD CONSTRAINT widget.foreignkey",
        changed(more="FOREIGN KEY(maker_id) REFERENCES widget (id)"),
    ),
    "unique": (
        'op.create_unique_constraint("uq_both", "widget", ["name", "code"])',
        "ADD CONSTRAINT widget.uq_both",
        changed(more="CONSTRAINT uq_both UNIQUE (name, code)"),
    ),
    "unique without a name": (
        'op.create_unique_constraint(None, "widget", ["name", "code"])',
        "ADD CONSTRAINT widget.unique",
        changed(more="UNIQUE (name, code)"),
    ),
    "check": (
        'op.create_check_constraint("ck_name", "widget", sa.func.length(sa.column("name")) > 0)',
        "ADD CONSTRAINT widget.ck_name",
        changed(more="CONSTRAINT ck_name CHECK (length(name) > 0)"),
    ),
    "check as text": (
        'op.create_check_constraint("ck_name", "widget", "length(name) > 0")',
        "ADD CONSTRAINT widget.ck_name",
        changed(more="CONSTRAINT ck_name CHECK (length(name) > 0)"),
    ),
    "drop a constraint": (
        'op.drop_constraint("uq_name", "widget", type_="unique")',
        "DROP CONSTRAINT widget.uq_name",
        changed(without=3),
    ),
    "drop a constraint of no type": (
        'op.drop_constraint("uq_name", "widget")',
        "DROP CONSTRAINT widget.uq_name",
        changed(without=3),
    ),
    "drop what MySQL calls an index": (
        'op.drop_index("uq_name", table_name="widget")',
        "DROP INDEX widget.uq_name",
        changed(without=3),
    ),
    "drop a column with a key": (
        'op.drop_column("widget", "maker_id")',
        "DROP COLUMN widget.maker_id",
        table("widget", *COLUMNS[:3], COLUMNS[4], *KEYS[:4]),
    ),
    "drop a unique column": (
        'op.drop_column("widget", "code")',
        "DROP COLUMN widget.code",
        table("widget", *COLUMNS[:4], KEYS[0], *KEYS[2:]),
    ),
    "drop the primary key's column": (
        'op.drop_column("widget", "id")',
        "DROP COLUMN widget.id",
        table("widget", *COLUMNS[1:], *KEYS[1:]),
    ),
    "add a unique column": (
        'op.add_column("widget", sa.Column("sku", sa.String(9), unique=True))',
        "ADD COLUMN widget.sku",
        table("widget", *COLUMNS, "sku VARCHAR(9)", *KEYS, "UNIQUE (sku)"),
    ),
    "add a column with a key": (
        'op.add_column("widget", sa.Column("other_id", sa.Integer, sa.ForeignKey("maker.id", ondelete="SET NULL"), nullable=True))',
        "ADD COLUMN widget.other_id",
        table("widget", *COLUMNS, "other_id INTEGER", *KEYS, "FOREIGN KEY(other_id) REFERENCES maker (id) ON DELETE SET NULL"),
    ),
    "add a column with a key and a default": (
        'op.add_column("widget", sa.Column("other_id", sa.Integer, sa.ForeignKey("maker.id"), server_default="1", nullable=False))',
        "ADD COLUMN widget.other_id",
        table("widget", *COLUMNS, "other_id INTEGER DEFAULT '1' NOT NULL", *KEYS, "FOREIGN KEY(other_id) REFERENCES maker (id)"),
    ),
    "add a column with a default that is no constant": (
        'op.add_column("widget", sa.Column("made", sa.DateTime, server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False))',
        "ADD COLUMN widget.made",
        table("widget", *COLUMNS, "made DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL", *KEYS),
    ),
    "add a boolean with its check": (
        'op.add_column("widget", sa.Column("ok", sa.Boolean(create_constraint=True, name="ck_ok")))',
        "ADD COLUMN widget.ok",
        table("widget", *COLUMNS, "ok BOOLEAN", *KEYS, "CONSTRAINT ck_ok CHECK (ok IN (0, 1))"),
    ),
    "add a stored column": (
        'op.add_column("widget", sa.Column("twice", sa.Integer, sa.Computed("price * 2", persisted=True)))',
        "ADD COLUMN widget.twice",
        table("widget", *COLUMNS, "twice INTEGER GENERATED ALWAYS AS (price * 2) STORED", *KEYS),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_sqlite_lacks(history: History, name: str) -> None:
    """It goes through a rebuild, which is told, and changes what was asked for alone."""
    body, told, sql = OPERATIONS[name]
    start(history)
    move = upgrade(history, body)
    assert [(each.deed, each.what) for each in move.translations] == [("rerouted", told)]
    assert history.sql("widget").replace(chr(34), "") == sql
    kept = [each.split()[0] for each in COLUMNS if f" {each.split()[0]} " in sql]
    rows = history.run(f"SELECT {', '.join(kept)} FROM widget")
    places = [n for n, each in enumerate(COLUMNS) if each.split()[0] in kept]
    assert rows == [tuple(row[n] for n in places) for row in BEFORE]


def test_another_primary_key(history: History) -> None:
    """The key goes by the name that PostgreSQL gives it, and another one comes."""
    start(history)
    body = """op.drop_constraint("widget_pkey", "widget", type_="primary")
op.create_primary_key("pk_widget", "widget", ["id", "code"])"""
    assert len(upgrade(history, body).translations) == 2
    keys = ["CONSTRAINT pk_widget PRIMARY KEY (id, code)", *KEYS[1:]]
    assert sorted(history.sql("widget")) == sorted(table('"widget"', *COLUMNS, *keys))
    assert history.run("SELECT * FROM widget") == BEFORE


def test_a_primary_key_for_rows_that_have_none(history: History) -> None:
    """A new integer key is numbered, as a serial one is."""
    history.start("CREATE TABLE word (text TEXT)", "INSERT INTO word VALUES ('a'), ('b')")
    upgrade(history, 'op.add_column("word", sa.Column("id", sa.Integer, primary_key=True))')
    assert history.run("SELECT id, text FROM word") == [(1, "a"), (2, "b")]


NATIVE = {
    "add": 'op.add_column("widget", sa.Column("note", sa.Text))',
    "add with a default": 'op.add_column("widget", sa.Column("n", sa.Integer, server_default=sa.text("-1"), nullable=False))',
    "add with an expression of constants": 'op.add_column("widget", sa.Column("n", sa.Boolean, server_default=sa.false(), nullable=False))',
    "add with an index": 'op.add_column("widget", sa.Column("note", sa.Text, index=True))',
    "drop": 'op.add_column("widget", sa.Column("note", sa.Text))\nop.drop_column("widget", "note")',
    "rename": 'op.alter_column("widget", "name", new_column_name="label", existing_type=sa.String(10))',
    "rename the table": 'op.rename_table("widget", "thing")',
    "index": 'op.create_index("ix_code", "widget", ["code"])\nop.drop_index("ix_code", table_name="widget")',
    "missing": """op.drop_constraint("nope", "widget", if_exists=True)
op.drop_column("widget", "nope", if_exists=True)
op.drop_index("nope", table_name="widget", if_exists=True)
op.add_column("widget", sa.Column("name", sa.Text), if_not_exists=True)""",
}  # fmt: skip


@pytest.mark.parametrize("name", NATIVE)
def test_what_sqlite_can_do(history: History, name: str) -> None:
    """It is done by SQLite itself, and nothing is told."""
    start(history)
    move = upgrade(history, NATIVE[name])
    assert move.translations == ()
    there = "thing" if name == "rename the table" else "widget"
    assert [row[:5] for row in history.run(f"SELECT * FROM {there}")] == BEFORE


def test_a_comment_is_passed_over(history: History) -> None:
    """SQLite keeps no comments; what else the operation asks for is done."""
    start(history)
    move = upgrade(
        history,
        """op.create_table_comment("widget", "things")
op.drop_table_comment("widget")
op.alter_column("widget", "name", comment="a name")
op.alter_column("widget", "name", comment="a name", nullable=False)
op.add_column("widget", sa.Column("note", sa.Text, comment="a note"))
op.execute("COMMENT ON COLUMN widget.name IS 'a name'")""",
    )
    assert summary(move.translations) == "1 operation rerouted for SQLite, 5 comments passed over"
    assert "name VARCHAR(10) NOT NULL" in history.sql("widget")


NAMES = {
    "PostgreSQL's": ("widget_code_key", "widget_price_check", "widget_maker_id_fkey"),
    "MariaDB's": ("code", "CONSTRAINT_1", "widget_ibfk_1"),
    "MySQL's": ("code", "widget_chk_1", "widget_ibfk_1"),
    "Alembic's": ("uq_widget_code", "ck_widget_price", "fk_widget_maker_id_maker"),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["operation", "batch"])
def test_unnamed_constraints_are_found(history: History, name: str, way: str) -> None:
    """They go by the names that other databases, or a naming convention, give them."""
    start(history)
    kinds = ("unique", "check", "foreignkey")
    if way == "batch":
        lines = [
            f"    b.drop_constraint({each!r}, type_={kind!r})"
            for each, kind in zip(NAMES[name], kinds, strict=True)
        ]
        body = "\n".join(['with op.batch_alter_table("widget") as b:', *lines])
    else:
        body = "\n".join(
            f'op.drop_constraint({each!r}, "widget", type_={kind!r})'
            for each, kind in zip(NAMES[name], kinds, strict=True)
        )
    upgrade(history, body)
    assert history.sql("widget").replace('"', "") == table("widget", *COLUMNS, KEYS[0], KEYS[3])
    assert history.run("SELECT * FROM widget") == BEFORE


def test_a_name_older_than_that_of_the_table(history: History) -> None:
    """PostgreSQL keeps the names of constraints when a table is renamed."""
    start(history)
    upgrade(
        history,
        """op.rename_table("widget", "thing")
op.drop_constraint("widget_code_key", "thing", type_="unique")
op.drop_constraint("widget_maker_id_fkey", "thing", type_="foreignkey")
op.drop_constraint("widget_pkey", "thing", type_="primary")""",
    )
    left = KEYS[2:4]
    assert history.sql("thing").replace('"', "") == table("thing", *COLUMNS, *left)


def test_a_unique_index_goes_as_a_constraint(history: History) -> None:
    """On MySQL the two are one."""
    start(history)
    history.write("a2", 'op.create_index("ix_u", "widget", ["name"], unique=True)', down="a1")
    history.write("a3", 'op.drop_constraint("ix_u", "widget", type_="unique")', down="a2")
    assert history.manager().upgrade().translations == ()
    assert "ix_u" not in history.names()


USING = {
    "price::varchar(20)": ["7", "8"],
    "CAST(price AS varchar)": ["7", "8"],
    "(price)::text::varchar": ["7", "8"],
    "CASE WHEN price > 7 THEN 'dear' ELSE 'cheap' END": ["cheap", "dear"],
    "'<' || price::text || '>'": ["<7>", "<8>"],
}


@pytest.mark.parametrize("using", USING)
def test_what_using_says_fills_the_column(history: History, using: str) -> None:
    """A cast is the rebuild's own; an expression is never dropped."""
    start(history)
    upgrade(
        history,
        f'op.drop_constraint("widget_price_check", "widget")\nop.alter_column("widget", "price", type_=sa.String(20), postgresql_using={using!r}, server_default=None)',
    )
    assert [row[0] for row in history.run("SELECT price FROM widget")] == USING[using]


WRONG = {
    "no constraint": (
        'op.drop_constraint("nope", "widget", type_="unique")',
        "widget has no constraint nope",
    ),
    "no index": ('op.drop_index("nope", table_name="widget")', "no such index: nope"),
    "no column": ('op.drop_column("widget", "nope")', "widget has no column nope"),
    "no table": ('op.add_column("nope", sa.Column("a", sa.Text))', "no such table: nope"),
    "a row that does not fit": (
        'op.alter_column("widget", "maker_id", nullable=False)',
        "widget cannot be rebuilt: NOT NULL constraint failed: widget.maker_id",
    ),
    "no value for a required column": (
        'op.add_column("widget", sa.Column("n", sa.Integer, nullable=False))',
        "Cannot add a NOT NULL column with default value NULL",
    ),
    "a function that SQLite lacks": (
        'op.alter_column("widget", "price", type_=sa.Text, postgresql_using="nosuch(price)")',
        "widget cannot be rebuilt: no such function: nosuch",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_done(history: History, name: str) -> None:
    """The error names the script and the line, and the database is as it was."""
    body, said = WRONG[name]
    start(history)
    error = history.refuse(body, MigrationError)
    line = 1 + (history.scripts / "a2.py").read_text("utf-8").splitlines().index(f"    {body}")
    assert error.message.startswith(
        f"core a2 a2 of a test failed at {history.scripts / 'a2.py'}:{line}: "
    )
    assert said in error.message
    assert error.message.endswith("; nothing was changed")


SCHEMAS = {
    "add": """op.add_column("widget", sa.Column("n", sa.Integer), schema="public")""",
    "key": """op.create_foreign_key("fk", "widget", "widget", ["maker_id"], ["id"], source_schema="public", referent_schema="public")""",
    "alter": """op.alter_column("widget", "name", nullable=False, schema="public")""",
    "drop": """op.drop_column("widget", "code", schema="public")""",
    "constraint": """op.create_unique_constraint("uq", "widget", ["code"], schema="public")
op.drop_constraint("uq", "widget", schema="public")""",
    "index": """op.create_index("ix", "widget", ["code"], schema="public")
op.drop_index("ix", "widget", schema="public")""",
    "batch": """with op.batch_alter_table("widget", schema="public") as batch:
    batch.alter_column("name", nullable=False)""",
    "rename": """op.rename_table("widget", "thing", schema="public")
op.rename_table("thing", "widget", schema="public")""",
    "comment": """op.create_table_comment("widget", "things", schema="public")""",
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_the_main_one(history: History, name: str) -> None:
    """An operation that names a schema works on the table of that name, and keeps all."""
    start(history)
    upgrade(history, SCHEMAS[name])
    assert "UNIQUE (name)" in history.sql("widget")
    assert "CHECK (price > 0)" in history.sql("widget")
    assert history.run("SELECT id, name, price FROM widget") == [row[:3] for row in BEFORE]


def test_an_exclusion_constraint_is_left_out(history: History) -> None:
    """It is told, and may be dropped again, also by the name that PostgreSQL gives it."""
    start(history)
    move = upgrade(
        history,
        """op.create_exclude_constraint("apart", "widget", (sa.column("name"), "="), using="gist")
op.drop_constraint("apart", "widget")
op.drop_constraint("widget_name_excl", "widget")""",
    )
    assert [(each.deed, each.kind, each.what) for each in move.translations] == [
        ("left out", "exclusion constraint", "ADD CONSTRAINT widget.apart")
    ]


def test_an_element_of_sqlalchemy(history: History) -> None:
    """ALTER TABLE as SQLAlchemy writes it goes the way of text."""
    pytest.importorskip("sqlglot")
    start(history)
    upgrade(
        history,
        """table = sa.Table("widget", sa.MetaData(), sa.Column("code", sa.Text))
op.execute(sa.schema.AddConstraint(sa.UniqueConstraint(table.c.code, name="uq_code")))""",
    )
    assert "CONSTRAINT uq_code UNIQUE (code)" in history.sql("widget")
