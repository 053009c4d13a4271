"""What upgrade() does to tables, told from the source in every shape seen in the wild."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from dbman import bodies
from dbman.bodies import Body, ColumnName
from outlines import require_covered

IMPORTS = "from alembic import op\nimport sqlalchemy as sa\n"


def script(folder: Path, text: str) -> Path:
    """Write a script and return its path."""
    path = folder / "a1_script.py"
    path.write_text(text)
    return path


def body(**parts: object) -> Body:
    """Return a body, its tables given as one string, its columns as "table.column"."""
    columns = {"adds", "references"}
    return Body(
        **{
            name: frozenset(
                ColumnName(*word.rsplit(".", 1)) if name in columns else word
                for word in value.split()
            )
            if isinstance(value, str)
            else value
            for name, value in parts.items()
        }
    )


def read_body(path: Path) -> Body:
    """Return what a script does, of which its outline promises no less."""
    found = bodies.read_body(path)
    require_covered(found, bodies.read_outline(path))
    return found


def read_upgrade(folder: Path, statements: str, before: str = "") -> Body:
    """Return what the statements of an upgrade() do."""
    text = f"{IMPORTS}{before}\ndef upgrade():\n{indent(statements, '    ')}\n"
    return read_body(script(folder, text))


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("op.create_table('a', sa.Column('id', sa.Integer()))", body(makes="a")),
        ("op.create_table('a', schema='s')", body(makes="s.a")),
        ("op.create_table(table_name='a')", body(makes="a")),
        ("op.drop_table('a')", body(drops="a", names="a")),
        ("op.drop_table('a', schema='s')", body(drops="s.a", names="s.a")),
        ("op.rename_table('a', 'b')", body(makes="b", renames=(("a", "b"),), names="a")),
        (
            "op.add_column('a', sa.Column('x', sa.Integer()))",
            body(adds="a.x", alters="a", names="a"),
        ),
        (
            "op.add_column('a', sa.Column('x'), schema='s')",
            body(adds="s.a.x", alters="s.a", names="s.a"),
        ),
        ("op.drop_column('a', 'x')", body(alters="a", names="a")),
        ("op.alter_column('a', 'x', nullable=False)", body(alters="a", names="a")),
        ("op.create_index('ix', 'a', ['x'])", body(alters="a", names="a")),
        ("op.create_index(op.f('ix'), table_name='a', columns=['x'])", body(alters="a", names="a")),
        ("op.drop_index('ix', table_name='a')", body(alters="a", names="a")),
        ("op.drop_index('ix', 'a')", body(alters="a", names="a")),
        ("op.drop_index('ix')", body()),
        ("op.create_unique_constraint('uq', 'a', ['x'])", body(alters="a", names="a")),
        ("op.create_check_constraint('ck', 'a', 'x > 0')", body(alters="a", names="a")),
        ("op.create_primary_key('pk', 'a', ['x'])", body(alters="a", names="a")),
        ("op.drop_constraint('uq', 'a', type_='unique')", body(alters="a", names="a")),
        ("op.drop_constraint(op.f('uq'), 'a', schema='s')", body(alters="s.a", names="s.a")),
        (
            "op.create_foreign_key('fk', 'a', 'b', ['b_id'], ['id'])",
            body(alters="a", names="a b", references="b.id"),
        ),
        (
            "op.create_foreign_key(None, 'a', 'b', ['x', 'y'], ['x', 'y'],\n"
            "    source_schema='s', referent_schema='t')",
            body(alters="s.a", names="s.a t.b", references="t.b.x t.b.y"),
        ),
        (
            "op.create_foreign_key(constraint_name='fk', source_table='a', referent_table='b',\n"
            "    local_cols=['b_id'], remote_cols=['id'])",
            body(alters="a", names="a b", references="b.id"),
        ),
        ("op.bulk_insert(sa.table('a', sa.column('x')), [{'x': 1}])", body(names="a")),
        ("op.bulk_insert('a', [])", body(names="a")),
        ("op.create_sequence('a')\nop.get_bind()\nop.f('a')", body()),
    ],
)
def test_operations(tmp_path: Path, statements: str, expected: Body) -> None:
    """Each operation of Alembic is known."""
    assert read_upgrade(tmp_path, statements) == expected


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("b.add_column(sa.Column('x'))", body(adds="a.x", alters="a", names="a")),
        ("b.drop_column('x')\nb.alter_column('y', nullable=True)", body(alters="a", names="a")),
        ("b.create_index('ix', ['c'])\nb.drop_index('other')", body(alters="a", names="a")),
        ("b.drop_index(index_name='ix')", body(alters="a", names="a")),
        ("b.create_unique_constraint('uq', ['c'])", body(alters="a", names="a")),
        ("b.drop_constraint('uq', type_='unique')", body(alters="a", names="a")),
        (
            "b.create_foreign_key(b.f('fk'), 'p', ['p_id'], ['id'])",
            body(alters="a", names="a p", references="p.id"),
        ),
        (
            "b.add_column(sa.Column('p_id', sa.ForeignKey('p.id')))",
            body(adds="a.p_id", alters="a", names="a p", references="p.id"),
        ),
        ("pass", body(alters="a", names="a")),
    ],
)
def test_batches(tmp_path: Path, statements: str, expected: Body) -> None:
    """In a batch the table comes from the batch."""
    text = f"with op.batch_alter_table('a', schema=None) as b:\n{indent(statements, '    ')}"
    assert read_upgrade(tmp_path, text) == expected


def test_batch_with_schema_and_batch_without_a_name(tmp_path: Path) -> None:
    """A batch may name a schema; of one whose table is not told only the rest is."""
    statements = (
        "with op.batch_alter_table('a', schema='s') as b, op.batch_alter_table(what()) as c:\n"
        "    b.add_column(sa.Column('x'))\n"
        "    c.create_foreign_key('fk', 'p', ['p_id'], ['id'])\n"
        "    c.create_index('ix', ['x'])"
    )
    assert read_upgrade(tmp_path, statements) == body(
        adds="s.a.x", alters="s.a", names="s.a p", references="p.id"
    )


@pytest.mark.parametrize(
    "text",
    [
        "from alembic import op as o\ndef upgrade():\n    o.drop_table('a')\n",
        "import alembic\ndef upgrade():\n    alembic.op.drop_table('a')\n",
        "import alembic as al\ndef upgrade():\n    al.op.drop_table('a')\n",
        "import alembic.op\ndef upgrade():\n    alembic.op.drop_table('a')\n",
        "import alembic.op as o\ndef upgrade():\n    o.drop_table('a')\n",
        "from alembic.op import drop_table\ndef upgrade():\n    drop_table('a')\n",
        "from alembic.op import drop_table as d\ndef upgrade():\n    d('a')\n",
        "def upgrade():\n    from alembic import op\n    op.drop_table('a')\n",
        "from acme.migrations.tools import op\ndef upgrade():\n    op.drop_table('a')\n",
        "from alembic import op\ndef upgrade():\n    drop = op.drop_table\n    drop('a')\n",
        "from alembic import op\ndef do(o):\n    o.drop_table('a')\ndef upgrade():\n    do(op)\n",
        "try:\n    import nosuch\nexcept ImportError:\n    from alembic import op\n"
        "async def upgrade():\n    op.drop_table('a')\n",
    ],
)
def test_names_of_op(tmp_path: Path, text: str) -> None:
    """The operations are found under whatever name they are imported."""
    assert read_body(script(tmp_path, text)) == body(drops="a", names="a")


def test_only_operations_of_op(tmp_path: Path) -> None:
    """A function of the same name on something else is no operation."""
    statements = "cache.drop_table('a')\ndrop_table('b')\nself.add_column('c', sa.Column('x'))"
    assert read_upgrade(tmp_path, statements) == body()


@pytest.mark.parametrize(
    ("statements", "before"),
    [
        ("op.drop_table(T)", "T = 'poser_a'"),
        ("op.drop_table(T)", "T: str = 'poser_a'"),
        ("op.drop_table(PREFIX + 'a')", "PREFIX = 'poser_'"),
        ("op.drop_table(f'{PREFIX}a')", "PREFIX = 'poser_'"),
        ("op.drop_table('%sa' % PREFIX)", "PREFIX = 'poser_'"),
        ("op.drop_table('%s_%s' % ('poser', 'a'))", ""),
        ("op.drop_table('{}{x}'.format(PREFIX, x='a'))", "PREFIX = 'poser_'"),
        ("op.drop_table(op.f('poser_a'))", ""),
        ("op.drop_table(sa.quoted_name('poser_a', True))", ""),
        ("t = 'poser_'\nt += 'a'\nop.drop_table(t)", ""),
        ("p, t = 'poser_', 'a'\nop.drop_table(p + t)", ""),
        ("for t in ('poser_a',):\n    op.drop_table(t)", ""),
        ("for p, t in [('poser_', 'a')]:\n    op.drop_table(p + t)", ""),
        ("for t in reversed(TABLES):\n    op.drop_table(t)", "TABLES = ['poser_a']"),
        ("for t in [*TABLES] + []:\n    op.drop_table(t)", "TABLES = {'poser_a'}"),
        ("for a in ['poser']:\n    for b in ['a']:\n        op.drop_table(f'{a}_{b}')", ""),
        ("remove('poser_a')", "def remove(t):\n    op.drop_table(t)"),
        ("remove(t='a')", "def remove(p='poser_', *, t):\n    op.drop_table(p + t)"),
        ("remove('poser_a')", "def remove(*ts):\n    for t in ts:\n        op.drop_table(t)"),
        ("remove('a')", "P = 'poser_'\ndef remove(t, p=P):\n    op.drop_table(p + t)"),
        ("def remove():\n    op.drop_table(t)\nt = 'poser_a'\nremove()", ""),
        ("sa.Table('poser_a', sa.MetaData()).drop(op.get_bind())", ""),
        ("if True:\n    try:\n        op.drop_table('poser_a')\n    finally:\n        pass", ""),
    ],
)
def test_values(tmp_path: Path, statements: str, before: str) -> None:
    """Names are followed through constants, strings put together, loops and parameters."""
    assert read_upgrade(tmp_path, statements, before) == body(drops="poser_a", names="poser_a")


@pytest.mark.parametrize(
    "statements",
    [
        "op.drop_table(what())",
        "op.drop_table(f'poser_{what()}')",
        "op.drop_table('poser_' + what)",
        "op.drop_table('poser_%d' % 1)",
        "op.drop_table('poser_%(x)s' % {'x': 'a'})",
        "op.drop_table('poser_{:d}'.format(1))",
        "op.drop_table('poser_{0.x}'.format(what))",
        "op.drop_table(what.format('a'))",
        "op.drop_table(what % 'a')",
        "op.drop_table()",
        "op.drop_table(7)",
        "op.rename_table('a', what)",
        "for t in inspector.get_table_names():\n    op.drop_table(t)",
        "for t in []:\n    op.drop_table('a')",
        "for p, t in ['a']:\n    op.drop_table(t)",
        "op.execute(what)",
        "op.execute(f'DROP TABLE poser_{what}')",
        "op.execute(f'DROP TABLE {what}.a, {what}')",
        "op.execute('DROP TABLE %s' % what)",
        "sa.ForeignKey(what)\nsa.ForeignKey('id')",
        "lambda: what()",
    ],
)
def test_what_is_not_told(tmp_path: Path, statements: str) -> None:
    """What the source does not tell is passed over."""
    assert read_upgrade(tmp_path, statements) == body()


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (
            "op.create_table('a', sa.Column('p_id', sa.ForeignKey('p.uuid')))",
            body(makes="a", names="p", references="p.uuid"),
        ),
        (
            "op.create_table('a', sa.Column('p_id', sa.ForeignKey(column=f'{P}.uuid')))",
            body(makes="a", names="poser_p", references="poser_p.uuid"),
        ),
        (
            "op.create_table('a', sa.ForeignKeyConstraint(['p_id'], ['p.uuid'], name=op.f('fk')))",
            body(makes="a", names="p", references="p.uuid"),
        ),
        (
            "op.create_table('a', sa.ForeignKeyConstraint(['x'], refcolumns=['s.p.x', 's.p.y']))",
            body(makes="a", names="s.p", references="s.p.x s.p.y"),
        ),
        (
            "from sqlalchemy import ForeignKey\nop.create_table('a', *[ForeignKey('a.id')])",
            body(makes="a"),
        ),
        (
            "op.create_table('a', sa.ForeignKey('b.id'))\nop.create_table('b')",
            body(makes="a b"),
        ),
        (
            "c = sa.Column('p_id', sa.Integer(), sa.ForeignKey('p.id'))\nop.add_column('a', c)",
            body(adds="a.p_id", alters="a", names="a p", references="p.id"),
        ),
    ],
)
def test_foreign_keys(tmp_path: Path, statements: str, expected: Body) -> None:
    """Foreign keys name their tables and columns, unless the body makes them itself."""
    assert read_upgrade(tmp_path, statements, "P = 'poser_p'") == expected


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (
            "op.create_table('a')\nop.create_index('ix', 'a', ['x'])\n"
            "op.add_column('a', sa.Column('y'))",
            body(makes="a"),
        ),
        ("op.create_table('tmp')\nop.drop_table('tmp')", body()),
        (
            "op.drop_table('a')\nop.create_table('a')",
            body(makes="a", drops="a", names="a"),
        ),
        (
            "op.create_table('a_new')\nop.execute('INSERT INTO a_new SELECT * FROM a')\n"
            "op.drop_table('a')\nop.rename_table('a_new', 'a')",
            body(makes="a", drops="a", names="a"),
        ),
        (
            "op.rename_table('a', 'a_old')\nop.create_table('a')\n"
            "op.execute('INSERT INTO a SELECT * FROM a_old')\nop.drop_table('a_old')",
            body(makes="a", renames=(("a", "a_old"),), names="a"),
        ),
        (
            "op.rename_table('a', 'b')\nop.drop_column('b', 'x')",
            body(makes="b", renames=(("a", "b"),), names="a"),
        ),
        (
            "op.drop_table('a', if_exists=True)\nop.create_table('a')",
            body(makes="a", drops="a"),
        ),
        ("op.drop_table('a', if_exists=True)", body(drops="a", names="a")),
        (
            "t = sa.table('a', sa.column('x'))\nop.create_table('a')\nop.bulk_insert(t, [])",
            body(makes="a"),
        ),
        ("t = op.create_table('a')\nop.bulk_insert(t, [])", body(makes="a")),
        (
            "t = sa.Table('a', sa.MetaData(), schema='s')\nt.create(op.get_bind())",
            body(makes="s.a"),
        ),
        (
            "class A(Base):\n    __tablename__: str = 'a'\n    def f(self): pass\nsession.query(A)",
            body(names="a"),
        ),
    ],
)
def test_order(tmp_path: Path, statements: str, expected: Body) -> None:
    """The order counts: what the body makes before it uses it need not be there before."""
    assert read_upgrade(tmp_path, statements) == expected


REACHABLE = """
users = sa.table('users', sa.column('id'))
unused = sa.table('unused', sa.column('id'))
orders = sa.Table('orders', sa.MetaData(), sa.Column('u', sa.ForeignKey('users.id')), schema='s')
Base = declarative_base()

