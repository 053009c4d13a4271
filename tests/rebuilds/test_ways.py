"""What a rebuild asks of SQLite and says to it, and what is left where it fails."""

from __future__ import annotations

import pytest

from dbman.rebuilds import copying
from histories import History, Talk

WIDEN = (
    'with op.batch_alter_table("product") as b:\n    b.alter_column("name", type_=sa.String(40))'
)
TABLE = "CREATE TABLE product (id INTEGER PRIMARY KEY, name VARCHAR(20) UNIQUE)"


class Statements(Talk):
    """Keeps the statements that -vv shows."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def statement(self, text: str) -> None:
        """Keep a statement."""
        self.said.append(text)


def statements(history: History, body: str) -> list[str]:
    """Apply a revision, and return the statements that it takes."""
    history.write("a2", body, down="a1")
    talk = Statements()
    history.manager(progress=talk).upgrade()
    return talk.said


def rows(count: int) -> str:
    """Return a statement that writes so many rows."""
    return (
        f"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
        " INSERT INTO product SELECT i, 'name ' || i FROM n"
    )


@pytest.mark.parametrize("count", [0, 3, copying.FEW, copying.FEW + 1])
def test_only_a_table_with_many_rows_is_renamed(history: History, count: int) -> None:
    """A RENAME reads the statements of the whole schema, and so is paid for by rows alone."""
    history.start(TABLE, *[rows(count)] * bool(count))
    said = statements(history, WIDEN)
    renames = [each for each in said if "RENAME TO" in each]
    assert len(renames) == (count > copying.FEW)
    assert history.run("SELECT count(*), max(name) FROM product")[0][0] == count
    assert "name VARCHAR(40) UNIQUE" in history.sql("product")


def test_rows_put_aside_are_shown(history: History) -> None:
    """-vv shows what is done to the table, and none of the questions."""
    history.start(TABLE, rows(2))
    assert [each for each in statements(history, WIDEN) if "alembic_version" not in each][-6:] == [
        'CREATE TABLE temp."_dbman_aside_product" (c0, c1)',
        'INSERT INTO temp."_dbman_aside_product" SELECT id, name FROM main."product"',
        'DROP TABLE main."product"',
        'CREATE TABLE "product" ( id INTEGER PRIMARY KEY, name VARCHAR(40) UNIQUE )',
        'INSERT INTO main."product" (id, name) SELECT c0, c1 FROM temp."_dbman_aside_product" ORDER BY rowid',
        'DROP TABLE temp."_dbman_aside_product"',
    ]  # fmt: skip


def test_a_name_that_a_script_has_taken_is_left_alone(history: History) -> None:
    """A temporary table of a script stays what it is."""
    history.start(TABLE, rows(2))
    history.upgrade(
        'op.execute("CREATE TEMP TABLE _dbman_aside_product AS SELECT 7 AS x")\n'
        f"{WIDEN}\n"
        'op.execute("INSERT INTO product SELECT x, x FROM _dbman_aside_product")'
    )
    assert history.run("SELECT id FROM product") == [(1,), (2,), (7,)]


@pytest.mark.parametrize(
    "values", ["'1', 2, 3.5, x'00ff', NULL, 'a' || char(0) || 'b', CAST(x'ff' AS TEXT)"]
)
def test_each_value_stays_what_it_is(history: History, values: str) -> None:
    """No affinity and no encoding comes between: a blob stays one, a text is not read."""
    history.start(
        "CREATE TABLE product (id INTEGER PRIMARY KEY, name VARCHAR(20), any)",
        *(
            f"INSERT INTO product (name, any) VALUES ({each}, {each})"
            for each in values.split(", ")
        ),
    )
    asked = "SELECT typeof(name), hex(name), typeof(any), hex(any) FROM product"
    before = history.run(asked)
    history.upgrade(WIDEN)
    assert history.run(asked) == before


def test_a_failure_that_a_script_passes_over_leaves_the_table(history: History) -> None:
    """The old table is there with its rows, and nothing beside it."""
    history.start(TABLE, rows(3), "UPDATE product SET name = NULL WHERE id = 3")
    history.upgrade(
        "try:\n"
        '    with op.batch_alter_table("product") as b:\n'
        '        b.alter_column("name", nullable=False)\n'
        "except Exception:\n"
        "    op.execute(\"UPDATE product SET name = 'none' WHERE name IS NULL\")\n"
        'assert op.get_bind().exec_driver_sql("SELECT * FROM sqlite_temp_master").first() is None'
    )
    assert history.run("SELECT * FROM product") == [(1, "name 1"), (2, "name 2"), (3, "none")]
    assert history.sql("product") == TABLE


def test_an_index_that_cannot_be_made_again_undoes_it_all(history: History) -> None:
    """The rows were in place already, under the type that makes two of them equal."""
    history.start(
        "CREATE TABLE product (id INTEGER PRIMARY KEY, name VARCHAR(20))",
        "CREATE UNIQUE INDEX ix ON product (name)",
        "INSERT INTO product (name) VALUES ('1'), ('01')",
    )
    history.upgrade(
        "try:\n"
        '    with op.batch_alter_table("product") as b:\n'
        '        b.alter_column("name", type_=sa.Integer)\n'
        "except Exception as err:\n"
        '    assert "product cannot be rebuilt: UNIQUE constraint failed" in str(err)'
    )
    assert history.run("SELECT name FROM product") == [("1",), ("01",)]
    assert history.sql("ix") == "CREATE UNIQUE INDEX ix ON product (name)"


BATCHES = {
    'b.alter_column("name", type_=sa.String(40))': False,
    'b.drop_column("name")': False,
    'b.add_column(sa.Column("made", sa.DateTime, server_default=sa.func.now()))': False,
    'b.create_unique_constraint("uq", ["id", "name"])': False,
    'b.drop_column("id")': True,
    'b.drop_constraint("ck", type_="check")': True,
}


@pytest.mark.parametrize("line", BATCHES)
def test_reflection_is_left_out_where_columns_are_enough(history: History, line: str) -> None:
    """SQLAlchemy asks for all of a table only where a constraint of it matters."""
    history.start(f"{TABLE[:-1]}, CONSTRAINT ck CHECK (id > 0))", rows(2))
    said = statements(history, f'with op.batch_alter_table("product") as b:\n    {line}')
    assert any("table_xinfo" in each for each in said) == BATCHES[line]
