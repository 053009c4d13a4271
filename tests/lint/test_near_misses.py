"""What rules about the replay find and what they pass over: all cases in one chain of scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import forget
from dbman.lint import Linted, lint
from dbman.manager import Manager
from lint.conftest import install
from scripts_text import script

pytestmark = pytest.mark.any_version

MADE = """op.create_table(
    "{table}",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(100)),
    sa.Column("size", sa.Integer),
    sa.Column("price", sa.Numeric(10, 2)),
    sa.Column("sold", sa.DateTime),
    sa.CheckConstraint("size > 0", name="ck_{table}"),
)"""
BATCH = 'with op.batch_alter_table("{table}") as batch:\n    batch.'
FILL = 'op.execute("UPDATE {table} SET size = 1")\n'
INDEX = 'op.create_index("ix_{table}", "{table}", ["name"]{more})'
DROP = 'op.drop_index("ix_{table}", "{table}")'
NEW = 'op.create_table("new_{table}", sa.Column("id", sa.Integer, primary_key=True)'
NO_NEW = 'op.drop_table("new_{table}")'

CASES: dict[str, tuple[str, str, str]] = {
    # dropping and renaming
    "drops_what_it_made": (f"{NEW})\nop.drop_table('new_{{table}}')", "pass", ""),
    "drops_by_sql": ('op.execute("DROP TABLE {table}")', MADE, "201"),
    "drops_on_its_connection": (
        'op.get_bind().execute(sa.text("DROP TABLE {table}"))',
        MADE,
        "201",
    ),
    "drops_a_column_by_sql": (
        'op.execute("ALTER TABLE {table} DROP COLUMN sold")',
        'op.add_column("{table}", sa.Column("sold", sa.DateTime))',
        "202",
    ),
    "drops_a_new_column": (
        'op.add_column("{table}", sa.Column("x", sa.Integer))\n' + BATCH + 'drop_column("x")',
        "pass",
        "",
    ),
    "rebuilds_by_hand": (
        MADE.replace("{table}", "new_{table}")
        + '\nop.execute("INSERT INTO new_{table} SELECT * FROM {table}")'
        + '\nop.drop_table("{table}")\nop.rename_table("new_{table}", "{table}")',
        BATCH + 'drop_constraint("ck_new_{table}", type_="check")\n    '
        'batch.create_check_constraint("ck_{table}", "size > 0")',
        "",
    ),
    "renames_by_sql": (
        'op.execute("ALTER TABLE {table} RENAME TO other_{table}")',
        'op.rename_table("other_{table}", "{table}")',
        "203",
    ),
    "renames_a_column_by_sql": (
        'op.execute("ALTER TABLE {table} RENAME COLUMN sold TO gone")',
        'op.alter_column("{table}", "gone", new_column_name="sold")',
        "204",
    ),
    # types
    "widens_a_text": (
        BATCH + 'alter_column("name", type_=sa.Text)',
        BATCH + 'alter_column("name", type_=sa.String(100))',
        "",
    ),
    "shortens_a_text": (
        BATCH + 'alter_column("name", type_=sa.String(99))',
        BATCH + 'alter_column("name", type_=sa.String(100))',
        "205 212",
    ),
    "widens_a_number": (
        BATCH + 'alter_column("price", type_=sa.Numeric(12, 2))',
        BATCH + 'alter_column("price", type_=sa.Numeric(10, 2))',
        "",
    ),
    "narrows_a_number": (
        BATCH + 'alter_column("price", type_=sa.Numeric(12, 1))',
        BATCH + 'alter_column("price", type_=sa.Numeric(10, 2))',
        "205 212",
    ),
    "widens_an_integer": (
        BATCH + 'alter_column("size", type_=sa.BigInteger())',
        BATCH + 'alter_column("size", type_=sa.Integer())',
        "212",
    ),
    "text_to_number": (
        BATCH + 'alter_column("name", type_=sa.Integer)',
        BATCH + 'alter_column("name", type_=sa.String(100))',
        "205 212",
    ),
    "moment_to_day": (
        BATCH + 'alter_column("sold", type_=sa.Date)',
        BATCH + 'alter_column("sold", type_=sa.DateTime)',
        "205 212",
    ),
    "same_type": (BATCH + 'alter_column("name", type_=sa.String(100), nullable=True)', "pass", ""),
    # NOT NULL
    "not_null_in_a_new_table": (
        f'{NEW})\nop.add_column("new_{{table}}", sa.Column("x", sa.Integer, nullable=False))',
        NO_NEW,
        "",
    ),
    "not_null_with_a_python_default": (
        'op.add_column("{table}", sa.Column("x", sa.Integer, nullable=False, default=1))',
        'op.drop_column("{table}", "x")',
        "206",
    ),
    "not_null_in_an_empty_table": (
        'op.execute("DELETE FROM {table}")\n'
        'op.add_column("{table}", sa.Column("x", sa.Integer, nullable=False, server_default="1"))\n'
        + BATCH
        + 'add_column(sa.Column("y", sa.Integer, nullable=False))',
        BATCH + 'drop_column("x")\n    batch.drop_column("y")',
        "220",
    ),
    "not_null_and_computed": (
        'op.add_column("{table}", sa.Column("x", sa.Integer, sa.Computed("1 + 1", persisted=False),'
        " nullable=False))",
        'op.drop_column("{table}", "x")',
        "",
    ),
    "not_null_of_what_was": (
        BATCH + 'alter_column("id", existing_type=sa.Integer, nullable=False)',
        "pass",
        "",
    ),
    "not_null_after_a_statement": (
        'op.get_bind().execute(sa.text("UPDATE {table} SET size = 0 WHERE size IS NULL"))\n'
        + BATCH
        + 'alter_column("size", nullable=False)',
        BATCH + 'alter_column("size", nullable=True)',
        "223",
    ),
    "filled_too_late": (
        BATCH + 'alter_column("size", nullable=False)\n' + FILL,
        BATCH + 'alter_column("size", nullable=True)',
        "207 223",
    ),
    # unique
    "unique_in_a_new_table": (
        f'{NEW}, sa.Column("x", sa.Integer, unique=True, index=True))',
        NO_NEW,
        "",
    ),
    "unique_index_by_operation": (INDEX.replace("{more}", ", unique=True"), DROP, "208 210"),
    "unique_with_a_new_empty_column": (
        BATCH + 'add_column(sa.Column("x", sa.Integer))\n    '
        'batch.create_unique_constraint("uq_{table}", ["name", "x"])',
        BATCH + 'drop_constraint("uq_{table}", type_="unique")\n    batch.drop_column("x")',
        "222",
    ),
    "unique_wider_than_before": (
        BATCH + 'create_unique_constraint("uq_{table}", ["id", "name"])',
        BATCH + 'drop_constraint("uq_{table}", type_="unique")',
        "222",
    ),
    "unique_after_a_look": (
        'for row in op.get_bind().execute(sa.text("SELECT id FROM {table} WHERE size = 2")):\n'
        '    op.execute("DELETE FROM {table}")\n'
        + BATCH
        + 'create_unique_constraint("uq_{table}", ["name"])',
        BATCH + 'drop_constraint("uq_{table}", type_="unique")',
        "222",
    ),
    "unique_with_a_new_full_column": (
        BATCH + 'add_column(sa.Column("x", sa.Integer, server_default="1"))\n    '
        'batch.create_unique_constraint("uq_{table}", ["x"])',
        BATCH + 'drop_constraint("uq_{table}", type_="unique")\n    batch.drop_column("x")',
        "208 222",
    ),
    # SQL
    "plain_sql": ("op.execute(\"UPDATE {table} SET name = 'x::y' -- `z`\")", FILL, ""),
    "sql_for_each_dialect": (
        'if op.get_bind().dialect.name == "sqlite":\n'
        '    op.execute("INSERT OR IGNORE INTO {table} (id) VALUES (1)")',
        'op.execute("DELETE FROM {table}")',
        "",
    ),
    "vacuum_in_the_downgrade": ("pass", 'op.get_bind().exec_driver_sql("ANALYZE")', ""),
    "analyze": ('op.execute("ANALYZE {table}")', "pass", "215"),
    "pragma_that_tells": ('op.execute("PRAGMA table_info({table})")', "pass", "209"),
    "pragma_that_asks": ('op.execute("PRAGMA foreign_keys")', "pass", "209"),
    "pragma_that_does": ('op.execute("PRAGMA optimize")', "pass", "209 215"),
    "pragma_that_sets": ('op.execute("PRAGMA main.cache_size(9)")', "pass", "209 215"),
    "savepoint": (f"with op.get_bind().begin_nested():\n    {FILL}", FILL, ""),
    # locks of PostgreSQL
    "index_of_a_new_table": (
        f'{NEW})\nop.create_index("ix_{{table}}", "new_{{table}}", ["id"])',
        NO_NEW,
        "",
    ),
    "index_by_sql": ('op.execute("CREATE INDEX ix_{table} ON {table} (name)")', DROP, "210"),
    "index_concurrently": (
        "with op.get_context().autocommit_block():\n    "
        + INDEX.replace("{more}", ", postgresql_concurrently=True"),
        "with op.get_context().autocommit_block():\n    " + DROP,
        "",
    ),
    "drop_concurrently": (
        'op.drop_index("ix_{table}", "{table}", postgresql_concurrently=True, if_exists=True)',
        "pass",
        "211",
    ),
    "key_of_a_new_table": (
        f"{NEW})\n"
        + BATCH.replace("{table}", "new_{table}")
        + 'create_foreign_key("fk_{table}", "{table}", ["id"], ["id"])',
        NO_NEW,
        "",
    ),
    "key_of_an_old_table": (
        BATCH + 'create_foreign_key("fk_{table}", "{table}", ["size"], ["id"])',
        BATCH + 'drop_constraint("fk_{table}", type_="foreignkey")',
        "213",
    ),
    "numbered": (
        BATCH + 'add_column(sa.Column("x", sa.Integer, sa.Computed("id + 1", persisted=True)))',
        BATCH + 'drop_column("x")',
        "214",
    ),
    "unique_index_dropped": (INDEX.replace("{more}", "") + "\n" + DROP, "pass", "210"),
    "default_of_now": (
        BATCH + 'add_column(sa.Column("x", sa.DateTime, server_default=sa.func.now()))',
        BATCH + 'drop_column("x")',
        "",
    ),
    # rows
    "fills_a_new_table": (
        f'{NEW})\nop.execute("INSERT INTO new_{{table}} (id) VALUES (1)")',
        NO_NEW,
        "",
    ),
    "backfill": (
        'op.add_column("{table}", sa.Column("x", sa.Integer))\nop.execute("UPDATE {table} SET x = 1")',
        BATCH + 'drop_column("x")',
        "",
    ),
    "backfill_of_another_column": (
        'op.add_column("{table}", sa.Column("x", sa.Integer))\n'
        'op.execute("UPDATE {table} SET x = 1, size = 1")',
        BATCH + 'drop_column("x")',
        "217",
    ),
    "mends_for_a_constraint": (
        'op.execute("UPDATE {table} SET size = 0 WHERE size IS NULL")\n'
        + BATCH
        + 'alter_column("size", nullable=False)',
        BATCH + 'alter_column("size", nullable=True)',
        "223",
    ),
    "bulk_insert": (
        'op.bulk_insert(sa.table("{table}", sa.column("id")), [{{"id": 9}}])',
        "pass",
        "217",
    ),
    "undone_row_by_row": (
        'op.execute("UPDATE {table} SET size = 1")',
        'for row in op.get_bind().execute(sa.text("SELECT id FROM {table}")):\n'
        '    op.execute(sa.text("UPDATE {table} SET size = 2"))',
        "",
    ),
    "makes_a_trigger": (
        'op.execute("CREATE TRIGGER {table}_t AFTER INSERT ON {table} BEGIN"'
        ' " UPDATE {table} SET size = 1; DELETE FROM {table}; END")',
        'op.execute("DROP TRIGGER {table}_t")',
        "",
    ),
    "makes_a_trigger_and_writes": (
        'op.execute("CREATE TRIGGER {table}_t AFTER INSERT ON {table} BEGIN"'
        ' " UPDATE {table} SET size = 1; END; UPDATE {table} SET size = 2")',
        'op.execute("DROP TRIGGER {table}_t")',
        "217",
    ),
    "reads_alone": ('op.get_bind().execute(sa.text("SELECT count(*) FROM {table}"))', "pass", ""),
    "deletes_and_raises": (
        'op.execute("DELETE FROM {table}")',
        'raise RuntimeError("gone")',
        "218 220",
    ),
    # downgrades
    "merge_of_nothing": ("pass", "pass", ""),
    "fails_by_mistake": ("pass", 'op.drop_table("nosuch")', "304"),
    "loses_a_default": (
        BATCH + 'alter_column("size", server_default="1")',
        BATCH + 'alter_column("size", existing_type=sa.Integer)',
        "305",
    ),
    "brings_less_back": (
        'op.execute("DROP TABLE {table}")',
        MADE.replace("sa.DateTime", "sa.Date"),
        "201 305",
    ),
    "spells_a_type_otherwise": (
        'op.drop_column("{table}", "sold")',
        'op.add_column("{table}", sa.Column("sold", sa.TIMESTAMP))',
        "202",
    ),
    "brings_another_type_back": (
        'op.drop_column("{table}", "sold")',
        'op.add_column("{table}", sa.Column("sold", sa.Time))',
        "202 305",
    ),
    "helper_without_operations": ("len('x')", "len('x')", ""),
    # names and types of columns
    "deletes_all": ('op.execute("DELETE FROM {table} -- all")', FILL, "220"),
    "truncates": ('op.execute("TRUNCATE TABLE {table}")', FILL, "220"),
    "deletes_what_it_made": (f"{NEW})\nop.execute('DELETE FROM new_{{table}}')", NO_NEW, ""),
    "unnamed": (
        f'{NEW}, sa.Column("x", sa.Integer, sa.ForeignKey("{{table}}.id")), sa.UniqueConstraint("x"))',
        NO_NEW,
        "301 301",
    ),
    "named": (
        f'{NEW}, sa.Column("x", sa.Boolean(create_constraint=True)), sa.Column("y", sa.Integer,'
        ' sa.ForeignKey("{table}.id", name="fk_{table}")), sa.PrimaryKeyConstraint("id"))',
        NO_NEW,
        "",
    ),
    "pickles_in_a_new_table": (f'{NEW}, sa.Column("x", sa.PickleType))', NO_NEW, "309"),
    "json": (f'{NEW}, sa.Column("x", sa.JSON))', NO_NEW, "224"),
    "bytes": (f'{NEW}, sa.Column("x", sa.LargeBinary))', NO_NEW, ""),
}
"""Bodies of upgrade and downgrade, and the codes that are found, without their first letters."""
SELECTED = [
    *("danger", "DBM210", "DBM212", "DBM213", "DBM214"),
    *("DBM221", "DBM222", "DBM223", "DBM224", "DBM225"),
    *("DBM301", "DBM302", "DBM303", "DBM304", "DBM305", "DBM309"),
]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linted]:
    """Return what is found in one chain of scripts, one for each case."""
    site: Path = tmp_path_factory.mktemp("misses")
    made = [MADE.format(table=f"poser_{name}") for name in CASES]
    texts = {"poser/p0.py": script("p0", "\n".join(made), label="poser")}
    down = "p0"
    for name, (*bodies, _) in CASES.items():
        told = [body.format(table=f"poser_{name}") for body in bodies]
        texts[f"poser/{name}.py"] = script(name, *told, down=down)
        down = name
    install(site, {"acme/a1.py": "", **texts})
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        patch.chdir(site)
        yield lint(Manager().scene, ["poser"], select=SELECTED)
        forget("acme", "poser")


def test_everything_ran(result: Linted) -> None:
    """A script that failed would hide those behind it."""
    assert [each.reason for each in result.not_run] == []
    assert result.scripts == len(CASES) + 1


@pytest.mark.parametrize("name", CASES)
def test_a_case(name: str, result: Linted) -> None:
    """Each code is found as often as it is listed, and no other."""
    found = [each for each in result.findings if each.revision == name]
    assert " ".join(sorted(each.code.removeprefix("DBM") for each in found)) == CASES[name][2], (
        found
    )