class Item(Base):
    __tablename__ = 'item'
    shop_id = sa.Column(sa.ForeignKey('shop.id'))
    def drop(self):
        op.drop_table('never')

class Unused(Base):
    __tablename__ = 'unused'

def upgrade():
    first()
    op.execute(users.update().values(id=1))
    op.get_bind().execute(sa.select(orders.c.u))
    for step in (third, ):
        step()
    session.query(Item).delete()
    metadata.tables['by_key']
    [op.drop_table('in_list') for _ in range(1)]

def first():
    second(2)

def second(n):
    op.create_table('made')
    first()

def third():
    op.alter_column('altered', 'x')

def only_down():
    op.drop_table('down')

def downgrade():
    only_down()
    op.drop_table('made')
"""


def test_what_upgrade_reaches(tmp_path: Path) -> None:
    """Functions, tables and classes of the module count where upgrade() uses them."""
    assert read_body(script(tmp_path, IMPORTS + REACHABLE)) == body(
        makes="made",
        drops="in_list",
        alters="altered",
        names="altered by_key in_list item s.orders shop users",
        references="users.id shop.id",
    )


@pytest.mark.parametrize(
    "definition",
    [
        "upgrade = step",
        "upgrade = lambda: step()",
        "if True:\n    def upgrade():\n        step()",
        "class Data:\n    t = sa.table('b')\ndef upgrade():\n    step()",
    ],
)
def test_forms_of_upgrade(tmp_path: Path, definition: str) -> None:
    """It does not matter how upgrade comes to be."""
    text = f"{IMPORTS}def step():\n    op.create_table('a')\n{definition}\n"
    assert read_body(script(tmp_path, text)) == body(makes="a")


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "CREATE TABLE a (id INT, b_id INT REFERENCES b (id))",
            body(makes="a", names="b", references="b.id"),
        ),
        ("create table if not exists s.a (x int)", body(makes="s.a")),
        ('CREATE TABLE "s"."A-b" ("x" INT)', body(makes="s.A-b")),
        (
            "CREATE TABLE `a` (x INT, FOREIGN KEY (x, y) REFERENCES `b` (`x`, `y`))",
            body(makes="a", names="b", references="b.x b.y"),
        ),
        ("CREATE TABLE a AS SELECT * FROM b", body(makes="a", names="b")),
        ("CREATE TEMPORARY TABLE a (x INT); INSERT INTO a SELECT x FROM b", body(names="b")),
        (
            "CREATE UNIQUE INDEX IF NOT EXISTS ix ON ONLY a USING btree (x)",
            body(alters="a", names="a"),
        ),
        (
            "CREATE TRIGGER t AFTER UPDATE ON a BEGIN UPDATE b SET x = 1; END",
            body(alters="a", names="a b"),
        ),
        ("CREATE OR REPLACE VIEW v AS SELECT * FROM a JOIN s.b AS x ON true", body(names="a s.b")),
        ("CREATE TYPE mood AS ENUM ('FROM x')", body()),
        ("DROP TABLE a", body(drops="a", names="a")),
        ("DROP TABLE IF EXISTS a, s.b CASCADE", body(drops="a s.b", names="a s.b")),
        ("DROP INDEX ix; DROP TYPE mood", body()),
        ("ALTER TABLE a RENAME TO b", body(makes="b", renames=(("a", "b"),), names="a")),
        ("ALTER TABLE a RENAME COLUMN x TO y", body(alters="a", names="a")),
        ("ALTER TABLE a RENAME x TO y", body(alters="a", names="a")),
        (
            "ALTER TABLE IF EXISTS ONLY a ADD COLUMN IF NOT EXISTS x INT",
            body(adds="a.x", alters="a", names="a"),
        ),
        (
            "ALTER TABLE a ADD x NUMERIC(1, 2), ADD COLUMN y INT, DROP COLUMN z",
            body(adds="a.x a.y", alters="a", names="a"),
        ),
        (
            "ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY (x) REFERENCES b (id) ON DELETE CASCADE",
            body(alters="a", names="a b", references="b.id"),
        ),
        ("ALTER TABLE a ADD PRIMARY KEY (x)", body(alters="a", names="a")),
        ("ALTER TABLE a ALTER COLUMN x TYPE INT USING y::integer", body(alters="a", names="a")),
        ("ALTER TYPE mood ADD VALUE 'x'; ALTER INDEX a RENAME TO b", body()),
        ("TRUNCATE TABLE a, b", body(names="a b")),
        ("INSERT INTO a (x) VALUES ('FROM b')", body(names="a")),
        ("INSERT OR IGNORE INTO a SELECT b.x FROM b, c AS d, e f", body(names="a b c e")),
        ("INSERT INTO a SELECT 1 ON CONFLICT (x) DO UPDATE SET y = 2", body(names="a")),
        ("UPDATE a SET x = b.x FROM b WHERE a.id = b.id", body(names="a b")),
        (
            "UPDATE a SET x = (SELECT max(y) FROM b WHERE b.z IS DISTINCT FROM a.z)",
            body(names="a b"),
        ),
        ("UPDATE a SET x = EXTRACT(year FROM y), z = TRIM(BOTH ' ' FROM w)", body(names="a")),
        ("DELETE FROM a USING b WHERE a.x = b.x", body(names="a b")),
        ("DELETE FROM a WHERE x IN (SELECT x FROM (SELECT x FROM b) AS c)", body(names="a b")),
        ("SELECT a.x FROM a LEFT JOIN b USING (x) CROSS JOIN LATERAL f(a.x)", body(names="a b")),
        ("SELECT x FROM a UNION ALL SELECT x FROM b FOR UPDATE", body(names="a b")),
        ("SELECT * FROM generate_series(1, 2), json_each(x)", body()),
        ("SELECT x IS DISTINCT FROM y FROM a", body(names="a")),
        (
            "WITH c AS (SELECT * FROM a), d (x) AS MATERIALIZED (SELECT 1 FROM c)\n"
            "UPDATE b SET x = d.x FROM d",
            body(names="a b"),
        ),
        (
            "WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone",
            body(names="a b"),
        ),
        ("SELECT 1 FROM information_schema.tables, pg_catalog.pg_class, pg_type", body()),
        ("SELECT name FROM sqlite_master", body()),
        ("-- DROP TABLE a\n/* DROP TABLE b */ SELECT 'it''s; DROP TABLE c'", body()),
        ("DO $$ BEGIN DROP TABLE a; END $$; DO $x$ $$ DROP TABLE b $$ $x$", body()),
        ("DELETE FROM a WHERE x = :b AND y = %s; DROP TABLE c;", body(drops="c", names="a c")),
        ("DROP TABLE; ALTER TABLE; INSERT INTO; CREATE; CREATE INDEX; )", body()),
        ("", body()),
    ],
)
def test_sql(tmp_path: Path, sql: str, expected: Body) -> None:
    """SQL text tells what it makes, alters and names."""
    assert read_upgrade(tmp_path, f"op.execute({sql!r})") == expected


@pytest.mark.parametrize(
    "statements",
    [
        "op.execute(sa.text('UPDATE a SET x = 1'))",
        "op.execute(sa.text('UPDATE a SET x = :x').bindparams(x=1))",
        "op.get_bind().execute(text('UPDATE a SET x = 1'))",
        "op.get_bind().engine.execute('UPDATE a SET x = 1')",
        "op.get_bind().exec_driver_sql('UPDATE a SET x = 1')",
        "sql = f'UPDATE a SET x = {what}'\nop.execute(sql)",
        "sql = 'UPDATE a SET '\nsql += what()\nop.execute(sql)",
        "op.execute('UPDATE a SET x = %s' % what)",
        "op.execute('UPDATE a SET x = {}'.format(what))",
        "op.execute(dedent('''\n    UPDATE a SET x = 1'''))",
        "op.execute(SQL)",
        "for t in ('a',):\n    op.execute(f'UPDATE {t} SET x = 1')",
        "with op.batch_alter_table(what) as b:\n    b.execute('UPDATE a SET x = 1')",
        "session.scalar('SELECT 1 FROM a')",
        "sa.DDL('UPDATE a SET x = 1')",
    ],
)
def test_where_sql_stands(tmp_path: Path, statements: str) -> None:
    """SQL is found in text(), in whatever executes it, and through variables."""
    assert read_upgrade(tmp_path, statements, "SQL = 'UPDATE a SET x = 1'") == body(names="a")


def test_transient_table_in_text(tmp_path: Path) -> None:
    """A statement inside text() counts once."""
    statements = (
        "op.execute(sa.text('CREATE TABLE t (x INT)'))\nop.execute(sa.text('DROP TABLE t'))"
    )
    assert read_upgrade(tmp_path, statements) == body()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "def upgrade(:\n",
        "def downgrade():\n    pass\n",
        "from .shared import upgrade\n",
        f"{IMPORTS}def upgrade():\n    op.drop_table({'+'.join('x' * 2000)})\n",
    ],
)
def test_nothing_to_read(tmp_path: Path, text: str) -> None:
    """A script that cannot be parsed, or has no upgrade() of its own, does nothing."""
    assert read_body(script(tmp_path, text)) == Body()


def test_missing_file(tmp_path: Path) -> None:
    """A script that is gone does nothing."""
    assert read_body(tmp_path / "gone.py") == Body()


def test_reading_ends(tmp_path: Path) -> None:
    """Loops in loops, and functions that call one another twice, are not followed for ever."""
    rows = "ROWS = [" + ", ".join(f"'r{n}'" for n in range(300)) + "]\n"
    calls = "".join(f"def f{n}():\n    f{n + 1}()\n    f{n + 1}()\n" for n in range(40))
    statements = (
        "op.create_table('a')\n"
        "for x in ROWS:\n    for y in ROWS:\n        for z in ROWS:\n            op.f(x + y + z)\n"
        "f0()\nlast()"
    )
    last = "def last():\n    for t in ['b']:\n        op.drop_table(t)\n"
    assert read_upgrade(tmp_path, statements, rows + calls + last) == body(
        makes="a", drops="b", names="b"
    )


def test_long_loop(tmp_path: Path) -> None:
    """A loop over a great many rows is gone through once, for what does not hang on the row."""
    rows = "ROWS = [" + ", ".join(f"'r{n}'" for n in range(5000)) + "]\n"
    statements = "for row in ROWS:\n    op.execute(f\"INSERT INTO a VALUES ('{row}')\")"
    assert read_upgrade(tmp_path, statements, rows) == body(names="a")


BEFORE = """
CREATE TABLE gone (id INTEGER NOT NULL PRIMARY KEY);
CREATE TABLE thing (id INTEGER NOT NULL PRIMARY KEY, old TEXT, name TEXT);
CREATE TABLE person (id INTEGER NOT NULL PRIMARY KEY);
"""


@pytest.mark.parametrize("batch", [False, True])
def test_rendered_by_alembic(tmp_path: Path, batch: bool) -> None:
    """What autogenerate renders is understood, with batches and without."""
    import sqlalchemy as sa
    from alembic.autogenerate import produce_migrations, render_python_code
    from alembic.migration import MigrationContext

    metadata = sa.MetaData()
    sa.Table("person", metadata, sa.Column("id", sa.Integer, primary_key=True))
    sa.Table(
        "thing",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, index=True),
        sa.Column("owner_id", sa.ForeignKey("person.id", name="fk_thing_owner")),
    )
    sa.Table(
        "part",
        metadata,
        sa.Column("thing_id", sa.ForeignKey("thing.id"), primary_key=True),
        sa.Column("whole_id", sa.ForeignKey("part.thing_id"), index=True),
    )
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        for statement in BEFORE.strip().split(";")[:-1]:
            connection.execute(sa.text(statement))
        context = MigrationContext.configure(connection)
        produced = produce_migrations(context, metadata)
    engine.dispose()
    code = render_python_code(produced.upgrade_ops, render_as_batch=batch)

    text = f"{IMPORTS}def upgrade():\n    {code}\n"
    assert read_body(script(tmp_path, text)) == body(
        makes="part",
        drops="gone",
        adds="thing.owner_id",
        alters="thing",
        names="gone person thing",
        references="person.id thing.id",
    )
